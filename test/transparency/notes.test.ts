/** Signed notes, keys, checkpoints, proof files and tile paths: what the specifications say, and what they refuse. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { formatCheckpoint, parseCheckpoint } from '../../src/transparency/checkpoint.ts';
import {
  generateKey,
  KeyFault,
  parseSignerKey,
  parseVerifierKey,
  verifierOf,
} from '../../src/transparency/note-key.ts';
import {
  NoteFault,
  parseNote,
  signatureLine,
  signNote,
  verifyNote,
} from '../../src/transparency/signed-note.ts';
import { parseTilePath, tileOfNode, tilePath } from '../../src/transparency/tiles.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../../src/transparency/tlog-proof.ts';
import { madeLeaves, twinPath, twinRoot } from './merkle-twin.ts';

const keyOf = (name: string, seed = 7) => {
  const { signer, verifier } = generateKey(name, Buffer.alloc(32, seed));
  return { signer: parseSignerKey(signer), key: parseVerifierKey(verifier), texts: { signer, verifier } };
};
const ann = keyOf('logs.example/ann');
const bob = keyOf('logs.example/bob', 8);
const TEXT = 'logs.example/ann\n3\nAAAA\n';
const parse = (text: string) => parseNote(Buffer.from(text));

/** The same key under type 04. */
function witnessOf(name: string, seed: number) {
  const { texts } = keyOf(name, seed);
  const retype = (text: string, prefix: string) => {
    const data = Buffer.from(text.slice(text.lastIndexOf(name) + name.length + 10), 'base64');
    data[0] = 4;
    const material = Buffer.from(texts.verifier.slice(name.length + 10), 'base64').subarray(1);
    const id = crypto
      .createHash('sha256')
      .update(Buffer.concat([Buffer.from(`${name}\n\u0004`), material]))
      .digest('hex')
      .slice(0, 8);
    return `${prefix}${name}+${id}+${data.toString('base64')}`;
  };
  return {
    signer: parseSignerKey(retype(texts.signer, 'PRIVATE+KEY+')),
    key: parseVerifierKey(retype(texts.verifier, '')),
  };
}

describe('keys', () => {
  test('parseVerifierKey() reads a key of the wild, whose base64 holds "+"', () => {
    const text = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
    const { name, id, kind } = parseVerifierKey(text);
    assert.deepEqual([name, id, kind], ['example.com/log/testdata', '33d7b496', 'ed25519']);
  });

  test('generateKey() makes a pair that belongs together, and verifierOf() says the public half', () => {
    assert.equal(verifierOf(ann.signer), ann.texts.verifier);
    assert.match(ann.texts.signer, /^PRIVATE\+KEY\+logs\.example\/ann\+[0-9a-f]{8}\+/);
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\nb', '\ud800'])
      assert.throws(() => generateKey(name, Buffer.alloc(32)), KeyFault, JSON.stringify(name));
  });

  test('parseVerifierKey() refuses whatever was altered, and never repeats a private key', () => {
    const { verifier, signer } = ann.texts;
    const wrong = [
      ...['', 'ann', 'ann+1', `${verifier}=`, verifier.replace('ann', 'amn'), `${verifier} `],
      verifier.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
      'a+00000000+BgAA',
    ];
    for (const text of wrong) assert.throws(() => parseVerifierKey(text), KeyFault, text);
    assert.throws(() => parseVerifierKey(signer), /private key/);
    assert.throws(
      () => parseSignerKey(`${signer}A`),
      (error: Error) => !error.message.includes(signer.slice(-20)),
    );
    assert.throws(() => parseSignerKey(verifier), KeyFault);
  });

  test('an ECDSA key is known by the hash of its SPKI, and verifies', () => {
    const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    const id = crypto.createHash('sha256').update(spki).digest().subarray(0, 4);
    const key = parseVerifierKey(
      `ec.example+${id.toString('hex')}+${Buffer.concat([Buffer.of(2), spki]).toString('base64')}`,
    );
    const signature = crypto.sign('sha256', Buffer.from(TEXT), privateKey);
    const line = (blob: Buffer) => `\u2014 ec.example ${Buffer.concat([id, blob]).toString('base64')}\n`;
    assert.deepEqual(verifyNote(parse(`${TEXT}\n${line(signature)}`), [key]), [{ key }]);
    signature[10]! ^= 1;
    assert.throws(() => verifyNote(parse(`${TEXT}\n${line(signature)}`), [key]), NoteFault);
    const ed = crypto.generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' });
    const other = crypto.createHash('sha256').update(ed).digest('hex').slice(0, 8);
    const text = `x+${other}+${Buffer.concat([Buffer.of(2), ed]).toString('base64')}`;
    assert.throws(() => parseVerifierKey(text), /P-256/);
  });
});

