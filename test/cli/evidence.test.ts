/** `verify --evidence` and `evidence verify`, as an auditor uses them: made twice, handed over, tampered with. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
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

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

type Files = Map<string, string | Buffer>;

/** A copy of a bundle by somebody who makes every digest fit what he changed; `changeManifest` has the last word. */
function forge(
  from: string,
  name: string,
  change: (files: Files) => void,
  // biome-ignore lint/suspicious/noExplicitAny: a manifest that may be of any shape
  changeManifest: (manifest: any) => void = () => {},
): string {
  const files: Files = new Map(
    [...readBundle(from)].map(([each, content]) => [each, Buffer.from(content, 'base64')] as const),
  );
  const manifest = JSON.parse(String(files.get('manifest.json')));
  change(files);
  const isSubject = (each: string) => !['manifest.json', 'manifest.dsse.json', 'SHA256SUMS'].includes(each);
  manifest.subject = [...files.keys()]
    .filter(isSubject)
    .map((each) => ({ name: each, digest: { sha256: sha256(files.get(each)!) } }));
  changeManifest(manifest);
  files.set('manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
  files.delete('SHA256SUMS');
  const sums = [...files.keys()].sort().map((each) => `${sha256(files.get(each)!)}  ${each}\n`);
  files.set('SHA256SUMS', sums.join(''));
  for (const [each, content] of files) {
    fs.mkdirSync(path.dirname(place(`${name}/${each}`)), { recursive: true });
    fs.writeFileSync(place(`${name}/${each}`), content);
  }
  return place(name);
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

  describe('a bundle that was made anew around what was changed', () => {
    const unsigned = (files: Files) => void files.delete('manifest.dsse.json');
    const every = [
      ...['report.json', 'report.txt', 'report.sarif', 'report.html', 'assessment-results.json'],
      ...['population.csv', 'activity.csv', 'rejected.csv', 'exceptions.csv', 'controls.csv', 'sample.csv'],
      'REPRODUCE.md',
    ];

    test('holds together where nothing was, and who made it is said not to be shown', async () => {
      const { exit, stdout } = await check(forge(place('bundle'), 'forged-none', unsigned));
      assert.match(
        stdout,
        /\nthe bundle holds together; who made it is not shown: no --verifier-key was given\n$/,
      );
      assert.equal(exit, 0);
    });

    test('lacks nothing that every bundle has', async () => {
      for (const name of every) {
        const folder = forge(place('bundle'), `without-${name}`, (files) => {
          unsigned(files);
          files.delete(name);
        });
        const { exit, stdout } = await check(folder);
        assert.ok(stdout.includes(`fault: "${name}" is missing\n`), stdout);
        assert.equal(exit, 1);
      }
    });

    test('has no other words for the report in any format', async () => {
      for (const name of every.filter((each) => each !== 'report.json' && each !== 'sample.csv')) {
        const folder = forge(place('bundle'), `other-${name}`, (files) => {
          unsigned(files);
          files.set(name, String(files.get(name)).replace(/\w/, 'X'));
        });
        const { exit, stdout } = await check(folder);
        assert.ok(stdout.includes(`fault: ${name} does not follow from report.json\n`), stdout);
        assert.equal(exit, 1);
      }
    });

    test('has the verdict and the counts of its report in its manifest, and the verdict that follows', async () => {
      const edits: [what: string, edit: (predicate: Record<string, unknown>) => void][] = [
        ['verdict', (predicate) => (predicate.verdict = 'clean')],
        ['records', (predicate) => (predicate.records = { read: 1, audited: 1 })],
        ['tool', (predicate) => (predicate.tool = { name: 'audit-check', version: '9' })],
        ['generated', (predicate) => (predicate.generated = '2020-01-01T00:00:00Z')],
        ['inputs', (predicate) => (predicate.inputs = [])],
      ];
      for (const [what, edit] of edits) {
        const folder = forge(place('bundle'), `says-${what}`, unsigned, ({ predicate }) => edit(predicate));
        const { exit, stdout } = await check(folder);
        assert.ok(stdout.includes(`fault: manifest.json says another "${what}" than report.json\n`), stdout);
        assert.equal(exit, 1);
      }
      const clean = forge(place('bundle'), 'says-clean', (files) => {
        unsigned(files);
        const report = String(files.get('report.json'));
        files.set('report.json', report.replace(/"verdict": "(findings|incomplete)"/, '"verdict": "clean"'));
      });
      const { exit, stdout } = await check(clean);
      assert.match(stdout, /fault: report\.json cannot be read: summary\.verdict says clean, /);
      assert.equal(exit, 1);
    });

    test('has an envelope of its own manifest, which no key is needed to see', async () => {
      const { exit, stdout } = await check(
        forge(
          place('bundle'),
          'stale-envelope',
          () => {},
          ({ predicate }) => {
            predicate.sample.seed = 'mine';
          },
        ),
      );
      assert.match(stdout, /fault: manifest\.dsse\.json is no envelope of manifest\.json\n/);
      assert.equal(exit, 1);
    });

    test('is refused in words, whatever shape it was given', async () => {
      const payload = fs.readFileSync(place('bundle/manifest.json'), 'base64');
      const payloadType = 'application/vnd.in-toto+json';
      for (const envelope of [
        ...[
          { signatures: [null] },
          { signatures: {} },
          { signatures: 1 },
          { signatures: [{ sig: 1 }] },
          {},
        ].map((rest) => ({ payload, payloadType, ...rest })),
        null,
        [],
      ]) {
        const kept = fs.readFileSync(place('bundle/manifest.dsse.json'));
        fs.writeFileSync(place('bundle/manifest.dsse.json'), JSON.stringify(envelope));
        const { exit, stdout } = await check(place('bundle'), '--verifier-key', place('key.pub'));
        fs.writeFileSync(place('bundle/manifest.dsse.json'), kept);
        assert.match(stdout, /fault: manifest\.dsse\.json is no envelope of manifest\.json\n/);
        assert.equal(exit, 1);
      }
      const breaks: ((predicate: Record<string, Record<string, unknown>>) => void)[] = [
        ({ sample }) => delete sample!.notSampled,
        ({ sample }) => (sample!.notSampled = [null]),
        ({ sample }) => (sample!.notSampled = [{ file: 1, reason: 'x' }]),
        ({ sample }) => delete sample!.population,
        ({ sample }) => (sample!.size = -1),
        (predicate) => delete predicate.sample,
        (predicate) => delete predicate.configuration,
        (predicate) => Object.assign(predicate, { configuration: [null] }),
        (predicate) => Object.assign(predicate, { configuration: [{ file: 'x', sha256: 'y', copy: 1 }] }),
        (predicate) => delete predicate.inputs,
        (predicate) => delete predicate.options,
        (predicate) => Object.assign(predicate.options!, { exclude: [1] }),
        (predicate) => Object.assign(predicate, { command: 'audit-check' }),
      ];
      for (const [index, edit] of breaks.entries()) {
        const folder = forge(place('bundle'), `shape-${index}`, unsigned, ({ predicate }) => edit(predicate));
        const { exit, stdout } = await check(folder);
        assert.match(stdout, /fault: manifest\.json is no statement of an evidence bundle\n/, String(index));
        assert.equal(exit, 1);
      }
    });
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

  test('logs that are no folder are refused, and a file where the report has a folder holds none of it', async () => {
    const file = await check(place('bundle'), '--logs', 'logs/app.ndjson');
    assert.deepEqual(file, {
      exit: 2,
      stdout: '',
      stderr:
        'error: --logs: expected the folder of the logs, found the file "logs/app.ndjson": name the folder it lies in\n',
    });
    const none = await check(place('bundle'), '--logs', 'logs/app.ndjson/x');
    assert.equal(none.exit, 2);
    assert.match(none.stderr, /expected the folder of the logs, found none at "logs\/app\.ndjson\/x"/);
    assert.equal((await check('logs/app.ndjson/x')).exit, 2);
    fs.mkdirSync(place('flat'));
    fs.writeFileSync(place('flat/logs'), '');
    const flat = await check(place('bundle'), '--logs', place('flat'));
    assert.equal(flat.exit, 1);
    assert.match(flat.stdout, /"logs\/gateway\.ndjson" is not below/);
  });

  test('logs that no record was drawn of are held to their digests, and those that came since are named', async () => {
    fs.mkdirSync(place('mixed'));
    fs.copyFileSync(path.join(DEMO, 'logs/app.ndjson'), place('mixed/app.ndjson'));
    fs.writeFileSync(place('mixed/empty.ndjson'), '');
    fs.writeFileSync(place('mixed/notes.md'), 'as it was');
    await commands.run(['verify', '-q', '--no-config', '--evidence', 'of-mixed', 'mixed'], scratch);
    const hold = () => check(place('of-mixed'), '--logs', place('mixed'));
    const same = await hold();
    assert.equal(same.exit, 0, same.stdout);
    assert.doesNotMatch(same.stdout, /does not name/);
    for (const name of ['empty.ndjson', 'notes.md']) {
      const kept = fs.readFileSync(place(`mixed/${name}`));
      fs.appendFileSync(place(`mixed/${name}`), '{"more": 1}\n');
      const { exit, stdout } = await hold();
      assert.ok(stdout.includes(`fault: "mixed/${name}" is not the file that was audited\n`), stdout);
      assert.equal(exit, 1);
      fs.writeFileSync(place(`mixed/${name}`), kept);
    }
    fs.writeFileSync(place('mixed/late.ndjson'), '{}\n');
    const later = await hold();
    assert.match(later.stdout, /1 file below \S+ that the audit does not name: "\S+\/mixed\/late\.ndjson"\n/);
    assert.equal(later.exit, 0);
  });

  test('the sample is drawn again by the source that was forced and by mappings of the user', async () => {
    fs.mkdirSync(place('mapped'));
    // A document of a vendor whose records nothing but its own mapping finds.
    const events = Array.from({ length: 40 }, (_, index) => ({
      moment: `2026-03-01T00:00:${index + 10}Z`,
      who: 'ann',
    }));
    fs.writeFileSync(place('mapped/acme.json'), JSON.stringify({ acmeEvents: events }));
    fs.writeFileSync(
      place('mapped/acme.yaml'),
      'title: ACME\nwrappers: [acmeEvents]\nidentify: [{moment: "*", who: "*"}]\nfields: {time: [moment], actor: [who]}\n',
    );
    fs.writeFileSync(
      place('mapped/audit-check.yaml'),
      'logs: [acme.json]\nsources: [acme.yaml]\nsource: acme\n',
    );
    const made = await commands.run(['verify', '-q', '--evidence', '../of-mapped'], place('mapped'));
    assert.equal(made.stderr, '');
    const manifest = JSON.parse(fs.readFileSync(place('of-mapped/manifest.json'), 'utf8'));
    assert.equal(manifest.predicate.sample.population, 40);
    assert.deepEqual(
      manifest.predicate.configuration.map(({ source }: { source?: string }) => source),
      [undefined, 'acme'],
    );
    const held = await check(place('of-mapped'), '--logs', place('mapped'));
    assert.match(held.stdout, /sample drawn again from \S+: the same\n/);
    assert.equal(held.exit, 0);
    const forced = await commands.run(
      ['verify', '-q', '--no-config', '--source', 'ecs', 'logs', '--evidence', place('of-forced')],
      DEMO,
    );
    assert.equal(forced.stderr, '');
    const again = await check(place('of-forced'), '--logs', 'logs');
    assert.match(again.stdout, /sample drawn again from logs: the same\n/);
  });

  test('rules of the user in a folder that is called as ours are copied, and ours are not looked for there', async () => {
    const cwd = place('own-rules');
    fs.mkdirSync(path.join(cwd, 'rules'), { recursive: true });
    fs.copyFileSync(path.join(DEMO, 'logs/app.ndjson'), path.join(cwd, 'app.ndjson'));
    const rule =
      'title: Root\nid: 0b1f2c52-7a67-4b5e-9d6d-0f4c2a2a7f11\nlogsource: {product: audit}\ndetection: {root: {actor: root}, condition: root}\nlevel: high\n';
    fs.writeFileSync(path.join(cwd, 'rules/root.yml'), rule);
    const args = ['verify', '-q', '--no-config', 'app.ndjson', '--rules', 'rules', '--evidence', 'bundle'];
    const { stderr } = await commands.run(args, cwd);
    assert.equal(stderr, '');
    assert.deepEqual(fs.readdirSync(path.join(cwd, 'bundle/configuration')), ['01-root.yml']);
  });

  test('what was left out is told, and the command in REPRODUCE.md makes the same bundle', async () => {
    fs.mkdirSync(place("it's told/logs"), { recursive: true });
    const cwd = place("it's told");
    for (const name of ['app.ndjson', 'old.ndjson'])
      fs.copyFileSync(path.join(DEMO, 'logs/app.ndjson'), path.join(cwd, 'logs', name));
    await commands.run(['verify', '-q', '--no-config', 'logs', '--format', "json=it's known.json"], cwd);
    fs.writeFileSync(
      path.join(cwd, 'audit-check.yaml'),
      'checks: {timestamps: off}\nbaseline: "it\'s known.json"\nlimits: {recordBytes: 100000}\n',
    );
    fs.writeFileSync(path.join(cwd, 'audit-check.waivers.yaml'), 'waivers: []\n');
    fs.writeFileSync(path.join(cwd, 'own.schema.json'), '{"type": "object"}');
    const made = await commands.run(
      [
        ...['verify', '-q', 'logs', '--exclude', '**/old*', '--no-builtin-rules', '--fail-on', 'new:high'],
        ...['--chain', 'jcs', '--source', 'audit', '--zone', 'Europe/Berlin', '--pack', 'soc2'],
        ...['--schema', 'own.schema.json'],
        ...['--now', '2026-04-01T06:00:00Z', '--evidence', 'bundle', '--seed', 'auditor'],
      ],
      cwd,
    );
    assert.equal(made.stderr, '');
    const bundle = path.join(cwd, 'bundle');
    const { options, configuration } = JSON.parse(
      fs.readFileSync(path.join(bundle, 'manifest.json'), 'utf8'),
    ).predicate;
    assert.deepEqual(options, {
      exclude: ['**/old*'],
      'checks left out': ['timestamps'],
      'built-in rules': false,
      'own rules': [],
      'own sources': [],
      'own chains': [],
      schemas: ['own.schema'],
      'allowed actors': [],
      source: 'audit',
      chain: 'jcs',
      zone: 'Europe/Berlin',
      checkpoints: [],
      'public keys': [],
      packs: ['soc2'],
      'fail on': 'high',
      'fail on known': 'never',
      waivers: 'audit-check.waivers.yaml',
      baseline: "it's known.json",
      'limits.recordBytes': 100_000,
      'limits.decodedBytes': 256 * 1024 ** 3,
      'limits.inflation': 500,
    });
    const files = configuration.map(({ file }: { file: string }) => file);
    assert.deepEqual(files, [
      ...['audit-check.yaml', 'audit-check.waivers.yaml', "it's known.json", 'own.schema.json'],
    ]);
    for (const { file, copy } of configuration)
      assert.deepEqual(fs.readFileSync(path.join(bundle, copy)), fs.readFileSync(path.join(cwd, file)));

    const page = fs.readFileSync(path.join(bundle, 'REPRODUCE.md'), 'utf8');
    assert.match(page, /\n- exclude: `\*\*\/old\*`\n- checks left out: `timestamps`\n- built-in rules: no\n/);
    assert.match(page, /the same bytes need `--evidence-key` with the same key/);
    const line = /^\$ (audit-check verify .* --evidence again .*)$/m.exec(page)![1]!;
    // A shell takes the line apart as an auditor's would.
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { cwd, encoding: 'utf8' }).trimEnd();
    const sample = await commands.run([...words.split('\n').slice(1), '-q'], cwd);
    assert.equal(sample.stderr, '');
    assert.deepEqual(readBundle(path.join(cwd, 'again')), readBundle(bundle));
    const held = await check(bundle, '--logs', path.join(cwd, 'logs'));
    assert.match(held.stdout, /1 file below .* that the audit does not name: ".*old\.ndjson"\n/);
    assert.equal(held.exit, 0, held.stdout);

    for (const name of ['fail on', 'fail on known', 'packs', 'waivers', 'baseline']) {
      const folder = forge(
        bundle,
        `told-${name}`,
        () => {},
        ({ predicate }) => delete predicate.options[name],
      );
      const { exit, stdout } = await check(folder);
      assert.ok(
        stdout.includes(`fault: manifest.json says another option "${name}" than report.json\n`),
        stdout,
      );
      assert.equal(exit, 1);
    }
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
      'logs: [app.ndjson]\nkeys: {chain: {value: hunter2hunter2}}\n',
    );
    await commands.run(['verify', '-q', '--evidence', place('of-keyed')], place('keyed'));
    for (const [name, content] of readBundle(place('of-keyed')))
      assert.ok(!Buffer.from(content, 'base64').includes('hunter2'), name);
    assert.match(fs.readFileSync(place('of-keyed/manifest.json'), 'utf8'), /not copied: it holds a key/);
  });

  test('records that Docker wrapped are sampled as themselves, lines of a text log are told', async () => {
    fs.mkdirSync(place('wrapped'));
    const lines = fs.readFileSync(path.join(DEMO, 'logs/app.ndjson'), 'utf8').trimEnd().split('\n');
    const wrap = (line: string) =>
      JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-03-02T23:00:00Z' });
    fs.writeFileSync(place('wrapped/docker.log'), lines.map((line) => `${wrap(line)}\n`).join(''));
    fs.writeFileSync(
      place('wrapped/lm.log'),
      ' 0:00:01 (acmed) TIMESTAMP 3/2/2026\n 8:00:00 (acmed) OUT: "editor" ann@pc1  \n 9:00:00 (acmed) IN: "editor" ann@pc1  \n',
    );
    const made = ['verify', '-q', '--no-config', '--zone', 'UTC', 'wrapped', '--evidence', 'of-wrapped'];
    await commands.run(made, scratch);
    const rows = rowsOf(place('of-wrapped'), 'sample.csv');
    assert.equal(rows.length, lines.length);
    assert.deepEqual([rows[0]!.time, rows[0]!.actor], ['2026-03-02T08:00:00.000Z', 'ann@example.com']);
    const { sample } = JSON.parse(fs.readFileSync(place('of-wrapped/manifest.json'), 'utf8')).predicate;
    assert.deepEqual(sample.notSampled, [
      {
        file: 'wrapped/lm.log',
        reason: '0 of its 2 records are found again by themselves: lines of a text log are not',
      },
    ]);
    const { exit } = await commands.run(['evidence', 'verify', 'of-wrapped', '--logs', 'wrapped'], scratch);
    assert.equal(exit, 0);
  });
});
