/** `audit-check.waivers.yaml`, as a terminal shows it: what is accepted, what is not any more, and every way to get it wrong. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { CommandLine } from '../support/command-line.ts';

const commands = new CommandLine();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-check-waivers-'));
after(() => {
  commands.close();
  fs.rmSync(folder, { recursive: true });
});

const EVENT = { time: '2025-02-28T08:00:00Z', actor: 'ann', action: 'file.read', outcome: 'success' };
/** "Audit log switched off". */
const DISABLED = '8a3f916d-12f0-404f-994d-36e8ac79baeb';
/** Two findings: the old client writes no outcome, and one record has no actor. */
const LOG = [
  EVENT,
  { ...EVENT, time: '2025-02-28T08:01:00Z', action: 'export.run', outcome: '' },
  { ...EVENT, time: '2025-02-28T08:02:00Z', action: 'export.run', outcome: '' },
  { ...EVENT, time: '2025-02-28T08:03:00Z', actor: '' },
]
  .map((event) => `${JSON.stringify(event)}\n`)
  .join('');

const GOOD = `  - id: W-12
    rule: missing-field
    match: { message: '"outcome" *' }
    reason: the old client writes no outcome, it is replaced in spring
    owner: bob
    ticket: OPS-17
    created: 2025-01-02
    expires: 2025-03-01
    approvedBy: cid
`;

/** A folder of its own with a config, the log, and a waivers file beside the config. */
function place(name: string, waivers: string, log = LOG): string {
  const here = path.join(folder, name);
  fs.mkdirSync(here, { recursive: true });
  fs.writeFileSync(path.join(here, 'audit-check.yaml'), 'logs: [log.ndjson]\nbuiltinRules: false\n');
  fs.writeFileSync(path.join(here, 'log.ndjson'), log);
  fs.writeFileSync(path.join(here, 'audit-check.waivers.yaml'), waivers);
  return here;
}

/** Without the line breaks of the page. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

const verify = (here: string, ...more: string[]) =>
  commands.run(['verify', '--now', '2025-03-01T12:00:00Z', ...more], here);

async function reportOf(here: string, ...more: string[]): Promise<Report> {
  const { stdout, stderr } = await verify(here, ...more, '-f', 'json');
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Report;
}

test('a waiver for one actor does not cover what several did together', async () => {
  const act = (actor: unknown) =>
    `${JSON.stringify({ ...EVENT, action: 'audit_log.disabled', target: 'audit', actor })}\n`;
  const waiver = GOOD.replace(/rule: .*\n.*\n/, "rule: '*'\n    match: { subject: bob }\n");
  for (const [actor, subject] of [
    ['bob', 'bob'],
    [['bob'], 'bob'],
    [['bob', 'mallory'], 'bob, mallory'],
    [['bob', 'bob', ''], 'bob'],
  ] as const) {
    const here = place(`together-${subject}-${actor.length}`, `waivers:\n${waiver}`, act(actor));
    fs.writeFileSync(path.join(here, 'audit-check.yaml'), 'logs: [log.ndjson]\n');
    const found = (await reportOf(here)).findings.filter(({ rule }) => rule === DISABLED);
    assert.deepEqual(
      found.map((finding) => [finding.subject, finding.waiver !== undefined]),
      [[subject, subject === 'bob']],
    );
  }
});

/** They tell of findings by numbers, or by the controls of packs. */
const NO_MESSAGES = ['prometheus', 'oscal'];

