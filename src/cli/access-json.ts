/** `access --format json`: the summary as it is, times in RFC 3339. */
import { formatInstant } from '../base/instant.ts';
import type { AccessReport } from './access.ts';

export function accessJson({ table, summary, scan }: AccessReport): string {
  const { coverage, inputs } = scan;
  const report = {
    table: { file: table.file, format: table.format },
    period: coverage && { from: formatInstant(coverage.from), until: formatInstant(coverage.until) },
    inputs: inputs.map(({ file, status, source, records }) => ({ file, status, source, records })),
    ...summary,
  };
  const json = JSON.stringify(
    report,
    (_, value: unknown) => (typeof value === 'bigint' ? formatInstant(value) : value),
    2,
  );
  // Log text stays readable by machines, and moves no cursor where it is shown.
  const safe = json.replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${safe}\n`;
}
