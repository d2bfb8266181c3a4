/** Looks for two records with one hash: pairs are made from the profile, hashed by its own compiled pre-image, and kept where they collide. */
import { JsonNumber, JsonObject, type JsonValue } from '../../base/json.ts';
import type { Leaf } from './leaf-parts.ts';
import type { ChainLintCode, RecordPair } from './lint.ts';
import { type MadeRecords, toMember, withValue } from './made-log-record.ts';
import { VALUE_PAIRS } from './value-pairs.ts';

export type Collision = { code: ChainLintCode; words: string; fields: string[]; pair: RecordPair };

/** Of each code the first pair, and every field for which there is one. */
export function findCollisions(made: MadeRecords): Collision[] {
  const found = new Map<ChainLintCode, Collision>();
  for (const { code, words, fields, records } of proposals(made)) {
    const known = found.get(code);
    if (known?.fields.includes(fields[0]!) === true) continue;
    const pair = collide(made, records);
    if (pair === undefined) continue;
    if (known === undefined) found.set(code, { code, words, fields: [...fields], pair });
    else known.fields.push(...fields.filter((field) => !known.fields.includes(field)));
  }
  return [...found.values()];
}

type PairProposal = {
  code: ChainLintCode;
  words: string;
  fields: string[];
  records: readonly [JsonObject, JsonObject];
};

/** The two lines and their hash where it is one; a pair of equal records is none. */
function collide(made: MadeRecords, [one, other]: readonly [JsonObject, JsonObject]): RecordPair | undefined {
  const preimage = made.preimage(one);
  if (preimage === undefined || preimage !== made.preimage(other)) return undefined;
  if (made.keyedCompanions(one) !== made.keyedCompanions(other)) return undefined;
  const lines = [made.line(one), made.line(other)] as const;
  if (lines[0] === undefined || lines[1] === undefined) return undefined;
  if (lines[0].hash !== lines[1].hash || lines[0].text === lines[1].text) return undefined;
  const { digest } = made.profile;
  const of =
    digest.signature !== null
      ? 'SHA-256 of the text that is signed: one signature fits both'
      : `${digest.key === null ? '' : 'HMAC-'}${digest.algorithms[0]}${digest.key === null ? '' : ', under a made-up key: they collide under every key'}`;
  return { records: [lines[0].text, lines[1].text], hash: lines[0].hash, of };
}

function* proposals(made: MadeRecords): Generator<PairProposal> {
  yield* seams(made);
  yield* movedValues(made);
  yield* entrySeams(made);
  yield* jsonSeams(made);
  yield* escapes(made);
  for (const leaf of made.leaves) {
    for (const { code, values, words } of VALUE_PAIRS) {
      const [one, other] = values;
      const records = [set(made.base, leaf, one), set(made.base, leaf, other)] as const;
      yield { code, words, fields: [leaf.path], records };
    }
  }
}

function set(record: JsonObject, leaf: Leaf, value: JsonValue | undefined): JsonObject {
  return withValue(record, leaf.path, value);
}

/** A text as the leaf holds it: the members of an object field are written as texts too. */
function holding(leaf: Leaf, text: string): JsonValue {
  return leaf.part.kind === 'entries' ? new JsonObject([toMember('k', text)]) : text;
}

/** Texts that no made value holds. */
const MARKS = ['qMarkOneq', 'qMarkTwoq'] as const;

