/** Ages by the calendar: how they are written, how they are added, and when an age is passed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMoment } from '../../src/base/instant.ts';
import {
  addAge,
  dayOf,
  firstDayPast,
  formatDay,
  isEverLonger,
  parseAge,
} from '../../src/retention/calendar-age.ts';

const day = (text: string) => dayOf(parseMoment(text)!);
const age = (text: string) => parseAge(text)!;

describe('parseAge()', () => {
  test('reads days, weeks, months, years and ISO 8601', () => {
    const read = (text: string) => {
      const { months, days } = age(text);
      return [months, days];
    };
    assert.deepEqual(read('90 days'), [0, 90]);
    assert.deepEqual(read('90d'), [0, 90]);
    assert.deepEqual(read('2 weeks'), [0, 14]);
    assert.deepEqual(read('12 months'), [12, 0]);
    assert.deepEqual(read('1 Year'), [12, 0]);
    assert.deepEqual(read('P1Y6M2W3D'), [18, 17]);
  });

  test('refuses what is none, what is no time, and what may be minutes', () => {
    for (const text of [
      '',
      '12m',
      '12 m',
      '0 days',
      'P',
      'PT1H',
      '-3 days',
      '1.5 years',
      'ninety days',
      '99999 years',
    ])
      assert.equal(parseAge(text), undefined, text);
  });
});

describe('addAge()', () => {
  test('ends months on the day that they have', () => {
    const ends = (from: string, by: string) => formatDay(addAge(day(from), age(by)));
    assert.equal(ends('2026-01-31', '1 month'), '2026-02-28');
    assert.equal(ends('2024-01-31', '1 month'), '2024-02-29');
    assert.equal(ends('2024-02-29', '1 year'), '2025-02-28');
    assert.equal(ends('2025-11-30', '3 months'), '2026-02-28');
    assert.equal(ends('2026-01-01', '90 days'), '2026-04-01');
    assert.equal(ends('1969-12-31', '1 day'), '1970-01-01');
  });

  test('equals the slow way of stepping day by day', () => {
    for (let start = day('2023-12-25'); start < day('2024-03-05'); start++)
      assert.equal(
        formatDay(addAge(start, age('40 days'))),
        new Date((start + 40) * 86_400_000).toISOString().slice(0, 10),
      );
  });
});

test('firstDayPast() is the day after the anniversary, whatever the hour of the event', () => {
  for (const time of ['2026-01-31T00:00:00Z', '2026-01-31T23:59:59.999Z', '2026-02-01T00:30:00+01:00'])
    assert.equal(formatDay(firstDayPast(day(time), age('1 month'))), '2026-03-01');
});

test('isEverLonger() knows that 30 days and a month are each longer at times', () => {
  assert.equal(isEverLonger(age('30 days'), age('1 month')), true);
  assert.equal(isEverLonger(age('1 month'), age('30 days')), true);
  assert.equal(isEverLonger(age('28 days'), age('1 month')), false);
  assert.equal(isEverLonger(age('1 year'), age('12 months')), false);
  assert.equal(isEverLonger(age('365 days'), age('1 year')), false);
});
