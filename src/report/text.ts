/** The report for people: findings like a compiler's diagnostics, tables of what was judged, and the tie-out at the end. */
import type { ReportFormat } from '../model/report.ts';
import { controlLines } from './text/control-lines.ts';
import { findingLines } from './text/finding-lines.ts';
import { inputLines, noticeLines } from './text/input-lines.ts';
import type { Layout } from './text/layout.ts';
import { licenseLines } from './text/license-lines.ts';
import { createPaint } from './text/paint.ts';
import { ruleLines } from './text/rule-lines.ts';
import { streamLines } from './text/stream-lines.ts';
import { summaryLines } from './text/summary-lines.ts';

/** Below, tables fall apart; above, prose is hard to read. */
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;

export const text: ReportFormat = {
  name: 'text',
  title: 'for people: findings with excerpts and help, tables, the tie-out',
  render(report, { colors, width }) {
    const layout: Layout = {
      width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)),
      paint: createPaint(colors),
    };
    const lines = [
      ...findingLines(report, layout),
      ...streamLines(report, layout),
      ...licenseLines(report, layout),
      ...controlLines(report, layout),
      ...ruleLines(report, layout),
      ...inputLines(report, layout),
      ...noticeLines(report, layout),
      ...summaryLines(report, layout),
    ];
    return `${lines.join('\n')}\n`;
  },
};
