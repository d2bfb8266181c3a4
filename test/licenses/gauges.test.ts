/** What the log proves of gauges: readings without a host, and several of one host at one instant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, contractWith, instant, runFold, type Used } from './run-measure.ts';

const SPAN = { from: instant('2025-03-01T00:00:00Z'), until: instant('2025-03-31T23:59:59Z') };

type Read = { host?: string; file?: string; group?: string; isUnordered?: boolean };
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

test('of a file that does not run forward in time no line is the last of its instant', () => {
  const of = (more: Read = {}) => ({ host: 'h', isUnordered: true, ...more });
  for (const [first, second] of [
    [1, 9],
    [9, 1],
  ]) {
    const used = [
      reading('01 00:00', 1, of()),
      ...[reading('02 00:00', first!, of()), reading('02 00:00', second!, of())],
    ];
    assert.equal(bounds(LEVEL, used), '1 to 9');
    assert.equal(bounds(LEVEL.replace('max', 'last'), used), '1 to 9');
    assert.equal(
      bounds(LEVEL, [...used, reading('02 00:00', 9, of({ isUnordered: false, file: 'b' }))]),
      '1 to 9',
    );
    const nameless = used.map(({ host: _, ...each }) => each);
    assert.equal(bounds(LEVEL.replace('max', 'last'), nameless), '1 to 11');
  }
  const same = [reading('01 00:00', 1, of()), reading('02 00:00', 9, of()), reading('02 00:00', 9, of())];
  assert.equal(bounds(LEVEL, same), '9 to 9');
});

test('a poll of nothing that may not be the last of its instant leaves the host in use', () => {
  const sampled = 'count sampled(pvu) each day take max over month';
  const rest = Array.from({ length: 30 }, (_, day) =>
    reading(`${String(day + 2).padStart(2, '0')} 08:00`, 0, { host: 'z' }),
  );
  const at = (amount: number, isUnordered: boolean) =>
    reading('01 00:00', amount, { host: 'h', isUnordered });
  assert.equal(bounds(sampled, [at(5, false), at(0, false), ...rest]), '5 to 5');
  for (const [first, second] of [
    [5, 0],
    [0, 5],
  ])
    assert.equal(bounds(sampled, [at(first!, true), at(second!, true), ...rest]), '5 to ?');
});
