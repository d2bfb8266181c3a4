/** Chain profiles: what is refused, and that every mistake is said. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { compileProtocol, namesProtocol } from '../../src/chain/compile-protocol.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const GOOD = {
  title: 'a chain',
  members: [{ previous: 'prev', own: 'hash' }],
  digest: { algorithm: 'SHA-256' },
  genesis: [null],
  preimage: [{ canonical: { without: ['$own'] } }],
};

function problemsOf(document: unknown): string[] {
  const problems: string[] = [];
  const profile = compileProfile('x', document, (path, message) =>
    problems.push(`${path.join('.')}: ${message}`),
  );
  assert.equal(
    profile === undefined,
    problems.length > 0,
    'a profile is given exactly when nothing is wrong',
  );
  return problems;
}

describe('compileProfile()', () => {
  for (const [name, document] of Object.entries(SHIPPED_CHAINS)) {
    if (namesProtocol(document)) continue;
    test(`accepts the shipped ${name}`, () => assert.deepEqual(problemsOf(document), []));
  }

  test('gives plain data', () => {
    const profile = compileProfile('x', GOOD, assert.fail);
    assert.deepEqual(structuredClone(profile), profile);
    assert.deepEqual(profile?.digest.algorithms, ['sha256']);
    assert.deepEqual(profile?.genesis, {
      null: true,
      absent: false,
      zeros: false,
      literals: [],
      hashes: [],
      given: null,
    });
  });

  const refusals: [string, object, string[]][] = [
    ['an unknown key', { hsah: 1 }, ['hsah: unknown key "hsah"']],
    [
      'an unknown algorithm',
      { digest: { algorithm: 'sha2566' } },
      [
        'digest.algorithm: expected one of sha1, sha224, sha256, sha384, sha512, sha3-256, sha3-384, sha3-512, blake3, found "sha2566", did you mean "sha256"?',
      ],
    ],
    ['no algorithm', { digest: {} }, ['digest.algorithm.0: expected a text, found nothing']],
    [
      'an unknown encoding',
      { digest: { algorithm: 'sha1', encoding: 'Hex' } },
      ['digest.encoding: expected one of hex, HEX, base64, base64url, found "Hex", did you mean "hex"?'],
    ],
    [
      'too short a hash',
      { digest: { algorithm: 'sha1', bytes: 4 } },
      ['digest.bytes: expected a whole number from 8 to 64, found 4'],
    ],
    [
      'an unknown part',
      { preimage: [{ cannonical: {} }] },
      [
        'preimage.0: expected one of raw, canonical, json, field, join, pairs, entries, literal, literal-bytes, previous, length-prefixed, number, bytes, tag, hash, choose, found "cannonical", did you mean "canonical"?',
      ],
    ],
    [
      'a part with two kinds',
      { preimage: [{ field: 'a', literal: 'b' }] },
      [
        'preimage.0: expected one of raw, canonical, json, field, join, pairs, entries, literal, literal-bytes, previous, length-prefixed, number, bytes, tag, hash, choose, found {"field":"a","literal":"b"}',
      ],
    ],
    ['no part', { preimage: [] }, ['preimage: expected at least one part, found none']],
    [
      'a record that holds its own hash',
      { preimage: ['raw'] },
      ['preimage.0: expected "$own" in "without": no record can hold the hash of itself'],
    ],
    [
      'an unknown key order',
      { preimage: [{ json: { sort: 'alphabetical', without: ['$own'] } }] },
      ['preimage.0.json.sort: expected one of none, code-point, utf16, found "alphabetical"'],
    ],
    [
      'one separator',
      { preimage: [{ json: { separators: [','], without: ['$own'] } }] },
      ['preimage.0.json.separators: expected two separators, found 1'],
    ],
    [
      'an unknown genesis',
      { genesis: ['nothing'] },
      ['genesis.0: expected null, "", absent, zeros, {literal: …}, {hash: …} or {given: …}, found "nothing"'],
    ],
    [
      'a step of nothing',
      { sequence: { field: 'seq', step: 0 } },
      ['sequence.step: expected a whole number other than 0, found 0'],
    ],
    ['an unknown restart', { restart: 'daily' }, ['restart: expected one of never, per-file, found "daily"']],
    [
      'own hashes here and not there',
      { members: [{ previous: 'a', own: 'b' }, { previous: 'c' }] },
      ['members: expected "own" in all alternatives or in none, found both'],
    ],
  ];
  for (const [name, change, expected] of refusals) {
    test(`refuses ${name}`, () =>
      assert.deepEqual(
        problemsOf({ ...GOOD, ...change }).map((text) =>
          text.startsWith('hsah') ? text.slice(0, 24) : text,
        ),
        expected,
      ));
  }

  test('refuses what is no document', () => {
    for (const document of [null, [], 'jcs', 7, undefined]) assert.ok(problemsOf(document).length > 0);
  });

  test('says all mistakes at once', () => {
    assert.equal(problemsOf({ ...GOOD, title: 7, genesis: [7], restart: 'x' }).length, 3);
  });
});

describe('compileProtocol()', () => {
  for (const [name, document] of Object.entries(SHIPPED_CHAINS)) {
    if (!namesProtocol(document)) continue;
    test(`accepts the shipped ${name}`, () => {
      const profile = compileProtocol(name, document, assert.fail);
      assert.deepEqual(structuredClone(profile), profile);
    });
  }

  test('says every mistake at once', () => {
    const said: string[] = [];
    const document = { protocol: 'plk', genesis: [null], keys: [''] };
    const profile = compileProtocol('x', document, (path, message) => said.push(`${path}: ${message}`));
    assert.equal(profile, undefined);
    assert.match(said.join('\n'), /genesis: unknown key.*title: expected a text.*did you mean "plc".*keys:/s);
  });
});
