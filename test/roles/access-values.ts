/** The values that a reader of access gets of an event, through the shipped mapping of its source. Tests only. */

import { loadSources } from '../../src/cli/library.ts';
import { listText } from '../../src/engine/list-text.ts';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { toSlot } from '../../src/match/compile-detection.ts';
import type { AccessReader } from '../../src/roles/logged-access.ts';

const mappings = loadSources([], []);

export function valuesOf(reader: AccessReader, source: string, record: object): (string | undefined)[] {
  const { fields, events } = toRecordEvents(mappings[source]!, [JSON.stringify(record)]);
  const slots = reader.fields.map(({ field }) => toSlot(field, fields));
  for (const event of events)
    return slots.map((slot, at) => (reader.fields[at]!.list ? listText(event, slot) : event.text(slot)));
  return [];
}
