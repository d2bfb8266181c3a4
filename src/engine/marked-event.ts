/** What marks ask of an event. */
import type { EventCursor } from '../sources/event-cursor.ts';

export type MarkedEvent = Pick<
  EventCursor,
  | 'text'
  | 'size'
  | 'kind'
  | 'identity'
  | 'copyText'
  | 'copyIdentity'
  | 'repeatingId'
  | 'select'
  | 'facetKey'
  | 'selected'
  | 'shape'
  | 'neverHolds'
  | 'recordNumber'
  | 'placeLine'
  | 'placeLength'
  | 'fileIndex'
  | 'offset'
  | 'timeMs'
  | 'timeNanos'
>;
