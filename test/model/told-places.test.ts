/** Which places a finding names: nine of one file, one of each further file, and never a file less than it says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayHideFiles, tellPlaces, toldPlaces } from '../../src/model/told-places.ts';

const placeIn = (file: string, line = 1) => ({ file, line, offset: 0, length: 1 });
const FIRST = placeIn('a');

test('toldPlaces() names nine places and one of each further file', () => {
  const lines = Array.from({ length: 20 }, (_, line) => placeIn('a', line));
  assert.equal(toldPlaces(FIRST, lines).length, 9);
  const told = toldPlaces(FIRST, [...lines, placeIn('b'), placeIn('b', 2), placeIn('c')]);
  assert.deepEqual(
    told.slice(9).map(({ file }) => file),
    ['b', 'c'],
  );
  assert.ok(!mayHideFiles({ related: told }));
});

test('tellPlaces() hides files where one of the two does', () => {
  const files = Array.from({ length: 200 }, (_, index) => placeIn(`f${index}`));
  const many = toldPlaces(FIRST, files);
  assert.ok(mayHideFiles({ related: many }));
  const own = toldPlaces(FIRST, files.slice(0, 90));
  tellPlaces(FIRST, own, many);
  assert.ok(mayHideFiles({ related: own }));
});
