/** A contract over several logs: what vouches for its use, and whose restarts and equal lines are whose. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { runAudit } from '../support/audit-run.ts';
import { spanning, use } from './run-contract.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-several-'));
after(() => fs.rmSync(folder, { recursive: true }));

function contract(limit: number, more = ''): string {
  return `
contract: {id: ACME-2026-004, timezone: UTC}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: count seats over month
    quantity: [{from: 2026-01-01, set: ${limit}}]
    ${more}
`;
}

let serial = 0;

/** Each log is a file; its name says how it is read. */
async function verdicts(yaml: string, logs: Record<string, string | object[]>): Promise<string[]> {
  const report = await audited(yaml, logs);
  return (report.licenses ?? []).map(({ period, verdict, used }) => `${period} ${verdict} ${used}`);
}

async function audited(yaml: string, logs: Record<string, string | object[]>): Promise<Report> {
  const own = path.join(folder, `run-${++serial}`);
  fs.mkdirSync(own);
  const licenses = path.join(own, 'licenses.yaml');
  fs.writeFileSync(licenses, yaml);
  const files = Object.entries(logs).map(([name, log]) => {
    const text = typeof log === 'string' ? log : log.map((each) => `${JSON.stringify(each)}\n`).join('');
    fs.writeFileSync(path.join(own, name), text);
    return path.join(own, name);
  });
  return runAudit(files, { licenses, builtinRules: false, zone: 'UTC' });
}

const MARCH = spanning('2026-03-01T00:00:00Z', '2026-03-31T23:59:59Z');
const SESSION = [
  use('checkout', '2026-03-02T08:00:00Z', 'ann'),
  use('checkin', '2026-03-02T09:00:00Z', 'ann'),
];

/** A debug log of FlexNet of one day in March; the day of the month and the lines. */
function debugLog(day: number, ...lines: string[]): string {
  const stamp = ` 0:00:01 (acmed) TIMESTAMP 3/${day}/2026`;
  return `${[stamp, ...lines].join('\n')}\n`;
}

test('a log of another source does not vouch for the use of a license', async () => {
  const flexnet = debugLog(
    2,
    ' 8:00:00 (acmed) OUT: "editor" ann@pc1  ',
    ' 9:00:00 (acmed) IN: "editor" ann@pc1  ',
  );
  assert.deepEqual(await verdicts(contract(1), { 'a.ndjson': [...MARCH, ...SESSION] }), ['2026-03 within 1']);
  assert.deepEqual(await verdicts(contract(1), { 'a.ndjson': MARCH, 'lm.log': flexnet }), [
    '2026-03 undetermined 1',
  ]);
});

test('nor where the license is used more than once', async () => {
  const hours = [8, 10, 12].flatMap((hour) => [
    ` ${hour}:00:00 (acmed) OUT: "editor" ann@pc1  `,
    ` ${hour + 1}:00:00 (acmed) IN: "editor" ann@pc1  `,
  ]);
  const logs = { 'a.ndjson': MARCH, 'lm.log': debugLog(2, ...hours) };
  assert.deepEqual(await verdicts(contract(1), logs), ['2026-03 undetermined 1']);
});

/** From `hour` o'clock one session an hour, each of somebody else; then `more`. */
function busy(prefix: string, hours: number, more: readonly string[] = []): string[] {
  const sessions = Array.from({ length: hours }, (_, hour) => [
    ` ${hour}:10:00 (acmed) OUT: "other" ${prefix}${hour}@pc1  `,
    ` ${hour}:20:00 (acmed) IN: "other" ${prefix}${hour}@pc1  `,
  ]).flat();
  const clock = (line: string) => Number(/ (\d+):(\d+)/.exec(line)!.slice(1).join(''));
  return [...sessions, ...more].sort((a, b) => clock(a) - clock(b));
}

