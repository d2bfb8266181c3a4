/** What AWS publishes and others verify with: the string to sign of their own unit test, and a real key of ListPublicKeys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf, parsePublicKeys } from '../../src/cloudtrail/public-keys.ts';
import { stringToSign } from '../../src/cloudtrail/signature.ts';
import { sha256 } from '../support/made-trail.ts';

test('stringToSign() is that of the unit test of aws-cli (tests/unit/customizations/cloudtrail/test_validation.py)', () => {
  const digest = { endText: 'a', bucket: 'b', object: 'c', previousSignature: undefined };
  const expected = 'a\nb/c\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\nnull';
  assert.equal(stringToSign(digest, sha256('abc')), expected);
});

/** awscli/examples/cloudtrail/list-public-keys.rst, as AWS prints it. */
const REAL_KEY =
  'MIIBCgKCAQEAlSS3cl92HDycr/MTj0moOhas8habjrraXw+KzlWF0axSI2tcF+3iJ9BKQAVSKxGwxwu3m0wG3J+kUl1xboEcEPHYoIYMbgfSw7KGnuDKwkLzsQWhUJ0cIbOHASox1vv/5fNXkrHhGbDCHeVXm804c83nvHUEFYThr1PfyP/8HwrCtR3FX5OANtQCP61C1nJtSSkC8JSQUOrIP4CuwJjc+4WGDk+BGH5m9iuiAKkipEHWmUl8/P7XpfpWQuk4h8g3pXZOrNXr08lbh4d39svj7UqdhvOXoBISp9t/EXYuePGEtBdrKD9Dz+VHwyUPtBQvYr9BnkF88qBnaPNhS44rzwIDAQAB';
const REAL_FINGERPRINT = '7f3f401420072e50a65a141430817ab3';

function read(list: unknown) {
  const problems: string[] = [];
  const keys = parsePublicKeys(Buffer.from(JSON.stringify(list)), (message) => problems.push(message));
  return { keys, problems };
}

function realEntry(changes: Record<string, unknown> = {}) {
  return {
    ValidityStartTime: 1453076702.0,
    ValidityEndTime: 1455668702.0,
    Value: REAL_KEY,
    Fingerprint: REAL_FINGERPRINT,
    ...changes,
  };
}

test('fingerprintOf() is the MD5 of the DER, as the fingerprint of a real key shows', () => {
  assert.equal(fingerprintOf(Buffer.from(REAL_KEY, 'base64')), REAL_FINGERPRINT);
});

test('parsePublicKeys() reads the times of both versions of the AWS command', () => {
  const iso = {
    ValidityStartTime: '2016-01-18T00:25:02+00:00',
    ValidityEndTime: '2016-02-17T00:25:02+00:00',
  };
  const first = read({ PublicKeyList: [realEntry()] });
  const second = read({ PublicKeyList: [realEntry(iso)] });
  assert.deepEqual(first.problems, []);
  assert.deepEqual(first.keys[0]!.from, Date.UTC(2016, 0, 18, 0, 25, 2));
  assert.deepEqual(second, first);
});

test('parsePublicKeys() tells every entry that cannot be used, and why', () => {
  const { keys, problems } = read({
    PublicKeyList: [
      realEntry({ Fingerprint: '0'.repeat(32) }),
      realEntry({ ValidityEndTime: 'never' }),
      realEntry({
        Value: Buffer.from('no key').toString('base64'),
        Fingerprint: fingerprintOf(Buffer.from('no key')),
      }),
      realEntry({ Value: 7 }),
      'key',
    ],
  });
  assert.deepEqual(keys, []);
  assert.deepEqual(problems, [
    `PublicKeyList[0]: the key's fingerprint is ${REAL_FINGERPRINT}, expected the one named beside it, "${'0'.repeat(32)}"`,
    'PublicKeyList[1]: expected the times "ValidityStartTime" and "ValidityEndTime"',
    'PublicKeyList[2]: "Value" is no RSA public key (base64 of PKCS#1 DER)',
    'PublicKeyList[3]: expected the texts "Value" and "Fingerprint"',
    'PublicKeyList[4]: expected an object',
  ]);
  assert.deepEqual(read({}).problems, [
    'expected what "aws cloudtrail list-public-keys" prints, found no "PublicKeyList"',
  ]);
  assert.match(read({ PublicKeyList: [] }).problems[0]!, /holds no key/);
});
