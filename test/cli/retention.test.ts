/** `audit-check retention` as a terminal shows it: plans, deletions, what is refused, kills in between, and what `verify` says after. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { toHeldSegment } from '../../src/cli/retention.ts';
import { readHoldings } from '../../src/store/archive-holdings.ts';
import { declarePruning } from '../../src/store/archive-pruning.ts';
import { bundled } from '../support/bundled.ts';
import { CommandLine } from '../support/command-line.ts';
import { judgeBy, KEYS, OTHER_KEYS, openArchive, temporaryFolder } from '../support/made-archive.ts';
import { rounds } from '../support/rounds.ts';

/** Instants of the kill test; the run of all of them is `FULL=1`. */
const KILLS = rounds(5, 200);

const commands = new CommandLine();
const folder = temporaryFolder('retention');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const inFolder = (name: string) => path.join(folder, name);

function write(name: string, text: string): string {
  fs.mkdirSync(path.dirname(inFolder(name)), { recursive: true });
  fs.writeFileSync(inFolder(name), text);
  return name;
}

write('archive.key', `${KEYS.signer}\n`);
write('archive.pub', `${KEYS.verifier}\n`);
write('other.key', `${OTHER_KEYS.signer}\n`);

/** The clock is real, so what is due is from 2020, and what is not has an age of centuries. */
const policy = (name: string, text: string) => write(name, text);
policy('five.yaml', 'rules: [{maximum: 5 years}]\n');

function event(time: string | undefined, id: string): string {
  const fields = { id, actor: 'ann', action: 'read', target: '/a', outcome: 'success' };
  return `${JSON.stringify(time === undefined ? fields : { time, ...fields })}\n`;
}

const run = (...argv: string[]) => commands.run(['retention', ...argv], folder);
const plan = (archive: string, file: string, ...argv: string[]) =>
  run('plan', archive, '--policy', file, '--verifier-key', 'archive.pub', ...argv);
const apply = (archive: string, file: string, ...argv: string[]) =>
  run('apply', archive, '--policy', file, '--key', 'archive.key', '--by', 'ann', ...argv);
const verify = (archive: string) =>
  commands.run(
    ['verify', archive, '--no-config', '--no-builtin-rules', '--verifier-key', 'archive.pub'],
    folder,
  );

let made = 0;

/** One segment for each log: `2020-01.debug` is of that month and class. */
async function archiveOf(...logs: string[]): Promise<string> {
  const archive = `archive-${made++}`;
  for (const log of logs) {
    const [month, label = 'default'] = log.split('.');
    const time = month === 'undated' ? undefined : `${month}-31T08:00:00Z`;
    const file = write(`${archive}-logs/${log}.log`, event(time, log) + event(time, `${log}-2`));
    const argv = [
      'collect',
      file,
      '--into',
      archive,
      '--key',
      'archive.key',
      '--no-config',
      '--source',
      'audit',
    ];
    const { exit, stderr } = await commands.run([...argv, '--class', label], folder);
    assert.equal(exit, 0, stderr);
  }
  return archive;
}

const segment = (archive: string, number: number) =>
  inFolder(`${archive}/segments/${String(number).padStart(8, '0')}.ndjson.zst`);
const segmentsIn = (archive: string) =>
  fs.readdirSync(inFolder(`${archive}/segments`)).map((name) => Number.parseInt(name, 10));

/** `archive-3` is another archive in each test. */
const neutral = (text: string, archive: string) => text.replaceAll(archive, 'ARCHIVE');

