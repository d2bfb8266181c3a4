/**
 * did:webvh: the vectors of the suite and of two implementations through the real command, and each of them spoiled.
 * A vector whose fault is in no log (a name to be resolved) is left out below, with the reason.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { codesOf, judgeRecords, verifyFiles } from '../chain/protocol-run.ts';
import { CommandLine } from '../support/command-line.ts';
import { sharedData } from '../support/shared-data.ts';

const suite = sharedData('hashchain-didwebvh-suite/vectors');
const python = sharedData('hashchain-didwebvh-py/sample-diddoc');
const rust = sharedData('hashchain-didwebvh-rs/tests/test_vectors');
const absent = { skip: (suite ?? python ?? rust) === undefined && 'sample data absent' };
const line = new CommandLine();
after(() => line.close());

/** Vectors of the suite that hold no log: they ask whether the name of a host is refused before anything is fetched. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'negative-fragment-leaks-into-domain': 'no log: a name to resolve, whose fragment ends up in its host',
  'negative-lowercase-pct-port-ip': 'no log: a name to resolve, whose host is an address',
  'negative-pct-encoded-ip-host': 'no log: a name to resolve, whose host is an address',
};

/** What is wrong with each negative vector, in our words; `others`: what other checks have to say of it. */
const NEGATIVE: Readonly<Record<string, { chain: string[]; others?: string[] }>> = {
  'negative-cross-did-witness-replay': { chain: ['too-few-witnesses'] },
  'negative-did-key-body-fragment-mismatch': { chain: ['bad-signature'] },
  'negative-duplicate-witness-ids': { chain: ['forbidden-operation'] },
  'negative-portable-scid-swap': { chain: ['forbidden-operation'] },
  'negative-pre-rotation-omit-updatekeys': { chain: ['unauthorized-key', 'unauthorized-key'] },
  'negative-versiontime-future': {
    chain: ['altered-record', 'forbidden-operation'],
    others: ['implausible-time', 'disordered-times'],
  },
  'negative-wrong-cryptosuite': { chain: ['bad-signature'] },
};

type Vector = { title: string; folder: string; files: string[]; chain: string[]; others: string[] };

function suiteVectors(): Vector[] {
  if (suite === undefined) return [];
  return readdirSync(suite).flatMap((name) =>
    readdirSync(join(suite, name)).flatMap((maker): Vector[] => {
      const folder = join(suite, name, maker);
      const log = join(folder, 'did.jsonl');
      if (!existsSync(log) || statSync(log).size === 0) return [];
      const files = ['did.jsonl', 'did-witness.json'].filter((file) => existsSync(join(folder, file)));
      const { chain, others = [] } = NEGATIVE[name] ?? { chain: [] };
      return [{ title: `${name}/${maker}`, folder, files, chain, others }];
    }),
  );
}

const OTHERS: readonly Vector[] = [
  ...(python === undefined
    ? []
    : [
        {
          title: 'py sample',
          folder: python,
          files: ['did.jsonl', 'did-witness.json'],
          chain: [],
          others: [],
        },
      ]),
  ...(rust === undefined
    ? []
    : Object.entries({
        'first_log_entry_good.jsonl': [],
        'first_log_entry_verify_full.jsonl': [],
        'first_log_entry_verify_tampered.jsonl': ['altered-record', 'altered-record', 'bad-signature'],
      }).map(([file, chain]) => ({ title: `rs ${file}`, folder: rust, files: [file], chain, others: [] }))),
];

const vectors = [...suiteVectors(), ...OTHERS];

describe('the vectors of the suite and of two implementations', absent, () => {
  test('are all judged, or left out for a reason', (t) => {
    if (suite !== undefined) {
      const judged = new Set(suiteVectors().map(({ title }) => title.split('/')[0]));
      const unjudged = readdirSync(suite).filter((name) => !judged.has(name));
      assert.deepEqual(unjudged.sort(), Object.keys(LEFT_OUT));
      const negative = [...judged].filter((name) => name!.startsWith('negative-'));
      assert.deepEqual(negative.sort(), Object.keys(NEGATIVE).sort());
    }
    const rejected = vectors.filter(({ chain }) => chain.length > 0).length;
    t.diagnostic(
      `did:webvh: ${vectors.length - rejected} valid accepted, ${rejected} invalid rejected, ${Object.keys(LEFT_OUT).length} left out`,
    );
    for (const [name, reason] of Object.entries(LEFT_OUT)) t.diagnostic(`left out ${name}: ${reason}`);
  });

  for (const { title, folder, files, chain, others } of vectors) {
    test(`${title} is ${chain.length === 0 ? 'accepted' : 'rejected'} by the command`, async () => {
      const judged = await verifyFiles(line, files, folder);
      assert.deepEqual(judged.chain, chain);
      assert.deepEqual(judged.others, others);
      assert.equal(judged.exit, chain.length === 0 ? 0 : 1);
      const records = judged.report.streams.reduce((sum, stream) => sum + stream.records, 0);
      assert.equal(records, judged.report.summary.records.read);
      const log = judged.report.streams.find(({ stream }) => stream.startsWith('did:webvh:'));
      assert.equal(log?.profile, 'did-webvh');
      assert.equal(log.status, chain.length === 0 ? 'chained' : 'broken');
    });
  }

  test('a witnessed log without its proofs is not clean', async () => {
    if (suite === undefined) return;
    const { exit, chain } = await verifyFiles(line, ['did.jsonl'], join(suite, 'witness-threshold/ts'));
    assert.deepEqual([exit, chain], [1, ['missing-witness']]);
  });
});

