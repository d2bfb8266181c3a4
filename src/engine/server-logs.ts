/**
 * Which logs are of license servers of their own. The log of one server may be cut into files, and files may be copied; files
 * of other servers go over the same time, and what is equal in them happened twice.
 */
import { getOrCreate } from '../base/get-or-create.ts';
import { earlier, later, NANOS_PER_SECOND } from '../base/instant.ts';
import type { Stretch } from '../model/relation.ts';
import { TEXT_FORMATS } from '../text-logs/index.ts';
import type { Repeat } from './repeats.ts';
import type { Scan } from './scan-books.ts';
import { SegmentStreams } from './segment-streams.ts';
import { commonStretches } from './stretches.ts';
import { lostStretches, spanStretch } from './time-span.ts';

/** Nanoseconds. Where a log is cut, its daemons may write out of order by less. */
const LONGEST_SEAM = 60n * NANOS_PER_SECOND;

type ServerFile = {
  index: number;
  source: string;
  from: bigint;
  until: bigint;
  records: number;
  /** The host of the server, where the file names it. */
  server: string | undefined;
  lost: Stretch[];
};

/**
 * Equal records of two files. `shifts`: how many of them are so many lines apart. In a copy nearly all are as far; lines that
 * stand twice in one file are the others.
 */
type Shared = { count: number; shifts: Map<number, number> };

/** Of what two files hold of the time that both go over, a copy shares a tenth at least: two servers that restart together do not. */
const LEAST_SHARE = 10;

/** Distances that are counted; a copy has one. */
const MAX_SHIFTS = 1_000;

export class ServerLogs {
  private readonly files = new Map<number, ServerFile>();
  /** Segments of an archive are the file that they were, by the first of them. */
  private readonly streams: SegmentStreams;
  /** Of a segment, the lines of its file before it. */
  private readonly skipped: (index: number) => number;
  private readonly shared = new Map<string, Shared>();
  /** By the index of a file; undefined until all repeats are noted. */
  private logs: Map<number, number> | undefined;

  constructor({ parts, inputs, files }: Scan) {
    this.streams = new SegmentStreams(files);
    this.skipped = (index) => files[index]!.sealed?.origin.skipped ?? 0;
    const formats = new Set(TEXT_FORMATS.flatMap(({ name, isOfOneServer }) => (isOfOneServer ? [name] : [])));
    for (const { fileIndex, source, span, tally } of parts.values()) {
      if (source === null || span === null || !formats.has(source)) continue;
      const { server } = tally;
      const lost = lostStretches(tally.lost ?? []);
      const index = this.streams.firstOf(fileIndex);
      const records = inputs[fileIndex]!.records.read;
      const file = { index, source, ...spanStretch(span), records, server, lost };
      const known = this.files.get(index);
      if (known === undefined) this.files.set(index, file);
      else {
        known.from = earlier(known.from, file.from);
        known.until = later(known.until, file.until);
        known.records += records;
      }
    }
  }

  private fileOf(index: number): ServerFile | undefined {
    return this.files.get(this.streams.firstOf(index));
  }

  /** Whether they may be of several: two go over the same time, or name other hosts. Else nothing needs to be noted. */
  get mayBeSeveral(): boolean {
    return this.overlapping().next().done !== true || this.sourcesOfHosts().size > 0;
  }

  /** When a file speaks, by the first and the last of its records, and what it lacks in between. */
  spanOf(index: number): (Stretch & { lost?: Stretch[] }) | undefined {
    const file = this.fileOf(index);
    if (file === undefined) return undefined;
    const { from, until } = file;
    const lost = commonStretches([{ from, until }], file.lost);
    return { from, until, ...(lost.length > 0 && { lost }) };
  }

  /** Each of the repeats, before anything is asked. */
  note({ first, again }: Repeat): void {
    const [one, other] = [this.fileOf(first.fileIndex), this.fileOf(again.fileIndex)];
    if (one === undefined || other === undefined) return;
    const key = pairOf(one.index, other.index);
    const apart = again.line + this.skipped(again.fileIndex) - first.line - this.skipped(first.fileIndex);
    const shift = apart * Math.sign(other.index - one.index);
    const shared = getOrCreate(this.shared, key, (): Shared => ({ count: 0, shifts: new Map() }));
    shared.count++;
    const times = shared.shifts.get(shift);
    if (times !== undefined || shared.shifts.size < MAX_SHIFTS) shared.shifts.set(shift, (times ?? 0) + 1);
    this.logs = undefined;
  }

  /** Whether the files are of two servers, so that equal records are not one: no copy shares so little, or shares it out of step. */
  areApart(left: number, right: number): boolean {
    const [one, other] = [this.fileOf(left), this.fileOf(right)];
    if (one === other || one === undefined || other === undefined || !doOverlap(one, other)) return false;
    return this.logOf(one.index) !== this.logOf(other.index);
  }

  /** The log that a file is of, by the first of its files. Copies of one file are of one log, though they name only the first. */
  private logOf(index: number): number {
    this.logs ??= this.gather();
    return this.logs.get(index)!;
  }

  private gather(): Map<number, number> {
    const logs = new Map([...this.files.keys()].map((index) => [index, index]));
    for (const [key, shared] of this.shared) {
      const [left, right] = key.split(' ').map(Number) as [number, number];
      if (!this.isCopy(left, right, shared)) continue;
      const [to, from] = [logs.get(left)!, logs.get(right)!].sort((a, b) => a - b) as [number, number];
      for (const [index, log] of logs) if (log === from) logs.set(index, to);
    }
    return logs;
  }

  /** Servers that name themselves are told apart by that. Of others a copy shares lines in step, and not two among hundreds. */
  private isCopy(left: number, right: number, { count, shifts }: Shared): boolean {
    const [one, other] = [this.files.get(left)!, this.files.get(right)!];
    if (one.server !== undefined && other.server !== undefined && one.server !== other.server) return false;
    const inStep = Math.max(...shifts.values());
    const together = Math.min(recordsWithin(one, other), recordsWithin(other, one));
    return (
      (inStep > 1 && inStep * 2 > count && count * LEAST_SHARE > together) ||
      count * 2 > Math.min(one.records, other.records)
    );
  }

  /**
   * For each file of a source that several servers write: which log it is surely of, by the index of a file. Which of them go
   * on in which others is not known.
   */
  apart(indexes: Iterable<number>): Map<number, number> {
    const mixed = this.sourcesOfHosts();
    for (const [one, other] of this.overlapping())
      if (!mixed.has(one.source) && this.areApart(one.index, other.index)) mixed.add(one.source);
    const apart = new Map<number, number>();
    for (const index of indexes) {
      const file = this.fileOf(index);
      if (file !== undefined && mixed.has(file.source)) apart.set(index, this.logOf(file.index));
    }
    return apart;
  }

  /** Sources whose files name several hosts: a server may go on where another has been, and is another all the same. */
  private sourcesOfHosts(): Set<string> {
    const hosts = new Map<string, string>();
    const mixed = new Set<string>();
    for (const { source, server } of this.files.values()) {
      if (server === undefined) continue;
      const known = getOrCreate(hosts, source, () => server);
      if (known !== server) mixed.add(source);
    }
    return mixed;
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

/** About how many of its records are of the time that the other goes over, as if it wrote as much at all times. */
function recordsWithin({ from, until, records }: ServerFile, other: ServerFile): number {
  const shared = earlier(until, other.until) - later(from, other.from);
  return shared <= 0n ? 0 : records * (Number(shared) / Number(until - from));
}
