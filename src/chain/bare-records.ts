/** The mergeable count of records that carry no chain fields, in stretches: stripped ones hide among them. */
import { sha256Hex } from '../base/digest.ts';
import type { Event } from '../model/event.ts';
import { copyPlace, movePlace, type Place } from '../model/place.ts';
import type { LoneHash } from './lone-hash.ts';

/** Stretches kept for one file; the records of further ones are counted. */
export const MAX_STRETCHES = 100;

/**
 * Leading records of a stretch whose content is kept: put between those of a chain are few, and to hash every record of all
 * logs without a chain would take longer than their scan.
 */
const MAX_CONTENTS = 16;

/** Records that stand next to each other in their file. */
export type BareStretch = {
  records: number;
  from: Place;
  until: Place;
  /** What names the first of them across runs. */
  identity: string;
  /** Of the first of them, in order, 128 bits of SHA-256 of their bytes, or other hashes of their content. */
  contents: string[];
  /** Of a single record that has a hash of its own and no previous one. */
  lone?: LoneHash;
};

export type BareFile = { fileIndex: number; records: number; stretches: BareStretch[]; dropped: number };

export type BareState = { records: number; files: BareFile[] };

export function startBare(): BareState {
  return { records: 0, files: [] };
}

/** `adjoins`: whether the record before it in its file carries no chain fields either. */
export function appendBare(state: BareState, event: Event, adjoins: boolean, lone?: LoneHash): void {
  state.records++;
  let file = state.files.at(-1);
  if (file?.fileIndex !== event.fileIndex) {
    file = { fileIndex: event.fileIndex, records: 0, stretches: [], dropped: 0 };
    state.files.push(file);
  }
  file.records++;
  const last = file.stretches.at(-1);
  if (adjoins && file.dropped === 0 && last !== undefined && lone === undefined && last.lone === undefined) {
    last.records++;
    movePlace(last.until, event);
    if (last.contents.length < MAX_CONTENTS) last.contents.push(toContent(event.bytes));
  } else if (file.stretches.length < MAX_STRETCHES) {
    const { place } = event;
    file.stretches.push({
      records: 1,
      from: place,
      until: copyPlace(place),
      identity: event.identity,
      contents: [toContent(event.bytes)],
      ...(lone !== undefined && { lone }),
    });
  } else file.dropped++;
}

export function toContent(data: Uint8Array | string): string {
  return sha256Hex(data).slice(0, 32);
}

/** What makes them the same stretches in the next run: what names the first of them, and what they hold. */
export function identityOf(stretches: readonly BareStretch[]): string {
  const [first] = stretches;
  return JSON.stringify([first!.identity, sha256Hex(stretches.flatMap(({ contents }) => contents).join())]);
}

/** `right` began where `left` ended, `adjoins` says whether with a stretch that goes on; changes and returns `left`. */
export function mergeBare(left: BareState, right: BareState, adjoins: boolean): BareState {
  left.records += right.records;
  for (const [index, file] of right.files.entries()) {
    const last = left.files.at(-1);
    if (index > 0 || last?.fileIndex !== file.fileIndex) left.files.push(file);
    else mergeFile(last, file, adjoins);
  }
  return left;
}

function mergeFile(left: BareFile, right: BareFile, adjoins: boolean): void {
  left.records += right.records;
  for (const [index, stretch] of right.stretches.entries()) {
    const last = left.stretches.at(-1);
    const isLone = stretch.lone !== undefined || last?.lone !== undefined;
    if (index === 0 && adjoins && left.dropped === 0 && last !== undefined && !isLone) {
      last.records += stretch.records;
      last.until = stretch.until;
      last.contents = [...last.contents, ...stretch.contents].slice(0, MAX_CONTENTS);
    } else if (left.stretches.length < MAX_STRETCHES) left.stretches.push(stretch);
    else left.dropped += stretch.records;
  }
  left.dropped += right.dropped;
}

/** Puts records that turned out to be in no chain where they stand; `dropped`: how many of them have no stretch. */
export function insertStretches(
  state: BareState,
  fileIndex: number,
  stretches: readonly BareStretch[],
  dropped: number,
): void {
  const records = stretches.reduce((sum, stretch) => sum + stretch.records, dropped);
  let file = state.files.find((known) => known.fileIndex === fileIndex);
  if (file === undefined) {
    file = { fileIndex, records: 0, stretches: [], dropped: 0 };
    state.files.push(file);
    state.files.sort((left, right) => left.fileIndex - right.fileIndex);
  }
  state.records += records;
  file.records += records;
  file.dropped += dropped;
  file.stretches.push(...stretches);
  file.stretches.sort((left, right) => left.from.offset - right.from.offset);
}
