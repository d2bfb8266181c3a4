/** Signatures of every algorithm: made by Node's crypto and by @noble/curves, held, spoiled, and written otherwise. */
import assert from 'node:assert/strict';
import crypto, { type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { toBase58 } from '../../src/base/multibase.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../src/chain/profile.ts';
import { type Curve, isPrivateKey, parsePublicKey } from '../../src/chain/public-key.ts';
import { curveOf, fitsAlgorithm, verifySignature } from '../../src/chain/signature.ts';

const MESSAGE = Buffer.from('2010-05-18;2010-05-18T11:22:19;FAC 001/14;3.12;');

type Pair = { publicKey: KeyObject; privateKey: KeyObject };

const PAIRS = {
  ed25519: crypto.generateKeyPairSync('ed25519'),
  p256: crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  secp256k1: crypto.generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  rsa: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
} satisfies Record<string, Pair>;

function pairOf(algorithm: SignatureAlgorithm): Pair {
  return PAIRS[curveOf(algorithm) ?? 'rsa'];
}

/** The private number of a key on a curve. */
function scalarOf({ privateKey }: Pair): Uint8Array {
  return Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url');
}

function sign(algorithm: SignatureAlgorithm): Uint8Array {
  const { privateKey: key } = pairOf(algorithm);
  switch (algorithm) {
    case 'ed25519':
      return crypto.sign(null, MESSAGE, key);
    case 'ecdsa-secp256k1':
      return secp256k1.sign(MESSAGE, scalarOf(PAIRS.secp256k1), { lowS: true });
    case 'ecdsa-p256':
      return crypto.sign('sha256', MESSAGE, { key, dsaEncoding: 'ieee-p1363' });
    case 'ecdsa-p256-low-s':
      return p256.sign(MESSAGE, scalarOf(PAIRS.p256), { lowS: true });
    case 'ecdsa-p256-der':
      return crypto.sign('sha256', MESSAGE, { key, dsaEncoding: 'der' });
    case 'ecdsa-p256-der-low-s':
      return p256.Signature.fromBytes(sign('ecdsa-p256-low-s')).toBytes('der');
    case 'rsa-sha1':
      return crypto.sign('sha1', MESSAGE, key);
    case 'rsa-sha256':
      return crypto.sign('sha256', MESSAGE, key);
    case 'rsa-pss-sha256':
      return crypto.sign('sha256', MESSAGE, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING });
  }
}

/** The other signature that holds for the same message. */
function mirrored(signature: Uint8Array, curve: typeof p256 | typeof secp256k1): Uint8Array {
  const { r, s } = curve.Signature.fromBytes(signature);
  return new curve.Signature(r, curve.Point.Fn.ORDER - s).toBytes();
}

describe('verifySignature()', () => {
  for (const algorithm of SIGNATURE_ALGORITHMS) {
    const { publicKey } = pairOf(algorithm);
    const signature = sign(algorithm);

    test(`holds ${algorithm}, and no bit of message or signature may change`, () => {
      assert.equal(verifySignature(algorithm, publicKey, MESSAGE, signature), true);
      assert.equal(verifySignature(algorithm, publicKey, MESSAGE.toString(), signature), true);
      assert.equal(
        verifySignature(algorithm, publicKey, Buffer.concat([MESSAGE, Buffer.of(0)]), signature),
        false,
      );
      for (let at = 0; at < signature.length; at += 7) {
        const spoiled = Buffer.from(signature);
        spoiled[at]! ^= 1 << (at % 8);
        assert.equal(verifySignature(algorithm, publicKey, MESSAGE, spoiled), false, `bit of byte ${at}`);
      }
    });

    test(`refuses ${algorithm} cut, longer or empty`, () => {
      for (const spoiled of [signature.subarray(1), signature.subarray(0, -1), Buffer.of(), Buffer.alloc(64)])
        assert.equal(verifySignature(algorithm, publicKey, MESSAGE, spoiled), false);
      const longer = Buffer.concat([signature, Buffer.of(0)]);
      assert.equal(verifySignature(algorithm, publicKey, MESSAGE, longer), false);
    });

    test(`refuses ${algorithm} under a key of another kind`, () => {
      for (const { publicKey: other } of Object.values(PAIRS)) {
        if (other.equals(publicKey)) continue;
        assert.equal(fitsAlgorithm(other, algorithm), false);
        assert.equal(verifySignature(algorithm, other, MESSAGE, signature), false);
      }
    });
  }

  test('takes the larger number only where the smaller is not demanded', () => {
    const high = mirrored(sign('ecdsa-p256-low-s'), p256);
    const { publicKey } = PAIRS.p256;
    assert.equal(verifySignature('ecdsa-p256', publicKey, MESSAGE, high), true);
    assert.equal(verifySignature('ecdsa-p256-low-s', publicKey, MESSAGE, high), false);
    const der = p256.Signature.fromBytes(high).toBytes('der');
    assert.equal(verifySignature('ecdsa-p256-der', publicKey, MESSAGE, der), true);
    assert.equal(verifySignature('ecdsa-p256-der-low-s', publicKey, MESSAGE, der), false);
    const highK1 = mirrored(sign('ecdsa-secp256k1'), secp256k1);
    assert.equal(verifySignature('ecdsa-secp256k1', PAIRS.secp256k1.publicKey, MESSAGE, highK1), false);
  });

  test('takes neither form of ECDSA for the other', () => {
    const { publicKey } = PAIRS.p256;
    assert.equal(verifySignature('ecdsa-p256', publicKey, MESSAGE, sign('ecdsa-p256-der')), false);
    assert.equal(verifySignature('ecdsa-p256-der', publicKey, MESSAGE, sign('ecdsa-p256')), false);
  });

  test('takes no RSA padding for another', () => {
    const { publicKey } = PAIRS.rsa;
    assert.equal(verifySignature('rsa-pss-sha256', publicKey, MESSAGE, sign('rsa-sha256')), false);
    assert.equal(verifySignature('rsa-sha256', publicKey, MESSAGE, sign('rsa-pss-sha256')), false);
    assert.equal(verifySignature('rsa-sha256', publicKey, MESSAGE, sign('rsa-sha1')), false);
  });
});

