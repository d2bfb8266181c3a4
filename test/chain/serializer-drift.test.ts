/** Links that hold over hashes that do not recompute: verify says that it is the serializer, and which one. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
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

function drift(lines: Record<string, string[]>): string[] {
  return new ChainRun()
    .verify(lines)
    .findings.filter(({ code }) => code === 'chain-not-recomputable')
    .map(({ message }) => message);
}

describe('a chain whose links hold while nothing recomputes', () => {
  test('is named serializer drift, with the form that fits', () => {
    const [message, ...more] = drift({ 'a.ndjson': drifted(30, pythonUnicode) });
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

  test('is named so where no form fits', () => {
    const [message] = drift({ 'a.ndjson': drifted(30, (record) => `hidden ${JSON.stringify(record)}`) });
    assert.match(
      message!,
      /serializer drift, not tampering.*none of \d+ other forms that were tried recomputes the first 3 records/,
    );
  });

  test('is the same whether one fold saw the log or two that were merged', () => {
    const lines = drifted(30, pythonUnicode);
    const run = new ChainRun();
    const whole = run.check.finish(run.files({ 'a.ndjson': lines }));
    for (const cut of [1, 2, 5]) {
      const at = (from: number) => ({ file: 'a.ndjson', fileIndex: 0, ordinal: from });
      const left = run.fold(run.check.start(), lines.slice(0, cut), at(0));
      const right = run.fold(run.check.start(), lines.slice(cut), at(cut));
      assert.deepEqual(run.check.finish(run.check.merge(left, right)), whole);
    }
  });
});
