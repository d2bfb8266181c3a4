/** Incremental runs: the report of a run that goes on is that of a run from scratch, or the run starts over and says why. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type AuditOptions, audit } from '../../src/audit.ts';
import { JUDGE_THREAD_BYTES } from '../../src/engine/mark-shares.ts';
import { usesThreads } from '../../src/engine/scan.ts';
import { discover } from '../../src/read/discover.ts';
import { StateFolder } from '../../src/read/state-folder.ts';
import { auditPaths, renderReport, testRequest } from '../support/audit-run.ts';
import { bundled } from '../support/bundled.ts';
import { EVERY_RELATION } from '../support/every-relation.ts';
import { rounds } from '../support/rounds.ts';
import { madeFates, spoiledLog } from '../support/spoiled-log.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'audit-check-state-'));
const logs = join(home, 'logs');
const state = join(home, 'state');
const app = join(logs, 'app.ndjson');
after(() => rmSync(home, { recursive: true, force: true }));
const request = testRequest(EVERY_RELATION);

beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
});

/** `altered`: what the report says of bytes that an earlier run audited and that are gone; `text` is without it. */
type Run = { text: string; refusals: string[]; read: number; altered: string | undefined };

type RunOptions = {
  paths?: string[];
  state?: boolean;
  own?: typeof request;
  threads?: Partial<AuditOptions> | undefined;
};

/** Files that are known pass by another thread, which runs `module`. */
const digestedBy = (module: URL) => ({ jobs: 2, digestThreadBytes: 0, digestModule: module });
const digestModule = pathToFileURL(bundled('digest-worker'));
const workerModule = pathToFileURL(bundled('scan-worker'));
const WAYS: readonly (readonly [string, Partial<AuditOptions> | undefined])[] = [
  ['here', undefined],
  ['by another thread', digestedBy(digestModule)],
  [
    'by threads that scan and judge',
    { ...digestedBy(digestModule), threadBytes: 0, judgeBytes: 0, workerModule },
  ],
];

async function run(options: RunOptions = {}): Promise<Run> {
  const refusals: string[] = [];
  let read = 0;
  const folder = new StateFolder(state);
  if (options.state !== false) folder.open();
  const auditing = auditPaths(options.own ?? request, options.paths ?? [logs], {
    sizes: { rangeBytes: 5000, batchBytes: 5000 },
    onProgress: ({ bytes }) => {
      read += bytes;
    },
    onRefusal: (reason) => void refusals.push(reason),
    ...(options.state !== false && { state: { folder } }),
    ...options.threads,
  });
  const report = await auditing.finally(() => folder.close());
  const altered = report.notices.find(({ code }) => code === 'altered-since')?.message;
  report.notices = report.notices.filter(({ code }) => code !== 'altered-since');
  return { text: renderReport(report, 'json') + renderReport(report, 'text'), refusals, read, altered };
}

const scratch = async () => (await run({ state: false })).text;

const text = spoiledLog(madeFates(200, 1), 'x');
const more = spoiledLog(madeFates(40, 2), 'y');

test('a request that is equal is the same plan, however its texts lie in memory', async () => {
  writeFileSync(app, text);
  // One byte a character, and two: `v8.serialize` tells them apart.
  const name = 'a-job-that-runs-at-night';
  await run({ own: { ...request, allowActors: [name] } });
  const { refusals } = await run({ own: { ...request, allowActors: [`\u1234${name}`.slice(1)] } });
  assert.deepEqual(refusals, []);
  const others = await run({ own: { ...request, allowActors: [`${name} `] } });
  assert.match(others.refusals.join(), /are others than before/);
  assert.equal(others.altered, undefined);
  writeFileSync(app, text.replace('ann', 'bob'));
  assert.match((await run()).altered!, /its first \d+ bytes changed/, 'another plan hides no alteration');
});

