/** The tests that stand in rule files: their events go through the rule as the events of a log would. */

import { compareText } from '../base/text-safety.ts';
import { compileDetection, toSlot } from '../match/compile-detection.ts';
import { appliesTo } from '../match/logsource.ts';
import type { Event, Fields } from '../model/event.ts';
import type { Verdict } from '../model/finding.ts';
import { compareMarks, type FieldRef, type Mark } from '../model/mark.ts';
import type { Coverage, Judgement, Relation } from '../model/relation.ts';
import type { Detection, Logsource, Rule, RuleSet, RuleTest } from '../model/rule.ts';
import { toRelation } from './rule-relation.ts';

/** The events of a test as its source shows them; an event need be valid only until the next one is asked for. */
export type TestEvents = { fields: Fields; logsource: Logsource; events: Iterable<Event> };

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

export function runRuleTests(ruleSet: RuleSet, toEvents: ToEvents): RuleTestResult[] {
  return ruleSet.rules.flatMap((rule) => rule.tests.map((test) => runTest(rule, test, ruleSet, toEvents)));
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
  const source = test.source ?? 'audit';
  const input = toEvents(test.events, source);
  if (input === undefined) return problem(`there is no source "${source}"`);
  const relation = toRelation(rule, problem);
  if (relation === undefined) return;
  const collector = new MarkCollector(relation, input, ruleSet);
  if (collector.detections === 0) return problem(`the rule is not for events of the source "${source}"`);
  for (const event of input.events) collector.collect(event);
  const groups = [...collector.groups].sort(([left], [right]) => compareText(left, right));
  for (const [key, marks] of groups) {
    yield* relation.judge(JSON.parse(key) as string[], marks.sort(compareMarks), collector.coverage);
  }
  if (groups.length === 0) yield* relation.judgeNothing?.(collector.coverage) ?? [];
}

type Collected = {
  matches: (event: Event) => boolean;
  make: (event: Event) => { group: string[]; mark: Mark } | undefined;
};

class MarkCollector {
  readonly groups = new Map<string, Mark[]>();
  coverage: Coverage;
  private readonly inputs: Collected[];

  constructor(relation: Relation, { fields, logsource }: TestEvents, { rules }: RuleSet) {
    this.inputs = relation.inputs.flatMap((input, step): Collected[] => {
      const detection = rules.find(
        (rule): rule is Detection => rule.kind === 'detection' && rule.id === input.detection,
      );
      if (detection === undefined || !appliesTo(detection, logsource)) return [];
      const slots = (refs: readonly FieldRef[]) => refs.map((field) => toSlot(field, fields));
      const groupSlots = slots(input.groupBy);
      const valueSlots = slots(input.values);
      const subject = fields.audit('actor');
      const make = (event: Event) => {
        const group = groupSlots.map((slot) => event.text(slot));
        if (!group.every((value) => value !== undefined)) return undefined;
        const values = valueSlots.map((slot) => event.text(slot));
        const { time, place, identity } = event;
        return { group, mark: { step, time, place, identity, subject: event.text(subject), values } };
      };
      const matches = compileDetection(detection, fields);
      const { when } = input;
      if (when === undefined) return [{ matches, make }];
      const fulfills = compileDetection({ condition: when }, fields);
      return [{ matches: (event: Event) => matches(event) && fulfills(event), make }];
    });
  }

  get detections(): number {
    return this.inputs.length;
  }

  collect(event: Event): void {
    const { time } = event;
    if (time !== undefined) {
      this.coverage ??= { from: time, until: time };
      if (time < this.coverage.from) this.coverage.from = time;
      if (time > this.coverage.until) this.coverage.until = time;
    }
    for (const { matches, make } of this.inputs) {
      const made = matches(event) ? make(event) : undefined;
      if (made === undefined) continue;
      const key = JSON.stringify(made.group);
      const marks = this.groups.get(key);
      if (marks === undefined) this.groups.set(key, [made.mark]);
      else marks.push(made.mark);
    }
  }
}
