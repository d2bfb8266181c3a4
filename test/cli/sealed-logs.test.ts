/** Sealed logs as a terminal shows them: key, seal, verify --checkpoint, prove, verify-proof, and every attack that they answer. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Report } from '../../src/model/report.ts';
import { formatCheckpoint } from '../../src/transparency/checkpoint.ts';
import { generateKey, parseSignerKey } from '../../src/transparency/note-key.ts';
import { signNote } from '../../src/transparency/signed-note.ts';
import { EMPTY_ROOT } from '../../src/transparency/tree-hash.ts';
import { CommandLine, runWithInput } from '../support/command-line.ts';

const commands = new CommandLine();
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-sealed-'));
after(() => {
  commands.close();
  fs.rmSync(base, { recursive: true });
});

const record = (n: number, actor = 'ann') =>
  `{"time":"2026-03-02T08:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}Z","id":"${actor}-${n}","actor":"${actor}","action":"login","outcome":"success"}\n`;
const records = (from: number, until: number, actor = 'ann') =>
  Array.from({ length: until - from }, (_, at) => record(from + at, actor)).join('');

/** A folder with two sealed log files of 40 and 30 records. */
class Case {
  readonly folder = fs.mkdtempSync(path.join(base, 'case-'));

  constructor() {
    fs.mkdirSync(this.at('logs'));
    const { signer, verifier } = generateKey('logs.example/payments', Buffer.alloc(32, 3));
    this.write('seal.key', `${signer}\n`);
    this.write('seal.pub', `${verifier}\n`);
    this.write('logs/app.ndjson', records(0, 40));
    this.write('logs/web.ndjson', records(0, 30, 'bob'));
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string | Buffer): void {
    fs.writeFileSync(this.at(name), text, { mode: 0o600 });
  }

  append(name: string, text: string): void {
    fs.appendFileSync(this.at(name), text);
  }

  lines(name: string): string[] {
    return fs.readFileSync(this.at(name), 'utf8').split(/(?<=\n)/);
  }

  run(...argv: string[]) {
    return commands.run(argv, this.folder);
  }

  async seal(...more: string[]) {
    const result = await this.run(
      'seal',
      '--no-config',
      'logs',
      '--into',
      'sealed',
      '--key',
      'seal.key',
      ...more,
    );
    assert.equal(result.exit, 0, result.stderr);
    return result;
  }

  async verify(...more: string[]) {
    const argv = ['verify', '--no-config', '--no-builtin-rules', 'logs', '-f', 'json'];
    const trust = more.includes('--checkpoint')
      ? []
      : ['--checkpoint', 'sealed', '--verifier-key', 'seal.pub'];
    const { exit, stdout, stderr } = await this.run(...argv, ...trust, ...more);
    assert.equal(stderr, '');
    const report = JSON.parse(stdout) as Report;
    // What other checks make of the same attack is their own matter.
    const spoken = report.findings.filter(({ rule }) => rule === 'checkpoint');
    const sealed = report.streams.filter(({ profile }) => profile?.startsWith('sealed: '));
    return {
      exit,
      report,
      codes: spoken.map(({ code }) => code),
      said: spoken.map(({ place, message }) => `${place.file}:${place.line}: ${message}`),
      ranges: sealed.flatMap(({ stream, ranges }) =>
        ranges.map(({ assurance, records: amount }) => `${stream} ${assurance} ${amount}`),
      ),
    };
  }
}

async function sealedCase(): Promise<Case> {
  const one = new Case();
  await one.seal();
  return one;
}

const SEAL = ['seal', '--no-config', 'logs', '--into', 'sealed', '--key', 'seal.key'];

const TEXT_LOG = `23:50:00 (lmgrd) FlexNet Licensing (v11.13.1) started on lic1 (linux) (3/29/2025)
23:55:10 (meshlmd) OUT: "solver" ann@pc1
23:58:20 (meshlmd) IN: "solver" ann@pc1
`;

/** A key that cosigns (c2sp.org/tlog-cosignature). */
function witnessKey(name: string, seed: number): string {
  const { verifier } = generateKey(name, Buffer.alloc(32, seed));
  const data = Buffer.from(verifier.slice(name.length + '+00000000+'.length), 'base64');
  data[0] = 4;
  const hash = crypto.createHash('sha256').update(Buffer.concat([Buffer.from(`${name}\n`), data]));
  return `${name}+${hash.digest('hex').slice(0, 8)}+${data.toString('base64')}`;
}

const ALL_ANCHORED = ['logs/app.ndjson anchored 40', 'logs/web.ndjson anchored 30'];

describe('key', () => {
  test('generate writes a key for its owner alone, prints the half to give away, and replaces nothing', async () => {
    const one = new Case();
    const made = await one.run('key', 'generate', 'logs.example/new', '--out', 'new.key');
    assert.equal(made.exit, 0);
    assert.match(made.stdout, /^logs\.example\/new\+[0-9a-f]{8}\+[\w+/]+=*\n$/);
    assert.equal(fs.statSync(one.at('new.key')).mode & 0o777, 0o600);
    assert.equal((await one.run('key', 'show', 'new.key')).stdout, made.stdout);
    const again = await one.run('key', 'generate', 'logs.example/new', '--out', 'new.key');
    assert.deepEqual([again.exit, again.stdout], [2, '']);
    assert.match(again.stderr, /^error: new\.key: expected a name that is free/);
    const named = await one.run('key', 'generate', 'a b', '--out', 'other.key');
    assert.equal(named.exit, 2);
    assert.ok(!fs.existsSync(one.at('other.key')));
  });
});

