/** What the sections of a page are made of: tables with captions and headers, lists, times. */
import { formatNumber } from '../../base/text-safety.ts';
import { type Html, type HtmlPart, html } from './html-text.ts';

/** A part of a page that its navigation leads to. */
export type PageSection = { id: string; title: string; content: Html };

/** Rows of one table; json and csv have them all. */
export const SHOWN = 200;

export function list(rows: readonly (readonly [string, HtmlPart])[]): Html {
  return html`<dl>${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

export type Column = { title: string; number?: true };

/** The first cell of a row is its header; the others carry the title of their column, for screens too narrow for columns. `total`: rows there are, where not all are given. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly HtmlPart[])[],
  total = rows.length,
): Html {
  if (rows.length === 0) return html``;
  const attribute = ({ number }: Column) => (number ? html` class="number"` : html``);
  const more =
    total > rows.length
      ? html`<p class="faint">… and ${formatNumber(total - rows.length)} more: the JSON and CSV formats list them</p>`
      : html``;
  return html`<div class="scroll"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${attribute(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...rest]) =>
    html`<tr><th scope="row">${first!}</th>${rest.map((cell, at) => html`<td data-label="${columns[at + 1]!.title}"${attribute(columns[at + 1]!)}>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>${more}`;
}

/** Behind one line, until somebody asks for it or prints the page. */
export function folded(summary: HtmlPart, content: Html): Html {
  return html`<details><summary>${summary}</summary>
${content}
</details>`;
}

export function time(instant: string | null): Html {
  return instant === null ? html`` : html`<time>${instant}</time>`;
}
