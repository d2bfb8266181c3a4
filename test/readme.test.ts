/** The README and the first pages behind it show what a newcomer will see: their blocks are real output. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RELATIONS } from '../src/relations/index.ts';
import { CommandLine } from './support/command-line.ts';

const README = new URL('../README.md', import.meta.url);
const OVERVIEW = new URL('../docs/overview.md', import.meta.url);
const STATEMENT_PAGE = new URL('../docs/license-statement.md', import.meta.url);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const commands = new CommandLine();
after(() => commands.close());

const BLOCK = /<!-- demo -->\n[\s\S]*?<!-- end -->/;

/** The findings, without the tables that follow them. */
async function demoFindings(): Promise<string> {
  const { stdout } = await commands.run(['verify', '--config', 'fixtures/demo/audit-check.yaml'], ROOT);
  const summary = stdout.slice(stdout.indexOf('\nSummary'));
  const findings = stdout.slice(0, stdout.indexOf('\nChains')).trimEnd().split('\n\n');
  const shown = ['altered-record', 'seats-exceeded', 'missing-field', 'malformed-record'].map(
    (code) => findings.find((finding) => finding.includes(`[${code}]`))!,
  );
  return `${shown.join('\n\n')}\n\n…\n${summary.trimEnd()}`;
}

test('the demo in the README is what the command prints', async () => {
  const block = `<!-- demo -->\n\n\`\`\`console\n${await demoFindings()}\n\`\`\`\n\n<!-- end -->`;
  const readme = fs.readFileSync(README, 'utf8');
  if (process.env.UPDATE)
    fs.writeFileSync(
      README,
      readme.replace(BLOCK, () => block),
    );
  assert.equal(BLOCK.exec(fs.readFileSync(README, 'utf8'))?.[0], block);
});

const STATEMENT = /<!-- statement -->\n[\s\S]*?<!-- end -->/;

/** The overview and one license, without its heat maps. */
async function statementParts(): Promise<string> {
  const folder = 'fixtures/statement';
  const { stdout } = await commands.run(
    ['licenses', '--no-config', `${folder}/logs`, '--licenses', `${folder}/licenses.yaml`],
    ROOT,
  );
  const blocks = stdout.trimEnd().split('\n\n');
  const overview = blocks.find((block) => block.startsWith('Licenses\n'))!;
  const editor = blocks.find((block) => block.startsWith('License editor:'))!;
  const [peak, rest] = [
    editor.slice(0, editor.indexOf('\n  mean use')),
    editor.slice(editor.indexOf('\n  denials')),
  ];
  return `${overview}\n\n${peak}\n  …${rest}\n\n…\n\n${blocks.at(-1)!}`;
}

test('the license statement on its page is what the command prints', async () => {
  const block = `<!-- statement -->\n\n\`\`\`console\n${await statementParts()}\n\`\`\`\n\n<!-- end -->`;
  const page = fs.readFileSync(STATEMENT_PAGE, 'utf8');
  if (process.env.UPDATE)
    fs.writeFileSync(
      STATEMENT_PAGE,
      page.replace(STATEMENT, () => block),
    );
  assert.equal(STATEMENT.exec(fs.readFileSync(STATEMENT_PAGE, 'utf8'))?.[0], block);
});

test('the overview names every relation and every command of rules, the README how many there are of each', () => {
  const overview = fs.readFileSync(OVERVIEW, 'utf8');
  for (const { type } of RELATIONS) assert.ok(overview.includes(`\`${type}\``), type);
  const commands = fs.readFileSync(new URL('../src/cli/commands/rules.ts', import.meta.url), 'utf8');
  const names = [...commands.matchAll(/rules\s*\.command\('(\w+)'\)/g)].map((match) => match[1]!);
  assert.ok(names.length >= 6, `found ${names.join(', ')}`);
  for (const name of names) assert.match(overview, new RegExp(`rules [\\w|]*\\b${name}\\b`), name);
  const speaking = /^(\d+) rules speak/m.exec(
    fs.readFileSync(new URL('../docs/rules.md', import.meta.url), 'utf8'),
  );
  assert.ok(overview.includes(`[${speaking?.[1]} rules](rules.md)`));
  const readme = fs.readFileSync(README, 'utf8');
  assert.ok(readme.includes(`[${speaking?.[1]} rules](docs/rules.md)`));
  const membersOf = (folder: string) => fs.readdirSync(new URL(`../rules/${folder}`, import.meta.url)).length;
  assert.ok(readme.includes(`of ${membersOf('chains')} formats`));
  assert.ok(readme.includes(`over ${membersOf('sources')} [mapped sources]`));
});
