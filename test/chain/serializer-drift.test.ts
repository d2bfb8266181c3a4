/** Links that hold over hashes that do not recompute: verify says that it is the serializer, and which one. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { toSamples } from '../../src/chain/infer/columns.ts';
import { inferProfile } from '../../src/chain/infer/infer-profile.ts';
import { DRIFT_STEPS } from '../../src/checks/serializer-drift.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { toRecordView } from '../../src/sources/record-view.ts';
import { ChainRun } from './chain-run.ts';

type Fields = Record<string, unknown>;

/** Records whose hash is taken of what `write` makes of them, and which are stored as compact JSON. */
function drifted(count: number, write: (record: Fields) => string, names = ['prev_hash', 'hash']): string[] {
  let previous = '0'.repeat(64);
  return Array.from({ length: count }, (_, index) => {
    const record = { seq: index + 1, actor: 'zoë', action: 'login', [names[0]!]: previous };
    previous = crypto.hash('sha256', write(record), 'hex');
    return JSON.stringify({ ...record, [names[1]!]: previous });
  });
}

/** Python's json.dumps(sort_keys=True, ensure_ascii=False), which no shipped profile is. */
const pythonUnicode = (record: Fields) =>
  `{${Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(record[key])}`)
    .join(', ')}}`;

async function drift(lines: Record<string, string[]>): Promise<string[]> {
  const run = new ChainRun();
  const state = run.files(lines);
  await run.check.ready!(state);
  return run.check
    .finish(state)
    .findings.filter(({ code }) => code === 'chain-not-recomputable')
    .map(({ message }) => message);
}

describe('a chain whose links hold while nothing recomputes', () => {
  test('is named serializer drift, with the form that fits', async () => {
    const [message, ...more] = await drift({ 'a.ndjson': drifted(30, pythonUnicode) });
    assert.deepEqual(more, []);
    assert.match(message!, /29 links hold: serializer drift, not tampering/);
    assert.match(
      message!,
      /the pre-image "\{\\"json\\":\{\\"sort\\":\\"code-point\\",\\"separators\\":\[\\", \\",\\": \\"\],/,
    );
    assert.match(
      message!,
      /recomputes the first 3 records: "audit-check chain infer" prints a profile for it$/,
    );
  });

  test('is named so where no form fits', async () => {
    const [message] = await drift({
      'a.ndjson': drifted(30, (record) => `hidden ${JSON.stringify(record)}`),
    });
    assert.match(
      message!,
      /serializer drift, not tampering.*none of \d+ other forms that were tried recomputes the first 3 records/,
    );
  });

  test('is the same whether one fold saw the log or two that were merged', async () => {
    const lines = drifted(30, pythonUnicode);
    const run = new ChainRun();
    const state = run.files({ 'a.ndjson': lines });
    await run.check.ready!(state);
    const whole = run.check.finish(state);
    assert.match(whole.findings.map(({ message }) => message).join(), /the pre-image/);
    for (const cut of [1, 2, 5]) {
      const at = (from: number) => ({ file: 'a.ndjson', fileIndex: 0, ordinal: from });
      const left = run.fold(run.check.start(), lines.slice(0, cut), at(0));
      const right = run.fold(run.check.start(), lines.slice(cut), at(cut));
      assert.deepEqual(run.check.finish(run.check.merge(left, right)), whole);
    }
  });
});

/** Records that link and whose hashes are of nothing, with what `more` adds to each. */
function hostile(count: number, more: (index: number) => Fields): string[] {
  return drifted(count, (record) => `hidden ${JSON.stringify(record)}`).map((line, index) =>
    JSON.stringify({ ...JSON.parse(line), ...more(index) }),
  );
}

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level++) value = { a: value, b: [value === 'x' ? 1 : 2] };
  return value;
}

const HOSTILE: Record<string, (index: number) => Fields> = {
  '5,000 members': () => Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, at])),
  '200 objects': () =>
    Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`k${at}`, { at: '2026-01-05T08:00:00Z', by: [null] }]),
    ),
  '200 hashes': (index) =>
    Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`k${at}`, crypto.hash('sha256', `${at} ${index}`, 'hex')]),
    ),
  'a text of 1 MB': () => ({ text: 'a"'.repeat(500_000) }),
  'texts that repeat each other': () => ({ a: 'b:'.repeat(60_000), b: 'b:'.repeat(60_001) }),
  'an object nested 400 times': () => ({ deep: nested(400) }),
  '40 times': () =>
    Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`time${at}`, '2026-01-05T08:00:00.123456Z'])),
};

describe('a search over hostile records', () => {
  for (const [name, more] of Object.entries(HOSTILE)) {
    test(`ends within its steps for ${name}`, () => {
      const lines = hostile(3, more).map((line) => Buffer.from(line));
      const view = toRecordView(UNKNOWN_SOURCE);
      let scanned = 0;
      const counting = {
        fields: view.fields,
        at(bytes: Uint8Array) {
          scanned += bytes.length;
          return view.at(bytes);
        },
      };
      const found = inferProfile(toSamples(lines), counting, { budget: DRIFT_STEPS, keys: {} });
      assert.equal(found.document, undefined);
      assert.ok(found.tried <= DRIFT_STEPS, `${found.tried} tried`);
      // Of every write 64 bytes are a step: the last one may have been refused, not begun.
      assert.ok(scanned <= DRIFT_STEPS * 64, `${scanned} bytes scanned`);
      assert.ok(found.spent <= DRIFT_STEPS);
    });
  }

  test('ends though every attempt has the hash, and none that of the other records', () => {
    const empty = crypto.hash('sha256', '', 'hex');
    const lines = [0, 1, 2].map((index) =>
      JSON.stringify({
        ...Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, ''])),
        prev_hash: index === 0 ? '' : empty,
        hash: index === 2 ? crypto.hash('sha256', 'hidden', 'hex') : empty,
      }),
    );
    const view = toRecordView(UNKNOWN_SOURCE);
    const samples = toSamples(lines.map((line) => Buffer.from(line)));
    const found = inferProfile(samples, view, { budget: DRIFT_STEPS, keys: {} });
    assert.ok(found.tried <= DRIFT_STEPS);
    assert.ok(found.recomputed < 3);
  });

  test('is paid once for all layouts', async () => {
    const pairs = [
      ['prev_hash', 'hash'],
      ['previous_hash', 'entry_hash'],
      ['prevHash', 'entryHash'],
    ];
    const run = new ChainRun();
    const state = run.files(
      Object.fromEntries(
        pairs.map((names) => [
          `${names[1]}.ndjson`,
          drifted(10, (record) => `hidden ${JSON.stringify(record)}`, names),
        ]),
      ),
    );
    await run.check.ready!(state);
    const tried = run.check
      .finish(state)
      .findings.map(({ message }) => /none of (\d+) other forms/.exec(message)?.[1])
      .filter((found) => found !== undefined)
      .reduce((sum, found) => sum + Number(found), 0);
    assert.ok(tried > 0 && tried <= DRIFT_STEPS, `${tried} tried`);
  });
});
