/** The metrics are text that an independent parser and the grammar of the format take, and say what the report says. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { prometheus } from '../../src/report/prometheus.ts';
import { cleanReport, emptyReport, HOSTILE, hostileReport, richReport } from './sample-report.ts';

type Parsed = { name: string; metrics: { value: string; labels?: Record<string, string> }[] };
/** It comes without types. */
const parsePrometheus = createRequire(import.meta.url)('parse-prometheus-text-format') as (
  text: string,
) => Parsed[];
const render = (report: Report) => prometheus.render(report, { colors: false, width: 80 });

/** https://prometheus.io/docs/instrumenting/exposition_formats/, without the time of a sample, which the collector refuses. */
const LABEL = '[a-z_]+="(?:[^"\\\\\\n]|\\\\\\\\|\\\\"|\\\\n)*"';
const SAMPLE = new RegExp(`^([a-z_]+)(\\{${LABEL}(?:,${LABEL})*\\})? -?[0-9.]+(?:e[+-]?[0-9]+)?$`);
const COMMENT = /^# (HELP|TYPE) ([a-z_]+) (.+)$/;

function metricOf(report: Report, name: string, labels: Record<string, string> = {}): number | undefined {
  const metric = parsePrometheus(render(report)).find((each) => each.name === name);
  const sample = metric?.metrics.find((each) =>
    Object.entries(labels).every(([label, value]) => each.labels?.[label] === value),
  );
  return sample && Number(sample.value);
}

describe('the metrics', () => {
  for (const [name, sample] of Object.entries({ richReport, cleanReport, emptyReport, hostileReport })) {
    test(`of ${name} keep to the grammar: help, type, samples of that name, no series twice`, () => {
      let metric = '';
      const names: string[] = [];
      const series: string[] = [];
      for (const line of render(sample()).trimEnd().split('\n')) {
        const comment = COMMENT.exec(line);
        if (comment?.[1] === 'HELP') {
          metric = comment[2]!;
          names.push(metric);
        } else if (comment !== null) assert.equal(comment[2], metric);
        else {
          const found = SAMPLE.exec(line);
          assert.ok(found, line);
          assert.equal(found[1], metric);
          series.push(line.slice(0, line.lastIndexOf(' ')));
        }
      }
      assert.equal(new Set(names).size, names.length);
      assert.equal(new Set(series).size, series.length);
    });

    test(`of ${name} are all there when a parser has read them`, () => {
      const text = render(sample());
      const parsed = parsePrometheus(text);
      const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
      assert.equal(
        parsed.reduce((sum, { metrics }) => sum + metrics.length, 0),
        samples,
      );
    });
  }

  test('have the verdict, the records and the open findings of the report', () => {
    const report = richReport();
    assert.equal(metricOf(report, 'audit_check_verdict', { verdict: 'incomplete' }), 1);
    assert.equal(metricOf(report, 'audit_check_verdict', { verdict: 'clean' }), 0);
    assert.equal(metricOf(report, 'audit_check_records_total', { outcome: 'audited' }), 1_249);
    assert.equal(metricOf(report, 'audit_check_findings', { rule: 'required-fields', severity: 'high' }), 1);
    assert.equal(metricOf(report, 'audit_check_open_findings', { severity: 'critical' }), 2);
    assert.equal(metricOf(report, 'audit_check_waived_findings'), 1);
    assert.equal(metricOf(report, 'audit_check_new_findings'), report.summary.findings.new);
    assert.equal(metricOf(report, 'audit_check_control_status', { control: 'CC7.2', status: 'failed' }), 1);
    assert.equal(metricOf(report, 'audit_check_license_used', { license: 'editor' }), 26);
    assert.equal(metricOf(report, 'audit_check_license_limit', { license: 'solver' }), undefined);
  });

  test('say that the chain is sound only where every chain is, and nothing where there is none', () => {
    assert.equal(metricOf(cleanReport(), 'audit_check_chain_ok'), 1);
    assert.equal(metricOf(richReport(), 'audit_check_chain_ok'), 0);
    assert.equal(metricOf(emptyReport(), 'audit_check_chain_ok'), undefined);
    const open = cleanReport();
    open.streams[0]!.status = 'unverifiable';
    assert.equal(metricOf(open, 'audit_check_chain_ok'), 0);
    open.streams[0]!.status = 'unprotected';
    assert.equal(metricOf(open, 'audit_check_chain_ok'), undefined);
  });

  test('have a time only where the report has one, and that of a success only where all was audited', () => {
    const name = (of: string) => `audit_check_last_${of}_timestamp_seconds`;
    assert.equal(metricOf(cleanReport(), name('success')), Date.parse('2025-04-01T06:00:00Z') / 1000);
    assert.equal(metricOf(richReport(), name('run')), Date.parse('2025-04-01T06:00:00Z') / 1000);
    assert.equal(metricOf(richReport(), name('success')), undefined);
    assert.doesNotMatch(render(emptyReport()), /timestamp/);
  });

  test('give a license by its last period alone', () => {
    const report = richReport();
    const editor = report.licenses[1]!;
    report.licenses.push(
      { ...editor, period: '2025-02', used: 99 },
      { ...editor, period: '2025-04', used: 7 },
    );
    assert.equal(metricOf(report, 'audit_check_license_used', { license: 'editor' }), 7);
  });

  test('tell what changed since the run before, and nothing where there is none', () => {
    const report = richReport();
    const change = (of: string, labels?: Record<string, string>) =>
      metricOf(report, `audit_check_${of}_change`, labels);
    assert.equal(
      metricOf(report, 'audit_check_previous_run_timestamp_seconds'),
      Date.parse('2025-03-31T06:00:00Z') / 1000,
    );
    assert.equal(change('open_findings', { severity: 'critical' }), 1);
    assert.equal(change('open_findings', { severity: 'high' }), 2);
    assert.equal(change('open_findings', { severity: 'low' }), -3);
    assert.deepEqual([change('records'), change('bytes')], [249, 45_300]);
    assert.equal(change('license_used', { license: 'editor' }), 6);
    // The limit is not known anymore: that is no change to nothing.
    assert.equal(change('license_limit', { license: 'editor' }), undefined);
    report.history![1]!.licenses = [
      { license: 'editor', used: 26, limit: 30 },
      { license: 'viewer', used: 3, limit: 9 },
    ];
    assert.equal(change('license_limit', { license: 'editor' }), 5);
    assert.equal(change('license_used', { license: 'viewer' }), undefined);
    report.history = report.history!.slice(1);
    assert.doesNotMatch(render(report), /_change|previous_run/);
    assert.doesNotMatch(render(cleanReport()), /_change|previous_run/);
  });

  test('keep quotes and backslashes of a label', () => {
    const report = cleanReport();
    report.licenses = [{ ...richReport().licenses[0]!, license: 'a"b\\n{c="d"}' }];
    assert.match(render(report), /license_used\{license="a\\"b\\\\n\{c=\\"d\\"\}",measure/);
    report.licenses[0]!.license = HOSTILE;
    assert.ok(metricOf(report, 'audit_check_license_used') === 12.5);
  });
});
