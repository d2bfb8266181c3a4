/** The compact baseline file: one finding a line, sorted, so that a commit of it shows what came and went. */
import { compareText, escapeJson } from '../base/text-safety.ts';
import { BASELINE_SCHEMA, type Baseline, indexBaseline } from './baseline.ts';

export function renderBaseline(baseline: Baseline): string {
  const lines = [...indexBaseline(baseline)]
    .flatMap(([key, { entries }]) => entries.map((entry) => ({ key, entry })))
    .map(({ key, entry }) => {
      const { fingerprint, rule, code, verdict, severity, count, waived, file, message } = entry;
      const fields = { code, rule, file, severity, verdict, count, waived, fingerprint, message };
      const line = escapeJson(JSON.stringify(fields));
      return { key: JSON.stringify([code, rule, file, key, line]), line };
    })
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ line }) => `    ${line}`);
  const findings = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "schema": "${BASELINE_SCHEMA}",\n  "findings": ${findings}\n}\n`;
}
