/** Real FlexNet debug logs, read in place: every check-out and check-in is accounted for, and the days are those of the log. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { Sessions } from '../../src/licenses/use/sessions.ts';
import { flexnet } from '../../src/text-logs/flexnet.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';
import { sharedData } from '../support/shared-data.ts';

type Read = {
  time: string;
  event: string;
  feature?: string;
  user?: string;
  host?: string;
  quantity?: number;
};

const root = sharedData('flexnet');
const absent = { skip: root === undefined && 'sample data absent' };
const files = root === undefined ? [] : readdirSync(root).filter((name) => name.endsWith('.log'));

function read(lines: readonly string[]): Read[] {
  const reader = flexnet.start(lines, {});
  return lines.flatMap((line) => {
    const outcome = reader.line(line);
    assert.ok(typeof outcome === 'string' || 'record' in outcome, line);
    return typeof outcome === 'string' ? [] : [JSON.parse(outcome.record) as Read];
  });
}

/** By one expression and a date that goes on whenever the hour goes back: right for logs whose server always writes. */
function countPlainly(text: string): Read[] {
  const dated = /started on .*\((\d+)\/(\d+)\/(\d+)\)/.exec(text)!;
  let day = Date.UTC(Number(dated[3]), Number(dated[1]) - 1, Number(dated[2]));
  let hour = 0;
  return text.split('\n').flatMap((line) => {
    const clock = /^ ?(\d+):(\d\d):(\d\d) /.exec(line);
    if (clock === null) return [];
    if (Number(clock[1]) < hour) day += 86_400_000;
    hour = Number(clock[1]);
    const use = /\) (OUT|IN): "([^"]+)" (\S+)@(\S+) +(?:\((\d+) licenses\) )?$/.exec(line);
    if (use === null) return [];
    const [, event, feature, user, host, quantity = '1'] = use;
    const time = `${new Date(day).toISOString().slice(0, 11)}${clock[1]!.padStart(2, '0')}:${clock[2]}:${clock[3]}`;
    return [{ time, event: event!, feature: feature!, user: user!, host: host!, quantity: Number(quantity) }];
  });
}

type Seats = { from: number; until: number; quantity: number };

/** The highest sum of seats at any second: each check-in ends the latest check-out of its user and host. */
function peakPlainly(events: readonly Read[]): number {
  const open = new Map<string, Seats[]>();
  const all: Seats[] = [];
  for (const { time, event, user, host, quantity = 1 } of events) {
    const at = Date.parse(`${time}Z`);
    const sessions = open.get(`${user}@${host}`) ?? [];
    open.set(`${user}@${host}`, sessions);
    const ended = event === 'IN' ? sessions.pop() : undefined;
    if (ended !== undefined) ended.until = at;
    else if (event === 'IN') all.push({ from: 0, until: at, quantity });
    else sessions.push({ from: at, until: Number.POSITIVE_INFINITY, quantity });
    if (event === 'OUT') all.push(sessions.at(-1)!);
  }
  const at = (instant: number) =>
    all.reduce((sum, each) => (each.from <= instant && instant < each.until ? sum + each.quantity : sum), 0);
  return all.reduce((most, { from }) => Math.max(most, at(from)), 0);
}

test('there are logs to read', absent, () => {
  assert.deepEqual(files, ['ansys-1.log', 'ansys-2.log']);
});

