/** Events of records for rules, through the shipped mapping of their source and the real cursor. Tests only. */
import type { ToEvents } from '../../src/engine/rule-tests.ts';
import type { Event } from '../../src/model/event.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';

export const toShippedEvents: ToEvents = (records, source) => {
  const mapping = SHIPPED.find(({ name }) => name === source);
  if (mapping === undefined) return undefined;
  const cursor = new EventCursor(mapping, new ValueIds());
  return { fields: cursor, logsource: mapping.logsource, events: walk(cursor, records) };
};

function* walk(cursor: EventCursor, records: readonly string[]): Generator<Event> {
  let offset = 0;
  for (const [ordinal, record] of records.entries()) {
    const bytes = Buffer.from(record);
    cursor.scan(bytes, 0, bytes.length);
    cursor.locate('log.ndjson', 0, ordinal, ordinal + 1, offset, bytes.length);
    offset += bytes.length + 1;
    yield cursor;
  }
}
