/** An export whose last page is not among the files makes a run incomplete, however its pages lie in files and are read. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { AuditOptions } from '../../src/audit.ts';
import { describeOpenExport, findOpenExports, mergePages, readPage } from '../../src/engine/more-pages.ts';
import { StateFolder } from '../../src/read/state-folder.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';

const home = mkdtempSync(join(tmpdir(), 'audit-check-pages-'));
const logs = join(home, 'logs');
after(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
});

const request = testRequest({ builtinRules: false });
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(logs, name), content);

let made = 0;

function event(): object {
  const time = `2026-03-02T08:00:${String(made % 60).padStart(2, '0')}Z`;
  const did = { actor: 'ann', action: 'invoice.read', target: 'invoices/1', outcome: 'success' };
  return { time, id: `ev-${made++}`, ...did };
}

/** A page of our own events; `token`: what it says of the next one. */
function page(token?: string | null, records = 2): string {
  const items = Array.from({ length: records }, event);
  return JSON.stringify({ items, ...(token !== undefined && { nextPageToken: token }) });
}

const plainLines = () => `${JSON.stringify(event())}\n${JSON.stringify(event())}\n`;

const slack = (cursor: string) =>
  JSON.stringify({
    ok: true,
    entries: [
      {
        ...{ id: `s-${made++}`, date_create: 1_772_438_400, action: 'user_login' },
        actor: { type: 'user', user: { id: 'W1', email: 'bob@example.com' } },
        entity: { type: 'user', user: { id: 'W1' } },
        context: { location: { type: 'enterprise', id: 'E1' }, ip_address: '203.0.113.7' },
      },
    ],
    response_metadata: { next_cursor: cursor },
  });

type Told = { verdict: string; notices: string[]; members: (string | undefined)[]; text: string };

async function run(paths: string[] = [logs], options: Partial<AuditOptions> = {}): Promise<Told> {
  const report = await auditPaths(request, paths, options);
  const messages = report.notices.filter(({ code }) => code === 'more-pages').map(({ message }) => message);
  return {
    verdict: report.summary.verdict,
    notices: messages.map((message) => message.replaceAll(`${logs}/`, '')),
    members: report.inputs.map(({ morePages }) => morePages),
    text: renderReport(report, 'json') + renderReport(report, 'text'),
  };
}

const STEP = 'fetch the pages that follow, and audit all of them together';

test('one page alone is no whole log, and says so with its member and what to do', async () => {
  write('page1.json', page('A:2'));
  const { verdict, notices, members, text } = await run();
  assert.equal(verdict, 'incomplete');
  assert.deepEqual(notices, [
    `"page1.json" says by "nextPageToken" that more pages follow, and no last page of the source "audit" is among the files: ${STEP}`,
  ]);
  assert.deepEqual(members, ['nextPageToken']);
  assert.match(text, /^incomplete: 1 input after which pages are missing; in what was audited: no finding/m);
});

for (const [name, end] of [
  ['without a token', page()],
  ['with an empty one', page('')],
  ['with null', page(null)],
  ['without records', page(undefined, 0)],
  ['without records, and a word of its own', '{"items":[],"has_more":false}'],
] as const)
  test(`a last page ${name} among the files says that nothing is missing`, async () => {
    for (const [index, token] of ['A:2', 'A:3'].entries()) write(`page${index + 1}.json`, page(token));
    write('page0.json', end);
    const { verdict, notices, members } = await run();
    assert.deepEqual([verdict, notices], ['clean', []]);
    assert.deepEqual(members, [undefined, undefined, undefined]);
  });

test('a last page of another source, or records that nothing wraps, say nothing of it', async () => {
  write('a1.json', page('A:2'));
  write('b1.json', slack('x'));
  write('b2.json', slack(''));
  write('rest.ndjson', plainLines());
  const { verdict, notices } = await run();
  assert.equal(verdict, 'incomplete');
  assert.deepEqual(
    notices.map((message) => message.slice(0, 20)),
    ['"a1.json" says by "n'],
  );
});

test('each source is told by itself', async () => {
  write('a1.json', page('A:2'));
  write('b1.json', slack('x'));
  assert.deepEqual(
    (await run()).notices.map((message) => /the source ("\w+")/.exec(message)![1]),
    ['"audit"', '"slack"'],
  );
});

test('a page without records that names a next one is told where nothing else is of its form', async () => {
  write('a1.json', page('A:2', 0));
  write('other.ndjson', plainLines());
  const { verdict, notices } = await run();
  assert.equal(verdict, 'incomplete');
  assert.match(notices.join(), /^"a1.json" says .* no last page of that form is among the files/);
  write('a2.json', page());
  assert.equal((await run()).verdict, 'clean');
});