const OUT = (who: string, hour: number) => ` ${hour}:30:00 (acmed) OUT: "editor" ${who}@pc1  `;
const IN = (who: string, hour: number) => ` ${hour}:40:00 (acmed) IN: "editor" ${who}@pc1  `;
const START = ' 4:50:00 (lmgrd) Started acmed (internet tcp_port 37560 pid 1085)';

const RESTARTS = contract(1, 'missingCheckin: close-at-restart\nevidence: {coverage: 1%}');

test('a restart of another server whose daemon has the same name ends nothing', async () => {
  const logs = {
    'a.log': debugLog(2, ...busy('ann', 9, [OUT('zoe', 1)])),
    'b.log': debugLog(2, ...busy('bob', 9, [START, OUT('yve', 5), IN('yve', 6)])),
  };
  assert.deepEqual(await verdicts(RESTARTS, logs), ['2026-03 undetermined 2']);
  // In the log of one server it ends them.
  const one = debugLog(2, ...busy('ann', 9, [OUT('zoe', 1), START, OUT('yve', 5), IN('yve', 6)]));
  assert.deepEqual(await verdicts(RESTARTS, { 'a.log': one }), ['2026-03 within 1']);
});

test('a log that is cut into files is of one server, copies of its lines included', async () => {
  const first = busy('ann', 4, [OUT('zoe', 1)]);
  const second = busy('ann', 9, [START, OUT('yve', 5), IN('yve', 6)]).slice(8);
  const parts = { 'a.log': debugLog(2, ...first), 'b.log': debugLog(2, ...second) };
  assert.deepEqual(await verdicts(RESTARTS, parts), ['2026-03 within 1']);
  const copied = { 'a.log': debugLog(2, ...first, ...second), 'b.log': debugLog(2, ...second) };
  assert.deepEqual(await verdicts(RESTARTS, copied), ['2026-03 within 1']);
});

test('equal lines of two servers are two check-outs, those of a copied log are one', async () => {
  const yaml = contract(1, '').replace('measure', 'missingCheckin: in-use\n    measure');
  const mine = busy('ann', 9, [OUT('zoe', 1)]);
  const copy = { 'a.log': debugLog(2, ...mine), 'b.log': debugLog(2, ...mine.slice(4)) };
  const first = { 'a.log': debugLog(2, ...mine), 'b.log': debugLog(2, ...busy('bob', 9, [OUT('zoe', 1)])) };
  const with1 = (logs: Record<string, string>) => verdicts(`${yaml}evidence: {coverage: 1%}\n`, logs);
  assert.deepEqual(await with1(copy), ['2026-03 within 1']);
  assert.deepEqual(await with1(first), ['2026-03 exceeded 2']);
});

/** What lmgrd writes first. */
const onHost = (host: string, day: number) =>
  ` 0:00:01 (lmgrd) FLEXnet Licensing (v11.13.1.2 build 173085 x64_lsb) started on ${host} (linux) (3/${day}/2026)`;

test('logs of servers on two hosts are two though they do not overlap: no restart of one ends what the other gave', async () => {
  const later = [
    ' 1:00:00 (lmgrd) Started acmed (internet tcp_port 37560 pid 1085)',
    OUT('yve', 5),
    IN('yve', 6),
  ];
  const logs = (second: string) => ({
    'a.log': `${onHost('lic01', 2)}\n${debugLog(2, OUT('zoe', 1), OUT('ann', 2), IN('ann', 3))}`,
    'b.log': `${onHost(second, 3)}\n${debugLog(3, ...later)}`,
  });
  const two = contract(2, 'missingCheckin: close-at-restart\nevidence: {coverage: 1%}');
  assert.deepEqual(await verdicts(two, logs('lic01')), ['2026-03 within 2']);
  const one = contract(1, 'missingCheckin: close-at-restart\nevidence: {coverage: 1%}');
  const yve = (host: string) => ({
    'a.log': `${onHost('lic01', 2)}\n${debugLog(2, OUT('zoe', 1))}`,
    'b.log': `${onHost(host, 3)}\n${debugLog(3, ...later)}`,
  });
  assert.deepEqual(await verdicts(one, yve('lic01')), ['2026-03 within 1']);
  assert.deepEqual(await verdicts(one, yve('lic02')), ['2026-03 undetermined 2']);
});

