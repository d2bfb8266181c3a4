/** `audit-check chain` as a terminal shows it: from an unknown log to a verified one, the bytes of a record, the doubts about a profile. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-chain-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const run = (...argv: string[]) => commands.run(argv, folder);

function write(name: string, text: string): string {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
  return name;
}

type Fields = Record<string, unknown>;

/** `hash` is taken of previous hash, bar, action, bar, actor; or of what else is given. */
function chain(
  count: number,
  preimage = ({ action, actor }: Fields, previous: string) => `${previous}|${action}|${actor}`,
): string {
  let previous = 'START';
  const lines = Array.from({ length: count }, (_, index) => {
    const record = {
      nr: index + 1,
      actor: ['ann', 'bob', 'cid'][index % 3],
      action: `read ${index}`,
      before: previous,
    };
    previous = crypto.hash('sha256', preimage(record, previous), 'hex');
    return JSON.stringify({ ...record, hash: previous });
  });
  return `${lines.join('\n')}\n`;
}

write('log.ndjson', chain(6));
write(
  'hidden.ndjson',
  chain(6, ({ action }, previous) => `a secret${previous}${action}`),
);

describe('chain infer', () => {
  test('prints a profile that verify then uses', async () => {
    const { exit, stdout, stderr } = await run('chain', 'infer', '--no-config', 'log.ndjson');
    assert.equal(stderr, '');
    assert.equal(exit, 0);
    assert.equal(
      stdout,
      `# Inferred from 6 records of "log.ndjson": 6 of 6 hashes recompute.
# Save it as NAME.yaml in a folder that "chains" in audit-check.yaml names; then: audit-check chain lint NAME.yaml
title: "inferred: sha256 of join"
members:
  - { previous: before, own: hash }
digest: { algorithm: sha256, encoding: hex }
genesis: [{ literal: START }]
sequence: { field: nr, start: 1, step: 1 }
preimage:
  - { join: { fields: [$previous, action, actor], separator: "|" } }
`,
    );
    write('chains/ours.yaml', stdout);
    write('audit-check.yaml', 'logs: [log.ndjson]\nchains: [chains]\n');
    const verified = await run('verify', '--no-builtin-rules', '-f', 'json');
    const report = JSON.parse(verified.stdout);
    assert.deepEqual(
      report.streams.map((stream: { profile: string; records: number }) => [stream.profile, stream.records]),
      [['ours', 6]],
    );
    const known = await run('chain', 'infer', 'log.ndjson');
    assert.match(known.stdout, /^# The profile ours fits: 6 of 6 hashes of 6 records recompute\.\n/);
    fs.rmSync(path.join(folder, 'audit-check.yaml'));
  });

  test('names the shipped profile that fits', async () => {
    let previous = '0'.repeat(64);
    const lines = ['ann', 'bob', 'cid'].map((actor) => {
      const record = { actor, prev_hash: previous };
      previous = crypto.hash('sha256', JSON.stringify(record), 'hex');
      return JSON.stringify({ ...record, hash: previous });
    });
    write('known.ndjson', `${lines.join('\n')}\n`);
    const { exit, stdout } = await run('chain', 'infer', '--no-config', 'known.ndjson');
    assert.equal(exit, 0);
    assert.match(
      stdout,
      /^# The profile jcs fits: 3 of 3 hashes of 3 records recompute\.\n# Chain fields: previous hash prev_hash, own hash hash\./,
    );
    assert.match(stdout, /^# These records cannot tell it from: .*sorted-json/m);
  });

  test('says what was tried when nothing fits', async () => {
    const { exit, stdout } = await run('chain', 'infer', '--no-config', '--budget', '20000', 'hidden.ndjson');
    assert.equal(exit, 3);
    assert.match(
      stdout,
      /^no profile was found\n {2}the links hold: "before" names "hash" of another record in 5 of 6 records\n/,
    );
    assert.match(stdout, /most likely: the hashes are made with a key \(HMAC\)/);
  });

  test('finds an HMAC with a key from a file', async () => {
    write('key', 'an hmac key\n');
    const hmac = (record: Fields, previous: string) => JSON.stringify({ ...record, before: previous });
    let previous = 'START';
    const lines = ['ann', 'bob', 'cid'].map((actor) => {
      const record = { actor, before: previous };
      previous = crypto.createHmac('sha256', 'an hmac key').update(hmac(record, previous)).digest('hex');
      return JSON.stringify({ ...record, hash: previous });
    });
    write('keyed.ndjson', `${lines.join('\n')}\n`);
    const { exit, stdout } = await run(
      'chain',
      'infer',
      '--no-config',
      'keyed.ndjson',
      '--key-file',
      'key',
      '-f',
      'json',
    );
    const answer = JSON.parse(stdout);
    assert.equal(exit, 0, stdout);
    assert.equal(answer.recomputed, 3);
    assert.match(answer.yaml, /digest: \{ key: chain, algorithm: sha256, encoding: hex \}/);
    assert.doesNotMatch(stdout, /an hmac key/);
  });

  test('says that a part of the records does not recompute', async () => {
    write('altered.ndjson', chain(6).replace('read 4', 'read 9'));
    const { exit, stdout } = await run('chain', 'infer', '--no-config', 'altered.ndjson');
    assert.equal(exit, 1);
    assert.match(stdout, /^# 1 of 6 hashes do not recompute: records altered since/);
  });

  test('refuses one record, a missing file and a wrong budget', async () => {
    write('one.ndjson', '{"hash":"x"}\n');
    assert.equal((await run('chain', 'infer', '--no-config', 'one.ndjson')).exit, 3);
    const missing = await run('chain', 'infer', '--no-config', 'gone.ndjson');
    assert.equal(missing.exit, 2);
    assert.equal(
      missing.stderr,
      'error: gone.ndjson: there is no such file, folder or match: check the name, and the folder that it is looked for from\n',
    );
    const budget = await run('chain', 'infer', '--no-config', 'log.ndjson', '--budget', 'all');
    assert.equal(budget.stderr, 'error: arguments: --budget: expected a whole number from 1, found "all"\n');
  });
});

describe('chain explain', () => {
  const file = (name: string) => path.join(folder, name);

  test('shows the bytes, their hash and the record before, and writes them for others to hash', async () => {
    const { exit, stdout, stderr } = await run(
      'chain',
      'explain',
      '--no-config',
      'log.ndjson:2',
      '--profile',
      'chains/ours.yaml',
      '--raw',
      'two.bin',
    );
    assert.equal(stderr, '');
    assert.equal(exit, 0);
    const lines = fs.readFileSync(file('log.ndjson'), 'utf8').split('\n');
    const [one, two] = [JSON.parse(lines[0]!), JSON.parse(lines[1]!)];
    const bytes = fs.readFileSync(file('two.bin'));
    assert.equal(bytes.toString(), `${one.hash}|read 1|bob`);
    assert.equal(crypto.hash('sha256', bytes, 'hex'), two.hash);
    assert.match(stdout, /^record {4}log\.ndjson:2, byte \d+, \d+ bytes\nprofile {3}ours: inferred/);
    assert.match(stdout, /pre-image 75 bytes of 5 parts\n {2}part 1: field "before", 64 bytes\n/);
    assert.match(stdout, /part 2: literal "\|", 1 byte\n/);
    assert.match(stdout, /part 5: field "actor", 3 bytes\n {4}00000048 {2}62 6f 62 +\|bob\|\n/);
    assert.ok(stdout.includes(`carried   "${two.hash}": equal\n`), stdout);
    assert.match(stdout, /previous {2}"[0-9a-f]{64}": the hash of the record at log\.ndjson:1, byte 0\n$/);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  test('says that a hash differs and that the record before is gone', async () => {
    const lines = fs.readFileSync(file('log.ndjson'), 'utf8').split('\n');
    write('cut.ndjson', `${lines[3]!.replace('ann', 'eve')}\n`);
    const { exit, stdout } = await run(
      'chain',
      'explain',
      '--no-config',
      'cut.ndjson',
      '--profile',
      'chains/ours.yaml',
    );
    assert.equal(exit, 1);
    assert.match(stdout, /: differs\n/);
    assert.match(stdout, /: no record of the log has it\n/);
  });

  test('cuts a long pre-image and prints it with --full', async () => {
    const record = { text: 'é\u001b'.repeat(400), prev_hash: null };
    const hash = crypto.hash('sha256', JSON.stringify(record), 'hex');
    write('long.ndjson', `${JSON.stringify({ ...record, hash })}\n`);
    const cut = await run('chain', 'explain', '--no-config', 'long.ndjson');
    assert.equal(cut.exit, 0, cut.stderr);
    assert.match(cut.stdout, /… [\d,]+ further bytes\n/);
    assert.match(
      cut.stdout,
      /the pre-image is cut here: --full prints it whole, --raw FILE writes its bytes\n$/,
    );
    const full = await run('chain', 'explain', '--no-config', 'long.ndjson', '--full');
    assert.doesNotMatch(full.stdout, /further byte/);
    assert.ok(!full.stdout.includes('\u001b'));
  });

  test('gives the same as JSON', async () => {
    const { stdout } = await run(
      'chain',
      'explain',
      '--no-config',
      'log.ndjson:2',
      '--profile',
      'chains/ours.yaml',
      '-f',
      'json',
    );
    const found = JSON.parse(stdout);
    assert.equal(Buffer.from(found.preimage.base64, 'base64').length, found.preimage.bytes);
    assert.equal(found.equal, true);
    assert.deepEqual(found.previous.record, { file: 'log.ndjson', line: 1, offset: 0 });
  });

  test('refuses a line without a record, an unknown profile and a record without a chain', async () => {
    const none = await run('chain', 'explain', '--no-config', 'log.ndjson:99');
    assert.equal(none.stderr, 'error: log.ndjson:99: no record begins there\n');
    const unknown = await run('chain', 'explain', '--no-config', 'log.ndjson', '--profile', 'jsc');
    assert.match(unknown.stderr, /^error: arguments: there is no chain profile "jsc", did you mean "jcs"\?/);
    write('plain.ndjson', '{"actor":"ann"}\n');
    const plain = await run('chain', 'explain', '--no-config', 'plain.ndjson');
    assert.equal(plain.exit, 2);
    assert.match(plain.stderr, /the record carries none of the chain fields/);
  });
});

describe('chain lint', () => {
  test('prints two records with one hash, at the place in the file', async () => {
    const { exit, stdout } = await run('chain', 'lint', 'chains/ours.yaml');
    assert.equal(exit, 1);
    const pair =
      /^chains\/ours\.yaml:\d+:1: error\[ambiguous-seam\]: .*\n {2}(\{.*\})\n {2}(\{.*\})\n {2}both ([0-9a-f]{64}) \(sha256\)$/m.exec(
        stdout,
      );
    assert.ok(pair !== null, stdout);
    const hashes = [pair[1]!, pair[2]!].map((line) => {
      const { before, action, actor } = JSON.parse(line);
      return crypto.hash('sha256', `${before}|${action}|${actor}`, 'hex');
    });
    assert.deepEqual(hashes, [pair[3], pair[3]]);
    assert.match(
      stdout,
      /warning\[unhashed-fields\]: hashed are only "action", "actor": every other field can be changed/,
    );
    assert.match(stdout, /\n1 profile: 1 error, \d+ warnings, 1 note\n$/);
  });

  test('exits 0 when there are notes alone', async () => {
    const { exit, stdout } = await run('chain', 'lint', 'sorted-json');
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /^rules\/chains\/sorted-json\.yaml:\d+:1: note\[unkeyed\]/);
  });

  test('gives the same as JSON', async () => {
    const { stdout } = await run('chain', 'lint', 'chains/ours.yaml', '-f', 'json');
    const seam = JSON.parse(stdout).find(({ code }: { code: string }) => code === 'ambiguous-seam');
    assert.equal(seam.level, 'error');
    assert.equal(seam.pair.records.length, 2);
  });

  test('refuses a broken profile with every mistake at its place', async () => {
    write('broken.yaml', 'title: x\nmembers: comon\ndigest: { algorithm: sha255 }\n');
    const { exit, stderr } = await run('chain', 'lint', 'broken.yaml');
    assert.equal(exit, 2);
    assert.match(stderr, /error: broken\.yaml:3:\d+: expected one of sha1.*did you mean "sha256"/);
  });
});
