/** The relation of one license: folds its use through the measure and concludes for each period. */

import { getOrCreate } from '../base/get-or-create.ts';
import type { Instant } from '../base/instant.ts';
import { EARLIEST } from '../base/time-zone.ts';
import type { LicenseFigures } from '../model/license-figures.ts';
import type { Mark } from '../model/mark.ts';
import type { Coverage, Judgement, Relation } from '../model/relation.ts';
import type { StatementOptions } from '../model/request.ts';
import { CountryUse } from './clauses/country-use.ts';
import { DeviceUse } from './clauses/device-use.ts';
import { ExcludedUse } from './clauses/excluded-use.ts';
import { judgeKeeping } from './clauses/kept-evidence.ts';
import { LateUse } from './clauses/late-use.ts';
import { judgePeriod } from './clauses/overage-verdict.ts';
import { Reassignments } from './clauses/reassignments.ts';
import { Reservations } from './clauses/reservations.ts';
import { RolloverAccount } from './clauses/rollover.ts';
import { TermBreaches } from './clauses/term-breaches.ts';
import { undated, unseen } from './clauses/unmeasured-use.ts';
import type { Contract, License } from './contract/contract.ts';
import { clamp, type Period, type Segment } from './contract/periods.ts';
import type { Limit } from './contract/quantities.ts';
import type { MeasureFold, SegmentUse } from './measures/measure-fold.ts';
import { segmentsOf, startMeasure } from './measures/start-measure.ts';
import { LicenseStatement } from './statement/license-statement.ts';
import { type LicenseUse, type TimedUse, UseReader } from './use/license-use.ts';
import { RenamedSessions } from './use/renamed-sessions.ts';
import type { UseStep } from './use/use-steps.ts';
import type { UseWatcher } from './use/use-watcher.ts';
import { evidenceOf } from './verdict/figure-evidence.ts';
import { contractPlace, type PeriodContext } from './verdict/period-verdict.ts';
import { selfCheckJudgements } from './verdict/self-check-judgement.ts';

/** `steps`: what each input is, and the id of its detection. */
export function licenseRelation(
  contract: Contract,
  license: License,
  steps: readonly (UseStep & { detection: string })[],
  statement?: StatementOptions,
): Relation {
  const reader = new UseReader(contract, license, steps);
  return {
    inputs: steps.map(({ detection, kind }) => ({
      detection,
      groupBy: [],
      values: kind === 'denied' ? reader.denialValues : reader.values,
    })),
    isOfItsSources: true,
    *judge(_, marks, coverage) {
      yield* judgeUse(contract, license, reader, marks, coverage, statement);
      if (license === contract.licenses[0]) yield* judgeKeeping(contract, coverage);
    },
    *judgeNothing(coverage) {
      yield* judgeUse(contract, license, reader, [], coverage, statement);
      if (license === contract.licenses[0]) yield* judgeKeeping(contract, coverage);
    },
  };
}

