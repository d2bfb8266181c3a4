/**
 * What is more or less than in the run before, where `--history` keeps one: findings, volume, use of licenses. Gauges, for
 * they fall as well. Prometheus could subtract by itself, but of runs that it has scraped alone.
 */
import { SEVERITIES } from '../../model/finding.ts';
import type { RunSummary } from '../../model/history.ts';
import type { Report } from '../../model/report.ts';
import type { Metric } from './metric.ts';

export function changeMetrics({ history = [] }: Report): Metric[] {
  const [before, now] = history.slice(-2);
  if (before === undefined || now === undefined) return [];
  return [
    {
      name: 'audit_check_previous_run_timestamp_seconds',
      help: 'When the run was made that changes are told against',
      samples: [[{}, Date.parse(before.at) / 1000]],
    },
    {
      name: 'audit_check_open_findings_change',
      help: 'Open findings more than in the previous run, by severity',
      samples: SEVERITIES.map((severity) => [
        { severity },
        (now.findings[severity] ?? 0) - (before.findings[severity] ?? 0),
      ]),
    },
    {
      name: 'audit_check_records_change',
      help: 'Audited records more than in the previous run',
      samples: [[{}, now.records - before.records]],
    },
    {
      name: 'audit_check_bytes_change',
      help: 'Stored bytes more than in the previous run',
      samples: [[{}, now.bytes - before.bytes]],
    },
    {
      name: 'audit_check_license_used_change',
      help: 'Use in the last period more than in the last period of the previous run; absent where it had none',
      samples: now.licenses.flatMap(({ license, used }) => {
        const known = usedOf(before, license);
        return known === undefined ? [] : [[{ license }, used - known] as const];
      }),
    },
    {
      name: 'audit_check_license_limit_change',
      help: 'What was bought more than in the previous run; absent where either is unlimited or unknown',
      samples: now.licenses.flatMap(({ license, limit }) => {
        const known = before.licenses.find((each) => each.license === license)?.limit ?? null;
        return known === null || limit === null ? [] : [[{ license }, limit - known] as const];
      }),
    },
  ];
}

function usedOf({ licenses }: RunSummary, name: string): number | undefined {
  return licenses.find(({ license }) => license === name)?.used;
}
