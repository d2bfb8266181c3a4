/** Lines that a reader did not understand: counted by form, alike however the log was cut, and told in one finding. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addMalformed,
  type MalformedEpisodes,
  malformedFindings,
  mergeEpisodes,
  startEpisodes,
} from '../../src/read/input-findings.ts';

function foldOf(forms: readonly string[], from = 0): MalformedEpisodes {
  const state = startEpisodes();
  for (const [index, unknownForm] of forms.entries()) {
    const offset = (from + index) * 10;
    const stretch = { line: from + index + 1, offset, length: 9, at: offset, expected: '', found: '' };
    addMalformed(state, { ...stretch, truncated: false, unknownForm });
  }
  return state;
}

test('one finding tells how many lines of how many forms, the most frequent ones, and where each came first', () => {
  const forms = ['(demo) b', '(demo) a', '(demo) a', '(demo) c #', '(demo) a', '(demo) d'];
  const [finding, ...others] = malformedFindings('flexnet.log', foldOf(forms));
  assert.deepEqual(others, []);
  assert.equal(
    finding!.message,
    '6 lines of 4 forms were not understood, and no record made of them: "(demo) a" 3 times, "(demo) b", "(demo) c #" and others',
  );
  assert.deepEqual(
    [finding!.code, finding!.severity, finding!.verdict, finding!.count, finding!.place.line],
    ['unknown-lines', 'informational', 'undetermined', 6, 1],
  );
  assert.deepEqual(
    finding!.related!.map(({ line }) => line),
    [2, 4, 6],
  );
  assert.equal(foldOf(forms).count, 0, 'they are no malformed records');
});

test('a log of nothing but forms of its own fills no memory, and every line counts', () => {
  const state = foldOf(Array.from({ length: 500 }, (_, index) => `(demo) ${index}`));
  assert.equal(state.unknown!.forms.length, 20);
  assert.match(malformedFindings('a.log', state)[0]!.message, /^500 lines of more than 20 forms were not/);
});

test('the fold of a whole is that of its parts', () => {
  const form = fc.integer({ min: 0, max: 40 }).map((number) => `(demo) ${number}`);
  const property = fc.property(fc.array(form), fc.array(form), (left, right) => {
    const merged = mergeEpisodes(foldOf(left), foldOf(right, left.length));
    assert.deepEqual(merged, foldOf([...left, ...right]));
  });
  fc.assert(property);
});