describe('retention plan', () => {
  test('prints sizes per tier, what falls due, what is due, and what holds keep', async () => {
    const archive = await archiveOf('2020-01', '2020-03', '2025-12', '2026-01.debug');
    policy(
      'plan.yaml',
      `rules:
  - {name: debug, class: debug, maximum: 1 month}
  - {name: all, minimum: 1 year, maximum: 5 years}
holds:
  - {id: LH-7, reason: payment incident, events: {from: 2020-03-01, until: 2020-12-31}, until: 2027-06-30}
`,
    );
    const { exit, stdout, stderr } = await plan(archive, 'plan.yaml', '--now', '2026-02-01');
    assert.equal(stderr, '');
    const bytes = (number: number) => String(fs.statSync(segment(archive, number)).size);
    const both = String(Number(bytes(1)) + Number(bytes(2)));
    assert.equal(
      neutral(stdout, archive),
      `Retention of ARCHIVE on 2026-02-01, by plan.yaml

Tiers
  source  class    tier  segments  records  bytes             newest events
  audit   debug    hot          1        2    ${bytes(4)}  2026-01-31 to 2026-01-31
  audit   default  hot          1        2    ${bytes(3)}  2025-12-31 to 2025-12-31
  audit   default  cold         2        4    ${both}  2020-01-31 to 2020-03-31

Due now
  from        rule                    segments  records  bytes
  2025-02-01  all: at most 5 years           1        2    ${bytes(1)}

Due by 2026-05-02
  from        rule                      segments  records  bytes
  2026-03-01  debug: at most 1 month           1        2    ${bytes(4)}

Under legal hold
  LH-7 (payment incident), until 2027-06-30: 1 segment, 2 records, of them due and kept all the same: 1 segment, 2 records

1 finding
medium[over-retention] ARCHIVE/segments/00000001.ndjson.zst: 1 segment, 2 records: past the maximum age "5 years" of "all", the oldest since 2025-02-01
`,
    );
    assert.equal(exit, 1);
  });

  test('prints JSON, is clean where all is as the policy wants it, and counts to the day', async () => {
    const archive = await archiveOf('2026-01');
    policy('month.yaml', 'rules: [{maximum: 1 month}]\n');
    const on = (day: string) => plan(archive, 'month.yaml', '--now', day, '-f', 'json');
    const clean = await on('2026-02-28');
    assert.equal(clean.exit, 0, clean.stderr);
    const { segments, findings } = JSON.parse(clean.stdout);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      [segments[0].standing, segments[0].dueOn, segments[0].tier],
      ['kept', '2026-03-01', 'hot'],
    );
    const due = await on('2026-03-01');
    assert.equal(due.exit, 1);
    assert.equal(JSON.parse(due.stdout).findings[0].code, 'over-retention');
  });

  test('names a segment that was deleted by hand, and does not call it due', async () => {
    const archive = await archiveOf('2020-01', '2020-03');
    fs.rmSync(segment(archive, 1));
    const { exit, stdout } = await plan(archive, 'five.yaml', '--now', '2020-06-01');
    assert.equal(exit, 1);
    assert.match(
      stdout,
      /1 finding\ncritical\[missing-segment\] .*: segment 1 is gone, and no signed record says/,
    );
  });

  test('never says clean of an archive that nobody vouches for', async () => {
    const archive = await archiveOf('2026-01');
    const { exit, stdout } = await run('plan', archive, '--policy', 'five.yaml', '--now', '2026-02-01');
    assert.equal(exit, 3);
    assert.match(stdout, /\[unverified-checkpoint\][\s\S]*incomplete: no verifier key given/);
    const none = await plan('no-archive', 'five.yaml');
    assert.equal(none.exit, 3);
    assert.match(none.stdout, /\[damaged-archive\]/);
  });

  test('does not believe a pruning record that was not signed', async () => {
    const archive = await archiveOf('2020-01', '2020-03');
    const control = inFolder(`${archive}/control/00000002.ndjson`);
    const [head, manifest] = fs.readFileSync(control, 'utf8').trimEnd().split('\n');
    const { segment: number, firstLeaf, records, content, stored } = JSON.parse(manifest!);
    const words = { reason: 'x', by: 'eve', at: '2026-01-01T00:00:00Z', policySha256: '' };
    const pruned = { segment: number, firstLeaf, records, content, stored, maximum: '1 day' };
    const forged = JSON.stringify({ type: 'pruning', segments: [pruned], ...words });
    fs.chmodSync(control, 0o644);
    fs.writeFileSync(control, `${head}\n${manifest}\n${forged}\n`);
    fs.rmSync(segment(archive, 2));
    const { exit, stdout } = await plan(archive, 'five.yaml', '--now', '2020-06-01');
    assert.equal(exit, 3);
    assert.match(stdout, /\[altered-control-record\][\s\S]*\[missing-segment\] .*: segment 2 is gone/);
    assert.doesNotMatch(stdout, /Deleted, as signed records say/);
    const after = await verify(archive);
    assert.match(after.stdout, /\[missing-segment\]/);
    const refused = await apply(archive, 'five.yaml', '--yes');
    assert.equal(refused.exit, 2);
    assert.match(
      refused.stderr,
      /it does not verify with this key \(altered-control-record: .*: nothing is deleted/,
    );
  });

  test('tells all mistakes of arguments and policy at once', async () => {
    const archive = await archiveOf('2026-01');
    policy(
      'wrong.yaml',
      'rules:\n  - {maximum: 3 fortnights}\nholds:\n  - {id: A, reason: x, source: aduit}\n',
    );
    const { exit, stdout, stderr } = await plan(archive, 'wrong.yaml', '--now', 'soon');
    assert.deepEqual([exit, stdout], [2, '']);
    assert.equal(
      stderr,
      `error: --now: expected a date (UTC) or an RFC 3339 time with a zone, like 2026-01-31 or 2026-01-31T08:00:00+01:00, found "soon"
error: wrong.yaml:2:15: expected an age such as 90 days, 12 months, 7 years or P1Y6M, found "3 fortnights"
error: wrong.yaml:4:32: expected a source that is shipped or in the archive, found "aduit", did you mean "audit"?
`,
    );
  });

  test('notes a class that no segment has, for it may be misspelled', async () => {
    const archive = await archiveOf('2026-01.security');
    policy('class.yaml', 'rules: [{maximum: 5 years}]\nholds: [{id: A, reason: x, class: securty}]\n');
    const { stdout } = await plan(archive, 'class.yaml', '--now', '2026-02-01');
    assert.match(
      stdout,
      /notice: hold "A" names the class "securty", which no segment has, did you mean "security"\?/,
    );
    assert.match(stdout, /notice: hold "A" fits no segment/);
  });
});

