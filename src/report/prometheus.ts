/**
 * Gauges of the run for the textfile collector of node_exporter: the text format 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/. Samples carry no time: the collector refuses it.
 */
import { compareText, escapeControls, truncate } from '../base/text-safety.ts';
import { SEVERITIES } from '../model/finding.ts';
import { type LicenseSummary, type Report, type ReportFormat, VERDICTS } from '../model/report.ts';
import { orderAssurance } from './parts/ordered-report.ts';
import { changeMetrics } from './prometheus/change-metrics.ts';
import type { Labels, Metric } from './prometheus/metric.ts';

/** Characters of a label: the log can choose some of them, and each value is a series that the server keeps. */
const MAX_LABEL = 120;

export const prometheus: ReportFormat = {
  name: 'prometheus',
  title: 'metrics for the textfile collector of Prometheus',
  render(report) {
    const metrics = [
      ...runMetrics(report),
      ...findingMetrics(report),
      ...streamMetrics(report),
      ...licenseMetrics(report),
      ...controlMetrics(report),
      ...changeMetrics(report),
    ];
    const shown = metrics.filter(({ samples }) => samples.length > 0);
    return `${shown.flatMap(metricLines).join('\n')}\n`;
  },
};

function runMetrics({ tool, summary, generated }: Report): Metric[] {
  const { verdict, records, files, bytes } = summary;
  // A duration would be another one each time: equal inputs give equal bytes.
  const at = generated === undefined ? Number.NaN : Date.parse(generated) / 1000;
  const time = (isKnown: boolean): [Labels, number][] => (isKnown && Number.isFinite(at) ? [[{}, at]] : []);
  return [
    {
      name: 'audit_check_info',
      help: 'The version that made the report',
      samples: [[{ version: tool.version }, 1]],
    },
    {
      name: 'audit_check_verdict',
      help: '1 for the verdict of the run',
      samples: VERDICTS.map((each) => [{ verdict: each }, each === verdict ? 1 : 0]),
    },
    { name: 'audit_check_files', help: 'Files that were looked at', samples: [[{}, files]] },
    { name: 'audit_check_bytes', help: 'Bytes of the files as stored', samples: [[{}, bytes]] },
    {
      // Of one run, so no counter; a gauge must not be called total.
      name: 'audit_check_records_total',
      help: 'Records of the run: what was read is the sum of them',
      type: 'untyped',
      samples: (['audited', 'malformed', 'duplicate', 'skipped'] as const).map((outcome) => [
        { outcome },
        records[outcome],
      ]),
    },
    {
      name: 'audit_check_last_run_timestamp_seconds',
      help: 'When the report was made, by --now',
      samples: time(true),
    },
    {
      name: 'audit_check_last_success_timestamp_seconds',
      help: 'The same, only of a run that audited everything',
      samples: time(verdict !== 'incomplete'),
    },
  ];
}

function findingMetrics({ findings, summary }: Report): Metric[] {
  const spoken = findings.filter(({ verdict }) => verdict !== 'satisfied');
  const open = spoken.filter(({ waiver }) => waiver === undefined);
  const byRule: [Labels, number][] = open.map(({ rule, severity }) => [{ rule, severity }, 1]);
  return [
    {
      name: 'audit_check_findings',
      help: 'Open findings, those undetermined too, by the rule or check that speaks',
      samples: byRule,
    },
    {
      name: 'audit_check_open_findings',
      help: 'Open findings by severity',
      samples: SEVERITIES.map((severity) => [
        { severity },
        open.filter((finding) => finding.severity === severity).length,
      ]),
    },
    {
      name: 'audit_check_undetermined_findings',
      help: 'Open findings that the log cannot decide',
      samples: [[{}, open.filter(({ verdict }) => verdict === 'undetermined').length]],
    },
    {
      name: 'audit_check_waived_findings',
      help: 'Findings that somebody answers for',
      samples: [[{}, spoken.length - open.length]],
    },
    {
      name: 'audit_check_new_findings',
      help: 'Findings that the baseline does not know',
      samples: summary.findings.new === undefined ? [] : [[{}, summary.findings.new]],
    },
  ];
}

function streamMetrics({ streams, summary }: Report): Metric[] {
  const held = streams.filter(({ status }) => status !== 'unprotected');
  const isSound = held.every(({ status }) => status !== 'broken' && status !== 'unverifiable');
  const assurance = Object.entries(summary.assurance ? orderAssurance(summary.assurance) : {});
  return [
    {
      name: 'audit_check_chain_ok',
      help: '1 if no stream with a chain or a seal is broken or unverifiable; absent where none has one',
      samples: held.length === 0 ? [] : [[{}, isSound ? 1 : 0]],
    },
    {
      name: 'audit_check_stream_records',
      help: 'Records of all streams by what they are worth',
      samples: assurance.map(([name, amount]) => [{ assurance: name }, Number(amount ?? 0)]),
    },
  ];
}

/** Of each license and measure the last period: a series for each month would never end. */
function licenseMetrics({ licenses }: Report): Metric[] {
  const latest = new Map<string, LicenseSummary>();
  for (const entry of licenses) {
    const key = JSON.stringify([entry.license, entry.measure]);
    const known = latest.get(key);
    if (known === undefined || compareText(known.period, entry.period) < 0) latest.set(key, entry);
  }
  const entries = [...latest.values()];
  const labels = ({ license, measure }: LicenseSummary) => ({ license, measure });
  return [
    {
      name: 'audit_check_license_used',
      help: 'Use in the last period',
      samples: entries.map((entry) => [labels(entry), entry.used]),
    },
    {
      name: 'audit_check_license_limit',
      help: 'What was bought; absent where it is unlimited or unknown',
      samples: entries.flatMap((entry): [Labels, number][] =>
        entry.limit === null ? [] : [[labels(entry), entry.limit]],
      ),
    },
    {
      name: 'audit_check_license_verdict',
      help: '1 with the verdict on the last period',
      samples: entries.map((entry) => [{ ...labels(entry), verdict: entry.verdict }, 1]),
    },
  ];
}

function controlMetrics({ controls = [] }: Report): Metric[] {
  return [
    {
      name: 'audit_check_control_status',
      help: '1 with what the logs show of the control',
      samples: controls.map(({ pack, control, status }) => [{ framework: pack, control, status }, 1]),
    },
  ];
}

/** Samples of equal labels are one, their sum: the collector refuses a file that has a series twice. */
function metricLines({ name, help, type = 'gauge', samples }: Metric): string[] {
  const values = new Map<string, number>();
  for (const [labels, value] of samples) {
    const series = `${name}${toLabels(labels)}`;
    values.set(series, (values.get(series) ?? 0) + value);
  }
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...[...values].map(([series, value]) => `${series} ${value}`),
  ];
}

function toLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${toLabelValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function toLabelValue(value: string): string {
  return escapeControls(truncate(value, MAX_LABEL)).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
