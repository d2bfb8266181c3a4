/** `concurrency`: how many sessions, users, or values of a field of a group are open at one instant. */
import { parseDuration } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import { loggedNames } from '../model/message.ts';
import type { Relation, RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import { judgeOpenSessions } from './open-sessions.ts';
import { CONCURRENCY_WORDS, type ConcurrencyPlan } from './session-peak.ts';

const CONCURRENCY_EXCEEDED: FindingKind = {
  code: 'concurrency-exceeded',
  severity: 'medium',
  title: 'more sessions open at once than the rule allows',
  why: 'Overlapping sessions beyond what one person or seat needs point to shared credentials, or to a limit that is not enforced.',
  fix: 'Look at the sessions that are named: end those that nobody answers for, and have shared credentials replaced.',
};

const EXTRA_KEYS = ['session', 'counts', 'max-open'];

export const concurrency = {
  type: 'concurrency',
  title: 'sessions or users of a group open at one instant',
  findings: [CONCURRENCY_EXCEEDED],
  compile(correlation, problem) {
    const plan = planOf(correlation, problem);
    return plan && toRelation(correlation, plan);
  },
} satisfies RelationDefinition;

function planOf(correlation: Correlation, problem: (message: string) => void): ConcurrencyPlan | undefined {
  const { extra, steps, groupNames } = correlation;
  const { session, counts = 'session' } = extra;
  const opens = steps.opens ?? [];
  const timeout = typeof extra['max-open'] === 'string' ? parseDuration(extra['max-open']) : undefined;
  const allowed = allowedBy(correlation);
  const problems = [
    ...Object.keys(extra).flatMap((key) =>
      EXTRA_KEYS.includes(key)
        ? []
        : [`"concurrency" has no key ${quote(key)}${didYouMean(key, EXTRA_KEYS)}`],
    ),
    ...(opens.length > 0 ? [] : ['"concurrency" needs "opens": the rules that open a session']),
    ...((steps.rules ?? []).length === 0
      ? []
      : ['"concurrency" names its rules under "opens" and "closes", found "rules"']),
    ...(correlation.timespan === undefined
      ? []
      : ['"concurrency" takes no "timespan"; "max-open" ends sessions without a close']),
    ...(correlation.fields === undefined || !('counts' in extra)
      ? []
      : ['"concurrency" counts sessions, users, or the values of one "field", not two of them']),
    ...(!('max-open' in extra) || (timeout ?? 0n) > 0n
      ? []
      : [`"max-open" must be a duration such as 12h, found ${show(extra['max-open'])}`]),
    ...((steps.closes ?? []).length > 0 || 'max-open' in extra
      ? []
      : ['"concurrency" needs "closes" or "max-open": without them no session ends']),
    ...(counts === 'session' || counts === 'user'
      ? []
      : [`"counts" must be user or session, found ${show(counts)}`]),
    ...(session === undefined || typeof session === 'string'
      ? []
      : [`"session" must be the name of a field, found ${show(session)}`]),
    ...(allowed === undefined ? ['"concurrency" needs one condition, "gt" or "gte", of at least one'] : []),
    ...loggedNames(correlation.message, [...CONCURRENCY_WORDS, ...groupNames]).map(
      (name) =>
        `the message of "concurrency" cannot tell {${name}}, but ${[...CONCURRENCY_WORDS, ...groupNames].map((each) => `{${each}}`).join(', ')}`,
    ),
  ];
  problems.forEach(problem);
  if (problems.length > 0 || allowed === undefined) return undefined;
  const code = CONCURRENCY_EXCEEDED.code;
  return {
    rule: correlation,
    code,
    opens: opens.length,
    counts: correlation.fields !== undefined ? 'value' : counts === 'user' ? 'user' : 'session',
    allowed,
    timeout,
    counted: correlation.fields?.[0]?.map(({ name }) => name).join(', '),
    joined: extra.session !== undefined,
  };
}

function toRelation(correlation: Correlation, plan: ConcurrencyPlan): Relation {
  const { steps, rules, groupBy, extra } = correlation;
  const session = typeof extra.session === 'string' ? extra.session : undefined;
  const fieldsOf = (step: number) => [
    ...(session === undefined ? [] : [resolveField(correlation, session, step)]),
    ...(correlation.fields?.[step] ?? []),
  ];
  return {
    inputs: [...(steps.opens ?? []), ...(steps.closes ?? [])].map((step) => ({
      detection: rules[step]!,
      groupBy: groupBy[step] ?? [],
      values: fieldsOf(step),
      each: [...fieldsOf(step).keys()],
    })),
    dated: true,
    // Of a user or a value a second session is no matter.
    takesSeconds: plan.counts === 'session',
    // A close that nothing opened is of one session, too.
    fewest: plan.allowed + 1,
    judge: (group, marks, coverage) => judgeOpenSessions(plan, group, marks, coverage),
  };
}

/** `gte: 3` and `gt: 2` both allow 2. A bound from below asks for absence, which this relation does not judge. */
function allowedBy({ condition }: Correlation): number | undefined {
  const [[operator, bound] = [], ...more] = Object.entries(condition);
  if (bound === undefined || more.length > 0) return undefined;
  const allowed = operator === 'gt' ? Math.floor(bound) : operator === 'gte' ? Math.ceil(bound) - 1 : -1;
  return allowed < 0 ? undefined : allowed;
}

function show(value: unknown): string {
  return quote(typeof value === 'string' ? value : JSON.stringify(value));
}
