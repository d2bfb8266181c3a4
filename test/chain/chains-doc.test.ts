/** Every example of docs/chains.md is a piece of a profile that is accepted as it stands. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compileProfile } from '../../src/chain/compile-profile.ts';

const text = readFileSync(new URL('../../docs/chains.md', import.meta.url), 'utf8');
const [base = '', ...pieces] = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]!);

test('docs/chains.md shows an example of every part and every key', () => {
  const reader = readFileSync(new URL('../../src/chain/preimage-reader.ts', import.meta.url), 'utf8');
  const kinds = /const KINDS = \[(.*?)\]/s.exec(reader)![1]!.match(/[a-z-]+/g)!;
  const shown = [base, ...pieces].join('\n');
  for (const kind of kinds) assert.match(shown, new RegExp(`(?:- |\\[|, )${kind}\\b`), kind);
  for (const key of [
    'members',
    'when',
    'digest',
    'stream',
    'genesis',
    'sequence',
    'restart',
    'preimage',
    'also',
  ])
    assert.match(shown, new RegExp(`^${key}:`, 'm'), key);
});

for (const [index, piece] of [base, ...pieces].entries()) {
  test(`compileProfile() accepts example ${index + 1} of docs/chains.md`, () => {
    const document = { ...(parse(base) as object), ...(parse(piece) as object) };
    const said: string[] = [];
    compileProfile('ours', document, (path, message) => said.push(`${path.join('.')}: ${message}`));
    assert.deepEqual(said, []);
  });
}