for (const name of files) {
  const text = readFileSync(join(root!, name), 'latin1');
  const lines = text.split('\n');

  test(`${name}: each OUT and IN, as one expression finds them, at its time`, () => {
    const found = read(lines)
      .filter(({ event }) => event === 'OUT' || event === 'IN')
      .map(({ time, event, feature, user, host, quantity }) => ({
        time,
        event,
        feature,
        user,
        host,
        quantity,
      }));
    assert.ok(found.length > 1000, String(found.length));
    assert.equal(found.length, lines.filter((line) => / (?:OUT|IN): /.test(line)).length);
    assert.deepEqual(found, countPlainly(text));
  });

  test(`${name}: the server starts once, nothing is wrong with its clock`, () => {
    const others = read(lines).filter(({ event }) => event !== 'OUT' && event !== 'IN');
    assert.deepEqual(
      others.map(({ event }) => event),
      ['started', 'Started', 'EXPIRED'],
    );
  });

  test(`${name}: every byte is accounted for, no line counts for another`, async () => {
    const { inputs } = await auditPaths(testRequest({ builtinRules: false, zone: 'America/New_York' }), [
      join(root!, name),
    ]);
    const [{ source, records, accounted, decodedBytes } = assert.fail()] = inputs;
    const uses = lines.filter((line) => / (?:OUT|IN): /.test(line)).length;
    assert.equal(source, 'flexnet');
    assert.deepEqual(records, { read: uses + 3, audited: uses + 3, malformed: 0, duplicate: 0, skipped: 0 });
    assert.equal(accounted.records + accounted.malformed + accounted.framing, decodedBytes);
  });

  // By seats: check-ins do not come in the order of check-outs, and nobody knows which session of a user and host one ends.
  test(`${name}: each seat that was taken is given back or open, each given back was taken or has no check-out`, () => {
    const events = countPlainly(text);
    const found = { returned: 0n, open: 0n, orphans: 0n };
    const sessions = new Sessions(
      { linger: 0n },
      {
        take: () => {},
        release: ({ quantity }) => {
          found.returned += quantity;
        },
        change: (_, by) => {
          found.returned -= by;
        },
        orphan: ({ quantity }) => {
          found.orphans += quantity;
        },
        // Sums of seats are the same in every pairing.
        withdraw: () => {},
        doubt: () => assert.fail('sessions without an id do not repeat each other'),
      },
    );
    const held = new Map<string, bigint>();
    const plain = { returned: 0n, open: 0n, orphans: 0n };
    const total = { OUT: 0n, IN: 0n };
    for (const { time, event, feature, user, host, quantity = 1 } of events) {
      const key = JSON.stringify([user, host]);
      const seats = BigInt(quantity) * ONE;
      sessions[event === 'OUT' ? 'checkOut' : 'checkIn']({
        at: BigInt(Date.parse(`${time}Z`)),
        key,
        named: false,
        feature,
        holder: user!,
        share: undefined,
        quantity: seats,
        stated: true,
        unreadable: false,
        place: { file: name, line: 1, offset: 0, length: 1 },
        origin: { identity: '' },
      });
      total[event as 'OUT' | 'IN'] += seats;
      const before = held.get(key + feature) ?? 0n;
      const back = event === 'OUT' ? 0n : before < seats ? before : seats;
      held.set(key + feature, event === 'OUT' ? before + seats : before - back);
      plain.returned += back;
      if (event === 'IN') plain.orphans += seats - back;
    }
    for (const open of held.values()) plain.open += open;
    for (const { quantity } of sessions.stillOpen()) found.open += quantity;
    assert.ok(found.returned > 1000n * ONE);
    assert.deepEqual(found, plain);
    assert.deepEqual(total, { OUT: found.returned + found.open, IN: found.returned + found.orphans });
  });

  // So the sessionizer takes a check-in for that of the session with its quantity, and not for a part of a later one.
  test(`${name}: each check-in gives back just what some open session of its user and host holds, or has no check-out`, () => {
    const open = new Map<string, number[]>();
    let found = 0;
    for (const { event, feature, user, host, quantity = 1 } of countPlainly(text)) {
      const key = JSON.stringify([feature, user, host]);
      const held = open.get(key) ?? [];
      open.set(key, held);
      if (event === 'OUT') held.push(quantity);
      else if (held.length > 0) {
        const index = held.lastIndexOf(quantity);
        assert.ok(index >= 0, `${key} gives back ${quantity} of ${held.join()}`);
        held.splice(index, 1);
        found++;
      }
    }
    assert.ok(found > 500, String(found));
  });

  test(`${name}: the peak of each feature is that of a plain count, and its places are check-outs`, async () => {
    const events = countPlainly(text);
    const features = [...new Set(events.map(({ feature }) => feature!))].toSorted();
    const folder = mkdtempSync(join(tmpdir(), 'audit-check-flexnet-'));
    try {
      const licenses = join(folder, 'licenses.yaml');
      const items = features.map(
        (feature) =>
          `  - {id: ${feature}, covers: {feature: ${feature}}, measure: floating, quantity: [{from: 2010-01-01, set: unlimited}]}`,
      );
      writeFileSync(
        licenses,
        `contract: {id: A, timezone: UTC}\nterm: {from: 2010-01-01, until: 2030-01-01}\nmeasures: {floating: count seats each instant take max over term}\nlicenses:\n${items.join('\n')}\n`,
      );
      const request = testRequest({ builtinRules: false, licenses, zone: 'UTC' });
      const report = await auditPaths(request, [join(root!, name)]);
      assert.deepEqual(
        report.licenses.map(({ license, used }) => [license, used]),
        features.map((feature) => [feature, peakPlainly(events.filter((each) => each.feature === feature))]),
      );
      for (const { license, places } of report.licenses) {
        assert.ok(places.length > 0);
        for (const { line } of places) assert.ok(lines[line - 1]!.includes(`OUT: "${license}"`));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
