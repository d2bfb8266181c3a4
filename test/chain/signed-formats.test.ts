/**
 * Signed and ratcheted formats of the field: logs in `fixtures/vectors/signed`, made by independent writers (Python's
 * cryptography), verified as they are and spoiled in every way that the format can show.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { CheckResult } from '../../src/model/check.ts';
import { ProblemsError } from '../../src/model/problem.ts';
import { ChainRun } from './chain-run.ts';

const FOLDER = new URL('../../fixtures/vectors/signed/', import.meta.url);
const bytes = (name: string) => readFileSync(new URL(name, FOLDER));

type Row = Record<string, unknown>;
const rowsOf = (name: string): Row[] =>
  bytes(name)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

function judge(rows: readonly unknown[], keys: Record<string, Uint8Array>, chain?: string): CheckResult {
  const run = new ChainRun({ keys, ...(chain !== undefined && { chain }) });
  return run.verify({ 'log.ndjson': rows.map((row) => JSON.stringify(row)) });
}

const codesOf = ({ findings }: CheckResult) =>
  findings.map(({ place, code }) => `${place.line} ${code}`).sort();
const statusesOf = ({ streams = [] }: CheckResult) =>
  streams.map(({ profile, status }) => `${profile} ${status}`);

describe('privacyIDEA', () => {
  const rows = rowsOf('privacyidea.ndjson');
  const keys = { privacyidea: bytes('privacyidea.pem') };

  test('rows are recognized and verified, and said to be linked by nothing', () => {
    const result = judge(rows, keys);
    assert.deepEqual(codesOf(result), []);
    assert.deepEqual(statusesOf(result), ['privacyidea unprotected']);
  });

  for (const column of [
    'id',
    'date',
    'action',
    'success',
    'serial',
    'user',
    'administrator',
    'client',
    'clearance_level',
  ]) {
    test(`a changed ${column} shows`, () => {
      const value = column === 'date' ? '2026-03-02T08:00:09' : column === 'id' ? 12 : 'mallory';
      const spoiled = rows.with(1, { ...rows[1], [column]: column === 'id' ? 99 : value });
      assert.ok(codesOf(judge(spoiled, keys)).includes('2 bad-signature'));
    });
  }

  for (const column of ['startdate', 'duration', 'container_serial', 'container_type']) {
    test(`a ${column} that was taken away shows`, () => {
      const at = rows.findIndex((row) => row[column] !== undefined);
      const { [column]: _, ...spoiled } = rows[at]!;
      assert.deepEqual(codesOf(judge(rows.with(at, spoiled), keys)), [`${at + 1} bad-signature`]);
    });
  }

  test('a removed row shows by its number', () => {
    assert.deepEqual(codesOf(judge(rows.toSpliced(1, 1), keys)), ['2 sequence-gap']);
  });

  test('policies and thread_id are not signed, and so it is said', () => {
    const { findings, streams } = judge(rows.with(1, { ...rows[1], policies: 'x' }), keys);
    assert.deepEqual(findings, []);
    assert.ok(
      streams?.[0]?.limits.some((limit) => limit.startsWith('only id')),
      String(streams?.[0]?.limits),
    );
  });

  test('nothing is verified without the key', () => {
    const result = judge(rows, {});
    assert.deepEqual(
      result.findings.map(({ code }) => code),
      ['missing-key'],
    );
    assert.deepEqual(statusesOf(result), ['privacyidea unverifiable']);
  });
});

describe('SAF-T PT', () => {
  const rows = rowsOf('saf-t-pt.ndjson');
  const keys = { 'saf-t-pt': bytes('saf-t-pt.pem') };
  const totals = (total: unknown) => ({ DocumentTotals: { GrossTotal: total } });

  test('invoices are verified series by series, whatever their order and the spelling of totals', () => {
    for (const order of [rows, rows.toReversed(), [rows[2], rows[4], rows[0], rows[3], rows[1]]]) {
      const result = judge(order, keys);
      assert.deepEqual(codesOf(result), []);
      assert.deepEqual(statusesOf(result), ['saf-t-pt chained', 'saf-t-pt chained']);
    }
    for (const total of ['3.120', 3.12])
      assert.deepEqual(codesOf(judge(rows.with(0, { ...rows[0], ...totals(total) }), keys)), []);
  });

  for (const [field, change] of [
    ['InvoiceDate', { InvoiceDate: '2026-03-01' }],
    ['SystemEntryDate', { SystemEntryDate: '2026-03-02T10:00:01' }],
    ['GrossTotal', totals('12.00')],
  ] as const) {
    test(`a changed ${field} shows`, () => {
      assert.deepEqual(codesOf(judge(rows.with(2, { ...rows[2], ...change }), keys)), ['3 bad-signature']);
    });
  }

  test('a signature taken from elsewhere shows, and so does the link behind it', () => {
    const spoiled = rows.with(2, { ...rows[2], Hash: rows[1]!.Hash });
    assert.deepEqual(codesOf(judge(spoiled, keys)), ['3 bad-signature', '4 bad-signature']);
  });

  test('a removed, a repeated and a second invoice of one number show', () => {
    assert.deepEqual(codesOf(judge(rows.toSpliced(2, 1), keys)), ['3 broken-link']);
    assert.deepEqual(codesOf(judge([...rows, rows[3]], keys)), ['6 repeated-record']);
    assert.deepEqual(codesOf(judge([...rows, { ...rows[3], ...totals('1.00') }], keys)), ['6 forked-chain']);
  });

  test('an invoice whose predecessor is missing is not verified', () => {
    const result = judge(rows.slice(2), keys);
    assert.deepEqual(codesOf(result), ['1 missing-genesis', '3 missing-genesis']);
    assert.deepEqual(statusesOf(result), ['saf-t-pt unverifiable', 'saf-t-pt unverifiable']);
  });

  test('a total with more than two decimals cannot have been signed', () => {
    assert.deepEqual(codesOf(judge(rows.with(0, { ...rows[0], ...totals('3.125') }), keys)), [
      '1 not-canonicalizable',
    ]);
  });

  test('nothing is verified without the key, and a key of another kind is refused', () => {
    assert.deepEqual([...new Set(judge(rows, {}).findings.map(({ code }) => code))], ['missing-key']);
    assert.throws(() => judge(rows, { 'saf-t-pt': bytes('rksv.pem') }), ProblemsError);
  });
});

describe('Acra', () => {
  const rows = rowsOf('acra.ndjson');
  const keys = { acra: bytes('acra.key') };

  test('two chains in one log are verified', () => {
    const result = judge(rows, keys);
    assert.deepEqual(codesOf(result), []);
    assert.deepEqual(statusesOf(result), ['acra chained']);
  });

  test('an altered line shows, and what it hides until the next chain is not called verified', () => {
    const result = judge(rows.with(1, { ...rows[1], msg: 'select allowed' }), keys);
    assert.deepEqual(codesOf(result), ['2 altered-record']);
    const ranges = result.streams![0]!.ranges.map(({ assurance, records }) => `${records} ${assurance}`);
    assert.deepEqual(ranges, ['1 chained', '1 broken', '2 unverifiable', '4 chained']);
  });

  test('a removed line shows, and an inserted one by itself', () => {
    assert.deepEqual(codesOf(judge(rows.toSpliced(1, 1), keys)), ['2 altered-record']);
    const forged = { ...rows[1], msg: 'forged', integrity: 'ab'.repeat(32) };
    assert.deepEqual(codesOf(judge(rows.toSpliced(2, 0, forged), keys)), ['3 inserted-record']);
  });

  test('a line without a seal between sealed ones is a finding, which the verifier of Acra passes over', () => {
    const { integrity: _, ...unsealed } = rows[1]!;
    const result = judge(rows.toSpliced(2, 0, { ...unsealed, msg: 'forged' }), keys);
    assert.deepEqual(codesOf(result), ['3 unhashed-record']);
  });

  test('a missing end is a finding, at the end of the log and between chains', () => {
    assert.deepEqual(codesOf(judge(rows.slice(0, -1), keys)), ['7 missing-end']);
    assert.deepEqual(codesOf(judge(rows.toSpliced(3, 1), keys)), ['4 second-genesis']);
  });

  test('a beginning that was cut off leaves nothing to verify until the next chain', () => {
    const result = judge(rows.slice(1), keys);
    assert.deepEqual(codesOf(result), ['1 missing-genesis']);
    assert.deepEqual(
      result.streams![0]!.ranges.map(({ assurance, records }) => `${records} ${assurance}`),
      ['3 unverifiable', '4 chained'],
    );
  });

  test('a whole chain that is put in once more shows', () => {
    assert.deepEqual(codesOf(judge([...rows, ...rows.slice(0, 4)], keys)), [
      '10 repeated-record',
      '11 repeated-record',
      '12 repeated-record',
      '9 repeated-record',
    ]);
  });

  test('whole chains in another order are not told, and the limits say what is', () => {
    assert.ok(judge(rows, keys).streams![0]!.limits.some((limit) => limit.includes('whole chain removed')));
  });

  test('nothing is verified without the key, and nothing under another one', () => {
    assert.deepEqual(codesOf(judge(rows, {})), ['1 missing-key']);
    assert.deepEqual(codesOf(judge(rows, { acra: Buffer.from('another key of thirty-two bytes.') })), [
      '1 altered-record',
      '5 altered-record',
    ]);
  });
});

describe('RKSV', () => {
  type Journal = { 'Belege-Gruppe': { 'Belege-kompakt': string[] }[] };
  const journal = JSON.parse(bytes('rksv.json').toString()) as Journal;
  const receipts = journal['Belege-Gruppe'][0]!['Belege-kompakt'];
  const keys = { rksv: bytes('rksv.pem') };
  const groups = (...lists: unknown[][]) => [
    { 'Belege-Gruppe': lists.map((list) => ({ 'Belege-kompakt': list })) },
  ];

  test('a journal is verified, also where its receipts stand in groups by certificate', () => {
    for (const rows of [
      [journal],
      groups(receipts.slice(2), receipts.slice(0, 2)),
      groups([receipts[0], receipts[2]], [receipts[1], receipts[3]]),
    ]) {
      const result = judge(rows, keys);
      assert.deepEqual(codesOf(result), []);
      assert.deepEqual(statusesOf(result), ['rksv chained']);
    }
  });

  test('an altered receipt shows, by its signature and by the link behind it', () => {
    const [header, payload, signature] = receipts[1]!.split('.') as [string, string, string];
    const changed = Buffer.from(payload, 'base64url').toString().replace('12,50', '02,50');
    const spoiled = receipts.with(1, `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`);
    assert.deepEqual(codesOf(judge(groups(spoiled), keys)), ['1 bad-signature', '1 broken-link']);
  });

  test('a removed, a repeated and the first receipt show', () => {
    assert.deepEqual(codesOf(judge(groups(receipts.toSpliced(1, 1)), keys)), ['1 broken-link']);
    assert.deepEqual(codesOf(judge(groups([...receipts, receipts[2]!]), keys)), ['1 repeated-record']);
    assert.deepEqual(codesOf(judge(groups(receipts.slice(1)), keys)), ['1 broken-link', '1 missing-genesis']);
  });

  test('receipts while the device was out of order are linked, not signed, and counted', () => {
    const mark = Buffer.from('Sicherheitseinrichtung ausgefallen').toString('base64url');
    const last = receipts[3]!.replace(/[^.]+$/, mark);
    const result = judge(groups(receipts.with(3, last)), keys);
    assert.deepEqual(codesOf(result), ['1 missing-end']);
    assert.deepEqual(statusesOf(result), ['rksv unverifiable']);
    assert.ok(
      result.streams![0]!.limits.includes('1 receipt not signed: the signing device was out of order'),
    );
  });

  test('a journal made anew without the device is not called verified', () => {
    const mark = Buffer.from('Sicherheitseinrichtung ausgefallen').toString('base64url');
    const register = Buffer.from(receipts[0]!.split('.')[1]!, 'base64url').toString().split('_')[2]!;
    let before = register;
    const forged = receipts.map((receipt) => {
      const [header, payload] = receipt.split('.') as [string, string];
      const fields = Buffer.from(payload, 'base64url').toString().split('_');
      const link = crypto.createHash('sha256').update(before).digest().subarray(0, 8).toString('base64');
      const changed = fields.with(4, '2030-01-01T00:00:00').with(12, link).join('_');
      before = `${header}.${Buffer.from(changed).toString('base64url')}.${mark}`;
      return before;
    });
    const result = judge(groups(forged), keys);
    assert.deepEqual(codesOf(result), ['1 missing-end']);
    assert.deepEqual(statusesOf(result), ['rksv unverifiable']);
  });

  test('a header that asks for no signature, and what is no receipt, are refused', () => {
    const none = receipts[1]!.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url'));
    assert.ok(codesOf(judge(groups(receipts.with(1, none)), keys)).includes('1 not-canonicalizable'));
    assert.ok(codesOf(judge(groups([...receipts, 7 as never]), keys)).includes('1 not-canonicalizable'));
    assert.ok(codesOf(judge(groups([]), keys)).includes('1 stripped-hash'));
  });

  test('without the key nothing is called verified, though the links were followed', () => {
    const result = judge([journal], {});
    assert.deepEqual(codesOf(result), ['1 missing-key']);
    assert.deepEqual(statusesOf(result), ['rksv unverifiable']);
    assert.deepEqual(codesOf(judge(groups(receipts.toSpliced(1, 1)), {})), [
      '1 broken-link',
      '1 missing-key',
    ]);
  });
});

describe('Pangea', () => {
  const rows = rowsOf('../../chains/ok-pangea/log.ndjson');
  const roots = bytes('pangea-roots.txt');
  const keys = { pangea: roots };
  const envelopeOf = (row: Row) => row.envelope as { event: Row; received_at: string };

  test('events lead to a published root, in hex or as it is published', () => {
    const published = Buffer.from(JSON.stringify({ size: 5, root_hash: roots.toString().trim() }));
    for (const pangea of [roots, published]) {
      const result = judge(rows, { pangea });
      assert.deepEqual(codesOf(result), []);
      assert.deepEqual(statusesOf(result), ['pangea chained']);
    }
  });

  test('without the roots nothing is proven, and what was altered shows all the same', () => {
    const result = judge(rows, {});
    assert.deepEqual(codesOf(result), []);
    assert.deepEqual(statusesOf(result), ['pangea unverifiable']);
    const envelope = { ...envelopeOf(rows[1]!), received_at: '2026-03-02T09:00:00Z' };
    assert.deepEqual(codesOf(judge(rows.with(1, { ...rows[1], envelope }), {})), ['2 altered-record']);
  });

  test('a root in the log itself is none that was given', () => {
    const withRoot = rows.map((row) => ({ ...row, root: { root_hash: roots.toString().trim() } }));
    assert.deepEqual(statusesOf(judge(withRoot, {})), ['pangea unverifiable']);
  });

  test('every member of the event is hashed, nested ones too', () => {
    for (const [member, value] of Object.entries(envelopeOf(rows[1]!).event)) {
      const spoiled = typeof value === 'object' && value !== null ? { ...value, more: 1 } : `${value}x`;
      const envelope = {
        ...envelopeOf(rows[1]!),
        event: { ...envelopeOf(rows[1]!).event, [member]: spoiled },
      };
      assert.deepEqual(
        codesOf(judge(rows.with(1, { ...rows[1], envelope }), keys)),
        ['2 altered-record'],
        member,
      );
    }
  });

  test('a proof that leads elsewhere, is of no form or was stripped shows', () => {
    const [{ membership_proof: other }] = rows as [Row];
    for (const [proof, code] of [
      [other, 'broken-link'],
      ['r:zz', 'broken-link'],
      [undefined, 'stripped-hash'],
    ] as const)
      assert.deepEqual(codesOf(judge(rows.with(1, { ...rows[1], membership_proof: proof }), keys)), [
        `2 ${code}`,
      ]);
  });

  test('roots of another tree are one question, not a break for each record', () => {
    const result = judge(rows, { pangea: Buffer.from('ab'.repeat(32)) });
    assert.deepEqual(codesOf(result), ['1 missing-key']);
    assert.deepEqual(statusesOf(result), ['pangea unverifiable']);
  });

  test('events that are not published yet are no breaks and not proven', () => {
    const result = judge(rows.with(4, { ...rows[4], published: false }), keys);
    assert.deepEqual(codesOf(result), []);
    assert.deepEqual(statusesOf(result), ['pangea unverifiable']);
  });
});
