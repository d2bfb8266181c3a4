/** The lint of chain profiles: every printed pair collides under verify itself, and every ambiguous shipped profile has one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { namesProtocol } from '../../src/chain/compile-protocol.ts';
import { isAmbiguous } from '../../src/chain/coverage.ts';
import { BoundLayout, toLayouts } from '../../src/chain/layout.ts';
import type { ChainLint, ChainLintCode } from '../../src/chain/lint/lint.ts';
import { lintProfile } from '../../src/chain/lint/lint-profile.ts';
import type { ChainProfile } from '../../src/chain/profile.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { toRecordView } from '../../src/sources/record-view.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

const view = toRecordView(UNKNOWN_SOURCE);

function compile(name: string, document: unknown): ChainProfile {
  return compileProfile(name, document, (path, message) => {
    throw new Error(`${path.join('.')}: ${message}`);
  })!;
}

function lintsOf(changes: Record<string, unknown>): ChainLint[] {
  const document = {
    title: 'of a test',
    members: [{ previous: 'prev', own: 'hash' }],
    digest: { algorithm: 'sha256' },
    genesis: [null],
    preimage: [{ json: { sort: 'code-point', without: ['$own'] } }],
    ...changes,
  };
  return lintProfile(compile('test', document), view);
}

function codesOf(changes: Record<string, unknown>): string[] {
  return lintsOf(changes)
    .map(({ code, level }) => `${level} ${code}`)
    .sort();
}

/** Both lines of a pair carry the hash that verify computes for them. */
function assertCollides(profile: ChainProfile, { code, pair }: ChainLint): void {
  const [one, other] = pair!.records;
  assert.notEqual(one, other);
  const [layout] = toLayouts([profile]);
  const keyName = profile.digest.key;
  const keys = keyName === null ? {} : { [keyName]: Buffer.from('a key that audit-check made up') };
  const [first, second] = [one, other].map((line) => {
    const bound = new BoundLayout(layout!, view.fields, keys);
    const event = view.at(Buffer.from(line));
    const own = layout!.members.own === null ? pair!.hash : bound.own(event);
    return { own, expected: bound.expected(event, bound.previous(event, ''), own.length)[0] };
  });
  if (profile.digest.signature !== null) return;
  assert.equal(first!.expected, pair!.hash, `${code}: ${one}`);
  assert.equal(second!.expected, pair!.hash, `${code}: ${other}`);
  assert.equal(first!.own, pair!.hash);
  assert.equal(second!.own, pair!.hash);
}

/** Shipped profiles for which no pair of different values is claimed, and why there is none. */
const UNAMBIGUOUS: Readonly<Record<string, string>> = {
  'json-stringify': 'JSON of the whole record, digits as written',
  'sorted-json': 'JSON of the whole record, digits as written',
  'python-json': 'JSON of the whole record, digits as written',
  'python-json-compact': 'JSON of the whole record, digits as written',
  'python-json-unsorted': 'JSON of the whole record, digits as written',
  'raw-line': 'the bytes themselves',
  'raw-minus-hash': 'the bytes themselves, less one member',
  'linked-payload': 'a hash of fixed length, then JSON with digits as written',
  'linked-record': 'a hash of fixed length, then JSON with digits as written',
  'agt-typescript': 'JSON of picked members, digits as written',
  'drupal-audit-trail': 'JSON of the whole record, digits as written',
  odoo: 'a hash of fixed length, then JSON with digits as written',
};

