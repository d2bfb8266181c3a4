/** `audit-check collect` and `verify ARCHIVE` as a terminal shows them: what is said, exit codes, keys, refusals. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import type { Report } from '../../src/model/report.ts';
import { generateKey } from '../../src/transparency/note-key.ts';
import { CommandLine, runWithInput } from '../support/command-line.ts';
import { contentOf, KEYS, lines, temporaryFolder } from '../support/made-archive.ts';

const commands = new CommandLine();
const folder = temporaryFolder('collect');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return name;
}

const ndjson = (records: string[]) => `${records.join('\n')}\n`;

write('archive.key', `${KEYS.signer}\n`);
write('archive.pub', `${KEYS.verifier}\n`);
write('logs/app.log', ndjson(lines(1, 'ann', 'bob')));
write('logs/db.log.gz', zlib.gzipSync(ndjson(lines(2, 'cid'))));

const KEY = ['--key', 'archive.key', '--no-config'];
const collect = (...argv: string[]) => commands.run(['collect', ...argv, ...KEY], folder);
const verify = (...argv: string[]) =>
  commands.run(['verify', '--no-config', '--no-builtin-rules', ...argv], folder);

let made = 0;
const newArchive = () => `archive-${made++}`;

describe('collect', () => {
  test('says what is collected, and nothing is new the second time', async () => {
    const archive = newArchive();
    assert.deepEqual(await collect('logs', '--into', archive), {
      exit: 0,
      stdout: 'collected 3 records in 2 segments, up to leaf 6 of the log\n',
      stderr: '',
    });
    assert.deepEqual(await collect('logs', '--into', archive), {
      exit: 0,
      stdout: 'nothing new: 3 records were collected before\n',
      stderr: '',
    });
    const { exit, stdout } = await verify(archive, '--verifier-key', 'archive.pub');
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /anchored: signed by archive\.example\/log, in a\s+checkpoint of 6 leaves/);
    assert.doesNotMatch(stdout, /unprotected/);
  });

  test('knows records again in a renamed, packed or wrapped file, and adds what is new', async () => {
    const archive = newArchive();
    const records = lines(3, 'ann', 'bob', 'cid');
    await collect(write('grow.log', ndjson(records.slice(0, 2))), '--into', archive);
    const again = await collect(
      write('grow.log.1.gz', zlib.gzipSync(ndjson(records))),
      write('grow.json', `[${records.join(',')}]`),
      '--into',
      archive,
    );
    // The wrapped file comes first by its name, and adds the third record.
    assert.equal(
      again.stdout,
      'collected 1 record in 1 segment, up to leaf 7 of the log\n5 records were collected before\n',
    );
    assert.deepEqual(await contentOf(path.join(folder, archive)), records);
  });

  test('keeps the bytes of a record, and those of a pretty-printed one without its line breaks', async () => {
    const archive = newArchive();
    const odd = '{"time": "2026-03-01T08:00:00Z", "id":"1", "n":1.0e0, "actor":"\\u0061nn", "a":1, "a":2}';
    const pretty =
      '[\n  {\n    "time": "2026-03-01T08:00:01Z",\n    "text": "two  words\\n", "n": 1.50\n  }\n]\n';
    await collect(write('odd.log', `${odd}\r\n`), write('pretty.json', pretty), '--into', archive);
    assert.deepEqual(await contentOf(path.join(folder, archive)), [
      odd,
      '{"time":"2026-03-01T08:00:01Z","text":"two  words\\n","n":1.50}',
    ]);
  });

  test('keeps malformed lines, so that the audit of the archive finds them', async () => {
    const archive = newArchive();
    const [first, second] = lines(4, 'ann', 'bob');
    const { exit, stderr } = await collect(
      write('torn.log', `${first}\n{"torn\n${second}\n`),
      '--into',
      archive,
    );
    assert.equal(stderr, 'note: torn.log: 1 line that is no JSON, kept as written\n');
    assert.equal(exit, 0);
    const { stdout } = await verify(archive, '--verifier-key', 'archive.pub');
    assert.match(stdout, /high\[malformed-record\]/);
    assert.match(stdout, /anchored/);
  });

  test('keeps every line of a text log, and the archive is audited by its records', async () => {
    const archive = newArchive();
    const text = [
      '23:50:00 (lmgrd) FlexNet Licensing (v11.13.1) started on lic1 (linux) (3/29/2025)',
      '23:55:10 (meshlmd) OUT: "solver" ann@pc1',
    ];
    const { exit, stderr } = await collect(write('lic.log', `${text.join('\n')}\n`), '--into', archive);
    assert.deepEqual([exit, stderr], [0, '']);
    assert.deepEqual(await contentOf(path.join(folder, archive)), text);
    const { stdout } = await verify(archive, '--verifier-key', 'archive.pub', '--zone', 'Europe/Berlin');
    assert.match(stdout, /^ {2}records {5}2 read = 2 audited$/m);
    assert.match(stdout, /anchored/);
    assert.doesNotMatch(stdout, /malformed/);
  });

  test('a text log that grew is audited as one, its date and all', async () => {
    const archive = newArchive();
    const text = [
      '10:00:00 (lmgrd) FlexNet Licensing (v11.16.2.0 build 242973 x64_lsb) started on host (linux) (3/1/2026)',
      '10:00:02 (adskflex) OUT: "f" ann@pc1',
      '10:00:03 (adskflex) IN: "f" ann@pc1',
    ];
    for (const lines of [1, 2, 3])
      await collect(write('grows.log', ndjson(text.slice(0, lines))), '--into', archive);
    const state = ['--state', path.join(folder, `${archive}.state`)];
    const trusted = [archive, '--verifier-key', 'archive.pub', '--zone', 'UTC', ...state];
    for (const jobs of ['1', '2']) {
      const { exit, stdout } = await verify(...trusted, '--jobs', jobs);
      assert.equal(exit, 0, stdout);
      assert.match(stdout, /^ {2}files {7}3 = 3 complete$/m);
      assert.match(stdout, /^ {2}period {6}2026-03-01T10:00:00Z to 2026-03-01T10:00:03Z$/m);
    }
    await collect(
      write('grows.log', ndjson([...text, '10:00:04 (adskflex) OUT: "f" bob@pc2'])),
      '--into',
      archive,
    );
    const { exit, stdout, stderr } = await verify(...trusted);
    assert.equal(exit, 0, stdout);
    assert.match(
      stderr,
      /starting over: .*00000004\.ndjson\.zst goes on with a text that can only be read whole/,
    );
    assert.match(stdout, /^ {2}period {6}2026-03-01T10:00:00Z to 2026-03-01T10:00:04Z$/m);
  });

  test('a table is known by its name and has its header when it grew, and no blank of it is lost', async () => {
    const archive = newArchive();
    const table = [
      'time\tactor\taction\ttext',
      '2026-03-02T08:00:00Z\tann\tlogin\t',
      '\tbob\t"one',
      '',
      ' two"\tx',
    ];
    for (const lines of [1, 2, 5]) {
      const { exit, stderr } = await collect(
        write('a.tsv', ndjson(table.slice(0, lines))),
        '--into',
        archive,
      );
      assert.deepEqual([exit, stderr], [0, '']);
    }
    assert.deepEqual(await contentOf(path.join(folder, archive)), table);
    const { stdout } = await verify(archive, '--verifier-key', 'archive.pub');
    assert.match(stdout, /^ {2}files {7}3 = 3 complete$/m);
    assert.match(stdout, /^ {2}records {5}2 read = 2 audited$/m);
  });

  test('leaves what a growing log ends amid of for the next collection', async () => {
    const archive = newArchive();
    const records = lines(5, 'ann', 'bob', 'cid');
    const text = ['10:00:00 (lmgrd) TIMESTAMP 3/1/2026', '10:00:02 (adskflex) OUT: "f" ann@pc1'];
    const table = ['time,actor,action', '2026-03-02T08:00:00Z,ann,login'];
    const half = (all: string[], characters: number) => ndjson(all).slice(0, -characters);
    const grown: [name: string, before: string, after: string, kept: string[]][] = [
      ['torn.ndjson', half(records, 40), ndjson(records), records],
      ['torn-blank.ndjson', `${records[0]}\n{"time": `, ndjson(records.slice(0, 2)), records.slice(0, 2)],
      ['torn.txt', half(text, 3), ndjson(text), text],
      ['unended.txt', half(text, 1), ndjson(text), text],
      ['torn.csv', half(table, 10), ndjson(table), table],
    ];
    for (const [name, before, after, kept] of grown) {
      const place = `${archive}-${name}`;
      const first = await collect(write(name, before), '--into', place);
      assert.deepEqual(
        [first.exit, first.stderr],
        [0, `note: ${name} ends amid a line, which is left for the next collection\n`],
      );
      assert.deepEqual(await collect(write(name, after), '--into', place), {
        exit: 0,
        stdout: `collected 1 record in 1 segment, up to leaf ${kept.length + 4} of the log\n${kept.length - 1} record${kept.length === 2 ? ' was' : 's were'} collected before\n`,
        stderr: '',
      });
      assert.deepEqual(await contentOf(path.join(folder, place)), kept);
    }
    // A table may end without a line end, and so may a record.
    const whole = await collect(
      write('whole.csv', table.join('\n')),
      write('whole.ndjson', records.join('\n')),
      '--into',
      archive,
    );
    assert.deepEqual([whole.exit, whole.stderr], [0, '']);
  });

  test('leaves what a file that ends too early ends amid of', async () => {
    const archive = newArchive();
    const records = lines(6, 'ann', 'bob', 'cid');
    const packed = zlib.gzipSync(ndjson(records), { level: 0 });
    const first = await collect(write('early.log.gz', packed.subarray(0, -30)), '--into', archive);
    assert.equal(first.exit, 3);
    assert.match(
      first.stderr,
      /^note: early\.log\.gz ends amid a line, which is left for the next collection$/m,
    );
    assert.match(first.stderr, /^note: early\.log\.gz was collected as far as it could be read: /m);
    const second = await collect(write('early.log.gz', packed), '--into', archive);
    assert.deepEqual([second.exit, second.stderr], [0, '']);
    assert.deepEqual(await contentOf(path.join(folder, archive)), records);
    const pretty = `[\n${records.join(',\n')}]\n`;
    const array = await collect(write('early.json', pretty.slice(0, -30)), '--into', newArchive());
    assert.equal(array.exit, 3);
    assert.match(
      array.stderr,
      /^note: early\.json ends amid a record, which is left for the next collection$/m,
    );
  });

  test('says of new lines alone that they are no JSON', async () => {
    const archive = newArchive();
    const records = lines(7, 'ann', 'bob');
    const torn = [records[0]!, '{"torn', records[1]!];
    const say = async (all: string[]) =>
      (await collect(write('strange.log', ndjson(all)), '--into', archive)).stderr;
    assert.equal(await say(torn), 'note: strange.log: 1 line that is no JSON, kept as written\n');
    assert.equal(await say(torn), '');
    assert.equal(await say([...torn, ...lines(8, 'cid')]), '');
    assert.equal(
      await say([...torn, ...lines(8, 'cid'), '{"a', '{"b']),
      'note: strange.log: 2 lines that are no JSON, kept as written\n',
    );
  });

  test('says of an export what stands beside its records, and that these stand there twice', async () => {
    const [first = '', second = '', third = ''] = lines(3, 'ann', 'bob', 'cid');
    const file = write(
      'twice.json',
      `{"items":[${first},${second}],"Hidden":[${third}],"items":[${third}]}\n`,
    );
    const { exit, stderr } = await collect(file, '--into', newArchive());
    assert.equal(exit, 3);
    assert.match(stderr, /"Hidden" stands beside the records of the export and was not collected/);
    assert.match(stderr, /"items" holds records a second time, which were collected, too/);
  });

  test('reads standard input, and takes what it knows only once', async () => {
    const archive = newArchive();
    const argv = ['collect', '-', '--into', archive, ...KEY];
    const records = lines(5, 'ann', 'bob', 'cid');
    runWithInput(argv, folder, Buffer.from(ndjson(records.slice(0, 2))));
    const { exit, stdout } = runWithInput(argv, folder, Buffer.from(ndjson(records)));
    assert.equal(
      stdout,
      'collected 1 record in 1 segment, up to leaf 7 of the log\n2 records were collected before\n',
    );
    assert.equal(exit, 0);
  });

  test('goes on after a damaged file, says how far it came, and exits 3', async () => {
    const archive = newArchive();
    const packed = zlib.gzipSync(ndjson(lines(6, 'ann', 'bob')));
    const { exit, stdout, stderr } = await collect(
      write('cut.log.gz', packed.subarray(0, packed.length - 8)),
      write('table.csv', 'a,b\n'),
      'logs',
      '--into',
      archive,
    );
    assert.match(stderr, /^note: cut\.log\.gz was collected as far as it could be read: /m);
    assert.match(stdout, /^collected \d+ records in \d segments/);
    assert.equal(exit, 3);
  });

  test('says that a collected file was rewritten', async () => {
    const archive = newArchive();
    const records = lines(7, 'ann', 'bob', 'cid');
    await collect(write('changed.log', ndjson(records)), '--into', archive);
    write('changed.log', ndjson(records.with(1, records[1]!.replace('bob', 'eve'))));
    const { stderr } = await collect('changed.log', '--into', archive);
    assert.match(
      stderr,
      /^note: changed\.log no longer begins with all the records that were collected from it/,
    );
  });

  test('refuses what cannot be right, all at once', async () => {
    write('witness.key', 'PRIVATE+KEY+x');
    fs.mkdirSync(path.join(folder, 'full'));
    write('full/letter.txt', 'dear');
    const wrong = await commands.run(
      [
        'collect',
        'logs',
        '--into',
        'logs',
        '--key',
        'witness.key',
        '--recipient',
        'AGE-SECRET-KEY-1QQ',
        '--class',
        'A B',
      ],
      folder,
    );
    assert.equal(wrong.exit, 2);
    assert.match(wrong.stderr, /error: --into: the folder "logs" lies among the logs/);
    assert.match(wrong.stderr, /error: --class: expected a word/);
    assert.match(wrong.stderr, /error: --recipient: expected a recipient "age1…", found a secret key/);
    assert.match(wrong.stderr, /error: witness\.key:1:1: expected/);
    assert.doesNotMatch(wrong.stderr, /1QQ/);
    const full = await collect('logs', '--into', 'full');
    assert.equal(full.exit, 2);
    assert.match(full.stderr, /error: full: it is no archive and not empty \(it holds "letter\.txt"\)/);
  });

  test('refuses a place among the logs before it is there', async () => {
    write('sources/app.log', ndjson(lines(1, 'ann')));
    for (const source of ['sources', 'sources/**/*.ndjson*']) {
      const { exit, stderr } = await collect(source, 'sources/app.log', '--into', 'sources/archive');
      assert.equal(exit, 2);
      assert.match(stderr, /error: --into: the folder "sources\/archive" lies among the logs/);
    }
    assert.deepEqual(fs.readdirSync(path.join(folder, 'sources')), ['app.log']);
  });

  test('refuses an archive among the sources', async () => {
    const archive = newArchive();
    await collect('logs', '--into', archive);
    const { exit, stderr } = await collect('logs', archive, '--into', newArchive());
    assert.equal(exit, 2);
    assert.equal(stderr, `error: ${archive}: is an archive already: collect from the originals\n`);
  });

  test('of which a manifest was altered is not clean beside waivers or a baseline: a segment was not audited', async () => {
    const archive = newArchive();
    await collect('logs', '--into', archive);
    const control = path.join(folder, archive, 'control/00000001.ndjson');
    fs.chmodSync(control, 0o644);
    fs.writeFileSync(control, fs.readFileSync(control, 'utf8').replace('db.log', 'xx.log'));
    const waiver = (rule: string) =>
      `  - {id: ${rule}, rule: ${rule}, match: {message: '*'}, reason: known since the move, owner: ann, created: 2027-01-01, expires: 2027-02-01}\n`;
    const waived = ['altered-control-record', 'planted-segment'].map(waiver).join('');
    const waivers = write('waived.yaml', `waivers:\n${waived}`);
    const argv = [archive, '--verifier-key', 'archive.pub', '--now', '2027-01-02'];
    const { exit, stdout } = await verify(...argv, '--waivers', waivers);
    assert.equal(exit, 3, stdout);
    assert.match(
      stdout,
      /incomplete: not everything could be audited; in what was audited: no finding at medium/,
    );
    const { stdout: report } = await verify(...argv, '-f', 'json');
    const baseline = write('known.json', report);
    const known = await verify(...argv, '--baseline', baseline, '--fail-on', 'new');
    assert.equal(known.exit, 3, known.stdout);
  });

  test('says that the archive cannot be written', async () => {
    const archive = newArchive();
    await collect('logs/app.log', '--into', archive);
    write(`${archive}/segments/00000002.ndjson.zst/in-the-way`, '');
    const { exit, stderr } = await collect('logs', '--into', archive);
    assert.equal(exit, 2);
    assert.match(stderr, /it cannot be written: E/);
  });

  test('refuses a second writer in words', async () => {
    const archive = newArchive();
    await collect('logs', '--into', archive);
    const lock = { host: (await import('node:os')).hostname(), pid: process.pid, start: '', serial: 1 };
    write(`${archive}/log/lock`, `${JSON.stringify(lock)}\n`);
    const { exit, stderr } = await collect('logs', '--into', archive);
    assert.equal(exit, 2);
    assert.match(stderr, /another process writes here/);
  });
});