describe('a waiver for what one event says', () => {
  const rules = (more: string) => `title: Role granted
id: 4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a11
detection: { selection: { action: role.grant }, condition: selection }
level: high
message: '{actor} granted {role} to {target}'
${more}`;
  const grant = (minute: number, role: string, target: string) =>
    `${JSON.stringify({ ...EVENT, time: `2025-02-28T08:${String(minute).padStart(2, '0')}:00Z`, action: 'role.grant', role, target })}\n`;
  const waiver = GOOD.replace(
    /rule: .*\n.*\n/,
    `rule: '*'\n    match: { message: '"ann" granted "viewer" *' }\n`,
  );
  const at = (name: string, log: string, more = '') => {
    const here = place(name, `waivers:\n${waiver}`, log);
    fs.writeFileSync(path.join(here, 'rules.yaml'), rules(more));
    return here;
  };
  const run = async (here: string) =>
    (await reportOf(here, '--rules', 'rules.yaml')).findings.filter(({ code }) => code === 'matched-rule');

  test('covers others that say the like, and none that say something else, though one finding tells of all', async () => {
    const viewers = grant(1, 'viewer', 'bob') + grant(2, 'viewer', 'eve');
    const [covered] = await run(at('says-alike', viewers));
    assert.deepEqual(covered!.also, ['"ann" granted "viewer" to "eve"']);
    assert.equal(covered!.waiver?.id, 'W-12');
    const here = at('says-else', viewers + grant(3, 'superadmin', 'mallory'));
    const [found, ...others] = await run(here);
    assert.deepEqual(others, []);
    assert.equal(found!.waiver, undefined);
    assert.deepEqual(found!.also, [
      '"ann" granted "viewer" to "eve"',
      '"ann" granted "superadmin" to "mallory"',
    ]);
    for (const format of FORMATS.map(({ name }) => name).filter((name) => !NO_MESSAGES.includes(name))) {
      const { stdout } = await verify(here, '--rules', 'rules.yaml', '-f', format);
      assert.match(stdout, /superadmin/, format);
    }
  });

  test('covers none where there is more than is told', async () => {
    const many = Array.from({ length: 40 }, (_, index) => grant(index, 'viewer', `user${index}`));
    const [found] = await run(at('says-more', many.join('')));
    assert.equal(found!.also!.length, 20);
    assert.equal(found!.moreSaid, true);
    assert.equal(found!.waiver, undefined);
    const [less] = await run(at('says-less', many.slice(0, 21).join('')));
    assert.equal(less!.waiver?.id, 'W-12');
  });

  const ID = '4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a11';
  const correlated = (correlation: string, message = '{actor} granted {role}') => `---
title: Granted
id: 4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a12
correlation: { ${correlation} }
level: high
${message === '' ? '' : `message: '${message}'`}
---
title: Ticket
id: ticket
detection: { s: { action: ticket.opened }, condition: s }
---
title: Signed in
id: signin
detection: { s: { action: sign.in }, condition: s }
`;
  const other = (minute: number, action: string) =>
    `${JSON.stringify({ ...EVENT, time: `2025-02-28T08:${String(minute).padStart(2, '0')}:00Z`, action })}\n`;
  const day = (time: string) => `${JSON.stringify({ ...EVENT, time, action: 'clock.read' })}\n`;
  const covered = [day('2025-02-25T08:00:00Z'), day('2025-03-01T08:00:00Z')] as const;

  for (const [type, correlation] of [
    [
      'event_count',
      `type: event_count, rules: [${ID}], group-by: [actor], timespan: 10m, condition: { gte: 2 }`,
    ],
    [
      'event_count of the calendar',
      `type: event_count, rules: [${ID}], group-by: [actor], window: calendar, timespan: 1d, condition: { gte: 2 }`,
    ],
    [
      'an event_count that falls',
      `type: event_count, rules: [${ID}], group-by: [actor], timespan: 10m, condition: { lt: 9 }`,
    ],
    [
      'value_count',
      `type: value_count, rules: [${ID}], group-by: [actor], timespan: 10m, condition: { field: target, gte: 2 }`,
    ],
    ['temporal', `type: temporal, rules: [signin, ${ID}], group-by: [actor], timespan: 10m`],
    [
      'temporal with a condition',
      `type: temporal, condition: ${ID} and not ticket, group-by: [actor], timespan: 10m`,
    ],
    ['temporal_ordered', `type: temporal_ordered, rules: [signin, ${ID}], group-by: [actor], timespan: 10m`],
    ['requires', `type: requires, rules: [${ID}], needs: [ticket], before: 1h, group-by: [actor]`],
    ['new_value', `type: new_value, rules: [${ID}], field: target, history: 1d, group-by: [actor]`],
  ] as const) {
    test(`covers nothing else that one finding of ${type} tells of`, async () => {
      const grants = grant(1, 'viewer', 'bob') + grant(2, 'viewer', 'eve');
      const log = (more: string) => covered[0] + other(0, 'sign.in') + grants + more + covered[1];
      const waiving = GOOD.replace(
        /rule: .*\n.*\n/,
        `rule: '*'\n    match: { message: '"ann" granted "viewer"*' }\n`,
      );
      const here = (name: string, more: string) => {
        const folder = place(`${type}-${name}`, `waivers:\n${waiving}`, log(more));
        fs.writeFileSync(path.join(folder, 'rules.yaml'), rules(correlated(correlation)));
        return folder;
      };
      const foundIn = async (folder: string) => {
        const { findings, notices } = await reportOf(folder, '--rules', 'rules.yaml');
        const found = findings.filter(({ rule }) => rule.endsWith('12'));
        const codes = notices.map(({ code }) => code).filter((code) => code.endsWith('-waiver'));
        return { found: found.map(({ waiver: by, also, lapsed }) => [by?.id, also, lapsed?.id]), codes };
      };
      assert.deepEqual((await foundIn(here('alike', ''))).found, [['W-12', undefined, undefined]]);
      const { found, codes } = await foundIn(here('else', grant(3, 'superadmin', 'mallory')));
      assert.deepEqual(found, [[undefined, ['"ann" granted "superadmin"'], 'W-12']]);
      assert.ok(codes.includes('partly-fitting-waiver') && !codes.includes('unused-waiver'), codes.join());
    });
  }

  test('covers none of the values that a finding only counts', async () => {
    const names = ['viewer', 'reader', 'guest', 'writer', 'editor', 'superadmin'];
    const grants = names.map((role, index) => grant(index + 1, role, 'bob')).join('');
    const correlation = `type: new_value, rules: [${ID}], field: role, history: 1d, group-by: [actor]`;
    const waiving = GOOD.replace(
      /rule: .*\n.*\n/,
      `rule: '*'\n    match: { message: '*"editor" and 1 more*' }\n`,
    );
    const here = place('says-counted', `waivers:\n${waiving}`, covered[0] + grants + covered[1]);
    fs.writeFileSync(path.join(here, 'rules.yaml'), rules(correlated(correlation, '')));
    const found = (await reportOf(here, '--rules', 'rules.yaml')).findings.filter(({ rule }) =>
      rule.endsWith('12'),
    );
    assert.deepEqual(
      found.map(({ message, waiver: by }) => [message.includes('"editor" and 1 more'), by]),
      [[true, undefined]],
    );
  });

  test('covers no value that only begins as the one that is shown', async () => {
    const long = (end: string) => `${'viewer of the project, '.repeat(12)}${end}`;
    const [only] = await run(at('says-long', grant(1, long('a'), 'bob')));
    const exact = GOOD.replace(
      /rule: .*\n.*\n/,
      `rule: '*'\n    match: { message: ${JSON.stringify(only!.message)} }\n`,
    );
    for (const [end, isCovered] of [
      ['a', true],
      ['b; owner of everything', false],
    ] as const) {
      const here = place(`says-long-${isCovered}`, `waivers:\n${exact}`, grant(1, long(end), 'bob'));
      fs.writeFileSync(path.join(here, 'rules.yaml'), rules(''));
      const [found] = await run(here);
      assert.equal(found!.waiver !== undefined, isCovered, found!.message);
    }
    const both = place(
      'says-long-both',
      `waivers:\n${exact}`,
      grant(1, long('a'), 'bob') + grant(2, long('b'), 'bob'),
    );
    fs.writeFileSync(path.join(both, 'rules.yaml'), rules(''));
    const [found] = await run(both);
    assert.deepEqual([found!.also?.length, found!.waiver], [1, undefined]);
  });

  test('is none for a subject whose finding was joined to that of another', async () => {
    const joined = correlated(
      `type: event_count, rules: [${ID}], group-by: [actor], timespan: 1m, condition: { gte: 1 }`,
      '',
    ).replace('level: high', 'level: high\nsuppress: { by: [], for: 1h }');
    const waiving = GOOD.replace(/rule: .*\n.*\n/, `rule: '*12'\n    match: { subject: ann }\n`);
    const by = (actor: string) =>
      grant(5, 'superadmin', 'bob').replace('"actor":"ann"', `"actor":"${actor}"`);
    for (const [actor, isCovered] of [
      ['ann', true],
      ['mallory', false],
    ] as const) {
      const here = place(`joined-${actor}`, `waivers:\n${waiving}`, grant(1, 'viewer', 'bob') + by(actor));
      fs.writeFileSync(path.join(here, 'rules.yaml'), rules(joined));
      const found = (await reportOf(here, '--rules', 'rules.yaml')).findings.filter(({ rule }) =>
        rule.endsWith('12'),
      );
      assert.deepEqual(
        found.map(({ count, waiver: by }) => [count, by !== undefined]),
        [[2, isCovered]],
      );
    }
  });

  test('nor is a finding the one that is known, by fingerprint or baseline, when it says something else', async () => {
    const known = at('says-known', grant(1, 'viewer', 'bob') + grant(2, 'viewer', 'bob'));
    const [before] = await run(known);
    fs.writeFileSync(
      path.join(known, 'known.json'),
      (await verify(known, '--rules', 'rules.yaml', '-f', 'json')).stdout,
    );
    fs.writeFileSync(
      path.join(known, 'known.sarif'),
      (await verify(known, '--rules', 'rules.yaml', '-f', 'sarif')).stdout,
    );
    const now = grant(1, 'viewer', 'bob') + grant(3, 'superadmin', 'mallory');
    for (const baseline of ['known.json', 'known.sarif']) {
      const states = async () => {
        const { findings } = await reportOf(known, '--rules', 'rules.yaml', '--baseline', baseline);
        return findings.filter(({ code }) => code === 'matched-rule').map((each) => each.baseline);
      };
      fs.writeFileSync(path.join(known, 'log.ndjson'), grant(1, 'viewer', 'bob') + grant(2, 'viewer', 'bob'));
      assert.deepEqual(await states(), ['unchanged']);
      fs.writeFileSync(path.join(known, 'log.ndjson'), now);
      assert.deepEqual(await states(), ['new']);
    }
    const waiving = GOOD.replace(
      /rule: .*\n.*\n/,
      `rule: '*'\n    match: { fingerprint: ${before!.fingerprint} }\n`,
    );
    const here = place('says-fingerprint', `waivers:\n${waiving}`, now);
    fs.writeFileSync(path.join(here, 'rules.yaml'), rules(''));
    assert.deepEqual(
      (await run(here)).map((each) => each.waiver),
      [undefined],
    );
  });

  test('goes on to cover more of the same, in however many times', async () => {
    const bursts = correlated(
      `type: event_count, rules: [${ID}], group-by: [actor], timespan: 30s, condition: { gte: 1 }`,
      '{actor} was busy at {first}',
    ).replace('level: high', 'level: high\nsuppress: { by: [actor], for: 1h }');
    const waiving = GOOD.replace(
      /rule: .*\n.*\n/,
      `rule: '*12'\n    match: { message: '"ann" was busy at *' }\n`,
    );
    const log = Array.from({ length: 30 }, (_, index) => grant(index, 'viewer', `user${index}`)).join('');
    const here = place('says-bursts', `waivers:\n${waiving}`, log);
    fs.writeFileSync(path.join(here, 'rules.yaml'), rules(bursts));
    const found = (await reportOf(here, '--rules', 'rules.yaml')).findings.filter(({ rule }) =>
      rule.endsWith('12'),
    );
    assert.deepEqual(
      found.map(({ count, also, waiver: by }) => [count, also?.length, by?.id]),
      [[30, 20, 'W-12']],
    );
  });

  test('covers no finding that a correlation put together of others', async () => {
    const count = `---
title: Many roles granted
id: 4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a12
correlation: { type: event_count, rules: [4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a11], group-by: [role], timespan: 1m, condition: { gte: 1 } }
suppress: { by: [], for: 1h }
level: high
message: '"ann" granted {role} {count} times'
`;
    const here = at('says-together', grant(1, 'viewer', 'bob') + grant(10, 'superadmin', 'mallory'), count);
    const found = (await reportOf(here, '--rules', 'rules.yaml')).findings.filter(({ rule }) =>
      rule.endsWith('12'),
    );
    assert.deepEqual(
      found.map(({ message, also, waiver: covering }) => [message.split(',')[0], also, covering]),
      [['"ann" granted "viewer" 1 times', ['"ann" granted "superadmin" 1 times'], undefined]],
    );
  });
});

