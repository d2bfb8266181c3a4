/** One line a finding, then one line with the rest of the report: for `jq`, log shippers and `grep`. */
import type { ReportFormat } from '../model/report.ts';
import { toEscapedJson } from './parts/escaped-json.ts';
import { orderFinding, orderReport } from './parts/ordered-report.ts';

export const ndjson: ReportFormat = {
  name: 'ndjson',
  title: 'one line a finding, then one summary line',
  render(report) {
    const lines = report.findings.map((finding) =>
      toEscapedJson({ type: 'finding', ...orderFinding(finding) }),
    );
    const { findings: _, ...rest } = orderReport(report);
    lines.push(toEscapedJson({ type: 'summary', ...rest }));
    return `${lines.join('\n')}\n`;
  },
};