test('how much a state speaks for is known before it is loaded', async () => {
  const kept = () => [new StateFolder(state).coveredBytes(), new StateFolder(state).savedBytes('marks')];
  assert.deepEqual(kept(), [0, 0]);
  writeFileSync(app, `${text}{"not yet`);
  await run();
  const marks = readdirSync(state).filter((name) => name.startsWith('marks-'));
  assert.equal(marks.length, 1);
  assert.deepEqual(kept(), [Buffer.byteLength(text), statSync(join(state, marks[0]!)).size]);
  const manifest = readFileSync(join(state, 'state.json'), 'utf8');
  for (const damaged of ['{', manifest.replace(/"(marks-\d+\.bin)"/, '["$1"]')]) {
    writeFileSync(join(state, 'state.json'), damaged);
    assert.deepEqual(kept(), [0, 0]);
    assert.match((await run()).refusals.join(), /state\.json is not readable/);
  }
});

test('threads are used where much is to be scanned, or to be judged again', async () => {
  writeFileSync(app, text);
  await run();
  const { files } = await discover([logs], []);
  const folder = new StateFolder(state);
  const uses = (jobs: number, kept?: StateFolder) => usesThreads(files, jobs, kept, text.length);
  assert.deepEqual([uses(1), uses(2), uses(2, folder)], [false, true, false]);
  const marks = readdirSync(state).find((name) => name.startsWith('marks-'))!;
  // Only how long the file is.
  truncateSync(join(state, marks), JUDGE_THREAD_BYTES);
  assert.deepEqual([uses(1, folder), uses(2, folder)], [false, true]);
});

for (const [way, threads] of WAYS) {
  test(`a log that grows is read from where the last run ended, whatever it ended in, ${way}`, async () => {
    const line = text.indexOf('\n');
    const cuts = [text.length >> 1, line, line + 1, 0, 1, 100, text.length];
    for (const cut of cuts.slice(0, rounds(threads ? 1 : 4, 7))) {
      rmSync(state, { recursive: true, force: true });
      writeFileSync(app, text.slice(0, cut));
      if (cut > 0)
        assert.equal((await run({ threads })).text, await scratch(), `a first run of ${cut} bytes`);
      appendFileSync(app, text.slice(cut));
      const second = await run({ threads });
      assert.equal(second.text, await scratch(), `the rest behind ${cut} bytes`);
      assert.deepEqual(second.refusals, []);
      const longestLine = Math.max(...text.split('\n').map((line) => line.length));
      assert.ok(
        second.read <= text.length - cut + longestLine + 1,
        `${second.read} bytes were read behind ${cut}`,
      );
      const third = await run({ threads });
      assert.equal(third.text, second.text);
      assert.ok(third.read <= longestLine + 1, 'nothing new is nothing to read');
    }
  });
}

for (const [way, threads] of WAYS) {
  test(`a run that ends inside a line keeps nothing of it, in the second run as in the first, ${way}`, async () => {
    // Threads take their time to start.
    const ends = threads?.workerModule === undefined ? [0.2, 0.4001, 0.6, 0.8003, 1] : [0.4001, 0.8003];
    const steps = ends.map((share) => Math.floor(text.length * share));
    for (const [index, end] of steps.entries()) {
      appendFileSync(app, text.slice(steps[index - 1] ?? 0, end));
      const { text: found, refusals } = await run({ threads });
      assert.equal(found, await scratch(), `after ${end} bytes`);
      assert.deepEqual(refusals, []);
    }
  });
}

test('a log whose source shows only as it grows starts over', async () => {
  const poor = '{"time":"2026-03-02T08:00:00Z","actor":"ann","action":"x","outcome":"success"}\n';
  writeFileSync(app, poor);
  await run();
  const rich = readFileSync(join(DEMO, 'logs', 'cloudtrail.json'), 'utf8');
  const records = (JSON.parse(rich) as { Records: object[] }).Records;
  appendFileSync(
    app,
    records
      .map((record) => `${JSON.stringify(record)}\n`)
      .join('')
      .repeat(5),
  );
  const second = await run();
  assert.match(second.refusals[0]!, /another source or form/);
  assert.equal(second.text, await scratch());
});

test('an empty log that fills up is a log like any other', async () => {
  writeFileSync(app, '');
  await run();
  writeFileSync(app, text);
  const second = await run();
  assert.equal(second.text, await scratch());
});