describe('a waiver that holds', () => {
  test('marks what it covers, and that no longer counts', async () => {
    const here = place('holds', `waivers:\n${GOOD}`);
    const { exit, stdout } = await verify(here);
    assert.equal(exit, 1);
    const told =
      'W-12, by bob, granted by cid, before 2025-03-02T00:00:00Z: the old client writes no outcome';
    assert.equal(flat(stdout).split(told).length - 1, 1);
    assert.match(
      stdout,
      /waived {6}1 finding, by bob\n {2}waivers {5}1 = 1 used; audit-check\.waivers\.yaml, as of 2025-03-01/,
    );
    assert.match(
      flat(stdout),
      /note\[expiring-waiver\]: .*"W-12" of "bob" expires today; it covers 1 finding/,
    );
    assert.match(stdout, /findings: 1 finding at medium or above, 1 waived/);
    const only = place('holds-only', `waivers:\n${GOOD}`, LOG.split('\n').slice(0, 3).join('\n'));
    assert.equal((await verify(only)).exit, 0);
  });

  test('its last day is still covered, the next one is not', async () => {
    const here = place('days', `waivers:\n${GOOD}`);
    const waivedOn = async (now: string) =>
      (await reportOf(here, '--now', now)).findings.filter(({ waiver }) => waiver !== undefined).length;
    assert.equal(await waivedOn('2025-03-01T23:59:59Z'), 1);
    assert.equal(await waivedOn('2025-03-02T00:00:00Z'), 0);
    assert.equal(await waivedOn('2025-03-02T00:30:00+01:00'), 1);
  });

  test('a file named by --waivers goes before the config, the config before what lies beside it', async () => {
    const here = place('named', 'waivers: []\n');
    fs.writeFileSync(path.join(here, 'other.yaml'), `waivers:\n${GOOD}`);
    assert.equal((await reportOf(here)).waivers?.entries, 0);
    assert.equal((await reportOf(here, '--waivers', 'other.yaml')).waivers?.file, 'other.yaml');
    fs.appendFileSync(path.join(here, 'audit-check.yaml'), 'waivers: other.yaml\n');
    assert.equal((await reportOf(here)).waivers?.used, 1);
    assert.equal((await reportOf(here, '--no-config', 'log.ndjson')).waivers, undefined);
    const missing = await verify(here, '--waivers', 'nowhere.yaml');
    assert.deepEqual([missing.exit, missing.stderr], [2, 'error: nowhere.yaml: cannot be read: ENOENT\n']);
  });

  test('matches by file, subject and fingerprint, all of what it names', async () => {
    const here = place('matched', 'waivers: []\n');
    const { findings } = await reportOf(here);
    const { fingerprint } = findings[1]!;
    const waived = async (match: string) => {
      const text = GOOD.replace(/match: .*/, `match: ${match}`);
      fs.writeFileSync(path.join(here, 'audit-check.waivers.yaml'), `waivers:\n${text}`);
      const report = await reportOf(here);
      return report.findings.flatMap(({ waiver }, index) => (waiver === undefined ? [] : [index]));
    };
    assert.deepEqual(await waived(`{ fingerprint: "${fingerprint}" }`), [1]);
    assert.deepEqual(await waived('{ file: "log*" }'), [0, 1]);
    assert.deepEqual(await waived('{ file: ["a*", "log.ndjson"], message: "*actor*" }'), [1]);
    assert.deepEqual(await waived('{ file: "other/*" }'), []);
    assert.deepEqual(await waived('{ subject: "*" }'), [], 'these findings have no subject');
  });

  test('a waiver for a file covers no finding that other files share', async () => {
    const here = place('shared', 'waivers: []\n');
    const rules = `title: Read
id: reads
taxonomy: audit
level: high
detection: { s: { action: file.read }, condition: s }
---
title: Often
id: often
level: high
correlation: { type: event_count, rules: [reads], timespan: 1h, condition: { gte: 11 }, generate: true }
`;
    fs.writeFileSync(path.join(here, 'rules.yaml'), rules);
    const write = (name: string, minute: number) =>
      fs.appendFileSync(
        path.join(here, name),
        `${JSON.stringify({ ...EVENT, time: `2025-02-28T09:${minute}:00Z` })}\n`,
      );
    for (let minute = 10; minute < 21; minute++) write('a.ndjson', minute);
    const waived = async (files: string[]) => {
      const text = GOOD.replace(/match: .*/, 'match: { file: a.ndjson }').replace(
        'rule: missing-field',
        'rule: [reads, often]',
      );
      fs.writeFileSync(path.join(here, 'audit-check.waivers.yaml'), `waivers:\n${text}`);
      const { findings } = await reportOf(here, '-r', 'rules.yaml', ...files);
      return findings.filter(({ rule }) => rule !== 'required-fields').map(({ waiver }) => waiver?.id);
    };
    assert.deepEqual(await waived(['a.ndjson']), ['W-12', 'W-12']);
    write('b.ndjson', 30);
    assert.deepEqual(await waived(['a.ndjson', 'b.ndjson']), [undefined, undefined]);
  });

  test('never makes an incomplete run clean', async () => {
    const here = place(
      'unread',
      `waivers:\n${GOOD.replace('missing-field', 'empty-input').replace(/ +match.*\n/, '')}`,
      '',
    );
    const { exit, stdout } = await verify(here);
    assert.equal(exit, 3);
    assert.match(stdout, /= waived: W-12, by bob/);
    assert.match(stdout, /incomplete: no record was audited/);
  });

  test('without --now the clock says the day, and the report names it', async () => {
    const here = place('clock', `waivers:\n${GOOD}`);
    const before = new Date().toISOString().slice(0, 10);
    const { stdout } = await commands.run(['verify', '-f', 'json'], here);
    const { waivers } = JSON.parse(stdout) as Report;
    const days = [before, new Date().toISOString().slice(0, 10)];
    assert.ok(days.includes(waivers!.asOf));
    assert.equal(waivers!.expired, 1);
  });
});

