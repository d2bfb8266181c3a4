/** `audit-check licenses` as a terminal shows it: formats, exit codes, a past day, hostile logs, the same bytes always. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildRequest } from '../../src/cli/request.ts';
import type { Problem } from '../../src/model/problem.ts';
import { DAY, MINUTE } from '../licenses/statement-run.ts';
import { auditPaths } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';
import { CommandLine } from '../support/command-line.ts';
import { STATEMENT_LOGS } from '../support/statement-logs.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/statement', import.meta.url));
const FORMATS = ['text', 'json', 'html', 'csv'];
const EXTENSIONS: Record<string, string> = { text: 'txt' };

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-licenses-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const licenses = (...argv: string[]) => commands.run(['licenses', '--no-config', ...argv], folder);
const onFixture = (...argv: string[]) =>
  commands.run(['licenses', '--no-config', '--licenses', 'licenses.yaml', ...argv], FIXTURE);

const schema = JSON.parse(
  fs.readFileSync(new URL('../../rules/license-statement-v1.schema.json', import.meta.url), 'utf8'),
) as object;
const isStatement = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

function assertValid(stdout: string): void {
  assert.ok(isStatement(JSON.parse(stdout)), JSON.stringify(isStatement.errors, null, 1));
}

function write(name: string, text: string): string {
  fs.writeFileSync(path.join(folder, name), text);
  return name;
}

/** The promise of the first call, for all that follow. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

test('without a contract, or with one that is not there, shows a contract that can be used', async () => {
  write(
    'use.ndjson',
    '{"id":"e1","time":"2026-02-01T08:00:00Z","actor":"ann","action":"license.checkout","feature":"editor"}\n',
  );
  const none = await licenses('use.ndjson');
  assert.equal(none.exit, 2);
  assert.match(none.stderr, /^note: .*docs\/license-contract\.md.*list measures/);
  assert.match(
    none.stderr,
    /\nerror: arguments: no contract to hold the log to: name its file with --licenses/,
  );
  const gone = await licenses('use.ndjson', '--licenses', 'contract.yaml');
  assert.match(gone.stderr, /^note: [\s\S]*\nerror: contract\.yaml: cannot be read: ENOENT\n$/);
  const shown = gone.stderr.split('\n').filter((line) => line.startsWith('  '));
  write('contract.yaml', shown.map((line) => line.slice(2)).join('\n'));
  const { exit, stdout, stderr } = await licenses('use.ndjson', '--licenses', 'contract.yaml');
  assert.equal(stderr, '');
  assert.match(stdout, /editor/);
  assert.notEqual(exit, 2);
  write('wrong.yaml', 'licenses: [contract.yaml]\n');
  const hidden = await commands.run(['licenses', '-c', 'wrong.yaml', 'use.ndjson'], folder);
  assert.equal(hidden.stderr, 'error: wrong.yaml:1:1: expected text, found a list\n');
});

type Use = { time: string; actor?: string; action: string } & Record<string, unknown>;

function log(name: string, ...events: Use[]): string {
  const lines = events.map((event, index) =>
    JSON.stringify({ id: `e${index}`, outcome: 'success', ...event }),
  );
  return write(name, `${lines.join('\n')}\n`);
}

/** The last paragraph, on one line. */
const verdictOf = (stdout: string) => stdout.trimEnd().split('\n\n').at(-1)!.replace(/\s+/g, ' ');

