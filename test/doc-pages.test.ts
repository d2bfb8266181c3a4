/** Reference pages say what the program says. `UPDATE=1` writes them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderChecksPage, renderCliPage, renderConfigPage } from './support/doc-pages.ts';

const PAGES = { cli: renderCliPage, config: renderConfigPage, checks: renderChecksPage };

for (const [name, render] of Object.entries(PAGES)) {
  test(`docs/${name}.md is what the program says`, () => {
    const place = new URL(`../docs/${name}.md`, import.meta.url);
    const expected = render();
    if (process.env.UPDATE) writeFileSync(place, expected);
    assert.equal(readFileSync(place, 'utf8'), expected);
  });
}