describe('a waiver that ended', () => {
  test('lets its findings count again, and they say so in every format', async () => {
    const here = place('ended', `waivers:\n${GOOD}`);
    const late = ['--now', '2025-03-02'];
    const { exit, stdout } = await verify(here, ...late);
    assert.equal(exit, 1);
    assert.equal(stdout.split('= lapsed: waiver W-12 expired on 2025-03-01').length - 1, 1);
    const told =
      'medium[expired-waiver]: the waiver "W-12" of "bob" expired on 2025-03-01: 1 finding counts again';
    assert.ok(flat(stdout).includes(told));
    assert.match(stdout, /waivers {5}1 = 1 expired/);
    const { findings, summary } = await reportOf(here, ...late);
    assert.equal(summary.findings.waived, undefined);
    assert.deepEqual(
      findings.flatMap(({ lapsed }) => lapsed ?? []),
      [{ id: 'W-12', reason: 'expired on 2025-03-01' }],
    );
    const sarif = JSON.parse((await verify(here, ...late, '-f', 'sarif')).stdout);
    type Lapsed = { id: string; reason: string };
    const lapsed = sarif.runs[0].results.flatMap(
      (result: { properties: { lapsed?: Lapsed } }) => result.properties.lapsed ?? [],
    );
    assert.deepEqual(lapsed, [{ id: 'W-12', reason: 'expired on 2025-03-01' }]);
  });

  test('where nothing is left of what it was for, it can go', async () => {
    const here = place('stale', `waivers:\n${GOOD}`, `${JSON.stringify(EVENT)}\n`);
    const { exit, stdout } = await verify(here, '--now', '2025-05-01');
    assert.equal(exit, 0);
    assert.match(flat(stdout), /note\[unused-waiver\]: .*"W-12" expired on 2025-03-01 and covers nothing/);
  });
});

