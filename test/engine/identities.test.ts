/** Repeats and conflicts, against plain comparison of all pairs; and the sets behind them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { groupBy } from '../../src/base/group-by.ts';
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

/** An event whose values are few, and one of the ways to write it. */
type Made = { id?: string; actor: string; n: number; spelling: (typeof SPELLINGS)[number] };

const SPELLINGS = ['plain', 'spaced', 'reversed', 'escaped'] as const;

function spell({ id, actor, n, spelling }: Made): string {
  const event = {
    ...(id && { id }),
    time: '2026-01-31T08:00:00Z',
    actor,
    action: 'read',
    outcome: 'success',
    n,
  };
  const members = Object.entries(event);
  const text = JSON.stringify(spelling === 'reversed' ? Object.fromEntries(members.reverse()) : event);
  if (spelling === 'spaced') return text.replaceAll(',', ' ,\t').replaceAll(':"', ' : "');
  return spelling === 'escaped' ? text.replace('"read"', '"\\u0072e\\u0061d"') : text;
}

test('duplicates and conflicts are those that comparing all records finds, whatever way they are written', async () => {
  const request = testRequest({ builtinRules: false });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-repeats-'));
  const event: fc.Arbitrary<Made> = fc.record(
    {
      id: fc.constantFrom('e1', 'e2', 'e3'),
      actor: fc.constantFrom('ann', 'bob'),
      n: fc.nat({ max: 1 }),
      spelling: fc.constantFrom(...SPELLINGS),
    },
    { requiredKeys: ['actor', 'n', 'spelling'] },
  );
  const events = fc.array(event, { maxLength: 12 });
  const toText = (some: readonly Made[]) => some.map((each) => `${spell(each)}\n`).join('');
  /** Without an id of its own a record is what it is written as. */
  const contentOf = (made: Made) =>
    made.id === undefined ? spell(made) : `${made.id} ${made.actor} ${made.n}`;
  try {
    await fc.assert(
      fc.asyncProperty(events, events, fc.boolean(), async (first, second, isZipped) => {
        fs.writeFileSync(path.join(folder, 'a.ndjson'), toText(first));
        fs.rmSync(path.join(folder, isZipped ? 'b.ndjson' : 'b.ndjson.gz'), { force: true });
        if (isZipped) fs.writeFileSync(path.join(folder, 'b.ndjson.gz'), zlib.gzipSync(toText(second)));
        else fs.writeFileSync(path.join(folder, 'b.ndjson'), toText(second));
        const report = await auditPaths(request, [folder]);
        const all = [...first, ...second];
        const distinct = new Set(all.map(contentOf));
        assert.equal(report.summary.records.duplicate, all.length - distinct.size);
        assert.equal(report.summary.records.audited, distinct.size);
        const contents = groupBy(
          all.filter(({ id }) => id !== undefined),
          ({ id }) => id,
        );
        const conflicting = [...contents.values()].some((some) => new Set(some.map(contentOf)).size > 1);
        assert.equal(
          report.findings.some(({ code }) => code === 'conflicting-record'),
          conflicting,
        );
        assert.equal(
          report.findings.some(({ message }) => message.includes('written otherwise')),
          [...groupBy(all, contentOf).values()].some((some) => new Set(some.map(spell)).size > 1),
        );
      }),
      { numRuns: rounds(40, 400) },
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
