/** What was not read, erased or deleted may have been use: `verify` says of no license that it is within, as `licenses` does. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';
import { KEYS, temporaryFolder } from '../support/made-archive.ts';

const commands = new CommandLine();
const folder = temporaryFolder('gone-use');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

function write(name: string, text: string | Uint8Array): string {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
  return name;
}

write('archive.key', `${KEYS.signer}\n`);
write('archive.pub', `${KEYS.verifier}\n`);
write(
  'contract.yaml',
  `contract: {id: A, timezone: UTC}
term: {from: 2020-08-01, until: 2020-09-01}
measures: {floating: count seats each instant take max over month}
licenses: [{id: editor, covers: {feature: [editor]}, measure: floating, quantity: [{from: 2020-08-01, set: 1}]}]
`,
);

const line = (time: string, id: string, action: string, actor: string, more = '') =>
  `{"time":"2020-08-${time}Z","id":"${id}","action":"license.${action}","actor":"${actor}","feature":"editor","session":"${actor}-${time.slice(0, 2)}","outcome":"success"${more}}\n`;

const day = (index: number) => String(index + 1).padStart(2, '0');
const ann = Array.from({ length: 31 }, (_, index) => [
  line(`${day(index)}T00:00:00.5`, `a${index}`, 'checkout', 'ann'),
  line(`${day(index)}T23:59:00.5`, `b${index}`, 'checkin', 'ann'),
]).flat();
/** What makes two seats of one that was bought. */
const bob = (more = '') =>
  line('10T08:10:00.5', 'z1', 'checkout', 'bob', more) + line('10T08:50:00.5', 'z2', 'checkin', 'bob', more);

const run = (...argv: string[]) => commands.run(argv, folder);

async function judged(...paths: string[]) {
  const argv = ['--no-config', '--no-builtin-rules', '--licenses', 'contract.yaml', '--format', 'json'];
  const keys = paths.some((each) => each.startsWith('archive')) ? ['--verifier-key', 'archive.pub'] : [];
  const { stdout } = await run('verify', ...paths, ...argv, ...keys);
  const { licenses, notices } = JSON.parse(stdout) as {
    licenses: { verdict: string; reason?: string }[];
    notices: { code: string; message: string }[];
  };
  assert.equal(licenses.length, 1);
  return { ...licenses[0]!, notices };
}

async function collect(archive: string, files: string[], ...more: string[]): Promise<void> {
  const { exit, stderr } = await run('collect', ...files, '--into', archive, '--key', 'archive.key', ...more);
  assert.equal(exit, 0, stderr);
}

test('two seats of one are too many as long as both are there', async () => {
  write('logs/ann.ndjson', ann.join(''));
  write('logs/bob.ndjson', bob());
  assert.equal((await judged('logs')).verdict, 'exceeded');
  assert.equal((await judged('logs/ann.ndjson')).verdict, 'within');
});

test('a file that cannot be read leaves the license open', async () => {
  write('unread/ann.ndjson', ann.join(''));
  write('unread/bob.ndjson.gz', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 99]));
  const { verdict, reason } = await judged('unread');
  assert.equal(verdict, 'undetermined');
  assert.match(reason!, /not read to the end: .*bob\.ndjson\.gz/);
});

test('a listed file that is gone leaves it open', async () => {
  write('listed/ann.ndjson', ann.join(''));
  write('listed/SHA256SUMS', `${'0'.repeat(64)}  bob.ndjson\n`);
  const { verdict, reason } = await judged('listed');
  assert.equal(verdict, 'undetermined');
  assert.match(reason!, /use may be altered or gone/);
});

test('records that were erased whole leave it open, and the report says that they were', async () => {
  write('twice/ann.ndjson', ann.join(''));
  // A key that stands twice is salted with the whole line.
  write('twice/others.ndjson', bob(',"x":1,"x":1'));
  await collect('archive-erased', ['twice'], '--salted');
  assert.equal((await judged('archive-erased')).verdict, 'exceeded');
  write('persons', 'bob\n');
  const argv = ['--key', 'archive.key', '--reason', 'asked', '--by', 'cid', '--yes'];
  const { exit, stderr } = await run('redact', 'archive-erased', '--person', 'persons', ...argv);
  assert.equal(exit, 0, stderr);
  const { verdict, reason, notices } = await judged('archive-erased');
  assert.equal(verdict, 'undetermined');
  assert.match(reason!, /of 2 records even what was done is erased, and may be use/);
  const told = notices.find(({ code }) => code === 'erased-records');
  assert.match(told!.message, /2 records lack what was erased, as signed, 2 of them even what was done/);
});

test('what retention deleted leaves open the periods that it is of, and no others', async () => {
  await collect('archive-pruned', ['logs/ann.ndjson']);
  await collect('archive-pruned', ['logs/bob.ndjson'], '--class', 'debug');
  write('policy.yaml', 'rules: [{name: d, class: debug, maximum: 30 days}]\n');
  const argv = ['--policy', 'policy.yaml', '--key', 'archive.key', '--by', 'ann', '--yes'];
  const { exit, stderr } = await run('retention', 'apply', 'archive-pruned', ...argv);
  assert.equal(exit, 0, stderr);
  const { verdict, reason } = await judged('archive-pruned');
  assert.equal(verdict, 'undetermined');
  assert.match(reason!, /2 records of the time were deleted by retention, and may be use/);
  write('july.ndjson', bob().replaceAll('2020-08', '2020-07'));
  await collect('archive-july', ['logs/ann.ndjson']);
  await collect('archive-july', ['july.ndjson'], '--class', 'debug');
  const { exit: again } = await run('retention', 'apply', 'archive-july', ...argv);
  assert.equal(again, 0);
  assert.equal((await judged('archive-july')).verdict, 'within');
});

test('licenses and access read an archive as it was collected, and say what nobody vouches for', async () => {
  await collect('archive-read', ['logs/ann.ndjson', 'logs/bob.ndjson']);
  const keys = ['--verifier-key', 'archive.pub'];
  const statement = await run(
    'licenses',
    'archive-read',
    '--no-config',
    '--licenses',
    'contract.yaml',
    ...keys,
  );
  assert.equal(statement.exit, 1, statement.stdout);
  assert.match(statement.stdout, /exceeded: 1 exceeded/);
  const keyless = await run('licenses', 'archive-read', '--no-config', '--licenses', 'contract.yaml');
  assert.equal(keyless.exit, 3);
  write('roles.yaml', 'roles: {user: ["license.*"]}\nusers: {ann: [user], bob: [user]}\n');
  const access = (...more: string[]) =>
    run('access', 'archive-read', '--no-config', '--roles', 'roles.yaml', ...more);
  assert.match((await access(...keys)).stdout, /records {3}64 = 64 events .* \+ 0 of others/);
  const unheld = await access();
  assert.equal(unheld.exit, 3);
  assert.match(unheld.stdout, /no verifier key given/);
  const [segment] = fs.readdirSync(path.join(folder, 'archive-read/segments'));
  fs.rmSync(path.join(folder, 'archive-read/segments', segment!));
  const cut = await access(...keys);
  assert.equal(cut.exit, 3);
  assert.match(cut.stdout, /missing-segment: .*expected 62 records/);
  const elsewhere = await run('licenses', 'logs', '--no-config', '--licenses', 'contract.yaml', ...keys);
  assert.equal(elsewhere.exit, 2);
  assert.match(elsewhere.stderr, /there is no archive among the files/);
});