/** What is changed in the good entry, and what is said of it. Each is for findings that it must not cover. */
const MISTAKES: [name: string, change: (entry: string) => string, message: string][] = [
  ['no id', without('id'), '"#1" does not hold: a waiver needs "id": a name of its own, such as W-12'],
  [
    'an id with spaces',
    set('id', 'W 12'),
    '"id" must be at most 64 letters, digits, ".", "_" and "-", found "W 12"',
  ],
  ['no rule', without('rule'), 'a waiver needs "rule": the rule or code that it is for'],
  [
    'everything',
    (entry) => set('match', '{ file: "*" }')(set('rule', '"*"')(entry)),
    '"rule" covers everything: name a rule, or what to match by file, subject, fingerprint, message',
  ],
  [
    'everything, in other words',
    (entry) => set('match', '{ file: "??*" }')(set('rule', '"?*"')(entry)),
    '"rule" covers everything: name a rule, or what to match by file, subject, fingerprint, message',
  ],
  [
    'a misspelled key',
    (entry) => entry.replace('ticket', 'tikcet'),
    '"a waiver" has no "tikcet", did you mean "ticket"?',
  ],
  [
    'a misspelled match',
    set('match', '{ mesage: "*outcome*" }'),
    '"match" has no "mesage", did you mean "message"?',
  ],
  ['an empty match', set('match', '{ message: [] }'), '"message" must hold a text, found a list'],
  [
    'a short fingerprint',
    set('match', '{ fingerprint: 12ab }'),
    '"fingerprint" must be 32 digits 0-9 and a-f, as reports show it, found "12ab"',
  ],
  ['no reason', without('reason'), 'a waiver needs "reason": why the finding is accepted'],
  [
    'a reason that says nothing',
    set('reason', 'ok'),
    '"reason" must say why in 10 characters or more, found "ok"',
  ],
  ['no owner', set('owner', '" "'), 'a waiver needs "owner": who answers for it'],
  ['no end', without('expires'), 'a waiver needs "expires": the last day on which it holds'],
  [
    'an end in words',
    set('expires', 'next spring'),
    '"expires" must be a day such as 2025-12-31, found "next spring"',
  ],
  [
    'a day that no calendar has',
    set('expires', '2025-02-30'),
    '"expires" must be a day such as 2025-12-31, found "2025-02-30"',
  ],
  [
    'an end before it began',
    set('created', '2025-03-01', 'expires', '2025-02-28'),
    '"created" must not lie after "expires", found 2025-03-01',
  ],
  [
    'created tomorrow',
    set('created', '2025-03-02', 'expires', '2025-04-01'),
    '"created" lies in the future: 2025-03-02, judged as of 2025-03-01',
  ],
  [
    'no day it was granted on',
    without('created'),
    'a waiver needs "created": the day it was granted, for the policy limits its age',
  ],
  [
    'an end too far off',
    set('expires', '2025-12-31'),
    '"expires" must lie within 90 days of "created", found 363 days',
  ],
  [
    'approved by its owner',
    set('approvedBy', 'Bob'),
    '"approvedBy" must be another than the owner, found "Bob" as both',
  ],
  [
    'a protected rule',
    set('rule', '[missing-field, altered-record]'),
    '"rule" must name no protected rule, found "altered-record"',
  ],
  ['an id given twice', (entry) => entry + entry, 'another waiver has this id, at line 14, so neither holds'],
];

function without(key: string): (entry: string) => string {
  return (entry) => {
    const rest = entry.replace(new RegExp(`\\n {4}${key}: .*|(?<=- )${key}: .*\\n {4}`), '');
    assert.notEqual(rest, entry);
    return rest;
  };
}

