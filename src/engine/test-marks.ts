/** The marks that a test of a correlation writes down, as its relation gets them from a log. */
import { type Instant, NANOS_PER_SECOND, parseMoment } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { personKey } from '../base/person-key.ts';
import { quote } from '../base/text-safety.ts';
import type { FieldRef, Mark, MarkInput } from '../model/mark.ts';
import { type Coverage, groupKey, type Relation } from '../model/relation.ts';
import type { Correlation, RuleSet, RuleTest, TestMark, TestTime } from '../model/rule.ts';

/** The arbitrary instant that offsets count from. */
export const TEST_ORIGIN: Instant = parseMoment('2026-01-01')!;

/** Nanoseconds around it: a log without edges, for a test that names none. */
const CENTURY = 36_525n * 86_400n * NANOS_PER_SECOND;

export function toInstant(time: TestTime, origin: Instant): Instant {
  return 'instant' in time ? time.instant : origin + time.offset;
}

/** What a test with marks covers. */
export function markCoverage({ coverage }: RuleTest): Coverage {
  const { from, until } = coverage ?? {};
  return {
    from: from === undefined ? TEST_ORIGIN - CENTURY : toInstant(from, TEST_ORIGIN),
    until: until === undefined ? TEST_ORIGIN + CENTURY : toInstant(until, TEST_ORIGIN),
  };
}

/** By `groupKey`, not yet in order; what does not fit the rule is told. Marks without a group leave the relation, as in a log. */
export function toTestMarks(
  rule: Correlation,
  relation: Relation,
  marks: readonly TestMark[],
  ruleSet: RuleSet,
  problem: (message: string) => void,
): Map<string, Mark[]> {
  const groups = new Map<string, Mark[]>();
  for (const [index, mark] of marks.entries()) {
    const place = `${rule.file}:${mark.line}:${mark.column}`;
    const id = ruleSet.rules.find((each) => each.id === mark.rule || each.name === mark.rule)?.id;
    const steps = relation.inputs.flatMap((input, step) => (input.detection === id ? [{ input, step }] : []));
    if (steps.length === 0) problem(`${place}: the correlation does not get marks of ${quote(mark.rule)}`);
    else refuseUnreadFields(rule, mark, steps, problem);
    for (const { input, step } of steps) {
      const value = (field: FieldRef) => valueOfField(rule, mark, field, step);
      const group = input.groupBy.map((field) => {
        const text = value(field);
        return field.person && text !== undefined ? personKey(text) : text;
      });
      if (!group.every((each) => each !== undefined)) continue;
      const key = groupKey(group);
      groups.set(key, [...(groups.get(key) ?? []), toMark(mark, index, step, input.values.map(value))]);
    }
  }
  return groups;
}

function toMark(
  { rule, time, until, fields }: TestMark,
  index: number,
  step: number,
  values: Mark['values'],
): Mark {
  return {
    step,
    time: time && toInstant(time, TEST_ORIGIN),
    ...(until !== undefined && { until: toInstant(until, TEST_ORIGIN) }),
    // In one file, in the order in which they are written.
    place: { file: 'marks', line: index + 1, offset: index, length: 1 },
    identity: `${rule} ${index + 1}`,
    subject: fields.find(({ name }) => name === 'actor')?.value,
    values,
  };
}

function valueOfField(
  rule: Correlation,
  { fields }: TestMark,
  field: FieldRef,
  step: number,
): string | undefined {
  const names = namesOf(rule, field, step);
  return fields.find(({ name }) => names.includes(name))?.value;
}

/** Its own name, and the aliases that stand for it. */
function namesOf({ aliases }: Correlation, { name }: FieldRef, step: number): string[] {
  return [name, ...Object.keys(aliases).filter((alias) => aliases[alias]![step]?.name === name)];
}

/** A misspelled field would be a missing one, and the test would show something else than it says. */
function refuseUnreadFields(
  rule: Correlation,
  mark: TestMark,
  steps: readonly { input: MarkInput; step: number }[],
  problem: (message: string) => void,
): void {
  const read = new Set([
    ...steps.flatMap(({ input: { groupBy, values }, step }) =>
      [...groupBy, ...values].flatMap((field) => namesOf(rule, field, step)),
    ),
    'actor',
  ]);
  for (const { name, line, column } of mark.fields) {
    if (read.has(name)) continue;
    const known = [...read].map(quote).join(', ');
    problem(
      `${rule.file}:${line}:${column}: the rule reads no ${quote(name)} of ${quote(mark.rule)}, but ${known}${didYouMean(name, read)}`,
    );
  }
}
