/** A flood of findings as a table: how many of each kind there are, how many of them are printed, and where most of them lie. */
import { compareText, count, formatNumber } from '../../base/text-safety.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { FindingWords } from '../parts/finding-words.ts';
import { type Cell, type Layout, MAX_ROWS, section, table } from './layout.ts';

export type Kind = {
  name: string;
  /** Of its worst finding. */
  severity: Severity;
  verdict: Finding['verdict'];
  total: number;
  shown: number;
  files: Map<string, number>;
};

/** Files that are named of one kind. */
const MAX_FILES = 2;

export function startKind({ code, severity, verdict }: Finding, { rule }: FindingWords): Kind {
  const name = rule === undefined ? code : `${code} by rule ${rule.title}`;
  return { name, severity, verdict, total: 0, shown: 0, files: new Map() };
}

export function kindTable(kinds: readonly Kind[], layout: Layout): string[] {
  const rows = kinds.slice(0, MAX_ROWS).map((kind): Cell[] => {
    const { name, severity, verdict, total, shown } = kind;
    const isOpen = verdict === 'undetermined';
    const paint = isOpen ? layout.paint.undetermined : layout.paint.severity[severity];
    const word = { text: isOpen ? verdict : severity, paint };
    return [word, name, formatNumber(total), formatNumber(shown), mostIn(kind)];
  });
  const lines = table(
    layout,
    [
      { title: 'worst' },
      { title: 'findings of' },
      { title: 'number', align: 'right' },
      { title: 'above', align: 'right' },
      { title: 'most of them in' },
    ],
    rows,
  );
  const rest = kinds.slice(MAX_ROWS);
  const hidden = rest.reduce((sum, { total }) => sum + total, 0);
  if (rest.length > 0)
    lines.push(`  ... and ${count(hidden, 'finding')} of ${count(rest.length, 'more kind', 'more kinds')}`);
  lines.push(`  ${layout.paint.help('help:')} --format json has every finding`);
  return section(layout, 'Findings, not all of them above', lines);
}

/** `logs/a.ndjson (1,200), logs/b.ndjson (800), and 3 more files` */
function mostIn({ files }: Kind): string {
  const most = [...files].sort(([a, left], [b, right]) => right - left || compareText(a, b));
  const named = most.slice(0, MAX_FILES).map(([file, amount]) => `${file} (${formatNumber(amount)})`);
  const more = most.length - named.length;
  return [...named, ...(more > 0 ? [`and ${count(more, 'more file')}`] : [])].join(', ');
}