describe('seal', () => {
  test('seals what is new, and says how much', async () => {
    const one = new Case();
    const first = await one.seal('--publish', 'stdout');
    assert.equal(
      first.stderr,
      `70 records sealed, 70 records in all, checkpoint ${one.at('sealed/checkpoint')}\n`,
    );
    assert.equal(first.stdout, fs.readFileSync(one.at('sealed/checkpoint'), 'utf8'));
    const idle = await one.seal('--publish', 'stdout');
    assert.match(idle.stderr, /^0 records sealed, 70 records in all/);
    assert.equal(idle.stdout, first.stdout);
    one.append('logs/app.ndjson', records(40, 45));
    one.write('logs/new.ndjson', records(0, 5, 'cid'));
    assert.match((await one.seal()).stderr, /^10 records sealed, 80 records in all/);
    const { exit, ranges } = await one.verify();
    assert.deepEqual(ranges, [
      'logs/app.ndjson anchored 45',
      'logs/new.ndjson anchored 5',
      'logs/web.ndjson anchored 30',
    ]);
    assert.equal(exit, 0);
  });

  test('refuses to go on where sealed records are no longer as they were', async () => {
    const one = await sealedCase();
    const before = fs.readFileSync(one.at('sealed/checkpoint'), 'utf8');
    one.write(
      'logs/web.ndjson',
      one.lines('logs/web.ndjson').with(7, record(7, 'eve')).join('') + records(30, 33, 'bob'),
    );
    const { exit, stderr } = await one.run(
      'seal',
      '--no-config',
      'logs',
      '--into',
      'sealed',
      '--key',
      'seal.key',
    );
    assert.equal(exit, 1);
    assert.match(
      stderr,
      /logs\/web\.ndjson: line 8: expected the records that were sealed, found them altered/,
    );
    assert.equal(fs.readFileSync(one.at('sealed/checkpoint'), 'utf8'), before);
  });

  test('refuses also where the first record was changed', async () => {
    const one = await sealedCase();
    one.write('logs/app.ndjson', one.lines('logs/app.ndjson').with(0, record(0, 'eve')).join(''));
    const { exit, stderr } = await one.run(
      'seal',
      '--no-config',
      'logs',
      '--into',
      'sealed',
      '--key',
      'seal.key',
    );
    assert.equal(exit, 1);
    assert.match(stderr, /line 1: .* found them altered/);
  });

  test('refuses also where most of the first records were changed', async () => {
    const one = await sealedCase();
    const lines = one.lines('logs/app.ndjson');
    for (const changed of [5, 8, 20]) {
      const forged = lines.map((line, at) => (at < changed ? record(at, 'eve') : line));
      one.write('logs/app.ndjson', forged.join(''));
      const argv = ['seal', '--no-config', 'logs', '--into', 'sealed', '--key', 'seal.key'];
      const { exit, stderr } = await one.run(...argv);
      assert.equal(exit, 1);
      assert.match(stderr, /line 1: .* found them altered/);
    }
  });

  test('refuses records that were put before sealed ones', async () => {
    for (const name of ['logs/app.ndjson', 'logs/app.ndjson.1']) {
      const one = await sealedCase();
      one.write('forged', record(0, 'eve') + one.lines('logs/app.ndjson').join(''));
      fs.rmSync(one.at('logs/app.ndjson'));
      fs.renameSync(one.at('forged'), one.at(name));
      const argv = ['seal', '--no-config', 'logs', '--into', 'sealed', '--key', 'seal.key'];
      const { exit, stderr } = await one.run(...argv);
      assert.equal(exit, 1);
      assert.match(stderr, /line 1: .* found them inserted/);
    }
  });

  test('takes a log for a new one that begins with the same record as one that is gone', async () => {
    const one = new Case();
    const header =
      '{"time":"2026-03-02T08:00:00Z","id":"h","actor":"app","action":"start","outcome":"success"}\n';
    one.write('logs/app.ndjson', header + records(0, 5));
    await one.seal();
    one.write('logs/app.ndjson', header + records(50, 55));
    const { exit, stderr } = await one.run(...SEAL);
    assert.match(stderr, /^6 records sealed, 42 records in all/);
    assert.match(
      stderr,
      /\nerror: expected 6 sealed records of "logs\/app\.ndjson", found that no file holds any/,
    );
    assert.equal(exit, 1);
    assert.deepEqual((await one.verify()).codes, ['sealed-stream-missing']);
  });

  test('names a sealed file that is gone, or was written anew under another name, and seals what is new', async () => {
    const gone: ((one: Case) => void)[] = [
      () => {},
      (one) => one.write('logs/zz.ndjson', one.lines('logs/web.ndjson').with(0, record(0, 'eve')).join('')),
    ];
    for (const [at, before] of gone.entries()) {
      const one = await sealedCase();
      before(one);
      fs.rmSync(one.at('logs/web.ndjson'));
      one.append('logs/app.ndjson', records(40, 42));
      const { exit, stderr } = await one.run(...SEAL);
      assert.match(stderr, at === 0 ? /^2 records sealed/ : /^32 records sealed/);
      assert.match(
        stderr,
        /\nerror: expected 30 sealed records of "logs\/web\.ndjson", found that no file holds/,
      );
      assert.equal(exit, 1);
    }
  });

  test('seals one file by itself while the others lie where they were, unless it is one of them that was rewritten', async () => {
    const one = await sealedCase();
    const alone = SEAL.map((word) => (word === 'logs' ? 'logs/app.ndjson' : word));
    one.append('logs/app.ndjson', records(40, 42));
    const { exit, stderr } = await one.run(...alone);
    assert.match(stderr, /^2 records sealed/);
    assert.deepEqual([exit, /error/.test(stderr)], [0, false]);
    one.write('logs/app.ndjson', records(50, 60));
    const rewritten = await one.run(...alone);
    assert.match(rewritten.stderr, /error: expected \d+ sealed records of "logs\/app\.ndjson"/);
    assert.equal(rewritten.exit, 1);
  });

  test('names a file that was emptied, and seals what is new in others', async () => {
    const one = await sealedCase();
    one.write('logs/app.ndjson', '');
    one.append('logs/web.ndjson', records(30, 32, 'bob'));
    const { exit, stderr } = await one.run(...SEAL);
    assert.match(stderr, /^2 records sealed.*\nerror: expected 40 sealed records of "logs\/app\.ndjson"/);
    assert.equal(exit, 1);
  });

  test('cannot tell of a file that lay where it was not told to look: a note says so', async () => {
    const one = await sealedCase();
    const elsewhere = ['seal', '--no-config', 'app.ndjson', '--into', '../sealed', '--key', '../seal.key'];
    const { exit, stderr } = await commands.run(elsewhere, one.at('logs'));
    assert.match(stderr, /^0 records sealed.*\nnote: 30 sealed records of "logs\/web\.ndjson": in no file/);
    assert.equal(exit, 0);
    fs.rmSync(one.at('logs/web.ndjson'));
    const alone = SEAL.map((word) => (word === 'logs' ? 'logs/app.ndjson' : word));
    const single = await one.run(...alone);
    assert.match(single.stderr, /\nnote: 30 sealed records of "logs\/web\.ndjson": in no file/);
    assert.equal(single.exit, 0);
    const excluded = await one.run(...SEAL, '--exclude', '**/web*');
    assert.match(excluded.stderr, /\nnote: 30 sealed records of "logs\/web\.ndjson": in no file/);
    assert.equal(excluded.exit, 0);
  });

  test('names a file that is gone from a folder or a pattern that it was given, however that is spelled', async () => {
    const one = await sealedCase();
    fs.rmSync(one.at('logs/web.ndjson'));
    // Nor is it there where something else is that can hold no record.
    fs.mkdirSync(one.at('logs/web.ndjson'));
    for (const named of ['./logs', one.at('logs'), 'logs/*.ndjson', '**/{app,web}.ndjson']) {
      const { exit, stderr } = await one.run(...SEAL.map((word) => (word === 'logs' ? named : word)));
      assert.match(stderr, /\nerror: expected 30 sealed records of "logs\/web\.ndjson"/, named);
      assert.equal(exit, 1);
    }
  });

  test('seals the file that a log goes on in after rotation, and says what lies unsealed in the one beside it', async () => {
    const one = await sealedCase();
    const alone = SEAL.map((word) => (word === 'logs' ? 'logs/app.ndjson' : word));
    const rotate = (last: string) => {
      for (const at of [2, 1])
        if (fs.existsSync(one.at(`logs/app.ndjson.${at}`)))
          fs.renameSync(one.at(`logs/app.ndjson.${at}`), one.at(`logs/app.ndjson.${at + 1}`));
      fs.renameSync(one.at('logs/app.ndjson'), one.at('logs/app.ndjson.1'));
      one.append('logs/app.ndjson.1', last);
    };
    rotate('');
    one.write('logs/app.ndjson', '');
    const empty = await one.run(...alone);
    assert.match(empty.stderr, /^0 records sealed, 70 records in all.*\n$/);
    assert.equal(empty.exit, 0);
    one.write('logs/app.ndjson', records(50, 60));
    const first = await one.run(...alone);
    assert.match(first.stderr, /^10 records sealed, 80 records in all.*\n$/);
    assert.equal(first.exit, 0);
    rotate(records(60, 61));
    one.write('logs/app.ndjson', records(70, 75));
    const second = await one.run(...alone);
    assert.match(second.stderr, /^5 records sealed.*\nnote: "logs\/app\.ndjson\.1" holds what was sealed/);
    assert.equal(second.exit, 0);
    // Rotated or not, what was changed is no longer what was sealed.
    one.write('logs/app.ndjson.1', one.lines('logs/app.ndjson.1').with(4, record(4, 'eve')).join(''));
    const altered = await one.run(...alone);
    assert.match(altered.stderr, /\nerror: expected 10 sealed records of "logs\/app\.ndjson"/);
    assert.equal(altered.exit, 1);
  });

  test('refuses where the end of a file that was joined to another is gone', async () => {
    const one = await sealedCase();
    one.append('logs/app.ndjson', one.lines('logs/web.ndjson').slice(0, 20).join(''));
    fs.rmSync(one.at('logs/web.ndjson'));
    const { exit, stderr } = await one.run(...SEAL);
    assert.equal(exit, 1);
    assert.match(
      stderr,
      /app\.ndjson: expected 30 records that were sealed, found 20 records: the end is gone/,
    );
  });

  test('names every mistake of its arguments at once', async () => {
    const one = new Case();
    one.write('other.key', `${generateKey('other', Buffer.alloc(32, 9)).signer}\n`);
    const argv = [
      'seal',
      '--no-config',
      'logs',
      'none',
      '--into',
      '.',
      '--key',
      'other.key',
      '--origin',
      'x',
      '--publish',
      'nowhere',
    ];
    const { exit, stderr } = await one.run(...argv);
    assert.equal(exit, 2);
    for (const said of [
      /none: there is no such/,
      /--into: the folder .* lies among the logs/,
      /--origin: expected the name of the key "other"/,
      /--publish: expected stdout/,
    ])
      assert.match(stderr, said);
    await one.seal();
    const foreign = await one.run('seal', '--no-config', 'logs', '--into', 'sealed', '--key', 'other.key');
    assert.equal(foreign.exit, 2);
    assert.match(foreign.stderr, /was not signed by the key "other"/);
  });

  test('refuses a folder among the logs before it is there, unless it is left out of them', async () => {
    const one = new Case();
    const seal = (...argv: string[]) =>
      one.run('seal', '--no-config', 'logs', '--into', 'logs/sealed', '--key', 'seal.key', ...argv);
    const { exit, stderr } = await seal();
    assert.equal(exit, 2);
    assert.match(
      stderr,
      /^error: --into: the folder "logs\/sealed" lies among the logs: expected a place of its own\n$/,
    );
    assert.ok(!fs.existsSync(one.at('logs/sealed')));
    for (const time of ['first', 'second'])
      assert.equal((await seal('--exclude', 'sealed/**')).exit, 0, time);
  });

  test('replaces no published checkpoint: neither a cosigned one nor one that contradicts it', async () => {
    const one = new Case();
    fs.mkdirSync(one.at('published'));
    await one.seal('--publish', 'published');
    const name = `published/${fs.readdirSync(one.at('published'))[0]}`;
    one.append(name, '\u2014 witness.example AAAAAGFiYw==\n');
    const cosigned = fs.readFileSync(one.at(name), 'utf8');
    await one.seal('--publish', 'published');
    assert.equal(fs.readFileSync(one.at(name), 'utf8'), cosigned);
    fs.rmSync(one.at('sealed'), { recursive: true });
    one.write('logs/app.ndjson', records(0, 40, 'eve'));
    const argv = [
      'seal',
      '--no-config',
      'logs',
      '--into',
      'sealed',
      '--key',
      'seal.key',
      '--publish',
      'published',
    ];
    const { exit, stderr } = await one.run(...argv);
    assert.equal(exit, 2);
    assert.match(stderr, /^error: published.*found another over 70 records/m);
    assert.equal(fs.readFileSync(one.at(name), 'utf8'), cosigned);
  });

  test('says of a text log that it is not sealed, what it is, and what keeps it', async () => {
    const one = new Case();
    one.write('logs/lic.log', TEXT_LOG);
    const { exit, stderr } = await one.run(
      ...['seal', '--no-config', 'logs', '--into', 'sealed', '--key', 'seal.key'],
    );
    assert.equal(exit, 3);
    assert.match(stderr, /^70 records sealed, /);
    assert.match(
      stderr,
      /^note: "logs\/lic\.log" is not sealed \(3 records\): it is text \(flexnet\), and only records of JSON can be sealed/m,
    );
    assert.match(stderr, /^note: text logs can be protected whole: "audit-check collect .*SHA256SUMS/m);
    assert.doesNotMatch(stderr, /stretch/);
  });

  test('says so too where there is nothing but text, and of a list of digests that it is no log', async () => {
    const one = new Case();
    fs.rmSync(one.at('logs/app.ndjson'));
    fs.rmSync(one.at('logs/web.ndjson'));
    one.write('logs/lic.log', TEXT_LOG);
    one.write('logs/SHA256SUMS', `${'0'.repeat(64)}  lic.log\n`);
    const { exit, stderr } = await one.run(
      ...['seal', '--no-config', 'logs', '--into', 'sealed', '--key', 'seal.key'],
    );
    assert.equal(exit, 3);
    assert.match(stderr, /^nothing was sealed: no record of JSON was found$/m);
    assert.match(stderr, /^note: "logs\/lic\.log" is not sealed \(3 records\)/m);
    assert.match(stderr, /^note: "logs\/SHA256SUMS" is not sealed: it is a list of digests/m);
  });

  test('says that the folder cannot be written', async () => {
    const one = new Case();
    fs.mkdirSync(one.at('sealed'));
    one.write('sealed/tile', '');
    const { exit, stderr } = await one.run(
      'seal',
      '--no-config',
      'logs',
      '--into',
      'sealed',
      '--key',
      'seal.key',
    );
    assert.equal(exit, 2);
    assert.match(stderr, /^error: sealed: it cannot be written: E/m);
  });

  test('warns of a key that others can read, or that lies beside the logs', async () => {
    const one = new Case();
    fs.copyFileSync(one.at('seal.key'), one.at('logs/seal.pem.key'));
    fs.chmodSync(one.at('logs/seal.pem.key'), 0o644);
    const argv = ['seal', '--no-config', 'logs/app.ndjson', '--into', 'sealed', '--key', 'logs/seal.pem.key'];
    const { stderr } = await one.run(...argv);
    assert.match(stderr, /can be read by others/);
    assert.match(stderr, /lies beside what it vouches for/);
  });
});

describe('verify --checkpoint', () => {
  test('anchors what was sealed, by whom, and says what came after', async () => {
    const one = await sealedCase();
    one.append('logs/app.ndjson', records(40, 42));
    const { exit, codes, ranges, report } = await one.verify();
    assert.deepEqual(codes, []);
    assert.equal(exit, 0);
    assert.deepEqual(ranges, [
      'logs/app.ndjson anchored 40',
      'logs/app.ndjson unprotected 2',
      'logs/web.ndjson anchored 30',
    ]);
    assert.deepEqual(
      report.streams[0]!.ranges.map(({ reason }) => reason),
      [
        'signed by logs.example/payments',
        'after the last checkpoint: nothing outside the log vouches for it',
      ],
    );
  });

  test('names the files that no checkpoint covers, whether they are text or came later', async () => {
    const one = await sealedCase();
    one.write('logs/lic.log', TEXT_LOG);
    one.write('logs/new.ndjson', records(0, 2, 'cid'));
    one.append('logs/app.ndjson', record(40));
    const said = ({ report }: { report: Report }) =>
      report.notices.flatMap(({ code, message }) => (code === 'unsealed-records' ? [message] : []));
    const before = await one.verify();
    assert.deepEqual(said(before), [
      '3 records in 1 text log are covered by no checkpoint (text is not sealed): "logs/lic.log"',
      '2 records in 1 file are covered by no checkpoint (none of it was sealed when the checkpoint was made): "logs/new.ndjson"',
      '1 record in 1 file that goes on is covered by no checkpoint (sealed so far is what comes before): "logs/app.ndjson"',
    ]);
    assert.deepEqual(before.report.summary.assurance, { anchored: 70, unprotected: 6 });
    one.write('logs/lic.log', TEXT_LOG.replace('ann', 'bob'));
    assert.deepEqual(said(await one.verify()), said(before));
  });

  test('names a text log beside a checkpoint alone', async () => {
    const one = await sealedCase();
    one.write('logs/zzz.log', TEXT_LOG);
    fs.mkdirSync(one.at('kept'));
    one.write('kept/one', fs.readFileSync(one.at('sealed/checkpoint')));
    const { report } = await one.verify('--checkpoint', 'kept/one', '--verifier-key', 'seal.pub');
    const said = report.notices.filter(({ code }) => code === 'unsealed-records');
    assert.match(said[0]?.message ?? '', /^3 records in 1 text log .*: "logs\/zzz\.log"$/);
  });

  test('counts a record without a chain once, and does not call it unprotected where it is anchored', async () => {
    const { report } = await (await sealedCase()).verify();
    assert.deepEqual(report.summary.assurance, { anchored: 70 });
    assert.ok(!report.notices.some(({ code }) => code === 'unprotected'));
  });

  const BENIGN: Record<string, (one: Case) => void> = {
    'a renamed file': (one) => fs.renameSync(one.at('logs/app.ndjson'), one.at('logs/zzz.ndjson')),
    'a compressed file': (one) => {
      one.write('logs/app.ndjson.gz', gzipSync(fs.readFileSync(one.at('logs/app.ndjson'))));
      fs.rmSync(one.at('logs/app.ndjson'));
    },
    'a rotated file': (one) => {
      fs.renameSync(one.at('logs/app.ndjson'), one.at('logs/app.1.ndjson'));
      one.write('logs/app.ndjson', records(40, 45));
    },
    'two files joined into one': (one) => {
      one.append('logs/app.ndjson', fs.readFileSync(one.at('logs/web.ndjson'), 'utf8'));
      fs.rmSync(one.at('logs/web.ndjson'));
    },
    'a file rotated twice that grew between': (one) => {
      one.append('logs/app.ndjson', records(40, 45));
      fs.renameSync(one.at('logs/app.ndjson'), one.at('logs/app.ndjson.2'));
      one.write('logs/app.ndjson.1', records(45, 50));
      one.write('logs/app.ndjson', records(50, 52));
    },
    'a new file': (one) => one.write('logs/new.ndjson', records(0, 3, 'cid')),
    'other line ends': (one) =>
      one.write(
        'logs/app.ndjson',
        fs.readFileSync(one.at('logs/app.ndjson'), 'utf8').replaceAll('\n', '\r\n'),
      ),
  };
  /** Three files that begin with the same records. */
  async function sharedCase(shared: number): Promise<Case> {
    const one = new Case();
    for (const name of ['app', 'web', 'api'])
      one.write(`logs/${name}.ndjson`, records(0, shared, 'boot') + records(0, 30, name));
    await one.seal();
    return one;
  }

  const SHARED = {
    'joined into one': (one: Case) => {
      const names = ['logs/app.ndjson', 'logs/web.ndjson', 'logs/api.ndjson'];
      one.write('logs/all.ndjson', names.map((name) => one.lines(name).join('')).join(''));
      for (const name of names) fs.rmSync(one.at(name));
    },
    renamed: (one: Case) => {
      for (const [from, to] of [
        ['app', 'c'],
        ['web', 'a'],
        ['api', 'b'],
      ])
        fs.renameSync(one.at(`logs/${from}.ndjson`), one.at(`logs/${to}.ndjson`));
    },
    'that took each others names': (one: Case) => {
      fs.renameSync(one.at('logs/app.ndjson'), one.at('logs/x'));
      fs.renameSync(one.at('logs/web.ndjson'), one.at('logs/app.ndjson'));
      fs.renameSync(one.at('logs/x'), one.at('logs/web.ndjson'));
    },
  };
  for (const shared of [1, 12])
    for (const [what, change] of Object.entries(SHARED)) {
      test(`is silent about files that share their first ${shared}, ${what}`, async () => {
        const one = await sharedCase(shared);
        change(one);
        assert.deepEqual((await one.verify()).codes, []);
        one.append('logs/new.ndjson', record(1, 'cid'));
        assert.match((await one.seal()).stderr, /^1 record sealed/);
      });
    }

  for (const [what, change] of Object.entries(BENIGN)) {
    test(`is silent about ${what}`, async () => {
      const one = await sealedCase();
      change(one);
      const { codes, ranges } = await one.verify();
      assert.deepEqual(codes, []);
      const anchored = ranges.filter((range) => range.includes(' anchored '));
      assert.equal(
        anchored.reduce((sum, range) => sum + Number(range.split(' ')[2]), 0),
        70,
      );
      await one.seal();
      assert.deepEqual((await one.verify()).codes, []);
    });
  }

  const edit = (change: (lines: string[]) => string[]) => (one: Case) =>
    one.write('logs/app.ndjson', change(one.lines('logs/app.ndjson').filter((line) => line !== '')).join(''));
  const ATTACKS: Record<string, [attack: (one: Case) => void, code: string, said: RegExp]> = {
    'an altered record': [
      edit((lines) => lines.with(6, record(6, 'eve'))),
      'sealed-record-altered',
      /^logs\/app\.ndjson:7: expected sealed record 7 of "logs\/app\.ndjson", found another record$/,
    ],
    'an altered first record': [
      edit((lines) => lines.with(0, record(0, 'eve'))),
      'sealed-record-altered',
      /app\.ndjson:1: /,
    ],
    'an altered last record': [
      edit((lines) => lines.with(39, record(39, 'eve'))),
      'sealed-record-altered',
      /app\.ndjson:40: /,
    ],
    'another spelling of a record': [
      edit((lines) => lines.with(6, lines[6]!.replace('"actor":', '"actor": '))),
      'sealed-record-altered',
      /app\.ndjson:7: /,
    ],
    'a removed record': [
      edit((lines) => lines.toSpliced(6, 3)),
      'sealed-record-missing',
      /^logs\/app\.ndjson:7: expected sealed record 7 of .* found that 3 records before this one are gone$/,
    ],
    'an inserted record': [
      edit((lines) => lines.toSpliced(6, 0, record(6, 'eve'))),
      'unsealed-record',
      /^logs\/app\.ndjson:7: expected sealed record 7 .* found 1 record that was not sealed there$/,
    ],
    'a record before all others': [
      edit((lines) => lines.toSpliced(0, 0, record(0, 'eve'))),
      'unsealed-record',
      /^logs\/app\.ndjson:1: expected sealed record 1 .* found 1 record that was not sealed there$/,
    ],
    'a record before all others of a renamed file': [
      (one) => {
        edit((lines) => lines.toSpliced(0, 0, record(0, 'eve')))(one);
        fs.renameSync(one.at('logs/app.ndjson'), one.at('logs/app.ndjson.1'));
      },
      'unsealed-record',
      /^logs\/app\.ndjson\.1:1: expected sealed record 1 .* found 1 record that was not sealed there$/,
    ],
    'records between two files joined into one': [
      (one) => {
        one.append('logs/app.ndjson', records(40, 42, 'eve'));
        one.append('logs/app.ndjson', fs.readFileSync(one.at('logs/web.ndjson'), 'utf8'));
        fs.rmSync(one.at('logs/web.ndjson'));
      },
      'unsealed-record',
      /^logs\/app\.ndjson:41: expected sealed record 1 .* found 2 records that were not sealed there: put there, or the log/,
    ],
    'a record replayed': [
      edit((lines) => lines.toSpliced(6, 0, lines[3]!)),
      'unsealed-record',
      /app\.ndjson:7: /,
    ],
    'a cut tail': [
      edit((lines) => lines.slice(0, 35)),
      'sealed-tail-missing',
      /^logs\/app\.ndjson:35: expected 40 sealed records .* found 35 records: the last 5 records are not in this file$/,
    ],
    'a cut front': [
      edit((lines) => lines.slice(5)),
      'sealed-front-missing',
      /^logs\/app\.ndjson:1: .* 5 records before this one are gone$/,
    ],
    'a deleted file': [
      (one) => fs.rmSync(one.at('logs/web.ndjson')),
      'sealed-stream-missing',
      /^sealed\/checkpoint:1: expected 30 sealed records of "logs\/web\.ndjson", found that no file of today holds any of them$/,
    ],
    'a file written anew': [
      (one) => one.write('logs/app.ndjson', records(0, 40, 'eve')),
      'sealed-stream-missing',
      /the file of that name holds none of them$/,
    ],
  };
  for (const [what, [attack, code, said]] of Object.entries(ATTACKS)) {
    test(`names ${what}`, async () => {
      const one = await sealedCase();
      attack(one);
      const found = await one.verify();
      assert.deepEqual(found.codes, [code]);
      assert.match(found.said[0]!, said);
      assert.equal(found.exit, 1);
      const sum = found.ranges.reduce((total, range) => total + Number(range.split(' ')[2]), 0);
      assert.equal(sum, found.report.summary.records.read, 'every record is in one range');
    });
  }

  const LOST: Record<string, [attack: (one: Case) => void, records: number]> = {
    'a cut tail': [edit((lines) => lines.slice(0, 35)), 5],
    'a cut front': [edit((lines) => lines.slice(5)), 5],
    'a deleted file': [(one) => fs.rmSync(one.at('logs/web.ndjson')), 30],
  };
  for (const [what, [attack, records]] of Object.entries(LOST)) {
    test(`counts the records of ${what}, so that a waiver for fewer does not hold`, async () => {
      const one = await sealedCase();
      attack(one);
      const { report } = await one.verify();
      const [finding] = report.findings.filter(({ rule }) => rule === 'checkpoint');
      assert.equal(finding!.count, records);
      const lapsed = async (maxCount: number) => {
        one.write(
          'waivers.yaml',
          `waivers:\n  - id: W-1\n    rule: ${finding!.code}\n    owner: ann\n    reason: lost with a disk that broke\n    expires: 2099-01-01\n    maxCount: ${maxCount}\n`,
        );
        const waived = await one.verify('--waivers', 'waivers.yaml');
        return waived.report.findings.some(({ code }) => code === 'outgrown-waiver');
      };
      assert.deepEqual([await lapsed(records - 1), await lapsed(records)], [true, false]);
      const text = await one.run(
        'verify',
        'logs',
        '--no-config',
        '--no-builtin-rules',
        '--checkpoint',
        'sealed',
        '--verifier-key',
        'seal.pub',
      );
      assert.doesNotMatch(text.stdout, /further record/);
    });
  }

  test('counts what is at least gone by a checkpoint alone', async () => {
    const one = await sealedCase();
    edit((lines) => lines.slice(0, 35))(one);
    const { report } = await one.verify('--checkpoint', 'sealed/checkpoint', '--verifier-key', 'seal.pub');
    assert.deepEqual(
      report.findings.map(({ code, count }) => [code, count]),
      [['sealed-tail-missing', 5]],
    );
  });

  const TWICE: Record<string, (actor: string) => (one: Case) => void> = {
    'sealed-record-altered': (actor) =>
      edit((lines) => lines.with(5, record(5, 'eve')).with(6, record(6, actor))),
    'unsealed-record': (actor) => edit((lines) => lines.toSpliced(6, 0, record(6, 'eve'), record(7, actor))),
    'sealed-stream-rewritten': (actor) =>
      edit((lines) => [...lines.slice(0, 3), ...records(3, 300, 'eve').split(/(?<=\n)/), record(300, actor)]),
  };
  for (const [code, attack] of Object.entries(TWICE)) {
    test(`finds another ${code} where the last of its records is altered once more`, async () => {
      const one = await sealedCase();
      attack('eve')(one);
      const first = await one.verify();
      assert.deepEqual(first.codes, [code]);
      one.write('base.json', JSON.stringify(first.report));
      const baseline = ['--baseline', 'base.json', '--fail-on', 'new'];
      assert.equal((await one.verify(...baseline)).exit, 0);
      one.write('logs/app.ndjson', records(0, 40));
      attack('mal')(one);
      const second = await one.verify(...baseline);
      assert.deepEqual([second.codes, second.exit], [[code], 1]);
    });
  }

  test('names two records that changed places', async () => {
    const one = await sealedCase();
    edit((lines) => lines.with(6, lines[7]!).with(7, lines[6]!))(one);
    assert.deepEqual((await one.verify()).codes, ['sealed-record-missing', 'unsealed-record']);
  });

  test('finds a large removal and goes on behind it', async () => {
    const one = new Case();
    one.write('logs/app.ndjson', records(0, 2000));
    await one.seal();
    edit((lines) => lines.toSpliced(100, 1000))(one);
    const { codes, ranges } = await one.verify();
    assert.deepEqual(codes, ['sealed-record-missing']);
    assert.deepEqual(ranges, [
      'logs/app.ndjson anchored 100',
      'logs/app.ndjson anchored 900',
      ALL_ANCHORED[1],
    ]);
  });

  test('passes no control of integrity where a sealed file is gone', async () => {
    const one = await sealedCase();
    const packs = ['--pack', 'sec-17a-4,nist-800-53r5'];
    const statuses = async () => {
      const { controls } = (await one.verify(...packs)).report;
      const asked = ['(f)(2)(i)(A)', '(f)(2)(ii)', 'SI-7', 'AU-9(3)'];
      return controls!.filter(({ control }) => asked.includes(control)).map(({ status }) => status);
    };
    assert.ok((await statuses()).every((status) => status !== 'failed'));
    fs.rmSync(one.at('logs/web.ndjson'));
    assert.deepEqual(await statuses(), ['failed', 'failed', 'failed', 'failed']);
  });

  test('tells a sealed log that was put back, by a newer checkpoint', async () => {
    const one = await sealedCase();
    fs.cpSync(one.at('sealed'), one.at('old'), { recursive: true });
    one.append('logs/app.ndjson', records(40, 60));
    fs.mkdirSync(one.at('published'));
    await one.seal('--publish', 'published');
    edit((lines) => lines.slice(0, 40))(one);
    const trust = ['--checkpoint', 'old', '--checkpoint', 'published', '--verifier-key', 'seal.pub'];
    const { codes, exit } = await one.verify(...trust);
    assert.deepEqual(codes, ['checkpoint-rollback']);
    assert.equal(exit, 1);
  });

  for (const [what, added] of [
    ['its checkpoint', ['checkpoint']],
    ['all of it', ['checkpoint', 'inventory.70', 'tile']],
  ] as const)
    test(`tells a sealed log that was put back also where ${what} lies among those published`, async () => {
      const one = await sealedCase();
      fs.cpSync(one.at('sealed'), one.at('old'), { recursive: true });
      one.append('logs/app.ndjson', records(40, 60));
      fs.mkdirSync(one.at('published'));
      await one.seal('--publish', 'published');
      for (const name of added)
        fs.cpSync(one.at(`old/${name}`), one.at(`published/${name}`), { recursive: true });
      edit((lines) => lines.slice(0, 40))(one);
      for (const logs of [['--checkpoint', 'old'], []]) {
        const trust = [...logs, '--checkpoint', 'published', '--verifier-key', 'seal.pub'];
        const { codes, exit } = await one.verify(...trust);
        const without = logs.length === 0 && added.length === 1;
        assert.deepEqual(codes, [without ? 'sealed-tail-missing' : 'checkpoint-rollback']);
        assert.equal(exit, 1);
      }
    });

  test('tells a fork and writes both signed checkpoints as evidence', async () => {
    const one = await sealedCase();
    one.write('first.checkpoint', fs.readFileSync(one.at('sealed/checkpoint')));
    fs.rmSync(one.at('sealed'), { recursive: true });
    edit((lines) => lines.with(6, record(6, 'eve')))(one);
    one.append('logs/app.ndjson', records(40, 42));
    await one.seal();
    const trust = [
      '--checkpoint',
      'first.checkpoint',
      '--checkpoint',
      'sealed',
      '--verifier-key',
      'seal.pub',
    ];
    const { codes, exit } = await one.verify(...trust, '--evidence-file', 'evidence.txt');
    assert.deepEqual(codes, ['checkpoint-fork']);
    assert.equal(exit, 1);
    const evidence = fs.readFileSync(one.at('evidence.txt'), 'utf8');
    for (const name of ['first.checkpoint', 'sealed/checkpoint'])
      assert.ok(evidence.includes(fs.readFileSync(one.at(name), 'utf8')), name);
  });

  test('tells two checkpoints of one size without any log', async () => {
    const one = await sealedCase();
    one.write('a.checkpoint', fs.readFileSync(one.at('sealed/checkpoint')));
    const signer = parseSignerKey(fs.readFileSync(one.at('seal.key'), 'utf8').trim());
    const text = formatCheckpoint({ origin: signer.name, size: 70, root: Buffer.alloc(32, 1) });
    one.write('b.checkpoint', signNote(text, [signer]));
    const trust = [
      '--checkpoint',
      'a.checkpoint',
      '--checkpoint',
      'b.checkpoint',
      '--verifier-key',
      'seal.pub',
    ];
    assert.deepEqual((await one.verify(...trust)).codes, ['checkpoint-fork']);
  });

  test('trusts no checkpoint without a key, under another key, or without what the policy asks for', async () => {
    const one = await sealedCase();
    one.write('other.pub', `${generateKey('logs.example/payments', Buffer.alloc(32, 4)).verifier}\n`);
    const key = fs.readFileSync(one.at('seal.pub'), 'utf8').trim();
    one.write('fits.policy', `log ${key}\nquorum none\n`);
    one.write('other.policy', `log ${fs.readFileSync(one.at('other.pub'), 'utf8').trim()}\nquorum none\n`);
    for (const trust of [[], ['--verifier-key', 'other.pub'], ['--policy', 'other.policy']]) {
      const { codes, exit, ranges } = await one.verify('--checkpoint', 'sealed', ...trust);
      assert.deepEqual([codes, exit, ranges], [['checkpoint-untrusted'], 1, []]);
    }
    const { codes, ranges } = await one.verify('--checkpoint', 'sealed', '--policy', 'fits.policy');
    assert.deepEqual([codes, ranges], [[], ALL_ANCHORED]);
  });

  test('misses what a given key signed, but no witness that a policy does without and no key that the log had before', async () => {
    const one = await sealedCase();
    const keyOf = (name: string, seed: number) => generateKey(name, Buffer.alloc(32, seed)).verifier;
    const key = fs.readFileSync(one.at('seal.pub'), 'utf8').trim();
    const text = witnessKey('witness.example/w', 7);
    one.write('before.pub', `${key}\n${keyOf('logs.example/payments', 4)}\n`);
    one.write('other.pub', `${key}\n${keyOf('logs.example/users', 4)}\n`);
    one.write('witness.pub', `${text}\n`);
    one.write('witnessed.policy', `log ${key}\nwitness w ${text}\nquorum none\n`);
    const codes = async (...trust: string[]) => (await one.verify('--checkpoint', 'sealed', ...trust)).codes;
    assert.deepEqual(await codes('--verifier-key', 'before.pub'), []);
    assert.deepEqual(await codes('--policy', 'witnessed.policy'), []);
    assert.deepEqual(await codes('--policy', 'witnessed.policy', '--verifier-key', 'witness.pub'), []);
    assert.deepEqual(await codes('--verifier-key', 'other.pub'), ['missing-checkpoint']);
    assert.deepEqual(await codes('--verifier-key', 'seal.pub', '--verifier-key', 'witness.pub'), [
      'missing-checkpoint',
    ]);
  });

  test('tells a log that was signed anew where old hashes were left in the upper tiles', async () => {
    const one = new Case();
    fs.rmSync(one.at('logs/web.ndjson'));
    const lines = Array.from({ length: 65_536 }, (_, at) => `{"n":${at}}\n`);
    one.write('logs/app.ndjson', lines.slice(0, 300).join(''));
    fs.mkdirSync(one.at('published'));
    await one.seal('--publish', 'published');
    one.write('logs/app.ndjson', lines.join(''));
    await one.seal();
    const above = fs.readFileSync(one.at('sealed/tile/1/000'));
    fs.rmSync(one.at('sealed'), { recursive: true });
    one.write('logs/app.ndjson', lines.with(7, '{"n":8}\n').join(''));
    await one.seal();
    one.write('sealed/tile/1/000', above);
    const trust = ['--checkpoint', 'sealed', '--checkpoint', 'published', '--verifier-key', 'seal.pub'];
    assert.deepEqual((await one.verify(...trust)).codes, ['checkpoint-fork']);
  });

  test('trusts no unsigned checkpoint by a policy that names no log, and proves nothing by it', async () => {
    const one = await sealedCase();
    await one.run('prove', '--index', '0', '--log', 'sealed', '--out', 'p.tlog-proof');
    const signature = /^\u2014 .*$/m;
    for (const name of ['sealed/checkpoint', 'p.tlog-proof'])
      one.write(name, fs.readFileSync(one.at(name), 'utf8').replace(signature, '\u2014 eve AAAAAGFiYw=='));
    one.write('empty.policy', 'quorum none\n');
    for (const key of [[], ['--verifier-key', 'seal.pub']]) {
      const trust = ['--policy', 'empty.policy', ...key];
      const { codes, exit, ranges } = await one.verify('--checkpoint', 'sealed', ...trust);
      assert.deepEqual([codes, exit, ranges], [['checkpoint-untrusted'], 1, []]);
      const proof = await one.run('verify-proof', 'p.tlog-proof', '--record', 'logs/app.ndjson:1', ...trust);
      assert.equal(proof.exit, 1, proof.stdout);
    }
  });

  test('trusts no checkpoint with a byte changed, and no tile or inventory', async () => {
    const one = await sealedCase();
    for (const name of ['checkpoint', 'inventory.70', 'tile/0/000.p/70']) {
      const file = one.at(`sealed/${name}`);
      const good = fs.readFileSync(file);
      for (const at of [0, 30, Math.floor(good.length / 2), good.length - 10]) {
        const bad = Buffer.from(good);
        bad[at]! ^= 1;
        fs.writeFileSync(file, bad);
        const { codes, exit } = await one.verify();
        assert.ok(codes.length > 0 && exit === 1, `${name}, byte ${at}`);
        assert.match(codes.join(), /checkpoint-untrusted|sealed-log-damaged/);
      }
      fs.writeFileSync(file, good);
    }
    fs.rmSync(one.at('sealed/inventory.70'));
    assert.deepEqual((await one.verify()).codes, ['sealed-log-damaged']);
  });

  test('trusts no inventory that the key of another log signed, trusted as that may be', async () => {
    const one = await sealedCase();
    const other = generateKey('logs.example/other', Buffer.alloc(32, 4));
    one.write('other.pub', `${other.verifier}\n`);
    const [own] = fs.readFileSync(one.at('seal.pub'), 'utf8').split('\n');
    one.write('policy', `log ${own}\nlog ${other.verifier}\nquorum none\n`);
    const both = ['--checkpoint', 'sealed', '--verifier-key', 'seal.pub', '--verifier-key', 'other.pub'];
    const policy = ['--checkpoint', 'sealed', '--policy', 'policy'];
    for (const trust of [both, policy]) assert.deepEqual((await one.verify(...trust)).ranges, ALL_ANCHORED);
    // Of the other log nothing is there, though its key was given.
    const name = 'sealed/inventory.70';
    const [text] = fs.readFileSync(one.at(name), 'utf8').split(/(?<=\n)\n/);
    fs.rmSync(one.at(name));
    one.write(name, signNote(text!, [parseSignerKey(other.signer)]));
    const codes = async (trust: readonly string[]) => (await one.verify(...trust)).codes.sort();
    assert.deepEqual(await codes(both), ['missing-checkpoint', 'sealed-log-damaged']);
    assert.deepEqual(await codes(policy), ['sealed-log-damaged']);
  });

  test('says that a checkpoint and a key below the folder of the logs are weak', async () => {
    const one = await sealedCase();
    fs.mkdirSync(one.at('logs/trust'));
    fs.renameSync(one.at('sealed'), one.at('logs/trust/sealed'));
    fs.renameSync(one.at('seal.pub'), one.at('logs/trust/seal.pub'));
    const trust = ['--checkpoint', 'logs/trust/sealed', '--verifier-key', 'logs/trust/seal.pub'];
    const { codes, ranges } = await one.verify(...trust);
    assert.deepEqual(codes, ['checkpoint-beside-log', 'checkpoint-beside-log']);
    assert.deepEqual(ranges, ALL_ANCHORED);
  });

  test('says that a checkpoint in the folder of the logs is weak', async () => {
    const one = await sealedCase();
    fs.renameSync(one.at('sealed'), one.at('logs/sealed'));
    const { codes, ranges } = await one.verify('--checkpoint', 'logs/sealed', '--verifier-key', 'seal.pub');
    assert.deepEqual(codes, ['checkpoint-beside-log']);
    assert.deepEqual(ranges, ALL_ANCHORED);
  });

  test('holds the records to a checkpoint alone, from a file or a commit message', async () => {
    const one = new Case();
    const message = (await one.seal('--publish', 'git-message')).stdout;
    assert.match(message, /^Seal 70 records of logs\.example\/payments\n\n/);
    fs.rmSync(one.at('sealed'), { recursive: true });
    one.write('message.txt', message);
    const trust = ['--checkpoint', 'message.txt', '--verifier-key', 'seal.pub'];
    assert.deepEqual((await one.verify(...trust)).ranges, ALL_ANCHORED);
    one.append('logs/web.ndjson', records(30, 32, 'bob'));
    assert.deepEqual((await one.verify(...trust)).ranges, [...ALL_ANCHORED, 'logs/web.ndjson unprotected 2']);
    const piped = runWithInput(
      [
        'verify',
        '--no-config',
        '--no-builtin-rules',
        'logs',
        '--checkpoint',
        '-',
        '--verifier-key',
        'seal.pub',
        '-q',
      ],
      one.folder,
      Buffer.from(message),
    );
    assert.deepEqual([piped.exit, piped.stderr], [0, '']);
    edit((lines) => lines.with(6, record(6, 'eve')))(one);
    assert.deepEqual((await one.verify(...trust)).codes, ['checkpoint-mismatch']);
    fs.rmSync(one.at('logs/app.ndjson'));
    assert.deepEqual((await one.verify(...trust)).codes, ['sealed-tail-missing']);
  });

  test('anchors the records of a chain that lie under the checkpoint', async () => {
    const one = new Case();
    const log = fs.readFileSync(
      new URL('../../fixtures/chains/ok-canonical-json/log.ndjson', import.meta.url),
    );
    fs.rmSync(one.at('logs/web.ndjson'));
    one.write('logs/app.ndjson', log);
    await one.seal();
    const { report } = await one.verify();
    assert.deepEqual(
      report.streams.map(({ status }) => status),
      ['anchored', 'anchored'],
    );
  });

  test('counts records of a chain behind the checkpoint as chained', async () => {
    const one = new Case();
    const log = fs.readFileSync(
      new URL('../../fixtures/chains/ok-canonical-json/log.ndjson', import.meta.url),
    );
    const [first = '', ...others] = log.toString().split(/(?<=\n)/);
    fs.rmSync(one.at('logs/web.ndjson'));
    one.write('logs/app.ndjson', first);
    await one.seal();
    one.write('logs/app.ndjson', log);
    one.write('logs/new.ndjson', record(0));
    const { report } = await one.verify();
    assert.deepEqual(report.summary.assurance, { anchored: 1, chained: others.length, unprotected: 1 });
  });

  test('is incomplete where the checkpoint covers no record: nothing was held to it', async () => {
    const one = new Case();
    const signer = parseSignerKey(fs.readFileSync(one.at('seal.key'), 'utf8').trim());
    const text = formatCheckpoint({ origin: signer.name, size: 0, root: EMPTY_ROOT });
    fs.mkdirSync(one.at('kept'));
    one.write('kept/empty', signNote(text, [signer]));
    const { exit, codes, report } = await one.verify(
      '--checkpoint',
      'kept/empty',
      '--verifier-key',
      'seal.pub',
    );
    assert.deepEqual([exit, codes, report.summary.verdict], [3, [], 'incomplete']);
    assert.match(
      report.notices.map(({ message }) => message).join('\n'),
      /no record was held to a checkpoint: none that was given covers any/,
    );
  });

  test('asks for --checkpoint where only trust is given, and prints what it means in every format', async () => {
    const one = await sealedCase();
    const bare = await one.run('verify', '--no-config', 'logs', '--verifier-key', 'seal.pub');
    assert.deepEqual(
      [bare.exit, bare.stderr],
      [
        2,
        'error: arguments: expected --checkpoint beside --policy, --verifier-key and --evidence-file, or an archive to audit\n',
      ],
    );
    fs.rmSync(one.at('logs/web.ndjson'));
    for (const format of ['text', 'sarif', 'ndjson']) {
      const { stdout, stderr } = await one.run(
        ...[
          'verify',
          '--no-config',
          '--no-builtin-rules',
          'logs',
          '--checkpoint',
          'sealed',
          '--verifier-key',
          'seal.pub',
          '-f',
          format,
        ],
      );
      assert.equal(stderr, '');
      assert.match(stdout, /sealed-stream-missing/);
    }
  });
});

describe('prove and verify-proof', () => {
  test('show an outsider that a record was sealed, without the log', async () => {
    const one = await sealedCase();
    const made = await one.run(
      'prove',
      '--no-config',
      '--record',
      'logs/web.ndjson:3',
      '--log',
      'sealed',
      '--out',
      'p.tlog-proof',
    );
    assert.deepEqual(
      [made.exit, made.stdout, made.stderr],
      [0, '', 'record 42 of 70 in logs.example/payments\n'],
    );
    const indexed = await one.run('prove', '--index', '42', '--log', 'sealed');
    assert.equal(indexed.stdout, fs.readFileSync(one.at('p.tlog-proof'), 'utf8'));
    one.write('record.json', `  ${record(2, 'bob')}\n`);
    const check = (...argv: string[]) => one.run('verify-proof', '--no-config', 'p.tlog-proof', ...argv);
    const { exit, stdout } = await check('--record', 'record.json', '--verifier-key', 'seal.pub');
    assert.deepEqual(
      [exit, stdout],
      [0, 'proven: record 42 of 70 in logs.example/payments, signed by logs.example/payments\n'],
    );
    assert.equal((await check('--record', 'logs/web.ndjson:3', '--verifier-key', 'seal.pub')).exit, 0);
    const other = await check('--record', 'logs/web.ndjson:4', '--verifier-key', 'seal.pub');
    assert.deepEqual([other.exit, other.stdout.slice(0, 10)], [1, 'NOT PROVEN']);
    const nobody = await check('--record', 'record.json');
    assert.equal(nobody.exit, 2);
    one.write('other.pub', `${generateKey('logs.example/payments', Buffer.alloc(32, 4)).verifier}\n`);
    const stranger = await check('--record', 'record.json', '--verifier-key', 'other.pub');
    assert.deepEqual([stranger.exit, stranger.stdout.slice(0, 10)], [1, 'NOT PROVEN']);
  });

  test('take no line for a record that holds another beside it, and name the bytes that were proven', async () => {
    const one = await sealedCase();
    const prove = (place: string, ...argv: string[]) =>
      one.run('prove', '--no-config', '--record', place, '--log', 'sealed', ...argv);
    await prove('logs/web.ndjson:3', '--out', 'p.tlog-proof');
    const check = (place: string) => {
      const argv = ['p.tlog-proof', '--record', place, '--verifier-key', 'seal.pub'];
      return one.run('verify-proof', '--no-config', ...argv);
    };
    const [sealed, forged] = [record(2, 'bob').trimEnd(), record(2, 'eve').trimEnd()];
    one.write('two.ndjson', `${record(0)}${sealed}${forged}\n`);
    one.write('list.json', `[${sealed},${forged}]`);
    for (const place of ['two.ndjson:2', 'list.json:1'])
      for (const { exit, stderr, stdout } of [await check(place), await prove(place)]) {
        assert.deepEqual([exit, stdout], [2, '']);
        assert.match(stderr, /expected one record on line \d of ".*", found 2 records/);
      }
    const { exit, stdout } = await check('logs/web.ndjson:3');
    const from = Buffer.byteLength(one.lines('logs/web.ndjson').slice(0, 2).join(''));
    assert.equal(exit, 0);
    assert.match(stdout, new RegExp(`; bytes ${from} to ${from + sealed.length - 1} of the decoded file\n$`));
  });

  test('have no proof for a record that was not sealed, and say what is wrong with arguments', async () => {
    const one = await sealedCase();
    one.append('logs/app.ndjson', records(40, 41));
    const prove = (...argv: string[]) => one.run('prove', '--no-config', '--log', 'sealed', ...argv);
    const late = await prove('--record', 'logs/app.ndjson:41');
    assert.deepEqual([late.exit, late.stdout], [1, '']);
    assert.match(late.stderr, /is not among the 70 records/);
    for (const [argv, said] of [
      [['--record', 'logs/app.ndjson:99'], /no record begins on line 99/],
      [['--record', 'logs/app.ndjson'], /expected FILE:LINE/],
      [['--index', '70'], /expected a number from 0 to 69/],
      [[], /either --record FILE:LINE or --index NUMBER/],
    ] as const) {
      const { exit, stderr } = await prove(...argv);
      assert.equal(exit, 2);
      assert.match(stderr, said);
    }
    fs.appendFileSync(one.at('sealed/tile/0/000.p/70'), 'x');
    const damaged = await prove('--index', '3');
    assert.equal(damaged.exit, 2);
    assert.match(damaged.stderr, /it was altered/);
  });
});
