/** Inference: five records of each shipped profile give it back, without looking at it; and a log without a chain gives none. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { JsonNumber, JsonObject, type JsonValue, parseJson, toCompactJson } from '../../src/base/json.ts';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { compileDocument } from '../../src/chain/infer/candidate.ts';
import { toSamples } from '../../src/chain/infer/columns.ts';
import { type Inference, inferProfile } from '../../src/chain/infer/infer-profile.ts';
import { toProfileYaml } from '../../src/chain/infer/profile-yaml.ts';
import { whyNot } from '../../src/chain/infer/why-not.ts';
import { BoundLayout, toLayouts } from '../../src/chain/layout.ts';
import { toMember, withValue } from '../../src/chain/lint/made-log-record.ts';
import type { ChainMembers, ChainProfile } from '../../src/chain/profile.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { toRecordView } from '../../src/sources/record-view.ts';
import { CannotMakeError, ChainMaker, MADE_KEY } from '../support/made-chain.ts';
import { isFull } from '../support/rounds.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

/** The default of the command line. */
const BUDGET = 3_000_000;

/** Held out: the search was tuned on records of seed 11. The others with FULL=1. */
const SEEDS = isFull ? [23, 7, 11] : [23];

/** Half of the time of all others is spent on these: FULL=1, by the first seed alone. */
const SLOW: ReadonlySet<string> = new Set(['agt-dotnet', 'drupal-audit-trail', 'agt-go', 'regulog']);

/** Found after millions of steps, where the five records show enough: FULL=1, by the first seed alone, and by none for sure. */
const AT_LENGTH: ReadonlySet<string> = new Set(['agt-python', 'agt-typescript', 'dolibarr-v1', 'ujex']);

/** Profiles that five records do not give back, and why. */
const NOT_RECOVERED: Readonly<Record<string, string>> = {
  privacyidea: 'a signature holds under a public key alone, which the search does not propose',
  buzz: 'ten parts, most of them bytes of different kinds',
  'buzz-before-4173': 'ten parts, most of them bytes of different kinds',
  'dolibarr-v2': 'fifteen parts, two of them times as seconds, one JSON with forced objects, under an HMAC',
  openemr: 'thirteen fields, one of them in base64, under SHA3-512',
  retraced: 'members of objects, listed and escaped',
  verifactu: 'one of two lists, by the kind of record',
};

const view = toRecordView(UNKNOWN_SOURCE);

function shipped(name: string): ChainProfile {
  const profile = compileProfile(name, SHIPPED_CHAINS[name], (path, message) => {
    throw new Error(`${path.join('.')}: ${message}`);
  });
  return profile!;
}

function keysOf({ digest, also }: ChainProfile): Record<string, Uint8Array> {
  const names = [digest, ...also.map((companion) => companion.digest)].map(({ key }) => key);
  return Object.fromEntries(names.filter((name) => name !== null).map((name) => [name, MADE_KEY]));
}

function infer(lines: readonly string[], keys: Record<string, Uint8Array>): Inference {
  return inferProfile(toSamples(lines.map((line) => Buffer.from(line))), view, { budget: BUDGET, keys });
}

/** Whether the profile recomputes a record with this hash, wherever the hash stands. */
function recomputes(
  profile: ChainProfile,
  members: ChainMembers,
  line: string,
  hash: string,
  keys: Record<string, Uint8Array>,
): boolean {
  const layout = toLayouts([profile]).find(
    (each) => JSON.stringify(each.members) === JSON.stringify(members),
  );
  const bound = new BoundLayout(layout!, view.fields, keys);
  const event = view.at(Buffer.from(line));
  return bound.expected(event, bound.previous(event, ''), hash.length)[0] === hash;
}

/** The line with one scalar changed, for each scalar that is no hash of the chain. */
function* changedLines(line: string, members: ChainMembers): Generator<{ path: string; changed: string }> {
  const record = parseJson(Buffer.from(line)) as JsonObject;
  function* scalars(value: JsonObject, prefix: string): Generator<{ path: string; value: JsonValue }> {
    for (const { key, value: inner } of value.members) {
      const path = `${prefix}${key.replaceAll('.', '\\.')}`;
      if (inner instanceof JsonObject) yield* scalars(inner, `${path}.`);
      else yield { path, value: inner };
    }
  }
  for (const { path, value } of scalars(record, '')) {
    if (path === members.own || path === members.previous) continue;
    yield { path, changed: toCompactJson(withValue(record, path, another(value))) };
  }
}

/** Of the same form, so that no format refuses it. */
function another(value: JsonValue): JsonValue {
  if (typeof value === 'boolean') return !value;
  if (value instanceof JsonNumber) return new JsonNumber(value.lexeme === '3' ? '4' : '3');
  if (typeof value !== 'string') return new JsonObject([toMember('changed', true)]);
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return `2019${value.slice(4)}`;
  return /[0-9]$/.test(value)
    ? `${value.slice(0, -1)}${value.endsWith('7') ? '8' : '7'}`
    : `${value} changed`;
}

