/** What the log covers for a rule: the sources that its events come from, and no others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startGroupless } from '../../src/engine/groupless-events.ts';
import { type CoveredSources, LogCoverage } from '../../src/engine/log-coverage.ts';
import { compilePlan } from '../../src/engine/plan.ts';
import { stretchesWithout } from '../../src/engine/stretches.ts';
import { lostStretches } from '../../src/engine/time-span.ts';
import { ruleSetOf } from '../match/one-rule.ts';
import { testRequest } from '../support/audit-run.ts';

const RULES = `title: Access
name: access
taxonomy: audit
detection: {s: {action: access}, condition: s}
---
title: Approval
name: approval
taxonomy: audit
detection: {s: {action: approve}, condition: s}
---
title: Approved
name: approved
correlation: {type: requires, rules: [access], needs: [approval], before: 1h, group-by: [actor]}
---
title: Approval of Okta
name: of_okta
logsource: {product: okta}
detection: {s: {eventType: approve}, condition: s}
---
title: Approved in Okta
correlation: {type: event_count, rules: [of_okta], group-by: [actor.id], timespan: 1h, condition: {lt: 1000, gt: 3}}
---
title: Many approved
correlation: {type: event_count, rules: [approved], group-by: [actor], timespan: 1h, condition: {gt: 3}}
`;

const plan = compilePlan({ ...testRequest({ builtinRules: false }), rules: ruleSetOf(RULES) });
const hour = (from: number, until: number) => ({
  fromMs: from * 3_600_000,
  fromNanos: 0,
  untilMs: until * 3_600_000,
  untilNanos: 0,
});
const spans = { audit: [hour(0, 100)], cloudtrail: [hour(10, 50)], okta: [hour(20, 30)] };

/** For the relation of a title, the hours that each step is covered. */
function coveredHours(
  title: string,
  seen: Record<string, string[]> = {},
  files: CoveredSources['spans'] = spans,
): (string | undefined)[] | undefined {
  const flags = Object.entries(seen).map(([source, names]) => {
    const marked = plan.detections.map(({ name }) => Number(names.includes(name ?? '')));
    return [source, Float64Array.from(marked)] as const;
  });
  const coverage = new LogCoverage(plan, {
    spans: files,
    lost: {},
    seen: Object.fromEntries(flags),
    groupless: startGroupless(plan.relations),
    unordered: [],
  });
  const relation = plan.relations.findIndex(({ rule }) => rule?.title === title);
  const toHour = (instant: bigint) => Number(instant / 3_600_000_000_000n);
  return coverage.of(relation)?.steps?.map((covered) => {
    if (covered === undefined) return undefined;
    const holes = (covered.holes ?? []).map((hole) => ` but ${toHour(hole.from)}-${toHour(hole.until + 1n)}`);
    return `${toHour(covered.from)}-${toHour(covered.until)}${holes.join('')}`;
  });
}

test('events that came from one source are covered by that source, and not by the longer ones', () => {
  assert.deepEqual(coveredHours('Approved', { audit: ['access'], cloudtrail: ['approval'] }), [
    '0-100',
    '10-50',
  ]);
  assert.deepEqual(coveredHours('Approved', { cloudtrail: ['approval'], okta: ['approval'] }), [
    '0-100',
    '10-50',
  ]);
});

test('events that never came are covered by every source they could come from', () => {
  assert.deepEqual(coveredHours('Approved'), ['0-100', '0-100']);
  assert.deepEqual(coveredHours('Approved in Okta'), ['20-30']);
});

test('what stands on a correlation is covered where all of its steps are', () => {
  assert.deepEqual(coveredHours('Many approved', { audit: ['access'], cloudtrail: ['approval'] }), ['10-50']);
});

test('between two files lies a hole where more than a day is silent, unless another source speaks', () => {
  const months = [hour(1000, 1700), hour(0, 700), hour(720, 900)];
  assert.deepEqual(coveredHours('Approved', {}, { audit: months }), [
    '0-1700 but 900-1000',
    '0-1700 but 900-1000',
  ]);
  const seen = { audit: ['access', 'approval'], okta: ['approval'] };
  assert.deepEqual(coveredHours('Approved', seen, { audit: months, okta: [hour(880, 1100)] }), [
    '0-1700 but 900-1000',
    '0-1700',
  ]);
});

test('lostStretches() takes all for lost behind the first thousand, so that no log makes more', () => {
  const lost = Array.from({ length: 1003 }, (_, day) => ({ fromMs: day * 10, untilMs: day * 10 + 5 }));
  const stretches = lostStretches(lost);
  assert.equal(stretches.length, 1001);
  assert.deepEqual(stretches.at(-1), { from: 10_000_000_000n, until: 10_025_000_000n });
  assert.deepEqual(lostStretches(lost.slice(0, 1001)).at(-1), {
    from: 10_000_000_000n,
    until: 10_005_000_000n,
  });
});

test('stretchesWithout() keeps what no other stretch holds but at its edges', () => {
  const points = fc.uniqueArray(fc.bigInt(0n, 40n), { maxLength: 16 });
  const stretches = points.map((some) => {
    const sorted = some.sort((a, b) => Number(a - b));
    return sorted.flatMap((from, at) =>
      at % 2 === 0 && sorted[at + 1] ? [{ from, until: sorted[at + 1]! }] : [],
    );
  });
  fc.assert(
    fc.property(stretches, stretches, (those, others) => {
      const rest = stretchesWithout(those, others);
      for (let point = 0n; point <= 40n; point++) {
        const isIn = those.some(({ from, until }) => from <= point && point <= until);
        const isOut = others.some(({ from, until }) => from < point && point < until);
        const found = rest.filter(({ from, until }) => from <= point && point <= until);
        assert.equal(found.length, isIn && !isOut ? 1 : 0, `${point}`);
      }
    }),
  );
});