test('a known file that is gone when it is read is not clean', async () => {
  writeFileSync(
    join(logs, 'a.gz'),
    gzipSync('[{"time":"2026-03-02T08:00:00Z","actor":"ann","action":"x","outcome":"success"}]'),
  );
  await run();
  const { files } = await discover([logs], []);
  rmSync(join(logs, 'a.gz'));
  const folder = new StateFolder(state);
  folder.open();
  const refusals: string[] = [];
  const onRefusal = (reason: string) => void refusals.push(reason);
  const report = await audit({ ...request, paths: [logs] }, files, { jobs: 1, state: { folder }, onRefusal });
  folder.close();
  assert.match(refusals[0]!, /is not what it was/);
  assert.equal(report.summary.verdict, 'incomplete');
});

test('a text log that has grown is read whole again, and nothing is said to have changed', async () => {
  const log = join(logs, 'server.log');
  writeFileSync(log, ' 8:00:00 (lmgrd) TIMESTAMP 3/1/2026\n 9:00:00 (demo) OUT: "solver" ann@pc1  \n');
  await run();
  appendFileSync(log, ' 9:05:00 (demo) IN: "solver" ann@pc1  \n');
  const second = await run();
  assert.match(second.refusals[0]!, /has grown and can only be read whole/);
  assert.equal(second.altered, undefined);
  assert.equal(second.text, await scratch());
  writeFileSync(log, ' 8:00:00 (lmgrd) TIMESTAMP 3/2/2026\n'.repeat(9));
  assert.match((await run()).altered!, /changed/);
});

test('two runs cannot have one folder at a time', () => {
  const first = new StateFolder(state);
  first.open();
  assert.throws(() => new StateFolder(state).open(), /EEXIST/);
  first.close();
  const second = new StateFolder(state);
  second.open();
  second.close();
});

test('saved rows that were changed are noticed', async () => {
  writeFileSync(app, text);
  await run();
  const name = readdirSync(state).find((each) => each.startsWith('marks'))!;
  const bytes = readFileSync(join(state, name));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(join(state, name), bytes);
  const second = await run();
  assert.match(second.refusals[0]!, /damaged/);
  assert.equal(second.text, await scratch());
});

test('many small steps give the report of one run, and the folder does not fill up', async () => {
  const lines = more.split('\n');
  writeFileSync(app, text);
  await run();
  const step = rounds(4, 2);
  for (let at = 0; at < lines.length; at += step) {
    appendFileSync(app, `${lines.slice(at, at + step).join('\n')}\n`);
    await run();
  }
  const last = await run();
  assert.equal(last.text, await scratch());
  assert.deepEqual(last.refusals, []);
  assert.ok(readdirSync(state).length < 60, `${readdirSync(state).length} files`);
});

for (const [way, threads] of WAYS) {
  test(`new files behind the known ones, compressed and whole files go on too, ${way}`, async () => {
    writeFileSync(join(logs, '01.ndjson'), text);
    writeFileSync(
      join(logs, '02.json.gz'),
      gzipSync(
        `[${more
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .join(',')}]`,
      ),
    );
    writeFileSync(join(logs, '03-readme.md'), 'no log');
    assert.equal((await run({ threads })).text, await scratch());
    writeFileSync(join(logs, '04.ndjson'), more);
    appendFileSync(join(logs, '01.ndjson'), more);
    const second = await run({ threads });
    assert.equal(second.text, await scratch());
    assert.deepEqual(second.refusals, []);
  });
}

for (const [way, threads] of WAYS) {
  test(`what was audited before and is not what it was makes the run start over, ${way}`, async () => {
    const changes: [string, RegExp, boolean, () => void][] = [
      ['one byte', /its first \d+ bytes changed/, true, () => writeFileSync(app, text.replace('ann', 'bob'))],
      ['shorter', /became shorter/, true, () => writeFileSync(app, text.slice(0, 2000))],
      ['a file before', /no longer number 1/, false, () => writeFileSync(join(logs, 'a.ndjson'), more)],
      ['a file gone', /app\.ndjson is gone/, true, () => rmSync(app)],
      [
        'a file before, and one byte',
        /app\.ndjson is not what it was: its first \d+ bytes changed; .*b\.ndjson is gone/,
        true,
        () => {
          writeFileSync(join(logs, 'a.ndjson'), more);
          writeFileSync(app, text.replace('ann', 'bob'));
          rmSync(join(logs, 'b.ndjson'));
        },
      ],
    ];
    for (const [what, reason, isAltered, change] of changes.slice(0, rounds(threads ? 1 : 5, 5))) {
      rmSync(logs, { recursive: true });
      rmSync(state, { recursive: true, force: true });
      mkdirSync(logs);
      writeFileSync(app, text);
      writeFileSync(join(logs, 'b.ndjson'), more);
      await run({ threads });
      change();
      const second = await run({ threads });
      assert.equal(second.refusals.length, 1, what);
      assert.match(second.refusals[0]!, reason);
      if (isAltered) assert.match(second.altered!, reason, `${what}: the report says so too`);
      else assert.equal(second.altered, undefined, what);
      assert.equal(second.text, await scratch(), what);
      const third = await run({ threads });
      assert.deepEqual([third.refusals, third.text], [[], second.text], `${what}, once more`);
    }
  });
}