describe('inferProfile()', () => {
  const recovered = new Map<number, Set<string>>(SEEDS.map((seed) => [seed, new Set()]));
  // Protocols (did:plc, DEP) have no pre-image to infer: their code is their rule.
  const names = Object.keys(SHIPPED_CHAINS).filter(
    (name) => !('protocol' in (SHIPPED_CHAINS[name] as object)),
  );
  const all = SEEDS.flatMap((seed) => names.map((name) => ({ seed, name })));
  for (const { seed, name } of all) {
    test(`recovers ${name} from five records, seed ${seed}`, (t) => {
      const profile = shipped(name);
      let made: ReturnType<ChainMaker['chain']>;
      let members: ChainMembers;
      try {
        const maker = new ChainMaker(profile, seed);
        made = maker.chain(5);
        members = maker.members;
      } catch (error) {
        if (!(error instanceof CannotMakeError)) throw error;
        t.skip(error.message);
        return;
      }
      const keys = keysOf(profile);
      const lines = made.map(({ text }) => text);
      const reason = NOT_RECOVERED[name];
      if (reason !== undefined) {
        t.skip(`not recovered: ${reason}`);
        return;
      }
      if ((AT_LENGTH.has(name) || SLOW.has(name)) && (!isFull || seed !== SEEDS[0])) {
        t.skip('FULL=1, by the first seed');
        return;
      }
      const found = infer(lines, keys);
      assert.ok(found.spent <= BUDGET, `${found.spent} steps`);
      if (AT_LENGTH.has(name) && found.recomputed < found.known) {
        assert.notDeepEqual(whyNot(found, lines.length, keys), []);
        t.skip(`not recovered: ${whyNot(found, lines.length, keys).at(-1)}`);
        return;
      }
      assert.ok(found.document !== undefined, whyNot(found, lines.length, keys).join('\n'));
      assert.equal(found.recomputed, found.known);
      assert.ok(found.known >= lines.length - 1, `${found.known} hashes known`);
      assert.deepEqual(found.chain?.members, members);
      const inferred = compileDocument('inferred', found.document);
      for (const { text, hash } of made) {
        if (!recomputes(inferred, members, text, hash, keys))
          assert.equal(text, lines.at(-1), 'only the last may be unknown');
        for (const { path, changed } of changedLines(text, members)) {
          // What only tells that the profile is meant is not hashed.
          if (profile.when.some(({ field }) => field === path)) continue;
          if (recomputes(profile, members, changed, hash, keys)) continue;
          assert.ok(
            !recomputes(inferred, members, changed, hash, keys),
            `${path} can be changed: ${changed}`,
          );
        }
      }
      recovered.get(seed)!.add(name);
    });
  }

  test('recovers at least twenty of them by each seed', () => {
    for (const [seed, names] of recovered) assert.ok(names.size >= 20, `seed ${seed}: ${names.size}`);
  });

  test('finds no profile for hashes of nothing, and says what was tried', () => {
    let previous = '0'.repeat(64);
    const lines = Array.from({ length: 5 }, (_, index) => {
      const hash = crypto.hash('sha256', `hidden ${index}`, 'hex');
      const line = JSON.stringify({
        seq: index + 1,
        actor: 'ann',
        action: 'login',
        prev_hash: previous,
        hash,
      });
      previous = hash;
      return line;
    });
    const found = infer(lines, {});
    assert.equal(found.document, undefined);
    assert.deepEqual(found.chain?.members, { previous: 'prev_hash', own: 'hash' });
    const said = whyNot(found, lines.length, {}).join('\n');
    assert.match(said, /^the links hold: "prev_hash" names "hash" of another record in 4 of 5 records\n/);
    assert.match(said, /pre-images tried, none has the hash:/);
    assert.match(said, /most likely: the hashes are made with a key \(HMAC\): give it by --key-file/);
  });

  test('finds no chain in records without one', () => {
    const lines = Array.from({ length: 5 }, (_, index) =>
      JSON.stringify({ id: index, actor: 'ann', action: 'login' }),
    );
    const found = infer(lines, {});
    assert.equal(found.chain, undefined);
    assert.match(whyNot(found, 5, {})[0]!, /^no field of 5 records holds the hash of another record/);
  });

  test('keeps to its budget', () => {
    const lines = ['a', 'b', 'c'].map((text, index, all) =>
      JSON.stringify({ text, previous: index === 0 ? null : hashOf(all[index - 1]!), own: hashOf(text) }),
    );
    const found = inferProfile(toSamples(lines.map((line) => Buffer.from(line))), view, {
      budget: 5_000,
      keys: {},
    });
    assert.equal(found.document, undefined);
    assert.ok(found.spent <= 5_000, `${found.spent} steps`);
    assert.match(whyNot(found, 3, { key: '' }).join('\n'), /the budget ended it: --budget raises it/);
  });

  test('gives the same answer each time', () => {
    const lines = new ChainMaker(shipped('ocsf'), 5).chain(5).map(({ text }) => text);
    assert.deepEqual(infer(lines, {}), infer(lines, {}));
  });

  test('tells streams apart by the field that does', () => {
    const lines = new ChainMaker(shipped('jcs'), 5).chain(12, 2).map(({ text }) => text);
    assert.deepEqual(infer(lines, {}).chain?.stream, ['chain_id']);
  });
});

function hashOf(text: string): string {
  return crypto.hash('sha256', `hidden ${text}`, 'hex');
}

describe('toProfileYaml()', () => {
  test('writes what the reader of profiles reads back', async () => {
    const { parse } = await import('yaml');
    const document = {
      title: 'no: yes # "\u2028\u001b',
      members: [{ previous: 'null', own: 'a.b\\.c' }],
      digest: { algorithm: 'sha256', strip: ['sha256:'] },
      genesis: [null, '', { literal: '0123' }, { literal: 'yes' }],
      preimage: ['previous', { literal: '\n' }, { json: { sort: 'none', separators: [', ', ': '] } }],
    };
    const text = toProfileYaml(document, ['one', 'two']);
    assert.deepEqual(parse(text), document);
    assert.doesNotMatch(text, /[\u001b\u2028]/);
  });
});