function* judgeUse(
  contract: Contract,
  license: License,
  reader: UseReader,
  marks: Iterable<Mark>,
  coverage: Coverage,
  options?: StatementOptions,
): Generator<Judgement> {
  const breaches = new TermBreaches(license);
  const excluded = new ExcludedUse(license);
  const statement = options && new LicenseStatement(contract, license, options, coverage);
  const watchers: UseWatcher[] = [];
  const reassignments = license.reassign && new Reassignments(license, license.reassign, coverage);
  let reservations: Reservations | undefined;
  let fold: MeasureFold | undefined;
  let used = false;
  let first: Instant | undefined;
  let last: Instant | undefined;
  const turns = new RenamedSessions(contract.people, (mark) => reader.read(mark, coverage?.logs));
  const turn = (now: Instant) => {
    for (const renamed of turns.reach(now)) {
      fold?.renamed?.(renamed);
      for (const watcher of watchers) watcher.renamed?.(renamed);
    }
  };
  for (const mark of marks) {
    const use = reader.read(mark, coverage?.logs);
    if (use !== undefined && isTimed(use)) turn(use.time);
    if (use === undefined) {
      const restart = reader.readRestart(mark, coverage?.logs);
      const assignment = reader.readAssignment(mark);
      if (restart !== undefined) {
        fold?.restart?.(restart);
        breaches.restart(restart);
        statement?.restart(restart);
        for (const watcher of watchers) watcher.restart?.(restart);
      } else if (assignment !== undefined) reassignments?.add(assignment);
      else excluded.note(reader.exclusionOf(mark), mark);
      continue;
    }
    if (use.kind === 'denied' && !use.excluded) statement?.deny(use);
    const isUncounted = use.excluded || use.kind === 'denied';
    // A refusal is no use, of whomever.
    if (use.excluded && use.kind !== 'denied') excluded.note(reader.exclusionOf(mark), mark);
    if (isUncounted && !isTimed(use)) continue;
    if (fold === undefined) {
      const segments = segmentsOf(contract, license, use.time, coverage);
      fold = startMeasure(contract, license, segments, coverage, statement?.watch);
      if (license.reserve.length > 0) reservations = new Reservations(contract, license, segments);
      watchers.push(...watchersOf(license, segments), ...(reservations === undefined ? [] : [reservations]));
    }
    if (isUncounted) {
      if (isTimed(use)) fold.uncounted?.(use);
      continue;
    }
    statement?.see(use);
    used = true;
    const isGrant = use.kind === 'assign' || use.kind === 'revoke';
    const assignment = isGrant ? reader.readAssignment(mark) : undefined;
    if (assignment !== undefined) reassignments?.add(assignment);
    if (!isTimed(use)) {
      fold.anytime(use);
      if (!isGrant) for (const watcher of [breaches, ...watchers]) watcher.anytime?.(use);
      continue;
    }
    fold.add(use);
    turns.note(reader.nameOf(mark), use, mark);
    if (!isGrant) {
      breaches.add(use);
      for (const watcher of watchers) watcher.add(use);
    }
    first ??= use.time;
    last = use.time;
  }
  const spoken = clamp(coverage?.until ?? last ?? EARLIEST);
  const until = last !== undefined && last > spoken ? last : spoken;
  if (fold === undefined || !used) {
    yield unseen(contract, license, coverage);
    if (reassignments !== undefined) yield* reassignments.finish();
    yield* excluded.finish();
    if (statement !== undefined) yield figuresOf(contract, license, statement.finish(undefined, until));
    return;
  }
  turn(until);
  const segments = fold.finish(until);
  const watched = watchers.flatMap((watcher) => [...watcher.finish(until)]);
  const selfCheck = fold.selfCheck?.();
  const context: PeriodContext = {
    contract,
    license,
    coverage,
    ...(selfCheck && { capacities: selfCheck.capacities }),
  };
  if (first === undefined || last === undefined) yield undated(context, segments);
  else {
    for (const judgement of judgePeriods(context, segments, first, last))
      yield reservations === undefined ? judgement : withCommitted(judgement, reservations);
  }
  yield* watched;
  if (reassignments !== undefined) yield* reassignments.finish();
  yield* breaches.finish(fold.stillOpen(), spoken);
  yield* selfCheckJudgements(license, selfCheck);
  yield* excluded.finish();
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

function watchersOf(license: License, segments: readonly Segment[]): UseWatcher[] {
  const { devices, countries, late } = license;
  return [
    ...(devices === undefined ? [] : [new DeviceUse(license, devices, segments)]),
    ...(countries === undefined ? [] : [new CountryUse(license, countries)]),
    ...(late === undefined ? [] : [new LateUse(license, late, segments)]),
  ];
}

function withCommitted(judgement: Judgement, reservations: Reservations): Judgement {
  const { usage } = judgement;
  const committed = usage && reservations.committedIn(usage.period);
  if (committed === undefined) return judgement;
  const reason = [usage!.reason, committed.words].filter((text) => text !== undefined).join('; ');
  return { ...judgement, usage: { ...usage!, committed: committed.amount, reason } };
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
  const late: { segments: SegmentUse[]; judgement: Judgement }[] = [];
  const { rollover } = context.license;
  const account = rollover && new RolloverAccount(context, rollover);
  const withEvidence = evidenceOf(context, uses);
  for (const segments of byPeriod(uses)) {
    const period = segments[0]!.segment.period!;
    if (isOutsideTerm(context.license, period)) continue;
    const verdict = account?.judge(period, segments) ?? judgePeriod(context, period, segments);
    const judgement = withEvidence(verdict, period, segments);
    if (period.until <= first || period.from > last) {
      late.push({ segments, judgement });
      continue;
    }
    if (isDecisiveDoubt(judgement)) for (const { segment } of segments) doubted.add(segment.limit);
    yield judgement;
  }
  for (const { segments, judgement } of late) {
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
