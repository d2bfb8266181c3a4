/** Attacks that remove, add or move records, streams and files; and what happens to logs without any attack. Tests only. */

import { type LinkAt, MADE_KEY, type MadeRecord } from '../support/made-chain.ts';
import type { Chance } from '../support/made-json.ts';
import { copyOf, type MadeObject, spell } from '../support/made-value.ts';
import { slowDigest } from '../support/slow-preimage.ts';
import { type Attack, attacked, LOG } from './attack.ts';
import { otherThan } from './leaves.ts';
import { nextOf, previousOf, type Scene, somewhere, textsOf } from './scene.ts';

const deleteMiddle: Attack = (scene) => {
  const at = somewhere(scene, 1, 5);
  const { stream } = scene.records[at]!;
  let left = 1 + scene.chance.below(4);
  const rest = scene.records.filter((made, index) => index < at || made.stream !== stream || left-- <= 0);
  const next = rest.findIndex((made, index) => index >= at && made.stream === stream);
  return attacked(textsOf(rest), next);
};

/** The forger has no key; without keys anyone can hash. */
const FORGED_KEY: Uint8Array = Buffer.from('the key of a forger');

/** A key of the ratchet so far on that no made log reaches it. */
const STOLEN_LATER: Uint8Array = Array.from({ length: 1000 }).reduce<Buffer>(
  (key) => slowDigest('sha256', key),
  Buffer.from(MADE_KEY),
);

/** A record of other content than those of the log: one with the hash of another is a repeat of it to everybody. */
function forged({ records, maker }: Scene, index: number, at: LinkAt): MadeRecord {
  const known = new Set(records.map(({ hash }) => hash));
  for (;;) {
    const made = maker.link(maker.someFields(index), at);
    if (!known.has(made.hash)) return made;
  }
}

/** A record of another chain under the same profile, between two that follow each other. */
const insertForeign: Attack = (scene) => {
  const at = somewhere(scene);
  const { stream } = scene.records[at]!;
  const other = forged(scene, at, {
    stream,
    position: 0,
    previous: undefined,
    key: FORGED_KEY,
  });
  const foreign = forged(scene, at, {
    stream,
    position: scene.records[at]!.position,
    previous: other.hash,
    key: FORGED_KEY,
  });
  return attacked(textsOf(scene.records).toSpliced(at, 0, foreign.text), at);
};

/** A record that names the one before it, as a genuine one would. */
const insertOnto: Attack = (scene) => {
  const at = somewhere(scene);
  const { stream, position } = scene.records[at]!;
  const before = scene.records[previousOf(scene.records, at)!]!;
  const { text } = forged(scene, at, {
    stream,
    position,
    previous: before.hash,
    key: FORGED_KEY,
  });
  return attacked(textsOf(scene.records).toSpliced(at, 0, text), at, at + 1);
};

const insertBare: Attack = (scene) => {
  const at = somewhere(scene);
  const text = spell(scene.maker.someFields(at), scene.records[at]!.line);
  return attacked(textsOf(scene.records).toSpliced(at, 0, text), at);
};

const reorder: Attack = (scene) => {
  const at = somewhere(scene, 1, 2);
  const next = nextOf(scene.records, at)!;
  const lines = textsOf(scene.records);
  const moved = lines.with(at, lines[next]!).with(next, lines[at]!);
  return attacked(moved, at, next);
};

const replay: Attack = (scene) => {
  const at = somewhere(scene, 0, 1);
  // Not behind the last one: there it is growth to whoever sealed the log.
  const to = at + 1 + scene.chance.below(scene.records.length - at - 1);
  const lines = textsOf(scene.records);
  return attacked(lines.toSpliced(to, 0, lines[at]!), to);
};

const truncateTail: Attack = ({ records, chance }) =>
  attacked(textsOf(records.slice(0, -1 - chance.below(5))));

const truncateHead: Attack = ({ records, chance }) => {
  const cut = 3 + chance.below(5);
  const rest = records.slice(cut);
  const first = rest.findIndex(({ position }) => position > 0);
  return attacked(textsOf(rest), first);
};

const deleteStream: Attack = ({ records }) => {
  const last = Math.max(...records.map(({ stream }) => stream));
  if (last === 0) return 'one stream';
  return attacked(textsOf(records.filter(({ stream }) => stream !== last)));
};

/** A second history from one record on, behind the first. Whoever can hash can write one. */
const fork: Attack = (scene) => {
  const { records, chance } = scene;
  const at = somewhere(scene, 1, 2);
  let before = records[at]!;
  const branch = Array.from({ length: 1 + chance.below(4) }, (_, index) => {
    before = forged(scene, records.length + index, {
      stream: before.stream,
      position: before.position + 1,
      previous: before.hash,
    });
    return before.text;
  });
  return attacked([...textsOf(records), ...branch], ...branch.map((_, index) => records.length + index));
};

