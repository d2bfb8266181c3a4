/** Real FlexNet debug logs, read in place: every check-out and check-in is accounted for, and the days are those of the log. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
}
