/** did:plc: the interoperability vectors of its authors through the real command, and each of them spoiled. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { codesOf, judgeRecords, verifyFiles } from '../chain/protocol-run.ts';
import { CommandLine } from '../support/command-line.ts';
import { sharedData } from '../support/shared-data.ts';

const folder = sharedData('hashchain-plc/interop_tests/audit_log');
const absent = { skip: folder === undefined && 'sample data absent' };
const line = new CommandLine();
after(() => line.close());

/** What is wrong with each of the invalid ones, in our words. */
const INVALID: Readonly<Record<string, string[]>> = {
  'log_invalid_nullification_too_slow.json': ['forbidden-operation'],
  'log_invalid_sig_b64_newline.json': ['bad-signature'],
  'log_invalid_sig_der.json': ['bad-signature'],
  'log_invalid_update_tombstoned.json': ['forbidden-operation'],
};

/** The times of these begin in 1970, which the check of timestamps finds, and nothing else may. */
const LONG_AGO = new Set([
  'log_nullification.json',
  'log_invalid_nullification_too_slow.json',
  'log_invalid_sig_b64_newline.json',
]);

describe('the interoperability vectors', absent, () => {
  const vectors = (kind: 'valid' | 'invalid') =>
    folder === undefined ? [] : readdirSync(join(folder, kind)).sort();

  test('are the eight that are judged here', (t) => {
    assert.deepEqual([vectors('valid').length, vectors('invalid')], [4, Object.keys(INVALID)]);
    t.diagnostic('did:plc: 4 of 4 valid accepted, 4 of 4 invalid rejected, 0 left out');
  });

  for (const kind of ['valid', 'invalid'] as const) {
    for (const name of vectors(kind)) {
      test(`${name} is ${kind === 'valid' ? 'accepted' : 'rejected'} by the command`, async () => {
        const { exit, report, chain, others } = await verifyFiles(line, [name], join(folder!, kind));
        assert.deepEqual(chain, INVALID[name] ?? []);
        assert.deepEqual(others, LONG_AGO.has(name) ? ['implausible-time'] : []);
        assert.equal(exit, kind === 'valid' && !LONG_AGO.has(name) ? 0 : 1);
        const [stream, ...more] = report.streams;
        assert.equal(more.length, 0);
        assert.equal(stream?.profile, 'plc');
        assert.match(stream.stream, /^did:plc:[a-z2-7]{24}$/);
        assert.equal(stream.status, kind === 'valid' ? 'chained' : 'broken');
        assert.equal(stream.records, report.summary.records.read);
      });
    }
  }
});

type Operation = { prev: string | null; sig: string; type: string; rotationKeys?: string[] } & Record<
  string,
  unknown
>;
type Entry = { did: string; operation: Operation; cid: string; nullified: boolean; createdAt: string };

function load(name: string): Entry[] {
  return JSON.parse(readFileSync(join(folder!, 'valid', name), 'utf8')) as Entry[];
}