function set(...pairs: string[]): (entry: string) => string {
  return (entry) => {
    let text = entry;
    for (let at = 0; at < pairs.length; at += 2)
      text = text.replace(new RegExp(`(?<= )${pairs[at]}: .*`), `${pairs[at]}: ${pairs[at + 1]}`);
    assert.notEqual(text, entry);
    return text;
  };
}

const POLICY = 'policy:\n  maxAge: 90d\n  protected: [altered-record]\nwaivers:\n';

describe('a waiver that is wrong covers nothing, and says why', () => {
  for (const [name, change, message] of MISTAKES) {
    test(name, async () => {
      const here = place(`wrong-${name.replaceAll(' ', '-')}`, POLICY + change(GOOD));
      const report = await reportOf(here);
      assert.equal(report.summary.findings.waived, undefined);
      const told = report.findings.filter(({ code }) => code === 'void-waiver');
      assert.ok(
        told.some((finding) => finding.message.includes(message)),
        told.map((finding) => finding.message).join('\n'),
      );
      assert.equal(report.waivers?.void, name === 'an id given twice' ? 2 : 1);
      assert.equal(report.summary.verdict, 'findings');
      const { exit, stdout } = await verify(here);
      assert.equal(exit, 1);
      assert.match(stdout, /medium\[void-waiver\]: the waiver "(W-12|#1)" does not hold: /);
    });
  }

  test('as long as it can be told what it was for, the findings name it', async () => {
    const here = place('lapsed', POLICY + set('expires', 'soon')(GOOD));
    const { findings } = await reportOf(here);
    const lapses = findings.flatMap(({ lapsed }) => lapsed ?? []);
    assert.equal(lapses.length, 1);
    assert.match(lapses[0]!.reason, /^does not hold: "expires" must be a day/);
  });

  test('a mistake is shown at its line, with a caret', async () => {
    const here = place('caret', POLICY + set('expires', 'soon')(GOOD));
    const { stdout } = await verify(here);
    const block = stdout.split('\n\n').find((text) => text.includes('[void-waiver]'))!;
    assert.match(block, /--> audit-check\.waivers\.yaml:12\n/);
    assert.match(block, / 12 \| +expires: soon\n +\| {14}\^\^\^\^\n/);
  });

  test('of one that covers more findings than the policy allows, none', async () => {
    const here = place(
      'many',
      `policy: { maxFindings: 1 }\nwaivers:\n${set('match', '{ file: "*" }')(GOOD)}`,
    );
    const report = await reportOf(here);
    assert.equal(report.summary.findings.waived, undefined);
    assert.match(
      report.findings.find(({ code }) => code === 'void-waiver')!.message,
      /"W-12" is for 2 findings, and the policy allows 1 finding/,
    );
  });

  test('a glob covers no protected rule, and nothing that is said of waivers', async () => {
    const entry = set('rule', '["*"]', 'match', '{ message: "*a*" }')(GOOD);
    const here = place(
      'glob',
      `policy: { protected: ["missing-*"] }\nwaivers:\n${entry}${without('owner')(GOOD).replace('W-12', 'W-13')}`,
    );
    const { findings, summary } = await reportOf(here);
    assert.equal(summary.findings.waived, undefined);
    assert.deepEqual(
      new Set(findings.flatMap(({ lapsed }) => lapsed ?? []).map(({ reason }) => reason)),
      new Set(['may not cover "missing-field", which is protected']),
    );
    assert.ok(
      findings.some(
        ({ message }) => message === 'the waiver "W-12" may not cover "missing-field", which is protected',
      ),
    );
  });
});

describe('a waiver that goes too far is told', () => {
  const noticesOf = async (name: string, waivers: string) =>
    (await reportOf(place(name, waivers))).notices
      .map(({ code, message }) => `${code}: ${message}`)
      .join('\n');
  const everything = set('rule', '"*"', 'match', '{ file: "*.ndjson" }')(GOOD);

  test('a glob that covers every finding of the run', async () => {
    const log = LOG + JSON.stringify({ ...EVENT, time: 'noon' });
    const here = place('all', `waivers:\n${everything}`, `${log}\n`);
    const { findings, notices } = await reportOf(here);
    assert.ok(findings.length > 2);
    assert.ok(
      notices.some(({ message }) =>
        message.startsWith(`the waiver "W-12" covers all ${findings.length} findings`),
      ),
      JSON.stringify(notices),
    );
  });

  test('an end that is none, and a rule that is misspelled', async () => {
    assert.match(
      await noticesOf('far', `waivers:\n${set('expires', '2099-12-31')(GOOD)}`),
      /distant-waiver: .*2099/,
    );
    assert.doesNotMatch(
      await noticesOf('near', `waivers:\n${set('expires', '2026-12-31')(GOOD)}`),
      /distant-waiver/,
    );
    assert.match(
      await noticesOf('misspelled', `waivers:\n${set('rule', 'mising-field')(GOOD)}`),
      /unused-waiver: .*no rule and no code "mising-field", did you mean "missing-field"/,
    );
  });

  test('a rule by the title that reports print: the id is offered', async () => {
    for (const title of ['Snapshot shared with another account', 'Snapshot shared with other account']) {
      const here = place(`titled-${title.length}`, `waivers:\n${set('rule', title)(GOOD)}`);
      fs.writeFileSync(
        path.join(here, 'own.yaml'),
        'title: Snapshot shared with another account\nid: 6f0c0a52-0000-4000-8000-000000000003\ntaxonomy: audit\ndetection: {s: {action: share}, condition: s}\nlevel: low\n',
      );
      const { notices } = await reportOf(here, '-r', 'own.yaml');
      const [notice] = notices.filter(({ code }) => code === 'unused-waiver');
      assert.match(
        notice!.message,
        /no rule and no code "Snapshot .*; (?:that|"Snapshot shared with another account") is the title of "6f0c0a52-0000-4000-8000-000000000003", which is the name to write$/,
      );
    }
  });

  test('a protected name that is none stops the run', async () => {
    const { exit, stderr } = await verify(
      place('guard', 'policy:\n  protected: [alterd-record]\nwaivers: []\n'),
    );
    assert.equal(exit, 2);
    assert.match(stderr, /audit-check\.waivers\.yaml:2:1: .*"alterd-record", did you mean "altered-record"/);
  });
});

