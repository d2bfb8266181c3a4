/** `requires`: each event of some rules owes an event of others, before or after it, in one group. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { FieldRef } from '../model/mark.ts';
import { loggedNames } from '../model/message.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import { durationKey, refuseOtherKeys, showValue } from './extra-keys.ts';
import { judgeOwed } from './owed-events.ts';
import { OWED_WORDS, type OwedPlan } from './owed-message.ts';

const REQUIRED_EVENT_MISSING: FindingKind = {
  code: 'required-event-missing',
  severity: 'high',
  title: 'event without the event that it requires',
  why: 'An approval, a review or a check that a control demands is not in the log, although the log covers the time it had to happen in.',
  fix: 'Have whoever is named show the missing evidence; if there is none, treat the event as done without it.',
};

const EXTRA_KEYS = ['before', 'after', 'differs', 'min'];

export const requires = {
  type: 'requires',
  title: 'events that owe another event before or after them',
  findings: [REQUIRED_EVENT_MISSING],
  compile(correlation, problem) {
    let sound = true;
    const refuse = (message: string) => {
      sound = false;
      problem(message);
    };
    refuseOtherKeys(
      correlation,
      EXTRA_KEYS,
      ['timespan', 'field', 'condition', 'opens', 'closes', 'window'],
      refuse,
    );
    const { steps, titles, rules } = correlation;
    const owing = steps.rules ?? [];
    const needs = steps.needs ?? [];
    if (owing.length === 0) refuse('"requires" needs "rules": what owes an event');
    if (needs.length === 0) refuse('"requires" needs "needs": the rules of the event that is owed');
    const before = durationKey(correlation, 'before', refuse);
    const after = durationKey(correlation, 'after', refuse);
    if (!('before' in correlation.extra || 'after' in correlation.extra))
      refuse('"requires" needs "before" or "after", a duration such as 24h');
    const min = parseMin(correlation, refuse);
    const differs = parseDiffers(correlation, owing, needs, refuse);
    if (!sound) return undefined;

    const names = loggedNames(correlation.message, OWED_WORDS);
    const plan: OwedPlan = {
      rule: correlation,
      code: REQUIRED_EVENT_MISSING.code,
      owing: owing.length,
      needed: needs.map((step) => titles?.[step] ?? rules[step]!),
      before,
      after,
      min,
      names,
      ...(differs !== undefined && { differs: differs.names }),
    };
    return {
      evidence: new Set(needs),
      takesSeconds: min > 1,
      inputs: rules.map((detection, step) => {
        const logged = step < owing.length ? names.map((name) => resolveField(correlation, name, step)) : [];
        const compared = differs === undefined ? [] : [differs.fields[step]!];
        return {
          detection,
          groupBy: correlation.groupBy[step] ?? [],
          values: [...compared, ...logged],
          each: [...compared.keys()],
          takesTogether: true,
        };
      }),
      judge: (group, marks, coverage) => judgeOwed(plan, group, marks, coverage),
    };
  },
} satisfies RelationDefinition;

function parseMin({ extra }: Correlation, problem: (message: string) => void): number {
  const { min = 1 } = extra;
  if (typeof min === 'number' && Number.isSafeInteger(min) && min >= 1) return min;
  problem(`"min" must be a whole number from 1 on, found ${showValue(min)}`);
  return 1;
}

/** For each step the field that is compared, and the two names: of the owing event's field, of the needed one's. */
type Differs = { names: readonly [string, string]; fields: readonly FieldRef[] };

/** Which of the two names is whose follows from the rules that their aliases name; the first is the owing event's else. */
function parseDiffers(
  correlation: Correlation,
  owing: readonly number[],
  needs: readonly number[],
  problem: (message: string) => void,
): Differs | undefined {
  const { differs } = correlation.extra;
  if (differs === undefined) return undefined;
  if (!Array.isArray(differs) || differs.length !== 2 || !differs.every((name) => typeof name === 'string')) {
    problem(`"differs" must be a list of two names, such as [who, approver], found ${showValue(differs)}`);
    return undefined;
  }
  const [first, second] = differs as [string, string];
  const serves = (name: string, steps: readonly number[]) => {
    const alias = correlation.aliases[name];
    return alias === undefined || steps.every((step) => alias[step] !== undefined);
  };
  const inOrder = serves(first, owing) && serves(second, needs);
  if (!inOrder && !(serves(second, owing) && serves(first, needs))) {
    const names = [first, second].map(quote).join(' and ');
    problem(
      `"differs" compares a field of each rule under "rules" with one of each under "needs"; the aliases ${names} do not name all of them${didYouMean(
        second,
        Object.keys(correlation.aliases).filter((name) => name !== second),
      )}`,
    );
    return undefined;
  }
  const [mine, theirs] = inOrder ? [first, second] : [second, first];
  const fields = correlation.rules.map((_, step) =>
    resolveField(correlation, owing.includes(step) ? mine : theirs, step),
  );
  return { names: [mine, theirs], fields };
}
