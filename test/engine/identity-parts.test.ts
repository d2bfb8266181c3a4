/** Repeats are the same however the records were cut into parts and whatever fits in memory, and those of a plain comparison. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Identities, type IdentityLimits } from '../../src/engine/identities.ts';
import { type IdentityPart, IdentityRows, identityTransfers } from '../../src/engine/identity-rows.ts';
import type { RecordPosition } from '../../src/engine/repeat-rows.ts';
import { TemporaryRuns } from '../../src/read/temporary-runs.ts';
import { rounds } from '../support/rounds.ts';

type Sketch = { id: number | undefined; content: string; skipped: boolean; rereadable: boolean };
type Made = Sketch & { position: RecordPosition };

/** A file ends after each record that says so; offsets reach beyond 32 bits. */
const records = fc
  .array(
    fc.record({
      id: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
      content: fc.constantFrom('a', 'b', '1', '1.0', ' 1', '1\t'),
      skipped: fc.boolean(),
      rereadable: fc.boolean(),
      lastOfFile: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((sketches) => {
    const made: Made[] = [];
    let fileIndex = 0;
    let line = 0;
    for (const { lastOfFile, ...sketch } of sketches) {
      const position = { fileIndex, offset: line * 2 ** 31, line: line + 1, length: 10 + line };
      made.push({ ...sketch, position });
      line = lastOfFile ? 0 : line + 1;
      if (lastOfFile) fileIndex++;
    }
    return made;
  });

const sha256 = (text: string) => crypto.createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Two words that differ in few bits from id to id. */
const keyOf = (id: number) => [0xffff_fff0 + id, id % 2] as const;

const hex = (word: number) => word.toString(16).padStart(8, '0');

function toPart(made: readonly Made[]): IdentityPart {
  const rows = new IdentityRows();
  for (const { id, content, skipped, rereadable, position } of made) {
    const { fileIndex, offset, line, length } = position;
    const event = {
      fileIndex,
      offset,
      bytes: Buffer.from(content),
      hashOwnIdentity(key: Uint32Array) {
        if (id !== undefined) key.set(keyOf(id));
        return id !== undefined;
      },
    };
    rows.add(event, line, length, skipped, rereadable);
  }
  const part = rows.take();
  assert.deepEqual(rows.take(), { plain: [], digested: [] });
  return structuredClone(part, { transfer: identityTransfers(part) });
}

/** What a record says: its bytes, where they are no JSON. */
const meaningOf = (content: string) => content.trim();

/** Every record beside every other, by sorting texts. */
function expected(made: readonly Made[]): string[] {
  const name = ({ id, content }: Made) =>
    id === undefined ? `0${sha256(content).slice(0, 16)}` : `1${keyOf(id).map(hex).join('')}`;
  const at = ({ position: { fileIndex, offset } }: Made) =>
    [fileIndex, offset].map((each) => String(each).padStart(15, '0')).join();
  /** Records of one id whose bytes differ are compared by what they say, where all can be read again. */
  const isUnlike = (each: Made) => {
    const same = made.filter((other) => name(other) === name(each));
    const isAgain = each.id !== undefined && same.every(({ rereadable }) => rereadable);
    return isAgain && same.some(({ content }) => content !== each.content);
  };
  const sorted = made
    .map((each) => ({
      each,
      name: `${isUnlike(each) ? 1 : 0}${name(each)}`,
      content: sha256(isUnlike(each) ? meaningOf(each.content) : each.content),
    }))
    .sort((a, b) => (`${a.name}${a.content}${at(a.each)}` < `${b.name}${b.content}${at(b.each)}` ? -1 : 1));
  return sorted.flatMap((row, index) => {
    const same = sorted.slice(0, index).filter((other) => other.name === row.name);
    const first = same.find((other) => other.content === row.content);
    if (first !== undefined) return [show(false, first.each, row.each, [row.content, row.content])];
    // The first of the content before this one.
    const before = same.findLast((other) => other.content !== row.content);
    if (before === undefined) return [];
    const original = same.find((other) => other.content === before.content)!;
    return [show(true, original.each, row.each, [original.content, row.content])];
  });
}

function show(conflict: boolean, first: Made, again: Made, contents: string[]): string {
  const respelled = !conflict && first.content !== again.content;
  return JSON.stringify([
    conflict,
    respelled,
    first.position,
    again.position,
    contents.sort().join(),
    again.skipped,
  ]);
}

/** The first `saved` parts are those of a former run, which may have saved them in two steps. */
async function found(
  parts: readonly IdentityPart[],
  made: readonly Made[],
  limits: Partial<IdentityLimits>,
  saved = 0,
): Promise<string[]> {
  const runs = new TemporaryRuns();
  try {
    const identities = new Identities(runs, limits);
    if (saved > 0) {
      let files: Record<string, string> = {};
      for (const step of [parts.slice(0, saved >> 1), parts.slice(saved >> 1, saved)]) {
        const former = new Identities(runs, limits);
        former.restore(files);
        for (const part of step) former.merge(part);
        files = former.save(() => runs.newFile());
      }
      identities.restore(files);
    }
    for (const part of parts.slice(saved)) identities.merge(part);
    const all: string[] = [];
    const repeats = identities.repeats(async function* (fileIndex, stretches) {
      for (const { offset, length } of stretches) {
        const record = made.find(
          ({ position }) => position.fileIndex === fileIndex && position.offset === offset,
        );
        assert.equal(record?.position.length, length);
        assert.ok(record.rereadable);
        yield Buffer.from(record.content);
      }
    });
    for await (const { conflict, respelled, first, again, contents, skipped } of repeats)
      all.push(JSON.stringify([conflict, respelled, first, again, contents, skipped]));
    return all;
  } finally {
    runs.dispose();
  }
}

test('repeats() finds what comparing all records finds, for any cut into parts and any bounds', async () => {
  const limits = fc.record({
    rowBytes: fc.constantFrom(10, 200, 10_000),
    sortBytes: fc.constantFrom(60, 300, 10_000),
    slotBits: fc.constantFrom(5, 6, 27),
    fewRows: fc.constantFrom(0, 3, 1000),
  });
  await fc.assert(
    fc.asyncProperty(records, fc.array(fc.nat({ max: 40 })), limits, async (made, cuts, bounds) => {
      const ends = [...cuts, made.length].sort((a, b) => a - b);
      const parts = ends.map((end, index) => toPart(made.slice(ends[index - 1] ?? 0, end)));
      assert.deepEqual(await found(parts, made, bounds), expected(made));
    }),
    { numRuns: rounds(100, 300) },
  );
});

test('repeats() is the same with some parts saved by former runs', async () => {
  const bounds = fc.constantFrom({}, { rowBytes: 100, slotBits: 6 });
  await fc.assert(
    fc.asyncProperty(records, fc.nat({ max: 40 }), bounds, async (made, cut, limits) => {
      const middle = cut >> 1;
      const parts = [toPart(made.slice(0, middle)), toPart(made.slice(middle, cut)), toPart(made.slice(cut))];
      assert.deepEqual(await found(parts, made, limits, 2), expected(made));
    }),
    { numRuns: rounds(40, 100) },
  );
});

test('a record that is gone from its file passes for no other', async () => {
  const position = (line: number) => ({ fileIndex: 0, offset: line * 10, line, length: 9 });
  const sketch = { id: 1, content: 'a', skipped: false, rereadable: true };
  const made = [1, 2].map((line) => ({ ...sketch, position: position(line) }));
  const runs = new TemporaryRuns();
  const identities = new Identities(runs);
  identities.merge(toPart(made));
  const conflicts: boolean[] = [];
  for await (const { conflict } of identities.repeats(async function* (_, stretches) {
    for (const _ of stretches) yield undefined;
  })) {
    conflicts.push(conflict);
  }
  assert.deepEqual(conflicts, [true]);
  runs.dispose();
});

test('a file with many records leaves in parts of some megabytes', () => {
  const parts: IdentityPart[] = [];
  const rows = new IdentityRows((part) => parts.push(part));
  const event = { fileIndex: 0, offset: 0, bytes: Buffer.alloc(0), hashOwnIdentity: () => true };
  const records = 700_000;
  for (let index = 0; index < records; index++) rows.add(event, index, 1, false, true);
  parts.push(rows.take());
  const sizes = parts.map(({ plain }) => plain.reduce((sum, { length }) => sum + length / 7, 0));
  assert.ok(sizes.length >= 3 && sizes.every((size) => size < 400_000), sizes.join());
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    records,
  );
});
