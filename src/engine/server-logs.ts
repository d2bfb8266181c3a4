/**
 * Which logs are of license servers of their own. The log of one server may be cut into files, and files may be copied; files
 * of other servers go over the same time, and what is equal in them happened twice.
 */
import { NANOS_PER_SECOND } from '../base/instant.ts';
import { TEXT_FORMATS } from '../text-logs/index.ts';
import type { Repeat } from './repeats.ts';
import type { Scan } from './scan-books.ts';
import { spanStretch } from './time-span.ts';

/** Nanoseconds. Where a log is cut, its daemons may write out of order by less. */
const LONGEST_SEAM = 60n * NANOS_PER_SECOND;

type ServerFile = { index: number; source: string; from: bigint; until: bigint; records: number };

/** Equal records of two files. `shift`: by how many lines they are apart, undefined once that differs. */
type Shared = { count: number; shift: number | undefined };

export class ServerLogs {
  private readonly files: ReadonlyMap<number, ServerFile>;
  private readonly shared = new Map<string, Shared>();

  constructor({ parts, inputs }: Scan) {
    const formats = new Set(TEXT_FORMATS.flatMap(({ name, isOfOneServer }) => (isOfOneServer ? [name] : [])));
    const files = [...parts.values()].flatMap(({ fileIndex: index, source, span }): ServerFile[] => {
      if (source === null || span === null || !formats.has(source)) return [];
      return [{ index, source, ...spanStretch(span), records: inputs[index]!.records.read }];
    });
    this.files = new Map(files.map((file) => [file.index, file]));
  }

  /** Whether two of them go over the same time at all; else nothing needs to be noted. */
  get overlap(): boolean {
    return this.overlapping().next().done !== true;
  }

  /** Each of the repeats, before anything is asked. */
  note({ first, again }: Repeat): void {
    if (!this.files.has(first.fileIndex) || !this.files.has(again.fileIndex)) return;
    const key = pairOf(first.fileIndex, again.fileIndex);
    const shift = (again.line - first.line) * Math.sign(again.fileIndex - first.fileIndex);
    const known = this.shared.get(key);
    if (known === undefined) this.shared.set(key, { count: 1, shift });
    else {
      known.count++;
      if (known.shift !== shift) known.shift = undefined;
    }
  }

  /** Whether the files are of two servers, so that equal records are not one: no copy shares so little, or shares it out of step. */
  areApart(left: number, right: number): boolean {
    const [one, other] = [this.files.get(left), this.files.get(right)];
    if (left === right || one === undefined || other === undefined || !doOverlap(one, other)) return false;
    const shared = this.shared.get(pairOf(left, right));
    if (shared === undefined) return true;
    const isCopy = shared.count > 1 && shared.shift !== undefined;
    return !isCopy && shared.count * 2 <= Math.min(one.records, other.records);
  }

  /**
   * For each file of a source that several servers write: which log it is surely of, by the index of a file. Which of them go
   * on in which others is not known.
   */
  apart(): Map<number, number> {
    const mixed = new Set<string>();
    for (const [one, other] of this.overlapping())
      if (!mixed.has(one.source) && this.areApart(one.index, other.index)) mixed.add(one.source);
    const logs = new Map<number, number>();
    for (const { index, source } of this.files.values()) if (mixed.has(source)) logs.set(index, index);
    for (const key of this.shared.keys()) {
      const [left, right] = key.split(' ').map(Number) as [number, number];
      const [from, to] = [logs.get(right), logs.get(left)];
      if (from === undefined || to === undefined || from === to || this.areApart(left, right)) continue;
      for (const [index, log] of logs) if (log === from) logs.set(index, to);
    }
    return logs;
  }

  /** In order of time each with those before it that it overlaps. */
  private *overlapping(): Generator<[ServerFile, ServerFile]> {
    const sorted = [...this.files.values()].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
    let open: ServerFile[] = [];
    for (const file of sorted) {
      open = open.filter(({ until }) => until > file.from);
      for (const other of open) if (doOverlap(file, other)) yield [file, other];
      open.push(file);
    }
  }
}

function doOverlap(one: ServerFile, other: ServerFile): boolean {
  if (one.source !== other.source) return false;
  const from = one.from > other.from ? one.from : other.from;
  const until = one.until < other.until ? one.until : other.until;
  return until - from > LONGEST_SEAM;
}

function pairOf(left: number, right: number): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}