type Entry = {
  versionId: string;
  versionTime: string;
  parameters: Record<string, unknown>;
  state: Record<string, unknown>;
  proof: Record<string, unknown>[];
};

function load(name: string): Entry[] {
  const text = readFileSync(join(suite!, name, 'ts/did.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((entry) => JSON.parse(entry) as Entry);
}

describe('a valid log that was spoiled', { skip: suite === undefined && 'sample data absent' }, () => {
  const GOOD = [
    'basic-update',
    'key-rotation',
    'multi-update',
    'pre-rotation-consume',
    'portable-move',
    'deactivate',
  ];

  test('shows a changed value of any entry, by hash and by signature', () => {
    for (const name of GOOD) {
      for (const index of load(name).keys()) {
        const entries = load(name);
        entries[index]!.state.service = [{ id: '#mallory' }];
        const said = codesOf(judgeRecords(entries));
        for (const code of ['altered-record', 'bad-signature'])
          assert.ok(said.includes(`${index + 1} ${code}`), `${name} ${index}: ${said}`);
      }
    }
  });

  test('shows a hash that was made to fit the change, by its signature and by the link behind it', () => {
    const entries = load('multi-update');
    entries[1]!.state.service = [{ id: '#mallory' }];
    const hash = /expected the hash "(\w+)"/.exec(judgeRecords(entries).join('\n'))![1]!;
    entries[1]!.versionId = `2-${hash}`;
    assert.deepEqual(codesOf(judgeRecords(entries)), ['2 bad-signature', '3 altered-record']);
  });

  test('shows an entry removed from the middle, at the beginning, repeated, and out of its place', () => {
    const entries = load('multi-update');
    const [first, second, third] = entries as [Entry, Entry, Entry];
    assert.deepEqual(codesOf(judgeRecords([first, third])), ['2 broken-link']);
    assert.deepEqual(codesOf(judgeRecords([second, third])), ['1 missing-genesis']);
    assert.deepEqual(codesOf(judgeRecords([...entries, third])), [`${entries.length + 1} repeated-record`]);
    const said = codesOf(judgeRecords([first, third, second]));
    assert.ok(said.includes('2 reordered-record'), String(said));
  });

  test('shows a second entry of one number', () => {
    const entries = load('multi-update');
    const second = { ...entries[1]!, versionId: entries[1]!.versionId.replace(/.$/, 'x') };
    const said = codesOf(judgeRecords([entries[0], entries[1], second, ...entries.slice(2)]));
    assert.ok(said.includes('3 forked-chain'), String(said));
  });

  test('shows proofs that were taken away', () => {
    const entries = load('basic-update').map((entry) => ({ ...entry, proof: [] }));
    assert.deepEqual(codesOf(judgeRecords(entries)), ['1 bad-signature', '2 bad-signature']);
  });

  test('shows a proof by a key that another log may use', () => {
    const entries = load('key-rotation');
    const [first] = entries as [Entry];
    first.parameters.updateKeys = ['z6MkqjRELM1dN43aw6QdkjG46k1fUTjdQJqx7g338djC3Bre'];
    const said = codesOf(judgeRecords(entries));
    assert.ok(said.includes('1 altered-record'), String(said));
  });

  test('shows an entry behind the one that ends the identity', () => {
    const entries = load('deactivate');
    const last = entries.at(-1)!;
    const next = { ...last, versionId: `${entries.length + 1}-QmX`, versionTime: '2000-02-01T00:00:00Z' };
    const said = codesOf(judgeRecords([...entries, next]));
    assert.ok(said.includes(`${entries.length + 1} forbidden-operation`), String(said));
  });

  test('shows a time in the future where the audit knows the time', () => {
    const entries = load('basic-create');
    assert.deepEqual(codesOf(judgeRecords(entries, '2026-01-01T00:00:00Z')), []);
    assert.deepEqual(codesOf(judgeRecords(entries, '1999-01-01T00:00:00Z')), ['1 forbidden-operation']);
  });

  test('shows a witness proof that does not hold, and one for no version of the log', () => {
    const entries = load('witness-update');
    const path = join(suite!, 'witness-update/ts/did-witness.json');
    const proofs = JSON.parse(readFileSync(path, 'utf8')) as {
      versionId: string;
      proof: { created: string }[];
    }[];
    assert.deepEqual(judgeRecords([...entries, ...proofs]), []);
    const forged = structuredClone(proofs);
    forged[1]!.proof[0]!.created = '2000-01-03T00:00:00Z';
    assert.deepEqual(codesOf(judgeRecords([...entries, ...forged])), [
      '2 too-few-witnesses',
      '4 bad-signature',
    ]);
    const strange = structuredClone(proofs);
    strange[0]!.versionId = '9-QmX';
    const said = codesOf(judgeRecords([...entries, ...strange]));
    assert.ok(said.includes('3 broken-link') && said.includes('1 too-few-witnesses'), String(said));
  });
});
