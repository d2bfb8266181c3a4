/** `access --format json`: the summary as it is, times in RFC 3339. */
import { formatInstant } from '../base/instant.ts';
import { escapeJson } from '../base/text-safety.ts';
import type { AccessReport } from './access.ts';

export function accessJson({ table, summary, scan }: AccessReport): string {
  const { coverage, inputs, misread, leftOut, unheld } = scan;
  const report = {
    table: { file: table.file, format: table.format },
    period: coverage && { from: formatInstant(coverage.from), until: formatInstant(coverage.until) },
    inputs: inputs.map(({ file, status, morePages, source, records }) => {
      return { file, status, morePages, source, records };
    }),
    misread: misread.map(({ code, message, place }) => ({ code, message, place })),
    ...(leftOut > 0 && { leftOut }),
    ...(unheld.length > 0 && { unheld }),
    ...summary,
  };
  const json = JSON.stringify(
    report,
    (_, value: unknown) => (typeof value === 'bigint' ? formatInstant(value) : value),
    2,
  );
  return `${escapeJson(json)}\n`;
}
