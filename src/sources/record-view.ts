/** Stands on records that are at hand as bytes, one after the other: the event cursor without a log around it. */
import type { Event, Fields } from '../model/event.ts';
import { EventCursor } from './event-cursor.ts';
import type { Mapping } from './mapping.ts';
import { ValueIds } from './value-ids.ts';

/** The event is valid until `at` is called again, which throws a JsonSyntaxError for what is no record. */
export function toRecordView(mapping: Mapping): { fields: Fields; at(bytes: Uint8Array): Event } {
  const cursor = new EventCursor(mapping, new ValueIds());
  return {
    fields: cursor,
    at(bytes) {
      cursor.scan(bytes, 0, bytes.length);
      cursor.locate('records', 0, 1, 0, bytes.length);
      return cursor;
    },
  };
}
