/** What integrity checks find decides controls of integrity: ranges alone say nothing of records that are gone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findingSpeakers } from '../../src/engine/finding-kinds.ts';
import { SEAL_KINDS } from '../../src/engine/seals.ts';
import type { Finding } from '../../src/model/finding.ts';
import { speaksOfIntegrity } from '../../src/model/integrity.ts';
import type { Pack } from '../../src/packs/pack.ts';
import { goodRun, resultOf, withFinding } from './made-evidence.ts';

const good = goodRun([]);

/** Findings whose code names no control fail it by its own check alone. */
function judge(level: string, rule: string, code: string, more: Partial<Finding> = {}) {
  const control = {
    id: 'A.1',
    title: 't',
    strength: 'strong',
    checks: [{ kind: 'integrity', params: level }],
  };
  const pack = {
    ...{ name: 'own', title: 'Own', version: '1', effective: '2020-01-01', url: 'https://example.org' },
    ...{ file: 'own.yaml', controls: [control] },
  } as unknown as Pack;
  return resultOf(withFinding(good, rule, code, more), pack, 'A.1').checks[0]!;
}

const waiver = { id: 'w', title: 'W-9', owner: 'ann', reason: 'r', expires: '2027-01-01T00:00:00Z' };

for (const { speaker, kinds } of findingSpeakers()) {
  const spoken = kinds.filter(({ code }) => speaksOfIntegrity({ rule: speaker, code }));
  if (spoken.length === 0) continue;
  describe(`integrity, by the rule ${speaker}`, () => {
    for (const { code } of spoken)
      test(`is failed, left open or excepted by ${code}`, () => {
        for (const level of ['chained', 'anchored']) {
          const { status, against } = judge(level, speaker, code);
          assert.deepEqual([status, against], ['failed', 1]);
          assert.equal(judge(level, speaker, code, { verdict: 'undetermined' }).status, 'undetermined');
          assert.equal(judge(level, speaker, code, { severity: 'low' }).status, 'undetermined');
          assert.equal(judge(level, speaker, code, { waiver }).status, 'excepted');
        }
      });
  });
}

test('what names the control of changes that are detected speaks of integrity', () => {
  const naming = findingSpeakers().flatMap(({ speaker, kinds }) =>
    kinds.flatMap(({ code, controls }) =>
      controls?.includes('pci-dss-4:10.3.4') === true ? [{ rule: speaker, code }] : [],
    ),
  );
  assert.deepEqual(
    [...new Set(naming.map(({ rule }) => rule))].sort(),
    ['archive', 'checkpoint', ...SEAL_KINDS.map(({ name }) => name), 'hash-chain'].sort(),
  );
  assert.deepEqual(
    naming.filter((each) => !speaksOfIntegrity(each)),
    [],
  );
});

test('integrity passes by what other rules find, and by values that are still there', () => {
  for (const [rule, code] of [
    ['required-fields', 'missing-field'],
    ['archive', 'unfinished-erasure'],
  ] as const)
    assert.equal(judge('chained', rule, code).status, 'passed', code);
});