describe('a waivers file that cannot be understood stops the run', () => {
  test('all that is wrong with it is told at once, with line and column', async () => {
    const text = `policy:
  maxAge: forever
  maxFindings: 0
  protect: [altered-record]
waivres: []
waivers: [W-12]
`;
    const { exit, stdout, stderr } = await verify(place('unclear', text));
    assert.deepEqual([exit, stdout], [2, '']);
    assert.equal(
      stderr,
      `error: audit-check.waivers.yaml:2:11: "maxAge" must be whole days such as 90d, found "forever"
error: audit-check.waivers.yaml:3:16: "maxFindings" must be a whole number from 1 on, found "0"
error: audit-check.waivers.yaml:4:3: "policy" has no "protect", did you mean "protected"?; it is read with "maxAge", "protected", "maxFindings", "minReason", "remind"
error: audit-check.waivers.yaml:5:1: "a waivers file" has no "waivres", did you mean "waivers"?; it is read with "policy", "waivers"
error: audit-check.waivers.yaml:6:11: "waivers" must hold maps, found "W-12"
`,
    );
  });

  test('so does what is no YAML, or a list', async () => {
    assert.match(
      (await verify(place('no-yaml', 'waivers: ['))).stderr,
      /^error: audit-check\.waivers\.yaml:1:\d+: /,
    );
    assert.match(
      (await verify(place('a-list', '- id: W-1\n'))).stderr,
      /:1:1: expected a map with "waivers", found a list/,
    );
  });
});

const CONTRACT = `contract: { id: ACME-1, timezone: UTC }
term: { from: 2025-01-01, until: 2026-01-01 }
licenses:
  - id: editor
    covers: { feature: editor }
    measure: count seats each instant take max over month
    quantity: [{ from: 2025-01-01, set: 1 }]
`;

describe('a finding that grew beyond what was accepted', () => {
  const bounded = (most: number | string) => `waivers:\n${GOOD}    maxCount: ${most}\n`;

  test('counts again, and says so', async () => {
    const outcome = ({ findings }: Report) => findings.find(({ message }) => message.includes('"outcome"'))!;
    const within = outcome(await reportOf(place('count-within', bounded(2))));
    assert.deepEqual([within.count, within.waiver?.id], [2, 'W-12']);
    const grown = await reportOf(place('count-grown', bounded(1)));
    const { waiver, lapsed } = outcome(grown);
    assert.equal(waiver, undefined);
    assert.deepEqual(lapsed, { id: 'W-12', reason: 'covers at most 1 record, and is for 2' });
    assert.equal(grown.summary.findings.waived, undefined);
    const { used, outgrown, entries } = grown.waivers!;
    assert.deepEqual([entries, used, outgrown], [1, 0, 1]);
    const { stdout } = await verify(path.join(folder, 'count-grown'));
    assert.match(flat(stdout), /lapsed: waiver W-12 covers at most 1 record, and is for 2/);
    const told =
      'medium[outgrown-waiver]: the waiver "W-12" of "bob" covers at most 1 record, and its 1 finding stands for 2';
    assert.ok(flat(stdout).includes(told), stdout);
    assert.match(stdout, /waivers {5}1 = 1 outgrown/);
  });

  test('is measured over all files: rotated logs hide no growth', async () => {
    const late = LOG.split('\n')
      .slice(1, 3)
      .map((line) => `${line}\n`.replace('08:0', '09:0'));
    const inFiles = async (name: string, most: number) => {
      const here = place(name, bounded(most), LOG);
      for (const [index, line] of late.entries())
        fs.writeFileSync(path.join(here, `late-${index}.ndjson`), line);
      return reportOf(here, 'log.ndjson', 'late-0.ndjson', 'late-1.ndjson');
    };
    const within = await inFiles('files-within', 4);
    assert.deepEqual([within.summary.findings.waived, within.waivers!.used], [3, 1]);
    const grown = await inFiles('files-grown', 3);
    assert.deepEqual([grown.summary.findings.waived, grown.waivers!.outgrown], [undefined, 1]);
    const told = grown.findings.find(({ code }) => code === 'outgrown-waiver')!;
    assert.match(told.message, /covers at most 3 records, and its 3 findings stand for 4$/);
  });

  test('of a license is no number of records: what bounds it is its message', async () => {
    const seats = (members: string[]) =>
      ['08:checkout', '09:checkin']
        .flatMap((hour) => {
          const [at, act] = hour.split(':');
          return members.map((actor, index) => ({
            time: `2025-02-28T${at}:00:${10 + index}Z`,
            id: `${at}${actor}`,
            ...{ actor, action: `license.${act}`, outcome: 'success', license: 'editor' },
          }));
        })
        .map((event) => `${JSON.stringify(event)}\n`)
        .join('');
    const run = async (name: string, members: string[], more: string) => {
      const entry = GOOD.replace(/rule: .*\n.*\n/, `rule: seats-exceeded\n`);
      const here = place(name, `waivers:\n${entry}    ${more}\n`, seats(members));
      fs.writeFileSync(path.join(here, 'licenses.yaml'), CONTRACT);
      const { findings } = await reportOf(here, '--licenses', 'licenses.yaml');
      return {
        seats: findings.find(({ code }) => code === 'seats-exceeded')!,
        told: findings.find(({ code }) => code === 'void-waiver'),
      };
    };
    const counted = await run('seats-counted', ['ann', 'bob'], 'maxCount: 50');
    assert.equal(counted.seats.waiver, undefined);
    assert.match(counted.told!.message, /"W-12" bounds by "maxCount" what is no number of records/);
    const accepted = `match: { message: '*: 2 seats in use *, expected at most 1 *' }`;
    assert.equal((await run('seats-two', ['ann', 'bob'], accepted)).seats.waiver?.id, 'W-12');
    assert.equal((await run('seats-three', ['ann', 'bob', 'cid'], accepted)).seats.waiver, undefined);
  });

  test('is covered by another waiver that takes it', async () => {
    const other = GOOD.replace('W-12', 'W-13');
    const report = await reportOf(place('count-other', `${bounded(1)}${other}`));
    assert.equal(report.findings.find(({ message }) => message.includes('"outcome"'))!.waiver?.id, 'W-13');
  });

  test('has a bound that is a whole number', async () => {
    const report = await reportOf(place('count-odd', bounded('many')));
    const told = report.findings.find(({ code }) => code === 'void-waiver')!;
    assert.match(told.message, /"maxCount" must be a whole number from 1 on, found "many"/);
  });
});

