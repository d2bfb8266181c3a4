/** The tests that stand in rule files: their events go through the rule as the events of a log would, their marks through its relation. */

import { compareText } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import { compareMarks, type Mark } from '../model/mark.ts';
import {
  type Coverage,
  type Group,
  groupKey,
  type Judgement,
  NO_VALUE,
  type Relation,
} from '../model/relation.ts';
import type { Rule, RuleSet, RuleTest } from '../model/rule.ts';
import { type ChainedGroup, ChainedMarks, judgeChained } from './chained-marks.ts';
import { type GrouplessEvents, toGroupless } from './groupless-events.ts';
import { MarkCollector, type TestEvents } from './mark-collector.ts';
import type { PlannedRelation } from './plan.ts';
import { toRelation } from './rule-relation.ts';
import { markCoverage, TEST_ORIGIN, toInstant, toTestMarks } from './test-marks.ts';

/** `records` are JSON texts. Undefined: no such source. */
export type ToEvents = (records: readonly string[], source: string) => TestEvents | undefined;

export type RuleTestResult = {
  rule: Rule;
  test: RuleTest;
  passed: boolean;
  actual: Verdict;
  /** Why it could not be run, or what the rule said. */
  messages: string[];
};

/** `tested`: those whose tests are run; the others are there for them to stand on. */
export function runRuleTests(
  ruleSet: RuleSet,
  toEvents: ToEvents,
  tested: readonly Rule[] = ruleSet.rules,
): RuleTestResult[] {
  return tested.flatMap((rule) => rule.tests.map((test) => runTest(rule, test, ruleSet, toEvents)));
}