describe('retention apply', () => {
  test('says what it would do, does it with --yes, and then there is nothing to do', async () => {
    const archive = await archiveOf('2020-01', '2020-03', '2099-01');
    const path1 = `${archive}/segments/00000001.ndjson.zst`;
    const would = await apply(archive, 'five.yaml');
    assert.equal(would.exit, 0, would.stderr);
    assert.match(would.stdout, /^would delete 2 segments, 4 records, \d+ bytes, past their maximum age\n/);
    assert.match(would.stdout, /nothing was deleted: run it again with --yes/);
    assert.deepEqual(segmentsIn(archive), [1, 2, 3]);

    const did = await apply(archive, 'five.yaml', '--yes', '--journal', `${archive}.ndjson`);
    assert.equal(did.exit, 0, did.stderr);
    assert.match(did.stdout, /^deleted 2 segments, 4 records, \d+ bytes, .* signed, up to leaf 14\n/);
    assert.ok(
      did.stdout.includes(
        `  ${path1} (${archive}-logs/2020-01.log): newest event of 2020-01-31, at most 5 years (rule 1)`,
      ),
    );
    assert.match(did.stdout, /kept, for their age is not known: 1 segment, 2 records\n.*lies in the future/);
    assert.deepEqual(segmentsIn(archive), [3]);
    const [line, ...more] = fs
      .readFileSync(inFolder(`${archive}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n');
    assert.deepEqual(more, []);
    const { done, by, deleted, leaves } = JSON.parse(line!);
    assert.deepEqual([done, by, deleted.length, leaves], [true, 'ann', 2, 14]);

    const checkpoint = fs.readFileSync(inFolder(`${archive}/log/checkpoint`), 'utf8');
    const again = await apply(archive, 'five.yaml', '--yes');
    assert.match(again.stdout, /^nothing to delete\n/);
    assert.equal(fs.readFileSync(inFolder(`${archive}/log/checkpoint`), 'utf8'), checkpoint);

    const { exit, stdout } = await verify(archive);
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /front pruned, declared: 4 records in 2 segments were deleted by retention/);
    assert.match(stdout, /6 = 2 anchored \(33\.3 %\) \+ 4 erased \(66\.6 %\)/);
    const since = await commands.run(
      ['collect', `${archive}-logs`, '--into', archive, '--key', 'archive.key', '--no-config'],
      folder,
    );
    assert.equal(since.stdout, 'nothing new: 6 records were collected before\n');
  });

  test('keeps what is under a hold, of another class, or without an age', async () => {
    const archive = await archiveOf('2020-01', '2020-03.security', '2020-05', 'undated');
    policy(
      'held.yaml',
      `rules: [{class: default, maximum: 5 years}]
holds:
  - {id: A, reason: incident, events: {from: 2020-05-31}, until: 2999-12-31}
  - {id: B, reason: lawsuit, source: audit, events: {from: 2020-05-01, until: 2020-06-30}}
  - {id: C, reason: over, until: 2021-01-01}
`,
    );
    const { exit, stdout, stderr } = await apply(archive, 'held.yaml', '--yes');
    assert.equal(exit, 0);
    assert.deepEqual(segmentsIn(archive), [2, 3, 4]);
    assert.match(
      stdout,
      /kept though due, under hold A \(incident\), until 2999-12-31: 1 segment, 2 records/,
    );
    assert.match(
      stdout,
      /kept though due, under hold B \(lawsuit\), until it is lifted: 1 segment, 2 records/,
    );
    assert.match(
      stdout,
      /kept, for their age is not known: 1 segment, 2 records\n.*none of its records has an event time/,
    );
    assert.match(stderr, /note: hold "C" does not stand on this day/);
    const after = await plan(archive, 'held.yaml');
    assert.equal(after.exit, 3);
    assert.match(after.stdout, /1 finding\nlow\[unknown-age\]/);
  });

  test('holds by every time range what holds a record without a time, and says so', async () => {
    const archive = `archive-${made++}`;
    const untimed = '{"id":"b","actor":"bob","action":"read","time":"2020-03-05 10:00"}\n';
    for (const [name, text] of [
      ['untimed', event('2020-01-31T08:00:00Z', 'a') + untimed],
      ['timed', event('2020-01-31T08:00:00Z', 'c')],
    ] as const) {
      const file = write(`${archive}-logs/${name}.log`, text);
      const argv = ['collect', file, '--into', archive, '--key', 'archive.key', '--no-config'];
      await commands.run([...argv, '--source', 'audit'], folder);
    }
    policy(
      'march.yaml',
      'rules: [{maximum: 5 years}]\nholds: [{id: A, reason: x, events: {from: 2020-03-01, until: 2020-03-31}}]\n',
    );
    const { exit, stdout, stderr } = await apply(archive, 'march.yaml', '--yes');
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /kept though due, under hold A \(x\), until it is lifted: 1 segment, 2 records/);
    assert.match(
      stderr,
      /note: hold "A" holds 1 segment, first .*1\.ndjson\.zst, for records that may be of its/,
    );
    assert.deepEqual(segmentsIn(archive), [1]);

    const [first, second] = readHoldings(inFolder(archive), judgeBy(KEYS.verifier)).segments;
    assert.deepEqual([first!.manifest.untimed, second!.manifest.untimed], [1, 0]);
    const { untimed: _, ...earlier } = second!.manifest;
    const mayHave = [second!.manifest, earlier].map(
      (manifest) => toHeldSegment({ ...second!, manifest }).mayHaveUntimed,
    );
    assert.deepEqual(mayHave, [false, true]);
  });

  test('refuses, with --yes and without, a hold that names what the archive never had', async () => {
    const archive = await archiveOf('2020-01.security', '2020-03');
    const hold = (words: string) =>
      policy('typo.yaml', `rules: [{maximum: 5 years}]\nholds: [{id: A, reason: x, ${words}}]\n`);
    for (const [words, expected] of [
      [
        'class: securty',
        /hold "A" names the class "securty", which no segment has, did you mean "security"\?/,
      ],
      ['source: okta', /hold "A" names the source "okta", which no segment has/],
      ['file: feb*', /hold "A" names the file "feb\*", which no segment is of; one is of/],
      ['class: security, file: 2020-03*', /no segment has all that it names/],
    ] as const)
      for (const yes of [[], ['--yes']]) {
        const { exit, stdout, stderr } = await apply(archive, hold(words), ...yes);
        assert.deepEqual([exit, stdout], [2, ''], words);
        assert.match(stderr, expected);
        assert.match(
          stderr,
          /^error: typo\.yaml: .*: nothing is deleted while a hold may be misspelled; correct it, or/,
        );
      }
    assert.deepEqual(segmentsIn(archive), [1, 2]);

    const early = await apply(archive, hold('events: {until: 2019-12-31}'), '--yes');
    assert.equal(early.exit, 0, early.stderr);
    assert.match(early.stderr, /note: hold "A" fits no segment/);
    const gone = await apply(archive, hold('class: security'), '--yes');
    assert.equal(gone.exit, 0, gone.stderr);
  });

  test('is found by another policy: deleted too early, and under a hold', async () => {
    const archive = await archiveOf('2020-01', '2020-03');
    await apply(archive, 'five.yaml', '--yes');
    policy(
      'strict.yaml',
      'rules: [{minimum: 100 years}]\nholds: [{id: LH-1, reason: lawsuit, until: 2999-01-01}]\n',
    );
    const { exit, stdout } = await plan(archive, 'strict.yaml');
    assert.equal(exit, 1);
    assert.match(
      stdout,
      /critical\[deleted-under-hold\] .*: 2 segments, 4 records: deleted on \S+ by ann, under the hold "LH-1" \(lawsuit\)/,
    );
    assert.match(
      stdout,
      /high\[early-deletion\] .*: 1 segment, 2 records: deleted on \S+ by ann, before the minimum age "100 years" of "rule 1": due from 2120-02-01 on/,
    );
    assert.equal((await plan(archive, 'five.yaml')).exit, 0);
  });

  test('refuses a key that did not sign the archive, one that lies in it, and what is no archive', async () => {
    const archive = await archiveOf('2020-01');
    const wrong = await run('apply', archive, '--policy', 'five.yaml', '--key', 'other.key', '--yes');
    assert.equal(wrong.exit, 2);
    assert.match(wrong.stderr, /it does not verify with this key \(forged-checkpoint: /);
    fs.copyFileSync(inFolder('archive.key'), inFolder(`${archive}/archive.key`));
    const beside = await run(
      'apply',
      archive,
      '--policy',
      'five.yaml',
      '--key',
      `${archive}/archive.key`,
      '--yes',
    );
    assert.equal(beside.exit, 2);
    assert.match(beside.stderr, /--key: .* lies in the archive it signs/);
    assert.deepEqual(segmentsIn(archive), [1]);
    fs.mkdirSync(inFolder('empty'));
    assert.equal((await apply('empty', 'five.yaml', '--yes')).exit, 2);
    assert.deepEqual(fs.readdirSync(inFolder('empty')), []);
  });

  test('does not delete a file that was altered, and papers over none that is missing', async () => {
    const archive = await archiveOf('2020-01', '2020-03', '2020-05');
    fs.rmSync(segment(archive, 1));
    fs.chmodSync(segment(archive, 2), 0o644);
    fs.copyFileSync(segment(archive, 3), segment(archive, 2));
    const { exit, stdout } = await apply(archive, 'five.yaml', '--yes');
    assert.equal(exit, 1);
    assert.match(stdout, /^deleted 1 segment, 2 records/);
    assert.match(stdout, /not deleted: .*00000002\.ndjson\.zst: its bytes are not those of its manifest/);
    assert.match(stdout, /missing: segment 1 is gone/);
    const after = await verify(archive);
    assert.match(after.stdout, /\[missing-segment\]/);
    assert.match(after.stdout, /\[altered-segment\]/);
    assert.match(after.stdout, /\bpruned, declared: 2 records in 1 segment/);
  });

  test('refuses a link in the place of a segment, and notes that a second name keeps the bytes', async () => {
    const archive = await archiveOf('2020-01', '2020-03');
    const kept = inFolder(`${archive}.kept`);
    fs.renameSync(segment(archive, 2), kept);
    fs.symlinkSync(kept, segment(archive, 2));
    for (const yes of [[], ['--yes']]) {
      const { exit, stdout, stderr } = await apply(archive, 'five.yaml', ...yes);
      assert.deepEqual([exit, stdout], [2, '']);
      assert.match(
        stderr,
        /^error: \S+00000002\.ndjson\.zst: it is a link to "\S+kept", .* put the file itself/,
      );
    }
    assert.deepEqual(segmentsIn(archive), [1, 2]);
    assert.doesNotMatch((await plan(archive, 'five.yaml')).stdout, /Deleted, as signed records say/);

    fs.rmSync(segment(archive, 2));
    fs.linkSync(kept, segment(archive, 2));
    const { exit, stderr } = await apply(archive, 'five.yaml', '--yes');
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /^note: \S+00000002\.ndjson\.zst has another name \(a hard link\)/);
    assert.deepEqual(segmentsIn(archive), []);
  });

  test('finishes a deletion that was signed and interrupted, unless a hold was placed meanwhile', async () => {
    const archive = await archiveOf('2020-01');
    const { segments } = readHoldings(inFolder(archive), judgeBy(KEYS.verifier));
    const writer = await openArchive(inFolder(archive));
    const words = { reason: 'r', by: 'bob', at: '2026-01-01T00:00:00Z', policySha256: '0' };
    await declarePruning(writer, [{ ...segments[0]!, maximum: '5 years' }], words);
    await writer.close();

    const between = await verify(archive);
    assert.equal(between.exit, 0, between.stdout);
    assert.match(between.stdout, /1 segment declared deleted and still\s+there/);
    const found = await plan(archive, 'five.yaml');
    assert.equal(found.exit, 1);
    assert.match(
      found.stdout,
      /\[unfinished-deletion\] .*declared deleted on 2026-01-01 by bob, and still there/,
    );

    policy('late.yaml', 'rules: [{maximum: 5 years}]\nholds: [{id: LH-9, reason: lawsuit}]\n');
    const held = await apply(archive, 'late.yaml', '--yes');
    assert.equal(held.exit, 1);
    assert.match(held.stdout, /not deleted: .*: declared deleted before, and now under the hold "LH-9"/);
    assert.deepEqual(segmentsIn(archive), [1]);

    const done = await apply(archive, 'five.yaml', '--yes');
    assert.match(
      done.stdout,
      /^deleted 1 segment, 2 records, which an interrupted run had declared deleted\n/,
    );
    assert.deepEqual(segmentsIn(archive), []);
    assert.equal((await plan(archive, 'five.yaml')).exit, 0);
  });

  test('needs nothing but the key of the log to prune an encrypted archive, and tells a journal that is none', async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const archive = `archive-${made++}`;
    const file = write(`${archive}.log`, event('2020-01-31T08:00:00Z', 'a'));
    const argv = ['collect', file, '--into', archive, '--key', 'archive.key', '--no-config'];
    await commands.run([...argv, '--recipient', recipient], folder);
    fs.mkdirSync(inFolder('journal'));
    const { exit, stdout, stderr } = await apply(archive, 'five.yaml', '--yes', '--journal', 'journal');
    assert.equal(exit, 3);
    assert.match(stdout, /^deleted 1 segment, 1 record/);
    assert.match(stderr, /^error: --journal: "journal" cannot be written: EISDIR; what was done is signed/);
    assert.deepEqual(segmentsIn(archive), []);
    const after = await verify(archive);
    assert.equal(after.exit, 3);
    assert.match(after.stdout, /front pruned, declared[\s\S]*incomplete: no record was audited/);
  });

  test('prunes what redact has stored anew, after which redact goes on, and refuses a view', async () => {
    const archive = `archive-${made++}`;
    for (const year of ['2020', '2021', '2026'])
      write(`${archive}-logs/${year}.log`, event(`${year}-03-01T08:00:00Z`, year));
    const key = ['--key', 'archive.key'];
    await commands.run(
      ['collect', `${archive}-logs`, '--into', archive, ...key, '--no-config', '--salted'],
      folder,
    );
    write('person.txt', 'ann\n');
    const redact = () =>
      commands.run(
        [
          'redact',
          archive,
          '--person',
          'person.txt',
          ...key,
          '--reason',
          'request 7',
          '--by',
          'dpo',
          '--yes',
        ],
        folder,
      );
    policy('not-2021.yaml', 'rules: [{maximum: 5 years}]\nholds: [{id: A, reason: x, file: "*2021*"}]\n');
    assert.match((await apply(archive, 'not-2021.yaml', '--yes')).stdout, /^deleted 1 segment, 1 record/);
    // Ann also deleted: that is signed, and stays.
    assert.match((await redact()).stdout, /^erased .*[\s\S]*left: .*: who deleted holds an identifier/);
    assert.match(
      (await apply(archive, 'five.yaml', '--yes')).stdout,
      /^deleted 1 segment, 1 record.*\n.*00000002\.g2/,
    );
    assert.deepEqual(segmentsIn(archive), [3]);
    const { exit, stdout } = await verify(archive);
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /front pruned, declared: 2 records in 2 segments/);
    assert.match(stdout, /3 = 3 erased/);

    write('roles.yaml', 'roles:\n  developer: {without: [target]}\n');
    const view = ['--role', 'developer', '--policy', 'roles.yaml', '--into', `${archive}-view`];
    const seen = await commands.run(['redact', archive, ...view], folder);
    assert.equal(seen.exit, 0, seen.stderr);
    const refused = await apply(`${archive}-view`, 'five.yaml', '--yes');
    assert.equal(refused.exit, 2);
    assert.match(refused.stderr, /it is a view for the role "developer"/);
  });

  test('leaves an archive that verifies, whatever instant it is killed at, and the next run finishes', async () => {
    const sound = await archiveOf('2020-01', '2020-03', '2020-05', '2099-01');
    const from = path.join(folder, 'killed');
    const attempt = async (dieAt: number) => {
      fs.rmSync(from, { recursive: true, force: true });
      fs.cpSync(inFolder(sound), from, { recursive: true });
      const child = fork(bundled('retention-child'), {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      await once(child, 'message');
      let touches = 0;
      child.on('message', (message) => {
        touches = (message as { touches: number }).touches;
      });
      child.send({ archive: from, policy: inFolder('five.yaml'), key: inFolder('archive.key'), dieAt });
      const [, signal] = await once(child, 'close');
      return { touches, isKilled: signal === 'SIGKILL' };
    };
    const whole = await attempt(-1);
    assert.ok(whole.touches > 30, `the disk was touched ${whole.touches} times: the child does not see it`);
    const kills = Math.min(KILLS, whole.touches);
    let between = 0;
    for (let kill = 0; kill < kills; kill++) {
      // Denser towards the end: the last touches are those of the deletion.
      const dieAt = whole.touches - Math.floor(whole.touches * (kill / kills) ** 3);
      assert.equal((await attempt(dieAt)).isKilled, true, `touch ${dieAt}`);
      const after = await verify('killed');
      assert.equal(after.exit, 0, `touch ${dieAt}: ${after.stdout}`);
      if (/declared deleted and still/.test(after.stdout)) between++;
      const next = await apply('killed', 'five.yaml', '--yes');
      assert.equal(next.exit, 0, `touch ${dieAt}: ${next.stderr}`);
      assert.deepEqual(segmentsIn('killed'), [4], `touch ${dieAt}`);
      const { stdout } = await verify('killed');
      assert.match(stdout, /front pruned, declared: 6 records in 3 segments/, `touch ${dieAt}`);
    }
    assert.ok(between > 0, 'no kill fell between the record and the deletion');
  });
});

describe('verify after retention', () => {
  test('takes a chain for whole that begins behind what was deleted, and only there', async () => {
    let previous = '0'.repeat(64);
    const names = ['chain-2020', 'chain-2021', 'chain-2022'];
    for (const [index, name] of names.entries()) {
      const year = 2020 + index;
      let text = '';
      for (let record = 0; record < 3; record++) {
        const time = `${year}-03-01T08:00:0${record}Z`;
        // Keys in order, as RFC 8785 has them.
        const fields = { action: 'read', actor: 'ann', id: `${year}-${record}`, outcome: 'success' };
        const line = { ...fields, prev_hash: previous, target: '/a', time };
        previous = crypto.createHash('sha256').update(JSON.stringify(line)).digest('hex');
        text += `${JSON.stringify({ ...line, hash: previous })}\n`;
      }
      write(`chain/${name}.log`, text);
    }
    await commands.run(
      ['collect', 'chain', '--into', 'chained', '--key', 'archive.key', '--no-config'],
      folder,
    );
    policy('chain.yaml', 'rules: [{maximum: 1 year}]\nholds: [{id: A, reason: x, file: "*2022*"}]\n');
    const before = await verify('chained');
    assert.equal(before.exit, 0, before.stdout);
    await apply('chained', 'chain.yaml', '--yes');
    const { exit, stdout } = await verify('chained');
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /1 chain begins behind what retention deleted/);

    fs.rmSync(segment('chained', 3));
    assert.match((await verify('chained')).stdout, /\[missing-segment\]/);

    await commands.run(
      ['collect', 'chain/chain-2022.log', '--into', 'cut', '--key', 'archive.key', '--no-config'],
      folder,
    );
    assert.match((await verify('cut')).stdout, /\[missing-genesis\]/);
  });
});