test('a log that this run was not asked for, and that is there as it was, is not gone', async () => {
  const other = join(logs, 'b.ndjson');
  writeFileSync(app, text);
  writeFileSync(other, more);
  await run();
  const second = await run({ paths: [app] });
  assert.match(second.refusals[0]!, /configuration|no longer number/);
  assert.equal(second.altered, undefined);
  writeFileSync(app, text);
  await run();
  writeFileSync(other, more.replace('"', "'"));
  const third = await run({ paths: [app] });
  assert.match(third.altered!, /b\.ndjson is not what it was/);
});

test('another configuration, or a state that is damaged, makes the run start over', async () => {
  writeFileSync(app, text);
  await run();
  const own = testRequest({ ...EVERY_RELATION, since: '2026-03-02T08:20:00Z' });
  const other = await run({ own });
  assert.match(other.refusals[0]!, /configuration/);
  await run();
  const whole = await scratch();
  for (const kind of ['state', 'content', 'marks', 'identities']) {
    const name = readdirSync(state).find((each) => each.startsWith(kind))!;
    const place = join(state, name);
    const before = readFileSync(place);
    writeFileSync(place, before.subarray(0, before.length - 1));
    const { text: found, refusals } = await run();
    // A manifest without its last newline is whole all the same.
    assert.equal(refusals.length, name === 'state.json' ? 0 : 1, name);
    assert.equal(found, whole, name);
    rmSync(state, { recursive: true });
    await run();
  }
});

test('what is kept is for its owner alone', async () => {
  writeFileSync(app, text);
  await run();
  assert.equal(statSync(state).mode & 0o777, 0o700);
  for (const name of readdirSync(state)) assert.equal(statSync(join(state, name)).mode & 0o077, 0, name);
});

/** A thread that does something first: half a second later, when this one has scanned what is new. */
const passerAfter = (act: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import fs from 'node:fs';
      await new Promise((resolve) => setTimeout(resolve, 500));
      ${act};
      await import(${JSON.stringify(digestModule.href)});`)}`,
  );

test('what is scanned and what is digested elsewhere are the same bytes, or the run starts over', async () => {
  const [place, old] = [JSON.stringify(app), text.length];
  const changes: [act: string, reason: RegExp][] = [
    [`fs.truncateSync(${place}, ${old} + 50)`, /changed while it was read/],
    [`fs.writeSync(fs.openSync(${place}, 'r+'), 'x', ${old} + 12)`, /changed while it was read/],
    [`fs.writeSync(fs.openSync(${place}, 'r+'), 'x', 12)`, /its first \d+ bytes changed/],
    [`fs.rmSync(${place})`, /cannot be read: ENOENT/],
  ];
  for (const [act, reason] of changes) {
    rmSync(state, { recursive: true, force: true });
    writeFileSync(app, text);
    await run();
    appendFileSync(app, more);
    const second = await run({ threads: digestedBy(passerAfter(act)) });
    assert.match(second.refusals[0]!, reason, act);
    if (!act.includes('rmSync')) assert.equal(second.text, await scratch(), act);
  }
});

test('a thread that fails ends the run', async () => {
  writeFileSync(app, text);
  await run();
  const fails: [act: string, reason: RegExp][] = [
    ['throw new Error("out of ideas")', /out of ideas/],
    ['process.exit(0)', /stopped \(0\)/],
  ];
  for (const [act, reason] of fails)
    await assert.rejects(run({ threads: digestedBy(passerAfter(act)) }), reason);
});
