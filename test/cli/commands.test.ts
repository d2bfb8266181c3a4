/** The commands beside `verify`, and the mistakes a user can make, as a terminal shows them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundled } from '../support/bundled.ts';
import { CommandLine } from '../support/command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-cli-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const run = (command: string, cwd = folder) => commands.run(command.split(' '), cwd);

function write(name: string, text: string): string {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
  return name;
}

const EVENT = '{"time":"2026-01-31T08:00:00Z","actor":"ann","action":"file.read","outcome":"success"}\n';

test('--version prints the version of package.json', async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(await run('--version'), { exit: 0, stdout: `${version}\n`, stderr: '' });
  // From the command itself, of which nothing is there but what this takes.
  bundled('main');
  const bare = path.join(folder, 'bare');
  for (const [from, to] of [
    ['bin/audit-check.js', 'bin/audit-check.js'],
    ['.bundle/version.js', 'dist/version.js'],
    ['package.json', 'package.json'],
  ]) {
    fs.mkdirSync(path.dirname(path.join(bare, to!)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, from!), path.join(bare, to!));
  }
  const command = path.join(bare, 'bin', 'audit-check.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--version'], {
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${version}\n`, stderr: '' });
});

test('an argument that names nothing exits 2 and tells what to look at', async () => {
  write('one.ndjson', EVENT);
  write('nul.yaml', 'logs: ["a\\0*"]\n');
  const named = 'there is no such file, folder or match';
  const cases: [argument: string, told: RegExp][] = [
    [`${'a'.repeat(300)}/*`, /no name has more than 255 bytes, and one of these has 300: shorten it/],
    ['one.ndjson/*', /look into the folder that the pattern begins with/],
    ['gone.ndjson', /check the name, and the folder/],
    ['--config nul.yaml', /no name holds a character NUL/],
  ];
  for (const [argument, told] of cases) {
    const { exit, stdout, stderr } = await run(`verify ${argument}`);
    assert.deepEqual([exit, stdout], [2, ''], argument);
    assert.match(stderr, new RegExp(`^error: .*: ${named}: .*\n$`));
    assert.match(stderr, told);
  }
});

test('an unknown command, option or choice exits 2 and names the nearest', async () => {
  const command = await run('verfy');
  assert.equal(command.exit, 2);
  assert.match(command.stderr, /Did you mean verify\?/);
  const option = await run('verify --fail-onn high x');
  assert.equal(option.exit, 2);
  assert.match(option.stderr, /--fail-on/);
  assert.equal((await run('verify --fail-on hgih x')).exit, 2);
});

test('every mistake in the config is listed with its place, and nothing is audited', async () => {
  write(
    'wrong/audit-check.yaml',
    'logs: [../x.ndjson]\nrulse: []\nfailOn: hgih\nlimits:\n  recordBytes: many\n',
  );
  const { exit, stdout, stderr } = await run('verify', path.join(folder, 'wrong'));
  assert.equal(exit, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^error: audit-check\.yaml:2:1: unknown key "rulse", did you mean "rules"\?/m);
  assert.match(
    stderr,
    /^error: audit-check\.yaml:3:1: expected one of informational, .*found "hgih", did you mean "high"\?/m,
  );
  assert.match(stderr, /^error: audit-check\.yaml:5:3: expected a whole number, found "many"/m);
});

test('mistakes in arguments are listed together', async () => {
  write('a.ndjson', EVENT);
  const { exit, stderr } = await run(
    'verify a.ndjson nowhere.ndjson --source cloudtrial --chain jsc -f txt -f json=no/such/folder/x --since yesterday',
  );
  assert.equal(exit, 2);
  for (const said of [
    'nowhere.ndjson: there is no such file',
    'did you mean "cloudtrail"?',
    'did you mean "jcs"?',
    'did you mean "text"?',
    'cannot be written',
    '--since: expected',
  ]) {
    assert.ok(stderr.includes(said), `${said} in\n${stderr}`);
  }
});

test('init looks at a folder and writes a config that verify takes', async () => {
  write('fresh/logs/app.ndjson', EVENT);
  write(
    'fresh/logs/trail.json',
    fs.readFileSync(path.join(ROOT, 'fixtures/demo/logs/cloudtrail.json'), 'utf8'),
  );
  const here = path.join(folder, 'fresh');
  const first = await run('init logs', here);
  assert.equal(first.exit, 0);
  assert.match(first.stdout, /2 log files, audit \(1 file\), cloudtrail \(1 file\)/);
  assert.match(fs.readFileSync(path.join(here, 'audit-check.yaml'), 'utf8'), /^logs: \["logs"\]$/m);
  assert.equal((await run('verify', here)).exit, 1);
  const again = await run('init logs', here);
  assert.equal(again.exit, 2);
  assert.match(again.stderr, /--force/);
});

test('init begins a mapping for a log that none fits; nothing is clean by it until somebody confirmed it', async () => {
  const visits = ['ann', 'bob'].map(
    (login, index) =>
      `{"@timestamp":"2026-03-0${index + 1}T10:00:00Z","who":{"login":"${login}"},"verb":"door.open","status":"OK"}\n`,
  );
  write('doors/logs/audit-2026-03.ndjson', visits.join(''));
  write('doors/logs/more/doors.ndjson', visits.join(''));
  write(
    'doors/logs/day-1.json',
    `{"rows":[${visits.join(',').replaceAll('\n', '').replaceAll('who', 'user')}]}`,
  );
  write(
    'doors/logs/day-2.json',
    `{"rows":[${visits.join(',').replaceAll('\n', '').replaceAll('who', 'user')}]}`,
  );
  write('doors/logs/cache.ndjson', '{"level":"info","msg":"cache warmed"}\n');
  const here = path.join(folder, 'doors');
  const first = await run('init logs', here);
  assert.equal(first.exit, 0);
  assert.match(
    first.stdout,
    /5 log files, app \(2 files\), day \(2 files\), not recognized \(1 file\)\nwrote audit-check\.sources\/app\.yaml: a guess/,
  );
  assert.match(
    fs.readFileSync(path.join(here, 'audit-check.yaml'), 'utf8'),
    /^sources: \["audit-check\.sources\/"\]$/m,
  );
  fs.rmSync(path.join(here, 'logs/cache.ndjson'));
  const guessed = await run('verify', here);
  assert.equal(guessed.exit, 3);
  assert.match(guessed.stdout, /undetermined\[unconfirmed-mapping\]: the mapping "app" was suggested/);
  assert.match(guessed.stdout, /incomplete: 4 inputs read by a mapping that nobody has confirmed/);
  const examined = await run('doctor', here);
  assert.equal(examined.exit, 2);
  assert.match(examined.stdout, /^wrong +mapping app +was suggested, and nobody has confirmed it$/m);
  const mapping = path.join(here, 'audit-check.sources/app.yaml');
  for (const file of [mapping, path.join(here, 'audit-check.sources/day.yaml')])
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('suggested: true\n', ''));
  assert.equal((await run('verify', here)).exit, 0);
  // What somebody confirmed is not guessed again.
  assert.doesNotMatch((await run('init logs --force', here)).stdout, /a guess/);
  assert.doesNotMatch(fs.readFileSync(mapping, 'utf8'), /suggested: true/);
});

test('by a guess nothing is clean, whatever is asked of the run: a threshold, a time, packs, licenses, roles', async () => {
  const ops = ['door.open', 'user.login', 'user.created', 'user.deactivated', 'mfa.disabled', 'role.grant'];
  write(
    'guess/log.ndjson',
    ops.map((op) => `{"wann":"2026-03-01T10:00:00Z","user":"ann","op":"${op}","result":"ok"}\n`).join(''),
  );
  write(
    'guess/doors.yaml',
    'title: Doors\nsuggested: true\nidentify: {op: "*"}\nfields: {time: wann, actor: user, action: op, outcome: {from: result, map: {ok: success}, otherwise: unknown}}\n',
  );
  write(
    'guess/licenses.yaml',
    'contract: {id: C, timezone: UTC}\nterm: {from: 2026-01-01, until: 2027-01-01}\nlicenses:\n  - {id: doors, covers: {feature: [door]}, measure: count seats over month, quantity: [{from: 2026-01-01, set: 3}]}\n',
  );
  write('guess/audit-check.yaml', 'logs: [log.ndjson]\nsources: [doors.yaml]\nbuiltinRules: false\n');
  const here = path.join(folder, 'guess');
  for (const args of ['--fail-on critical', '--since 2027-01-01', '--pack soc2']) {
    const { exit, stdout } = await run(`verify ${args}`, here);
    assert.equal(exit, 3, args);
    assert.match(stdout, /incomplete: .*1 input read by a mapping that nobody has\s+confirmed/, args);
    assert.doesNotMatch(stdout, /^ *passed: /m, args);
  }
  const statement = await run('licenses --licenses licenses.yaml', here);
  assert.equal(statement.exit, 3);
  assert.match(
    statement.stdout,
    /incomplete: nobody has confirmed the mapping by which log\.ndjson was\s+read/,
  );
  // Kinds of events that were seen are no evidence either, in controls or by themselves.
  const packed = await run('verify --pack soc2,pci-dss-4,iso-27001-2022,nist-800-53r5 -f json', here);
  const { controls } = JSON.parse(packed.stdout) as { controls: { checks: { status: string }[] }[] };
  const statuses = controls.flatMap(({ checks }) => checks.map(({ status }) => status));
  assert.ok(statuses.length > 100);
  assert.ok(!statuses.some((status) => status === 'passed' || status === 'excepted'));
  write(
    'guess/rule.yaml',
    'title: Window\nid: 6f0c0a52-0000-4000-8000-000000000009\nlevel: low\nlogsource: {product: audit}\ndetection: {s: {action: window.open}, condition: s}\n',
  );
  const matched = await run('rules match log.ndjson --rules rule.yaml --no-builtin-rules', here);
  assert.deepEqual([matched.exit, matched.stdout], [3, '']);
  write(
    'guess/twin/doors.yaml',
    fs.readFileSync(path.join(here, 'doors.yaml'), 'utf8').replace('suggested: true\n', ''),
  );
  write('guess/both.yaml', 'logs: [log.ndjson]\nsources: [doors.yaml, twin/]\n');
  const both = await run('verify --config both.yaml', here);
  assert.equal(both.exit, 2);
  assert.match(both.stderr, /twin\/doors\.yaml: doors\.yaml maps the source "doors" already/);
});

test('sources suggest prints a mapping, and says why it cannot', async () => {
  write('till.ndjson', '{"when":"2026-03-01T10:00:00Z","cashier":{"id":"7"},"user":"ann","op":"sale"}\n');
  const told = await run('sources suggest till.ndjson');
  assert.equal(told.exit, 0);
  assert.match(told.stdout, /^title: till$/m);
  assert.match(told.stdout, /^ {2}actor: user$/m);
  assert.match((await run('sources suggest till.ndjson --name shop')).stdout, /^title: shop$/m);
  for (const [args, said] of [
    ['till.ndjson --name okta', /there is a source "okta" already/],
    ['till.ndjson --name Till!', /expected lower-case words/],
    ['nowhere.ndjson', /there is no such file/],
  ] as const) {
    const refused = await run(`sources suggest ${args}`);
    assert.equal(refused.exit, 2, args);
    assert.match(refused.stderr, said);
  }
});

test('a config is found in a folder above', async () => {
  write('above/audit-check.yaml', 'logs: [a.ndjson]\nbuiltinRules: false\n');
  write('above/a.ndjson', EVENT);
  fs.mkdirSync(path.join(folder, 'above/deep/er'), { recursive: true });
  assert.equal((await run('verify', path.join(folder, 'above/deep/er'))).exit, 0);
});

test('list names what there is of each kind', async () => {
  const names = async (kind: string) =>
    (await run(`list ${kind}`)).stdout.split('\n').map((line) => line.split(' ')[0]);
  assert.ok((await names('sources')).includes('cloudtrail'));
  assert.ok((await names('chains')).includes('jcs'));
  assert.ok((await names('checks')).includes('required-fields'));
  assert.ok((await names('formats')).includes('sarif'));
  assert.ok((await names('codes')).includes('altered-record'));
  assert.ok((await names('measures')).includes('datadog-hosts'));
  assert.ok((await names('rules')).length > 25);
});

test('explain tells a code and a rule, and the nearest of what it does not know', async () => {
  assert.match((await run('explain altered-record')).stdout, /^altered-record: .*\n {2}said by +hash-chain/);
  const [rule] = (await run('list rules')).stdout.split(' ');
  assert.match((await run(`explain ${rule}`)).stdout, new RegExp(`id +${rule}`));
  const unknown = await run('explain altered-recrod');
  assert.equal(unknown.exit, 2);
  assert.match(unknown.stderr, /did you mean "altered-record"/);
});

test('sources test shows the mapping, why, and each canonical field', async () => {
  const { stdout } = await run('sources test fixtures/demo/logs/cloudtrail.json', ROOT);
  assert.match(
    stdout,
    /source {3}cloudtrail\n {2}records {2}in Records\n {2}cloudtrail +fits 3 of 3 records/,
  );
  assert.match(stdout, /actor +arn:aws:iam::111122223333:user\/ann/);
  assert.match(stdout, /reason +\(this source has none\)/);
});

test('sources test reads mappings by the configuration, as verify does, and knows no others', async () => {
  const mapping = `title: Shop
identify: [{ wann: "*", wer: "*" }]
fields: { time: [wann], actor: [wer], action: [was] }
`;
  write('shop/own/shop.yaml', mapping);
  write('shop/audit-check.yaml', 'sources: [own]\n');
  write('shop/log.ndjson', '{"wann":"2026-01-31T08:00:00Z","wer":"ann","was":"sale"}\n');
  const here = path.join(folder, 'shop');
  assert.match((await run('sources test log.ndjson', here)).stdout, /source {3}shop\n[\s\S]*action +sale/);
  assert.match((await run('sources test --no-config log.ndjson', here)).stdout, /no mapping fits/);
  const named = await run('sources test --no-config --sources own log.ndjson', here);
  assert.match(named.stdout, /source {3}shop\n/);
  const forced = await run('sources test log.ndjson --source nonsense', here);
  assert.deepEqual([forced.exit, forced.stdout], [2, '']);
  assert.match(forced.stderr, /^error: --source: unknown source "nonsense"/);
  write('shop/audit-check.yaml', 'sources: [own]\nsource: shpo\n');
  const configured = await run('sources test log.ndjson', here);
  assert.equal(configured.exit, 2);
  assert.match(configured.stderr, /audit-check\.yaml:2:\d+: unknown source "shpo", did you mean "shop"/);
});

test('rules match prints one line a match; a log source gates a rule unless told otherwise', async () => {
  write(
    'rule.yaml',
    'title: Okta read\nid: 6f0c0a52-0000-4000-8000-000000000001\nlogsource: {product: okta}\ndetection:\n  selection: {action: file.read}\n  condition: selection\nlevel: low\n',
  );
  write('b.ndjson', EVENT + EVENT.replace('read', 'write'));
  const gated = await run('rules match b.ndjson --no-builtin-rules --rules rule.yaml');
  // No rule ran, so no match is no answer.
  assert.deepEqual([gated.exit, gated.stdout], [3, '']);
  const open = await run('rules match b.ndjson --no-builtin-rules --rules rule.yaml --ignore-logsource');
  assert.equal(open.exit, 1);
  assert.deepEqual(JSON.parse(open.stdout), {
    rule: '6f0c0a52-0000-4000-8000-000000000001',
    title: 'Okta read',
    level: 'low',
    file: 'b.ndjson',
    line: 1,
    offset: 0,
  });
});

test('rules test runs the tests in rule files, and says what failed', async () => {
  const shipped = await run('rules test');
  assert.equal(shipped.exit, 0);
  assert.match(
    shipped.stdout,
    /^\d+ tests of \d+ rules that come with audit-check: \d+ passed, 0 failed\n$/m,
  );
  const rule = (expect: string) =>
    `title: Read\nid: 6f0c0a52-0000-4000-8000-000000000002\ntaxonomy: audit\nlogsource: {}\ndetection:\n  selection: {action: file.read}\n  condition: selection\nlevel: low\ntests:\n  - {name: reads, events: [${EVENT.trim()}], expect: ${expect}}\n`;
  write('good.yaml', rule('violation'));
  write('bad.yaml', rule('satisfied'));
  assert.equal((await run('rules test good.yaml --no-builtin-rules')).exit, 0);
  const failed = await run('rules test bad.yaml --no-builtin-rules');
  assert.equal(failed.exit, 1);
  assert.match(failed.stdout, /failed: bad\.yaml:10: Read: reads\n {4}expected satisfied, found violation/);
  const own = await run('rules test good.yaml');
  assert.deepEqual([own.exit, own.stdout], [0, '1 test of 1 rule in good.yaml: 1 passed, 0 failed\n']);
  const both = await run('rules test good.yaml --builtin-rules');
  assert.match(
    both.stdout,
    /^1 test of 1 rule in good\.yaml: 1 passed, 0 failed\n\d+ tests of \d+ rules that come with audit-check: /,
  );
  write('untested.yaml', rule('violation').replace(/tests:\n.*\n/, ''));
  assert.equal((await run('rules test untested.yaml')).exit, 3);
});

test('a report goes to a file whole, and stdout keeps silent with --quiet', async () => {
  write('c.ndjson', EVENT);
  const { exit, stdout } = await run(
    'verify c.ndjson --no-builtin-rules -q -f json=out.json -f sarif=out.sarif -f text',
  );
  assert.deepEqual([exit, stdout], [0, '']);
  assert.equal(JSON.parse(fs.readFileSync(path.join(folder, 'out.json'), 'utf8')).summary.verdict, 'clean');
  assert.equal(JSON.parse(fs.readFileSync(path.join(folder, 'out.sarif'), 'utf8')).version, '2.1.0');
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('--fail-on takes severities and controls, any number, and knows what nothing speaks to', async () => {
  write('nobody.ndjson', EVENT + EVENT.replace('"ann"', '""'));
  const verify = 'verify --no-config --no-builtin-rules nobody.ndjson';
  assert.equal((await run(`${verify} --fail-on critical`)).exit, 0);
  assert.equal((await run(`${verify} --fail-on critical --fail-on control:pci-dss-4:10.2.*`)).exit, 1);
  const wrong = await run(
    `${verify} --fail-on new:hihg --fail-on control: --fail-on control:pci-dss-4:10.2.22`,
  );
  assert.equal(wrong.exit, 2);
  assert.match(wrong.stderr, /found "new:hihg", did you mean "high"\?/);
  assert.match(wrong.stderr, /found "control:"/);
  assert.match(
    wrong.stderr,
    /speaks to the control "pci-dss-4:10\.2\.22", did you mean "pci-dss-4:10\.2\.2"\?/,
  );
});
