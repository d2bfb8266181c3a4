/** The merge law and the bounds of protocols: any cuts give the answer of the whole, and no log makes the state grow without end. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  appendProtocolRecord,
  MAX_PROTOCOL_TEXT,
  mergeProtocolRecords,
  type ProtocolRecords,
  startProtocolRecords,
} from '../../src/chain/protocol-records.ts';
import type { Event } from '../../src/model/event.ts';
import { compareFindings } from '../../src/model/finding.ts';
import { ChainRun } from './chain-run.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, FIXTURES), 'utf8');
const lines = (path: string) => text(path).trimEnd().split('\n');

const POOL = [
  ...lines('chains/ok-did-webvh-witnessed/log.jsonl'),
  ...lines('chains/bad-unauthorized-key/log.jsonl'),
  ...(JSON.parse(text('chains/ok-did-plc/log.json')) as unknown[]).map((record) => JSON.stringify(record)),
  ...lines('vectors/signed/acra.ndjson'),
  ...lines('vectors/signed/saf-t-pt.ndjson'),
  ...lines('chains/bad-pangea/log.ndjson'),
  '{"level":"info","msg":"unsealed"}',
  '{"hash":"no chain","sig":7,"versionId":null}',
];

describe('records of protocols', () => {
  const keys = {
    acra: readFileSync(new URL('vectors/signed/acra.key', FIXTURES)),
    pangea: readFileSync(new URL('vectors/signed/pangea-roots.txt', FIXTURES)),
    'saf-t-pt': readFileSync(new URL('vectors/signed/saf-t-pt.pem', FIXTURES)),
  };
  const run = new ChainRun({ keys });

  test('give the same answer wherever the log is cut', () => {
    const file = 'a.ndjson';
    const log = fc.array(fc.constantFrom(...POOL), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(log, fc.nat(25), fc.nat(25), (records, one, other) => {
        const [first, second] = [
          Math.min(one, other, records.length),
          Math.min(Math.max(one, other), records.length),
        ];
        const part = (from: number, to: number) =>
          structuredClone(
            run.fold(run.check.start(), records.slice(from, to), { file, fileIndex: 0, ordinal: from }),
          );
        const answer = (state: ReturnType<typeof part>) => {
          const { findings, streams } = run.check.finish(state);
          return { findings: findings.toSorted(compareFindings), streams };
        };
        const whole = answer(part(0, records.length));
        const { merge } = run.check;
        const left = merge(merge(part(0, first), part(first, second)), part(second, records.length));
        const right = merge(part(0, first), merge(part(first, second), part(second, records.length)));
        assert.deepEqual(answer(left), whole);
        assert.deepEqual(answer(right), whole);
      }),
      { numRuns: 60 },
    );
  });

  test('are kept up to a bound, and those behind it are counted the same in parts and as a whole', () => {
    const big = 'x'.repeat(MAX_PROTOCOL_TEXT / 4);
    const add = (state: ProtocolRecords, from: number, to: number) => {
      for (let line = from; line < to; line++) {
        const place = { file: 'a', line, offset: line, length: 1 };
        appendProtocolRecord(state, { place, fileIndex: 0 } as Event, line % 3 === 2 ? 'small' : big);
      }
      return state;
    };
    const shape = ({ kept, dropped }: ProtocolRecords) => ({
      kept: kept.map(({ place }) => place.line),
      dropped,
    });
    const whole = shape(add(startProtocolRecords(), 0, 12));
    assert.deepEqual([whole.kept, whole.dropped.records, whole.dropped.first?.line], [[0, 1, 2, 3], 8, 4]);
    for (const cut of [0, 1, 4, 5, 8, 12]) {
      const merged = mergeProtocolRecords(
        add(startProtocolRecords(), 0, cut),
        add(startProtocolRecords(), cut, 12),
      );
      assert.deepEqual(shape(merged), whole, `cut at ${cut}`);
    }
  });
});
