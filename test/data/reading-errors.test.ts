/** Damaged, empty, hostile and unreadable input on the command line: what is said, and with which exit code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { audit } from '../../src/audit.ts';
import type { Report } from '../../src/model/report.ts';
import { discover } from '../../src/read/discover.ts';
import { testRequest } from '../support/audit-run.ts';
import { CommandLine, type CommandResult, runWithInput } from '../support/command-line.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { sharedData } from '../support/shared-data.ts';
import { toStoredZstd } from '../support/stored-zstd.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-test-'));
const command = new CommandLine();
after(() => {
  command.close();
  rmSync(home, { recursive: true, force: true });
});

/** Events that nothing is wrong with. */
function goodLog(count: number): string {
  const event = (index: number) => ({
    time: new Date(Date.UTC(2026, 2, 2, 8, 0, index, 250)).toISOString(),
    id: `ev-${index}`,
    actor: ['ann', 'bob', 'cid'][index % 3],
    action: 'document.read',
    outcome: 'success',
  });
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(event(index))}\n`).join('');
}

const LOG = goodLog(40);
const PACKED = gzipSync(LOG);

type Outcome = CommandResult & { report: Report };

/** Writes the files into a folder of their own and verifies it. */
async function verify(
  files: Record<string, string | Uint8Array>,
  options: string[] = [],
  paths: string[] = ['.'],
): Promise<Outcome> {
  const folder = mkdtempSync(join(home, 'case-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return verifyIn(folder, options, paths);
}

async function verifyIn(folder: string, options: string[] = [], paths: string[] = ['.']): Promise<Outcome> {
  const words = ['verify', '--format', 'json', '--no-builtin-rules', ...options, ...paths];
  const result = await command.run(words, folder);
  assert.ok(result.stdout.startsWith('{'), result.stderr);
  return { ...result, report: JSON.parse(result.stdout) as Report };
}

function codesOf({ report }: Outcome): string[] {
  return report.findings.map(({ code }) => code);
}

test('a good log is clean, and exit 0', async () => {
  const outcome = await verify({ 'a.ndjson': LOG, 'b.ndjson.gz': gzipSync(goodLog(50).slice(LOG.length)) });
  assert.deepEqual(codesOf(outcome), []);
  assert.deepEqual(outcome.report.summary.records, {
    read: 50,
    audited: 50,
    malformed: 0,
    duplicate: 0,
    skipped: 0,
  });
  assert.equal(outcome.exit, 0);
  assert.equal(outcome.stderr, '');
});

describe('compressed input', () => {
  /** Each: the stored bytes, the code that is spoken, and whether at least the records before the damage are read. */
  const cases: readonly (readonly [behaviour: string, file: string, stored: Uint8Array, code: string])[] = [
    ['a truncated gzip', 'a.gz', PACKED.subarray(0, -40), 'truncated-input'],
    ['a gzip cut inside its trailer', 'a.gz', PACKED.subarray(0, -3), 'truncated-input'],
    ['a gzip cut inside its header', 'a.gz', PACKED.subarray(0, 6), 'truncated-input'],
    [
      'a gzip cut inside its second member',
      'a.gz',
      Buffer.concat([PACKED, PACKED.subarray(0, 60)]),
      'truncated-input',
    ],
    [
      'a gzip with garbage behind it',
      'a.gz',
      Buffer.concat([PACKED, Buffer.from('{"actor":"eve"}\n')]),
      'trailing-garbage',
    ],
    ['a gzip with zeros behind it', 'a.gz', Buffer.concat([PACKED, Buffer.alloc(512)]), 'trailing-garbage'],
    ['a gzip with a damaged checksum', 'a.gz', damaged(PACKED, PACKED.length - 6), 'corrupt-input'],
    ['a gzip with a damaged size', 'a.gz', damaged(PACKED, PACKED.length - 2), 'corrupt-input'],
    [
      'a truncated Zstandard frame',
      'a.zst',
      toStoredZstd(Buffer.from(LOG)).subarray(0, -40),
      'truncated-input',
    ],
    [
      'a Zstandard frame with an impossible block',
      'a.zst',
      damaged(toStoredZstd(Buffer.from(LOG)), 9, 0x06),
      'corrupt-input',
    ],
  ];
  for (const [behaviour, file, stored, code] of cases) {
    test(`${behaviour} is ${code}, and exit 3 even beside a good file`, async () => {
      const outcome = await verify({ [file]: stored, 'good.ndjson': goodLog(45).slice(LOG.length) });
      assert.ok(codesOf(outcome).includes(code), codesOf(outcome).join());
      assert.equal(outcome.report.inputs[0]!.status, 'partial');
      assert.equal(outcome.report.inputs[1]!.records.audited, 5);
      assert.equal(outcome.exit, 3);
    });
  }

  test('what a damaged gzip holds before the damage is audited', async () => {
    for (const stored of [
      PACKED.subarray(0, -3),
      damaged(PACKED, PACKED.length - 6),
      Buffer.concat([PACKED, Buffer.from('x')]),
    ]) {
      const { report } = await verify({ 'a.gz': stored });
      assert.equal(report.summary.records.audited, 40);
    }
  });

  test('two gzip members are one file', async () => {
    const lines = LOG.indexOf('\n', 1000) + 1;
    const cut = lines + 20;
    const stored = Buffer.concat([gzipSync(LOG.slice(0, cut)), gzipSync(LOG.slice(cut))]);
    const outcome = await verify({ 'a.gz': stored });
    assert.deepEqual(codesOf(outcome), []);
    assert.equal(outcome.report.summary.records.audited, 40);
    assert.equal(outcome.exit, 0);
  });

  test('a decompression bomb stops at the limit of the configuration', async () => {
    const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024, 0x20), { level: 1 });
    const config = 'limits: {inflation: 10, recordBytes: 1048576}\n';
    const outcome = await verify({ 'a.gz': bomb, 'audit-check.yaml': config, 'good.ndjson': LOG });
    assert.ok(codesOf(outcome).includes('decompression-limit'));
    const input = outcome.report.inputs.find(({ file }) => file === 'a.gz')!;
    assert.ok(input.decodedBytes <= 65 * 1024 * 1024, 'stopped soon after the bytes that any file may have');
    assert.equal(input.sha256, null);
    assert.equal(outcome.exit, 3);
  });

  const archives = sharedData('otrf-security-datasets/datasets/atomic/windows/defense_evasion/host');
  test('an archive of the wild with a line break behind its gzip stream is trailing-garbage when it is named', {
    skip: archives === undefined && 'sample data absent',
  }, async () => {
    const outcome = await verifyIn(archives!, ['--no-config'], ['empire_enable_rdp.tar.gz']);
    assert.ok(codesOf(outcome).includes('trailing-garbage'));
    assert.equal(outcome.exit, 3);
  });
});

function damaged(stored: Uint8Array, at: number, mask = 0xff): Uint8Array {
  const bytes = Buffer.from(stored);
  bytes[at]! ^= mask;
  return bytes;
}

describe('input without records', () => {
  const cases: readonly (readonly [behaviour: string, content: string | Uint8Array, code: string])[] = [
    ['an empty file', '', 'empty-input'],
    ['white space alone', ' \r\n\t\n\n', 'empty-input'],
    ['a byte order mark alone', '\ufeff', 'empty-input'],
    ['an empty gzip member', gzipSync(''), 'empty-input'],
    ['UTF-16', Buffer.from(`\ufeff${LOG}`, 'utf16le'), 'malformed-record'],
    ['text that is no JSON', 'user ann logged in\nuser bob logged in\n', 'malformed-record'],
    ['a log line with a time in brackets', '[2026-03-02T08:00:00Z] ann logged in\n', 'malformed-record'],
    ['a log line that begins with a number', '17:02:45 lmgrd started\n', 'malformed-record'],
  ];
  for (const [behaviour, content, code] of cases) {
    test(`${behaviour} is ${code}, and exit 3 even beside a good file`, async () => {
      const outcome = await verify({ 'a.log': content, 'good.ndjson': LOG });
      assert.deepEqual([...new Set(codesOf(outcome))], [code]);
      assert.equal(outcome.report.inputs[0]!.records.audited, 0);
      assert.equal(outcome.report.summary.records.audited, 40);
      assert.equal(outcome.exit, 3);
    });
  }

  test('binary files of many lines are one unsupported-input each, which says what they are, and exit 3', async () => {
    const noise = Buffer.from('\0\x01abc\n  -B, --ignore-backups\n[]\n\x02\x03\n'.repeat(40), 'latin1');
    const begins = (head: string) => Buffer.concat([Buffer.from(head, 'latin1'), noise]);
    const outcome = await verify({
      'a.log': begins('\x7fELF\x02\x01\x01\0\0'),
      'b.log': begins('SQLite format 3\0'),
      'c.log': begins('\x11\0\0\x9a'),
      'd.log.gz': gzipSync(begins('PAR1')),
    });
    assert.deepEqual(
      outcome.report.findings.map(({ code, message }) => [code, message]),
      [
        ['unsupported-input', '"a.log" is binary (ELF), not a log'],
        ['unsupported-input', '"b.log" is binary (SQLite), not a log'],
        ['unsupported-input', '"c.log" is binary (NUL bytes), not a log'],
        ['unsupported-input', '"d.log.gz" is binary (Parquet), not a log'],
      ],
    );
    assert.equal(outcome.report.summary.records.read, 0);
    assert.ok(outcome.report.inputs.every(({ status }) => status === 'unreadable'));
    assert.equal(outcome.exit, 3);
  });

  test('binary garbage in a log, and text that is no log, keep their findings', async () => {
    const garbage = '\x7fELF\x02\0\0\n\0\x01\n';
    const cases = {
      'at the beginning': garbage + LOG,
      'in the middle': LOG + garbage + LOG.replaceAll('ev-', 'ew-'),
      'NUL alone, of a writer that crashed': `${'\0'.repeat(600)}\nann logged in\n`,
      'UTF-16 without a mark': Buffer.from(LOG, 'utf16le'),
      'words that begin as a program does': 'MZ was here\nBZh too\n',
    };
    for (const [what, content] of Object.entries(cases)) {
      const outcome = await verify({ 'a.log': content });
      assert.ok(codesOf(outcome).includes('malformed-record'), what);
      assert.ok(!codesOf(outcome).includes('unsupported-input'), what);
      assert.notEqual(outcome.exit, 0, what);
    }
  });

  test('an empty folder is exit 3: nothing was audited', async () => {
    const outcome = await verify({});
    assert.equal(outcome.report.summary.verdict, 'incomplete');
    assert.equal(outcome.exit, 3);
  });

  test('a folder without a log is exit 3, and its files are named as left out', async () => {
    const outcome = await verify({ 'README.md': '# logs\n', '.hidden': 'TOKEN=x\n', LICENSE: 'MIT' });
    assert.deepEqual(
      outcome.report.inputs.map(({ file, status }) => [file, status]),
      [
        ['.hidden', 'skipped'],
        ['LICENSE', 'skipped'],
        ['README.md', 'skipped'],
      ],
    );
    assert.equal(outcome.exit, 3);
  });

  test('an empty array says "none": no finding beside a good file, and exit 3 alone', async () => {
    const beside = await verify({ 'a.json': '[]\n', 'b.json': '{"Records":[]}\n', 'good.ndjson': LOG });
    assert.deepEqual(codesOf(beside), []);
    assert.equal(beside.exit, 0);
    assert.equal((await verify({ 'a.json': '[]' })).exit, 3);
  });

  test('standard input without a byte is empty-input, and exit 3', () => {
    const { exit, stdout } = runWithInput(['verify', '--no-config', '-'], home, Buffer.alloc(0));
    assert.match(stdout, /empty-input/);
    assert.equal(exit, 3);
  });
});

describe('logs in a folder', () => {
  test('called notice.log or license.json are read, and a NOTICE is not', async () => {
    const { report } = await verify({
      'notice.log': LOG,
      'license.json': LOG,
      NOTICE: 'x',
      'LICENSE-MIT': 'x',
      'readme.txt': 'x',
    });
    const read = report.inputs.filter(({ status }) => status === 'complete').map(({ file }) => file);
    assert.deepEqual(read, ['license.json', 'notice.log']);
  });

  test('in a form that is not read are unsupported-input, and exit 3', async () => {
    const outcome = await verify({ 'a.zip': 'PK', 'b.xlsx': 'PK', 'good.ndjson': LOG });
    assert.deepEqual(codesOf(outcome), ['unsupported-input', 'unsupported-input']);
    assert.equal(outcome.exit, 3);
  });

  test('that are links to files are read, and JSON is read whatever its name says', async () => {
    const folder = mkdtempSync(join(home, 'linked-'));
    const elsewhere = join(mkdtempSync(join(home, 'elsewhere-')), 'app.log');
    writeFileSync(elsewhere, LOG);
    symlinkSync(elsewhere, join(folder, 'app.ndjson'));
    writeFileSync(join(folder, 'audit.conf'), LOG);
    const { report } = await verifyIn(folder);
    assert.deepEqual(
      report.inputs.map(({ file, records }) => [file, records.read]),
      [
        ['app.ndjson', 40],
        ['audit.conf', 40],
      ],
    );
    assert.equal(report.summary.records.duplicate, 40);
  });

  test('that are pipes, devices or links to folders are left out, named, and do not block', async () => {
    const folder = mkdtempSync(join(home, 'special-'));
    symlinkSync(mkdtempSync(join(home, 'outside-')), join(folder, 'outside'));
    writeFileSync(join(folder, 'good.ndjson'), LOG);
    symlinkSync('/dev/zero', join(folder, 'endless.ndjson'));
    symlinkSync('.', join(folder, 'loop'));
    const { status } = spawnSync('mkfifo', [join(folder, 'pipe.ndjson')]);
    const outcome = await verifyIn(folder);
    const left = outcome.report.inputs.filter((input) => input.status !== 'complete');
    assert.deepEqual(
      left.map(({ file, status: read }) => [file, read]),
      [
        ['endless.ndjson', 'unreadable'],
        ['loop', 'skipped'],
        ['outside', 'unreadable'],
        ...(status === 0 ? [['pipe.ndjson', 'skipped']] : []),
      ],
    );
    assert.equal(outcome.report.summary.records.audited, 40);
    assert.equal(outcome.exit, 3);
  });
});

describe('unreadable input', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(home, 'unreadable-'));
    writeFileSync(join(folder, 'good.ndjson'), LOG);
  });

  test('a link that leads nowhere, when it is named, is unreadable-input and exit 3', async () => {
    symlinkSync('gone.ndjson', join(folder, 'link.ndjson'));
    const outcome = await verifyIn(folder, [], ['link.ndjson', 'good.ndjson']);
    assert.deepEqual(codesOf(outcome), ['unreadable-input']);
    assert.match(outcome.report.findings[0]!.message, /ENOENT/);
    assert.equal(outcome.report.summary.records.audited, 40);
    assert.equal(outcome.exit, 3);
  });

  test('a file without read access is unreadable-input and exit 3', {
    skip: process.getuid?.() === 0 && 'root may read every file',
  }, async () => {
    writeFileSync(join(folder, 'secret.ndjson'), LOG);
    chmodSync(join(folder, 'secret.ndjson'), 0);
    const outcome = await verifyIn(folder, [], ['secret.ndjson', 'good.ndjson']);
    assert.deepEqual(codesOf(outcome), ['unreadable-input']);
    assert.equal(outcome.exit, 3);
  });

  test('links that lead nowhere or in a circle are told as what they are, and never to be left out', async () => {
    const here = mkdtempSync(join(home, 'links-'));
    symlinkSync('gone.ndjson', join(here, 'a-dangling.ndjson'));
    symlinkSync('c-circle', join(here, 'b-circle'));
    symlinkSync('b-circle', join(here, 'c-circle'));
    const { report, exit } = await verifyIn(here);
    const nowhere = 'it is not there, or a link that leads nowhere (ENOENT)';
    const circle = 'links that lead to each other in a circle (ELOOP)';
    assert.deepEqual(
      report.findings.map(({ code, message }) => [code, message]),
      [
        ['unreadable-input', `"a-dangling.ndjson" was not read: ${nowhere}`],
        ['unreadable-input', `"b-circle" was not read: ${circle}`],
        ['unreadable-input', `"c-circle" was not read: ${circle}`],
      ],
    );
    assert.doesNotMatch(report.codes['unreadable-input']!.fix!, /exclude|leave/);
    assert.deepEqual(
      report.inputs.map(({ bytes }) => bytes),
      [0, 0, 0],
    );
    assert.equal(exit, 3);
  });

  test('a folder, and files, that this user may not read say so, and have no bytes', {
    skip: process.platform === 'win32' && 'permissions are others there',
  }, async () => {
    const here = mkdtempSync(join(home, 'shut-'));
    mkdirSync(join(here, 'inside'));
    mkdirSync(join(here, 'named'));
    writeFileSync(join(here, 'inside/a.ndjson'), LOG);
    writeFileSync(join(here, 'named/b.ndjson'), LOG);
    writeFileSync(join(here, 'notes.conf'), LOG);
    chmodSync(join(here, 'inside'), 0);
    chmodSync(join(here, 'named'), 0o444);
    chmodSync(join(here, 'notes.conf'), 0);
    for (const place of [home, here]) chmodSync(place, 0o755);
    const { files } = await asOrdinaryUser(() => discover([here], []));
    const skip = { reason: 'permission denied (EACCES)', unsupported: true, code: 'unreadable-input' };
    assert.deepEqual(
      files.map(({ file, bytes, skip: why }) => [file.slice(here.length), bytes, why]),
      [
        ['/inside', 0, skip],
        ['/named/b.ndjson', 0, skip],
        ['/notes.conf', 0, skip],
      ],
    );
  });

  test('a file that vanishes or becomes a folder after it was found is unreadable-input', async () => {
    mkdirSync(join(folder, 'folder.ndjson'));
    const files = ['folder.ndjson', 'vanished.ndjson'].map((name) => ({
      file: join(folder, name),
      bytes: 10,
      regular: true,
    }));
    const report = await audit(testRequest({ builtinRules: false }), files, { jobs: 1 });
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      ['unreadable-input', 'unreadable-input'],
    );
    assert.match(report.findings[0]!.message, /EISDIR/);
    assert.equal(report.summary.verdict, 'incomplete');
  });
});

describe('exit codes', () => {
  const missing = `${JSON.stringify({ time: '2026-03-02T09:00:00.5Z', id: 'x', action: 'document.read', outcome: 'success' })}\n`;

  test('findings are 1, below --fail-on 0', async () => {
    assert.equal((await verify({ 'a.ndjson': LOG + missing })).exit, 1);
    const lenient = await verify({ 'a.ndjson': LOG + missing }, ['--fail-on', 'critical']);
    assert.equal(lenient.report.summary.findings.total, 1);
    assert.equal(lenient.exit, 0);
  });

  test('unread input is 3 although there are findings', async () => {
    assert.equal((await verify({ 'a.ndjson': LOG + missing, 'b.ndjson': '' })).exit, 3);
  });

  test('a malformed line is a finding: the rest of the file was read', async () => {
    const outcome = await verify({ 'a.ndjson': `${LOG}{"time":\n` });
    assert.deepEqual(codesOf(outcome), ['malformed-record']);
    assert.equal(outcome.exit, 1);
  });

  test('wrong arguments are 2 although the input is unreadable, all of them named, and no report is printed', async () => {
    writeFileSync(join(home, 'empty.ndjson'), '');
    const words = [
      'verify',
      'empty.ndjson',
      'nowhere',
      '--source',
      'clowdtrail',
      '--fail-on',
      'high',
      '--since',
      'yesterday',
      '--format',
      'yaml',
    ];
    const { exit, stdout, stderr } = await command.run(words, home);
    assert.equal(exit, 2);
    assert.equal(stdout, '');
    for (const told of [
      /nowhere: there is no such file/,
      /"clowdtrail", did you mean "cloudtrail"/,
      /--since: expected/,
      /unknown format "yaml"/,
    ]) {
      assert.match(stderr, told);
    }
  });

  test('an unknown option is 2', async () => {
    const { exit, stderr } = await command.run(['verify', '--fast', '.'], home);
    assert.equal(exit, 2);
    assert.match(stderr, /--fast/);
  });
});
