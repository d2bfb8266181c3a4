/** The relation of one license: folds its use through the measure and concludes for each period. */
import type { Instant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { EARLIEST, formatDate, localDate } from '../base/time-zone.ts';
import type { LicenseFigures } from '../model/license-figures.ts';
import type { Mark } from '../model/mark.ts';
import { type Coverage, type Judgement, MAX_RELATED, type Relation } from '../model/relation.ts';
import type { Usage } from '../model/report.ts';
import type { StatementOptions } from '../model/request.ts';
import type { Contract, License } from './contract.ts';
import { getOrCreate } from './get-or-create.ts';
import { licenseSeverity } from './license-findings.ts';
import { type LicenseUse, type TimedUse, USE_STEPS, UseReader } from './license-use.ts';
import type { MeasureFold, SegmentUse } from './measure-fold.ts';
import { contractPlace, judgePeriod, type PeriodContext } from './period-verdict.ts';
import { clamp, type Period } from './periods.ts';
import type { Limit } from './quantities.ts';
import { startFold } from './start-fold.ts';
import { LicenseStatement } from './statement/license-statement.ts';
import { TermBreaches } from './term-breaches.ts';

/** `detections` are the ids for USE_STEPS, in that order; the last three may be left out. */
export function licenseRelation(
  contract: Contract,
  license: License,
  detections: readonly string[],
  statement?: StatementOptions,
): Relation {
  const reader = new UseReader(contract, license);
  const judge = (uses: Iterable<LicenseUse>, coverage: Coverage) =>
    judgeUse(contract, license, uses, coverage, statement);
  return {
    inputs: detections.map((detection, step) => ({
      detection,
      groupBy: [],
      values: USE_STEPS[step]!.kind === 'denied' ? reader.denialValues : reader.values,
    })),
    judge: (_, marks, coverage) => judge(readUse(reader, marks), coverage),
    judgeNothing: (coverage) => judge([], coverage),
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
  options?: StatementOptions,
): Generator<Judgement> {
  const breaches = new TermBreaches(license);
  const statement = options && new LicenseStatement(contract, license, options, coverage);
  let fold: MeasureFold | undefined;
  let first: Instant | undefined;
  let last: Instant | undefined;
  for (const use of uses) {
    if (use.kind === 'denied') {
      statement?.deny(use);
      continue;
    }
    fold ??= startFold(contract, license, use.time, coverage, statement?.watch);
    statement?.see(use);
    if (!isTimed(use)) {
      fold.anytime(use);
      continue;
    }
    fold.add(use);
    breaches.add(use);
    first ??= use.time;
    last = use.time;
  }
  const spoken = clamp(coverage?.until ?? last ?? EARLIEST);
  const until = last !== undefined && last > spoken ? last : spoken;
  if (fold === undefined) {
    yield unseen(contract, license, coverage);
    if (statement !== undefined) yield figuresOf(contract, license, statement.finish(undefined, until));
    return;
  }
  const segments = fold.finish(until);
  const context: PeriodContext = { contract, license, coverage };
  if (first === undefined || last === undefined) yield undated(context, segments);
  else yield* judgePeriods(context, segments, first, last);
  yield* breaches.finish(fold.stillOpen(), spoken);
  if (statement === undefined) return;
  yield figuresOf(contract, license, statement.finish({ segments, stillOpen: fold.stillOpen() }, until));
}

/** Not judged: handed on as they are. */
function figuresOf(contract: Contract, license: License, figures: LicenseFigures): Judgement {
  return {
    verdict: 'satisfied',
    code: 'license-unseen',
    message: '',
    place: contractPlace(contract, license.line),
    related: [],
    count: 1,
    identity: [],
    figures,
  };
}

function isTimed(use: LicenseUse): use is TimedUse {
  return use.time !== undefined;
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
  const late: SegmentUse[][] = [];
  for (const segments of byPeriod(uses)) {
    const period = segments[0]!.segment.period!;
    if (isOutsideTerm(context.license, period)) continue;
    if (period.until <= first || period.from > last) {
      late.push(segments);
      continue;
    }
    const judgement = judgePeriod(context, period, segments);
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
