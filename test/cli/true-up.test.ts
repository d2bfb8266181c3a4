/** `audit-check licenses` on a year with four amendments: what it cost and what is owed, to the cent. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Statement } from '../../src/cli/statement/statement.ts';
import type { BillFigures } from '../../src/model/license-figures.ts';
import { CommandLine } from '../support/command-line.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/true-up', import.meta.url));

const commands = new CommandLine();
after(() => commands.close());

async function statementAs(format: string, ...more: string[]): Promise<string> {
  const argv = ['licenses', '--no-config', 'log.ndjson', '--licenses', 'licenses.yaml', '-f', format];
  const { exit, stdout, stderr } = await commands.run([...argv, ...more], FIXTURE);
  assert.deepEqual([exit, stderr], [1, '']);
  return stdout.replace(/("version": "|audit-check )\d+\.\d+\.\d+[^\s"<]*/, '$1(fixture)');
}

for (const [format, extension] of [
  ['text', 'txt'],
  ['html', 'html'],
  ['csv', 'csv'],
] as const) {
  test(`the statement is as expected in ${format}`, async () => {
    const text = await statementAs(format);
    const file = path.join(FIXTURE, `expected.${extension}`);
    if (process.env.UPDATE) fs.writeFileSync(file, text);
    assert.equal(text, fs.readFileSync(file, 'utf8'));
    if (format === 'text') for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  });
}

async function entryOf(license: string, ...more: string[]): Promise<Statement['licenses'][number]> {
  const { licenses } = JSON.parse(await statementAs('json', ...more)) as Statement;
  return licenses.find((each) => each.license === license)!;
}

const arithmetic = (bill: BillFigures | null | undefined) => bill!.lines.map((line) => line.arithmetic);
/** Cents of `1,234.50 EUR`. */
const cents = (money: string) => Number(money.replace(/ EUR|[,.]/g, ''));

test('keeps to its schema', async () => {
  const schema = new URL('../../rules/license-statement-v1.schema.json', import.meta.url);
  const isStatement = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(fs.readFileSync(schema, 'utf8')) as object,
  );
  assert.ok(isStatement(JSON.parse(await statementAs('json'))), JSON.stringify(isStatement.errors, null, 1));
});

test('four amendments: the quantity in force, each with its document and from its day on', async () => {
  const { periods, months } = await entryOf('editor');
  const inForce = [...months, ...periods].flatMap(({ limits }) => limits);
  const steps = new Map(inForce.map(({ from, amount, by }) => [from, [amount, by]]));
  assert.deepEqual(
    [...steps],
    [
      ['2025-01-01', [25, null]],
      ['2025-03-15', [35, 'Amendment-1']],
      ['2025-07-01', [40, 'Amendment-2']],
      ['2025-10-20', [30, 'PO-4711']],
      ['2025-12-24', [31, 'Amendment-3']],
    ],
  );
});

test('four amendments: each line of the cost is prorated to the day, and they add up to the cent', async () => {
  const { bill } = (await entryOf('editor')).cost!;
  for (const line of [
    // 17 of the 31 days of March: 10 × 11.50 × 17/31 = 63.0645…
    '10 × 11.50 EUR × 17/31 days = 63.06 EUR',
    // October 1 to 19, with the day of 25 hours still to come.
    '25 × 12.00 EUR × 19/31 days = 183.87 EUR',
    '30 × 10.99 EUR × 12/31 days = 127.63 EUR',
    // The contract's year has 365 days, of which 8 are left.
    '1 × 99.00 EUR × 8/365 days = 2.17 EUR',
  ])
    assert.ok(arithmetic(bill).includes(line), line);
  assert.deepEqual([bill.totals, bill.complete], [['4,704.35 EUR'], true]);
  assert.equal(
    bill.lines.reduce((sum, { amount }) => sum + cents(amount!), 0),
    470435,
  );
});

test('four amendments: what is owed to the cent, and the cheapest cure with its price', async () => {
  const { trueUp } = await entryOf('editor');
  assert.deepEqual(trueUp.excess, { lower: 3, upper: 3 });
  assert.deepEqual(arithmetic(trueUp.owed!.proven), [
    // 31 on 30 seats from November 12 on, 33 from December 3 on; on December 24 Amendment-3 brings one of the three.
    '1 × 10.99 EUR × 19/30 days = 6.96 EUR',
    '1 × 10.99 EUR = 10.99 EUR',
    '1 × 10.99 EUR × 21/31 days = 7.44 EUR',
    '1 × 10.99 EUR × 29/31 days = 10.28 EUR',
  ]);
  assert.deepEqual(trueUp.owed!.proven!.totals, ['35.67 EUR']);
  assert.deepEqual(trueUp.owed!.possible, trueUp.owed!.proven);
  assert.deepEqual(
    [...trueUp.cures, trueUp.instead!].map(({ what, amount, cost }) => [what, amount, cost]),
    [
      ['reclaim', 1, null],
      ['buy', 1, '99.00 EUR each year'],
      ['buy', 2, '198.00 EUR each year'],
    ],
  );
});

test('four amendments: as of a day, those of later days have no price and cover nothing', async () => {
  const { cost, trueUp } = await entryOf('editor', '--as-of', '2025-12-10');
  assert.ok(cost!.bill.lines.every(({ by }) => by !== 'Amendment-3'));
  // On that day bob's seat is not given back yet, which proves nothing of November: 2 × 10.99 × 29/31, and 6.96 + 10.99 at most.
  assert.deepEqual(
    [trueUp.owed!.proven!.totals, trueUp.owed!.possible!.totals],
    [['20.56 EUR'], ['38.51 EUR']],
  );
});

test('what the log leaves open is owed at most, and in CSV both bills stand line by line', async () => {
  const { proven, possible } = (await entryOf('viewer')).trueUp.owed!;
  assert.deepEqual(arithmetic(proven), ['1 × 100.00 EUR × 5/12 months = 41.67 EUR']);
  assert.deepEqual(arithmetic(possible), ['1 × 100.00 EUR × 6/12 months = 50.00 EUR']);
  const rows = (await statementAs('csv'))
    .split('\r\n')
    .filter((row) => /^owed-\w+(?:-line)?,viewer,/.test(row));
  assert.deepEqual(
    rows.map((row) => [row.split(',')[0], row.split(',').at(-1)]),
    [
      ['owed-proven-line', '1 × 100.00 EUR × 5/12 months = 41.67 EUR'],
      ['owed-proven', '41.67 EUR'],
      ['owed-possible-line', '1 × 100.00 EUR × 6/12 months = 50.00 EUR'],
      ['owed-possible', '50.00 EUR'],
    ],
  );
});
