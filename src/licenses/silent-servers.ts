/**
 * Where one of several license servers is silent while others speak. How many there are is how many logs with use of the license
 * speak at once; which rotated file goes on in which other is not known, so logs are counted and not told apart.
 */
import { NANOS_PER_SECOND } from '../base/instant.ts';
import type { Coverage, ServerLogFiles, Stretch } from '../model/relation.ts';

/** Nanoseconds in all that so many logs speak at once: where a log is rotated, two of its files may for a moment. */
const LEAST_TOGETHER = 3_600n * NANOS_PER_SECOND;

/** `used`: the files that hold use of the license. */
export function withSilentServers(coverage: Coverage, used: ReadonlySet<string>): Coverage {
  const { logs } = coverage ?? {};
  if (coverage === undefined || logs === undefined || used.size < 2) return coverage;
  const speaking = [...used].filter((file) => logs[file] !== undefined);
  const servers = mostAtOnce(levelsOf(logs, speaking));
  if (servers < 2) return coverage;
  // A file without use of the license vouches for it where its name says that it is a part of such a log.
  const stems = new Set(speaking.map(stemOf));
  const files = Object.keys(logs).filter((file) => stems.has(stemOf(file)));
  const thin: Stretch[] = [];
  let from = coverage.from;
  for (const level of levelsOf(logs, files)) {
    if (level.logs < servers) continue;
    if (level.from > from) thin.push({ from, until: level.from });
    if (level.until > from) from = level.until;
  }
  if (from < coverage.until) thin.push({ from, until: coverage.until });
  const lost = files.flatMap((file) => (logs[file]!.lost ?? []).flatMap((each) => within(each, thin)));
  return { ...coverage, thin, lost: [...(coverage.lost ?? []), ...lost] };
}

/** The parts of a stretch that lie in others. */
function within({ from, until }: Stretch, others: readonly Stretch[]): Stretch[] {
  return others
    .filter((other) => other.from < until && from < other.until)
    .map((other) => ({
      from: other.from > from ? other.from : from,
      until: other.until < until ? other.until : until,
    }));
}

type Level = Stretch & { logs: number };

/** How many logs speak, in order of time; files of one log speak once. */
function levelsOf(logs: ServerLogFiles, files: readonly string[]): Level[] {
  const steps = files
    .flatMap((file) => {
      const { log, from, until, lost = [] } = logs[file]!;
      return [
        { at: from, log, by: 1 },
        ...lost.flatMap((each) => [
          { at: each.from, log, by: -1 },
          { at: each.until, log, by: 1 },
        ]),
        { at: until, log, by: -1 },
      ];
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : b.by - a.by));
  const speaking = new Map<string, number>();
  const levels: Level[] = [];
  for (const [index, { at, log, by }] of steps.entries()) {
    const count = (speaking.get(log) ?? 0) + by;
    if (count === 0) speaking.delete(log);
    else speaking.set(log, count);
    const until = steps[index + 1]?.at;
    if (until !== undefined && until > at) levels.push({ from: at, until, logs: speaking.size });
  }
  return levels;
}

function mostAtOnce(levels: readonly Level[]): number {
  const together = new Map<number, bigint>();
  for (const { from, until, logs } of levels)
    for (let few = 1; few <= logs; few++) together.set(few, (together.get(few) ?? 0n) + until - from);
  return Math.max(0, ...[...together].flatMap(([logs, time]) => (time > LEAST_TOGETHER ? [logs] : [])));
}

/** The name of a log's file without dates, serial numbers and what says how it is compressed. */
function stemOf(file: string): string {
  return file
    .toLowerCase()
    .replace(/\.(?:gz|zst|bz2|xz|br)$/, '')
    .replace(/[\d\W_]+/g, '');
}
