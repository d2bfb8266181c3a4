/** The scanner kernel is held to its slow twins: scanner, ids, instants, hashes and comparisons, on made and on odd bytes. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { SECTION, sourcesDigest } from '../../build/kernel.ts';
import { plainChecksum } from '../../src/base/checksum.ts';
import { fieldPathReadings } from '../../src/base/field-path.ts';
import { KIND } from '../../src/base/found-values.ts';
import { NANOS_PER_MS, parsePlainTimestamp } from '../../src/base/instant.ts';
import { type ScanKernel, UNUSUAL } from '../../src/base/scan-kernel.ts';
import { KERNEL_FILE } from '../../src/read/kernel/load-kernel.ts';
import { hashBytes } from '../../src/sources/hash-bytes.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { KernelFuzz } from '../support/kernel-fuzz.ts';
import { Chance, WANTED } from '../support/made-json.ts';
import { isFull, rounds } from '../support/rounds.ts';
import { sharedData } from '../support/shared-data.ts';
import { shippedKernel } from '../support/shared-kernel.ts';
import { TwinScan } from '../support/twin-scan.ts';

function newKernel(): ScanKernel {
  const kernel = shippedKernel();
  assert.ok(kernel !== undefined, 'this machine has no SIMD: the kernel cannot be tested here');
  return kernel;
}

function put(kernel: ScanKernel, bytes: Uint8Array, at: number): number {
  kernel.block.set(bytes, at);
  return at + bytes.length;
}

test('the kernel is built, and from the present sources', () => {
  assert.ok(existsSync(KERNEL_FILE), `${KERNEL_FILE.pathname} is missing: npm run build`);
  const module = new WebAssembly.Module(readFileSync(KERNEL_FILE));
  const [digest] = WebAssembly.Module.customSections(module, SECTION);
  assert.equal(Buffer.from(digest!).toString(), sourcesDigest(), 'the kernel is stale: npm run build');
});

describe('scan() and scanLine()', () => {
  let kernel: ScanKernel;
  before(() => {
    kernel = newKernel();
  });

  test(`agree with the slow twin on ${isFull ? '1,000,000' : '20,000'} made and mutated records`, () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      const fuzz = new KernelFuzz(kernel, 20_260_131);
      for (let left = isFull ? 1_000_000 : 20_000; left > 0; left--) {
        const problem = fuzz.step();
        if (problem !== undefined) assert.fail(problem);
      }
      assert.equal(fuzz.memoryProblem(), undefined);
      assert.ok(fuzz.read > fuzz.records / 6, 'the kernel itself read too few to tell anything');
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  });

  test('agree with the slow twin on keys in any sequence, met before or not, twice in an object or not', () => {
    const kernel = newKernel();
    const chance = new Chance(11);
    const keys = [1, 2, 14, 15, 16, 17, 30, 31, 32, 62, 63, 64, 65].flatMap((length) => [
      'k'.repeat(length),
      `${'k'.repeat(length - 1)}z`,
    ]);
    const twins = new TwinScan(kernel, ['k', 'l', keys[6]!, keys[20]!, keys[24]!, 'kk.k', 'kk.kk.l']);
    const object = (depth: number): string => {
      const members = Array.from({ length: chance.below(6) }, () => {
        // Few keys are met often, all of them now and then.
        const key = chance.pick(chance.oneIn(3) ? keys : ['k', 'kk', 'l', keys[6]!]);
        return `"${key}":${depth < 2 && chance.oneIn(3) ? object(depth + 1) : chance.pick(['1', '"x"', 'null'])}`;
      });
      return `{${(chance.oneIn(2) ? members.toSorted() : members).join()}}`;
    };
    for (let left = 5000; left > 0; left--) {
      const text = object(0);
      const end = put(kernel, Buffer.from(text), left);
      assert.equal(twins.disagreement(left, end), undefined, text);
    }
    assert.ok(twins.read > 2500, 'the kernel itself read too few to tell anything');
  });

  test('a path that is wanted later is found in objects whose keys were met before', () => {
    const kernel = newKernel();
    const trie = kernel.newTrie()!;
    trie.add(0, fieldPathReadings('a.b'));
    const end = put(kernel, Buffer.from('{"a":{"b":1,"c":2},"d":3}'), 0);
    for (let times = 0; times < 3; times++) assert.equal(trie.scan(0, end), end);
    trie.add(1, fieldPathReadings('a.c'));
    trie.add(2, [['d']]);
    assert.equal(trie.scan(0, end), end);
    assert.deepEqual(
      [0, 1, 2].map((slot) => trie.found.first(slot) >= 0),
      [true, true, true],
    );
  });

  test('agree with the slow twin on JSONTestSuite, anywhere in the block', {
    skip: sharedData('json-testsuite') === undefined && 'sample data absent',
  }, () => {
    const twins = new TwinScan(kernel, WANTED);
    const folder = sharedData('json-testsuite')!;
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    assert.ok(names.length >= 170);
    for (const name of names) {
      const bytes = readFileSync(`${folder}/${name}`);
      for (const start of [0, 7, kernel.block.length - bytes.length]) {
        const end = put(kernel, bytes, start);
        assert.equal(twins.disagreement(start, end), undefined, name);
      }
    }
    assert.ok(twins.read > 100, `${twins.read} read`);
  });

  test('agree on strings and keys of every length around the width of a vector, with every byte in every place', () => {
    const twins = new TwinScan(kernel, WANTED);
    const stops = Buffer.from('"\\ \x1f\x7f\x80\xc3\xa9az,', 'latin1');
    for (let length = 0; length <= 50; length++) {
      const content = Buffer.alloc(length, 'k');
      for (const record of [
        Buffer.concat([Buffer.from('{"a":"'), content, Buffer.from('","b":1}\n')]),
        Buffer.concat([Buffer.from('{"'), content, Buffer.from('":"a","l":1}\n')]),
      ]) {
        for (let at = 0; at < length; at++) {
          for (const stop of stops) {
            const changed = Buffer.from(record);
            changed[6 + at] = stop;
            const start = at % 2 === 0 ? at : kernel.block.length - changed.length;
            assert.equal(
              twins.disagreement(start, put(kernel, changed, start) - 1),
              undefined,
              changed.toString('latin1'),
            );
            assert.equal(
              twins.lineDisagreement(start, start + changed.length),
              undefined,
              changed.toString('latin1'),
            );
          }
        }
      }
    }
  });

  test('read plain records themselves, and say which are in RFC 8785 form', () => {
    const twins = new TwinScan(kernel, ['a', 'b.c']);
    const canonical = [
      '{"a":"x","b":{"c":[1,2.5,-3]}}',
      '{"a":0.5,"b":"\\n"}',
      '{"a":9007199254740993.5e0}',
      '{"a":1e+21,"b":12345678901234567000}',
    ];
    const expected = [true, true, false, true];
    for (const [index, text] of canonical.entries()) {
      const end = put(kernel, Buffer.from(text), 10);
      assert.equal(twins.disagreement(10, end), undefined, text);
      assert.equal(twins.trie.found.canonical, expected[index], text);
    }
    assert.equal(twins.read, canonical.length);
  });

  test('leave to the slow twin what lies outside the block', () => {
    const twins = new TwinScan(kernel, ['a']);
    const { length } = kernel.block;
    for (const [start, end] of [
      [-1, 10],
      [0, length + 1],
      [length, length],
      [length + 1, length + 2],
    ] as const) {
      assert.equal(twins.trie.scan(start, end), UNUSUAL);
      assert.equal(twins.trie.scanLine(start, end), UNUSUAL);
    }
    const reach = kernel.reach.length;
    const record = Buffer.from('{"a":1}');
    record.copy(kernel.reach, reach - record.length);
    assert.equal(twins.trie.scan(reach - record.length, reach), reach);
    for (const end of [reach + 1, reach - 1])
      assert.equal(twins.trie.scan(reach - record.length, end), UNUSUAL);
    assert.equal(twins.trie.scanLine(reach - record.length, reach), UNUSUAL);
  });

  test('scanLine() ends where its line ends, though the object goes on behind it', () => {
    const twins = new TwinScan(kernel, ['a', 'zz']);
    for (const text of [
      '{"a":1,\n"zz":2}\n',
      '{\n"zz":2}\n',
      '{"a":1}\n',
      '{"a":[\r\n1],"zz":2}\n',
      '{"zz":2\n}\n',
      '\n{"zz":2}\n',
    ]) {
      const end = put(kernel, Buffer.from(text), 0);
      assert.equal(twins.lineDisagreement(0, end), undefined, text);
    }
    assert.equal(twins.read, 1);
    const end = put(kernel, Buffer.from('{"a":1,\n"b":2}'), 0);
    assert.equal(twins.disagreement(0, end), undefined, 'a value may take as many lines as it likes');
    assert.equal(twins.read, 2);
  });

  test('see nothing of an earlier record behind the end', () => {
    const twins = new TwinScan(kernel, ['a', 'zz']);
    const end = put(kernel, Buffer.from('{"a":1,"zz":"later"}\n'), 0);
    for (let cut = 0; cut < end; cut++) {
      assert.equal(twins.trie.scanLine(0, cut), UNUSUAL);
      if (cut < 19) assert.equal(twins.trie.found.everFound(1), false, `after ${cut} bytes`);
    }
    assert.equal(twins.trie.scanLine(0, end), end - 1);
    assert.equal(twins.trie.found.everFound(1), true);
  });
});

test('newTrie() ends when there is no room, and a trie that is full reads nothing', () => {
  const kernel = newKernel();
  const end = put(kernel, Buffer.from('{"k7":1}'), 0);
  const trie = kernel.newTrie()!;
  for (let slot = 0; slot < 2048; slot++) trie.add(slot, [[`k${slot}`]]);
  assert.equal(trie.scan(0, end), end);
  assert.equal(trie.found.size(7), 1);
  trie.add(2048, [['k2048']]);
  assert.equal(trie.scan(0, end), UNUSUAL);
  let more = 0;
  while (kernel.newTrie() !== undefined) more++;
  assert.equal(more, 63);
});

describe('the shape of a record', () => {
  const newScan = () => {
    const kernel = newKernel();
    const newTrie = () => {
      const trie = kernel.newTrie()!;
      for (const [slot, name] of ['id', 'actor', 'list'].entries()) trie.add(slot, [[name]]);
      return trie;
    };
    return { newTrie, put: (record: string) => put(kernel, Buffer.from(record), 0) };
  };

  test('is the same wherever the same fields have values of the same kinds, and another one otherwise', () => {
    const { newTrie, put: write } = newScan();
    const tries = [newTrie(), newTrie()];
    const shapeOf = (trie: number, record: string) => {
      const end = write(record);
      assert.equal(tries[trie]!.scan(0, end), end);
      return tries[trie]!.found.shape;
    };
    const shape = shapeOf(0, '{"id":"1","actor":"ann","list":[1,2]}');
    assert.ok(shape >= 0);
    const different = [
      '{}',
      '{"id":"","actor":"ann","list":[1,2]}',
      '{"id":1,"actor":"ann","list":[1,2]}',
      '{"id":null,"actor":"ann","list":[1,2]}',
      '{"id":"1","actor":{},"list":[1,2]}',
      '{"id":"1","actor":"ann","list":[]}',
      '{"id":"1","actor":"ann"}',
    ].map((record) => shapeOf(0, record));
    assert.equal(new Set([shape, ...different]).size, 8);
    const same = '{"actor":"bob \\u00e9","id":"22","list":[3],"other":""}'.replace(
      /^{("actor":.*),("id":"22")/,
      '{$2,$1',
    );
    for (const record of [same, '{"id":"é","actor":"","list":[3]}'.replace('""', '"cid"')])
      assert.equal(shapeOf(0, record), shape);
    assert.notEqual(shapeOf(1, same), shape, 'slots of another trie are other fields');
    assert.equal(shapeOf(0, same), shape);
  });

  test('is not told beyond the bound, where those known stay known', () => {
    const { newTrie, put: write } = newScan();
    const trie = newTrie();
    for (let slot = 3; slot < 303; slot++) trie.add(slot, [[`f${1000 + slot}`]]);
    const shapeOf = (fields: readonly number[]) => {
      const end = write(`{${fields.map((slot) => `"f${1000 + slot}":1`).join()}}`);
      assert.equal(trie.scan(0, end), end);
      return trie.found.shape;
    };
    const pairs = Array.from({ length: 5000 }, (_, index) => [
      3 + (index % 100),
      103 + Math.floor(index / 100),
    ]);
    const first = pairs.map(shapeOf);
    assert.equal(new Set(first).size, 4096 + 1);
    assert.equal(first.filter((shape) => shape === -1).length, 5000 - 4096);
    assert.deepEqual(pairs.map(shapeOf), first);
    assert.equal(
      shapeOf(Array.from({ length: 300 }, (_, index) => index + 3)),
      -1,
      'a record of too many fields',
    );
  });
});

test('newTrie() keeps the fields of sources apart', () => {
  const kernel = newKernel();
  const [one, other] = [kernel.newTrie()!, kernel.newTrie()!];
  one.add(0, [['a']]);
  other.add(0, [['b']]);
  const end = put(kernel, Buffer.from('{"a":1}'), 0);
  assert.equal(one.scan(0, end), end);
  assert.equal(other.scan(0, end), end);
  assert.deepEqual([one.found.size(0), other.found.size(0)], [1, 0]);
  assert.deepEqual([one.found.everFound(0), other.found.everFound(0)], [true, false]);
});

test('checksum() is the plain one, wherever the bytes lie, and goes on from what came before', () => {
  const kernel = newKernel();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(1000), fc.nat(2 ** 31), (bytes, start, seed) => {
      const before = plainChecksum(Buffer.from(String(seed)), seed * 4099);
      kernel.block.set(bytes, start);
      const view = kernel.block.subarray(start, start + bytes.length);
      assert.equal(kernel.checksum(view, before), plainChecksum(bytes, before));
      assert.equal(kernel.checksum(bytes, before), plainChecksum(bytes, before));
      for (let at = 0; at < bytes.length; at++) {
        view[at]! ^= 1;
        assert.notEqual(kernel.checksum(view, before), plainChecksum(bytes, before), 'every bit counts');
        view[at]! ^= 1;
      }
    }),
  );
});

test('countNewlines() counts as a loop does, at every length and place', () => {
  const kernel = newKernel();
  const chance = new Chance(7);
  for (let index = 0; index < 4096; index++) kernel.block[index] = chance.pick([0x0a, 0x61, 0x8a, 0x0b]);
  for (let start = 0; start < 20; start++) {
    for (let length = 0; length < 200; length++) {
      const expected = kernel.block.subarray(start, start + length).filter((byte) => byte === 0x0a).length;
      assert.equal(kernel.countNewlines(kernel.block.subarray(start, start + length)), expected);
    }
  }
  kernel.block.fill(0x0a);
  assert.equal(kernel.countNewlines(kernel.block), kernel.block.length);
  assert.equal(kernel.countNewlines(kernel.block.subarray(5, 5)), 0);
});

test('intern() gives the ids of ValueIds, wherever the bytes lie', () => {
  const kernel = newKernel();
  const fast = new ValueIds(kernel);
  const slow = new ValueIds();
  const chance = new Chance(11);
  const stem = Buffer.from('user0123456789@example.com/with/a/long/path/'.repeat(7));
  for (let round = 0; round < 60_000; round++) {
    const length = chance.oneIn(20) ? chance.below(260) : chance.below(24);
    const start = chance.oneIn(3) ? kernel.block.length - length : chance.below(100);
    stem.copy(kernel.block, start, 0, length);
    if (length > 0) kernel.block[start + chance.below(length)] = 97 + chance.below(8);
    const kind = chance.pick([KIND.string, KIND.string, KIND.number, KIND.boolean]);
    const end = start + length;
    const id = slow.idOfBytes(kind, kernel.block, start, end);
    assert.equal(fast.idOfBytes(kind, kernel.block, start, end), id);
    if (chance.oneIn(5)) {
      const copy = Buffer.from(kernel.block.subarray(start, end));
      assert.equal(fast.idOfBytes(kind, copy, 0, length), id, 'bytes elsewhere');
      assert.equal(fast.idOfText(kind, copy.toString()), id, 'as a text');
    }
  }
});

test('intern() keeps its promise to its bound, and answers -1 beyond it', () => {
  const kernel = newKernel();
  const wrong: number[] = [];
  // The first 1,000 are longer than what an entry holds itself.
  const idOf = (number: number) =>
    kernel.intern(
      4,
      0,
      kernel.block.write(number < 1000 ? `a-long-text-that-ends-in-${number}` : `${number}`, 0, 'latin1'),
    );
  for (let number = 0; number < 1 << 20; number++) if (idOf(number) !== number) wrong.push(number);
  assert.equal(idOf(1 << 20), -1);
  for (let number = 0; number < 1 << 20; number++) if (idOf(number) !== number) wrong.push(number);
  assert.deepEqual(wrong, []);
});

test('intern() answers -1 when its bytes are used up, and still knows what it knew', () => {
  const kernel = newKernel();
  const length = 256;
  kernel.block.fill('x', 0, length);
  const idOf = (number: number) => {
    kernel.block.writeUInt32LE(number, length - 4);
    return kernel.intern(4, 0, length);
  };
  const room = (24 * 1024 * 1024) / length;
  const wrong: number[] = [];
  for (let number = 0; number < room; number++) if (idOf(number) !== number) wrong.push(number);
  assert.equal(idOf(room), -1);
  assert.equal(kernel.intern(4, 0, 257), -1, 'too long');
  assert.equal(kernel.intern(4, 0, 16), room, 'short texts need none of them');
  for (let number = 0; number < room; number++) if (idOf(number) !== number) wrong.push(number);
  assert.deepEqual(wrong, []);
});

test('plainInstant() reads what parsePlainTimestamp() reads', () => {
  const kernel = newKernel();
  const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));
  const within = (from: number, to: number, width: number) =>
    fc.integer({ min: from, max: to }).map((number) => `${number}`.padStart(width, '0'));
  const text = fc
    .tuple(
      fc.oneof(within(999, 9999, 4), digits(4)),
      fc.oneof(within(0, 13, 2), digits(2)),
      fc.oneof(within(0, 32, 2), digits(2)),
      within(0, 24, 2),
      within(0, 60, 2),
      within(0, 60, 2),
      fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{0,10}$/)),
      fc.constantFrom('Z', 'Z', 'Z', 'z', '+00:00', ''),
    )
    .map(
      ([year, month, day, hour, minute, second, fraction, zone]) =>
        `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`,
    );
  const change = fc.option(fc.tuple(fc.nat(29), fc.integer({ min: 0, max: 255 })), { freq: 3 });
  const numRuns = rounds(2_000, 20_000);
  let read = 0;
  fc.assert(
    fc.property(text, change, fc.boolean(), (written, changed, atEnd) => {
      const bytes = Buffer.from(written);
      if (changed !== null && changed[0] < bytes.length) bytes[changed[0]] = changed[1];
      const start = atEnd ? kernel.block.length - bytes.length : 3;
      const end = put(kernel, bytes, start);
      const expected = parsePlainTimestamp(kernel.block, start, end);
      const ms = kernel.plainInstant(start, end);
      if (expected === undefined) return assert.ok(Number.isNaN(ms), `${bytes} is ${ms}`);
      read++;
      assert.equal(BigInt(ms) * NANOS_PER_MS + BigInt(kernel.nanos), expected, `${bytes}`);
      assert.ok(kernel.nanos >= 0 && kernel.nanos < 1_000_000);
    }),
    { numRuns },
  );
  assert.ok(read > numRuns / 40, `${read} read`);
  for (let day = Date.UTC(1000, 0, 1); day < Date.UTC(2400, 0, 1); day += 86_400_000) {
    const bytes = Buffer.from(new Date(day).toISOString());
    const expected = bytes.toString('latin1', 5, 10) === '02-29' ? Number.NaN : day;
    assert.equal(kernel.plainInstant(0, put(kernel, bytes, 0)), expected, `${bytes}`);
  }
});

test('hash() is hashBytes()', () => {
  const kernel = newKernel();
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      fc.nat(0xffffffff),
      fc.nat(0xffffffff),
      (bytes, first, second) => {
        const expected = Uint32Array.of(first, second);
        hashBytes(bytes, 0, bytes.length, expected);
        const key = Uint32Array.of(first, second);
        kernel.hash(key, 9, put(kernel, bytes, 9));
        assert.deepEqual(key, expected);
      },
    ),
  );
});

test('equalsText() compares ASCII, and takes no other text for it', () => {
  const kernel = newKernel();
  const hash = 'ab'.repeat(32);
  put(kernel, Buffer.from(hash), 5);
  for (const text of [hash, hash, hash.slice(0, 24), `${hash.slice(0, 63)}b`])
    assert.equal(kernel.equalsText(text, 5), true, text);
  for (let at = 0; at < hash.length; at++) {
    for (const other of ['c', '\u0161', '\u{162}', '\0']) {
      assert.equal(kernel.equalsText(`${hash.slice(0, at)}${other}${hash.slice(at + 1)}`, 5), false);
    }
  }
  assert.equal(kernel.equalsText(hash, 5), true);
  const long = 'x'.repeat(5000);
  put(kernel, Buffer.from(long), 5);
  assert.equal(kernel.equalsText(long, 5), true);
  assert.equal(kernel.equalsText(`${long.slice(1)}y`, 5), false);
  assert.equal(kernel.equalsText('x'.repeat(1024), 5), true);
  assert.equal(kernel.equalsText(`é${'x'.repeat(1023)}`, 5), false);
  assert.equal(kernel.equalsText('é'.repeat(1024), 5), false);
});

test('copyWithout() takes the member and one comma, at any length', () => {
  const kernel = newKernel();
  for (let length = 0; length < 70; length++) {
    const filler = 'f'.repeat(length);
    for (const [text, expected] of [
      [`{"a":"${filler}","h":"1"}`, `{"a":"${filler}"}`],
      [`{"a":"${filler}","h":"1","z":"${filler}"}`, `{"a":"${filler}","z":"${filler}"}`],
      [`{"h":"1","z":"${filler}"}`, `{"z":"${filler}"}`],
      ['{"h":"1"}', '{}'],
    ] as const) {
      const start = kernel.block.length - text.length;
      const end = put(kernel, Buffer.from(text), start);
      const from = start + text.indexOf('"h"');
      const copy = kernel.copyWithout(start, end, from, from + 7);
      assert.equal(Buffer.from(copy).toString(), expected);
    }
  }
});
