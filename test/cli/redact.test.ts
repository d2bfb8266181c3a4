/** `audit-check redact` as a terminal shows it: a person out of an archive, views for roles, and what is refused. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { chainRecords } from '../chain/chain-generator.ts';
import { CommandLine, runWithInput } from '../support/command-line.ts';
import { KEYS, lines, temporaryFolder } from '../support/made-archive.ts';
import { everyByte, rewriteLines, segmentOf } from '../support/made-salted-archive.ts';

const commands = new CommandLine();
const folder = temporaryFolder('redact');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, content: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return name;
}

const ndjson = (records: readonly string[]) => `${records.join('\n')}\n`;

write('archive.key', `${KEYS.signer}\n`);
write('archive.pub', `${KEYS.verifier}\n`);
write('logs/app.log', ndjson(lines(1, 'annika', 'robert', 'annika')));
write('logs/db.log', ndjson(lines(2, 'cidney')));
write('ann.txt', 'annika\n');
write(
  'policy.yaml',
  'roles:\n  developer: {without: [actor, target]}\n  security: {}\n  legal: {reason: required}\n',
);

const KEY = ['--key', 'archive.key'];
const WHY = ['--reason', 'case 4711', '--by', 'privacy office'];
const run = (...argv: string[]) => commands.run(argv, folder);
const collect = (...argv: string[]) => run('collect', ...argv, ...KEY, '--no-config');
const redact = (...argv: string[]) => run('redact', ...argv);
const verify = (archive: string, ...argv: string[]) =>
  run('verify', archive, '--no-config', '--no-builtin-rules', '--verifier-key', 'archive.pub', ...argv);

const codesIn = (report: string) => [...report.matchAll(/^\w+\[([a-z-]+)\]/gm)].map(([, code]) => code);

let made = 0;
async function salted(...sources: string[]): Promise<string> {
  const archive = `archive-${made++}`;
  const { exit, stderr } = await collect(...sources, '--salted', '--into', archive);
  assert.equal(exit, 0, stderr);
  return archive;
}

describe('redact --person', () => {
  test('says what would be erased, and writes nothing without --yes', async () => {
    const archive = await salted('logs');
    const before = await everyByte(path.join(folder, archive));
    write('people.txt', 'annika\n\nzoe@example.com\n');
    assert.deepEqual(await redact(archive, '--person', 'people.txt', ...KEY, ...WHY), {
      exit: 0,
      stdout:
        'would erase 2 fields of 2 records in 1 segment, of 4 records\n' +
        '  line 1 of the list: in 2 fields\n' +
        '  line 3 of the list: found nowhere\n',
      stderr: 'note: nothing was written; give --yes to erase\n',
    });
    assert.equal(await everyByte(path.join(folder, archive)), before);
  });

  test('erases for good: the archive verifies, says what is erased, and the same export brings nothing back', async () => {
    const archive = await salted('logs');
    const { exit, stdout, stderr } = await redact(archive, '--person', 'ann.txt', ...KEY, ...WHY, '--yes');
    assert.equal(
      stdout,
      'erased 2 fields of 2 records in 1 segment, of 4 records; the tombstones are signed, up to leaf 10 of the log\n' +
        '  line 1 of the list: in 2 fields\n',
    );
    assert.match(
      stderr,
      /^note: backups, snapshots, the exports that were collected and earlier views still hold/,
    );
    assert.equal(exit, 0);
    assert.doesNotMatch(await everyByte(path.join(folder, archive)), /annika/);
    const verified = await verify(archive, '--schema', 'audit-minimum');
    assert.equal(verified.exit, 0, verified.stdout);
    assert.match(verified.stdout, /records +4 read = 4 audited/);
    assert.match(verified.stdout, /integrity +4 = 2 anchored \(50\.0 %\) \+ 2 erased \(50\.0 %\)/);
    assert.match(verified.stdout, /erased: \S+Z by "privacy\s+office",\s+reason "case\s+4711"/);
    const again = await collect('logs', '--salted', '--into', archive);
    assert.equal(again.stdout, 'nothing new: 4 records were collected before\n');
    assert.doesNotMatch(await everyByte(path.join(folder, archive)), /annika/);
  });

  test('takes the list from standard input', async () => {
    const archive = await salted('logs');
    const argv = ['redact', archive, '--person', '-', ...KEY, ...WHY];
    const { stdout } = runWithInput(argv, folder, Buffer.from('cidney\n'));
    assert.match(stdout, /^would erase 1 field of 1 record in 1 segment, of 4 records\n/);
  });

  test('refuses a link in the place of a segment, and notes that a second name keeps the values', async () => {
    const archive = await salted('logs');
    const file = segmentOf(path.join(folder, archive), '00000001');
    fs.renameSync(file, path.join(folder, 'elsewhere'));
    fs.symlinkSync(path.join(folder, 'elsewhere'), file);
    const checkpoint = () => fs.readFileSync(path.join(folder, archive, 'log/checkpoint'), 'utf8');
    const before = checkpoint();
    for (const yes of [[], ['--yes']]) {
      const { exit, stdout, stderr } = await redact(archive, '--person', 'ann.txt', ...KEY, ...WHY, ...yes);
      assert.deepEqual([exit, stdout], [2, '']);
      assert.match(
        stderr,
        /^error: \S+00000001\.ndjson\.zst: it is a link to "\S+elsewhere", where its bytes would stay: nothing was changed/,
      );
    }
    assert.equal(checkpoint(), before);

    fs.rmSync(file);
    fs.linkSync(path.join(folder, 'elsewhere'), file);
    const { exit, stderr } = await redact(archive, '--person', 'ann.txt', ...KEY, ...WHY, '--yes');
    assert.equal(exit, 0, stderr);
    assert.match(
      stderr,
      /^note: \S+00000001\.ndjson\.zst has another name \(a hard link\), under which its bytes stay/,
    );
  });

  test('names the places where an identifier is left, and exits 1', async () => {
    write('home/annika/app.log', ndjson(lines(3, 'annika')));
    const archive = await salted('home');
    const { exit, stdout } = await redact(archive, '--person', 'ann.txt', ...KEY, ...WHY, '--yes');
    assert.match(
      stdout,
      /^left: archive-\d+\/control\/00000001\.ndjson:2: the name of the file that was collected holds an identifier; it is signed and cannot be erased$/m,
    );
    assert.equal(exit, 1);
  });

  test('tells everything that is wrong at once', async () => {
    const archive = await salted('logs');
    fs.copyFileSync(path.join(folder, 'ann.txt'), path.join(folder, archive, 'ann.txt'));
    const reason = ['--reason', 'erase annika', '--by', ''];
    const { exit, stdout, stderr } = await redact(
      archive,
      '--person',
      `${archive}/ann.txt`,
      '--key',
      'no.key',
      ...reason,
    );
    assert.equal(exit, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /error: --by: expected words, found nothing/);
    assert.match(stderr, /error: no\.key: the key file "no\.key" cannot be read: ENOENT/);
    assert.match(stderr, /error: --reason: it holds one of the identifiers/);
    assert.match(stderr, /error: \S+ann\.txt: it lies in the archive/);
    const both = await redact(archive, '--person', 'ann.txt', '--role', 'developer');
    assert.match(
      both.stderr,
      /error: arguments: expected either --person, or --role with --policy and --into/,
    );
    const neither = await redact(archive, '--person', 'ann.txt', '--into', 'x');
    for (const name of ['reason', 'by', 'key'])
      assert.match(neither.stderr, new RegExp(`error: --${name}: expected it beside --person`));
    assert.match(neither.stderr, /error: --into: expected it with --role/);
  });

  test('refuses what is no archive, is not salted, or does not verify', async () => {
    const person = ['--person', 'ann.txt', ...KEY, ...WHY, '--yes'];
    const nothing = await redact('logs', ...person);
    assert.match(nothing.stderr, /error: logs: expected an archive that "audit-check collect --salted" made/);
    await collect('logs', '--into', 'plain');
    const plain = await redact('plain', ...person);
    assert.equal(plain.exit, 2);
    assert.match(plain.stderr, /error: plain: its records are not salted: whatever is erased breaks the log/);
    const mixed = await collect('logs', '--salted', '--into', 'plain');
    assert.match(mixed.stderr, /its records are not salted, and an archive is salted as a whole/);
    const archive = await salted('logs');
    await rewriteLines(segmentOf(path.join(folder, archive), '00000001'), (all) => all.slice(1));
    const altered = await redact(archive, ...person);
    assert.equal(altered.exit, 2);
    assert.match(altered.stderr, /it does not verify \(altered-segment: .*\): nothing is redacted in it/);
    const forgotten = await collect('logs', '--into', await salted('logs'));
    assert.match(
      forgotten.stderr,
      /its records are salted, so that fields can be erased: collect with --salted/,
    );
  });

  test('reads and writes an encrypted archive with identities and recipients', async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    write('one.identity', `${identity}\n`);
    const archive = `archive-${made++}`;
    await collect('logs', '--salted', '--into', archive, '--recipient', recipient);
    const person = [archive, '--person', 'ann.txt', ...KEY, ...WHY, '--yes'];
    const without = await redact(...person);
    assert.match(without.stderr, /error: --identity: expected one: archive-\d+ is encrypted/);
    assert.match(without.stderr, /error: --recipient: expected the recipients again/);
    const { stdout } = await redact(...person, '--identity', 'one.identity', '--recipient', recipient);
    assert.match(stdout, /^erased 2 fields of 2 records/);
    const verified = await verify(archive, '--identity', 'one.identity');
    assert.equal(verified.exit, 0, verified.stdout);
    assert.match(verified.stdout, /2 anchored \(50\.0 %\) \+ 2 erased/);
  });

  for (const profile of ['jcs', 'raw-minus-hash', 'linked-record', 'raw-line'])
    test(`leaves a chain of the profile ${profile} without a false alarm`, async () => {
      const records = chainRecords(profile, 12, 7);
      const source = write(`chains/${profile}.log`, ndjson(records));
      const plain = await run('verify', source, '--no-config', '--no-builtin-rules');
      assert.deepEqual(codesIn(plain.stdout), ['missing-field'], 'the made records have no outcome');
      const archive = await salted(source);
      assert.deepEqual(codesIn((await verify(archive)).stdout), ['missing-field']);
      const [target] = /invoice\/\d+/.exec(records[5]!)!;
      write('id.txt', `${target}\n`);
      const { stdout } = await redact(archive, '--person', 'id.txt', ...KEY, ...WHY, '--yes');
      assert.match(stdout, /^erased \d+ fields? of 1 record/);
      const verified = await verify(archive);
      assert.deepEqual(codesIn(verified.stdout), ['missing-field'], verified.stdout);
      assert.match(verified.stdout, /fields were\s+erased: their links hold/);
    });
});

describe('redact --role', () => {
  test('makes a view that verifies as one and shows no field that is withheld', async () => {
    const archive = await salted('logs');
    const view = `view-${made++}`;
    const policy = ['--policy', 'policy.yaml', '--role'];
    assert.deepEqual(await redact(archive, ...policy, 'developer', '--into', view), {
      exit: 0,
      stdout: `view of role "developer" in ${view}: 4 records in 2 segments, 8 fields of 4 records withheld\n`,
      stderr: '',
    });
    assert.doesNotMatch(await everyByte(path.join(folder, view)), /annika|robert|cidney|"target":/);
    const verified = await verify(view, '--view', 'developer', '--schema', 'audit-minimum');
    assert.equal(verified.exit, 0, verified.stdout);
    assert.match(verified.stdout, /view of role "developer": fields withheld/);
    assert.match(verified.stdout, /integrity +4 = 4 erased \(100 %\)/);
    const unasked = await verify(view);
    assert.equal(unasked.exit, 1);
    assert.match(unasked.stdout, /undetermined\[withheld-fields\]: view of role "developer"/);
    const archived = await verify(archive, '--view', 'developer');
    assert.equal(archived.exit, 2);
    assert.match(
      archived.stderr,
      /error: --view: expected a view for the role "developer" among what is audited/,
    );
    const again = await redact(archive, ...policy, 'developer', '--into', view);
    assert.match(again.stderr, /error: --into: "view-\d+" is there already/);
    const nested = await redact(view, '--person', 'ann.txt', ...KEY, ...WHY);
    assert.match(nested.stderr, /it is a view for the role "developer": redact the archive/);
  });

  test('shows everything to a role without a list', async () => {
    const archive = await salted('logs');
    const view = `view-${made++}`;
    const { stdout } = await redact(archive, '--policy', 'policy.yaml', '--role', 'security', '--into', view);
    assert.match(stdout, /4 records in 2 segments, nothing withheld\n$/);
    const { exit, stdout: report } = await verify(view, '--view', 'security');
    assert.equal(exit, 0, report);
    assert.match(report, /4 = 4 anchored/);
  });

  test('asks for a reason where the policy does, and writes it into the view and the signed log', async () => {
    const archive = await salted('logs');
    const view = `view-${made++}`;
    const legal = [archive, '--policy', 'policy.yaml', '--role', 'legal', '--into', view];
    const refused = await redact(...legal);
    assert.equal(refused.exit, 2);
    assert.match(
      refused.stderr,
      /error: --reason: expected why: the policy asks whoever takes the view for "legal"/,
    );
    assert.equal((await redact(...legal, ...KEY, ...WHY)).exit, 0);
    const marker = JSON.parse(fs.readFileSync(path.join(folder, view, 'archive.json'), 'utf8'));
    assert.deepEqual([marker.view.reason, marker.view.by], ['case 4711', 'privacy office']);
    const control = fs.readFileSync(path.join(folder, archive, 'control/00000002.ndjson'), 'utf8');
    assert.match(
      control,
      /"type":"view","role":"legal","without":\[\],"reason":"case 4711","by":"privacy office"/,
    );
    assert.equal((await verify(archive)).exit, 0);
    const { exit, stdout } = await verify(view, '--view', 'legal');
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /made for the reason\s+"case\s+4711"/);
  });

  test('tells every mistake of a policy with its line and column', async () => {
    const archive = await salted('logs');
    write(
      'wrong.yaml',
      'rolls: {}\nroles:\n  developer: {without: [user..email], reasons: required}\n  legal: {reason: maybe}\n',
    );
    const { exit, stderr } = await redact(
      archive,
      '--policy',
      'wrong.yaml',
      '--role',
      'develper',
      '--into',
      'v',
    );
    assert.equal(exit, 2);
    assert.deepEqual(stderr.split('\n').slice(0, -1), [
      'error: --role: expected one of "developer", "legal", found "develper", did you mean "developer"?',
      'error: wrong.yaml:1:1: expected roles, found "rolls", did you mean "roles"?',
      'error: wrong.yaml:3:24: expected field paths such as user.email, found "user..email"',
      'error: wrong.yaml:3:39: expected without, reason, found "reasons", did you mean "reason"?',
      'error: wrong.yaml:4:19: "reason" must be one of required, found "maybe"',
    ]);
  });
});

describe('verify', () => {
  test('takes "_salted" in an ordinary log for a member like others: it silences nothing', async () => {
    const record =
      '{"time":"2026-03-01T08:00:00Z","id":"1","action":"read","target":"/a","outcome":"success"';
    const digest = 'A'.repeat(43);
    const source = write('planted/app.log', `${record},"_salted":{"salts":{},"erased":["${digest}"]}}\n`);
    const checked = ['--no-config', '--no-builtin-rules', '--source', 'audit', '--schema', 'audit-minimum'];
    const { exit, stdout } = await run('verify', source, ...checked);
    assert.match(stdout, /high\[missing-field\]: "actor" is missing/);
    assert.equal(exit, 1);
    await collect(source, '--salted', '--source', 'audit', '--into', 'planted-archive');
    const archived = await verify('planted-archive', '--schema', 'audit-minimum');
    assert.match(archived.stdout, /high\[missing-field\]: "actor" is missing/);
    assert.match(archived.stdout, /1 = 1 anchored/);
  });
});
