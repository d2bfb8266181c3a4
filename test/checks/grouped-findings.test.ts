import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  compileRecordCounter,
  MAX_DETAILED_FILES,
  mergeTallies,
  noteDefect,
  startTally,
  type Tally,
  toFindings,
} from '../../src/checks/grouped-findings.ts';
import type { FindingKind } from '../../src/model/finding.ts';
import type { TreeEvent } from '../support/tree-event.ts';
import { eventsOf } from './run-check.ts';

const kinds: FindingKind[] = [{ code: 'odd', severity: 'low', title: 'odd', why: 'why', fix: 'fix' }];
const defect = { code: 'odd', key: 'odd', field: 'x', expected: '' };
const fold = (events: readonly TreeEvent[], tally: Tally = startTally()) => {
  const countRecord = compileRecordCounter();
  for (const event of events) {
    const file = countRecord(tally, event);
    // Twice: one record counts once, however often it shows the defect.
    for (let time = 0; time < 2; time++)
      noteDefect(tally, file, event, defect, () => ({ value: `${event.place.line}` }));
  }
  return tally;
};
const findingsOf = (tally: Tally) => toFindings(tally, 'test', kinds, (_, where) => `odd ${where}`);

describe('findings of more files than are listed', () => {
  const extra = 7;
  const names = Array.from(
    { length: MAX_DETAILED_FILES + extra },
    (_, index) => `f${String(index).padStart(5, '0')}`,
  );
  const events = eventsOf(Object.fromEntries(names.map((name) => [name, ['{}', '{"a":1}']])));
  const whole = findingsOf(fold(events));

  test('list the first files one by one, and count the rest in one finding that says so', () => {
    assert.equal(whole.length, MAX_DETAILED_FILES + 1);
    const rest = whole.at(-1)!;
    assert.equal(rest.count, 2 * extra);
    assert.match(rest.message, /^odd in 14 further records of other files \(only the first 1,000 files/);
    assert.equal(rest.place.file, names[MAX_DETAILED_FILES]);
  });

  test('lose no record: the counts add up to the records', () => {
    assert.equal(
      whole.reduce((sum, { count = 1 }) => sum + count, 0),
      events.length,
    );
  });

  test('are the same when parts are merged, cut within a file or between files, before and after the bound', () => {
    for (const cut of [
      1,
      2,
      999,
      2 * MAX_DETAILED_FILES - 1,
      2 * MAX_DETAILED_FILES,
      2 * MAX_DETAILED_FILES + 1,
      events.length - 1,
    ]) {
      const merged = mergeTallies(fold(events.slice(0, cut)), fold(events.slice(cut)));
      assert.deepEqual(findingsOf(merged), whole, `cut at ${cut}`);
    }
  });
});
