/** The result of a section as a table for a terminal: rows with ratios, then what was wanted and what was measured. */
import type { Row } from './measure.ts';
import type { SectionResult, Want } from './section.ts';

const HELD = new Map<boolean | undefined, string>([
  [true, 'held'],
  [false, 'NOT HELD'],
  [undefined, 'not measured'],
]);

export function toTable({ title, rows, references, wants, notes }: SectionResult): string {
  const head = ['what', 'seconds', 'CPU s', 'events/s', 'MB/s', 'peak MB'];
  const cells = [[...head, ...references.map(({ heading }) => `of ${heading}`)]];
  for (const row of rows) cells.push([...toCells(row), ...toRatios(row, rows, references)]);
  const lines = [`## ${title}`, '', ...align(cells)];
  if (wants.length > 0) lines.push('', ...align([['wanted', 'measured', ''], ...wants.map(toWantCells)]));
  for (const note of notes) lines.push('', `Note: ${note}`);
  return `${lines.join('\n')}\n`;
}

function toCells({ name, seconds, cpuSeconds, events, bytes, peakMB }: Row): string[] {
  return [
    name,
    seconds.toFixed(seconds < 10 ? 3 : 1),
    cpuSeconds.toFixed(2),
    events === 0 ? '' : Math.round(events / seconds).toLocaleString('en'),
    bytes === 0 ? '' : (bytes / 1e6 / seconds).toFixed(1),
    peakMB.toFixed(0),
  ];
}

function toRatios(row: Row, rows: readonly Row[], references: SectionResult['references']): string[] {
  return references.map((reference) => {
    const other = rows.find(({ name }) => name === reference.row);
    return other === undefined ? '' : (row.seconds / other.seconds).toFixed(2);
  });
}

function toWantCells({ wanted, measured, held }: Want): string[] {
  return [wanted, measured, measured === HELD.get(undefined) ? '' : HELD.get(held)!];
}

/** Two spaces between columns; the first, and any that holds words, to the left. */
function align(cells: string[][]): string[] {
  const columns = cells[0]!.length;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => row[column]!.length)),
  );
  const numeric = widths.map((_, column) => cells.slice(1).every((row) => /^[\d.,]*$/.test(row[column]!)));
  return cells.map((row) =>
    row
      .map((cell, column) =>
        numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
