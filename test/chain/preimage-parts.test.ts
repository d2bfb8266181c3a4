/** The parts of a pre-image as a profile's YAML says them: the exact bytes of each, and the laws of escapes and lengths. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NotCanonicalizableError } from '../../src/base/canonical-json.ts';
import { compileProfile } from '../../src/chain/compile-profile.ts';
import { compileEscapes, keepsApart } from '../../src/chain/escapes.ts';
import { compilePreimage } from '../../src/chain/preimage.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';

function bytesOf(
  record: object | string,
  preimage: unknown[],
  previous = '',
  digest: object = { algorithm: 'sha256' },
): Buffer {
  const document = {
    title: 'x',
    members: [{ previous: 'prev', own: 'hash' }],
    digest,
    genesis: [null],
    preimage,
  };
  const profile = compileProfile('x', document, (path, message) =>
    assert.fail(`${path.join('.')}: ${message}`),
  )!;
  assert.deepEqual(structuredClone(profile), profile);
  const fields = new TreeFields();
  const compute = compilePreimage(profile, profile.members[0]!, fields);
  return Buffer.from(compute(treeEvents([record], fields)[0]!, previous));
}

const textOf = (...args: Parameters<typeof bytesOf>): string => bytesOf(...args).toString();
const hexOf = (...args: Parameters<typeof bytesOf>): string => bytesOf(...args).toString('hex');

const sha256 = (data: string | Buffer) => crypto.createHash('sha256').update(data);

describe('a field', () => {
  const join = (...fields: unknown[]) => [{ join: { fields, separator: '|' } }];

  test('that is absent or null is nothing, a text, or left out with its separator', () => {
    const record = { a: 1, n: null };
    assert.equal(textOf(record, join('a', 'n', 'gone', 'a')), '1|||1');
    const none = { field: { name: 'n', absent: '-', 'if-null': 'None' } };
    assert.equal(textOf(record, join('a', none, { field: { name: 'gone', absent: '-' } })), '1|None|-');
    assert.equal(textOf(record, join('a', { field: { name: 'gone', absent: null } }, 'a')), '1|1');
    assert.equal(textOf({ n: null, x: 1 }, join({ field: { name: 'n', absent: null } }, 'x')), '1');
  });

  test('that is a list or an object is its compact JSON, whole', () => {
    const fields = ['a', { literal: '' }];
    assert.equal(textOf({ a: ['x', 'y'] }, join(...fields)), '["x","y"]|');
    assert.equal(textOf('{"a": {"b": 1.0}}', join(...fields)), '{"b":1.0}|');
  });

  test('of several values is refused on the fast road, which sees only the first', () => {
    assert.throws(() => textOf({ a: ['x', 'y'] }, join('a')), NotCanonicalizableError);
  });

  test('is formatted', () => {
    const formatted = (value: unknown, format: unknown) =>
      textOf({ a: value }, [{ field: { name: 'a', format } }]);
    const time = '2026-03-02T08:00:07.250000+02:00';
    const cases: [unknown, unknown, string][] = [
      [time, { time: { digits: 0 } }, '2026-03-02T06:00:07Z'],
      [time, { time: { digits: 6, zone: '+00:00' } }, '2026-03-02T06:00:07.250000+00:00'],
      ['2026-03-02T08:00:07.123456789Z', { time: { digits: 6 } }, '2026-03-02T08:00:07.123456Z'],
      [time, { time: { digits: 9, zone: 'as-written' } }, '2026-03-02T08:00:07.250000000+02:00'],
      [time, { time: { digits: 3, zone: 'none', separator: ' ' } }, '2026-03-02 06:00:07.250'],
      [time, 'python-isoformat', '2026-03-02T08:00:07.250000+02:00'],
      ['2026-03-02T08:00:07Z', 'python-isoformat', '2026-03-02T08:00:07+00:00'],
      ['2026-03-02T08:00:07', 'python-isoformat', '2026-03-02T08:00:07'],
      ['2026-03-02T08:00:07.5+01:00', 'python-isoformat', '2026-03-02T08:00:07.500000+01:00'],
      ['2026-03-02T08:00:07.5', 'python-str-datetime', '2026-03-02 08:00:07.500000'],
      ['2026-03-02T08:00:07.1200Z', 'rust-chrono-rfc3339', '2026-03-02T08:00:07.120+00:00'],
      ['2026-03-02T08:00:07.1234Z', 'rust-chrono-rfc3339', '2026-03-02T08:00:07.123400+00:00'],
      ['2026-03-02T08:00:07Z', 'rust-chrono-rfc3339', '2026-03-02T08:00:07+00:00'],
      ['2026-03-02T08:00:07.120Z', 'go-rfc3339nano', '2026-03-02T08:00:07.12Z'],
      ['2026-03-02T08:00:07.000Z', 'go-rfc3339nano', '2026-03-02T08:00:07Z'],
      ['2026-03-02T08:00:07Z', 'dotnet-o', '2026-03-02T08:00:07.0000000Z'],
      ['2026-03-02T08:00:07Z', 'dotnet-o-offset', '2026-03-02T08:00:07.0000000+00:00'],
      [1772438407250, 'javascript-iso', '2026-03-02T08:00:07.250Z'],
      ['1969-12-31T23:59:59.5Z', { time: { digits: 3 } }, '1969-12-31T23:59:59.500Z'],
      ['1969-12-31T23:59:59.5Z', { epoch: 's' }, '-1'],
      [time, { epoch: 's' }, '1772431207'],
      [time, { epoch: 'ms' }, '1772431207250'],
      [time, { epoch: 'us' }, '1772431207250000'],
      [time, { epoch: 'ns' }, '1772431207250000000'],
      [true, 'python-bool', 'True'],
      [false, 'bit', '0'],
      ['true', { boolean: ['yes', 'no'] }, 'yes'],
      [12, { decimal: 2 }, '12.00'],
      ['-3.1', { decimal: 2 }, '-3.10'],
      [5, { decimal: 0 }, '5'],
      ['zoë', { encoded: 'base64' }, 'em/Dqw=='],
      ['zoë', { encoded: 'HEX' }, '7A6FC3AB'],
    ];
    for (const [value, format, expected] of cases)
      assert.equal(formatted(value, format), expected, JSON.stringify({ value, format }));
  });

  test('without such a form refuses the record instead of guessing', () => {
    for (const [value, format] of [
      ['soon', 'javascript-iso'],
      [true, { epoch: 's' }],
      ['maybe', 'bit'],
      ['3.125', { decimal: 2 }],
      ['1e3', { decimal: 2 }],
    ]) {
      assert.throws(() => textOf({ a: value }, [{ field: { name: 'a', format } }]), NotCanonicalizableError);
    }
  });
});

describe('joined values', () => {
  const table = [
    ['%', '%25'],
    [':', '%3A'],
    ['=', '%3D'],
    [';', '%3B'],
  ];

  test('are escaped in one pass', () => {
    const join = { fields: ['a', 'b'], separator: ':', escape: table };
    assert.equal(textOf({ a: 'x:%3A', b: 'y' }, [{ join }]), 'x%3A%253A:y');
  });

  test('of pairs carry their keys, and one that is left out goes with its key', () => {
    const fields = [
      'id',
      { Fecha: 'time' },
      { Huella: { previous: {} } },
      { x: { field: { name: 'gone', absent: null } } },
    ];
    assert.equal(
      textOf({ id: 7, time: 't' }, [{ pairs: { fields, separator: '&' } }], 'ab'),
      'id=7&Fecha=t&Huella=ab',
    );
  });

  test('of an object are its members in order', () => {
    const entries = { of: 'fields', separator: ';', ended: true, escape: table, absent: '-' };
    assert.equal(textOf({ fields: { b: 'x;y', a: 1, c: null } }, [{ entries }]), 'a=1;b=x%3By;c=null;');
    assert.equal(textOf({ fields: {} }, [{ entries }]), '-');
    assert.equal(textOf({}, [{ entries }]), '-');
    assert.throws(() => textOf({ fields: 7 }, [{ entries }]), NotCanonicalizableError);
  });

  test('stay apart exactly when the table says so', () => {
    const char = fc.constantFrom('a', '%', ':', '2', '5', '3', 'A', '\\', '|');
    const values = fc.array(fc.string({ unit: char, maxLength: 4 }), { minLength: 2, maxLength: 2 });
    const complete: [string, string][] = [
      ['%', '%25'],
      [':', '%3A'],
    ];
    assert.ok(keepsApart(complete, [':']));
    const backslashes: [string, string][] = [
      ['\\', '\\\\'],
      ['|', '\\x'],
    ];
    assert.ok(keepsApart(backslashes, ['|']));
    for (const [each, separator] of [
      [complete, ':'],
      [backslashes, '|'],
    ] as const) {
      const written = compileEscapes(each);
      const join = (list: readonly string[]) => list.map(written).join(separator);
      fc.assert(
        fc.property(values, values, (one, other) => {
          assert.equal(join(one) === join(other), one[0] === other[0] && one[1] === other[1]);
        }),
        { numRuns: 500 },
      );
    }
    assert.ok(!keepsApart([], [':']));
    assert.ok(!keepsApart([[':', '%3A']], [':']), 'the mark is not escaped');
    assert.ok(!keepsApart([['%', '%25']], [':']), 'the separator is not escaped');
    assert.ok(!keepsApart(complete, [';']));
    assert.ok(!keepsApart([...complete, ['b', '%25']], [':']), 'two are written alike');
  });
});

describe('binary parts', () => {
  test('carry lengths in network order', () => {
    const prefixed = (width: string) => [{ 'length-prefixed': { width, parts: [{ field: 'a' }] } }];
    assert.equal(hexOf({ a: 'é!' }, prefixed('u8')), '03c3a921');
    assert.equal(hexOf({ a: 'é!' }, prefixed('u16be')), '0003c3a921');
    assert.equal(hexOf({ a: 'é!' }, prefixed('u32be')), '00000003c3a921');
    assert.equal(hexOf({ a: '' }, prefixed('u64be')), '0000000000000000');
    assert.throws(() => hexOf({ a: 'x'.repeat(256) }, prefixed('u8')), NotCanonicalizableError);
  });

  test('of length-prefixed values are different for different values', () => {
    const parts = ['a', 'b'].map((name) => ({
      'length-prefixed': { width: 'u8', parts: [{ field: name }] },
    }));
    const text = fc.string({ maxLength: 3 });
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        assert.equal(hexOf({ a, b }, parts) === hexOf({ a: c, b: d }, parts), a === c && b === d);
      }),
      { numRuns: 300 },
    );
  });

  test('are numbers, decoded bytes and tags', () => {
    const number = (width: string) => [{ number: { field: 'n', width } }];
    assert.equal(hexOf({ n: 258 }, number('u64be')), '0000000000000102');
    assert.equal(hexOf('{"n":18446744073709551615}', number('u64be')), 'f'.repeat(16));
    for (const n of ['18446744073709551616', '-1', '1.5', '"x"', 'null'])
      assert.throws(() => hexOf(`{"n":${n}}`, number('u64be')), NotCanonicalizableError);
    const bytes = (encoding: string) => [{ bytes: { field: 'b', encoding } }];
    assert.equal(hexOf({ b: 'ffee' }, bytes('hex')), 'ffee');
    assert.equal(hexOf({ b: '/+4=' }, bytes('base64')), 'ffee');
    assert.equal(hexOf({ b: '_-4' }, bytes('base64url')), 'ffee');
    const uuid = '123e4567-e89b-12d3-a456-426614174000';
    assert.equal(hexOf({ b: uuid }, bytes('uuid')), uuid.replaceAll('-', ''));
    assert.throws(() => hexOf({ b: 'fg' }, bytes('hex')), NotCanonicalizableError);
    assert.throws(() => hexOf({ b: 'ff e' }, bytes('hex')), NotCanonicalizableError);
    assert.equal(hexOf({ b: null }, bytes('hex')), '');
    assert.equal(hexOf({ a: 'x', n: null }, [{ tag: 'a' }, { tag: 'n' }, { tag: 'gone' }]), '010000');
    assert.equal(hexOf({}, [{ 'literal-bytes': '01ff' }]), '01ff');
  });

  test('take the previous hash as bytes, in the encoding of the digest', () => {
    assert.equal(hexOf({}, [{ previous: { as: 'bytes' } }], 'ffee'), 'ffee');
    const base64 = { algorithm: 'sha256', encoding: 'base64' };
    assert.equal(hexOf({}, [{ previous: { as: 'bytes' } }], '/+4=', base64), 'ffee');
    assert.equal(hexOf({}, [{ previous: { as: 'bytes', absent: '0000' } }], ''), '0000');
    assert.equal(textOf({}, [{ previous: { absent: 'GENESIS' } }], ''), 'GENESIS');
    assert.throws(() => hexOf({}, [{ previous: { as: 'bytes' } }], 'GENESIS'), NotCanonicalizableError);
  });

  test('hash parts within parts', () => {
    const parts = [{ field: 'a' }, { field: 'b' }];
    assert.equal(textOf({ a: 1, b: 2 }, [{ hash: { parts } }]), sha256('12').digest('hex'));
    assert.equal(
      textOf({ a: 1, b: 2 }, [{ hash: { as: 'HEX', parts } }]),
      sha256('12').digest('hex').toUpperCase(),
    );
    const sha3 = crypto.createHash('sha3-512').update('12').digest('hex');
    assert.equal(hexOf({ a: 1, b: 2 }, [{ hash: { algorithm: 'sha3-512', as: 'bytes', parts } }]), sha3);
    const inner = { hash: { as: 'bytes', parts } };
    assert.equal(
      textOf({ a: 1, b: 2 }, [{ hash: { parts: ['previous', inner] } }], 'p'),
      sha256(Buffer.concat([Buffer.from('p'), sha256('12').digest()])).digest('hex'),
    );
  });
});

describe('JSON', () => {
  test('is picked in the order that is listed, or sorted', () => {
    const only = ['b', { key: 'who', field: 'actor.id' }, { key: 'n', field: 'gone', absent: null }, 'gone'];
    const record = '{"a":1,"actor":{"id":"ann"},"b":2.50}';
    assert.equal(textOf(record, [{ json: { only } }]), '{"b":2.50,"who":"ann","n":null}');
    assert.equal(textOf(record, [{ json: { only, sort: 'code-point' } }]), '{"b":2.50,"n":null,"who":"ann"}');
    assert.equal(textOf(record, [{ canonical: { only } }]), '{"b":2.5,"n":null,"who":"ann"}');
  });

  test('holds formatted values and hashes of parts', () => {
    const only = [
      { key: 'n', format: 'text' },
      { key: 'ok', format: 'python-bool', absent: '' },
      { key: 'prev', parts: ['previous'] },
      { key: 'digest', parts: [{ hash: { parts: [{ field: 'n' }] } }] },
    ];
    assert.equal(
      textOf('{"n":1.0}', [{ json: { only } }], 'ab'),
      `{"n":"1.0","ok":"","prev":"ab","digest":"${sha256('1.0').digest('hex')}"}`,
    );
  });

  test('loses nulls at every depth, and only those of objects', () => {
    const record = '{"a":null,"b":{"c":null,"d":[null,{"e":null}]},"hash":"h"}';
    assert.equal(
      textOf(record, [{ canonical: { without: ['$own'], 'drop-nulls': true } }]),
      '{"b":{"d":[null,{}]}}',
    );
  });

  test('has inner objects as text of JSON', () => {
    const record = { event: { who: 'ann', new: { b: 1, a: [2] } }, at: 't', hash: 'h' };
    assert.equal(
      textOf(record, [{ canonical: { without: ['$own'], stringify: ['event'] } }]),
      '{"at":"t","event":{"new":"{\\"a\\":[2],\\"b\\":1}","who":"ann"}}',
    );
    assert.equal(
      textOf(record, [{ json: { of: 'event', stringify: [''], separators: [', ', ': '] } }]),
      '{"who": "ann", "new": "{\\"b\\": 1, \\"a\\": [2]}"}',
    );
  });

  test('escapes as PHP and as Go do', () => {
    const record = { a: 'a/b <é>& \u2028\u007f' };
    // PHP 8: json_encode($a); Go 1.22: json.Marshal(a).
    assert.equal(
      textOf(record, [{ json: { of: 'a', ascii: true, 'escape-slashes': true } }]),
      '"a\\/b <\\u00e9>& \\u2028\u007f"',
    );
    assert.equal(
      textOf(record, [{ json: { of: 'a', 'escape-html': true } }]),
      '"a/b \\u003cé\\u003e\\u0026 \\u2028\u007f"',
    );
    assert.equal(
      textOf({ a: ['x', { b: [] }] }, [{ json: { of: 'a', 'force-object': true } }]),
      '{"0":"x","1":{"b":{}}}',
    );
  });

  test('writes numbers as ECMAScript, Python and Go do', () => {
    const written = (lexeme: string, numbers: string) =>
      textOf(`{"a":${lexeme}}`, [{ json: { of: 'a', numbers } }]);
    const table: [string, string, string, string][] = [
      ['1.0', '1', '1.0', '1'],
      ['1e0', '1', '1.0', '1'],
      ['-0', '0', '0', '-0'],
      ['-0.0', '0', '-0.0', '-0'],
      ['0.0001', '0.0001', '0.0001', '0.0001'],
      ['0.00001', '0.00001', '1e-05', '0.00001'],
      ['1e-7', '1e-7', '1e-07', '1e-7'],
      ['1.5e-9', '1.5e-9', '1.5e-09', '1.5e-9'],
      ['1e15', '1000000000000000', '1000000000000000.0', '1000000000000000'],
      ['1e16', '10000000000000000', '1e+16', '10000000000000000'],
      ['1.25e22', '1.25e+22', '1.25e+22', '1.25e+22'],
      ['12345678901234567890', '12345678901234567000', '12345678901234567890', '12345678901234567000'],
      ['0.1', '0.1', '0.1', '0.1'],
    ];
    for (const [lexeme, ecmascript, python, go] of table) {
      assert.equal(written(lexeme, 'ecmascript'), ecmascript, lexeme);
      assert.equal(written(lexeme, 'python'), python, lexeme);
      assert.equal(written(lexeme, 'go'), go, lexeme);
      assert.equal(written(lexeme, 'as-written'), lexeme);
    }
    for (const style of ['ecmascript', 'python', 'go'])
      assert.throws(() => written('1e400', style), NotCanonicalizableError);
  });
});

describe('a choice', () => {
  const choose = [
    { when: { field: 'v', equals: [2, true] }, parts: [{ literal: 'two' }] },
    { when: { field: 'c' }, parts: [{ literal: 'c' }] },
    {
      when: [
        { field: 'a', 'or-null': true },
        { field: 'b', equals: 'x' },
      ],
      parts: [{ literal: 'ab' }],
    },
  ];

  test('takes the first case that holds', () => {
    assert.equal(textOf({ v: 2, a: 1, b: 'x' }, [{ choose }]), 'two');
    assert.equal(textOf({ v: true }, [{ choose }]), 'two');
    assert.equal(textOf({ v: '2' }, [{ choose }]), 'two');
    assert.equal(textOf({ v: 1, a: null, b: 'x', c: null }, [{ choose }]), 'ab');
    assert.equal(textOf({ c: 0 }, [{ choose }]), 'c');
  });

  test('refuses a record of no kind', () => {
    assert.throws(() => textOf({ v: 3, b: 'x' }, [{ choose }]), NotCanonicalizableError);
  });
});
