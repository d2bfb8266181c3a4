/** `docs/controls.md` is what the packs say. `UPDATE=1` writes it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderControlDocs } from '../../build/control-docs.ts';
import { loadClasses, loadRules } from '../../src/cli/library.ts';
import { loadShippedPacks } from '../../src/cli/packs.ts';

const DOCS = new URL('../../docs/controls.md', import.meta.url);

test('docs/controls.md is what the packs say', () => {
  const { rules } = loadRules([], true, []);
  const expected = renderControlDocs(loadShippedPacks(rules, []), [...rules, ...loadClasses([])]);
  if (process.env.UPDATE) writeFileSync(DOCS, expected);
  assert.equal(readFileSync(DOCS, 'utf8'), expected);
});
