/** Rows as CSV (RFC 4180, a header, CRLF) that no spreadsheet runs. */
import { escapeControls } from './text-safety.ts';

export function csvTable<Column extends string>(
  columns: readonly Column[],
  rows: readonly Partial<Record<Column, string | number | null>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/**
 * A spreadsheet takes what begins with one of these for a formula, the wide forms too where East Asian input is set up: an
 * apostrophe before it makes it text (OWASP, CSV injection).
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: string | number | null | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = escapeControls(FORMULA.test(value) ? `'${value}` : value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
