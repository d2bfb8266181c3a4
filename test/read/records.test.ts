/** Records out of bytes: every layout, every way to be broken, and the books that tie out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRecords } from '../support/read-records.ts';
import { rounds } from '../support/rounds.ts';

const texts = (input: string | Uint8Array, options = {}) =>
  readRecords(input, options).records.map(({ text }) => text);
const lines = (input: string | Uint8Array, options = {}) =>
  readRecords(input, options).records.map(({ line }) => line);
const wrong = (input: string | Uint8Array, options = {}) =>
  readRecords(input, options).malformed.map(
    ({ line, expected, found }) => `${line}: expected ${expected}, found ${found}`,
  );

test('NDJSON: one record a line; BOM, CRLF, blank lines and a missing final newline do not matter', () => {
  const input = '\ufeff{"a":1}\r\n\r\n  {"a":2} \n\n{"a":3}';
  assert.deepEqual(texts(input), ['{"a":1}', '{"a":2}', '{"a":3}']);
  assert.deepEqual(lines(input), [1, 3, 5]);
});

test('UTF-16 is told as such where the file begins, whatever the blocks', () => {
  const told = 'expected UTF-8, found UTF-16 (convert the file: iconv -f UTF-16 -t UTF-8)';
  const little = Buffer.from('\ufeff{"a":1}\r\n{"a":2}\r\n', 'utf16le');
  for (const input of [little, Buffer.from(little).swap16()])
    for (const block of [1, 2, 3, 1000]) assert.equal(wrong(input, { block })[0], `1: ${told}`);
  assert.equal(wrong(Buffer.from([0xff, 0x0a]))[0], '1: expected a value, found byte 0xff');
  assert.equal(wrong('{"a":1}\n\ufeff{"a":2}\n').length, 1);
});

test('the form of a binary file is told with its first line, whatever the blocks, and with no other', () => {
  const input = Buffer.from('\x7fELF\x02\0\x01\n\0\x02\n\x7fELF\0\n', 'latin1');
  for (const block of [1, 2, 3, 1000])
    assert.deepEqual(
      readRecords(input, { block }).malformed.map(({ binary }) => binary),
      ['ELF', undefined, undefined],
    );
  assert.equal(readRecords(`{"a":1}\n${input.toString('latin1')}`).malformed[0]!.binary, undefined);
});

test('offsets are bytes of the stream, and the bytes are those that were read', () => {
  const input = '{"name":"é"}\n{"n":1.50}\n';
  const [, second] = readRecords(input).records;
  assert.deepEqual(second, { line: 2, offset: 14, text: '{"n":1.50}' });
});

test('arrays, pretty or on one line, give one record an element', () => {
  assert.deepEqual(texts('[{"a":1},{"a":2}]'), ['{"a":1}', '{"a":2}']);
  assert.deepEqual(texts('[\n  {"a": 1},\n  {"a": 2}\n]\n'), ['{"a": 1}', '{"a": 2}']);
  assert.deepEqual(lines('[\n  {\n"a": 1},\n  {"a": 2}\n]\n'), [2, 4]);
  assert.deepEqual(texts('[]'), []);
  assert.equal(readRecords('[]').tally.sawArray, true);
});

test('a wrapper gives the elements of its array, whatever stands beside it', () => {
  const input = '{"version":{"x":[1]},\n"Records":[{"a":1},\n{"a":2}],"next":null}';
  assert.deepEqual(texts(input, { wrapper: ['Records'] }), ['{"a":1}', '{"a":2}']);
  assert.deepEqual(texts('{"data":{"items":[{"a":1}]}}', { wrapper: ['data', 'items'] }), ['{"a":1}']);
  assert.deepEqual(texts('{"Records":[{"a":1}]}\n{"Records":[{"a":2}]}\n', { wrapper: ['Records'] }), [
    '{"a":1}',
    '{"a":2}',
  ]);
});

for (const again of ['{}', 'null', '7', '"x"', '[]', '[{"a":3}]'])
  test(`a second member of the wrapper's name is told, though it holds ${again}, wherever the file is cut`, () => {
    const records = Array.from({ length: 1500 }, (_, a) => JSON.stringify({ a })).join();
    for (const input of [
      `{"Records":[${records}],"Records":${again}}`,
      `{"Records":${again},"Records":[${records}]}`,
    ])
      for (const block of [1 << 20, 900, 17]) {
        const { beside } = readRecords(`{"Records":[{"a":1}]}\n${input}`, { wrapper: ['Records'], block });
        assert.deepEqual(
          beside.map(({ key, isAgain }) => [key, isAgain === true]),
          // Of a list the records are audited, too; of nothing else that may be said.
          [['Records', again.startsWith('[')]],
          `${again}, ${block}`,
        );
      }
  });

test('a record without the wrapper in a wrapped file is a record', () => {
  assert.deepEqual(texts('{"Records":[{"a":1}]}\n{"b":2}\n', { wrapper: ['Records'] }), [
    '{"a":1}',
    '{"b":2}',
  ]);
});

test('objects may be pretty, single, or follow one another without a separator', () => {
  assert.deepEqual(texts('{\n  "a": 1\n}\n'), ['{\n  "a": 1\n}']);
  assert.deepEqual(texts('{"a":1}{"a":2} {"a":3}\n{"a":4}'), ['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}']);
  assert.deepEqual(texts('{\n"a":1}{\n"a":2}\n{"a":3}'), ['{\n"a":1}', '{\n"a":2}', '{"a":3}']);
});

test('lines that Docker wrapped give the record inside, at the place of the line', () => {
  const inner = [
    { user: 'ann', n: 1.5 },
    { user: 'bob "b"', n: 2 },
  ].map((each) => JSON.stringify(each));
  const input = inner
    .map((log) => `${JSON.stringify({ log: `${log}\n`, stream: 'stdout', time: '2026-01-31T08:00:00Z' })}\n`)
    .join('');
  assert.deepEqual(texts(input), inner);
  assert.deepEqual(lines(input), [1, 2]);
});

test('a malformed line is named with what was expected, and reading goes on with the next', () => {
  const input = '{"a":1}\n{"a":2\n{"a":3}\nnot json\n{"a":4} x\n{"a":5}\n';
  assert.deepEqual(texts(input), ['{"a":1}', '{"a":3}', '{"a":5}']);
  assert.deepEqual(wrong(input), [
    '2: expected "," or "}", found the end of the record',
    '4: expected "null", found "o"',
    '5: expected the end of the line, found "x"',
  ]);
});

test('a malformed first line does not change how the rest is read', () => {
  assert.deepEqual(texts('{"a":1,\n{"b":2}\n{"b":3}\n'), ['{"b":2}', '{"b":3}']);
  assert.deepEqual(texts('Time;User\n{"b":2}\n{"b":3}\n'), ['{"b":2}', '{"b":3}']);
});

test('in a pretty array, reading goes on with the next record that begins like the broken one', () => {
  const input =
    '[\n  {\n    "a": 1\n  },\n  {\n    "a": oops,\n    "b": {\n    }\n  },\n  {\n    "a": 3\n  }\n]\n';
  assert.deepEqual(texts(input), ['{\n    "a": 1\n  }', '{\n    "a": 3\n  }']);
  assert.deepEqual(wrong(input), ['5: expected a value, found "o"']);
});

test('an array that never ends is truncated, and what was complete is read', () => {
  const found = readRecords('[{"a":1},\n{"a":2},\n{"a":');
  assert.equal(found.records.length, 2);
  assert.deepEqual(
    found.malformed.map(({ truncated, line }) => ({ truncated, line })),
    [{ truncated: true, line: 3 }],
  );
  assert.equal(found.tally.cutShort, true);
});

test('trailing data after a document is reported', () => {
  assert.equal(wrong('["x"]]').length, 1);
  assert.equal(wrong('{\n"a":1\n}\n]').length, 1);
  assert.equal(wrong('[1][2]').length, 1);
  assert.equal(wrong('{"a": true} "x"').length, 1);
});

test('nesting is bounded with a clear finding', () => {
  const deep = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  assert.equal(texts(`${deep(1000)}\n{"b":1}\n`).length, 2);
  assert.deepEqual(wrong(`${deep(5000)}\n{"b":1}\n`), [
    '1: expected at most 1000 levels of nesting, found "["',
  ]);
});

test('a line beyond the limit is a finding, whatever the block size, and the next line is read', () => {
  const input = `{"a":1}\n{"a":"${'x'.repeat(5000)}"}\n{"a":2}\n`;
  for (const block of [1, 7, 100, 10_000]) {
    const found = readRecords(input, { limit: 4096, block });
    assert.deepEqual(
      found.records.map(({ text, line }) => [text, line]),
      [
        ['{"a":1}', 1],
        ['{"a":2}', 3],
      ],
    );
    assert.deepEqual(
      found.malformed.map(({ expected, line }) => [expected, line]),
      [['a record of at most 4096 bytes', 2]],
    );
  }
});

test('a record of many megabytes is read whole from small blocks', () => {
  const text = JSON.stringify({ data: 'x'.repeat(3_000_000), after: 1 });
  assert.deepEqual(texts(`{"a":1}\n${text}\n`, { block: 65_536, limit: 8_000_000 }), ['{"a":1}', text]);
  assert.deepEqual(texts(`[\n${text}\n,\n{"a":1}]`, { block: 65_536, limit: 8_000_000 }), [text, '{"a":1}']);
});

const record = fc.oneof(
  fc
    .dictionary(
      fc.constantFrom('a', 'b', 'time'),
      fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.constant(null)),
    )
    .map((value) => JSON.stringify(value)),
  fc.constant('{"n":12345678901234567890}'),
);
const layout = fc.constantFrom<[name: string, write: (records: string[]) => string, wrapper?: string[]]>(
  ['lines', (records) => records.map((each) => `${each}\n`).join('')],
  ['crlf', (records) => records.join('\r\n')],
  ['array', (records) => `[${records.join(',')}]`],
  [
    'pretty',
    (records) => `[\n${records.map((each) => `  ${each.replace('{', '{\n    ')}`).join(',\n')}\n]\n`,
  ],
  ['wrapper', (records) => `{"Records":[${records.join(' , ')}],"x":1}`, ['Records']],
  ['concatenated', (records) => records.join('')],
);

test('what is too long for a record does not depend on the blocks, nor do blanks around it count', () => {
  const record = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
  const pads = ['', ' '.repeat(60), ' '.repeat(300)];
  for (const bytes of [99, 100, 101, 150]) {
    for (const before of pads) {
      for (const behind of pads) {
        const input = `{}\n${before}${record(bytes)}${behind}\n{"b":1}\n${before}${record(bytes)}${behind}`;
        const whole = readRecords(input, { limit: 100, sniff: 8 });
        const isShort = bytes <= 100 && bytes + behind.length <= 200;
        assert.equal(whole.records.length, isShort ? 4 : 2, `${bytes} bytes`);
        for (const block of [1, 7, 64, 130]) {
          const { documents: _, ...found } = readRecords(input, { limit: 100, sniff: 8, block });
          const { documents: __, ...expected } = whole;
          assert.deepEqual(found, expected, `${bytes} bytes in blocks of ${block}`);
        }
      }
    }
  }
});

test('a record over several lines is none in a file of lines, on the fast road too', () => {
  const input = '{"a":1}\n{"a":\n2}\n{"a": 3}\n';
  const plain = readRecords(input);
  assert.equal(plain.records.length, 2);
  assert.equal(plain.malformed.length, 2);
  const fast = readRecords(input, { kernel: true });
  assert.deepEqual(fast, { ...plain, documents: fast.documents });
});

test('memory beyond the input is never looked at, whatever it holds', () => {
  const input = '{"Records":[{"a":1} , {"n":';
  const plain = readRecords(input, { wrapper: ['Records'] });
  const allocate = Buffer.allocUnsafeSlow;
  try {
    for (let byte = 0; byte < 256; byte++) {
      Buffer.allocUnsafeSlow = (size) => Buffer.alloc(size, byte) as ReturnType<typeof allocate>;
      assert.deepEqual(readRecords(input, { wrapper: ['Records'] }), plain, `memory full of ${byte}`);
    }
  } finally {
    Buffer.allocUnsafeSlow = allocate;
  }
});

test('what is found does not depend on the blocks, and the books tie out', () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      layout,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 200 }),
      fc.nat(),
      (records, [, write, wrapper], block, sniff, cut) => {
        const whole = Buffer.from(write(records));
        for (const input of [
          whole,
          whole.subarray(0, cut % (whole.length + 1)),
          Buffer.concat([whole.subarray(0, cut % whole.length), Buffer.from('x'), whole]),
        ]) {
          const options = { sniff, ...(wrapper && { wrapper }) };
          const atOnce = readRecords(input, options);
          const inBlocks = readRecords(input, { ...options, block });
          assert.deepEqual(inBlocks.records, atOnce.records);
          assert.deepEqual(inBlocks.malformed, atOnce.malformed);
          for (const size of [undefined, block]) {
            const fast = readRecords(input, { ...options, kernel: true, ...(size && { block: size }) });
            assert.deepEqual(fast, { ...atOnce, documents: fast.documents });
          }
          const { bytes, recordBytes, malformedBytes, framingBytes } = atOnce.tally;
          assert.equal(bytes, input.length);
          assert.equal(recordBytes + malformedBytes + framingBytes, bytes);
        }
        const found = readRecords(whole, wrapper === undefined ? {} : { wrapper });
        assert.equal(found.records.length, records.length);
        assert.deepEqual(found.malformed, []);
        assert.deepEqual(
          found.records.map(({ text }) => JSON.parse(text)),
          records.map((each) => JSON.parse(each)),
        );
      },
    ),
    { numRuns: rounds(150, 2000) },
  );
});
