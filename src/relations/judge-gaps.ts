/** Judges the gaps of one group that spoke, and the groups of a table that did not. */
import { count as countOf, quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import { type Coverage, type Covered, type Group, groupKey, type Judgement } from '../model/relation.ts';
import type { Correlation, Table } from '../model/rule.ts';
import { coverageOfAll, coveredParts } from './coverage.ts';
import type { ExpectedGroup, ExpectedGroups } from './expected-groups.ts';
import {
  describeAbsence,
  describeFaults,
  describeGap,
  describeSilences,
  describeUnjudged,
} from './gap-message.ts';
import { type FaultKind, type NumberFaults, SequenceFold } from './sequence-numbers.ts';
import { SilenceFold, type Silences } from './silences.ts';

export type GapPlan = {
  rule: Correlation;
  /** Nanoseconds: the longest silence that is allowed. */
  timespan: bigint | undefined;
  /** Nanoseconds by which a number may come late, where the rule has a sequence. */
  late: bigint | undefined;
  expected: ExpectedGroups | undefined;
  codes: Readonly<Record<'silence' | 'absent' | FaultKind, string>>;
};

const ENDED = 'did not speak again until the log ended: retired, or fallen silent';

export function* judgeGroup(
  plan: GapPlan,
  group: Group,
  marks: Iterable<Mark>,
  coverage: Coverage,
): Generator<Judgement> {
  const { rule, timespan, late, expected } = plan;
  const covered = coveredByAll(coverage, rule.rules.length);
  const periods = expected?.byKey.get(groupKey(group))?.periods;
  const silences =
    timespan === undefined
      ? undefined
      : new SilenceFold({ timespan, periods, mayEnd: expected !== undefined, covered });
  const numbers = late === undefined ? undefined : new SequenceFold(late, covered);
  let spoke = false;
  for (const mark of marks) {
    spoke = true;
    silences?.take(mark);
    numbers?.take(mark);
  }
  // All its events lie outside the dates of the rule: in them it is as absent as one that has none.
  if (!spoke) {
    if (covered !== undefined && periods !== undefined) yield* absence(plan, group, periods, covered);
    return;
  }
  if (silences !== undefined) {
    const { violations, doubts } = silences.finish();
    if (violations !== undefined) yield silenceJudgement(plan, group, violations, undefined);
    if (doubts !== undefined) {
      const judgement = silenceJudgement(plan, group, doubts, { covered, untimed: silences.untimed });
      // Short-lived groups end by hundreds: pods, backups with names of their own.
      const endsAlone = doubts.ended !== undefined && doubts.count === 1;
      yield endsAlone ? { ...judgement, alike: ENDED } : judgement;
    }
  }
  if (numbers === undefined) return;
  numbers.finish();
  for (const kind of ['hole', 'repeated', 'restarted'] as const) {
    for (const verdict of ['violation', 'undetermined'] as const) {
      const faults = numbers.faults.get(`${kind} ${verdict}`);
      if (faults !== undefined) yield faultJudgement(plan, group, kind, verdict, faults);
    }
  }
  if (numbers.illegible !== undefined)
    yield illegibleJudgement(plan, group, numbers.illegible, numbers.hasNumbers);
}

/** A silence is proven where all that could break it would be seen. */
function coveredByAll(coverage: Coverage, steps: number): Covered | undefined {
  return coverageOfAll(coverage, Array.from({ length: steps }).keys());
}

function silenceJudgement(
  plan: GapPlan,
  group: Group,
  silences: Silences,
  doubt: { covered: Covered | undefined; untimed: number } | undefined,
): Judgement {
  const { longest, count, related, span } = silences;
  const what = describeSilences(silences, plan.timespan!, doubt);
  const { mark } = longest;
  const place = { place: mark.place, related, identity: [...group, mark.identity], span };
  const verdict = doubt === undefined ? 'violation' : 'undetermined';
  const judgement = toJudgement(plan, group, verdict, plan.codes.silence, { what, count, ...place });
  return withOthers(judgement);
}

/** The sentence tells of one: with others beside it, it says more, and is another finding. */
function withOthers(judgement: Judgement): Judgement {
  const { count } = judgement;
  return count > 1 ? { ...judgement, moreSaid: true, besides: [String(count)] } : judgement;
}

function faultJudgement(
  plan: GapPlan,
  group: Group,
  kind: FaultKind,
  verdict: Verdict,
  faults: NumberFaults,
): Judgement {
  const { first, count, related, until } = faults;
  const what = describeFaults(kind, verdict, faults);
  const { mark } = first;
  const span = mark.time === undefined || until === undefined ? {} : { span: { from: mark.time, until } };
  const place = { place: mark.place, related, identity: [...group, mark.identity], ...span };
  return withOthers(toJudgement(plan, group, verdict, plan.codes[kind], { what, count, ...place }));
}

/** Where none of a group can be read, nothing shows whether any is missing; else those that can are judged, and the others told. */
function illegibleJudgement(
  plan: GapPlan,
  group: Group,
  { first, count }: NonNullable<SequenceFold['illegible']>,
  hasNumbers: boolean,
): Judgement {
  const why = `their ${quote(String(plan.rule.extra.sequence))} is no whole number`;
  const what = `${countOf(count, 'event')} left out: ${why}`;
  const place = { place: first.place, related: [], identity: [...group, first.identity] };
  const verdict = hasNumbers ? 'satisfied' : 'undetermined';
  const judgement = toJudgement(plan, group, verdict, plan.codes.hole, { what, count, ...place });
  return hasNumbers ? { ...judgement, leftOut: { why, events: count } } : judgement;
}

type Said = Pick<Judgement, 'place' | 'related' | 'count' | 'identity' | 'span'> & { what: string };

function toJudgement({ rule }: GapPlan, group: Group, verdict: Verdict, code: string, said: Said): Judgement {
  const { what, ...rest } = said;
  const subject = group.length > 0 ? group.join(', ') : undefined;
  return {
    verdict,
    code,
    message: describeGap(rule, group, what),
    ...rest,
    ...(subject !== undefined && { subject }),
  };
}

/** The groups of the table that had no mark. Without the log of a source nothing is said of each, but once of all. */
export function* judgeAbsentGroups(
  plan: GapPlan,
  present: ReadonlySet<string>,
  coverage: Coverage,
): Generator<{ group: Group; judgement: Judgement }> {
  const { rule, expected, timespan, codes } = plan;
  if (expected === undefined || timespan === undefined) return;
  const { table, byKey } = expected;
  const covered = coveredByAll(coverage, rule.rules.length);
  if (covered === undefined) {
    const what = describeUnjudged(byKey.size, rule, coverage);
    const said = { what, place: placeOf(table), related: [], count: byKey.size, identity: ['no log'] };
    yield { group: [], judgement: toJudgement(plan, [], 'undetermined', codes.absent, said) };
    return;
  }
  for (const [key, { group, periods }] of byKey) {
    if (present.has(key)) continue;
    for (const judgement of absence(plan, group, periods, covered)) yield { group, judgement };
  }
}

function* absence(
  plan: GapPlan,
  group: Group,
  periods: ExpectedGroup['periods'],
  covered: Covered,
): Generator<Judgement> {
  const { expected, timespan, codes } = plan;
  if (expected === undefined || timespan === undefined) return;
  const { table } = expected;
  const verdict = absenceVerdict(timespan, periods, covered);
  if (verdict === 'satisfied') return;
  const what = describeAbsence(table.name, covered, timespan, verdict);
  const said = {
    what,
    place: placeOf(table),
    related: [],
    count: 1,
    identity: ['never spoke'],
    span: { from: covered.from, until: covered.until },
  };
  yield toJudgement(plan, group, verdict, codes.absent, said);
}

function placeOf({ file, line }: Table): Place {
  return { file, line, offset: 0, length: 0 };
}

/** Nothing is owed by a group that is not expected while the log lasts. */
function absenceVerdict(timespan: bigint, periods: ExpectedGroup['periods'], covered: Covered): Verdict {
  const seen = periods.flatMap((period) => coveredParts(period, covered));
  if (seen.length === 0) return 'satisfied';
  return seen.some(({ from, until }) => until - from > timespan) ? 'violation' : 'undetermined';
}
