/** What an audit says of files that a list of digests vouches for: what fixtures are too small or too plain for. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Report } from '../../src/model/report.ts';
import { runAudit } from '../support/audit-run.ts';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-lists-'));
after(() => fs.rmSync(home, { recursive: true }));

const digest = (bytes: string | Buffer, algorithm = 'sha256') =>
  crypto.createHash(algorithm).update(bytes).digest('hex');
const event = (actor: string) =>
  `${JSON.stringify({ time: '2026-03-02T08:00:00Z', actor, action: 'login', outcome: 'success' })}\n`;
const codesOf = ({ findings }: Report) => findings.map(({ code }) => code);
let folders = 0;

function folderOf(files: Record<string, string | Buffer>): string {
  const folder = path.join(home, String(folders++));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return folder;
}

describe('a list of digests', () => {
  test('is held to the bytes as they are stored: of a compressed log, the compressed ones', async () => {
    const packed = gzipSync(event('ann'));
    const list = `${digest(packed)}  day/a.ndjson.gz\n`;
    const report = await runAudit([folderOf({ 'day/a.ndjson.gz': packed, SHA256SUMS: list })]);
    assert.deepEqual(codesOf(report), []);
    assert.equal(report.summary.verdict, 'clean');
    const other = await runAudit([folderOf({ 'day/a.ndjson.gz': gzipSync(event('bob')), SHA256SUMS: list })]);
    assert.deepEqual(codesOf(other), ['altered-listed-file']);
  });

  test('vouches for files that hold no records too', async () => {
    const files = { 'a.ndjson': event('ann'), 'contract.pdf': '%PDF-1.7' };
    const list = `${digest(files['a.ndjson'], 'sha512')}  a.ndjson\n${digest('%PDF-1.7', 'sha512')}  contract.pdf\n`;
    assert.deepEqual(codesOf(await runAudit([folderOf({ ...files, SHA512SUMS: list })])), []);
    const report = await runAudit([folderOf({ ...files, 'contract.pdf': '%PDF-1.8', SHA512SUMS: list })]);
    assert.deepEqual(codesOf(report), ['altered-listed-file']);
  });

  test('without a record beside it leaves the audit incomplete', async () => {
    const list = `${digest('%PDF-1.7')}  contract.pdf\n`;
    const report = await runAudit([folderOf({ 'contract.pdf': '%PDF-1.7', SHA256SUMS: list })]);
    assert.equal(report.summary.verdict, 'incomplete');
  });

  test('never makes a file outside of its folder be read', async () => {
    const folder = folderOf({
      'secret.txt': 'x',
      'logs/a.ndjson': event('ann'),
      'logs/SHA256SUMS': `${digest('x')}  ../secret.txt\n`,
    });
    assert.deepEqual(codesOf(await runAudit([path.join(folder, 'logs')])), ['unchecked-listed-file']);
  });

  test('that does not name a log beside it leaves that log unprotected', async () => {
    const list = `${digest(event('ann'))}  a.ndjson\n`;
    const report = await runAudit([
      folderOf({ 'a.ndjson': event('ann'), 'new/b.ndjson': event('eve'), SHA256SUMS: list }),
    ]);
    const stream = report.streams.find(({ profile }) => profile === 'checksum-list')!;
    assert.equal(stream.status, 'unprotected');
    assert.deepEqual(
      stream.ranges.map(({ assurance, from }) => [assurance, path.basename(from.file)]),
      [
        ['chained', 'a.ndjson'],
        ['unprotected', 'b.ndjson'],
      ],
    );
  });

  test('longer than a record may be vouches for nothing', async () => {
    const folder = folderOf({ 'a.ndjson': event('ann'), SHA256SUMS: `${digest(event('ann'))}  a.ndjson\n` });
    const report = await runAudit([folder], { limits: { recordBytes: 60 } });
    assert.ok(codesOf(report).includes('malformed-manifest'));
  });

  test('of a thousand altered files is one finding with a count', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `${index}.txt`);
    const list = names.map((name) => `${digest('was')}  ${name}\n`).join('');
    const files = Object.fromEntries(names.map((name) => [name, event('ann')]));
    const report = await runAudit([folderOf({ ...files, SHA256SUMS: list })]);
    const altered = report.findings.filter(({ code }) => code === 'altered-listed-file');
    assert.deepEqual(
      altered.map(({ count }) => count),
      [1000],
    );
  });
});

describe('an X-Road archive', () => {
  const link = (previous: string, name: string, messages: readonly [string, string][]) => {
    let last = previous;
    const lines = messages.map(([message, bytes]) => {
      last = digest(last + digest(bytes, 'sha512'), 'sha512');
      return `${last} ${message}\n`;
    });
    return { text: `${previous || '-'} ${name} SHA-512\n${lines.join('')}`, last };
  };
  const unpacked = (folder: string, text: string, messages: readonly [string, string][]) => ({
    [`${folder}/linkinginfo`]: text,
    ...Object.fromEntries(messages.map(([name, bytes]) => [`${folder}/${name}`, bytes])),
  });
  const one: [string, string][] = [['1-request.asice', 'one']];
  const two: [string, string][] = [['2-request.asice', 'two']];
  const other: [string, string][] = [['3-request.asice', 'three']];
  const first = link('', '-', one);
  const second = link(first.last, 'mlog-a.zip', two);
  const fork = link(first.last, 'mlog-a.zip', other);

  test('follows the archive that it names, in whatever folder that was unpacked', async () => {
    const files = { ...unpacked('x', first.text, one), ...unpacked('y', second.text, two) };
    const report = await runAudit([folderOf(files)]);
    assert.deepEqual(codesOf(report), []);
    assert.equal(report.summary.verdict, 'clean');
    assert.deepEqual(
      report.streams.map(({ status, ranges }) => [status, ranges[0]!.files]),
      [
        ['chained', 1],
        ['chained', 1],
      ],
    );
  });

  test('is forked where two follow one, and not where one was unpacked twice', async () => {
    const both = { ...unpacked('mlog-a', first.text, one), ...unpacked('mlog-b', second.text, two) };
    const forked = await runAudit([folderOf({ ...both, ...unpacked('mlog-c', fork.text, other) })]);
    assert.deepEqual(codesOf(forked), ['broken-archive-link']);
    const twice = await runAudit([folderOf({ ...both, ...unpacked('copy', second.text, two) })]);
    assert.deepEqual(codesOf(twice), []);
  });

  test('makes no audit of records that were all left out', async () => {
    const files = { ...unpacked('mlog-a', first.text, one), 'a.ndjson': event('ann') };
    const report = await runAudit([folderOf(files)], { since: '2026-04-01' });
    assert.equal(report.summary.verdict, 'incomplete');
  });

  test('tells a hostile name as text', async () => {
    const messages: [string, string][] = [['\u001b[2Jgone.asice', 'x']];
    const { text } = link('', '-', messages);
    const report = await runAudit([folderOf({ 'mlog-a/linkinginfo': text })]);
    assert.match(report.findings[0]!.message, /^"\\u\{1b\}\[2Jgone\.asice"/);
  });
});
