/** The excerpt of a record on one line, with carets under the value; as much of it as the page is wide. */
import { escapeControls } from '../../base/text-safety.ts';
import type { Excerpt } from '../../model/finding.ts';
import { columnsOf, fit, takeColumns, takeLastColumns } from './columns.ts';

/** Characters looked at on each side of a caret: far more than fit. The makers of excerpts cut them already. */
const MAX_PART = 500;

type ExcerptLines = { text: string; indent: string; carets: string };

export function toExcerptLines(excerpt: Excerpt, width: number): ExcerptLines {
  // The three pieces are escaped one by one, for escaping moves offsets. Offsets out of range are pulled in.
  const start = Math.min(Math.max(0, excerpt.start), excerpt.text.length);
  const end = Math.min(Math.max(start, excerpt.end), excerpt.text.length);
  const before = toOneLine(excerpt.text.slice(Math.max(0, start - MAX_PART), start));
  const after = toOneLine(excerpt.text.slice(end, end + MAX_PART));
  const value = fit(
    toOneLine(excerpt.text.slice(start, Math.min(end, start + MAX_PART))),
    Math.max(1, width - 2),
  );

  const room = Math.max(0, width - columnsOf(value));
  // What follows the value may take half of the room, and what the part before it leaves.
  const roomBefore = Math.max(Math.floor(room / 2), room - columnsOf(after));
  const head = columnsOf(before) <= roomBefore ? before : `…${takeLastColumns(before, roomBefore - 1)}`;
  const roomAfter = room - columnsOf(head);
  const tail =
    columnsOf(after) <= roomAfter ? after : roomAfter > 0 ? `${takeColumns(after, roomAfter - 1)}…` : '';
  return {
    text: head + value + tail,
    indent: ' '.repeat(columnsOf(head)),
    carets: '^'.repeat(Math.max(1, columnsOf(value))),
  };
}

/** Line breaks and indentation of a pretty-printed record become one space. */
function toOneLine(text: string): string {
  return escapeControls(text.replace(/[\t\n\r][\t\n\r ]*/g, ' '));
}
