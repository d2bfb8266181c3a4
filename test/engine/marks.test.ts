/** Marks come to their relations in one order, however the log was cut into parts and whatever fits in memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nanosBeyondMs, wholeMs } from '../../src/base/instant.ts';
import { type MarkPart, MarkRows } from '../../src/engine/mark-rows.ts';
import { dealShares } from '../../src/engine/mark-shares.ts';
import { Marks, markGroups } from '../../src/engine/marks.ts';
import { PositionSet } from '../../src/engine/position-set.ts';
import type { Mark } from '../../src/model/mark.ts';
import { TemporaryRuns } from '../../src/read/temporary-runs.ts';
import { ABSENT, ASK_TEXT } from '../../src/sources/event-cursor.ts';
import { anyCharacter } from '../support/any-character.ts';
import { rounds } from '../support/rounds.ts';

const FILES = ['a.ndjson', 'b.ndjson'];

type Sketch = {
  relation: number;
  step: number;
  /** Undefined: the field is absent. */
  group: (string | undefined)[];
  time: bigint | undefined;
  fileIndex: number;
  offset: number;
  identity: string;
  subject: string | undefined;
  values: (string | undefined)[];
};

const text = fc.oneof(
  fc.constantFrom('ann', 'bob', ''),
  fc.string({ unit: anyCharacter, maxLength: 80 }),
  // The length of a text takes one byte, or two.
  fc.integer({ min: 120, max: 135 }).map((length) => 'x'.repeat(length)),
);
const maybe = fc.option(text, { nil: undefined });
const sketches = fc
  .uniqueArray(
    fc.record({
      relation: fc.nat({ max: 2 }),
      step: fc.nat({ max: 1 }),
      group: fc.array(
        fc.option(fc.constantFrom('ann', 'bob', 'b"', 'é', 'anna', '\u0000'), { freq: 20, nil: undefined }),
        {
          maxLength: 2,
        },
      ),
      time: fc.option(
        fc.oneof(
          fc.bigInt(-3n, 3n),
          fc.constantFrom(1_767_225_600_000_000_000n, 253_402_300_799_999_999_999n),
        ),
        { nil: undefined },
      ),
      fileIndex: fc.nat({ max: 1 }),
      offset: fc.oneof(fc.nat({ max: 20 }), fc.constantFrom(2 ** 40, 2 ** 48 - 1)),
      identity: text,
      subject: maybe,
      values: fc.array(maybe, { maxLength: 3 }),
    }),
    // What a log cannot hold: one event that meets one input of a relation twice.
    {
      maxLength: 60,
      selector: ({ relation, step, fileIndex, offset }) => [relation, step, fileIndex, offset].join(),
    },
  )
  // All marks of one event tell the same of it.
  .map((made): Sketch[] =>
    made.map((each) => {
      const { identity, subject } = made.find(
        ({ fileIndex, offset }) => fileIndex === each.fileIndex && offset === each.offset,
      )!;
      return { ...each, identity, subject };
    }),
  );

/** No line begins before as many bytes. */
const lineAt = (offset: number) => Math.min(offset, 2 ** 48 - 2) + 1;