test('what verify remarks of the run stands in the statement of every format, without the checks that nobody asked for', async () => {
  const named = write(
    'named.yaml',
    'contract: {id: C, timezone: UTC}\nfields: {quantity: seatz}\nlicenses:\n  - id: f\n    covers: {feature: f}\n    measure: count seats each instant take max over month\n    quantity: [{from: 2026-01-01, set: 1}]\n',
  );
  const day = log('named.ndjson', {
    time: '2026-03-02T08:00:00Z',
    actor: 'ann',
    action: 'license.checkout',
    license: 'f',
  });
  const said = 'the contract reads "quantity" from "seatz", which no record carries';
  const shown: Record<string, string> = {
    text: said,
    json: JSON.stringify(said),
    html: said.replaceAll('"', '&quot;'),
    csv: said.replaceAll('"', '""'),
  };
  for (const [format, text] of Object.entries(shown)) {
    const { stdout } = await licenses(day, '--licenses', named, '-f', format);
    assert.ok(stdout.replace(/\s+/g, ' ').includes(text), `${format}: ${stdout}`);
    assert.ok(!stdout.includes('check-left-out'));
    if (format === 'json') assertValid(stdout);
  }
});

test('times after the audit are readable: what is said of them is that they lie in the future', async () => {
  const bought = contract('future.yaml', 'quantity: [{from: 2026-01-01, set: 1}]');
  const seats = log(
    'future.ndjson',
    act('2031-03-02T08:00:00Z', 'ann', 'checkout'),
    act('2031-03-02T09:00:00Z', 'ann', 'checkin'),
  );
  const said = async (...argv: string[]) => {
    const { stdout } = await commands.run([...argv, seats, '--no-config', '--licenses', bought], folder);
    return stdout.replace(/\s+/g, ' ');
  };
  for (const argv of [['licenses'], ['licenses', '-f', 'json'], ['verify'], ['verify', '-f', 'html']]) {
    const text = await said(...argv, '--now', '2026-11-30');
    assert.match(text, /every event of the log lies in the future, which no log covers/, argv.join(' '));
    assert.match(text, /undetermined/);
    if (argv.length !== 1 || argv[0] === 'licenses')
      assert.match(text, /every event with a readable time lies in the future/);
    assert.doesNotMatch(text, /no event (?:of the log )?has a readable time/);
  }
  assert.doesNotMatch(await said('licenses', '--now', '2031-04-01'), /in the future/);
});

test('a doubt stays a doubt beside what else is found of the license, whatever the threshold', async () => {
  const contract = (more = '') =>
    write(
      'doubt.yaml',
      `contract: {id: C, timezone: UTC}\nterm: {from: 2026-03-02, until: 2026-03-03}\n${more}licenses:\n  - id: f\n    covers: {feature: f}\n    measure: count seats each instant take max over month\n    quantity: [{from: 2026-01-01, set: 1}]\n`,
    );
  const seat = (action: string, hour: string, actor: string, more = {}) => ({
    time: `2026-03-02T${hour}Z`,
    actor,
    host: 'h',
    action: `license.${action}`,
    license: 'f',
    ...more,
  });
  const day = [
    { time: '2026-03-02T00:00:00Z', actor: 'x', action: 'heartbeat' },
    { time: '2026-03-02T23:59:59Z', actor: 'x', action: 'heartbeat' },
  ];
  const open = [
    seat('checkout', '08:00:00', 'ann'),
    seat('checkout', '10:00:00', 'cid'),
    seat('checkin', '11:00:00', 'cid'),
  ];
  const counted = [seat('checkout', '12:00:00', 'bob', { in_use: 0 }), seat('checkin', '13:00:00', 'bob')];
  for (const [name, events, more] of [
    ['open.ndjson', open, ''],
    ['counted.ndjson', [...open, ...counted], ''],
    ['kept.ndjson', open, 'evidence: {keep: P2Y}\n'],
  ] as const) {
    for (const threshold of ['low', 'high', 'critical']) {
      const told = await licenses(
        log(name, ...day, ...events),
        '--licenses',
        contract(more),
        '--fail-on',
        threshold,
      );
      assert.ok([1, 3].includes(told.exit), `${name} at ${threshold} exits ${told.exit}`);
      assert.match(verdictOf(told.stdout), /^undetermined: 1 undetermined/, name);
    }
  }
  // What is remarked of the evidence makes no use of it too much.
  const within = await licenses(
    log('within.ndjson', ...day, seat('checkout', '08:00:00', 'ann'), seat('checkin', '09:00:00', 'ann')),
    '--licenses',
    contract('evidence: {keep: P2Y}\n'),
  );
  assert.match(verdictOf(within.stdout), /^within: /);
});