test('pages in one file, by lines, one behind the other or compressed, are pages', async () => {
  const open = [page('A:2'), page('A:3')];
  const whole = [...open, page()];
  const pretty = (text: string) => JSON.stringify(JSON.parse(text), undefined, 2);
  for (const [pages, expected] of [
    [open, 'incomplete'],
    [whole, 'clean'],
    [whole.toReversed(), 'clean'],
  ] as const)
    for (const content of [
      `${pages.join('\n')}\n`,
      pages.join(''),
      pages.map(pretty).join('\n'),
      gzipSync(pages.map(pretty).join('\n')),
    ]) {
      write('pages', content);
      assert.equal((await run()).verdict, expected);
    }
});

test('the answer is one however the files are ordered, cut and spread over threads', async () => {
  write('a1.json', page('A:2'));
  write('a2.json', page('A:3'));
  write('lines.json', `${page('A:4')}\n${page('A:5')}\n${page('A:6')}\n`);
  const names = ['a1.json', 'a2.json', 'lines.json'].map((name) => join(logs, name));
  const expected = await run(names);
  assert.equal(expected.notices.length, 1);
  assert.match(expected.notices[0]!, /^"a1.json", "a2.json" and "lines.json" say by /);
  const back = await run(names.toReversed());
  assert.deepEqual(back.notices, expected.notices);
  for (const rangeBytes of [1, 200]) {
    const sizes = { rangeBytes, batchBytes: 1 };
    assert.equal((await run(names, { sizes })).text, expected.text);
    const workerModule = pathToFileURL(bundled('scan-worker'));
    const threads = { jobs: 3, sizes, threadBytes: 0, workerModule };
    assert.equal((await run(names, threads)).text, expected.text);
  }
});

test('a run that goes on with a state knows what the pages said that it does not read again', async () => {
  const resumed = async () => {
    const folder = new StateFolder(join(home, 'state'));
    folder.open();
    const refusals: string[] = [];
    const told = await run([logs], { state: { folder }, onRefusal: (why) => void refusals.push(why) });
    folder.close();
    assert.deepEqual(refusals, []);
    assert.equal(told.text, (await run()).text);
    return told.verdict;
  };
  write('a1.json', page('A:2').replaceAll('},{', '},\n{'));
  write('lines.json', `${page('A:3')}\n`);
  assert.equal(await resumed(), 'incomplete');
  assert.equal(await resumed(), 'incomplete');
  writeFileSync(join(logs, 'lines.json'), `${page()}\n`, { flag: 'a' });
  assert.equal(await resumed(), 'clean');
  assert.equal(await resumed(), 'clean');
});

test('names of files and of members move no cursor', async () => {
  write('p\u001b[31m.json', page('A:2'));
  const { notices } = await run();
  assert.match(notices.join(), /^"p\\u\{1b\}\[31m\.json" says/);
});

const sign = fc.record({ member: fc.constantFrom('next', 'has_more'), ...place() });
const pages = fc.array(fc.option(sign, { nil: undefined }), { maxLength: 5 });

function place() {
  return { line: fc.nat(9), offset: fc.nat(99), length: fc.nat(9) };
}

const fold = (all: readonly (typeof sign extends fc.Arbitrary<infer T> ? T | undefined : never)[]) =>
  all.reduce(
    (known, more) => readPage(known, { wrapper: ['items'], more }),
    null as ReturnType<typeof mergePages>,
  );

test('pages of two stretches merge to those of both', () => {
  fc.assert(
    fc.property(pages, pages, (left, right) => {
      assert.deepEqual(mergePages(fold(left), fold(right)), fold([...left, ...right]));
    }),
  );
});

test('which exports are open does not depend on the order of the files', () => {
  const file = fc.record({
    file: fc.string(),
    source: fc.constantFrom(null, 'audit', 'slack'),
    records: fc.nat(1),
    pages: pages.map(fold),
  });
  const files = fc.uniqueArray(file, { selector: (each) => each.file, maxLength: 6 });
  fc.assert(
    fc.property(
      files.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => assert.deepEqual(findOpenExports(shuffled), findOpenExports(all)),
    ),
  );
});

test('of many files a few are named', () => {
  const files = Array.from({ length: 12 }, (_, index) => ({
    ...{ file: `p${String(index).padStart(2, '0')}.json`, source: 'audit', records: 1 },
    pages: fold([{ member: 'next', line: 1, offset: 0, length: 9 }]),
  }));
  const [open] = findOpenExports(files);
  assert.equal(
    describeOpenExport(open!, 'go on'),
    '"p00.json", "p01.json", "p02.json", "p03.json", "p04.json" and 7 more files say by "next" that more pages follow, and no last page of the source "audit" is among the files: go on',
  );
});
