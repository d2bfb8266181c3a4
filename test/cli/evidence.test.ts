/** `verify --evidence` and `evidence verify`, as an auditor uses them: made twice, handed over, tampered with. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CommandLine } from '../support/command-line.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const commands = new CommandLine();
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'evidence-'));
const place = (name: string) => path.join(scratch, name);
after(() => {
  commands.close();
  fs.rmSync(scratch, { recursive: true });
});

function readBundle(folder: string): Map<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const isFile = (name: string) => fs.statSync(path.join(folder, name)).isFile();
  return new Map(
    names.filter(isFile).map((name) => [name, fs.readFileSync(path.join(folder, name), 'base64')] as const),
  );
}

/** The rows of a table without quoted cells. */
function rowsOf(folder: string, name: string): Record<string, string>[] {
  const lines = fs.readFileSync(path.join(folder, name), 'utf8').split('\r\n').slice(0, -1);
  const [header, ...rows] = lines.map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [header![index]!, cell])));
}

describe('evidence', () => {
  const verify = (...more: string[]) => commands.run(['verify', '-q', ...more], DEMO);
  const check = (...more: string[]) => commands.run(['evidence', 'verify', ...more], DEMO);

  before(async () => {
    const { stdout } = await commands.run(
      ['key', 'generate', 'acme.example/audit', '--out', place('key')],
      DEMO,
    );
    fs.writeFileSync(place('key.pub'), stdout);
    const made = await verify('--evidence', place('bundle'), '--evidence-key', place('key'), '--sample', '9');
    assert.deepEqual([made.exit, made.stderr], [1, '']);
  });

  test('made twice it is the same to the byte, whatever the threads', async () => {
    await verify(
      '--evidence',
      place('again'),
      '--evidence-key',
      place('key'),
      '--sample',
      '9',
      '--jobs',
      '3',
    );
    assert.deepEqual(readBundle(place('again')), readBundle(place('bundle')));
  });

  test('the logs are read and not touched', () => {
    const logs = rowsOf(place('bundle'), 'population.csv');
    assert.deepEqual(fs.readdirSync(path.join(DEMO, 'logs')).sort(), [
      'app.ndjson',
      'cloudtrail.json',
      'gateway.ndjson',
    ]);
    assert.equal(logs.length, 4);
  });

  test('counts tie out from files to the run to the sample', () => {
    const rows = rowsOf(place('bundle'), 'population.csv');
    const total = rows.pop()!;
    for (const column of ['bytes', 'read', 'audited', 'malformed', 'duplicate', 'skipped']) {
      const sum = rows.reduce((amount, row) => amount + Number(row[column]), 0);
      assert.equal(Number(total[column]), sum, column);
    }
    const { audited, malformed, duplicate, skipped, read } = total;
    assert.equal(Number(read), Number(audited) + Number(malformed) + Number(duplicate) + Number(skipped));
    const manifest = JSON.parse(fs.readFileSync(place('bundle/manifest.json'), 'utf8'));
    assert.equal(manifest.predicate.sample.population, Number(read) - Number(malformed));
    assert.equal(rowsOf(place('bundle'), 'sample.csv').length, 9);
    assert.equal(rowsOf(place('bundle'), 'rejected.csv').length, 1);
  });

  test('holds by itself, by its signer, and by the logs', async () => {
    const { exit, stdout } = await check(
      place('bundle'),
      '--verifier-key',
      place('key.pub'),
      '--logs',
      'logs',
    );
    assert.match(stdout, /signed by acme\.example\/audit/);
    assert.match(stdout, /sample drawn again from logs: the same/);
    assert.match(stdout, /\nthe bundle holds\n$/);
    assert.equal(exit, 0);
  });

  test('one flipped bit anywhere is found', async () => {
    const names = [...readBundle(place('bundle')).keys()];
    assert.ok(names.length >= 12 && names.some((name) => name.startsWith('configuration')));
    for (const name of names) {
      const file = place(`bundle/${name}`);
      const whole = fs.readFileSync(file);
      const spots = [0, whole.length - 1, ...[1, 2, 3].map((each) => Math.floor((whole.length * each) / 4))];
      for (const at of new Set(spots)) {
        const flipped = Buffer.from(whole);
        flipped[at]! ^= 1 << (at % 8);
        fs.writeFileSync(file, flipped);
        const { exit, stdout } = await check(place('bundle'));
        assert.equal(exit, 1, `${name} at ${at}: ${stdout}`);
      }
      fs.writeFileSync(file, whole);
    }
    assert.equal((await check(place('bundle'))).exit, 0);
  });

  test('a file that was added, taken away, or exchanged with its digest is found', async () => {
    fs.writeFileSync(place('bundle/extra.csv'), 'x');
    assert.match((await check(place('bundle'))).stdout, /"extra\.csv" was added/);
    fs.rmSync(place('bundle/extra.csv'));
    const kept = fs.readFileSync(place('bundle/sample.csv'));
    fs.rmSync(place('bundle/sample.csv'));
    assert.match((await check(place('bundle'))).stdout, /"sample\.csv" is missing/);
    fs.writeFileSync(place('bundle/sample.csv'), kept);
  });

  test('whoever makes a whole new bundle cannot sign it, nor draw another sample', async () => {
    const other = await verify('--evidence', place('other'), '--sample', '9', '--seed', 'mine');
    assert.equal(other.exit, 1);
    const unsigned = await check(place('other'), '--verifier-key', place('key.pub'));
    assert.match(unsigned.stdout, /nobody signed/);
    assert.equal(unsigned.exit, 1);
    // The sample of one seed under the statement of another, with every digest made to fit.
    const { createHash } = await import('node:crypto');
    const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
    const swapped = fs.readFileSync(place('bundle/sample.csv'));
    const old = fs.readFileSync(place('other/sample.csv'));
    fs.writeFileSync(place('other/sample.csv'), swapped);
    const manifest = fs
      .readFileSync(place('other/manifest.json'), 'utf8')
      .replace(digest(old), digest(swapped));
    const sums = fs.readFileSync(place('other/SHA256SUMS'), 'utf8');
    const before = digest(fs.readFileSync(place('other/manifest.json')));
    fs.writeFileSync(place('other/manifest.json'), manifest);
    fs.writeFileSync(
      place('other/SHA256SUMS'),
      sums.replace(digest(old), digest(swapped)).replace(before, digest(manifest)),
    );
    assert.equal((await check(place('other'))).exit, 0);
    const drawn = await check(place('other'), '--logs', 'logs');
    assert.match(drawn.stdout, /sample\.csv is not what the seed draws from the logs/);
    assert.equal(drawn.exit, 1);
  });

  test('logs that are not those of the audit are told', async () => {
    fs.cpSync(path.join(DEMO, 'logs'), place('logs'), { recursive: true });
    fs.appendFileSync(place('logs/gateway.ndjson'), '{}\n');
    const changed = await check(place('bundle'), '--logs', place('logs'));
    assert.match(changed.stdout, /"logs\/gateway\.ndjson" is not the file that was audited/);
    fs.rmSync(place('logs/gateway.ndjson'));
    assert.match(
      (await check(place('bundle'), '--logs', place('logs'))).stdout,
      /"logs\/gateway\.ndjson" is not below/,
    );
  });

  test('what cannot be evidence is refused before anything is read', async () => {
    const there = await verify('--evidence', place('bundle'));
    assert.match(there.stderr, /is there already/);
    const inside = await verify('--evidence', 'logs/evidence');
    assert.match(inside.stderr, /lies among the logs/);
    const part = await verify('--evidence', place('part'), '--since', '2026-03-02');
    assert.match(part.stderr, /leave out --since and --until/);
    const numbers = await verify('--evidence', place('part'), '--sample', 'many', '--seed', 'a b');
    assert.match(numbers.stderr, /expected a whole number up to 100000, found "many"\n.*--seed/s);
    assert.match((await verify('--seed', 'x')).stderr, /--seed: expected --evidence beside it/);
    for (const { exit } of [there, inside, part, numbers]) assert.equal(exit, 2);
    assert.ok(!fs.existsSync(place('part')));
  });

  test('a key in the configuration is not carried out of it', async () => {
    fs.mkdirSync(place('keyed'));
    fs.copyFileSync(path.join(DEMO, 'logs/app.ndjson'), place('keyed/app.ndjson'));
    fs.writeFileSync(
      place('keyed/audit-check.yaml'),
      'logs: [app.ndjson]\nkeys: {audit: {value: hunter2hunter2}}\n',
    );
    await commands.run(['verify', '-q', '--evidence', place('of-keyed')], place('keyed'));
    for (const [name, content] of readBundle(place('of-keyed')))
      assert.ok(!Buffer.from(content, 'base64').includes('hunter2'), name);
    assert.match(fs.readFileSync(place('of-keyed/manifest.json'), 'utf8'), /not copied: it holds a key/);
  });
});