/** Another person, outcome and comment: fields that every made record may have and no profile writes in a form of its own. */
function falsified(fields: MadeObject, chance: Chance): MadeObject {
  const other = copyOf(fields) as MadeObject;
  for (const name of ['user_name', 'outcome', 'comment']) {
    const value = other.get(name);
    if (typeof value === 'string') other.set(name, otherThan(value, chance));
  }
  // Something is always different, also where none of them is hashed.
  other.set('id', `${String(other.get('id'))}-again`);
  return other;
}

/** One record changed, and every later one of its stream hashed anew. */
function rewritten({ records, maker, chance }: Scene, at: number, key: Uint8Array): MadeRecord[] {
  const from = records[at]!;
  let previous: string | undefined = from.position === 0 ? undefined : from.previous;
  return records.map((made, index) => {
    if (made.stream !== from.stream || index < at) return made;
    const fields = index === at ? falsified(made.fields, chance) : made.fields;
    const linked = maker.link(fields, { stream: made.stream, position: made.position, previous, key });
    previous = linked.hash;
    return linked;
  });
}

const insiderRewrite: Attack = (scene) =>
  attacked(textsOf(rewritten(scene, somewhere(scene, 0, 2), MADE_KEY)));

/** Whoever stole today's key rewrites yesterday's records with it: where keys change with every record it is of no use there. */
const rewriteAfterTheft: Attack = (scene) => {
  const at = somewhere(scene, 1, 4);
  return attacked(textsOf(rewritten(scene, at, STOLEN_LATER)), at);
};

/** The same by somebody who can write the log and has no key. */
const outsiderRewrite: Attack = (scene) => {
  const at = somewhere(scene, 1, 2);
  return attacked(textsOf(rewritten(scene, at, FORGED_KEY)), at);
};

/** A record of one stream is passed off as one of another. */
const splice: Attack = (scene) => {
  const { records, maker } = scene;
  const at = somewhere(scene);
  const target = records.find(({ stream }) => stream !== records[at]!.stream);
  if (target === undefined) return 'one stream';
  const { record, line } = records[at]!;
  const moved = copyOf(record) as MadeObject;
  maker.nameStream(moved, target.stream);
  return attacked(textsOf(records).with(at, spell(moved, line)), at, nextOf(records, at)!);
};

function days({ records, chance }: Scene): string[][] {
  const lines = textsOf(records);
  const [first, second] = [8 + chance.below(8), 20 + chance.below(8)];
  return [lines.slice(0, first), lines.slice(first, second), lines.slice(second)];
}

const named = (parts: readonly (readonly string[])[]): Record<string, readonly string[]> =>
  Object.fromEntries(parts.map((lines, index) => [`day-${index + 1}.ndjson`, lines]));

const rotation: Attack = (scene) => ({ files: named(days(scene)), spots: [] });

const swapFiles: Attack = (scene) => {
  const [first, second, third] = days(scene);
  const order = scene.chance.pick([
    [second, first, third],
    [first, third, second],
    [third, second, first],
  ]);
  return { files: named(order as string[][]), spots: [] };
};

/** The oldest days are no longer kept. */
const retention: Attack = (scene) => {
  const kept = Object.entries(named(days(scene))).slice(1 + scene.chance.below(2));
  return { files: Object.fromEntries(kept), spots: [] };
};

/** Other writers of other streams were faster: the order between streams is nobody's promise. */
const interleaving: Attack = ({ records, chance }) => {
  const queues = new Map<number, MadeRecord[]>();
  for (const made of records) {
    const queue = queues.get(made.stream);
    if (queue === undefined) queues.set(made.stream, [made]);
    else queue.push(made);
  }
  if (queues.size < 2) return 'one stream';
  const lines: string[] = [];
  while (lines.length < records.length) {
    const queue = chance.pick([...queues.values()].filter(({ length }) => length > 0));
    lines.push(queue.shift()!.text);
  }
  return attacked(lines);
};

const growth: Attack = ({ records, maker }) => {
  const last = records.at(-1)!;
  const { text } = maker.link(maker.someFields(records.length), {
    stream: last.stream,
    position: last.position + 1,
    previous: last.hash,
  });
  return { files: { [LOG]: [...textsOf(records), text] }, spots: [] };
};

export const ATTACKS_ON_ORDER = {
  'delete middle': deleteMiddle,
  'insert foreign record': insertForeign,
  'insert onto the record before': insertOnto,
  'insert bare record': insertBare,
  reorder,
  'duplicate or replay': replay,
  'truncate tail': truncateTail,
  'truncate head': truncateHead,
  'delete a whole stream': deleteStream,
  fork,
  'rewrite by an insider': insiderRewrite,
  'rewrite without the key': outsiderRewrite,
  'rewrite after key theft': rewriteAfterTheft,
  'swap files across days': swapFiles,
  'cross-stream splice': splice,
  'benign rotation': rotation,
  'benign retention': retention,
  'benign interleaving': interleaving,
  'benign growth': growth,
} as const satisfies Record<string, Attack>;
