/** Records given as texts, seen as the events of a source: for the tests in rule files. */
import { EventCursor } from '../sources/event-cursor.ts';
import type { Mapping } from '../sources/mapping.ts';
import { ValueIds } from '../sources/value-ids.ts';
import type { TestEvents } from './mark-collector.ts';

/** One cursor moves over the records: an event is valid until the next one is asked for. */
export function toRecordEvents(mapping: Mapping, records: readonly string[]): TestEvents {
  const cursor = new EventCursor(mapping, new ValueIds());
  function* events(): Generator<EventCursor> {
    for (const [index, record] of records.entries()) {
      const bytes = Buffer.from(record);
      cursor.scan(bytes, 0, bytes.length);
      cursor.locate('events', 0, index + 1, 0, bytes.length);
      yield cursor;
    }
  }
  return { fields: cursor, logsource: mapping.logsource, events: events() };
}
