/** Repeats and conflicts, against plain comparison of all pairs; and the sets behind them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyFilter } from '../../src/engine/key-filter.ts';
import { PositionSet } from '../../src/engine/position-set.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';
import { rounds } from '../support/rounds.ts';

test('PositionSet has what was added and nothing else', () => {
  const offset = fc.oneof(
    fc.nat({ max: 40 }),
    fc.nat({ max: 40 }).map((beyond) => 2 ** 48 - 1 - beyond),
  );
  const position = fc.tuple(fc.nat({ max: 3 }), offset);
  fc.assert(
    fc.property(fc.array(position), fc.array(position), (added, asked) => {
      const set = new PositionSet();
      for (const [file, offset] of added) set.add(file, offset);
      assert.equal(set.size, added.length);
      for (const [file, offset] of [...added, ...asked]) {
        assert.equal(
          set.has(file, offset),
          added.some(([f, o]) => f === file && o === offset),
        );
      }
    }),
  );
});

test('KeyFilter passes over no key that came twice, and over nearly all that came once', () => {
  for (const round of [0, 1, 2]) {
    const filter = new KeyFilter(15, round);
    // Keys as alike as those of ids that are counted up.
    const keys = Array.from({ length: 300 }, (_, index) => [0x811c9dc5 + index, index << 4] as const);
    const again = keys.filter((_, index) => index % 50 === 7);
    for (const [high, low] of [...keys, ...again]) filter.addRows(Uint32Array.of(high, low, 9), 3);
    const repeating = (key: readonly [number, number]) => {
      const row = Uint32Array.of(...key, 9);
      const found = filter.repeating(row, 3);
      if (found.length > 0) assert.deepEqual(found, row);
      return found.length > 0;
    };
    assert.ok(again.every(repeating));
    const met = keys.filter(repeating).length;
    assert.ok(met < again.length + 20, `${met} of ${keys.length} in round ${round}`);
  }
});

test('duplicates and conflicts are those that comparing all records finds', async () => {
  const request = testRequest({ builtinRules: false });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-repeats-'));
  const event = fc.record({
    id: fc.option(fc.constantFrom('e1', 'e2', 'e3'), { nil: undefined }),
    actor: fc.constantFrom('ann', 'bob'),
    n: fc.nat({ max: 1 }),
  });
  const lines = fc.array(
    event.map(({ id, actor, n }) =>
      JSON.stringify({
        ...(id && { id }),
        time: '2026-01-31T08:00:00Z',
        actor,
        action: 'read',
        outcome: 'success',
        n,
      }),
    ),
    { maxLength: 12 },
  );
  try {
    await fc.assert(
      fc.asyncProperty(lines, lines, async (first, second) => {
        fs.writeFileSync(path.join(folder, 'a.ndjson'), first.map((line) => `${line}\n`).join(''));
        fs.writeFileSync(path.join(folder, 'b.ndjson'), second.map((line) => `${line}\n`).join(''));
        const report = await auditPaths(request, [folder]);
        const all = [...first, ...second];
        const distinct = new Set(all);
        assert.equal(report.summary.records.duplicate, all.length - distinct.size);
        assert.equal(report.summary.records.audited, distinct.size);
        const idOf = (line: string) => (JSON.parse(line) as { id?: string }).id;
        const contents = new Map<string, number>();
        for (const line of distinct) {
          const id = idOf(line);
          if (id !== undefined) contents.set(id, (contents.get(id) ?? 0) + 1);
        }
        const conflicting = [...contents.values()].some((amount) => amount > 1);
        assert.equal(
          report.findings.some(({ code }) => code === 'conflicting-record'),
          conflicting,
        );
      }),
      { numRuns: rounds(25, 200) },
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