/** What is written between two fields may stand in either of them: `a|b`, `c` and `a`, `b|c`. */
function* seams(made: MadeRecords): Generator<PairProposal> {
  const found = made.leaves
    .filter(({ inside }) => !inside)
    .flatMap((leaf) => {
      const at = made.preimage(set(made.base, leaf, holding(leaf, MARKS[0])))?.indexOf(MARKS[0]) ?? -1;
      return at < 0 ? [] : [{ leaf, at }];
    })
    .sort((left, right) => left.at - right.at);
  for (const [index, { leaf: first }] of found.entries()) {
    const second = found[index + 1]?.leaf;
    if (second === undefined) break;
    const marked = set(set(made.base, first, holding(first, MARKS[0])), second, holding(second, MARKS[1]));
    const text = made.preimage(marked);
    const from = text?.indexOf(MARKS[0]) ?? -1;
    const until = text?.indexOf(MARKS[1]) ?? -1;
    if (text === undefined || from < 0 || until < from) continue;
    const between = Buffer.from(text.slice(from + MARKS[0].length, until), 'latin1').toString();
    const shared = (one: string, other: string) =>
      set(set(made.base, first, holding(first, one)), second, holding(second, other));
    const records = [shared(`one${between}two`, 'three'), shared('one', `two${between}three`)] as const;
    yield {
      code: 'ambiguous-seam',
      words: 'text moved from the end of one field to the beginning of the next',
      fields: [first.path, second.path],
      records,
    };
  }
}

/** A field that is left out takes its separator along: the next one moves into its place. */
function* movedValues(made: MadeRecords): Generator<PairProposal> {
  const leaves = made.leaves.filter(({ inside }) => !inside);
  for (const [index, first] of leaves.entries()) {
    const second = leaves[index + 1];
    if (second === undefined) break;
    for (const value of ['one', first.base]) {
      const alone = (here: Leaf, there: Leaf) => set(set(made.base, there, undefined), here, value);
      yield {
        code: 'ambiguous-seam',
        words: 'a value moved from one field, which is then absent, to the next',
        fields: [first.path, second.path],
        records: [alone(first, second), alone(second, first)],
      };
    }
  }
}

/** Two members of an object, or one whose text looks like two. */
function* entrySeams(made: MadeRecords): Generator<PairProposal> {
  for (const leaf of made.leaves) {
    if (leaf.part.kind !== 'entries') continue;
    const { separator, equals } = leaf.part;
    const two = new JsonObject([toMember('k', 'one'), toMember('l', 'two')]);
    const one = new JsonObject([toMember('k', `one${separator}l${equals}two`)]);
    yield {
      code: 'ambiguous-seam',
      words: 'two members of an object, and one whose text looks like both',
      fields: [leaf.path],
      records: [set(made.base, leaf, two), set(made.base, leaf, one)],
    };
  }
}

/** JSON that is a number does not tell where it begins: `one1`, 2 and `one`, 12. */
function* jsonSeams(made: MadeRecords): Generator<PairProposal> {
  for (const { part, inside } of made.leaves) {
    if (!inside || !('of' in part) || typeof part.of !== 'string') continue;
    const { of } = part;
    for (const leaf of made.leaves) {
      if (leaf.inside) continue;
      const shared = (text: string, digits: string) =>
        withValue(set(made.base, leaf, text), of, new JsonNumber(digits));
      yield {
        code: 'ambiguous-seam',
        words: 'digits moved from the end of a text to the beginning of a number',
        fields: [leaf.path, of],
        records: [shared('one1', '2'), shared('one', '12')],
      };
    }
  }
}

const ESCAPED = ['|', '%', ':', ';', '=', '\\', '/', '&', '"', '\n', '<', '\u00e9', '\u2028'] as const;

/** A character that is escaped, and the escape itself as the record's text. */
function* escapes(made: MadeRecords): Generator<PairProposal> {
  for (const leaf of made.leaves) {
    for (const char of ESCAPED) {
      const escaped = set(made.base, leaf, holding(leaf, MARKS[0] + char + MARKS[1]));
      const text = made.preimage(escaped);
      const from = text?.indexOf(MARKS[0]) ?? -1;
      const until = text?.indexOf(MARKS[1]) ?? -1;
      if (text === undefined || from < 0 || until < from) continue;
      const written = Buffer.from(text.slice(from + MARKS[0].length, until), 'latin1').toString();
      if (written === char) continue;
      yield {
        code: 'ambiguous-escape',
        words: 'a character that is escaped, and its escape as text',
        fields: [leaf.path],
        records: [escaped, set(made.base, leaf, holding(leaf, MARKS[0] + written + MARKS[1]))],
      };
    }
  }
}
