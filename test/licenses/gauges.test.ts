/** What the log proves of gauges: readings without a host, and several of one host at one instant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const SPAN = { from: instant('2025-03-01T00:00:00Z'), until: instant('2025-03-31T23:59:59Z') };

type Read = { host?: string; file?: string; group?: string };
const reading = (time: string, amount: number, more: Read = {}): Used => ({
  kind: 'use',
  at: instant(`2025-03-${time.replace(' ', 'T')}:00Z`),
  amount: String(amount),
  ...more,
});

function bounds(sentence: string, used: readonly Used[]): string {
  const uses = runFold(contractWith(sentence), used, SPAN);
  return boundsOf(uses)
    .map(([, lower, upper]) => `${lower} to ${upper}`)
    .join();
}

const LEVEL = 'count level(pvu) each instant take max over month';

test('readings that name no host may each be of another one', () => {
  const first = reading('01 00:00', 100);
  assert.equal(bounds(LEVEL, [first]), '100 to 100');
  assert.equal(bounds(LEVEL, [first, reading('02 00:00', 80)]), '100 to 180');
  // Which of several hosts is gone, nobody says.
  const last = 'count level(pvu) each instant take last over month';
  assert.equal(bounds(last, [first, reading('02 00:00', 0)]), '0 to 100');
  const [h1, h2] = [{ host: 'h1' }, { host: 'h2' }];
  assert.equal(bounds(LEVEL, [reading('01 00:00', 100, h1), reading('01 00:01', 80, h2)]), '180 to 180');
});

test('polls that name no host may each be of another one, and one of them may have been left out', () => {
  const sampled = 'count sampled(pvu) each day take max over month';
  const days = (from: number) =>
    Array.from({ length: 31 - from }, (_, day) => reading(`${from + day + 1} 08:00`.padStart(8, '0'), 0));
  const first = [reading('01 00:00', 5), reading('01 09:00', 4)];
  assert.equal(bounds(sampled, [...first, ...days(1)]), '5 to ?');
  assert.equal(bounds(sampled, [reading('01 00:00', 0), ...days(1)]), '0 to 0');
});

test('of several readings of one host at one instant the last line of a file holds, and each was shown', () => {
  const [low, high] = [reading('02 00:00', 50, { host: 'h' }), reading('02 00:00', 200, { host: 'h' })];
  const before = reading('01 00:00', 10, { host: 'h' });
  assert.equal(bounds(LEVEL, [before, low, high]), '200 to 200');
  assert.equal(bounds(LEVEL, [before, high, low]), '50 to 200');
  assert.equal(bounds(LEVEL.replace('max', 'last'), [before, high, low]), '50 to 50');
  const again = reading('02 00:00', 90, { host: 'h' });
  assert.equal(bounds(LEVEL, [before, again, low, high, low]), '50 to 200');
  assert.equal(bounds(LEVEL, [before, high, low, again]), '90 to 200');
});

test('of several files none is the last at one instant, whatever the files are called', () => {
  for (const [first, second] of [
    [50, 200],
    [200, 50],
  ]) {
    const used = [
      reading('01 00:00', 10, { host: 'h', file: 'a' }),
      reading('02 00:00', first!, { host: 'h', file: 'a' }),
      reading('02 00:00', second!, { host: 'h', file: 'b' }),
    ];
    assert.equal(bounds(LEVEL, used), '50 to 200');
    assert.equal(bounds(LEVEL.replace('max', 'last'), used), '50 to 200');
    assert.equal(bounds(LEVEL, [...used, reading('02 00:01', 300, { host: 'h' })]), '300 to 300');
  }
  const byCpu = 'count level(cores) by cpu each instant take last over month times 0.5 for xeon, 1 for power';
  const used = [
    reading('02 00:00', 8, { host: 'h', file: 'a', group: 'xeon' }),
    reading('02 00:00', 8, { host: 'h', file: 'b', group: 'power' }),
  ];
  assert.equal(bounds(byCpu, [reading('01 00:00', 0, { host: 'z', group: 'xeon' }), ...used]), '0 to 12');
});
