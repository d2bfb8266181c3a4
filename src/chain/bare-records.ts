/** The mergeable count of records that carry no chain fields, in stretches: stripped ones hide among them. */
import type { Event } from '../model/event.ts';
import type { Spot } from './segment.ts';

/** Stretches kept for one file; the records of further ones are counted. */
const MAX_STRETCHES = 100;

/** Records that stand next to each other in their file. */
export type BareStretch = {
  records: number;
  from: Spot;
  until: Spot;
  /** What names the first of them across runs. */
  identity: string;
};

export type BareFile = { fileIndex: number; records: number; stretches: BareStretch[]; dropped: number };

export type BareState = { records: number; files: BareFile[] };

export function startBare(): BareState {
  return { records: 0, files: [] };
}

export function appendBare(state: BareState, event: Event): void {
  const spot = () => ({ ordinal: event.ordinal, place: { ...event.place } });
  state.records++;
  let file = state.files.at(-1);
  if (file?.fileIndex !== event.fileIndex) {
    file = { fileIndex: event.fileIndex, records: 0, stretches: [], dropped: 0 };
    state.files.push(file);
  }
  file.records++;
  const last = file.stretches.at(-1);
  if (file.dropped === 0 && last !== undefined && last.until.ordinal + 1 === event.ordinal) {
    last.records++;
    last.until.ordinal = event.ordinal;
    Object.assign(last.until.place, event.place);
  } else if (file.stretches.length < MAX_STRETCHES) {
    file.stretches.push({ records: 1, from: spot(), until: spot(), identity: event.identity });
  } else file.dropped++;
}

/** `right` began where `left` ended; changes and returns `left`. */
export function mergeBare(left: BareState, right: BareState): BareState {
  left.records += right.records;
  for (const [index, file] of right.files.entries()) {
    const last = left.files.at(-1);
    if (index > 0 || last?.fileIndex !== file.fileIndex) left.files.push(file);
    else mergeFile(last, file);
  }
  return left;
}

function mergeFile(left: BareFile, right: BareFile): void {
  left.records += right.records;
  for (const stretch of right.stretches) {
    const last = left.stretches.at(-1);
    if (left.dropped === 0 && last !== undefined && last.until.ordinal + 1 === stretch.from.ordinal) {
      last.records += stretch.records;
      last.until = stretch.until;
    } else if (left.stretches.length < MAX_STRETCHES) left.stretches.push(stretch);
    else left.dropped += stretch.records;
  }
  left.dropped += right.dropped;
}
