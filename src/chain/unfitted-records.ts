/** The first records of each layout that no profile recomputes, with their bytes: what a search for their serializer begins with. */
import type { Event } from '../model/event.ts';

/** `bytes`: one character each (Latin-1), so that the state stays plain text. */
export type UnfittedRecord = { layout: number; bytes: string };

/** Three show whether a form fits by more than chance, and that the search was not misled by an odd one. */
const MAX_RECORDS = 3;
/** Of a record that is kept; a longer one tells no more of its serializer. */
const MAX_BYTES = 16 * 1024;

export function keepUnfitted(records: UnfittedRecord[], layout: number, { bytes }: Event): void {
  if (bytes.length > MAX_BYTES || isFull(records, layout)) return;
  records.push({ layout, bytes: Buffer.from(bytes).toString('latin1') });
}

/** Adds those of the part behind, as one fold over both would have kept them. */
export function mergeUnfitted(left: UnfittedRecord[], right: readonly UnfittedRecord[]): void {
  for (const record of right) if (!isFull(left, record.layout)) left.push(record);
}

function isFull(records: readonly UnfittedRecord[], layout: number): boolean {
  return records.reduce((sum, record) => sum + (record.layout === layout ? 1 : 0), 0) >= MAX_RECORDS;
}

export function unfittedBytes(records: readonly UnfittedRecord[], layout: number): Uint8Array[] {
  return records
    .filter((record) => record.layout === layout)
    .map(({ bytes }) => Buffer.from(bytes, 'latin1'));
}