describe('a signed note', () => {
  test('parseNote() reads the example of the specification', () => {
    const text =
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
      '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
    const note = parse(text);
    assert.ok(note.text.endsWith('sole:\n\ned è subito sera.\n'));
    assert.deepEqual(
      note.signatures.map(({ name, id, signature }) => [name, id, signature.length]),
      [['quasimodo.example/salvatore', '367ba04b', 64]],
    );
  });

  test('verifyNote() says who signed, ignores keys it does not know, also those of the same name or hash', () => {
    const note = parse(signNote(TEXT, [ann.signer, bob.signer]));
    assert.deepEqual(verifyNote(note, [ann.key]), [{ key: ann.key }]);
    assert.deepEqual(verifyNote(note, [bob.key, ann.key]), [{ key: bob.key }, { key: ann.key }]);
    const stranger = keyOf('logs.example/ann', 9);
    assert.deepEqual(verifyNote(note, [stranger.key]), []);
    const sameHash = { ...ann.key, name: 'logs.example/cid' };
    assert.deepEqual(verifyNote(note, [sameHash]), []);
  });

  test('verifyNote() refuses a note whose known signature is bad, whatever else is good', () => {
    const own = signatureLine(TEXT, ann.signer);
    const bad = signatureLine(`${TEXT}x\n`, ann.signer);
    const good = signatureLine(TEXT, bob.signer);
    for (const lines of [bad, `${bad}${own}`, `${own}${bad}`, `${good}${bad}`])
      assert.throws(() => verifyNote(parse(`${TEXT}\n${lines}`), [bob.key, ann.key]), /altered/);
    assert.deepEqual(verifyNote(parse(`${TEXT}\n${good}${bad}`), [bob.key]), [{ key: bob.key }]);
    assert.deepEqual(verifyNote(parse(`${TEXT}\n${own}${own}`), [ann.key]), [{ key: ann.key }]);
  });

  test('parseNote() splits at the last empty line, takes 16 signatures and more, and no endless note', () => {
    const text = 'a\n\nb\n\n\u2014 looks like a signature\n\nc\n';
    assert.equal(parse(signNote(text, [ann.signer])).text, text);
    const many = Array.from({ length: 100 }, (_, at) => keyOf(`w${at}.example`, at + 1).signer);
    assert.equal(parse(signNote(TEXT, many)).signatures.length, 100);
    assert.throws(() => parse(signNote(TEXT, [...many, ann.signer])), /at most 100/);
    assert.throws(() => parseNote(Buffer.alloc(1_000_001, 0x61)), /at most/);
  });

  test('parseNote() refuses what is no note', () => {
    const line = signatureLine(TEXT, ann.signer);
    const data = line.split(' ')[2]!.trim();
    const wrong = [
      ...['', '\n', TEXT, `${TEXT}${line}`, `${TEXT}\n`, `${TEXT}\n${line.trimEnd()}`, `${TEXT}\n${line}x`],
      `${TEXT}\n${line.replace('\u2014', '-')}`,
      `${TEXT}\n\u2014  ${data}\n`,
      `${TEXT}\n\u2014 a+b ${data}\n`,
      `${TEXT}\n\u2014 a ${data.replace('=', '')}\n`,
      `${TEXT}\n\u2014 a AAAAAA==\n`,
      `${TEXT}\n\u2014 a ${data} b\n`,
      `a\tb\n\n${line}`,
      `a\rb\n\n${line}`,
      `a\u0000b\n\n${line}`,
    ];
    for (const text of wrong) assert.throws(() => parse(text), NoteFault, JSON.stringify(text));
    assert.throws(() => parseNote(Buffer.concat([Buffer.of(0xff), Buffer.from(`a\n\n${line}`)])), /UTF-8/);
    assert.throws(() => signNote('no newline', [ann.signer]), NoteFault);
    assert.throws(() => signNote('a\u0007\n', [ann.signer]), NoteFault);
  });

  test('a cosignature says when, and is bound to its time and text', () => {
    const witness = witnessOf('witness.example/w1', 5);
    const line = signatureLine(TEXT, witness.signer, 1679315147n);
    assert.deepEqual(verifyNote(parse(`${TEXT}\n${line}`), [witness.key]), [
      { key: witness.key, time: 1679315147n },
    ]);
    const later = signatureLine(TEXT, witness.signer, 1679315148n);
    assert.equal(verifyNote(parse(`${TEXT}\n${later}${line}`), [witness.key])[0]!.time, 1679315147n);
    const blob = Buffer.from(line.split(' ')[2]!, 'base64');
    blob[11]! ^= 1;
    const moved = `\u2014 witness.example/w1 ${blob.toString('base64')}\n`;
    assert.throws(() => verifyNote(parse(`${TEXT}\n${moved}`), [witness.key]), NoteFault);
    assert.throws(() => verifyNote(parse(`x${TEXT}\n${line}`), [witness.key]), NoteFault);
    const plain = keyOf('witness.example/w1', 5);
    assert.deepEqual(verifyNote(parse(`${TEXT}\n${line}`), [plain.key]), [], 'type 01 of the same key');
  });
});