describe('verify ARCHIVE', () => {
  test('holds each of two archives to its own checkpoint, and other files to theirs', async () => {
    write('other.key', `${generateKey('other.example/log', Buffer.alloc(32, 9)).signer}\n`);
    write('other.pub', `${generateKey('other.example/log', Buffer.alloc(32, 9)).verifier}\n`);
    write('files.key', `${generateKey('files.example/log', Buffer.alloc(32, 10)).signer}\n`);
    write('files.pub', `${generateKey('files.example/log', Buffer.alloc(32, 10)).verifier}\n`);
    write('files/web.log', ndjson(lines(7, 'dan')));
    const [one, two] = [newArchive(), newArchive()];
    await collect('logs/app.log', '--into', one);
    const argv = ['collect', 'logs/db.log.gz', '--into', two, '--key', 'other.key', '--no-config'];
    assert.equal((await commands.run(argv, folder)).exit, 0);
    fs.mkdirSync(path.join(folder, 'kept'));
    const seal = [
      'seal',
      'files',
      '--into',
      'sealed',
      '--key',
      'files.key',
      '--no-config',
      '--publish',
      'kept',
    ];
    assert.equal((await commands.run(seal, folder)).exit, 0);
    for (const name of [one, two])
      write(`kept/${name}.checkpoint`, fs.readFileSync(path.join(folder, name, 'log/checkpoint')));
    const keys = ['archive.pub', 'other.pub', 'files.pub'].flatMap((key) => ['--verifier-key', key]);
    const { exit, stdout } = await verify(one, two, 'files', '--checkpoint', 'kept', ...keys);
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /anchored: signed by files\.example/);
  });

  test('says unverifiable and exits 3 without a verifier key, or with one that lies in the archive', async () => {
    const archive = newArchive();
    await collect('logs', '--into', archive);
    const without = await verify(archive);
    assert.equal(without.exit, 3);
    assert.match(
      without.stdout,
      /undetermined\[unverified-checkpoint\]: unverifiable: no verifier key given/,
    );
    write(`${archive}/archive.pub`, KEYS.verifier);
    const inside = await verify(archive, '--verifier-key', `${archive}/archive.pub`);
    assert.equal(inside.exit, 2);
    assert.match(inside.stderr, /it lies in the archive that it is to vouch for/);
  });

  test('refuses a key where there is no archive', async () => {
    const { exit, stderr } = await verify('logs', '--verifier-key', 'archive.pub');
    assert.equal(exit, 2);
    assert.match(stderr, /error: arguments: expected --checkpoint beside .*, or an archive to audit/);
  });

  test('refuses to write evidence of a fork of an archive, which nothing would write', async () => {
    const archive = newArchive();
    await collect('logs', '--into', archive);
    const { exit, stderr } = await verify(
      archive,
      '--verifier-key',
      'archive.pub',
      '--evidence-file',
      'fork.txt',
    );
    assert.equal(exit, 2);
    assert.match(stderr, /error: --evidence-file: expected a checkpoint of sealed logs that stay in place/);
  });

  test('finds an archive in a folder of logs, and names what was done to it', async () => {
    await collect('logs', '--into', 'mixed/archive');
    write('mixed/other.log', ndjson(lines(9, 'ann')));
    const sound = await verify('mixed', '--verifier-key', 'archive.pub');
    assert.equal(sound.exit, 0, sound.stdout);
    assert.match(sound.stdout, /records +4 read = 4 audited/);
    const segments = path.join(folder, 'mixed/archive/segments');
    fs.rmSync(path.join(segments, '00000001.ndjson.zst'));
    const { exit, stdout } = await verify('mixed', '--verifier-key', 'archive.pub');
    assert.match(
      stdout,
      /critical\[missing-segment\]: expected 2 records of "logs\/app\.log" in it, found\s+no\s+file/,
    );
    assert.equal(exit, 3);
  });

  test('reads the same from an encrypted archive with any of its identities, and exits 3 without one', async () => {
    const identities = [await generateIdentity(), await generateIdentity()];
    const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
    write('auditors.txt', `# auditors\n${recipients[1]}\n`);
    write('one.identity', `# of ann\n${identities[0]}\n`);
    write('two.identity', `${identities[1]}\n`);
    write('other.identity', `${await generateIdentity()}\n`);
    const archive = newArchive();
    const encrypted = ['--recipient', recipients[0]!, '--recipients-file', 'auditors.txt'];
    assert.equal((await collect('logs', '--into', archive, ...encrypted)).exit, 0);
    for (const identity of ['one.identity', 'two.identity']) {
      const { exit, stdout } = await verify(archive, '--verifier-key', 'archive.pub', '--identity', identity);
      assert.equal(exit, 0, stdout);
      assert.match(stdout, /records +3 read = 3 audited/);
    }
    const closed = await verify(archive, '--verifier-key', 'archive.pub');
    assert.equal(closed.exit, 3);
    assert.match(closed.stdout, /undetermined\[encrypted-input\]/);
    assert.match(closed.stdout, /unverifiable: it is encrypted, and no identity\s+was given/);
    const stranger = await verify(archive, '--verifier-key', 'archive.pub', '--identity', 'other.identity');
    assert.equal(stranger.exit, 3);
    assert.doesNotMatch(stranger.stdout, /altered-segment/);
    const plain = await collect('logs', '--into', archive);
    assert.equal(plain.exit, 2);
    assert.match(plain.stderr, /its segments are encrypted: name the recipients again/);
    const file = path.join(folder, archive, 'segments', '00000001.ndjson.zst.age');
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    fs.rmSync(file);
    fs.writeFileSync(file, bytes);
    const altered = await verify(archive, '--verifier-key', 'archive.pub');
    assert.match(
      altered.stdout,
      /critical\[altered-segment\]: its stored bytes are not those of its manifest/,
    );
  });
});