function runTest(rule: Rule, test: RuleTest, ruleSet: RuleSet, toEvents: ToEvents): RuleTestResult {
  const messages: string[] = [];
  const judgements = [...judgeTest(rule, test, ruleSet, toEvents, (message) => messages.push(message))];
  const broken = messages.length > 0;
  const verdicts = judgements.map(({ verdict }) => verdict);
  const actual =
    (['violation', 'undetermined'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'satisfied';
  messages.push(...judgements.map(({ message }) => message));
  return { rule, test, passed: !broken && actual === test.expect, actual, messages };
}

function* judgeTest(
  rule: Rule,
  test: RuleTest,
  ruleSet: RuleSet,
  toEvents: ToEvents,
  problem: (message: string) => void,
): Generator<Judgement> {
  const rules = innerFirst(rule, ruleSet);
  const relations = rules.map((each) => ({ rule: each, relation: toRelation(each, problem) }));
  if (!relations.every(isSound)) return;
  const chained = new ChainedMarks({ relations, request: { rules: ruleSet } });
  const last = relations.length - 1;
  if (test.marks !== undefined && rule.kind === 'correlation') {
    const { relation } = relations[last]!;
    const groups = toTestMarks(rule, relation, test.marks, ruleSet, problem);
    if (groups.size === 0 && test.marks.length > 0 && !judgesAbsence(relation))
      problem('no mark has a value for each field of "group-by": the rule judges nothing');
    for (const { judgement } of judgeGroups(relation, groups, markCoverage(test), [])) yield judgement;
    return;
  }
  if (test.events.length === 0 && !judgesAbsence(relations[last]!.relation))
    return problem('the test has no events: the rule judges nothing');
  const source = test.source ?? 'audit';
  const collectors: MarkCollector[] = [];
  for (const { relation } of relations) {
    const input = toEvents(test.events, source);
    if (input === undefined) return problem(`there is no source "${source}"`);
    const collector = new MarkCollector(relation, input, ruleSet);
    for (const event of input.events) collector.collect(event);
    collectors.push(collector);
  }
  if (collectors.every(({ detections }) => detections === 0))
    return problem(`the rule is not for events of the source "${source}"`);
  const isUngrouped = collectors.every(({ groups }) => groups.size === 0);
  if (
    isUngrouped &&
    collectors.some(({ groupless }) => groupless.some(({ events }) => events > 0)) &&
    !judgesAbsence(relations[last]!.relation)
  )
    problem('no event that matches has a value for each field of "group-by": the rule judges nothing');
  for (const [index, planned] of relations.entries()) {
    const { groups, groupless, coverage: seen } = collectors[index]!;
    const coverage = withGroupless(eventCoverage(test, seen), groupless);
    const found = chained.standsOnOthers(index) ? [...chained.rest(index)] : [];
    for (const each of judgeGroups(planned.relation, groups, coverage, found)) {
      if (index === last) yield each.judgement;
      else chained.add(planned, each.group, each.judgement);
    }
  }
}

/** Whether it has something to say where no event came at all. */
function judgesAbsence({ judgeAbsent, judgeNothing }: Relation): boolean {
  return judgeAbsent !== undefined || judgeNothing !== undefined;
}

/** The rule, after the correlations that it stands on. */
function innerFirst(rule: Rule, { rules }: RuleSet): Rule[] {
  // Each once: where many stand on the same ones, the paths between them are beyond counting.
  const seen = new Set<Rule>();
  const order: Rule[] = [];
  const visit = (each: Rule) => {
    if (seen.has(each)) return;
    seen.add(each);
    const inner = new Set(each.kind === 'detection' ? [] : each.rules);
    for (const other of rules) if (other.kind === 'correlation' && inner.has(other.id)) visit(other);
    order.push(each);
  };
  visit(rule);
  return order;
}

function isSound(planned: {
  rule: Rule;
  relation: Relation | undefined;
}): planned is PlannedRelation & { rule: Rule } {
  return planned.relation !== undefined;
}

/** `chained`: by group, what the correlations found that the relation stands on. */
function* judgeGroups(
  relation: Relation,
  groups: ReadonlyMap<string, Mark[]>,
  coverage: Coverage,
  chained: readonly ChainedGroup[],
): Generator<{ group: Group; judgement: Judgement }> {
  const found = new Map(chained.map(({ group, marks }) => [groupKey(group), { group, marks }]));
  const present = new Set<string>();
  // Absent values are null in a key: what stands for them in a group may be a value of the log as well.
  for (const key of [...groups.keys()].sort(compareText)) {
    const group = (JSON.parse(key) as (string | null)[]).map((value) => value ?? NO_VALUE);
    const own = groups.get(key)!.sort(compareMarks);
    const others = found.get(groupKey(group))?.marks ?? [];
    present.add(groupKey(group));
    for (const judgement of judgeChained(relation, group, own, others, coverage)) yield { group, judgement };
  }
  for (const { group, marks } of found.values()) {
    if (present.has(groupKey(group))) continue;
    present.add(groupKey(group));
    for (const judgement of judgeChained(relation, group, [], marks, coverage)) yield { group, judgement };
  }
  if (present.size === 0)
    for (const judgement of relation.judgeNothing?.(coverage) ?? []) yield { group: [], judgement };
  yield* relation.judgeAbsent?.(present, coverage) ?? [];
}

/** From the first event to the last, where the test does not say otherwise; its offsets count from the first. */
function eventCoverage({ coverage }: RuleTest, seen: Coverage): Coverage {
  if (coverage === undefined) return seen;
  const origin = seen?.from ?? TEST_ORIGIN;
  const from = coverage.from === undefined ? seen?.from : toInstant(coverage.from, origin);
  const until = coverage.until === undefined ? seen?.until : toInstant(coverage.until, origin);
  return from === undefined || until === undefined ? undefined : { from, until };
}

function withGroupless(coverage: Coverage, groupless: readonly GrouplessEvents[]): Coverage {
  if (coverage === undefined || groupless.every(({ events }) => events === 0)) return coverage;
  const { from, until } = coverage;
  const steps = groupless.map((step) => {
    const known = toGroupless(step);
    return { from, until, ...(known !== undefined && { groupless: known }) };
  });
  return { ...coverage, steps };
}
