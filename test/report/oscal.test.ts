/** The assessment results are valid by NIST's schema, and call nothing satisfied that the logs do not show. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { toUuid } from '../../src/base/uuid.ts';
import type { ControlResult } from '../../src/model/control.ts';
import type { Report } from '../../src/model/report.ts';
import { toControlId } from '../../src/report/oscal/control-ids.ts';
import { oscal } from '../../src/report/oscal.ts';
import { cleanReport, emptyReport, hostileReport, richReport } from './sample-report.ts';

const SCHEMA = new URL('schemas/oscal_complete_schema-1-2-2.json.gz', import.meta.url);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const isOscal = ajv.compile(JSON.parse(gunzipSync(fs.readFileSync(SCHEMA)).toString('utf8')));

type Finding = {
  target: { 'target-id': string; status: { state: string; reason: string; remarks: string } };
  'related-observations'?: { 'observation-uuid': string }[];
};
type Result = {
  title: string;
  'reviewed-controls': {
    'control-selections': Record<
      'include-controls' | 'exclude-controls',
      { 'control-id': string }[] | undefined
    >[];
  };
  findings?: Finding[];
  observations?: { uuid: string; 'relevant-evidence'?: { href: string }[] }[];
};

function resultsOf(report: Report): Result[] {
  const document = JSON.parse(oscal.render(report, { colors: false, width: 80 }));
  const isValid: boolean = isOscal(document);
  assert.ok(isValid, ajv.errorsText(isOscal.errors?.filter(({ instancePath }) => instancePath !== '')));
  return document['assessment-results'].results;
}

function uuidsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'uuid' ? [member as string] : uuidsOf(member),
  );
}

const withoutPacks = () => {
  const { packs: _, controls: __, ...report } = richReport();
  return report as Report;
};

function withControl(changes: Partial<ControlResult>): Report {
  const report = richReport();
  report.controls = [{ ...report.controls![0]!, ...changes }];
  return report;
}

describe('the assessment results', () => {
  const hostileControls = () => {
    const report = hostileReport();
    for (const each of report.controls!)
      Object.assign(each, { pack: 'x\u202ey (z)', control: '(1)\n', title: '`' });
    return report;
  };
  const samples = { richReport, withoutPacks, cleanReport, emptyReport, hostileReport, hostileControls };
  for (const [name, sample] of Object.entries(samples)) {
    test(`of ${name} are valid by the schema, and no identifier stands twice`, () => {
      const results = resultsOf(sample());
      assert.ok(results.length > 0);
      const uuids = uuidsOf(JSON.parse(oscal.render(sample(), { colors: false, width: 80 })));
      assert.equal(new Set(uuids).size, uuids.length);
      for (const uuid of uuids)
        assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });
  }

  test('would not be valid with a third state', () => {
    const document = JSON.parse(oscal.render(richReport(), { colors: false, width: 80 }));
    document['assessment-results'].results[0].findings[0].target.status.state = 'undetermined';
    assert.equal(isOscal(document), false);
  });

  const states: [what: string, changes: Partial<ControlResult>, state: string, reason: string][] = [
    ['a control that passed, shown whole', { status: 'passed', strength: 'strong' }, 'satisfied', 'pass'],
    ['one that passed, shown in part', { status: 'passed', strength: 'partial' }, 'not-satisfied', 'other'],
    [
      'one that passed without a check',
      { status: 'passed', strength: 'strong', checks: [] },
      'not-satisfied',
      'other',
    ],
    ['one that failed', { status: 'failed' }, 'not-satisfied', 'fail'],
    ['one that is undetermined', { status: 'undetermined' }, 'not-satisfied', 'other'],
  ];
  for (const [what, changes, state, reason] of states) {
    test(`call ${what} ${state}, ${reason}`, () => {
      const [result] = resultsOf(withControl(changes));
      const [finding] = result!.findings!;
      assert.equal(finding!.target['target-id'], 'cc7.2_smt');
      assert.deepEqual([finding!.target.status.state, finding!.target.status.reason], [state, reason]);
      assert.notEqual(finding!.target.status.remarks, '');
    });
  }

  test('exclude what no log can show, without a finding', () => {
    const [result] = resultsOf(richReport());
    const [selection] = result!['reviewed-controls']['control-selections'];
    assert.deepEqual(selection!['include-controls'], [{ 'control-id': 'cc7.2' }, { 'control-id': 'cc6.3' }]);
    assert.deepEqual(selection!['exclude-controls'], [{ 'control-id': 'cc1.1' }]);
    assert.equal(result!.findings!.length, 2);
  });

  test('lead from a finding to its observations and from them to the files', () => {
    const [result] = resultsOf(richReport());
    const related = result!.findings!.flatMap((each) =>
      each['related-observations']!.map((observation) => observation['observation-uuid']),
    );
    assert.deepEqual(
      related,
      result!.observations!.map(({ uuid }) => uuid),
    );
    assert.equal(result!.observations![0]!['relevant-evidence']![0]!.href, 'logs/app.ndjson');
  });

  test('have a risk that somebody approved for what is waived, until the waiver ends, and its control is not satisfied', () => {
    const document = JSON.parse(oscal.render(richReport(), { colors: false, width: 80 }));
    const [result] = document['assessment-results'].results;
    const [risk, ...more] = result.risks;
    assert.deepEqual(more, []);
    assert.deepEqual([risk.status, risk.deadline], ['deviation-approved', '2025-07-01T00:00:00Z']);
    assert.equal(risk.statement, 'the client is replaced in spring');
    const excepted = result.findings.find((each: { title: string }) => each.title.includes('CC6.3'));
    assert.deepEqual(excepted['related-risks'], [{ 'risk-uuid': risk.uuid }]);
    const { state, reason } = excepted.target.status;
    assert.deepEqual([state, reason], ['not-satisfied', 'other']);
    const { remarks } = excepted.target.status;
    assert.match(remarks, /is waived \(1 finding stands, waived by w-1\): somebody answers for it/);
  });

  test('without a pack hold the controls that findings name, a result a framework, and nothing satisfied', () => {
    const results = resultsOf(withoutPacks());
    assert.deepEqual(
      results.map(({ title }) => title),
      [
        'Controls of iso-27001-2022',
        'Controls of nist-800-53r5',
        'Controls of pci-dss-4',
        'Controls of soc2',
      ],
    );
    const states = results.flatMap(({ findings }) => findings!.map(({ target }) => target.status.state));
    assert.deepEqual(new Set(states), new Set(['not-satisfied']));
  });

  test('call a control whose findings are all waived neither breached nor satisfied', () => {
    const report = withoutPacks();
    report.findings = report.findings.filter(({ waiver }) => waiver !== undefined);
    const statuses = resultsOf(report).flatMap(({ findings }) =>
      findings!.map(({ target }) => target.status),
    );
    assert.ok(statuses.length > 0);
    for (const { state, reason, remarks } of statuses) {
      assert.deepEqual([state, reason], ['not-satisfied', 'other']);
      assert.match(remarks, /waived/);
    }
  });

  test('let the worse speak where two spellings are one control', () => {
    const report = richReport();
    const [control] = report.controls!;
    report.controls = [{ ...control!, control: 'cc7.2', status: 'passed' }, control!];
    const [result] = resultsOf(report);
    assert.deepEqual(
      result!.findings!.map(({ target }) => target.status.reason),
      ['fail'],
    );
  });

  test('have the time of the run in UTC, else that of the last event', () => {
    const modified = (report: Report) =>
      JSON.parse(oscal.render(report, { colors: false, width: 80 }))['assessment-results'].metadata[
        'last-modified'
      ];
    assert.equal(modified(richReport()), '2025-04-01T06:00:00.000Z');
    const { generated: _, ...timeless } = richReport();
    assert.equal(modified(timeless), '2025-03-31T23:59:59.125Z');
  });
});

describe('toControlId()', () => {
  const cases: [framework: string, control: string, expected: string][] = [
    ['nist-800-53r5', 'AU-3', 'au-3'],
    ['nist-800-53r5', 'AU-3(1)', 'au-3.1'],
    ['soc2', 'CC7.2', 'cc7.2'],
    ['pci-dss-4', '10.2.2', 'pci-dss-4-10.2.2'],
    ['hipaa', '164.312(a)(2)(i)', 'hipaa-164.312.a.2.i'],
    ['17a-4', '(f)(2)', '_17a-4-.f.2'],
    ['', '', '_-'],
  ];
  for (const [framework, control, expected] of cases)
    test(`writes ${control} of ${framework} as ${expected}`, () =>
      assert.equal(toControlId(framework, control), expected));
});

test('toUuid() is version 5 of RFC 9562: the example of its appendix', () => {
  const dns = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
  assert.equal(toUuid('www.example.com', dns), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
});
