/** The relation of one license: folds its use through the measure and concludes for each period. */
import type { Instant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { EARLIEST, formatDate, LATEST, localDate } from '../base/time-zone.ts';
import type { Mark } from '../model/mark.ts';
import { type Coverage, type Judgement, MAX_RELATED, type Relation } from '../model/relation.ts';
import type { Usage } from '../model/report.ts';
import type { Contract, License } from './contract.ts';
import { DistinctMeasure } from './distinct-measure.ts';
import { zoneFlips } from './flip-test.ts';
import { getOrCreate } from './get-or-create.ts';
import { licenseSeverity } from './license-findings.ts';
import { type LicenseUse, type TimedUse, UseReader } from './license-use.ts';
import type { MeasureFold, SegmentUse } from './measure-fold.ts';
import { toZonedSegments } from './other-zone.ts';
import { contractPlace, judgePeriod, type PeriodContext } from './period-verdict.ts';
import { clamp, type Period, toSegments } from './periods.ts';
import { type Limit, toLimits } from './quantities.ts';
import { SeatsMeasure } from './seats-measure.ts';
import { selfCheckJudgements } from './self-check-judgement.ts';
import { SumMeasure } from './sum-measure.ts';
import { TermBreaches } from './term-breaches.ts';

/** `detections` are the ids for USE_STEPS, in that order; the last three may be left out. */
export function licenseRelation(
  contract: Contract,
  license: License,
  detections: readonly string[],
): Relation {
  const reader = new UseReader(contract, license);
  return {
    inputs: detections.map((detection) => ({ detection, groupBy: [], values: reader.values })),
    judge: (_, marks, coverage) => judgeUse(contract, license, readUse(reader, marks), coverage),
    judgeNothing: (coverage) => [unseen(contract, license, coverage)],
  };
}

function* readUse(reader: UseReader, marks: Iterable<Mark>): Generator<LicenseUse> {
  for (const mark of marks) {
    const use = reader.read(mark);
    if (use !== undefined) yield use;
  }
}

function* judgeUse(
  contract: Contract,
  license: License,
  uses: Iterable<LicenseUse>,
  coverage: Coverage,
): Generator<Judgement> {
  const breaches = new TermBreaches(license);
  let fold: MeasureFold | undefined;
  let used = false;
  let first: Instant | undefined;
  let last: Instant | undefined;
  for (const use of uses) {
    if (use.kind === 'upgrade' && isConsumed(license)) continue;
    if (!use.counted || use.kind === 'denied') {
      if (!isTimed(use)) continue;
      fold ??= startFold(contract, license, use, coverage);
      fold.uncounted?.(use);
      continue;
    }
    used = true;
    fold ??= startFold(contract, license, use, coverage);
    if (!isTimed(use)) {
      fold.anytime(use);
      continue;
    }
    fold.add(use);
    breaches.add(use);
    first ??= use.time;
    last = use.time;
  }
  if (fold === undefined || !used) {
    yield unseen(contract, license, coverage);
    return;
  }
  const until = clamp(coverage?.until ?? last ?? EARLIEST);
  const segments = fold.finish(last !== undefined && last > until ? last : until);
  const capacities = fold.selfCheck?.().capacities;
  const context: PeriodContext = { contract, license, coverage, ...(capacities && { capacities }) };
  if (first === undefined || last === undefined) yield undated(context, segments);
  else yield* judgePeriods(context, segments, first, last);
  yield* breaches.finish(fold.stillOpen(), until);
  yield* selfCheckJudgements(license, fold.selfCheck?.());
}

/** What is summed up has no sessions whose quantity could change. */
function isConsumed({ measure: { count } }: License): boolean {
  return count.what === 'sum' || count.what === 'events';
}

function isTimed(use: LicenseUse): use is TimedUse {
  return use.time !== undefined;
}

function startFold(contract: Contract, license: License, use: LicenseUse, coverage: Coverage): MeasureFold {
  const from = clamp(coverage?.from ?? use.time ?? EARLIEST);
  const plan = {
    over: license.measure.over,
    zone: contract.timezone,
    term: license.term,
    limits: toLimits(license),
  };
  const { count } = license.measure;
  // Peaks of parts make the peak of the whole, whichever way the parts are put together; people and sums do not.
  const cut = count.what === 'seats' ? toZonedSegments : toSegments;
  const segments = cut(plan, from, clamp(coverage?.until ?? LATEST));
  switch (count.what) {
    case 'seats':
      return new SeatsMeasure(license, segments);
    case 'distinct':
      return new DistinctMeasure(license, count.key, segments);
    case 'sum':
    case 'events':
      return new SumMeasure(count.what, segments);
  }
}

/**
 * From the first to the last period with use, each one. Beyond them only what is exceeded, or in doubt against a limit
 * that was not in doubt before: one lost check-in is one doubt, not one a month until the log ends.
 */
function* judgePeriods(
  context: PeriodContext,
  uses: readonly SegmentUse[],
  first: Instant,
  last: Instant,
): Generator<Judgement> {
  const doubted = new Set<Limit | undefined>();
  const flips = zoneFlips(uses, context.contract.timezone);
  const late: SegmentUse[][] = [];
  for (const segments of byPeriod(uses)) {
    const period = segments[0]!.segment.period!;
    if (isOutsideTerm(context.license, period)) continue;
    if (period.until <= first || period.from > last) {
      late.push(segments);
      continue;
    }
    const judgement = judgePeriod(context, period, segments);
    const flip = flips.get(period.label);
    if (flip !== undefined) judgement.usage!.flips = [...(judgement.usage!.flips ?? []), flip];
    if (isDecisiveDoubt(judgement)) for (const { segment } of segments) doubted.add(segment.limit);
    yield judgement;
  }
  for (const segments of late) {
    const judgement = judgePeriod(context, segments[0]!.segment.period!, segments);
    const isNew = segments.some(({ segment }) => !doubted.has(segment.limit));
    if (judgement.verdict === 'violation' || (isDecisiveDoubt(judgement) && isNew)) yield judgement;
    if (isDecisiveDoubt(judgement)) for (const { segment } of segments) doubted.add(segment.limit);
  }
}

/** Nothing was contracted then, and use is a breach of the term: a row that says "within" would contradict it. */
function isOutsideTerm({ term }: License, { from, until }: Period): boolean {
  if (term === undefined) return false;
  return from >= term.until.instant + term.grace || (term.from !== undefined && until <= term.from.instant);
}

/** A period that the log does not span to its end is undetermined too, but informational. */
function isDecisiveDoubt({ verdict, severity }: Judgement): boolean {
  return verdict === 'undetermined' && severity !== 'informational';
}

function byPeriod(uses: readonly SegmentUse[]): SegmentUse[][] {
  const periods = new Map<Period, SegmentUse[]>();
  for (const use of uses) {
    if (use.segment.period !== undefined) getOrCreate(periods, use.segment.period, () => []).push(use);
  }
  return [...periods.values()];
}

/** Only events without a readable time: they happened, but in no period that can be named. */
function undated({ contract, license }: PeriodContext, uses: readonly SegmentUse[]): Judgement {
  const [use] = uses;
  const reason = use?.doubts.join('; ') ?? '';
  const [place, ...related] = use?.doubtful.map((witness) => witness.place) ?? [];
  return {
    verdict: 'undetermined',
    code: 'license-undetermined',
    message: `license ${quote(license.id)}: used at an unknown time: ${reason}`,
    place: place ?? contractPlace(contract, license.line),
    related: related.slice(0, MAX_RELATED),
    count: Math.max(1, use?.doubtful.length ?? 1),
    subject: license.id,
    identity: [license.id, 'undated'],
    severity: licenseSeverity('license-undetermined'),
    usage: { ...unknownUsage(license), period: 'undated', reason },
  };
}

function unseen(contract: Contract, license: License, coverage: Coverage): Judgement {
  const { timezone } = contract;
  const period =
    coverage === undefined
      ? 'undated'
      : [coverage.from, coverage.until]
          .map((instant) => formatDate(localDate(clamp(instant), timezone)))
          .join('/');
  const reason = 'the log holds no event of use';
  return {
    verdict: 'undetermined',
    code: 'license-unseen',
    message: `license ${quote(license.id)}: ${reason} of ${license.covers.features.map(quote).join(', ')}`,
    place: contractPlace(contract, license.line),
    related: [],
    count: 1,
    subject: license.id,
    identity: [license.id],
    severity: licenseSeverity('license-unseen'),
    usage: { ...unknownUsage(license), period, reason },
  };
}

function unknownUsage(license: License): Omit<Usage, 'period'> {
  return { license: license.id, measure: license.measure.name, used: 0, limit: null, at: null, holders: [] };
}