describe('controls of packs', () => {
  test('against which only waived findings stand are excepted, and name the waiver in every format', async () => {
    const here = place(
      'controls',
      `waivers:\n${GOOD.replace('message: \'"outcome" *\'', 'file: log.ndjson')}`,
    );
    const pack = ['--pack', 'soc2'];
    const control = ({ controls }: Report) => controls!.find((each) => each.control === 'CC2.1')!;
    const report = await reportOf(here, ...pack);
    assert.equal(control(report).status, 'excepted');
    const [check] = control(report).checks.filter(({ status }) => status === 'excepted');
    assert.match(check!.reason!, /^2 findings stand, waived by W-12$/);
    const expired = place(
      'controls-expired',
      fs
        .readFileSync(path.join(here, 'audit-check.waivers.yaml'), 'utf8')
        .replace('2025-03-01', '2025-02-01'),
    );
    assert.equal(control(await reportOf(expired, ...pack)).status, 'failed');
    // By the condition of controls as well: what somebody answers for fails nothing.
    const { exit } = await verify(here, ...pack, '--fail-on', 'control:soc2:CC2.1');
    assert.equal(exit, 0);
  });

  test('say in every format by whom they are excepted', async () => {
    const here = path.join(folder, 'controls');
    const told = '2 findings stand, waived by W-12';
    const shown = async (format: string) => (await verify(here, '--pack', 'soc2', '-f', format)).stdout;
    const only = (pieces: string[], mark: string) => {
      const found = pieces.filter((piece) => piece.includes(mark));
      assert.equal(found.length, 1, `${mark} in ${found.length} pieces`);
      return found[0]!;
    };
    const line = flat(await shown('text'));
    assert.match(line, new RegExp(`excepted: soc2:CC2\\.1 [^:]+: ${told}`));
    // What is excepted stands above the table of all controls, and in it.
    const [row] = (await shown('html')).split('</tr>').filter((piece) => piece.includes('>CC2.1<'));
    assert.ok(row!.includes('<span class="verdict excepted">excepted</span>') && row!.includes(told), row);
    const cells = only((await shown('markdown')).split('\n'), '`soc2:CC2.1`');
    assert.ok(cells.includes('**excepted**') && cells.includes(told), cells);
    const junit = only((await shown('junit')).split('</testcase>'), 'name="CC2.1 ');
    assert.ok(junit.includes(`<skipped>excepted: ${told}</skipped>`), junit);
    const document = JSON.parse(await shown('oscal'));
    const finding = document['assessment-results'].results[0].findings.find((each: { title: string }) =>
      each.title.includes('CC2.1'),
    );
    assert.ok(finding.target.status.remarks.includes(`is waived (${told}): somebody answers for it`));
    const metric = only((await shown('prometheus')).split('\n'), 'control="CC2.1"');
    assert.ok(metric.includes('status="excepted"'), metric);
  });
});

test('waivers of rule files keep their own way, unless the policy protects the rule', async () => {
  const rules = `title: Old client
id: 4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a02
taxonomy: audit
detection: { selection: { action: export.run }, condition: selection }
level: high
---
title: The export is known
id: 4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a03
taxonomy: audit
filter: { rules: [4d8f6f5e-0a55-4c8c-9f0e-3f6d4c9b1a02], known: { actor: ann }, condition: known }
owner: ann
reason: the bank takes no other form
expires: 2025-12-31
`;
  const here = place('rules', 'waivers: []\n');
  fs.writeFileSync(path.join(here, 'rules.yaml'), rules);
  const ofRule = async () =>
    (await reportOf(here, '--rules', 'rules.yaml')).findings.filter(({ rule }) => rule.startsWith('4d8f'));
  const before = await ofRule();
  assert.ok(before.length > 0);
  assert.ok(before.every(({ waiver }) => waiver?.title === 'The export is known'));
  const policy = 'policy:\n  protected: [4d8f6f5e-*]\n';
  fs.writeFileSync(path.join(here, 'audit-check.waivers.yaml'), policy);
  for (const { waiver, lapsed } of await ofRule()) {
    assert.equal(waiver, undefined);
    assert.equal(lapsed?.id, 'The export is known');
  }
});
