/** The grace after a term: what is used in it is held against the quantity, and the log must span it once it is used. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorContract, runContract, set, spanning, use } from './run-contract.ts';

const HEAD = 'term: {from: 2025-01-01, until: 2025-02-01, grace: P14D}';
const SPAN = spanning('2025-01-01T00:00:00Z', '2025-02-20T00:00:00Z');

/** Verdict, period and figure of each judgement. */
function judged(measure: string, events: readonly object[], { span = SPAN, quantity = 1, head = HEAD } = {}) {
  const yaml = editorContract({ measure, quantity: set(quantity), head });
  return runContract(yaml, [...span, ...events]).map(
    ({ verdict, usage }) => `${verdict} ${usage?.period}: ${usage?.used}`,
  );
}

const METER = 'count sum(quantity) over term';

test('what is used in the grace counts in the term', () => {
  const inTerm = '2025-01-10T08:00:00Z';
  const inGrace = '2025-02-06T08:00:00Z';
  for (const [measure, kind] of [
    ['count seats each instant take max over term', 'checkout'],
    ['count distinct person over term', 'use'],
    ['count assigned person each instant take max over term', 'assign'],
  ] as const) {
    const found = judged(measure, [
      use(kind, inTerm, 'ann'),
      use(kind, inGrace, 'bob'),
      use(kind, inGrace, 'cid'),
    ]);
    assert.match(found[0]!, /^violation 2025-01-01\/2025-02-01: [23]$/, measure);
  }
  const amounts = [
    use('use', inTerm, 'ann', { quantity: '100' }),
    use('use', inGrace, 'ann', { quantity: '7' }),
  ];
  assert.deepEqual(judged(METER, amounts, { quantity: 100 }), ['violation 2025-01-01/2025-02-01: 107']);
});

test('the grace is a period of its own where its empty days would lower the figure of the term', () => {
  const measure = 'count sum(quantity) each day take mean over term';
  const events = [
    use('use', '2025-01-10T08:00:00Z', 'ann', { quantity: '62' }),
    use('use', '2025-02-06T08:00:00Z', 'ann', { quantity: '14' }),
  ];
  assert.deepEqual(judged(measure, events), [
    'violation 2025-01-01/2025-02-01: 2',
    'satisfied 2025-02-01/2025-02-15: 1',
  ]);
});

test('a log that ends in the grace spans the term, and not the grace that is used', () => {
  const ended = { span: spanning('2025-01-01T00:00:00Z', '2025-02-03T00:00:00Z'), quantity: 5 };
  const inTerm = use('use', '2025-01-10T08:00:00Z', 'ann', { quantity: '1' });
  const inGrace = use('use', '2025-02-01T09:00:00Z', 'ann', { quantity: '1' });
  const monthly = 'count distinct person over month';
  assert.deepEqual(judged(METER, [inTerm], ended), ['satisfied 2025-01-01/2025-02-01: 1']);
  assert.deepEqual(judged(METER, [inTerm, inGrace], ended), ['undetermined 2025-01-01/2025-02-01: 2']);
  assert.deepEqual(judged(monthly, [inTerm, inGrace], ended), [
    'satisfied 2025-01: 1',
    'undetermined 2025-02: 1',
  ]);
});

test('the days of a grace are those of the calendar, though clocks are set in them', () => {
  const codes = (term: string, time: string) => {
    const yaml = editorContract({ quantity: set(5), head: `term: ${term}` }).replace('UTC', 'Europe/Berlin');
    const span = spanning('2024-12-31T23:00:00Z', '2025-11-20T00:00:00Z');
    return runContract(yaml, [...span, use('use', time, 'ann')]).map(({ code }) => code);
  };
  const autumn = '{from: 2025-01-01, until: 2025-10-20, grace: P14D}';
  const spring = '{from: 2025-01-01, until: 2025-03-20, grace: 2w}';
  assert.doesNotMatch(codes(autumn, '2025-11-02T22:59:59Z').join(), /use-after-expiry/);
  assert.match(codes(autumn, '2025-11-02T23:00:00Z').join(), /use-after-expiry/);
  assert.doesNotMatch(codes(spring, '2025-04-02T21:59:59Z').join(), /use-after-expiry/);
  assert.match(codes(spring, '2025-04-02T22:00:00Z').join(), /use-after-expiry/);
});
