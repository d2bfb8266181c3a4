/** One person out of an archive of 100,000 records, with FULL=1 (a minute); 2,000 records in the ordinary run. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';
import { KEYS, temporaryFolder } from '../support/made-archive.ts';
import { everyByte } from '../support/made-salted-archive.ts';
import { rounds } from '../support/rounds.ts';

const RECORDS = rounds(2000, 100_000);
/** The person acts in every 251st record, is the target of every 1009th, and stands in a sentence of every 503rd. */
const [ACTS, IS_TARGET, IS_NAMED] = [251, 1009, 503];

const commands = new CommandLine();
const folder = temporaryFolder('redact-large');
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

/** The names are long because salts are chance: among two million of them six given letters turn up now and then. */
function record(index: number): string {
  return JSON.stringify({
    time: new Date(Date.UTC(2026, 2, 1) + index * 1000).toISOString(),
    id: `r-${index}`,
    actor: index % ACTS === 0 ? 'annikamargareta.lindqvistsson' : `user-${index % 97}`,
    action: 'document.read',
    target:
      index % IS_TARGET === 0
        ? 'mailto:ANNIKAMARGARETA.LINDQVISTSSON@example.com'
        : `/documents/${index % 883}`,
    outcome: 'success',
    detail: {
      tags: ['a', index % IS_NAMED === 0 ? 'shared with Annikamargareta.Lindqvistsson' : 'private'],
      size: index,
    },
  });
}

test(`redact takes one person out of ${RECORDS} records, ERASED exactly there, and the values are gone from the bytes`, async () => {
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  write('archive.key', `${KEYS.signer}\n`);
  write('archive.pub', `${KEYS.verifier}\n`);
  write('list.txt', 'annikamargareta.lindqvistsson\n');
  write('policy.yaml', 'roles: {developer: {without: [actor, "detail.*"]}}\n');
  const numbers = Array.from({ length: RECORDS }, (_, index) => index);
  write('app.log', `${numbers.map(record).join('\n')}\n`);
  const expected = numbers.filter((index) => [ACTS, IS_TARGET, IS_NAMED].some((step) => index % step === 0));
  const run = async (...argv: string[]) => {
    const result = await commands.run(argv, folder);
    assert.equal(result.exit, 0, result.stdout + result.stderr);
    return result.stdout;
  };
  const key = ['--key', 'archive.key'];
  await run('collect', 'app.log', '--salted', '--into', 'archive', ...key, '--no-config');
  assert.match(await everyByte(path.join(folder, 'archive')), /annikamargareta\.lindqvistsson/i);
  const why = ['--reason', 'case 1', '--by', 'privacy office', '--yes'];
  const said = await run('redact', 'archive', '--person', 'list.txt', ...key, ...why);
  assert.match(said, new RegExp(` of ${expected.length.toLocaleString('en-US')} records in `));
  assert.doesNotMatch(await everyByte(path.join(folder, 'archive')), /annikamargareta|lindqvistsson/i);
  const checked = ['--no-config', '--no-builtin-rules', '--verifier-key', 'archive.pub', '--format', 'json'];
  const report = JSON.parse(await run('verify', 'archive', ...checked));
  assert.equal(report.summary.verdict, 'clean');
  assert.deepEqual(erasedLeaves(report, path.join(folder, 'archive')), expected);
  await run('redact', 'archive', '--policy', 'policy.yaml', '--role', 'developer', '--into', 'view');
  const bytes = await everyByte(path.join(folder, 'view'));
  for (const value of ['user-', 'private', '"size"', '"actor":']) assert.ok(!bytes.includes(value), value);
  const view = JSON.parse(await run('verify', 'view', '--view', 'developer', ...checked));
  assert.equal(view.summary.records.audited, RECORDS);
});

type Range = { assurance: string; from: { file: string; line: number }; until: { line: number } };

/** Numbers of the records, from 0, that the report calls erased. */
function erasedLeaves({ streams }: { streams: { ranges: Range[] }[] }, archive: string): number[] {
  const control = fs
    .readdirSync(path.join(archive, 'control'))
    .flatMap((name) =>
      fs
        .readFileSync(path.join(archive, 'control', name), 'utf8')
        .trim()
        .split('\n'),
    )
    .map((line) => JSON.parse(line) as { file?: string; firstLeaf: number });
  const first = new Map(control.map(({ file, firstLeaf }) => [file, firstLeaf]));
  return streams[0]!.ranges.flatMap(({ assurance, from, until }) =>
    assurance === 'erased'
      ? Array.from(
          { length: until.line - from.line + 1 },
          (_, index) => first.get(path.basename(from.file))! + from.line - 1 + index,
        )
      : [],
  );
}