describe('verify of an archive', () => {
  const trust = ['--verifier-key', 'archive.pub', '-f', 'json'];
  const judge = async (place: string) => {
    const { stdout } = await verify(place, ...trust);
    const report = JSON.parse(stdout) as Report;
    const { inputs, findings, notices } = report;
    return {
      read: inputs.map(({ file, records }) => [file.slice(place.length + 1), records.read] as const),
      said: [...findings, ...notices].map(({ code }) => code),
    };
  };
  const planted = ndjson(lines(9, 'eve'));

  test('reads what lies in it and is no part of it', async () => {
    const archive = newArchive();
    await collect('logs/app.log', '--into', archive);
    const sound = await judge(archive);
    const names = ['late.ndjson', 'control/e.ndjson', 'log/tile/e.ndjson', 'log/inventory/a.ndjson'];
    for (const name of names) write(`${archive}/${name}`, planted);
    const { read, said } = await judge(archive);
    for (const name of names) assert.deepEqual(new Map(read).get(name), 1, name);
    assert.equal(read.length, sound.read.length + names.length);
    for (const code of ['unprotected', 'no-part-of-archive']) assert.ok(said.includes(code), code);
    assert.deepEqual(sound.said, []);
  });

  test('counts records of a chain once that begins in it and goes on in plain files', async () => {
    const archive = newArchive();
    const chain = fs.readFileSync(
      new URL('../../fixtures/packs/ok-integrity/log.ndjson', import.meta.url),
      'utf8',
    );
    const records = chain.split(/(?<=\n)/);
    write('chain/a.ndjson', records.slice(0, 3).join(''));
    write('goes-on/b.ndjson', records.slice(3, 5).join(''));
    write('goes-on/c.ndjson', records.slice(5).join(''));
    await collect('chain', '--into', archive);
    const { stdout } = await verify(archive, 'goes-on', ...trust);
    const { summary, streams } = JSON.parse(stdout) as Report;
    assert.deepEqual(summary.assurance, { anchored: 3, chained: 3 });
    const { ranges } = streams.find(({ profile }) => profile === 'jcs')!;
    assert.deepEqual(
      ranges.map(({ from, until, records: amount }) => [
        path.basename(from.file),
        path.basename(until.file),
        amount,
      ]),
      [
        ['b.ndjson', 'c.ndjson', 3],
        ['00000001.ndjson.zst', '00000001.ndjson.zst', 3],
      ],
    );
  });

  test('counts records once of a chain that begins in it and cannot be verified', async () => {
    const archive = newArchive();
    const chain = new URL('../../fixtures/chains/ok-keyed/log.ndjson', import.meta.url);
    const records = fs.readFileSync(chain, 'utf8').split(/(?<=\n)/);
    write('keyed/a.ndjson', records.slice(0, 2).join(''));
    write('keyed-on/b.ndjson', records.slice(2).join(''));
    await collect('keyed', '--into', archive);
    const { stdout } = await verify(archive, 'keyed-on', ...trust);
    assert.deepEqual((JSON.parse(stdout) as Report).summary.assurance, { anchored: 2, unverifiable: 4 });
  });

  test('misses an archive of which nothing is left but its segments, by the key that was given for it', async () => {
    const both = newArchive();
    const two = generateKey('archive.example/two', Buffer.alloc(32, 6));
    write('two.key', `${two.signer}\n`);
    write('both.pub', `# both\n${KEYS.verifier}\n${two.verifier}\n`);
    await collect('logs/app.log', '--into', `${both}/one`);
    const other = ['logs/db.log.gz', '--into', `${both}/two`, '--key', 'two.key', '--no-config'];
    assert.equal((await commands.run(['collect', ...other], folder)).exit, 0);
    const said = async (...paths: string[]) => {
      const { exit, stdout } = await verify(...paths, '--verifier-key', 'both.pub', '-f', 'json');
      const { findings } = JSON.parse(stdout) as Report;
      return [exit, ...findings.map(({ code, verdict, subject }) => [code, verdict, subject])];
    };
    const missing = ['missing-checkpoint', 'undetermined', 'archive.example/two'];
    assert.deepEqual(await said(both), [0]);
    assert.deepEqual(await said(`${both}/one`), [1, missing]);
    const apart = path.join(folder, both, 'two');
    fs.rmSync(path.join(apart, 'log', 'checkpoint'));
    const damaged = ['damaged-archive', 'undetermined', undefined];
    assert.deepEqual(await said(both), [3, damaged]);
    for (const part of ['archive.json', 'log', 'control'])
      fs.rmSync(path.join(apart, part), { recursive: true });
    assert.deepEqual(await said(both), [1, missing]);
    const alone = await verify(apart, '--verifier-key', 'both.pub');
    assert.deepEqual([alone.exit, alone.stdout], [2, '']);
    const page = fs.readFileSync(new URL('../../docs/archive.md', import.meta.url), 'utf8');
    assert.ok(page.includes(alone.stderr.replace('error: arguments: ', '').trim()), alone.stderr);
  });

  test('counts its records once beside plain and sealed logs, and calls only the plain ones unprotected', async () => {
    const archive = newArchive();
    await collect('logs/app.log', '--into', archive);
    write('plain/o.ndjson', planted);
    const ofRun = async (...more: string[]) => {
      const { stdout } = await verify(archive, 'plain', ...trust, ...more);
      const { summary, notices } = JSON.parse(stdout) as Report;
      const { assurance = {}, records } = summary;
      const said = notices.flatMap(({ code, message }) => (code === 'unprotected' ? [message] : []));
      assert.equal(
        Object.values(assurance).reduce((sum, amount) => sum + amount, 0),
        records.read,
      );
      return { plain: assurance.unprotected, said };
    };
    const beside = await ofRun();
    assert.equal(beside.plain, 1);
    assert.equal(beside.said.length, 1);
    assert.match(beside.said[0]!, /^1 record of the source "[^"]+" in 1 file carry no hash chain/);
    const { signer, verifier } = generateKey('logs.example/plain', Buffer.alloc(32, 5));
    write('plain.key', `${signer}\n`);
    write('plain.pub', `${verifier}\n`);
    const seal = ['seal', '--no-config', 'plain', '--into', 'plain-sealed', '--key', 'plain.key'];
    assert.equal((await commands.run(seal, folder)).exit, 0);
    const sealed = await ofRun('--checkpoint', 'plain-sealed', '--verifier-key', 'plain.pub');
    assert.deepEqual(sealed, { plain: undefined, said: [] });
  });

  test('reads the logs of the folder that a copy was put upon, and says that it is one', async () => {
    const place = newArchive();
    await collect('logs/app.log', '--into', `${place}/archive`);
    write(`${place}/app/day.ndjson`, planted);
    assert.ok(!(await judge(place)).said.includes('repeated-archive'));
    fs.cpSync(path.join(folder, place, 'archive'), path.join(folder, place, 'app'), { recursive: true });
    const { read, said } = await judge(place);
    assert.equal(new Map(read).get('app/day.ndjson'), 1);
    assert.ok(said.includes('repeated-archive'));
  });
});