/** A debug log of some days of March with a session a day. */
function days(from: number, until: number, who: string, feature = 'editor'): string {
  return Array.from({ length: until - from + 1 }, (_, index) =>
    debugLog(
      from + index,
      ` 0:30:00 (acmed) OUT: "other" ${who}@pc2  `,
      ` 8:00:00 (acmed) OUT: "${feature}" ${who}@pc1  `,
      ` 9:00:00 (acmed) IN: "${feature}" ${who}@pc1  `,
      `23:59:00 (acmed) IN: "other" ${who}@pc2  `,
    ),
  ).join('');
}

test('a server whose log ends while another one goes on leaves the rest of the month open', async () => {
  const whole = { 'a.log': days(1, 31, 'ann'), 'b.log': days(1, 31, 'bob') };
  assert.deepEqual(await verdicts(contract(2), whole), ['2026-03 within 2']);
  const cut = { ...whole, 'b.log': days(1, 12, 'bob') };
  const report = await audited(contract(2), cut);
  assert.deepEqual(
    report.licenses!.map(({ verdict, reason }) => [
      verdict,
      /no file of one of the servers/.test(reason ?? ''),
    ]),
    [['undetermined', true]],
  );
});

test('servers of other features, rotated files and a week without use leave nothing open', async () => {
  const other = { 'a.log': days(1, 31, 'ann'), 'm.log': days(1, 12, 'mia', 'solver') };
  assert.deepEqual(await verdicts(contract(1), other), ['2026-03 within 1']);
  const rotated = {
    'a.log.1': days(1, 15, 'ann'),
    'a.log.2': days(16, 31, 'ann'),
    'b.log.1': days(1, 10, 'bob'),
    'b.log.2': days(11, 20, 'bob', 'solver'),
    'b.log.3': days(21, 31, 'bob'),
  };
  assert.deepEqual(await verdicts(contract(2), rotated), ['2026-03 within 2']);
  const quiet = { 'a.log': days(1, 31, 'ann'), 'b.log': days(1, 25, 'bob') };
  assert.deepEqual(await verdicts(contract(2), quiet), ['2026-03 within 2']);
});

test('a number of licenses that no server writes is not one', async () => {
  for (const odd of ['-2', '2,000', '3.x', '0']) {
    const taken = [8, 9].map(
      (hour) => ` ${hour}:00:00 (acmed) ${hour === 8 ? 'OUT' : 'IN'}: "editor" ann@pc1 (${odd} licenses) `,
    );
    const [month] = await verdicts(
      contract(1, 'evidence: {coverage: 0.1%}').replace('    evidence', 'evidence'),
      {
        'lm.log': debugLog(2, ...taken, '23:00:00 (acmed) IN: "other" bob@pc2  '),
      },
    );
    assert.equal(month, '2026-03 undetermined 1', odd);
  }
});