/** Slots are positions in this list of texts. */
function addTo(rows: MarkRows, sketch: Sketch): boolean {
  const texts = [sketch.subject, ...sketch.group, ...sketch.values];
  const slots = (from: number, length: number) => Array.from({ length }, (_, index) => from + index);
  const { relation, step, time, fileIndex, offset, identity, subject, group, values } = sketch;
  const output = {
    relation,
    step,
    subject: 0,
    group: slots(1, group.length),
    // Now and then the subject itself is a value.
    values: slots(1 + group.length, values.length).map((slot, index) =>
      values[index] === subject ? 0 : slot,
    ),
  };
  const copy = (text: string, target: Uint8Array, at: number, most: number) => {
    if (!/^[ !#-[\]-~]*$/.test(text) || text.length > most) return ASK_TEXT;
    target.set(Buffer.from(text), at);
    return text.length;
  };
  const event = {
    fileIndex,
    offset,
    recordNumber: offset,
    // Of every other record the shape is known: then what it lacks is not asked for.
    shape: offset % 2 === 0 ? -1 : 0,
    neverHolds: (slot: number) => texts[slot] === undefined,
    identity,
    placeLine: lineAt(offset),
    placeLength: 7,
    copyIdentity: (target: Uint8Array, at: number, most: number) => copy(identity, target, at, most),
    copyText(slot: number, target: Uint8Array, at: number, most: number) {
      const text = texts[slot];
      return text === undefined ? ABSENT : copy(text, target, at, most);
    },
    // Of some texts the ids are not known; a number and a text may have the same text and two ids.
    repeatingId(slot: number) {
      const index = [undefined, 'ann', 'bob', 'b"', 'é'].indexOf(texts[slot]);
      return index < 0 ? -1 : index * 2 + (offset % 2);
    },
    timeMs: time === undefined ? Number.NaN : wholeMs(time),
    timeNanos: time === undefined ? 0 : nanosBeyondMs(time),
    text: (slot: number) => texts[slot],
    select: () => {},
    facetKey: () => '',
    selected: undefined,
    size: (slot: number) => (texts[slot] === undefined ? 0 : 1),
    kind: () => 'string' as const,
  };
  return rows.add(output, event, relation * 10 + step);
}

function toMark({ step, time, fileIndex, offset, identity, subject, values }: Sketch): Mark {
  const place = { file: FILES[fileIndex]!, line: lineAt(offset), offset, length: 7 };
  return { step, time, place, identity, subject, values };
}

const groupText = ({ group }: Sketch) => Buffer.from(JSON.stringify(group)).toString('latin1');

/** Negative, zero or positive, by the first part that differs. */
function compare(a: Sketch, b: Sketch): number {
  const parts = (each: Sketch) => [
    each.relation,
    groupText(each),
    each.time ?? -(2n ** 100n),
    each.fileIndex,
    each.offset,
    each.step,
  ];
  const [left, right] = [parts(a), parts(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
}

type Listed = { relation: number; group: readonly string[]; marks: Mark[] };

/** `leaveEarly`: relations read one mark of each group. `threads`: the groups are dealt to so many, one after another. */
function list(
  parts: readonly MarkPart[],
  dropped: PositionSet,
  maxBytes: number,
  leaveEarly = false,
  prepare: (marks: Marks) => void = () => {},
  fewest: readonly number[] = [],
  threads = 1,
  keeps?: (relation: number, group: readonly string[]) => boolean,
) {
  const runs = new TemporaryRuns();
  const told = new Map<string, number>();
  const groups: Listed[] = [];
  try {
    const marks = new Marks(runs, maxBytes);
    prepare(marks);
    for (const part of parts) marks.merge(part);
    const onMark = (relation: number, step: number, detection: number) => {
      assert.equal(detection, relation * 10 + step);
      told.set(`${relation}/${step}`, (told.get(`${relation}/${step}`) ?? 0) + 1);
    };
    const duplicates = PositionSet.unpack(dropped.pack());
    const names = new Map<Listed, string>();
    for (const share of threads === 1 ? [undefined] : dealShares(marks.weigh(), fewest, threads)) {
      const reading = { files: FILES, duplicates, onMark, fewest, share, ...(keeps && { keeps }) };
      for (const { relation, name, group, marks: each } of markGroups(marks.source(), reading)) {
        const listed: Listed = { relation, group, marks: [] };
        groups.push(listed);
        names.set(listed, name.toString('latin1'));
        for (const mark of each) {
          const { step, time, place, identity, subject, values } = mark;
          listed.marks.push({ step, time, place, identity, subject, values: [...values] });
          if (leaveEarly) break;
        }
      }
    }
    if (threads > 1) groups.sort((a, b) => (names.get(a)! < names.get(b)! ? -1 : 1));
  } finally {
    runs.dispose();
  }
  return { groups, told: Object.fromEntries([...told].sort()) };
}

/** Of one record two marks of two times, the second before all others. */
const TWO_TIMES = [
  { relation: 1, time: 0n, offset: 8 },
  { relation: 0, time: 0n, offset: 9 },
  { relation: 1, time: undefined, offset: 9 },
].map(
  (each): Sketch => ({
    ...each,
    step: 0,
    group: [],
    fileIndex: 0,
    identity: 'ann',
    subject: undefined,
    values: [],
  }),
);

test('markGroups() gives the marks in order, for any cut into parts and any bounds, and tells of each once', () => {
  const bounds = fc.record({ worker: fc.constantFrom(100, 1000, 1e6), main: fc.constantFrom(0, 500, 1e6) });
  const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 5 });
  const seed = fc.integer();
  fc.assert(
    fc.property(sketches, cuts, bounds, seed, (made, ends, { worker, main }, drop) => {
      const runs = new TemporaryRuns();
      const parts = [...ends, made.length]
        .sort((a, b) => a - b)
        .map((end, index, all) => {
          const rows = new MarkRows(new TemporaryRuns(runs.folder), worker);
          for (const sketch of made.slice(all[index - 1] ?? 0, end)) {
            assert.equal(addTo(rows, sketch), !sketch.group.includes(undefined));
          }
          const part = rows.take();
          assert.deepEqual(rows.take().runs, []);
          return structuredClone(part);
        });
      const dropped = new PositionSet();
      const isDropped = ({ fileIndex, offset }: Sketch) => (fileIndex * 31 + offset + drop) % 5 === 0;
      const positions = new Set(
        made.filter(isDropped).map(({ fileIndex, offset }) => `${fileIndex}/${offset}`),
      );
      for (const position of positions) dropped.add(...(position.split('/').map(Number) as [number, number]));
      const expected: Listed[] = [];
      const told: Record<string, number> = {};
      const kept = made.filter((each) => !each.group.includes(undefined) && !isDropped(each)).sort(compare);
      for (const each of kept) {
        const last = expected.at(-1);
        const group = each.group as string[];
        if (last?.relation === each.relation && JSON.stringify(last.group) === JSON.stringify(group))
          last.marks.push(toMark(each));
        else expected.push({ relation: each.relation, group, marks: [toMark(each)] });
        told[`${each.relation}/${each.step}`] = (told[`${each.relation}/${each.step}`] ?? 0) + 1;
      }
      assert.deepEqual(list(parts, dropped, main), { groups: expected, told });
      for (const threads of [2, 5])
        assert.deepEqual(
          list(parts, dropped, main, false, () => {}, [], threads),
          {
            groups: expected,
            told,
          },
        );
      const early = list(parts, dropped, main, true);
      assert.deepEqual(early.told, told);
      assert.deepEqual(
        early.groups,
        expected.map((each) => ({ ...each, marks: each.marks.slice(0, 1) })),
      );
      const fewest = [1, 2, 3];
      const some = list(parts, dropped, main, false, () => {}, fewest);
      assert.deepEqual(some.told, told);
      const isMany = ({ relation, marks }: Listed) => marks.length >= fewest[relation]!;
      assert.deepEqual(some.groups.filter(isMany), expected.filter(isMany));
      if (positions.size === 0) assert.deepEqual(some.groups, expected.filter(isMany));
      // Those that somebody has marks of his own for come, however few they are.
      const isSpared = (_: number, group: readonly string[]) => group.join().length % 2 === 0;
      const spared = list(parts, dropped, main, false, () => {}, fewest, 1, isSpared);
      assert.deepEqual(spared.told, told);
      const isWanted = (each: Listed) => isMany(each) || isSpared(each.relation, each.group);
      assert.deepEqual(spared.groups.filter(isWanted), expected.filter(isWanted));
      if (positions.size === 0) assert.deepEqual(spared.groups, expected.filter(isWanted));
      runs.dispose();
    }),
    { numRuns: rounds(70, 200), examples: [[TWO_TIMES, [], { worker: 1e6, main: 0 }, 0]] },
  );
});

test('a group larger than what is written at once comes back from its file', () => {
  const runs = new TemporaryRuns();
  try {
    const made = Array.from({ length: 4000 }, (_, index): Sketch => {
      const group = index % 10 === 0 ? [`bob${index % 70}`] : ['ann'];
      const identity = 'x'.repeat(index === 2001 ? 300_000 : index % 200);
      const time = BigInt(index) * 1_000_000n;
      const subject = undefined;
      return {
        relation: 1,
        step: 0,
        group,
        time,
        fileIndex: 0,
        offset: index * 9,
        identity,
        subject,
        values: [],
      };
    });
    const rows = new MarkRows(runs, 1e8);
    const partOf = (some: readonly Sketch[]) => {
      for (const sketch of some) addTo(rows, sketch);
      return rows.take();
    };
    const halves = [0, 1].map((half) => partOf(made.filter(({ offset }) => offset % 2 === half)));
    const [first] = halves[0]!.runs;
    const { groups } = list([partOf(made)], new PositionSet(), 0);
    // Both halves are in memory when it is too much: their marks take turns.
    const merged = list(halves, new PositionSet(), (first as { bytes: Uint8Array }).bytes.length);
    assert.deepEqual(merged.groups, groups);
    const names = [...new Set(made.map(groupText))].sort((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(
      groups.map(({ group, marks }) => ({ group, marks })),
      names.map((name) => ({
        group: JSON.parse(name),
        marks: made.filter((each) => groupText(each) === name).map(toMark),
      })),
    );
  } finally {
    runs.dispose();
  }
});

test('marks of one event are told as such, and those of others are not', () => {
  fc.assert(
    fc.property(sketches, (made) => {
      const rows = new MarkRows(new TemporaryRuns());
      for (const sketch of made) addTo(rows, sketch);
      const marks = new Marks(new TemporaryRuns());
      marks.merge(rows.take());
      const reading = { files: FILES, duplicates: new PositionSet(), onMark: () => {} };
      const read = [...markGroups(marks.source(), reading)].flatMap(({ marks: each }) => [...each]);
      for (const left of read) {
        for (const right of read) {
          const isOne = left.place.file === right.place.file && left.place.offset === right.place.offset;
          if (isOne && left.time !== right.time) continue;
          assert.equal(left.isOfEventOf!(right), isOne);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('markGroups() is the same with some marks saved by former runs', () => {
  fc.assert(
    fc.property(sketches, fc.nat({ max: 60 }), fc.constantFrom(0, 1e6), (made, cut, maxBytes) => {
      const runs = new TemporaryRuns();
      const partOf = (some: readonly Sketch[]) => {
        const rows = new MarkRows(runs);
        for (const sketch of some) addTo(rows, sketch);
        return rows.take();
      };
      let files: Record<string, string> = {};
      for (const step of [made.slice(0, cut >> 1), made.slice(cut >> 1, cut)]) {
        const former = new Marks(runs, maxBytes);
        former.restore(files);
        former.merge(partOf(step));
        files = former.save(() => runs.newFile());
      }
      const later = partOf(made.slice(cut));
      const nothing = new PositionSet();
      const loadFormer = (marks: Marks) => marks.restore(files);
      const found = list([later], nothing, maxBytes, false, loadFormer);
      const expected = list([partOf(made)], nothing, 1e6);
      assert.deepEqual(found, expected);
      assert.deepEqual(list([later], nothing, maxBytes, false, loadFormer, [], 3), expected);
      runs.dispose();
    }),
    { numRuns: rounds(50, 100) },
  );
});

test('dealShares() cuts the groups into ranges of about equal work, and leaves a heavy one alone', () => {
  const light = Array.from({ length: 100 }, (_, index): [number, number] => [index * 7, 1000]);
  const loads = (some: [bucket: number, bytes: number][], threads: number, fewest: number[] = []) => {
    const weights = new Map(some.map(([bucket, bytes]) => [bucket, { bytes, pieces: 0, groups: 1 }]));
    return dealShares(weights, fewest, threads).map(({ from, until }) =>
      some.reduce((sum, [bucket, bytes]) => sum + (bucket >= from && bucket < until ? bytes : 0), 0),
    );
  };
  assert.deepEqual(loads(light, 2), [50_000, 50_000]);
  assert.deepEqual(loads([[9999, 90_000], ...light], 2), [95_000, 95_000]);
  assert.deepEqual(loads([...light, [2, 300_000]], 3), [1000, 300_000, 99_000]);
  assert.deepEqual(loads([], 2), [0, 0]);
  // Groups that are passed over weigh less.
  assert.deepEqual(
    loads(
      [
        [0, 900],
        [1, 900],
        [64, 900],
        [65, 900],
      ],
      2,
      [50, 1],
    ),
    [2700, 900],
  );
});
