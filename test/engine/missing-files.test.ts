/** Files that seem to be missing from a log without a chain are told; where a chain holds it together, the chain tells. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import type { AuditRequest } from '../../src/model/request.ts';
import { excludedNames } from '../../src/read/excluded-names.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-missing-'));
after(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
});

const request = testRequest({ builtinRules: false });

function writeDay(date: string, name = `app-${date}.ndjson`): void {
  writeTimes(name, date, ['00:10', '09:30', '23:50']);
}

function writeTimes(name: string, date: string, times: readonly string[]): void {
  const events = times.map((time) => ({
    ...{ time: `${date}T${time}:00.5Z`, id: `${date}/${time}`, actor: 'ann', action: 'invoice.read' },
    ...{ target: 'invoices/1', outcome: 'success' },
  }));
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

type Told = { notices: string[]; verdict: string; text: string };

async function told(options: Partial<AuditRequest> = {}, paths = [home]): Promise<Told> {
  const report = await auditPaths({ ...request, ...options }, paths);
  const notices = report.notices
    .filter(({ code }) => code === 'missing-in-series' || code === 'silent-stretch')
    .map(({ message }) => message.replaceAll(`${home}/`, ''));
  return { notices, verdict: report.summary.verdict, text: renderReport(report, 'text') };
}

async function toldSeries(options: Partial<AuditRequest> = {}, paths = [home]): Promise<string[]> {
  const { notices } = await told(options, paths);
  return notices.filter((each) => !each.startsWith('no file'));
}

async function toldSilences(): Promise<string[]> {
  const { notices } = await told();
  return notices.filter((each) => each.startsWith('no file'));
}

const LEAVES_OUT = (name: string) =>
  `the names of 6 files go by the day and leave out ${name}: fetch what is missing, or know why it never was`;

const days = (...numbers: number[]) => numbers.map((day) => `2026-03-${String(day).padStart(2, '0')}`);

test('a day whose file is not there is told by its name and by its silence, and the verdict says so', async () => {
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day);
  const { notices, verdict, text } = await told();
  assert.deepEqual(notices, [
    'the names of 6 files go by the day and leave out "app-2026-03-05.ndjson": fetch what is missing, or know why it never was',
    'no file of the source "audit" has an event between 2026-03-04T23:50:00.500Z and 2026-03-06T00:10:00.500Z (1d 20m): nothing happened, or a file is missing',
  ]);
  assert.equal(verdict, 'clean');
  assert.match(
    text.replace(/\s+/g, ' '),
    /were altered; a file seems to be missing; a source is silent for over a day between two files/,
  );
});

test('a log that is whole has nothing said of it', async () => {
  for (const day of days(2, 3, 4, 5, 6, 7, 8)) writeDay(day);
  const { notices, text } = await told();
  assert.deepEqual(notices, []);
  assert.doesNotMatch(text, /seems to be missing/);
});

test('a day that other names cover is missing without a silence', async () => {
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day);
  writeDay('2026-03-05', 'found.ndjson');
  const { notices, text } = await told();
  assert.deepEqual(notices, [LEAVES_OUT('"app-2026-03-05.ndjson"')]);
  assert.match(text.replace(/\s+/g, ' '), /were altered; a file seems to be missing ?$/);
});

test('what is excluded is not missing', async () => {
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day, `2026/app-${day}.ndjson`);
  const missing = [LEAVES_OUT('"2026/app-2026-03-05.ndjson"')];
  for (const exclude of ['**/*-03-05*', '2026/app-2026-03-{05,15}.ndjson', `${home}/2026/*-05.ndjson`])
    assert.deepEqual(await toldSeries({ exclude: [exclude] }), [], exclude);
  for (const exclude of ['**/*-03-01*', '*-03-05*', 'app-2026-03-05.ndjson'])
    assert.deepEqual(await toldSeries({ exclude: [exclude] }), missing, exclude);
  // As files are found: in the folder that was named, or from where the run started.
  assert.deepEqual(await toldSeries({ exclude: ['app-2026-03-05*'] }, [join(home, '2026')]), []);
  const glob = relative('.', join(home, '*', '*.ndjson'));
  assert.deepEqual((await toldSeries({ exclude: ['**/*-03-05*'] }, [glob])).length, 0);
  assert.deepEqual((await toldSeries({ exclude: ['**/*-03-01*'] }, [glob])).length, 1);
  assert.deepEqual((await toldSeries({ exclude: ['**/*-03-01*'] }, [`${home}/*/*.ndjson`])).length, 1);
});

test('what globs found is excluded as it is called from where the run started', () => {
  const excluded = (name: string, exclude: string) => [...excludedNames([name], ['logs/*.log'], [exclude])];
  assert.deepEqual(excluded('logs/app.log', 'logs/app.log'), ['logs/app.log']);
  assert.deepEqual(excluded('logs/app.log', 'app.log'), []);
  assert.deepEqual(excluded('/var/log/app.log', '**/log/*'), ['/var/log/app.log']);
  assert.deepEqual(excluded('/var/log/app.log', 'app.log'), []);
});

test('a folder of a day that is excluded is not missing', async () => {
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day, `${day.replaceAll('-', '/')}/app.ndjson`);
  const missing = [LEAVES_OUT('"2026/03/05/"')];
  assert.deepEqual(await toldSeries(), missing);
  for (const exclude of ['2026/03/05', '2026/03/05/**', '**/05/*'])
    assert.deepEqual(await toldSeries({ exclude: [exclude] }), [], exclude);
  assert.deepEqual(await toldSeries({ exclude: ['2026/03/01/**'] }), missing);
});