describe('parsePublicKey()', () => {
  const multicodec: Record<Curve, number[]> = {
    ed25519: [0xed, 1],
    p256: [0x80, 0x24],
    secp256k1: [0xe7, 1],
  };

  function rawOf(name: Curve): Uint8Array {
    const der = PAIRS[name].publicKey.export({ format: 'der', type: 'spki' });
    return name === 'ed25519' ? der.subarray(-32) : der.subarray(-65);
  }

  function compressed(raw: Uint8Array): Uint8Array {
    return raw.length === 32 ? raw : Buffer.concat([Buffer.of(2 + (raw[64]! % 2)), raw.subarray(1, 33)]);
  }

  for (const name of ['ed25519', 'p256', 'secp256k1'] as const) {
    const { publicKey } = PAIRS[name];
    const raw = Buffer.from(rawOf(name));
    const short = Buffer.from(compressed(raw));
    const forms: Record<string, Uint8Array | string> = {
      PEM: publicKey.export({ format: 'pem', type: 'spki' }),
      JWK: JSON.stringify(publicKey.export({ format: 'jwk' })),
      DER: publicKey.export({ format: 'der', type: 'spki' }),
      bytes: raw,
      'bytes of the short form': short,
      hex: short.toString('hex'),
      base64: `${raw.toString('base64')}\n`,
      base64url: short.toString('base64url'),
      'did:key': `did:key:z${toBase58(Buffer.from([...multicodec[name], ...short]))}`,
    };
    for (const [form, text] of Object.entries(forms)) {
      test(`reads ${name} as ${form}`, () => {
        const given = parsePublicKey(Buffer.from(text), name);
        assert.equal(given?.key.equals(publicKey), true);
        assert.equal(given?.private, false);
      });
    }
  }

  test('reads bytes of a key that begin like JSON', () => {
    const raw = Buffer.concat([Buffer.from('{"a":1}'), Buffer.alloc(25, 1)]);
    const given = parsePublicKey(raw, 'ed25519');
    const der = given?.key.export({ format: 'der', type: 'spki' });
    assert.deepEqual(der?.subarray(-32), raw);
  });

  test('reads RSA as PEM, certificate-less DER of both kinds and base64 of it', () => {
    const { publicKey } = PAIRS.rsa;
    for (const type of ['spki', 'pkcs1'] as const) {
      const der = publicKey.export({ format: 'der', type });
      for (const text of [publicKey.export({ format: 'pem', type }), der, der.toString('base64')])
        assert.equal(parsePublicKey(Buffer.from(text), null)?.key.equals(publicKey), true);
    }
  });

  test('tells a private key, and takes its public half', () => {
    const { privateKey, publicKey } = PAIRS.p256;
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));
    for (const text of [pem, jwk]) {
      const given = parsePublicKey(Buffer.from(text), 'p256');
      assert.deepEqual([given?.private, given?.key.equals(publicKey)], [true, true]);
      assert.equal(isPrivateKey(Buffer.from(text)), true);
    }
    const publicPem = publicKey.export({ format: 'pem', type: 'spki' });
    assert.equal(isPrivateKey(Buffer.from(publicPem)), false);
  });

  test('reads no key from what is none', () => {
    for (const text of [
      '',
      'secret',
      '{}',
      '{"kty":"oct","k":"AA"}',
      '-----BEGIN PUBLIC KEY-----',
      'did:key:z0',
      'zz',
      '30',
    ])
      assert.equal(parsePublicKey(Buffer.from(text), 'ed25519'), undefined, text);
    // A point that is not on the curve.
    assert.equal(parsePublicKey(Buffer.from(`04${'11'.repeat(64)}`), 'p256'), undefined);
  });
});
