/** Text in GitHub Flavored Markdown (https://github.github.com/gfm): no text of a log or a rule becomes markup, link or mention. */
import { escapeControls, truncate } from '../../base/text-safety.ts';

const MAX_CODE = 1_000;
const MAX_PROSE = 2_000;

/** A code span, for what a log chose: nothing in it is markup (§6.3). */
export function toCode(text: string, limit = MAX_CODE): string {
  const shown = escapeControls(truncate(text, limit));
  if (shown.trim() === '') return '`(empty)`';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Words of a rule or of ours, never at the beginning of a line: backslashes (§6.1), and nothing that GitHub links by itself. */
export function toProse(text: string, limit = MAX_PROSE): string {
  return escapeControls(truncate(text, limit))
    .replace(/[\\`*_{}[\]<>~$&]/g, '\\$&')
    .replaceAll('//', '/\\/')
    .replace(/\b(www)\./gi, '$1\\.')
    .replace(/[@#]/g, '$&<!-- -->')
    .replaceAll('|', '&#124;');
}

/** For the summary of a `<details>`, which is HTML. */
export function toHtmlText(text: string): string {
  return escapeControls(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cells must be Markdown already. A bar ends a cell in a code span too, and renderers differ on `\\|` behind a backslash. */
export function toTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\u{7c}')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