test('of a part of the time no series is told', async () => {
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day);
  const within = BigInt(Date.parse('2026-03-03T00:00:00Z')) * 1_000_000n;
  assert.deepEqual(await toldSeries({ since: within }), []);
  assert.deepEqual(await toldSeries({ until: within }), []);
  assert.equal((await toldSeries()).length, 1);
});

test('five series are told, and how many more there are', async () => {
  const write = (host: string) => {
    for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day, `${host}-${day}.ndjson`);
  };
  const hosts = ['ann', 'bob', 'cid', 'dan', 'eve'];
  const first = hosts.map((host) => LEAVES_OUT(`"${host}-2026-03-05.ndjson"`));
  hosts.forEach(write);
  assert.deepEqual(await toldSeries(), first);
  write('fay');
  assert.deepEqual(await toldSeries(), [...first, '1 more series of names leaves out files as well']);
  write('gus');
  assert.deepEqual(await toldSeries(), [...first, '2 more series of names leave out files as well']);
});

test('a name is told so that it can be looked for, and moves no cursor', async () => {
  const name = (day: string) => `ann's "\u202elog\u001b[2J" ${day}.ndjson`;
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day, name(day));
  const shown = `ann's \\"\\u{202e}log\\u{1b}[2J\\" 2026-03-05.ndjson`;
  assert.deepEqual(await toldSeries(), [LEAVES_OUT(`"${home}/${shown}"`).replace(`${home}/`, '')]);
});

test('of a long name the end is told', async () => {
  const end = (day: string) => `/app-${day}.ndjson`;
  const folder = (length: number) => '/ärger'.repeat(40).slice(-(length - end(days(5)[0]!).length));
  const nameOf = (length: number) => `${folder(length)}${end(days(5)[0]!)}`;
  for (const day of days(2, 3, 4, 6, 7, 8)) writeDay(day, `${folder(400)}${end(day)}`);
  assert.deepEqual(await toldSeries(), [LEAVES_OUT(`"…${nameOf(199)}"`)]);
});

test('names that tell nothing leave the silence', async () => {
  for (const [index, day] of days(2, 3, 4, 9, 10, 16).entries())
    writeDay(day, `export-${'abcdef'[index]}.ndjson`);
  assert.deepEqual((await told()).notices, [
    'no file of the source "audit" has an event between 2026-03-10T23:50:00.500Z and 2026-03-16T00:10:00.500Z (5d 20m), and 1 more time for over a day: nothing happened, or a file is missing',
  ]);
});

const WORKDAYS = days(2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16);

test('weekends are silent where all of them are', async () => {
  for (const day of WORKDAYS) writeDay(day);
  assert.deepEqual(await toldSilences(), []);
  writeDay('2026-03-21');
  // With one Saturday the others count, and so does the week before it.
  assert.match((await toldSilences()).join(), /03-16T.*03-21T.*, and 2 more times for over a day/);
});

test('a weekend is known by its noons', async () => {
  for (const day of WORKDAYS) writeTimes(`app-${day}.ndjson`, day, ['06:00', '18:00']);
  writeTimes('late.ndjson', '2026-03-07', ['00:30', '11:59']);
  writeTimes('early.ndjson', '2026-03-15', ['12:01', '23:59']);
  assert.deepEqual(await toldSilences(), [], 'Friday evening and Monday morning, elsewhere');
  writeTimes('early.ndjson', '2026-03-15', ['11:59', '23:59']);
  assert.equal((await toldSilences()).length, 1);
});

test('around a free weekend 36 hours may be silent', async () => {
  for (const day of WORKDAYS.slice(0, 4)) writeDay(day);
  writeTimes('friday.ndjson', '2026-03-06', ['00:10', '08:00']);
  writeTimes('monday.ndjson', '2026-03-09', ['19:59', '23:50']);
  assert.deepEqual(await toldSilences(), []);
  writeTimes('monday.ndjson', '2026-03-09', ['20:01', '23:50']);
  assert.match((await toldSilences()).join(), /03-06T08:00:00.500Z and 2026-03-09T20:01:00.500Z/);
});

test('of a Sunday that had events the rest alone is free', async () => {
  for (const day of WORKDAYS.slice(0, 5)) writeDay(day);
  writeTimes('sunday.ndjson', '2026-03-08', ['13:00', '20:00']);
  writeTimes('tuesday.ndjson', '2026-03-10', ['11:59', '23:50']);
  assert.deepEqual(await toldSilences(), []);
  writeTimes('tuesday.ndjson', '2026-03-10', ['12:01', '23:50']);
  assert.match((await toldSilences()).join(), /03-08T20:00:00.500Z and 2026-03-10T12:01:00.500Z/);
});

test('a working day and a week are missed where weekends are free', async () => {
  for (const day of days(2, 3, 5, 6, 9)) writeDay(day, `day-${'abcdefghij'[Number(day.slice(-1))]}.ndjson`);
  const wednesday = /03-03T23:50:00.500Z and 2026-03-05T00:10:00.500Z \(1d 20m\): nothing/;
  const { notices, text } = await told();
  assert.match(notices.join(), wednesday);
  assert.match(
    text.replace(/\s+/g, ' '),
    /were altered; a source is silent for over a day between two files/,
  );
  for (const day of days(17)) writeDay(day, 'later.ndjson');
  assert.match(
    (await toldSilences()).join(),
    /03-09T23:50:00.500Z and 2026-03-17T00:10:00.500Z .*1 more time/,
  );
});