test('two servers that name their hosts are two, however alike their logs; of unnamed ones two equal lines in step make no copy', async () => {
  const started = (host: string) =>
    ` 0:00:00 (lmgrd) FlexNet Licensing (v11.13.1.2 build 173085 x64_lsb) started on ${host} (linux) (3/2/2026)`;
  const day = (...lines: string[]) =>
    [
      ...lines,
      '23:59:59 (acmed) TIMESTAMP 3/2/2026',
      '23:59:59 (acmed) DENIED: "g" ann@p1 (Invalid (-5,1))',
      '',
    ].join('\n');
  const seat = [' 9:00:00 (acmed) OUT: "editor" ann@p1', '10:00:00 (acmed) IN: "editor" ann@p1'];
  const named = { 'a.log': day(started('srvA'), ...seat), 'b.log': day(started('srvB'), ...seat) };
  assert.deepEqual(await verdicts(contract(1), named), ['2026-03 exceeded 2']);
  // A copy of one server's log is one.
  const copied = { 'a.log': named['a.log'], 'b.log': named['a.log'] };
  assert.deepEqual(await verdicts(`${contract(1)}evidence: {coverage: 1%}\n`, copied), ['2026-03 within 1']);
  const busy = (user: string) =>
    Array.from({ length: 40 }, (_, index) => {
      const minute = String(index).padStart(2, '0');
      return [
        `11:${minute}:00 (acmed) OUT: "editor" ${user}${index}@p1`,
        `11:${minute}:30 (acmed) IN: "editor" ${user}${index}@p1`,
      ];
    }).flat();
  // Both are restarted by a clock at three; the first holds a seat all day.
  const restart = [
    ' 3:00:00 (lmgrd) EXITING DUE TO SIGNAL 15',
    ' 3:00:01 (lmgrd) REStarted acmed (internet tcp_port 1)',
  ];
  const one = day(
    ' 0:00:02 (acmed) TIMESTAMP 3/2/2026',
    ...restart,
    ' 3:30:00 (acmed) OUT: "editor" held@p1',
    ...busy('a'),
  );
  const other = day(' 0:00:02 (acmed) TIMESTAMP 3/2/2026', ...restart, ...busy('b'));
  const { duplicate } = (await audited(contract(9), { 'a.log': one, 'b.log': other })).summary.records;
  assert.equal(duplicate, 0);
});

/** A debug log of FlexNet from the 1st of March to the 1st of April, with a date every six hours, but for some days. */
function datedLog(host: string, ...missing: number[]): string {
  const lines = [` 0:00:00 (lmgrd) FlexNet Licensing (v11.13) started on ${host} (linux) (3/1/2026)`];
  for (let day = 1; day <= 32; day++) {
    if (missing.includes(day)) continue;
    const date = day <= 31 ? `3/${day}/2026` : '4/1/2026';
    lines.push(` 0:00:05 (acmed) TIMESTAMP ${date}`, ` 6:00:05 (acmed) TIMESTAMP ${date}`);
    lines.push(` 9:00:00 (acmed) OUT: "editor" ann@${host}`, ` 9:30:00 (acmed) IN: "editor" ann@${host}`);
    lines.push(`12:00:05 (acmed) TIMESTAMP ${date}`, `18:00:05 (acmed) TIMESTAMP ${date}`);
  }
  return `${lines.join('\n')}\n`;
}

test('days that a FlexNet log lacks by its own dates are not covered, however few', async () => {
  assert.deepEqual(await verdicts(contract(5), { 'a.log': datedLog('srvA') }), [
    '2026-03 within 1',
    '2026-04 undetermined 1',
  ]);
  const report = await audited(contract(5), { 'a.log': datedLog('srvA', 10, 11) });
  const [march] = report.licenses ?? [];
  assert.equal(march?.verdict, 'undetermined');
  assert.match(
    march?.reason ?? '',
    /spans 92\.7 % .* by its own dates days are missing from 2026-03-09T18:00:05Z until 2026-03-12T00:00:05Z\)/,
  );
  // What another copy of the log has is not missing.
  const both = { 'a.log': datedLog('srvA', 10, 11), 'b.log': datedLog('srvA', 20) };
  assert.equal((await verdicts(contract(5), both))[0], '2026-03 within 1');
});

test('days that the log of one of two servers lacks by its own dates are not covered by the other', async () => {
  const logs = { 'a.log': datedLog('srvA', 10, 11), 'b.log': datedLog('srvB') };
  const [march] = (await audited(contract(5), logs)).licenses ?? [];
  assert.equal(march?.verdict, 'undetermined');
  assert.match(march?.reason ?? '', /by its own dates days are missing from 2026-03-09T18:00:05Z until/);
});
