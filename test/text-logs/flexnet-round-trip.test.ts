/** Made events, written as a FlexNet server writes them and read back: nothing is lost, nothing is added. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { flexnet } from '../../src/text-logs/flexnet.ts';
import { rounds } from '../support/rounds.ts';

type Use = {
  event: string;
  feature: string;
  user: string;
  host: string;
  quantity: number;
  before?: number;
  data?: string;
  reason?: string;
  code?: string;
};

const word = (...chars: string[]) =>
  fc.string({ unit: fc.constantFrom(...'abcXYZ019_-.'.split(''), ...chars), minLength: 1, maxLength: 12 });
const name = word().map((text) => `n${text}`);
const inside = word(' ', 'é', '\\', '"', ':').map((text) => `r${text}d`);

const use: fc.Arbitrary<Use> = fc
  .record(
    {
      event: fc.constantFrom('OUT', 'IN', 'DENIED', 'QUEUED', 'DEQUEUED'),
      feature: word(' ', '+', 'é', '\\'),
      // With a blank in it, or with an @, as accounts of a domain have.
      user: fc.oneof(word(' ', '\\', 'ü'), word('@', '\\')).map((text) => `u${text}u`),
      host: name,
      quantity: fc.integer({ min: 1, max: 500 }),
      data: inside,
      reason: inside,
      code: fc
        .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 999 }))
        .map(([a, b]) => `-${a},${b}`),
    },
    { requiredKeys: ['event', 'feature', 'user', 'host', 'quantity'] },
  )
  .filter(({ code, reason }) => code === undefined || reason !== undefined) as fc.Arbitrary<Use>;

const upgrade: fc.Arbitrary<Use> = fc.record({
  event: fc.constant('UPGRADE'),
  feature: name,
  user: name,
  host: name,
  quantity: fc.integer({ min: 1, max: 500 }),
  before: fc.integer({ min: 1, max: 500 }),
});

function render({ event, feature, user, host, quantity, before, data, reason, code }: Use): string {
  const count =
    before !== undefined
      ? ` (${before}->${quantity} licenses)`
      : quantity > 1
        ? ` (${quantity} licenses)`
        : '';
  const why =
    reason === undefined ? '' : code === undefined ? ` (${reason})` : ` (${reason} (${code}:10054 "x"))`;
  return `${event}: "${feature}" ${user}@${host} ${data === undefined ? '' : ` [${data}]`}${count}${why} `;
}

function expected({ before, ...rest }: Use): Record<string, unknown> {
  return { ...rest, ...(before !== undefined && { quantity_before: before }) };
}

test('every event is read back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(use, use, use, upgrade), { maxLength: 20 }), (uses) => {
      const reader = flexnet.start([], {});
      const found = uses.map((each) => {
        const outcome = reader.line(`12:00:00 (demo) ${render(each)}`);
        assert.ok(typeof outcome !== 'string' && 'record' in outcome, render(each));
        const { clock, day, daemon, again, ...rest } = JSON.parse(outcome.record) as Record<string, unknown>;
        assert.deepEqual([clock, day, daemon], ['12:00:00', 0, 'demo']);
        return rest;
      });
      assert.deepEqual(found, uses.map(expected));
    }),
    { numRuns: rounds(300, 5000) },
  );
});

test('whatever a line holds, it is a record, malformed or noise, and a record is JSON', () => {
  const chars = fc.constantFrom(
    ...' :()[]@"^>-\\\t\u0001é😀\ud800',
    'OUT',
    'IN',
    'DENIED: ',
    '^^^',
    '12:00:00 (d) ',
    '"f" ',
    'u@h',
    ' licenses)',
    'EXPIRED: ',
    'REMOVING ',
    ' from ',
    'TIMESTAMP 1/2/2025',
  );
  const text = fc.array(chars, { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
      const reader = flexnet.start(texts, {});
      for (const each of texts)
        for (const line of [each, `12:00:00 (demo) OUT: ${each}`, `12:00:00 (demo) ${each}`]) {
          const outcome = reader.line(line);
          if (typeof outcome !== 'string' && 'record' in outcome) JSON.parse(outcome.record);
        }
    }),
    { numRuns: rounds(300, 5000) },
  );
});
