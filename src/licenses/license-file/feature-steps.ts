/**
 * How many seats the lines of one feature grant, day by day. At each day those lines count that were issued, are not
 * superseded, have started and have not expired; of FEATURE lines the first alone, of INCREMENT lines all.
 */
import type { LocalDate } from '../../base/time-zone.ts';
import { compareDecimalVersions } from '../contract/versions.ts';
import { compareDays } from './dates.ts';
import type { FeatureLine } from './feature-line.ts';
import type { Supersession } from './supersession.ts';

/** `from` undefined: ever since. `seats` undefined: no line that we have was issued yet, so nobody knows. */
export type Step = {
  from: LocalDate | undefined;
  seats: number | 'unlimited' | undefined;
  /** The lines that make it up. */
  lines: readonly FeatureLine[];
  /** Counted lines that are locked to a host beside counted ones that float add nothing; they stand here. */
  locked: readonly FeatureLine[];
};

type Plan = {
  superseded: ReadonlyMap<FeatureLine, Supersession>;
  /** The most that options files let of the overdraft. */
  maxOverdraft?: number;
};

/** From the first step that is known, or differs from what came before. */
export function featureSteps(lines: readonly FeatureLine[], plan: Plan): Step[] {
  const files = [...new Set(lines.map(({ file }) => file))];
  const rank = new Map(files.map((file, index) => [file, index]));
  const ordered = lines.toSorted(
    (left, right) => rank.get(left.file)! - rank.get(right.file)! || compareLines(left, right),
  );
  const steps: Step[] = [];
  for (const from of changes(lines, plan)) {
    const step = stepAt(ordered, from, plan);
    const before = steps.at(-1);
    if (before === undefined || before.seats !== step.seats || !isSame(before.lines, step.lines))
      steps.push(step);
  }
  return steps;
}

/** Days on which something begins or ends, before them all "ever since"; each once, in order. */
function changes(lines: readonly FeatureLine[], { superseded }: Plan): (LocalDate | undefined)[] {
  const days = lines.flatMap((line) => [
    line.issued,
    line.start,
    line.expires === 'permanent' ? undefined : line.expires,
    superseded.get(line)?.on,
  ]);
  const sorted = [undefined, ...days.filter((day) => day !== undefined).toSorted(compareDays)];
  return sorted.filter((day, index) => index === 0 || compareDays(day, sorted[index - 1]) !== 0);
}

function stepAt(ordered: readonly FeatureLine[], day: LocalDate | undefined, plan: Plan): Step {
  const present = ordered.filter((line) => {
    const end = plan.superseded.get(line)?.on;
    return compareDays(line.issued, day) <= 0 && (end === undefined || compareDays(end, day) > 0);
  });
  // "Only the first FEATURE line for a given feature is processed": of those that count, and of those that do not.
  const features = present.filter(({ keyword }) => keyword === 'FEATURE');
  const counts = features.find(({ count }) => count !== 'uncounted');
  const free = features.find(({ count }) => count === 'uncounted');
  const processed = present.filter(
    (line) => line.keyword === 'INCREMENT' || line === counts || line === free,
  );
  const active = processed.filter(
    (line) =>
      compareDays(line.start, day) <= 0 &&
      (line.expires === 'permanent' || compareDays(line.expires, day) > 0),
  );
  const counted = active.filter((line) => !isUnbounded(line));
  const unbounded = active.filter(isUnbounded);
  const floating = unbounded.filter((line) => !isLocked(line));
  if (floating.length > 0) return { from: day, seats: 'unlimited', lines: floating, locked: [] };
  if (counted.length > 0)
    return { from: day, seats: total(counted, plan), lines: counted, locked: unbounded };
  if (unbounded.length > 0) return { from: day, seats: 'unlimited', lines: unbounded, locked: [] };
  return { from: day, seats: present.length > 0 ? 0 : undefined, lines: [], locked: [] };
}

function total(lines: readonly FeatureLine[], { maxOverdraft = Number.MAX_SAFE_INTEGER }: Plan): number {
  const overdraft = lines.reduce((sum, line) => sum + line.overdraft, 0);
  const count = lines.reduce((sum, line) => sum + (line.count === 'uncounted' ? 0 : line.count), 0);
  return count + Math.min(overdraft, maxOverdraft);
}

/** One seat of a site license serves the whole site. */
function isUnbounded({ count, dupGroup }: FeatureLine): boolean {
  return count === 'uncounted' || dupGroup === 'SITE';
}

/** `HOSTID=ANY` and demo hosts lock nobody out. */
function isLocked({ pooling }: FeatureLine): boolean {
  const host = pooling.get('HOSTID');
  return host !== undefined && !/^(?:ANY|DEMO)$/i.test(host);
}

/**
 * The order in which a server takes those of one file: by `sort=`, uncounted before counted, higher versions first, issued last first
 * (by ISSUED or START), else as they stand in the files. (FLEXnet Licensing End User Guide, Order of Precedence.)
 */
function compareLines(left: FeatureLine, right: FeatureLine): number {
  return (
    left.sort - right.sort ||
    Number(left.count !== 'uncounted') - Number(right.count !== 'uncounted') ||
    compareDecimalVersions(right.version, left.version) ||
    compareDays(right.issued ?? right.start, left.issued ?? left.start)
  );
}

function isSame(left: readonly FeatureLine[], right: readonly FeatureLine[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
