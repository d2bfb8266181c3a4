/** When each source spoke: one answer however the events are cut, ordered or merged, and bounds on what times can demand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type Activity,
  ActivityCounter,
  MAX_DAYS,
  MAX_HOURS,
  mergeActivity,
  startActivity,
  summarizeActivity,
} from '../../src/engine/activity.ts';
import type { SourceActivity } from '../../src/model/activity.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BEGIN = Date.parse('2026-01-01T00:00:00Z');

/** Times in milliseconds; each event has as many bytes as its position. */
function fold(times: readonly number[], offset = 0): Activity {
  const audit = startActivity();
  const counter = new ActivityCounter(audit);
  for (const [index, ms] of times.entries()) counter.add(ms, offset + index);
  return { audit };
}

function summary(times: readonly number[]): SourceActivity | undefined {
  return summarizeActivity(fold(times))[0];
}

/** Near the beginning, or so many hours and days apart that both bounds are met. */
const dense = fc.integer({ min: 0, max: 40 * HOUR }).map((ms) => BEGIN + ms);
const times = fc.array(fc.oneof(dense, fc.constant(Number.NaN)), { maxLength: 60 });

test('activity of parts, merged, is that of the whole', () => {
  fc.assert(
    fc.property(times, fc.nat(60), (all, cut) => {
      const parts = mergeActivity(fold(all.slice(0, cut)), fold(all.slice(cut), Math.min(cut, all.length)));
      assert.deepEqual(summarizeActivity(parts), summarizeActivity(fold(all)));
    }),
  );
});

for (const [what, amount, step] of [
  ['hours become days', MAX_HOURS + 3, HOUR],
  ['the earliest days are let go', 2 * MAX_DAYS + 50, DAY],
] as const) {
  test(`where there are too many, ${what}, in whichever order they come`, () => {
    const forward = Array.from({ length: amount }, (_, index) => BEGIN + index * step);
    const backward = forward.toReversed();
    const mixed = forward.map((_, index) => forward[(index * 7919) % amount]!);
    const withoutBytes = (all: readonly number[]) => {
      const audit = startActivity();
      const counter = new ActivityCounter(audit);
      for (const ms of all) counter.add(ms, 100);
      return { audit };
    };
    const expected = summarizeActivity(withoutBytes(forward));
    for (const all of [backward, mixed]) {
      assert.deepEqual(summarizeActivity(withoutBytes(all)), expected);
      const merged = mergeActivity(withoutBytes(all.slice(0, 1000)), withoutBytes(all.slice(1000)));
      assert.deepEqual(summarizeActivity(merged), expected);
    }
    const [{ bucket, buckets, earlier = 0 }] = expected as [SourceActivity];
    assert.equal(bucket, 'day');
    assert.ok(buckets.length <= MAX_DAYS);
    assert.equal(
      buckets.reduce((sum, { events }) => sum + events, earlier),
      amount,
    );
  });
}

describe('the activity of a source', () => {
  test('counts events and bytes by the hour, and those without a time apart', () => {
    assert.deepEqual(summary([BEGIN + HOUR + 5, BEGIN, Number.NaN, BEGIN + HOUR]), {
      source: 'audit',
      from: '2026-01-01T00:00:00Z',
      until: '2026-01-01T01:00:00.005Z',
      untimed: 1,
      bucket: 'hour',
      buckets: [
        { at: '2026-01-01T00:00:00Z', events: 1, bytes: 1 },
        { at: '2026-01-01T01:00:00Z', events: 2, bytes: 3 },
      ],
      silences: [],
    });
  });

  test('tells its silences from event to event', () => {
    const last = BEGIN + 50 * HOUR;
    assert.deepEqual(summary([BEGIN, BEGIN + HOUR - 1, last])?.silences, [
      { from: '2026-01-01T00:59:59.999Z', until: '2026-01-03T02:00:00Z' },
    ]);
  });

  test('is none where no event has a time', () => {
    assert.equal(summary([Number.NaN]), undefined);
    assert.equal(summary([]), undefined);
  });

  test('keeps the longest silences', () => {
    const far = Array.from({ length: 40 }, (_, index) => BEGIN + index * index * 2 * HOUR);
    const silences = summary(far)?.silences ?? [];
    assert.equal(silences.length, 20);
    assert.equal(silences.at(-1)?.until, new Date(far.at(-1)!).toISOString().replace('.000', ''));
  });
});
