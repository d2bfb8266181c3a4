/** Attacks that change what one record says, or how it says it. Tests only. */
import type { MadeRecord } from '../support/made-chain.ts';
import {
  copyOf,
  Digits,
  type MadeObject,
  type Spelling,
  setAt,
  spell,
  withoutPaths,
} from '../support/made-value.ts';
import { type Attack, type Attacked, attacked } from './attack.ts';
import { type LeafPath, leafAt, leavesOf, otherThan, withLeaf } from './leaves.ts';
import { nextOf, type Scene, somewhere, textsOf } from './scene.ts';

function replaced({ records }: Scene, at: number, text: string, ...spots: number[]): Attacked {
  const before = records[at]!.text;
  const timeChanged = timesIn(text) !== timesIn(before);
  return { ...attacked(textsOf(records).with(at, text), ...spots), timeChanged };
}

function timesIn(text: string): string {
  return [...text.matchAll(/20\d\d-\d\d-\d\dT/g)].join();
}

/** Fields by which the chain itself is known: hashes, stream, number. */
function chainPaths({ profile, maker: { members } }: Scene): Set<string | null> {
  return new Set([
    ...profile.stream,
    ...(profile.sequence?.fields ?? []),
    ...profile.also.map(({ member }) => member),
    ...profile.when.map(({ field }) => field),
    members.own,
    members.previous,
  ]);
}

/** The record with another value somewhere outside of the chain's own members, such that the hash shows it or does not. */
function changed(scene: Scene, made: MadeRecord, shows: boolean): MadeObject | undefined {
  const { maker, chance } = scene;
  const kept = chainPaths(scene);
  const paths = leavesOf(made.record).filter((path) => !kept.has(path.join('.')));
  while (paths.length > 0) {
    const [path] = paths.splice(chance.below(paths.length), 1);
    const other = withLeaf(made.record, path!, otherThan(leafAt(made.record, path!), chance));
    if (maker.vouchesFor(made, other, made.line) !== shows) return other;
  }
  return undefined;
}

const modifyHashedField: Attack = (scene) => {
  const at = somewhere(scene, 0, 1);
  const made = scene.records[at]!;
  const other = changed(scene, made, true);
  if (other === undefined) return 'no field is hashed';
  return replaced(scene, at, spell(other, made.line), at, nextOf(scene.records, at)!);
};

/** Where records carry no hash, nothing follows the last one that would vouch for it. */
const modifyLastRecord: Attack = (scene) => {
  const last = scene.records.length - 1;
  const made = scene.records[last]!;
  const other = changed(scene, made, true);
  if (other === undefined) return 'no field is hashed';
  return replaced(scene, last, spell(other, made.line), last);
};

const modifyUnhashedField: Attack = (scene) => {
  const at = somewhere(scene, 0, 0);
  const made = scene.records[at]!;
  const other = changed(scene, made, false);
  if (other === undefined) return 'every field is hashed';
  return replaced(scene, at, spell(other, made.line), at);
};

/** White space, escapes: another text of the same value, digits as they were. */
const reencode: Attack = (scene) => {
  const at = somewhere(scene, 0, 1);
  const { record, text, line } = scene.records[at]!;
  const others: Spelling[] = [
    { item: ',  ', key: ':' },
    { ...line, ascii: line.ascii !== true },
    { ...line, slash: line.slash !== true, html: line.html !== true },
    { item: line.item === ',' ? ', ' : ',', key: line.key },
  ];
  const spelled = scene.chance.pick(
    others.map((how) => spell(record, how)).filter((other) => other !== text),
  );
  return replaced(scene, at, spelled, at, nextOf(scene.records, at)!);
};

/** A member once more, before or behind, with another value: readers differ in which of them they take. */
function doubled(scene: Scene, at: number, key: string): Attacked {
  const { record, text, line } = scene.records[at]!;
  const { chance } = scene;
  const item = spell(new Map([[key, otherThan(record.get(key)!, chance)]]), line).slice(1, -1);
  const both = chance.oneIn(2) ? `{${item},${text.slice(1)}` : `${text.slice(0, -1)},${item}}`;
  return replaced(scene, at, both, at);
}

const duplicateKey: Attack = (scene) => {
  const at = somewhere(scene, 0, 1);
  const kept = chainPaths(scene);
  const { record } = scene.records[at]!;
  const keys = [...record].filter(([key, value]) => typeof value === 'string' && !kept.has(key));
  return doubled(scene, at, scene.chance.pick(keys)[0]);
};

/** Of the fields that the chain itself reads, a reader's choice decides where the record belongs. */
const duplicateIntegrityField: Attack = (scene) => {
  const at = somewhere(scene, 1, 1);
  const kept = chainPaths(scene);
  const { record } = scene.records[at]!;
  const keys = [...record].filter(([key, value]) => typeof value === 'string' && kept.has(key));
  if (keys.length === 0) return 'no such field is a text at the top of the record';
  return doubled(scene, at, scene.chance.pick(keys)[0]);
};

function stripped(scene: Scene, at: number, members: readonly (string | null)[]): string {
  const { record, line } = scene.records[at]!;
  return spell(
    withoutPaths(
      record,
      members.flatMap((member) => member ?? []),
    ),
    line,
  );
}

const stripBoth: Attack = (scene) => {
  const at = somewhere(scene);
  const { previous, own } = scene.maker.members;
  return replaced(scene, at, stripped(scene, at, [previous, own]), at, nextOf(scene.records, at)!);
};

const stripOwn: Attack = (scene) => {
  const at = somewhere(scene);
  return replaced(scene, at, stripped(scene, at, [scene.maker.members.own]), at, nextOf(scene.records, at)!);
};

