/** A way to stand on a record that is at hand as bytes: chain tools look at single records, where a check steps over a log. */
import type { Event, Fields } from '../model/event.ts';

export type RecordView = {
  readonly fields: Fields;
  /** The event is valid until the next call. @throws {JsonSyntaxError} */
  at(bytes: Uint8Array): Event;
};
