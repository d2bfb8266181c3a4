/** The mergeable part of a protocol: its records in the order of the log, as many as are kept. They are judged at the end. */
import { type JsonObject, parseJsonText } from '../base/json.ts';
import type { Event } from '../model/event.ts';
import type { Place } from '../model/place.ts';
import type { ProtocolRecord } from './protocol.ts';

/** Text of one protocol's records, in UTF-16 units: identity logs hold some kilobytes each; a hostile one has no end. */
export const MAX_PROTOCOL_TEXT = 64 * 1024 * 1024;
/** What a record takes beside its text, so that tiny ones are bounded too. */
const RECORD_OVERHEAD = 256;

/** `identity`: what names it across runs, should it turn out to be no record of the protocol. */
export type KeptRecord = { source: string; place: Place; fileIndex: number; identity: string; text: string };

export type ProtocolRecords = {
  kept: KeptRecord[];
  /** Units of text and overhead of all records until the first that did not fit. */
  text: number;
  /** Records after the last kept one, and where the first of them stands. */
  dropped: { records: number; first: Place | null };
};

export function startProtocolRecords(): ProtocolRecords {
  return { kept: [], text: 0, dropped: { records: 0, first: null } };
}

export function appendProtocolRecord(state: ProtocolRecords, event: Event, text: string): void {
  const { source, place, fileIndex, identity } = event;
  keep(state, { source, place, fileIndex, identity, text });
}

/** A beginning of the log is kept, and never again a record after one that did not fit: so parts merge to what the whole keeps. */
function keep(state: ProtocolRecords, record: KeptRecord): void {
  state.text += record.text.length + RECORD_OVERHEAD;
  if (state.text <= MAX_PROTOCOL_TEXT) state.kept.push(record);
  else drop(state, 1, record.place);
}

function drop({ dropped }: ProtocolRecords, records: number, first: Place | null): void {
  dropped.records += records;
  dropped.first ??= first;
}

/** `right` began where `left` ended; changes and returns `left`. */
export function mergeProtocolRecords(left: ProtocolRecords, right: ProtocolRecords): ProtocolRecords {
  for (const record of right.kept) keep(left, record);
  drop(left, right.dropped.records, right.dropped.first);
  // What did not fit into the part on its right fits even less into the whole.
  if (right.dropped.records > 0) left.text = Math.max(left.text, MAX_PROTOCOL_TEXT + 1);
  return left;
}

export function toProtocolRecords(state: ProtocolRecords): ProtocolRecord[] {
  return state.kept.map(({ source, place, fileIndex, text }) => ({
    source,
    place,
    fileIndex,
    json: parseJsonText(text) as JsonObject,
  }));
}
