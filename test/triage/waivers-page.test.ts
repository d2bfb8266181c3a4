/** The example of docs/waivers.md is a file that we take. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseDay } from '../../src/triage/day.ts';
import { parseWaivers } from '../../src/triage/parse-waivers.ts';

const PAGE = readFileSync(new URL('../../docs/waivers.md', import.meta.url), 'utf8');

test('the example of the page holds', () => {
  const example = /^```yaml\n([\s\S]*?)^```$/m.exec(PAGE)![1]!;
  const { waivers, problems } = parseWaivers('w.yaml', example, parseDay('2026-02-01')!);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    waivers!.entries.map(({ id, flaws }) => [id, flaws]),
    [['W-12', []]],
  );
});