const act = (time: string, actor: string, move: string, more: object = {}): Use => ({
  time,
  actor,
  action: `license.${move}`,
  feature: 'editor',
  ...more,
});
const MARCH: Use[] = ['2026-03-01T00:00:00Z', '2026-03-31T23:59:59Z'].map((time) => ({
  time,
  actor: 'ops',
  action: 'heartbeat',
}));

function contract(name: string, quantity: string, more = ''): string {
  return write(
    name,
    `contract: {id: ACME, timezone: UTC}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: count seats each instant take max over month
    ${quantity}
    ${more}
`,
  );
}

describe('the statement of two months', () => {
  test('stands on logs that are as generated', () => {
    for (const [name, content] of Object.entries(STATEMENT_LOGS)) {
      const file = path.join(FIXTURE, 'logs', name);
      if (process.env.UPDATE) fs.writeFileSync(file, content);
      assert.equal(fs.readFileSync(file, 'utf8'), content);
    }
  });

  /** One run writes them all: text to stdout, each other format into its file. */
  const run = once(async () => {
    const places = FORMATS.slice(1).map((format) => [format, path.join(folder, `out.${format}`)] as const);
    const argv = places.flatMap(([format, place]) => ['-f', `${format}=${place}`]);
    const { exit, stdout, stderr } = await onFixture('logs', '-f', 'text', ...argv);
    assert.deepEqual([exit, stderr], [1, '']);
    const files = places.map(([format, place]) => [format, fs.readFileSync(place, 'utf8')] as const);
    return new Map<string, string>([['text', stdout], ...files]);
  });
  const rendered = async (format: string) => (await run()).get(format)!;

  for (const format of FORMATS) {
    test(`is as expected in ${format}`, async () => {
      const text = (await rendered(format)).replace(
        /("version": "|audit-check )\d+\.\d+\.\d+[^\s"<]*/,
        '$1(fixture)',
      );
      const file = path.join(FIXTURE, `expected.${EXTENSIONS[format] ?? format}`);
      if (process.env.UPDATE) fs.writeFileSync(file, text);
      assert.equal(text, fs.readFileSync(file, 'utf8'));
    });
  }

  test('keeps to its schema', async () => assertValid(await rendered('json')));

  test('fits 80 columns', async () => {
    for (const line of (await rendered('text')).split('\n')) assert.ok(line.length <= 80, line);
  });

  test('is the same bytes in whatever order files are named, by one thread or several', async () => {
    const files = Object.keys(STATEMENT_LOGS).map((name) => `logs/${name}`);
    const expected = await rendered('json');
    for (const argv of [files.toReversed(), ['logs', '--jobs', '1']])
      assert.equal((await onFixture(...argv, '-f', 'json')).stdout, expected, argv.join(' '));
  });

  test('is the same where records are scanned and licenses judged by worker threads', async () => {
    const problems: Problem[] = [];
    const options = { config: false as const, builtinRules: false, licenses: `${FIXTURE}/licenses.yaml` };
    const request = {
      ...buildRequest([FIXTURE], options, problems),
      statement: { idle: 30n * DAY, retry: 10n * MINUTE },
    };
    const workerModule = pathToFileURL(bundled('scan-worker'));
    const run = (more: object) => auditPaths(request, [`${FIXTURE}/logs`], more);
    const whole = await run({ jobs: 1 });
    assert.equal(whole.figures?.length, 3);
    const sizes = { rangeBytes: 4096 };
    const spread = await run({ jobs: 2, threadBytes: 0, judgeBytes: 0, workerModule, sizes });
    assert.deepEqual(spread.figures, whole.figures);
    assert.equal(
      (await auditPaths({ ...request, statement: undefined } as never, [`${FIXTURE}/logs`])).figures,
      undefined,
    );
  });

  test('needs nothing from elsewhere as HTML, and says in words what it shades', async () => {
    const stdout = await rendered('html');
    assert.doesNotMatch(stdout, /<script|<link|<img|<iframe|\bsrc=|https?:|url\(|@import/i);
    assert.match(stdout, /default-src 'none'; style-src 'unsafe-inline'/);
    assert.match(stdout, /<html lang="en">/);
    const tables = stdout.match(/<table[\s\S]*?<\/table>/g)!;
    for (const table of tables) {
      assert.match(table, /<caption>/);
      assert.match(table, /<th scope="col"/);
      assert.match(table, /<th scope="row"/);
    }
    // Every cell of a heat map that has a shade has its number.
    assert.doesNotMatch(stdout, /<td class="h[1-9][^"]*"><\/td>/);
    const opened = stdout.match(/<(table|tr|td|th|p|section|ul|dl|div|span)\b/g)!.length;
    assert.equal(stdout.match(/<\/(table|tr|td|th|p|section|ul|dl|div|span)>/g)!.length, opened);
  });
});

describe('as of a day', () => {
  test('later amendments were not there, and the log ends with the day', async () => {
    const { stdout, exit } = await onFixture('logs', '--as-of', '2026-02-12', '-f', 'json');
    assertValid(stdout);
    const { contract: head, licenses: entries, evidence } = JSON.parse(stdout);
    assert.equal(exit, 1);
    assert.deepEqual([head.asOf, head.laterQuantities], ['2026-02-12', 1]);
    const february = entries[0].periods[1];
    assert.deepEqual([february.verdict, february.limits.length, february.upper], ['exceeded', 1, 5]);
    // Of all 171 records those after midnight in Berlin are left out, and counted.
    assert.ok(evidence.records.skipped > 0);
    assert.equal(evidence.records.read, evidence.records.audited + evidence.records.skipped);
    assert.ok(evidence.period.until < '2026-02-12T23:00:00Z');
    // bob's lost check-in is of the 19th: on the 12th nothing was open.
    assert.deepEqual([entries[2].license, entries[2].periods[1].upper], ['solver', 1]);
  });

  test('an amendment of that very day counts', async () => {
    const { stdout } = await onFixture('logs', '--as-of', '2026-02-16', '-f', 'json');
    assert.equal(JSON.parse(stdout).contract.laterQuantities, 0);
  });

  test('before every quantity none is in force, and the verdict is undetermined', async () => {
    const used = log('early.ndjson', ...MARCH, act('2026-03-02T08:00:00Z', 'ann', 'checkout'));
    const file = contract('late.yaml', 'quantity: [{from: 2026-04-01, set: 9}]');
    const { exit, stdout } = await licenses(used, '--licenses', file, '--as-of', '2026-03-31');
    assert.equal(exit, 3);
    assert.match(stdout, /the contract states no quantity/);
  });
});

describe('exit codes', () => {
  const held = (quantity: number) =>
    contract(`q${quantity}.yaml`, `quantity: [{from: 2026-01-01, set: ${quantity}}]`);
  const two = log(
    'two.ndjson',
    ...MARCH,
    act('2026-03-02T08:00:00Z', 'ann', 'checkout'),
    act('2026-03-02T08:10:00Z', 'bob', 'checkout'),
    act('2026-03-02T09:00:00Z', 'ann', 'checkin'),
    act('2026-03-02T09:10:00Z', 'bob', 'checkin'),
  );

  test('0 within, 1 exceeded, 3 where the log does not span the period', async () => {
    const within = await licenses(two, '--licenses', held(2));
    assert.deepEqual([within.exit, /within: all of 1 license$/m.test(within.stdout)], [0, true]);
    assert.equal((await licenses(two, '--licenses', held(1))).exit, 1);
    const half = log('half.ndjson', MARCH[0]!, act('2026-03-02T08:00:00Z', 'ann', 'checkout'));
    const open = await licenses(half, '--licenses', held(2));
    assert.equal(open.exit, 3);
    assert.match(open.stdout, /^undetermined: 1 undetermined$/m);
  });

  test('--fail-on lets findings below it pass, but what is undetermined stays 3', async () => {
    assert.equal((await licenses(two, '--licenses', held(1), '--fail-on', 'critical')).exit, 0);
    assert.equal((await onFixture('logs', '--fail-on', 'critical')).exit, 3);
  });

  test('3 where a license was not seen, and where input could not be read, even if something was exceeded', async () => {
    const none = log('none.ndjson', ...MARCH);
    const unseen = await licenses(none, '--licenses', held(2), '-f', 'json');
    assert.equal(unseen.exit, 3);
    assertValid(unseen.stdout);
    assert.equal(JSON.parse(unseen.stdout).licenses[0].verdict, 'undetermined');
    const broken = write('broken.ndjson', `{"time":"2026-03-02T08:00:00Z"`);
    const { exit, stdout } = await licenses(two, broken, '--licenses', held(1));
    assert.equal(exit, 3);
    assert.equal(
      verdictOf(stdout),
      'incomplete: not read to the end: broken.ndjson (unreadable); of what was read: 1 exceeded',
    );
  });

  test('3 where a record could not be read, or a chain is broken: what is gone may be use', async () => {
    const lines = fs.readFileSync(path.join(folder, two), 'utf8');
    write('cut.ndjson', `${lines}{"time":\n${lines.split('\n')[0]!.replace('e0', 'e9')}\n`);
    const cut = await licenses('cut.ndjson', '--licenses', held(2));
    assert.equal(cut.exit, 3);
    assert.equal(
      verdictOf(cut.stdout),
      'incomplete: 1 record could not be read, and may be use; of what was read: 1 undetermined',
    );
    const january = STATEMENT_LOGS['2026-01.ndjson']!.split('\n');
    write('gone.ndjson', january.toSpliced(5, 1).join('\n'));
    const gone = await licenses('gone.ndjson', '--licenses', path.join(FIXTURE, 'licenses.yaml'));
    assert.equal(gone.exit, 3);
    assert.match(
      verdictOf(gone.stdout),
      /^incomplete: the chain of gone\.ndjson is broken: use may be altered or gone; /,
    );
  });

  test('1 for use that no license covers, and for use after the term', async () => {
    const other = log(
      'other.ndjson',
      ...MARCH,
      act('2026-03-02T08:00:00Z', 'ann', 'use', { feature: 'rocket' }),
    );
    const uncovered = await licenses(two, other, '--licenses', held(2));
    assert.equal(uncovered.exit, 1);
    assert.match(
      uncovered.stdout,
      /^Use that no license covers\n {2}unlicensed-use: feature "rocket" used once/m,
    );
    const ended = contract('ended.yaml', 'quantity: [{from: 2026-01-01, set: 2}]', 'expires: 2026-03-02');
    const late = await licenses(two, '--licenses', ended);
    assert.equal(late.exit, 1);
    assert.match(late.stdout, /use-after-expiry: license "editor": used/);
  });

  test('2 for what is wrong with arguments and contract, all at once', async () => {
    write('bad.yaml', 'contract: {id: X, timezone: Mars}\nlicenses: []\n');
    const { exit, stdout, stderr } = await licenses(
      'nowhere.ndjson',
      ...['--licenses', 'bad.yaml', '--idle', '30 days', '--retry-interval', 'soon', '--format', 'htlm'],
      ...['--as-of', '2026-02-30', '--jobs', '0'],
    );
    assert.deepEqual([exit, stdout], [2, '']);
    for (const message of [
      /bad\.yaml:1:\d+: expected an IANA time zone/,
      /bad\.yaml:2:\d+: expected at least one license/,
      /--idle: expected a duration such as 30d, 10m or P14D, found "30 days"/,
      /--retry-interval: expected a duration/,
      /--format: unknown format "htlm", did you mean "html"\?/,
      /--as-of: expected a day between 1990-01-01 and 2199-12-31, found "2026-02-30"/,
      /--jobs: expected a whole number/,
      /nowhere\.ndjson: there is no such file/,
    ])
      assert.match(stderr, message);
    assert.match((await licenses(two)).stderr, /name its file with --licenses/);
    assert.match(
      (await licenses(two, '--licenses', held(2), '--idle', '36h')).stderr,
      /--idle: expected whole days such as 30d, found "36h"/,
    );
  });
});

test('a hostile log moves no cursor, makes no markup and starts no formula', async () => {
  const evil = 'x\u001b[2J\u202e\r\n"><script>alert(1)</script>&=cmd()';
  const used = log(
    'evil.ndjson',
    ...MARCH,
    act('2026-03-02T08:00:00Z', evil, 'checkout', { session: evil, host: evil }),
    act('2026-03-02T08:01:00Z', '=HYPERLINK("x")', 'checkout'),
    act('2026-03-02T08:02:00Z', '__proto__', 'checkout', { quantity: '1e999' }),
    act('2026-03-02T08:03:00Z', '@x', 'denied', { reason: `-${evil}` }),
    act('2026-03-02T08:04:00Z', evil, 'use', { feature: evil }),
  );
  const file = contract('evil.yaml', 'quantity: [{from: 2026-01-01, set: 1}]');
  const places = FORMATS.map((format) => [format, path.join(folder, `evil.${format}`)] as const);
  const argv = places.flatMap(([format, place]) => ['-f', `${format}=${place}`]);
  assert.equal((await licenses(used, '--licenses', file, ...argv)).exit, 1);
  for (const [format, place] of places) {
    const stdout = fs.readFileSync(place, 'utf8');
    assert.doesNotMatch(
      stdout.replaceAll('\r\n', '\n'),
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/,
      format,
    );
    if (format === 'html') assert.doesNotMatch(stdout, /<script|<\/script/);
    if (format === 'csv') assert.doesNotMatch(stdout, /(?:^|,)"?[=+@]/m);
    if (format === 'json') assertValid(stdout);
  }
});

describe('records that were not read as one event each', () => {
  const use = (id: string, rest = '') =>
    `{"time":"2026-02-01T08:00:00Z","id":"${id}","actor":"ann","action":"license.use","feature":"editor"${rest}}`;
  const cases: [name: string, text: string, said: RegExp][] = [
    ['beside.json', `{"items":[${use('e1')}],"more":[${use('e2')}]}`, /unread-member: "more" stands beside/],
    ['key.ndjson', `${use('e1', ',"quantity":9,"quantity":1')}\n`, /duplicate-key: .* found "quantity"/],
    ['action.ndjson', `${use('e1')}\n${use('e2', ',"action":"x"')}\n`, /duplicate-key: .* found "action"/],
    ['nested.ndjson', `${use('e1')}\n{"Records":[${use('e2')}]}\n`, /nested-records: .* found "Records"/],
  ];
  for (const [name, text, said] of cases)
    test(`${name} leaves the statement incomplete, and says why`, async () => {
      write(
        'misread.yaml',
        `contract: {id: C, timezone: UTC}
term: {from: 2026-02-01, until: 2026-02-02}
licenses: [{id: editor, covers: {feature: editor}, measure: count events over month, quantity: [{from: 2026-02-01, set: 9}]}]
evidence: {coverage: 1%}
`,
      );
      write(name, text);
      const { exit, stdout } = await licenses('--licenses', 'misread.yaml', name);
      assert.equal(exit, 3, stdout);
      assert.match(stdout.replaceAll(/\s+/g, ' '), said);
      assert.match(stdout, /^incomplete: /m);
    });
});
