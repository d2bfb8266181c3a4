/** The demo folder is what `support/demo-logs.ts` makes. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { DEMO_LOGS } from './support/demo-logs.ts';

for (const [name, content] of Object.entries(DEMO_LOGS)) {
  test(`fixtures/demo/logs/${name} is as generated`, () => {
    const file = new URL(`../fixtures/demo/logs/${name}`, import.meta.url);
    if (process.env.UPDATE) fs.writeFileSync(file, content);
    assert.equal(fs.readFileSync(file, 'utf8'), content);
  });
}
