/** `audit-check verify BUCKET --public-keys FILE` as a terminal shows it: the report, every format, exit codes, mistakes. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CommandLine } from '../support/command-line.ts';
import { makeSigner, makeTrail } from '../support/made-trail.ts';

const commands = new CommandLine();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-bucket-'));
after(() => {
  commands.close();
  fs.rmSync(home, { recursive: true });
});

const bucket = path.join(home, 'bucket');
const trail = makeTrail(bucket, {
  accounts: ['111122223333', '444455556666'],
  regions: ['eu-central-1', 'us-east-1'],
  hours: 4,
  isQuiet: (hour) => hour === 2,
  signer: makeSigner(),
});
const first = [...trail.streams.values()][0]!;

/** Without the breaks of lines that depend on how long a key is. */
const unwrapped = (text: string) => text.replace(/\s+/g, ' ');

const verify = (...argv: string[]) =>
  commands.run(['verify', '--no-config', '--no-builtin-rules', ...argv], home);

describe('verify --public-keys', () => {
  test('of a good bucket is clean: each stream anchored by its key, digests in the tie-out, quiet hours said', async () => {
    const { exit, stdout, stderr } = await verify('bucket', '--public-keys', 'bucket-keys.json');
    assert.equal(stderr, '');
    assert.match(stdout, /^ {2}111122223333 eu-central-1 +cloudtrail-digests +5 +anchored/m);
    assert.equal(stdout.match(/ anchored +2026-/g)?.length, 4);
    assert.match(unwrapped(stdout), /by AWS CloudTrail key [0-9a-f]{32} at 2026-03-01T04:00:00Z/);
    assert.match(stdout, /files +40 = 20 complete \+ 20 of seals/);
    assert.match(stdout, /in records \+ [\d,]+ in seals/);
    assert.match(
      unwrapped(stdout),
      /1 digest of 4 of "111122223333 eu-central-1 main-trail" list no log file/,
    );
    assert.doesNotMatch(stdout, /unprotected|unknown-source|missing-field/);
    assert.match(stdout, /clean: 20 records audited/);
    assert.equal(exit, 0);
  });

  test('of an edited log file names it in every format, and exits 1', async () => {
    const [log] = first[1]!.logs;
    fs.writeFileSync(log!.file, gzipSync(log!.text.replace('203.0.113.7', '198.51.100.1')));
    try {
      const name = path.basename(log!.file);
      const text = await verify('bucket', '--public-keys', 'bucket-keys.json');
      assert.match(
        text.stdout,
        /^critical\[altered-file\]: expected the SHA-256 that the digest that ends at 2026-03-01T02:00:00Z/m,
      );
      assert.ok(text.stdout.includes(name));
      assert.equal(text.exit, 1);
      const json = JSON.parse(
        (await verify('bucket', '--public-keys', 'bucket-keys.json', '-f', 'json')).stdout,
      );
      assert.deepEqual(
        json.findings.map(({ code }: { code: string }) => code),
        ['altered-file'],
      );
      const broken = json.streams.find(({ status }: { status: string }) => status === 'broken');
      assert.deepEqual(
        broken.ranges.map(({ assurance, files }: { assurance: string; files: number }) => [assurance, files]),
        [
          ['anchored', 1],
          ['broken', 2],
          ['anchored', 2],
        ],
      );
      assert.deepEqual(broken.ranges[1].period, {
        from: '2026-03-01T01:00:00Z',
        until: '2026-03-01T02:00:00Z',
      });
      const sarif = JSON.parse(
        (await verify('bucket', '--public-keys', 'bucket-keys.json', '-f', 'sarif')).stdout,
      );
      const [result] = sarif.runs[0].results;
      assert.equal(result.properties.code, 'altered-file');
      assert.ok(result.locations[0].physicalLocation.artifactLocation.uri.endsWith(name));
    } finally {
      fs.writeFileSync(log!.file, gzipSync(log!.text));
    }
  });

  test('of a folder without digests says that none were found, and exits 3', async () => {
    const logs = path.join(home, 'logs-alone');
    fs.mkdirSync(logs);
    fs.cpSync(first[0]!.logs[0]!.file, path.join(logs, path.basename(first[0]!.logs[0]!.file)));
    const { exit, stdout } = await verify('logs-alone', '--public-keys', 'bucket-keys.json');
    assert.match(stdout, /no-digests/);
    assert.match(stdout, /incomplete: no CloudTrail digests were found/);
    assert.equal(exit, 3);
    fs.writeFileSync(
      path.join(home, 'other.ndjson'),
      '{"time":"2026-03-01T00:00:00Z","actor":"ann","action":"a","outcome":"success"}\n',
    );
    const other = await verify('other.ndjson', '--public-keys', 'bucket-keys.json');
    assert.match(unwrapped(other.stdout), /no digest is here, nor a log file of CloudTrail/);
    assert.equal(other.exit, 3);
  });

  test('of keys that lie among the logs warns of them', async () => {
    const place = path.join(bucket, 'keys.json');
    fs.cpSync(trail.keysFile, place);
    const { exit, stdout } = await verify('bucket', '--public-keys', 'bucket/keys.json');
    fs.rmSync(place);
    assert.match(
      stdout,
      /^undetermined\[key-list-beside-logs\]: the public keys were read from "bucket\/keys.json"/m,
    );
    assert.equal(exit, 1);
  });

  test('without it compares hashes and links, and says what to give', async () => {
    const { exit, stdout } = await verify('bucket');
    assert.match(stdout, /^undetermined\[unverified-digest\]: no public keys were given/m);
    assert.match(stdout, /Give --public-keys FILE/);
    assert.equal(exit, 1);
  });

  test('of a file that is no list of keys says what is wrong with it, and exits 2', async () => {
    fs.writeFileSync(path.join(home, 'no.json'), '{"Keys":[]}');
    fs.writeFileSync(path.join(home, 'no.txt'), 'ssh-rsa AAAA');
    const { exit, stderr, stdout } = await verify(
      'bucket',
      '--public-keys',
      'no.json',
      '--public-keys',
      'no.txt',
    );
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      'error: no.json: expected what "aws cloudtrail list-public-keys" prints, found no "PublicKeyList"\n' +
        'error: no.txt: is no JSON: expected a value, found "s" at byte 0\n',
    );
    assert.equal(exit, 2);
    const missing = await verify('bucket', '--public-keys', 'nowhere.json');
    assert.match(missing.stderr, /^error: nowhere\.json: /);
    assert.equal(missing.exit, 2);
  });
});

test('explain says what a code of digests means', async () => {
  const { stdout } = await commands.run(['explain', 'missing-digest'], home);
  assert.match(stdout, /^missing-digest: digest files missing\n {2}said by {6}cloudtrail-digests\n/);
});

test('init names the digests among the logs, and where their keys come from', async () => {
  const { stdout } = await commands.run(['init', 'bucket'], home);
  assert.match(
    stdout,
    /^wrote audit-check\.yaml: \d+ log files, cloudtrail \(\d+ files\), seals \(cloudtrail-digests\) \(20 files\)$/m,
  );
  const config = fs.readFileSync(path.join(home, 'audit-check.yaml'), 'utf8');
  fs.rmSync(path.join(home, 'audit-check.yaml'));
  assert.match(config, /^# {3}seals \(cloudtrail-digests\): 20 files$/m);
  assert.match(config, /^# publicKeys: \[keys\.json\]$/m);
  assert.doesNotMatch(config, /look hash-chained/);
});
