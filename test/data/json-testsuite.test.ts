/** JSONTestSuite (https://github.com/nst/JSONTestSuite) through the audit: what must be accepted is, what must not is reported. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { before, describe, test } from 'node:test';
import { type Finding, severityRank } from '../../src/model/finding.ts';
import type { InputSummary } from '../../src/model/report.ts';
import { auditPaths, testRequest } from '../support/audit-run.ts';
import { sharedData } from '../support/shared-data.ts';

type Outcome = { input: InputSummary; findings: Finding[] };

const folder = sharedData('json-testsuite');

/** Findings that say "this could not be read as JSON". */
const REFUSALS = new Set(['malformed-record', 'truncated-input', 'empty-input', 'unsupported-input']);

/** What the standard leaves open, with our answer and its reason. */
const OPEN: readonly (readonly [
  answer: 'accepted' | 'reported',
  reason: string,
  files: readonly string[],
])[] = [
  [
    'accepted',
    'digits are kept as they were written, so no number is too large to read (RFC 8785 refuses them later)',
    [
      'i_number_double_huge_neg_exp.json',
      'i_number_huge_exp.json',
      'i_number_pos_double_huge_exp.json',
      'i_number_real_pos_overflow.json',
      'i_number_too_big_neg_int.json',
      'i_number_too_big_pos_int.json',
      'i_number_very_big_negative_int.json',
      'number_-9223372036854775808.json',
      'number_-9223372036854775809.json',
      'number_1.000000000000000005.json',
      'number_1000000000000000.json',
      'number_1e-999.json',
      'number_9223372036854775807.json',
    ],
  ],
  [
    'accepted',
    'escaped lone surrogates are within the grammar (RFC 8259 §8.2); Java and JavaScript writers cut texts so',
    [
      'i_object_key_lone_2nd_surrogate.json',
      'i_string_incomplete_surrogate_pair.json',
      'i_string_incomplete_surrogates_escape_valid.json',
      'i_string_inverted_surrogates_U+1D11E.json',
      'string_1_escaped_invalid_codepoint.json',
      'string_2_escaped_invalid_codepoints.json',
    ],
  ],
  [
    'reported',
    'not UTF-8 (RFC 8259 §8.1): two readers would replace the bytes differently and see different records',
    [
      'i_string_UTF-8_invalid_sequence.json',
      'i_string_UTF8_surrogate_U+D800.json',
      'i_string_not_in_unicode_range.json',
      'i_string_overlong_sequence_2_bytes.json',
      'i_string_truncated-utf-8.json',
      'string_2_invalid_codepoints.json',
      'string_3_invalid_codepoints.json',
    ],
  ],
  ['accepted', 'within the 1,000 levels that are read', ['i_structure_500_nested_arrays.json']],
  [
    'accepted',
    'a key that stands twice is noticed by a finding of its own',
    ['object_same_key_same_value.json', 'object_same_key_unclear_values.json'],
  ],
];

describe('JSONTestSuite', { skip: folder === undefined && 'sample data absent' }, () => {
  const outcomes = new Map<string, Outcome>();

  before(async () => {
    const report = await auditPaths(testRequest({ builtinRules: false }), [folder!]);
    for (const input of report.inputs) {
      const findings = report.findings.filter(({ place }) => place.file === input.file);
      if (input.file.endsWith('.json')) outcomes.set(basename(input.file), { input, findings });
    }
  });

  const named = (prefix: string) => [...outcomes].filter(([name]) => name.startsWith(prefix));

  test('every y_ file is accepted', () => {
    assert.ok(named('y_').length >= 50);
    for (const [name, outcome] of named('y_')) assertAccepted(name, outcome);
  });

  test('every n_ file is reported, loud enough that the audit is not clean', () => {
    assert.ok(named('n_').length >= 97);
    for (const [name, outcome] of named('n_')) assertReported(name, outcome);
  });

  test('the files that the standard leaves open are answered as pinned here', () => {
    const pinned = new Map(OPEN.flatMap(([answer, , files]) => files.map((file) => [file, answer] as const)));
    const open = [...outcomes].filter(([name]) => !/^[yn]_/.test(name));
    assert.deepEqual(open.map(([name]) => name).toSorted(), [...pinned.keys()].toSorted());
    for (const [name, outcome] of open) {
      if (pinned.get(name) === 'accepted') assertAccepted(name, outcome);
      else assertReported(name, outcome);
    }
  });

  test('keys that stand twice are accepted and named', () => {
    const doubled = [...outcomes].filter(([name]) => /object_(?:duplicated|same)_key/.test(name));
    assert.ok(doubled.length >= 4);
    for (const [name, { findings }] of doubled) {
      assert.ok(
        findings.some(({ code }) => code === 'duplicate-key'),
        name,
      );
    }
  });
});

function assertAccepted(name: string, { input, findings }: Outcome): void {
  assert.equal(input.records.malformed, 0, name);
  assert.equal(input.status, 'complete', name);
  assert.deepEqual(
    findings.filter(({ code }) => REFUSALS.has(code)),
    [],
    name,
  );
}

function assertReported(name: string, { findings }: Outcome): void {
  const refusals = findings.filter(({ code }) => REFUSALS.has(code));
  assert.ok(refusals.length > 0, `${name} is reported`);
  for (const { severity } of refusals) assert.ok(severityRank(severity) >= severityRank('medium'), name);
}