describe('lintProfile()', () => {
  for (const [name, document] of Object.entries(SHIPPED_CHAINS)) {
    if (namesProtocol(document)) continue;
    test(`prints pairs for ${name} that collide, and only where its pre-image is ambiguous`, () => {
      const profile = compile(name, document);
      const pairs = lintProfile(profile, view).filter(({ pair }) => pair !== undefined);
      for (const lint of pairs) assertCollides(profile, lint);
      const ambiguous = pairs.filter(({ code }) => code !== 'same-value').map(({ code }) => code);
      const reason = UNAMBIGUOUS[name];
      if (reason !== undefined) assert.deepEqual(ambiguous, [], reason);
      else assert.ok(ambiguous.length > 0, 'no pair was found: add it to the list with the reason');
      if (isAmbiguous(profile)) assert.ok(ambiguous.length > 0, 'verify calls it ambiguous');
    });
  }

  const ambiguities: [behavior: string, code: ChainLintCode, preimage: unknown[], when?: string][] = [
    [
      'a separator that a field may hold',
      'ambiguous-seam',
      [{ join: { fields: ['a', 'b'], separator: '|' } }],
    ],
    ['fields with nothing between them', 'ambiguous-seam', [{ field: 'a' }, { field: 'b' }]],
    ['key=value without escapes', 'ambiguous-seam', [{ pairs: { fields: ['a', 'b'], separator: '&' } }]],
    [
      'members of an object without escapes',
      'ambiguous-seam',
      [{ entries: { of: 'labels', separator: ';' } }],
    ],
    [
      'a field that is left out with its separator',
      'ambiguous-seam',
      [
        {
          join: {
            fields: [{ field: { name: 'a', absent: null } }, { field: { name: 'b', absent: null } }],
            separator: '|',
            escape: [
              ['|', '\\|'],
              ['\\', '\\\\'],
            ],
          },
        },
      ],
    ],
    [
      'a field that may be missing',
      'ambiguous-none',
      [{ 'length-prefixed': { width: 'u32be', parts: [{ field: 'a' }] } }],
    ],
    ['nulls that are dropped', 'ambiguous-none', [{ canonical: { without: ['$own'], 'drop-nulls': true } }]],
    ['doubles for whole numbers', 'ambiguous-number', [{ canonical: { without: ['$own'] } }]],
    ['inner JSON as text', 'ambiguous-type', [{ json: { without: ['$own'], stringify: [''] } }]],
    ['times cut to seconds', 'ambiguous-time', [{ field: { name: 'a', format: { epoch: 's' } } }]],
    [
      'an escape that is not escaped itself',
      'ambiguous-escape',
      [{ join: { fields: ['a', 'b'], separator: '|', escape: [['|', '%7C']] } }],
    ],
    ['text beyond Unicode', 'ambiguous-text', [{ field: 'a' }]],
  ];
  for (const [behavior, code, preimage] of ambiguities) {
    test(`proves what ${behavior} allow`, () => {
      const document = {
        title: 't',
        members: [{ previous: 'prev', own: 'hash' }],
        digest: { algorithm: 'sha256' },
        genesis: [null],
        preimage,
      };
      const profile = compile('test', document);
      const lint = lintProfile(profile, view).find((each) => each.code === code);
      assert.ok(lint !== undefined, JSON.stringify(lintProfile(profile, view).map((each) => each.code)));
      assertCollides(profile, lint);
    });
  }

  test('finds the kind of record that is ambiguous', () => {
    const cases = [
      { when: { field: 'v', equals: '1' }, parts: [{ join: { fields: ['a', 'b'], separator: '|' } }] },
      { when: { field: 'v', equals: '2' }, parts: [{ canonical: { without: ['$own'] } }] },
    ];
    const codes = codesOf({ preimage: [{ choose: cases }] });
    assert.ok(codes.includes('error ambiguous-seam'), codes.join());
    assert.ok(codes.includes('error ambiguous-number'), codes.join());
  });

  test('claims no seam where lengths stand before the fields', () => {
    const part = (field: string) => ({ 'length-prefixed': { width: 'u32be', parts: [{ field }] } });
    const codes = lintsOf({ preimage: [part('a'), part('b')] }).map(({ code }) => code);
    assert.ok(!codes.includes('ambiguous-seam'), codes.join());
  });

  test('claims no seam where separators are escaped', () => {
    const escapes = [
      ['\\', '\\\\'],
      ['|', '\\|'],
    ];
    const codes = lintsOf({
      preimage: [{ join: { fields: ['a', 'b'], separator: '|', escape: escapes } }],
    }).map(({ code }) => code);
    assert.ok(!codes.includes('ambiguous-seam'), codes.join());
  });

  test('finds nothing but that there is no key in sorted JSON of the whole record', () => {
    assert.deepEqual(codesOf({}), ['note unkeyed']);
    assert.deepEqual(codesOf({ digest: { algorithm: 'sha256', key: 'chain' } }), []);
  });

  test('says which fields and streams are not hashed', () => {
    const codes = codesOf({ stream: ['tenant'], preimage: [{ json: { of: 'payload' } }] });
    assert.deepEqual(codes, ['note unkeyed', 'warning unhashed-fields', 'warning unhashed-stream']);
    const without = lintsOf({ preimage: [{ json: { without: ['$own', 'signature'] } }] });
    assert.match(
      without.find(({ code }) => code === 'unhashed-fields')!.message,
      /^"signature" is not hashed/,
    );
  });

  test('says what the ends of a chain lack', () => {
    assert.ok(codesOf({ genesis: [] }).includes('warning missing-genesis-rule'));
    assert.ok(codesOf({ genesis: ['absent'] }).includes('note weak-genesis'));
    assert.ok(
      codesOf({ members: [{ previous: 'prev' }], preimage: ['raw'] }).includes('warning missing-own-hash'),
    );
    const unlinked = { members: [{ own: 'hash' }], when: { field: 'hash' }, genesis: undefined };
    assert.ok(codesOf(unlinked).includes('warning missing-link'));
  });

  test('says what the digest is worth', () => {
    assert.ok(codesOf({ digest: { algorithm: 'sha1' } }).includes('warning weak-algorithm'));
    const short = lintsOf({ digest: { algorithm: 'sha256', bytes: 8 } }).find(
      ({ code }) => code === 'short-hash',
    );
    assert.match(short!.message, /^8 bytes of a hash are kept: .* in some 2\^32 tries$/);
  });
});
