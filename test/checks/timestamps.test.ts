import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatInstant } from '../../src/base/instant.ts';
import { timestamps } from '../../src/checks/timestamps.ts';
import { brief, LackingFields, runCheck, underlined } from './run-check.ts';

const at = (...times: (string | number | null)[]) => times.map((time) => ({ time, actor: 'ann' }));
const run = (...times: (string | number | null)[]) => brief(runCheck(timestamps, at(...times)).findings);
const notices = (...times: (string | number | null)[]) =>
  (runCheck(timestamps, at(...times)).notices ?? []).map(({ code }) => code);

describe('timestamps', () => {
  test('is silent on zoned times in order, equal ones included', () => {
    assert.deepEqual(
      run('2025-03-01T09:00:00Z', '2025-03-01T10:00:00+01:00', '2025-03-01 09:00:00.5 UTC', 1740826860000),
      [],
    );
  });

  test('tells times without a zone, once a file', () => {
    const { findings } = runCheck(
      timestamps,
      at('2025-03-01T09:00:00', '2025-03-01T09:00:01Z', '2025-03-01 09:00:02'),
    );
    assert.deepEqual(brief(findings), [
      '1 missing-zone: "time" has no zone in 2 of 3 records: expected a zone such as "Z" or "+01:00", found "2025-03-01T09:00:00", "2025-03-01 09:00:02"',
    ]);
    assert.equal(underlined(findings[0]!), '"2025-03-01T09:00:00"');
  });

  test('tells texts that are no time', () => {
    assert.deepEqual(run('yesterday', '2025-02-30T00:00:00Z', '01/02/2025'), [
      '1 unreadable-time: "time" is not readable in all 3 records: expected a date and time with a zone, found "yesterday", "2025-02-30T00:00:00Z", "01/02/2025"',
    ]);
  });

  test('leaves missing times to required-fields, and says that they were not placed', () => {
    assert.deepEqual(run(null), []);
    assert.deepEqual(notices(null), ['untimed-records']);
  });

  test('tells times before audit logs existed: zero, and the year one of Go', () => {
    assert.deepEqual(
      run(0, '0001-01-01T00:00:00Z').filter((line) => line.includes('implausible')),
      [
        '1 implausible-time: "time" is not plausible in all 2 records: expected a time from 1990-01-01T00:00:00Z on, found 1970-01-01T00:00:00Z, 0001-01-01T00:00:00Z',
      ],
    );
  });

  test('tells times after the audit, clock skew apart', () => {
    const judge = (time: string) =>
      runCheck(timestamps, at(time), { generated: '2025-03-01T09:00:00Z' }).findings.map(({ code }) => code);
    assert.deepEqual(judge('2025-03-01T09:05:00Z'), []);
    assert.deepEqual(judge('2025-03-01T09:05:01Z'), ['implausible-time']);
  });

  test('without an instant of the audit tells only times after the year 2100', () => {
    assert.deepEqual(run('2100-12-31T23:59:59Z'), []);
    assert.match(
      run('2101-01-01T00:00:00.001Z')[0]!,
      /expected no time after 2101-01-01T00:00:00Z, found 2101/,
    );
  });

  test('sums up disorder in one finding, with the largest step back', () => {
    const { findings } = runCheck(
      timestamps,
      at(
        '2025-03-01T09:00:00Z',
        '2025-03-01T09:00:10Z',
        '2025-03-01T09:00:08Z',
        '2025-03-01T12:00:00Z',
        '2025-03-01T09:58:00Z',
        '2025-03-01T13:00:00Z',
      ),
    );
    assert.deepEqual(brief(findings), [
      '3 disordered-times: 2 of 6 records are earlier than the record before, at most by 2h 2m: 2025-03-01T09:58:00Z on line 5 after 2025-03-01T12:00:00Z on line 4',
    ]);
    assert.deepEqual(
      [findings[0]!.severity, findings[0]!.count, findings[0]!.related?.[0]?.line],
      ['low', 2, 5],
    );
  });

  test('finds the largest step back to the nanosecond, the first of equal ones', () => {
    const base = BigInt(Date.UTC(2025, 2, 1)) * 1_000_000n;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3_000_000, max: 3_000_000 }), { minLength: 3, maxLength: 12 }),
        (offsets) => {
          const steps = offsets.map((offset, index) => (index === 0 ? 0 : offsets[index - 1]! - offset));
          const largest = Math.max(...steps);
          const texts = offsets.map((offset) => formatInstant(base + BigInt(offset)));
          const [disorder] = runCheck(timestamps, at(...texts)).findings.filter(
            ({ code }) => code === 'disordered-times',
          );
          const [forward, backward] = [
            steps.filter((step) => step < 0).length,
            steps.filter((step) => step > 0).length,
          ];
          const isOrdered = backward === 0 || (forward === 0 && backward >= 2);
          assert.equal(disorder === undefined, isOrdered);
          if (disorder === undefined) return;
          assert.match(disorder.message, new RegExp(` on line ${steps.indexOf(largest) + 1} after `));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('one clock far ahead does not make the records after it late', () => {
    assert.match(
      run('2025-03-01T09:00:00Z', '2031-01-01T00:00:00Z', '2025-03-01T09:00:01Z', '2025-03-01T09:00:02Z')[0]!,
      /1 of 4 records is earlier/,
    );
  });

  test('takes a file that lists the newest first for ordered, and says so', () => {
    const times = ['2025-03-01T09:00:03Z', '2025-03-01T09:00:02Z', '2025-03-01T09:00:01Z'];
    assert.deepEqual(run(...times), []);
    assert.deepEqual(notices(...times), ['newest-first']);
    assert.equal(run(...times.slice(0, 2)).length, 1, 'two records swapped may be a swap');
  });

  test('does not compare the records of different files', () => {
    const files = { 'a.ndjson': at('2025-03-02T00:00:00Z'), 'b.ndjson': at('2025-03-01T00:00:00Z') };
    assert.deepEqual(runCheck(timestamps, files).findings, []);
  });

  test('says when a source has whole seconds only', () => {
    const seconds = Array.from({ length: 10 }, (_, index) => `2025-03-01T09:00:0${index}.000Z`);
    assert.deepEqual(notices(...seconds), ['whole-second-times']);
    assert.deepEqual(notices(...seconds, '2025-03-01T09:00:10.001Z'), []);
    assert.deepEqual(notices(...seconds.slice(1)), []);
  });

  test('judges no source that is unknown or has no time by design', () => {
    for (const fields of [new LackingFields('unknown'), new LackingFields('audit', ['time'])]) {
      assert.deepEqual(runCheck(timestamps, at('yesterday'), {}, fields), { findings: [], notices: [] });
    }
  });
});
