/** Pre-images: the exact bytes that each part gives, and the two ways to the same RFC 8785 form. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NotCanonicalizableError, toCanonicalJson } from '../../src/base/canonical-json.ts';
import { DIGEST_NAMES } from '../../src/base/digest.ts';
import { JsonObject, parseJsonText } from '../../src/base/json.ts';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { toJsonForm, withoutFields } from '../../src/chain/json-form.ts';
import { compilePreimage } from '../../src/chain/preimage.ts';
import { PLAIN_DIGEST } from '../../src/chain/profile.ts';
import { hashLength, recordDigest } from '../../src/chain/record-digest.ts';
import { rounds } from '../support/rounds.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';

function preimageOf(
  line: string,
  preimage: unknown[],
  previous = 'p',
  members: object = { previous: 'prev', own: 'hash' },
): string {
  const document = {
    title: 'x',
    members: [members],
    digest: { algorithm: 'sha256' },
    genesis: [null],
    preimage,
  };
  const profile = compileProfile('x', document, (path, message) =>
    assert.fail(`${path.join('.')}: ${message}`),
  )!;
  const fields = new TreeFields();
  const compute = compilePreimage(profile, profile.members[0]!, fields);
  return Buffer.from(compute(treeEvents([line], fields)[0]!, previous)).toString();
}

const RAW = [{ raw: { without: ['$own'] } }];

describe('a pre-image', () => {
  test('of raw bytes loses a member and one comma, wherever it stands', () => {
    assert.equal(preimageOf('{"hash":"h","a":1}', RAW), '{"a":1}');
    assert.equal(preimageOf('{"a":1,"hash":"h","b":2}', RAW), '{"a":1,"b":2}');
    assert.equal(preimageOf('{"a":1, "hash" : "h"}', RAW), '{"a":1}');
    assert.equal(preimageOf('{ "hash": "h" }', RAW), '{ }');
    assert.equal(preimageOf('{"a":"hash"}', RAW), '{"a":"hash"}');
  });

  test('of raw bytes loses neighboring members at the end', () => {
    const both = [{ raw: { without: ['$own', '$previous'] } }];
    assert.equal(preimageOf('{"a":1,"prev":"p","hash":"h"}', both), '{"a":1}');
    assert.equal(preimageOf('{"prev":"p","hash":"h"}', both), '{}');
    assert.equal(preimageOf('{"hash":"h","a":1,"prev":"p"}', both), '{"a":1}');
  });

  test('joins parts in their order', () => {
    const parts = [
      'previous',
      { literal: '\n' },
      { join: { fields: ['seq', 'gone', 'ok', '$previous'], separator: '|' } },
      { field: 'name' },
    ];
    assert.equal(
      preimageOf('{"seq":1.0,"ok":true,"prev":"q","name":"zoë"}', parts, 'P'),
      'P\n1.0||true|qzoë',
    );
  });

  test('joins raw bytes and text', () => {
    const parts = ['previous', { raw: { without: ['$own'] } }, { raw: { without: ['$own', 'a'] } }];
    assert.equal(preimageOf('{"a":1,"b":2,"hash":"h"}', parts, 'P'), 'P{"a":1,"b":2}{"b":2}');
  });

  test('is refused for a record that holds a key twice, even where the second is left out', () => {
    const canonical = [{ canonical: { without: ['$own'] } }];
    assert.throws(() => preimageOf('{"hash":"x","a":1,"hash":"h"}', canonical), NotCanonicalizableError);
    assert.throws(() => preimageOf('{"hash":"h","a":"\\ud800"}', canonical), NotCanonicalizableError);
    assert.throws(
      () => preimageOf('{"hash":"h","a":{"b":1,"b":2}}', [{ json: { without: ['$own'] } }]),
      NotCanonicalizableError,
    );
  });

  test('of a canonical record is the same by bytes and by value', () => {
    const name = fc.constantFrom('a', 'hash', 'hasi', 'gz', 'é', '\u{1f600}', '\ufb33', 'i');
    const property = fc.property(fc.dictionary(name, fc.jsonValue()), (record) => {
      const line = toCanonicalJson(parseJsonText(JSON.stringify({ ...record, hash: 'h' })));
      const { hash: _, ...rest } = { ...record, hash: 'h' };
      const expected = toCanonicalJson(parseJsonText(JSON.stringify(rest)));
      assert.equal(preimageOf(line, [{ canonical: { without: ['$own'] } }]), expected);
    });
    fc.assert(property, { numRuns: rounds(50, 200) });
  });
});

describe('withoutFields()', () => {
  test('finds a name as one key or as a path, and keeps the rest', () => {
    const record = parseJsonText('{"a.b":1,"a":{"b":2,"c":3},"d":4}');
    assert.equal(toCanonicalJson(withoutFields(record, ['a.b'])), '{"a":{"b":2,"c":3},"d":4}');
    assert.equal(toCanonicalJson(withoutFields(record, ['a.c', 'd', 'x'])), '{"a":{"b":2},"a.b":1}');
    assert.ok(record instanceof JsonObject && record.members.length === 3);
  });
});

describe('toJsonForm()', () => {
  const value = parseJsonText('{"b":[1.0,-0,1e400],"\u{1f600}":"é\u007f\\u2028/","\ufb33":null,"a":{}}');

  test('writes as Python does, keys by code point, digits as written', () => {
    // Python 3.12: json.dumps(value, sort_keys=True), but for the digits.
    const python = { sort: 'code-point', item: ', ', key: ': ', ascii: true } as const;
    assert.equal(
      toJsonForm(value, python),
      '{"a": {}, "b": [1.0, -0, 1e400], "\\ufb33": null, "\\ud83d\\ude00": "\\u00e9\\u007f\\u2028/"}',
    );
  });

  test('sorts by UTF-16 code unit where it is told to', () => {
    const form = { sort: 'utf16', item: ',', key: ':', ascii: true } as const;
    assert.match(toJsonForm(value, form), /"\\ud83d\\ude00".*"\\ufb33"/);
  });

  test('sorts by code point as Python does, half pairs of surrogates too', () => {
    const form = { sort: 'code-point', item: ',', key: ':', ascii: false } as const;
    const unit = fc.constantFrom('a', '\ud83d', '\ude00', '\udfff', '\ue000', '\uffff', '\u{1f600}');
    const points = (key: string) => [...key].map((char) => char.codePointAt(0)!);
    const compare = (left: string, right: string) => {
      const [one, other] = [points(left), points(right)];
      const at = one.findIndex((point, index) => point !== other[index]);
      return at < 0 ? -1 : (one[at] ?? 0) - (other[at] ?? 0);
    };
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit, maxLength: 4 }), { maxLength: 6 }), (keys) => {
        const write = (each: readonly string[]) =>
          `{${each.map((key) => `${JSON.stringify(key)}:1`).join(',')}}`;
        assert.equal(toJsonForm(parseJsonText(write(keys)), form), write(keys.toSorted(compare)));
      }),
      { numRuns: rounds(60, 300) },
    );
  });

  test('equals JSON.stringify in insertion order', () => {
    const form = { sort: 'none', item: ',', key: ':', ascii: false } as const;
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (json) => {
        const compact = JSON.stringify(
          JSON.parse(json, (_, each) => (typeof each === 'number' ? String(each) : each)),
        );
        assert.equal(toJsonForm(parseJsonText(compact), form), compact);
      }),
      { numRuns: rounds(50, 300) },
    );
  });
});

describe('recordDigest()', () => {
  const form = PLAIN_DIGEST;
  // FIPS 180-4 example "abc", and RFC 4231 test case 2.
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  test('encodes and truncates', () => {
    const bytes = Buffer.from(abc, 'hex');
    assert.equal(recordDigest(form, 'sha256', undefined, 'abc'), abc);
    assert.equal(recordDigest({ ...form, encoding: 'HEX' }, 'sha256', undefined, 'abc'), abc.toUpperCase());
    assert.equal(
      recordDigest({ ...form, encoding: 'base64' }, 'sha256', undefined, 'abc'),
      bytes.toString('base64'),
    );
    assert.equal(
      recordDigest({ ...form, encoding: 'base64url', bytes: 10 }, 'sha256', undefined, 'abc'),
      bytes.subarray(0, 10).toString('base64url'),
    );
    assert.equal(recordDigest({ ...form, bytes: 8 }, 'sha256', undefined, 'abc'), abc.slice(0, 16));
  });

  test('has the length that hashLength() says', () => {
    for (const algorithm of DIGEST_NAMES) {
      for (const encoding of ['hex', 'HEX', 'base64', 'base64url'] as const) {
        for (const bytes of [null, 8, 11, 64]) {
          const each = { ...form, encoding, bytes };
          assert.equal(recordDigest(each, algorithm, undefined, 'abc').length, hashLength(each, algorithm));
        }
      }
    }
  });

  test('is an HMAC where the profile names a key, and never goes without', () => {
    const keyed = { ...form, key: 'k' };
    const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    assert.equal(recordDigest(keyed, 'sha256', Buffer.from('Jefe'), 'what do ya want for nothing?'), mac);
    assert.throws(() => recordDigest(keyed, 'sha256', undefined, 'x'));
  });
});
