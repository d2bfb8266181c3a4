/** Offsets of wall times: against every instant of a zone, one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wallClockMs } from '../../src/base/time-zone.ts';
import { formatWall, OrderedOffsets, toWallMs } from '../../src/text-logs/wall-time.ts';
import { ZoneOffsets } from '../../src/text-logs/zone-offsets.ts';

/** Half-hour changes, changes at a minute past midnight, a day that was left out, no changes at all. */
const ZONES = [
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
  'Asia/Kolkata',
  'UTC',
];
const CHANGES = [
  '2026-03-29',
  '2026-10-25',
  '2026-04-05',
  '2026-10-04',
  '2010-11-07',
  '2010-03-14',
  '2011-12-30',
];

test('a wall time has the offsets of the instants at which clocks show it', () => {
  const near = fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -1440, max: 2880 }));
  const anywhere = fc.tuple(
    fc.constantFrom('2005-01-01', '2026-01-01'),
    fc.integer({ min: 0, max: 525_600 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.oneof(near, anywhere), (zone, [date, minutes]) => {
      const wallMs = Date.parse(`${date}T00:00:00Z`) + minutes * 60_000;
      const expected: number[] = [];
      for (let offset = 14 * 60; offset >= -12 * 60; offset -= 15) {
        if (wallClockMs(wallMs - offset * 60_000, zone) === wallMs) expected.push(offset);
      }
      // St. John's is half an hour off the hour, all others at least a quarter.
      assert.deepEqual([...new ZoneOffsets(zone).at(wallMs)], expected);
    }),
    { numRuns: 300 },
  );
});

test('one who asks in order is answered as one who asks once', () => {
  const offsets = new ZoneOffsets('America/St_Johns');
  const from = Date.parse('2010-11-06T21:00:00Z');
  for (let minute = 0; minute < 300; minute++) {
    const wallMs = from + minute * 60_000;
    assert.deepEqual(offsets.at(wallMs), new ZoneOffsets('America/St_Johns').at(wallMs), String(minute));
  }
});

test('a time that clocks never show has no offset', () => {
  const wallMs = toWallMs(2026, 3, 29, 2, 30, 0)!;
  const offset = new OrderedOffsets(new ZoneOffsets('Europe/Berlin')).next(wallMs);
  assert.equal(formatWall(wallMs, '', offset), '2026-03-29T02:30:00');
});

test('a small step back within the repeated hour decides nothing', () => {
  const ordered = new OrderedOffsets(new ZoneOffsets('Europe/Berlin'));
  const answers = [['02:30', '02:29'], ['02:31'], ['02:05'], ['02:06']]
    .flat()
    .map((clock) => ordered.next(Date.parse(`2026-10-25T${clock}:00Z`)));
  assert.deepEqual(answers, [undefined, undefined, undefined, 60, 60]);
});

test('days and hours that are none are refused', () => {
  for (const [month, day, hour, minute, second] of [
    [2, 29, 0, 0, 0],
    [13, 1, 0, 0, 0],
    [0, 1, 0, 0, 0],
    [1, 0, 0, 0, 0],
    [1, 1, 24, 0, 0],
    [1, 1, 0, 60, 0],
    [1, 1, 0, 0, 60],
  ] as const)
    assert.equal(toWallMs(2026, month, day, hour, minute, second), undefined);
});
