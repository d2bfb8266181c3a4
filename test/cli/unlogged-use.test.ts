/** What `audit-check licenses` says where the log cannot tell: months without a log, times without a zone. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Statement } from '../../src/cli/statement/statement.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-unlogged-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const schema = JSON.parse(
  fs.readFileSync(new URL('../../rules/license-statement-v1.schema.json', import.meta.url), 'utf8'),
) as object;
const isStatement = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
write(
  'licenses.yaml',
  `contract: {id: ACME, timezone: America/New_York}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: count seats each instant take max over month
    quantity: [{from: 2025-01-01, set: 10}]
`,
);

async function statement(zone: string[], ...files: string[]) {
  const made = ['json', 'html', 'csv'].flatMap((format) => ['-f', `${format}=out.${format}`]);
  const argv = ['licenses', '--no-config', ...files, '--licenses', 'licenses.yaml', ...zone];
  const { stdout, exit } = await commands.run([...argv, '-f', 'text', ...made], folder);
  const read = (format: string) => fs.readFileSync(path.join(folder, `out.${format}`), 'utf8');
  const value = JSON.parse(read('json')) as Statement;
  assert.ok(isStatement(value), JSON.stringify(isStatement.errors, null, 1));
  return { text: stdout.replace(/\s+/g, ' '), html: read('html'), csv: read('csv'), value, exit };
}

/** Two hours of one day in the log of a server, as FlexNet writes it. */
function flexnet(name: string, day: string): void {
  write(
    name,
    ` 8:00:00 (lmgrd) Server's System Date and Time: ${day} 08:00:00 EST
 8:00:01 (editord) OUT: "editor" ann@pc1
 9:00:00 (editord) IN: "editor" ann@pc1
10:00:00 (lmgrd) TIMESTAMP ${{ Jan: 1, Apr: 4 }[day.slice(4, 7)]}/7/2025
`,
  );
}
flexnet('january.log', 'Tue Jan 07 2025');
flexnet('april.log', 'Mon Apr 07 2025');

test('months between two logs are not told to be without use', async () => {
  const { text, html, csv, value } = await statement(
    ['--zone', 'America/New_York'],
    'january.log',
    'april.log',
  );
  assert.match(text, /2025-02 no log 10 0 % undetermined/);
  assert.match(csv, /^month,editor,2025-02,,,,,,,,,,,,no log\r$/m);
  assert.match(html, /<time>2025-02<\/time><\/t[hd]>\s*<td[^>]*>no log</);
  const { periods, months } = value.licenses[0]!;
  for (const of of [periods, months])
    assert.deepEqual(
      of.map(({ period, lower, upper }) => [period, lower, upper]),
      [
        ['2025-01', 1, 1],
        ['2025-02', null, null],
        ['2025-03', null, null],
        ['2025-04', 1, 1],
      ],
    );
});

test('where times state no zone, the statement says how to state it, and names no month', async () => {
  const { text, html, csv, value, exit } = await statement([], 'january.log', 'april.log');
  const advice =
    'the times of 4 records state no zone, so nobody knows when they happened, and nothing that hangs on time is judged of them: state the zone of the server, as --zone America/New_York (the time zone of the contract; the log calls its own zone "EST"), or "zone:" in audit-check.yaml';
  assert.ok(text.includes(`zone: ${advice} days:`), text);
  assert.ok(csv.includes(`zone,,,,,,,,,,,,,,"${advice.replaceAll('"', '""')}"`), csv);
  assert.ok(html.includes('state the zone of the server, as --zone America/New_York'));
  assert.equal(value.evidence.zoneNeeded, advice);
  for (const shown of [text, html, csv]) assert.doesNotMatch(shown, /1989|1990/);
  assert.equal(exit, 3);
  const placed = await statement(['--zone', 'America/New_York'], 'january.log');
  assert.equal(placed.value.evidence.zoneNeeded, null);
  assert.doesNotMatch(placed.text, /--zone/);
});

test('use that no license covers exceeds none, and the verdict says what it is', async () => {
  write(
    'rocket.log',
    ` 8:00:00 (lmgrd) TIMESTAMP 1/7/2025
 8:00:01 (editord) OUT: "rocket" ann@pc1
 9:00:00 (editord) IN: "rocket" ann@pc1
`,
  );
  const { text, html, csv, value, exit } = await statement(
    ['--zone', 'America/New_York'],
    'january.log',
    'rocket.log',
  );
  const line = 'uncovered use: 1 feature or version; of 1 license 1 undetermined';
  assert.ok(text.trimEnd().endsWith(line), text);
  assert.ok(html.includes(`<p class="summary exceeded">${line}</p>`));
  assert.match(csv, /^verdict,(?:,)*uncovered,,\r$/m);
  assert.equal(value.verdict, 'uncovered');
  assert.equal(exit, 1);
});

test('a line that nobody understood is told, and no record that would make the statement incomplete', async () => {
  write(
    'chatty.log',
    ` 8:00:00 (lmgrd) TIMESTAMP 1/7/2025
 8:00:01 (editord) OUT: "editor" ann@pc1
 8:30:00 (editord) OVT: editor ann@pc1
 9:00:00 (editord) IN: "editor" ann@pc1
`,
  );
  const { text, value } = await statement(['--zone', 'America/New_York'], 'chatty.log');
  assert.match(
    text,
    /unknown-lines: 1 line of 1 form was not understood, and no record made of it: "\(editord\) OVT: editor …@…" \(chatty\.log:3\)/,
  );
  assert.deepEqual([value.verdict, value.evidence.records.malformed], ['undetermined', 0]);
});