describe('a checkpoint', () => {
  const root = twinRoot(madeLeaves(3));
  test('is read as it is written, up to 2^64 - 1 leaves, with extension lines', () => {
    const checkpoint = { origin: 'a b', size: 2n ** 64n - 1n, root, extensions: ['x', 'y z'] };
    assert.deepEqual(parseCheckpoint(formatCheckpoint(checkpoint)), checkpoint);
  });

  test('is refused in any other form', () => {
    const good = ['origin', '3', root.toString('base64')];
    const wrong: string[][] = [
      ['', ...good.slice(1)],
      ...['03', '+3', '-1', '3 ', '', '1e3', '18446744073709551616'].map((size) => [
        good[0]!,
        size,
        good[2]!,
      ]),
      ...[
        '',
        'AAAA',
        `${good[2]}=`,
        good[2]!.slice(0, -1),
        good[2]!.replace(/.=$/, (end) => `${end[0] === 'A' ? 'B' : 'A'}x`),
      ].map((text) => [good[0]!, '3', text]),
      [...good, ''],
      good.slice(0, 2),
    ];
    for (const lines of wrong)
      assert.throws(() => parseCheckpoint(`${lines.join('\n')}\n`), NoteFault, String(lines));
    assert.throws(() => parseCheckpoint(good.join('\n')), NoteFault);
  });
});

describe('a proof file', () => {
  const leaves = madeLeaves(7);
  const checkpoint = signNote(
    formatCheckpoint({ origin: 'logs.example/ann', size: 7, root: twinRoot(leaves) }),
    [ann.signer],
  );
  const proof = { index: 4n, hashes: twinPath(4, leaves), checkpoint };

  test('is read as it is written, with and without extra data', () => {
    for (const one of [proof, { ...proof, extra: Buffer.from('context') }, { ...proof, hashes: [] }])
      assert.deepEqual(parseTlogProof(Buffer.from(formatTlogProof(one))), one);
    assert.equal(verifyTlogProof(proof, leaves[4]!), undefined);
    assert.match(verifyTlogProof(proof, leaves[5]!)!, /another root/);
  });

  test('proves nothing once any byte of it is changed', () => {
    const bytes = Buffer.from(formatTlogProof(proof));
    for (const at of bytes.keys())
      for (const bit of [1, 4, 0x40]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= bit;
        const proves = () => {
          const read = parseTlogProof(changed);
          const isSigned = verifyNote(parse(read.checkpoint), [ann.key]).length > 0;
          return isSigned && verifyTlogProof(read, leaves[4]!) === undefined;
        };
        try {
          assert.ok(!proves(), `byte ${at}`);
        } catch (error) {
          assert.ok(error instanceof NoteFault, `byte ${at}: ${error}`);
        }
      }
  });

  test('is refused in any other form', () => {
    const text = formatTlogProof(proof);
    const wrong = [
      ...['', text.replace('@v1', '@v2'), text.replace('index 4', 'index 04'), text.replace('index 4\n', '')],
      text.replace('\n\n', '\n'),
      text.replace('index', 'extra !\nindex'),
      text.replace(/\n\n/, `\n${'AAAA\n'}\n`),
      formatTlogProof({ ...proof, hashes: Array.from({ length: 65 }, () => leaves[0]!) }),
    ];
    for (const one of wrong) assert.throws(() => parseTlogProof(Buffer.from(one)), NoteFault, one);
  });
});

describe('tilePath()', () => {
  test('writes the examples of the specification, and parseTilePath() reads no other spelling', () => {
    assert.equal(tilePath({ level: 0, index: 1234067, width: 256 }), 'tile/0/x001/x234/067');
    assert.equal(tilePath({ level: 1, index: 0, width: 5 }), 'tile/1/000.p/5');
    for (const [index, width] of [
      [0, 1],
      [999, 256],
      [1000, 256],
      [1_000_000, 255],
    ] as const) {
      const tile = { level: 3, index, width };
      assert.deepEqual(parseTilePath(tilePath(tile)), tile);
    }
    for (const path of [
      'tile/0/067/',
      'tile/0/x000/001',
      'tile/00/001',
      'tile/0/1',
      'tile/0/001.p/256',
      'tile/0/001.p/0',
      '../tile/0/001',
    ])
      assert.equal(parseTilePath(path), undefined, path);
  });

  test('tileOfNode() finds a node in the tile that the tree of that size has', () => {
    const tile = (level: number, index: number, width: number) => ({ level, index, width });
    assert.deepEqual(tileOfNode({ level: 0, index: 300 }, 301), {
      tile: tile(0, 1, 45),
      first: 44,
      count: 1,
    });
    assert.deepEqual(tileOfNode({ level: 7, index: 1 }, 256), {
      tile: tile(0, 0, 256),
      first: 128,
      count: 128,
    });
    assert.deepEqual(tileOfNode({ level: 8, index: 1 }, 600), { tile: tile(1, 0, 2), first: 1, count: 1 });
    assert.deepEqual(tileOfNode({ level: 17, index: 0 }, 131_072), {
      tile: tile(2, 0, 2),
      first: 0,
      count: 2,
    });
  });
});
