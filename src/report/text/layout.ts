/** What the sections of the text report share: the width, the colors, and how a section stands on the page. */
import { createRequire } from 'node:module';
import type Table from 'cli-table3';
import { escapeControls, truncate } from '../../base/text-safety.ts';
import { formatPlace, type Place } from '../../model/place.ts';
import { columnsOf, fit, wrap } from './columns.ts';
import type { Paint } from './paint.ts';

const require = createRequire(import.meta.url);

export type Layout = { width: number; paint: Paint };

/** Rows of a table; the rest is counted, and `--format json` has it. */
export const MAX_ROWS = 40;
const INDENT = 2;
/** The code of a notice is short; if it is not, its text still needs room. */
const MAX_LABEL = 36;
const GAP = 2;
/** A squeezed column keeps this much, and wraps. */
const MIN_COLUMN = 12;

/** Columns of text in a cell: cli-table3 takes time in the square of it (0.6.5, measured), and a log may choose it. */
const MAX_CELL = 160;

/** Characters of one message: half a screen. Every other format has the whole. */
export const MAX_PROSE = 2_000;

/** Escaped: file names are log text too. */
export function showPlace(place: Place): string {
  return escapeControls(formatPlace(place));
}

/** A heading and its lines; nothing when there are none. */
export function section({ paint }: Layout, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [paint.heading(title), ...lines, ''];
}

/** `  note: text`, wrapped below its text. Escapes and bounds what it is given. */
export function labelled({ width, paint }: Layout, label: string, text: string): string[] {
  const name = fit(escapeControls(truncate(label, MAX_LABEL)), MAX_LABEL);
  const lines = wrap(escapeControls(truncate(text, MAX_PROSE)), width - INDENT - columnsOf(name) - 2);
  const pad = ' '.repeat(INDENT);
  return lines.map((line, at) =>
    at === 0 ? `${pad}${paint.help(`${name}:`)} ${line}` : `${pad}${' '.repeat(columnsOf(name) + 2)}${line}`,
  );
}

export type Cell = string | { text: string; paint: (text: string) => string };
export type Column = { title: string; align?: 'right' };

/** A table without borders, as wide as the page at the most: its widest columns wrap first. Escapes and bounds the cells. */
export function table(
  { width, paint }: Layout,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const texts = rows.map((row) => row.map((cell) => toCellText(cell)));
  const natural = columns.map(({ title }, at) =>
    Math.max(...[title, ...texts.map((row) => row[at]!)].map(columnsOf)),
  );
  const widths = squeeze(natural, width - INDENT - GAP * (columns.length - 1));
  // Loaded at first use: it takes 8 ms (measured), and the other formats have no tables.
  const grid = new (require('cli-table3') as typeof Table)({
    chars: NO_BORDERS,
    // No colWidths: cells are wrapped already, and where it counts columns otherwise it would cut in mid-character.
    // cli-table3 colors heads and borders by itself, whatever the stream.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    head: columns.map(({ title }) => paint.faint(title)),
  });
  rows.forEach((row, index) => {
    grid.push(
      row.map((cell, at) => {
        const lines = wrap(texts[index]![at]!, widths[at]!);
        return (typeof cell === 'string' ? lines : lines.map((line) => cell.paint(line))).join('\n');
      }),
    );
  });
  return grid
    .toString()
    .split('\n')
    .map((line) => ' '.repeat(INDENT) + line.trimEnd());
}

/** Bounded before it is escaped, lest a megabyte be escaped for a line. */
function toCellText(cell: Cell): string {
  return fit(escapeControls(truncate(typeof cell === 'string' ? cell : cell.text, MAX_CELL)), MAX_CELL);
}

/** Takes from the widest column until all fit. */
function squeeze(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, column) => sum + column, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess--;
  }
  return widths;
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
