/** Instants: what real sources write, exactly, and what nobody can place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDuration,
  formatInstant,
  parseDuration,
  parsePlainTimestamp,
  parseTimestamp,
  plainOffsetMs,
} from '../../src/base/instant.ts';

const read = (text: string, options = {}) => {
  const parsed = parseTimestamp(text, options);
  return parsed.problem ?? formatInstant(parsed.instant);
};

test('parseTimestamp() reads RFC 3339 and what sources make of it', () => {
  assert.equal(read('2026-01-31T08:00:00Z'), '2026-01-31T08:00:00Z');
  assert.equal(read('2026-01-31T08:00:00.123456789Z'), '2026-01-31T08:00:00.123456789Z');
  assert.equal(read('2026-01-31 08:00:00,5+01:00'), '2026-01-31T07:00:00.500Z');
  assert.equal(read('2026-01-31T08:00:00-0530'), '2026-01-31T13:30:00Z');
  assert.equal(read('2026-01-31 08:00 UTC'), '2026-01-31T08:00:00Z');
  assert.equal(read('2016-12-31T23:59:60Z'), '2017-01-01T00:00:00Z');
  assert.equal(read('1969-12-31T23:59:59.5Z'), '1969-12-31T23:59:59.500Z');
});

test('parseTimestamp() tells a missing zone from what is no time', () => {
  assert.equal(read('2026-01-31T08:00:00'), 'missing-zone');
  assert.equal(read('2026-01-31T08:00:00', { zone: 'Z' }), '2026-01-31T08:00:00Z');
  for (const text of [
    '',
    'now',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-15T08:00:00Z',
    '2026-00-15T08:00:00+01:00',
    '2026-11-00T08:00:00Z',
    '2026-00-00T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31',
    '2026-01-31T08:00:00+25:00',
  ]) {
    assert.equal(read(text), 'not-a-time', text);
  }
});

test('parseTimestamp() takes epoch numbers by unit or by size', () => {
  for (const text of [
    '1769846400',
    '1769846400000',
    '1769846400000000',
    '1769846400000000000',
    '1769846400.0',
  ]) {
    assert.equal(read(text), '2026-01-31T08:00:00Z', text);
  }
  assert.equal(read('1769846400', { unit: 'ms' }), '1970-01-21T11:37:26.400Z');
  assert.equal(read('1769846400.000000001'), '2026-01-31T08:00:00.000000001Z');
});

test('parseTimestamp() and the two fast roads read each date that the calendar has, and no other', () => {
  const two = (number: number) => `${number}`.padStart(2, '0');
  for (const year of ['2023', '2024'])
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++) {
        const written = `${year}-${two(month)}-${two(day)}T08:00:00`;
        const noon = new Date(Date.UTC(+year, month - 1, day, 8));
        const isDate = month > 0 && month === noon.getUTCMonth() + 1 && day === noon.getUTCDate();
        const expected = isDate ? BigInt(noon.getTime()) * 1_000_000n : undefined;
        for (const zone of ['Z', '+00:00', ' UTC', '+0000']) {
          const parsed = parseTimestamp(written + zone);
          assert.equal(parsed.problem === undefined ? parsed.instant : undefined, expected, written + zone);
        }
        const plain = parsePlainTimestamp(Buffer.from(`${written}Z`), 0, 20);
        // It leaves the 29th of February to the parser.
        assert.ok(plain === expected || (plain === undefined && month === 2 && day === 29), written);
        const offsetMs = plainOffsetMs(Buffer.from(`${written}+00:00`), 0, 25);
        assert.ok(isDate ? offsetMs === noon.getTime() : Number.isNaN(offsetMs), written);
      }
});

test('plainOffsetMs() agrees with parseTimestamp() or leaves the text to it', () => {
  const two = (most: number) => fc.nat({ max: most }).map((value) => String(value).padStart(2, '0'));
  const year = fc.integer({ min: 998, max: 2300 }).map((value) => String(value).padStart(4, '0'));
  const sign = fc.constantFrom('+', '-', '+', '-', 'Z', '−');
  let plain = 0;
  fc.assert(
    fc.property(year, two(13), two(32), two(25), two(61), two(61), sign, two(25), two(61), (...parts) => {
      const [y, mo, d, h, mi, s, z, oh, om] = parts;
      const text = `${y}-${mo}-${d}T${h}:${mi}:${s}${z}${oh}:${om}`;
      const bytes = Buffer.from(`"${text}"`);
      const ms = plainOffsetMs(bytes, 1, bytes.length - 1);
      if (Number.isNaN(ms)) return;
      plain++;
      const parsed = parseTimestamp(text);
      assert.ok(parsed.problem === undefined, text);
      assert.equal(BigInt(ms) * 1_000_000n, parsed.instant, text);
    }),
    { numRuns: 2000 },
  );
  assert.ok(plain > 500, String(plain));
  assert.equal(plainOffsetMs(Buffer.from('2024-02-29T12:00:00+01:00'), 0, 25), Date.UTC(2024, 1, 29, 11));
});

test('parsePlainTimestamp() agrees with parseTimestamp() or leaves the text to it', () => {
  const digits = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
  const near = fc
    .tuple(
      digits(4),
      digits(2),
      digits(2),
      digits(2),
      digits(2),
      digits(2),
      fc.nat({ max: 10 }).chain(digits),
      fc.constantFrom('Z', 'Z', 'z', '+00:00', ''),
    )
    .map(([y, mo, d, h, mi, s, f, z]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${f === '' ? '' : `.${f}`}${z}`);
  const valid = fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(near, valid), (text) => {
      const bytes = Buffer.from(`"${text}"`);
      const fast = parsePlainTimestamp(bytes, 1, bytes.length - 1);
      if (fast === undefined) return;
      plain++;
      const slow = parseTimestamp(text);
      assert.ok(slow.problem === undefined);
      assert.equal(fast, slow.instant);
    }),
    { numRuns: 3000 },
  );
  assert.ok(plain > 1000);
});

test('durations are those of Sigma and ISO 8601', () => {
  const minutes = (text: string) => Number((parseDuration(text) ?? -1n) / 60_000_000_000n);
  assert.deepEqual(
    ['5m', '24h', '2d', '1w', 'PT30M', 'P1DT1H'].map(minutes),
    [5, 1440, 2880, 10_080, 30, 1500],
  );
  for (const text of ['', '5', 'm', '1y', 'P', 'PT', '5 m', '-5m'])
    assert.equal(parseDuration(text), undefined, text);
  assert.equal(formatDuration(93_784n * 1_000_000_000n), '1d 2h');
});
