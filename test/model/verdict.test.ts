import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControlResult } from '../../src/model/control.ts';
import type { Finding } from '../../src/model/finding.ts';
import { drawVerdict, type FailOn, type Judged } from '../../src/model/verdict.ts';

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'required-fields',
    code: 'missing-field',
    severity: 'high',
    verdict: 'violation',
    place: { file: 'a.ndjson', line: 1, offset: 0, length: 10 },
    message: '"actor" is empty',
    fingerprint: 'f1',
    ...changes,
  };
}

const WAIVER: NonNullable<Finding['waiver']> = {
  id: 'W-1',
  title: 'W-1',
  owner: 'ann',
  reason: 'the client is replaced in spring',
  expires: '2025-04-01T00:00:00Z',
};

function verdict(findings: Finding[], failOn: FailOn, changes: Partial<Judged> = {}, isIncomplete = false) {
  const codes = { 'missing-field': { title: 't', why: 'w', fix: 'f', controls: ['soc2:CC7.2'] } };
  return drawVerdict(isIncomplete, { findings, rules: [], codes, notices: [], ...changes }, failOn);
}

test('a finding counts from its severity on; a waived one never does', () => {
  assert.equal(verdict([finding()], { failOn: 'high' }), 'findings');
  assert.equal(verdict([finding()], { failOn: 'critical' }), 'clean');
  assert.equal(verdict([finding({ waiver: WAIVER })], { failOn: 'low' }), 'clean');
  assert.equal(verdict([finding({ verdict: 'undetermined' })], { failOn: 'low' }), 'findings');
});

test('what was not read beats every waiver and every baseline', () => {
  const all = [finding({ waiver: WAIVER }), finding({ baseline: 'unchanged' })];
  assert.equal(verdict(all, { failOn: 'low', failOnKnown: 'never' }, {}, true), 'incomplete');
});

test('what the baseline knows is held to a threshold of its own', () => {
  const known = finding({ baseline: 'unchanged' });
  assert.equal(verdict([known], { failOn: 'low' }), 'findings');
  assert.equal(verdict([known], { failOn: 'low', failOnKnown: 'never' }), 'clean');
  assert.equal(verdict([known], { failOn: 'low', failOnKnown: 'critical' }), 'clean');
  assert.equal(verdict([known], { failOn: 'low', failOnKnown: 'high' }), 'findings');
  const fresh = finding({ baseline: 'new' });
  assert.equal(verdict([known, fresh], { failOn: 'low', failOnKnown: 'never' }), 'findings');
});

test('a finding that speaks to a control counts at any severity, known or not', () => {
  const low = finding({ severity: 'informational', baseline: 'unchanged' });
  const asked: FailOn = { failOn: 'critical', failOnKnown: 'never', failOnControls: ['soc2:CC7.*'] };
  assert.equal(verdict([low], asked), 'findings');
  assert.equal(verdict([low], { ...asked, failOnControls: ['soc2:CC6.*'] }), 'clean');
  assert.equal(verdict([{ ...low, waiver: WAIVER }], asked), 'clean');
});

test('a notice counts where it is asked for, by its code or a pattern, waived or not', () => {
  const notices = [{ code: 'silent-rules', message: '1 of 2 rules of your own judged no event' }];
  const judge = (failOnNotices: string[]) => verdict([], { failOn: 'critical', failOnNotices }, { notices });
  assert.equal(judge(['silent-rules']), 'findings');
  assert.equal(judge(['more-pages', 'silent-*']), 'findings');
  assert.equal(judge(['silent']), 'clean');
  assert.equal(verdict([], { failOn: 'low' }, { notices }), 'clean');
});

test('a control of a pack that was not seen met counts, unless all that speaks against it is waived', () => {
  const check = { asks: 'x', status: 'failed' as const, population: { of: 'events', count: 1 } };
  const control = (changes: Partial<ControlResult>): ControlResult => ({
    pack: 'dora',
    control: 'A.9',
    title: 't',
    strength: 'strong',
    status: 'failed',
    checks: [],
    ...changes,
  });
  const asked: FailOn = { failOn: 'critical', failOnControls: ['dora:A.9'] };
  const judge = (result: ControlResult, findings: Finding[] = []) =>
    verdict(findings, asked, { controls: [result] });
  assert.equal(judge(control({ status: 'undetermined' })), 'findings');
  assert.equal(judge(control({ status: 'passed' })), 'clean');
  assert.equal(judge(control({ status: 'not-assessable' })), 'clean');
  assert.equal(judge(control({ checks: [{ ...check, findings: [], against: 0 }] })), 'findings');
  const failed = control({ checks: [{ ...check, findings: ['f1'], against: 1 }] });
  assert.equal(judge(failed, [finding()]), 'findings');
  assert.equal(judge(failed, [finding({ waiver: WAIVER })]), 'clean');
  const more = control({ checks: [{ ...check, findings: ['f1'], against: 2 }] });
  assert.equal(judge(more, [finding({ waiver: WAIVER })]), 'findings');
});
