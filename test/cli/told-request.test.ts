/** The report tells by which rules and settings it was made: enough to make it again, nothing secret, nothing of the machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { digestAsRead, readText } from '../../src/cli/yaml-file.ts';
import type { Report } from '../../src/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { CommandLine } from '../support/command-line.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const KEY = 'hunter2-as-a-key';
const RULE = `title: Root was used
id: 0b1f2c52-7a67-4b5e-9d6d-0f4c2a2a7f11
logsource: {product: audit}
detection: {root: {actor: root}, condition: root}
level: high
`;

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-told-'));
const home = path.join(folder, "it's home");
const at = (name: string) => path.join(home, name);
const sha256 = (name: string) =>
  crypto
    .createHash('sha256')
    .update(fs.readFileSync(at(name)))
    .digest('hex');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

before(() => {
  for (const name of ['logs', 'rules', 'below', '../elsewhere']) fs.mkdirSync(at(name), { recursive: true });
  fs.copyFileSync(path.join(DEMO, 'logs/app.ndjson'), at('logs/app.ndjson'));
  fs.copyFileSync(path.join(DEMO, 'licenses.yaml'), at('../elsewhere/licenses.yaml'));
  fs.writeFileSync(at('rules/root.yml'), RULE);
  fs.writeFileSync(at('audit-check.waivers.yaml'), 'waivers: []\n');
  fs.writeFileSync(
    at('audit-check.yaml'),
    'rules: rules\nkeep: {minimum: 1 month, maximum: 7 years}\nchecks: {timestamps: off}\nlimits: {recordBytes: 100000}\n',
  );
});

const TOLD = [
  '--no-builtin-rules',
  '--fail-on',
  'high',
  '--until',
  '2027-01-01',
  '--now',
  '2026-04-01T06:00:00Z',
];

async function reportOf(args: string[], cwd = home): Promise<Report> {
  const { stdout, stderr } = await commands.run(['verify', ...args, '--format', 'json'], cwd);
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

describe('the request in a report', () => {
  test('names rules, contract, waivers and settings, with the digests of files of its own', async () => {
    const { request, keep } = await reportOf([
      'logs',
      ...TOLD,
      '--licenses',
      at('../elsewhere/licenses.yaml'),
    ]);
    assert.deepEqual(keep, { minimum: '1 month', maximum: '7 years' });
    assert.deepEqual(request, {
      command: [
        ...['audit-check', 'verify', 'logs', '--config', 'audit-check.yaml', '--no-builtin-rules'],
        ...['--licenses', 'licenses.yaml', '--until', '2027-01-01', '--fail-on', 'high'],
        ...['--now', '2026-04-01T06:00:00Z'],
      ],
      files: [
        { role: 'configuration', file: 'audit-check.yaml', sha256: sha256('audit-check.yaml') },
        { role: 'licenses', file: 'licenses.yaml', sha256: sha256('../elsewhere/licenses.yaml') },
        { role: 'waivers', file: 'audit-check.waivers.yaml', sha256: sha256('audit-check.waivers.yaml') },
        { role: 'rules', file: path.join('rules', 'root.yml'), sha256: sha256('rules/root.yml') },
      ],
      options: {
        'allowed actors': [],
        'built-in rules': false,
        'checks left out': ['timestamps'],
        exclude: [],
        'limits.recordBytes': 100_000,
        schemas: ['audit-minimum'],
        until: '2027-01-01T00:00:00Z',
      },
    });
  });

  test('is the same from any folder below the configuration, and on any number of threads', async () => {
    const logs = [at('logs'), ...TOLD];
    const { request } = await reportOf([...logs, '--jobs', '1']);
    for (const [cwd, jobs] of [
      [home, '3'],
      [at('below'), '1'],
      [at('logs'), '2'],
    ] as const)
      assert.deepEqual((await reportOf([...logs, '--jobs', jobs], cwd)).request, request);
  });

  test('has a command that makes the same report, as the page shows it', async () => {
    const page = at('page.html');
    const first = await commands.run(['verify', '-q', 'logs', ...TOLD, '--format', `html=${page}`], home);
    assert.equal(first.stderr, '');
    const made = fs.readFileSync(page, 'utf8');
    const shown = /<p class="place command">(.*?)<\/p>/.exec(made)![1]!.replaceAll('&#39;', "'");
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${shown}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    assert.deepEqual(words.slice(0, 2), ['audit-check', 'verify']);
    await commands.run([...words.slice(1), '-q', '--format', 'html=again.html'], home);
    assert.equal(fs.readFileSync(at('again.html'), 'utf8'), made);
    assert.match(made, /<dt>Findings that count<\/dt><dd>at high or above<\/dd>/);
    assert.match(made, /<dt>Waivers<\/dt><dd>audit-check\.waivers\.yaml, 0 entries, as of 2026-04-01<\/dd>/);
    assert.match(made, /<dt>Baseline<\/dt><dd>none<\/dd>/);
    assert.match(made, /<dt>Checks left out<\/dt><dd>timestamps<\/dd>/);
    assert.match(made, /<h2 id="retention">Retention deadlines<\/h2>/);
    assert.ok(made.includes(sha256('rules/root.yml')));
  });

  test('tells no key of the configuration, not even by a digest, and no folder of an absolute place', async () => {
    const config = at('../elsewhere/audit-check.yaml');
    fs.writeFileSync(config, `keys: {chain: {value: ${KEY}}}\nrules: ${JSON.stringify(at('rules'))}\n`);
    const outputs = FORMATS.map(({ name }) => name);
    const args = ['verify', '-q', 'logs', '--config', config, '--licenses', at('../elsewhere/licenses.yaml')];
    await commands.run([...args, ...outputs.flatMap((name) => ['--format', `${name}=told.${name}`])], home);
    const { request } = JSON.parse(fs.readFileSync(at('told.json'), 'utf8')) as Report;
    assert.deepEqual(
      request!.files.map(({ role, file }) => [role, file]),
      [
        ['configuration', 'audit-check.yaml'],
        ['licenses', 'licenses.yaml'],
        ['rules', 'root.yml'],
      ],
    );
    assert.equal(request!.files[0]!.sha256, null);
    assert.ok(!JSON.stringify(request).includes(folder));
    const digest = crypto.createHash('sha256').update(fs.readFileSync(config)).digest('hex');
    for (const name of outputs) {
      const written = fs.readFileSync(at(`told.${name}`), 'utf8');
      assert.ok(!written.includes(KEY) && !written.includes(digest), name);
    }
  });

  test('tells of a file what was read, whatever becomes of it during the run', () => {
    const file = at('rules/changing.yml');
    fs.writeFileSync(file, RULE);
    const read = sha256('rules/changing.yml');
    assert.equal(readText(file, []), RULE);
    fs.writeFileSync(file, '');
    assert.equal(digestAsRead(path.relative(process.cwd(), file)), read);
    fs.rmSync(file);
  });
});
