/** `--stats`: where the time of a run went, on stderr, for people who tune it. */
import type { AuditOptions } from '../audit.ts';
import { formatNumber } from '../base/text-safety.ts';
import type { ScanCounters } from '../engine/scan-part.ts';
import type { Report } from '../model/report.ts';

type Stage = Parameters<NonNullable<AuditOptions['onStage']>>[0] | 'start';

export class Stats {
  private readonly ends: { stage: Stage; ms: number }[] = [{ stage: 'start', ms: sinceStart() }];
  private counters: ScanCounters | undefined;

  readonly stage = (stage: Stage): void => {
    this.ends.push({ stage, ms: sinceStart() });
  };

  readonly count = (counters: ScanCounters): void => {
    this.counters = counters;
  };

  format(report: Report, jobs: number): string {
    const { records, bytes } = report.summary;
    const decoded = report.inputs.reduce((sum, input) => sum + input.decodedBytes, 0);
    const seconds = sinceStart() / 1000;
    const stages = this.ends.map(
      ({ stage, ms }, index) => `${stage} ${((ms - (this.ends[index - 1]?.ms ?? 0)) / 1000).toFixed(2)}`,
    );
    const { met = 0, slow = 0, distinct = 0 } = this.counters ?? {};
    const each = records.read === 0 ? 0 : met / records.read;
    const lines = [
      `time      ${seconds.toFixed(2)} s = ${stages.join(' + ')} + report`,
      `threads   ${jobs}`,
      `events    ${formatNumber(records.read)} (${formatNumber(Math.round(records.read / seconds))}/s), ${formatNumber(slow)} by the slow road`,
      `bytes     ${formatNumber(bytes)} stored, ${formatNumber(decoded)} decoded (${(decoded / seconds / 1e6).toFixed(1)} MB/s)`,
      `values    ${formatNumber(distinct)} distinct`,
      `rules     ${each.toFixed(2)} met per event`,
      `memory    ${formatNumber(Math.round(process.resourceUsage().maxRSS / 1024))} MiB at its peak`,
    ];
    return `${lines.join('\n')}\n`;
  }
}

/** Milliseconds since the process began. */
function sinceStart(): number {
  return performance.now();
}