const stripPrevious: Attack = (scene) => {
  const at = somewhere(scene);
  return replaced(scene, at, stripped(scene, at, [scene.maker.members.previous]), at);
};

/** A downgrade: from here on nothing is protected. */
const stripTail: Attack = (scene) => {
  const from = scene.records.length - 1 - scene.chance.below(10);
  const { previous, own } = scene.maker.members;
  const lines = textsOf(scene.records).map((text, at) =>
    at < from ? text : stripped(scene, at, [previous, own]),
  );
  return attacked(lines, from);
};

const stripAll: Attack = (scene) => {
  const { previous, own } = scene.maker.members;
  return attacked(
    scene.records.map((_, at) => stripped(scene, at, [previous, own])),
    0,
  );
};

/** Records tried in one log: in one of three there is a separator to move. */
const TRIED = 6;

/** Text moved from one field to its neighbor across a separator: another record with the same pre-image. */
const ambiguousPreimage: Attack = (scene) => {
  const { records, maker, chance, profile } = scene;
  if (!/"kind":"(?:join|field|pairs|entries)"/.test(JSON.stringify(profile.preimage)))
    return 'the pre-image is JSON, which marks where a text ends';
  for (let turn = 0; turn < TRIED; turn++) {
    const at = chance.below(records.length);
    const made = records[at]!;
    for (const other of seamMoves(scene, made)) {
      if (maker.vouchesFor(made, other, made.line)) return replaced(scene, at, spell(other, made.line), at);
    }
  }
  return 'no other record with the same pre-image was found';
};

/** Every way to move text over the border of two hashed texts. */
function* seamMoves({ maker, chance }: Scene, made: MadeRecord): Iterable<MadeObject> {
  const { record, line } = made;
  const members = [maker.members.own, maker.members.previous];
  const paths = leavesOf(record).filter((path) => {
    const leaf = leafAt(record, path);
    if (typeof leaf !== 'string' || members.includes(path.join('.'))) return false;
    return !maker.vouchesFor(made, withLeaf(record, path, otherThan(leaf, chance)), line);
  });
  for (const left of paths) {
    for (const right of paths) {
      if (left === right) continue;
      const [head, tail] = [leafAt(record, left) as string, leafAt(record, right) as string];
      for (const separator of ['|', ';', ':', ',', '']) {
        yield* movedOver(record, [left, head], [right, tail], separator);
      }
    }
  }
}

function* movedOver(
  record: MadeObject,
  [left, head]: [LeafPath, string],
  [right, tail]: [LeafPath, string],
  separator: string,
): Iterable<MadeObject> {
  const joined = head + separator + tail;
  // Without a separator one character over the border is as good as many.
  const from = separator === '' ? Math.max(0, head.length - 1) : 0;
  const until =
    separator === '' ? Math.min(joined.length, head.length + 1) : joined.length - separator.length;
  for (let at = from; at <= until; at++) {
    if (at === head.length || !joined.startsWith(separator, at)) continue;
    const moved = withLeaf(record, left, joined.slice(0, at));
    yield withLeaf(moved, right, joined.slice(at + separator.length));
  }
}

/** The writer hashed more digits than the store keeps. */
const storedPrecision: Attack = (scene) => {
  const { maker } = scene;
  let changes = 0;
  const lines = scene.records.map((made) => {
    for (const path of leavesOf(made.record)) {
      const coarse = coarser(leafAt(made.record, path));
      if (coarse === undefined) continue;
      const other = withLeaf(made.record, path, coarse);
      if (maker.vouchesFor(made, other, made.line)) continue;
      changes++;
      return spell(other, made.line);
    }
    return made.text;
  });
  if (changes < scene.records.length) return 'not every record has a hashed value with digits to lose';
  return attacked(lines);
};

function coarser(value: ReturnType<typeof leafAt>): typeof value | undefined {
  if (value instanceof Digits)
    return /\.\d/.test(value.text) ? new Digits(value.text.slice(0, -1)) : undefined;
  if (typeof value !== 'string' || !/T\d\d:\d\d:\d\d/.test(value)) return undefined;
  return value.includes('.') ? value.replace(/\d(?=Z$)/, '') : value.replace('Z', '.000Z');
}

/** The clock of the writer is set back: records are hashed and linked as they should be, and lie about their time. */
const clockRollback: Attack = (scene) => {
  const { records, maker, chance } = scene;
  const at = somewhere(scene, 3, 3);
  const from = records[at]!;
  let previous: string | undefined = from.previous;
  const lines = records.map((made, index) => {
    if (made.stream !== from.stream || index < at) return made.text;
    const fields = copyOf(made.fields) as MadeObject;
    if (index < at + 2) setAt(fields, 'time', `2026-01-04T0${chance.below(9)}:00:00Z`);
    const linked = maker.link(fields, { stream: made.stream, position: made.position, previous });
    previous = linked.hash;
    return linked.text;
  });
  return attacked(lines, at);
};

export const ATTACKS_ON_RECORDS = {
  'modify hashed field': modifyHashedField,
  'modify last record': modifyLastRecord,
  'modify unhashed field': modifyUnhashedField,
  'clock rollback': clockRollback,
  're-encode same value': reencode,
  'duplicate key': duplicateKey,
  'duplicate integrity field': duplicateIntegrityField,
  'strip all integrity fields': stripBoth,
  'strip own hash': stripOwn,
  'strip previous hash': stripPrevious,
  'strip from here on': stripTail,
  'strip whole log': stripAll,
  'pre-image ambiguity': ambiguousPreimage,
  'stored precision': storedPrecision,
} as const satisfies Record<string, Attack>;