describe('a valid audit log that was spoiled', absent, () => {
  const NAMES = [
    'log_bskyapp.json',
    'log_legacy_dholms.json',
    'log_nullification.json',
    'log_tombstone.json',
  ];

  test('shows a changed value of any operation, by CID and by signature', () => {
    for (const name of NAMES) {
      for (const index of load(name).keys()) {
        const entries = load(name);
        const { operation } = entries[index]!;
        operation.alsoKnownAs = ['at://mallory.example'];
        const said = codesOf(judgeRecords(entries));
        assert.ok(said.includes(`${index + 1} altered-record`), `${name} ${index}: ${said}`);
        assert.ok(
          said.some((code) => code === `${index + 1} bad-signature` || code.includes('forked-chain')),
          name,
        );
      }
    }
  });

  test('shows a CID that was made to fit the change', () => {
    const entries = load('log_bskyapp.json');
    entries[1]!.operation.alsoKnownAs = ['at://mallory.example'];
    const said = judgeRecords(entries);
    const cid = /expected the CID "(\w+)"/.exec(said.join('\n'))![1]!;
    entries[1]!.cid = cid;
    assert.deepEqual(codesOf(judgeRecords(entries)), ['2 bad-signature']);
  });

  test('shows an operation removed from the middle, at its beginning, and repeated', () => {
    const entries = load('log_legacy_dholms.json');
    assert.deepEqual(codesOf(judgeRecords(entries.toSpliced(2, 1))), ['3 broken-link']);
    assert.deepEqual(codesOf(judgeRecords(entries.slice(1))), ['1 missing-genesis']);
    assert.deepEqual(codesOf(judgeRecords([...entries, entries[4]])), ['6 repeated-record']);
  });

  test('shows two operations that changed places', () => {
    const entries = load('log_legacy_dholms.json');
    const said = codesOf(judgeRecords([entries[0], entries[2], entries[1], ...entries.slice(3)]));
    assert.ok(said.includes('2 broken-link') && said.includes('3 reordered-record'), String(said));
  });

  test('shows the identity of another log', () => {
    const entries = load('log_bskyapp.json').map((entry) => ({
      ...entry,
      did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa',
    }));
    assert.deepEqual(codesOf(judgeRecords(entries)), ['1 altered-record']);
  });

  test('shows a signature in its other, larger form', () => {
    const entries = load('log_bskyapp.json');
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const signature = Buffer.from(entries[1]!.operation.sig, 'base64url');
    const s = order - BigInt(`0x${signature.subarray(32).toString('hex')}`);
    signature.write(s.toString(16).padStart(64, '0'), 32, 'hex');
    entries[1]!.operation.sig = signature.toString('base64url');
    const said = codesOf(judgeRecords(entries));
    assert.deepEqual(said, ['2 altered-record', '2 bad-signature']);
  });

  test('shows that an operation is said to be undone that was not, and the other way round', () => {
    const tombstone = load('log_tombstone.json');
    tombstone[0]!.nullified = true;
    assert.deepEqual(codesOf(judgeRecords(tombstone)), ['1 forbidden-operation']);
    const undone = load('log_nullification.json');
    undone[1]!.nullified = false;
    assert.deepEqual(codesOf(judgeRecords(undone)), ['2 forbidden-operation']);
  });

  test('shows a time that was taken away, so that the 72 hours could not be counted', () => {
    const entries = load('log_nullification.json').map(({ createdAt: _, ...entry }) => entry);
    assert.deepEqual(
      [...new Set(codesOf(judgeRecords(entries)).map((text) => text.split(' ')[1]))],
      ['forbidden-operation'],
    );
  });

  test('shows an operation undone by a key that does not stand before the one of the first', () => {
    const entries = load('log_nullification.json');
    // The later one first: now the one with the weaker key undoes the other.
    const [genesis, weak, strong] = entries as [Entry, Entry, Entry];
    const turned = [
      genesis,
      { ...strong, createdAt: weak.createdAt, nullified: false },
      { ...weak, createdAt: strong.createdAt, nullified: false },
    ];
    assert.deepEqual(codesOf(judgeRecords(turned)), ['3 forked-chain']);
  });
});

describe('an operation log', absent, () => {
  test('is verified without the directory beside it', () => {
    for (const name of ['log_bskyapp.json', 'log_legacy_dholms.json', 'log_tombstone.json'])
      assert.deepEqual(judgeRecords(load(name).map(({ operation }) => operation)), [], name);
  });

  test('shows a changed operation by its signature and by the link behind it', () => {
    const operations = load('log_legacy_dholms.json').map(({ operation }) => operation);
    operations[2]!.alsoKnownAs = ['at://mallory.example'];
    assert.deepEqual(codesOf(judgeRecords(operations)), ['3 bad-signature', '4 broken-link']);
  });
});
