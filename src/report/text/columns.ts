/** Text in terminal columns: how wide it is, and how it wraps. For text without controls: escape first, color last. */

const NARROW = /^[\u0020-\u007e]*$/;
/** Combining marks, joiners, variation selectors and skin tones take no column of their own. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Emoji_Modifier}]$/u;
/** Halfwidth forms are of a wide script, and narrow. */
const HALF_WIDTH = /^[\uff61-\uffdc]$/;
/** East Asian Wide and Fullwidth (UAX #11), by script, and pictures. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const char of text) columns += columnsOfChar(char);
  return columns;
}

function columnsOfChar(char: string): number {
  if (char <= '\u02ff') return 1;
  if (ZERO_WIDTH.test(char)) return 0;
  return WIDE.test(char) && !HALF_WIDTH.test(char) ? 2 : 1;
}

/** The longest beginning of `text` that fits into `columns`. */
export function takeColumns(text: string, columns: number): string {
  if (text.length * 2 <= columns) return text;
  let taken = '';
  let used = 0;
  for (const char of text) {
    used += columnsOfChar(char);
    if (used > columns) return taken;
    taken += char;
  }
  return taken;
}

/** The longest end of `text` that fits into `columns`. */
export function takeLastColumns(text: string, columns: number): string {
  if (text.length * 2 <= columns) return text;
  const chars = [...text];
  let used = 0;
  let from = chars.length;
  while (from > 0) {
    used += columnsOfChar(chars[from - 1]!);
    if (used > columns) break;
    from--;
  }
  return chars.slice(from).join('');
}

/** At most `columns` columns, the cut marked. Looks no further into a long text than it takes. */
export function fit(text: string, columns: number): string {
  const whole = takeColumns(text, columns);
  return whole.length === text.length ? text : `${takeColumns(text, columns - 1)}…`;
}

/** Controls, which escaped text has none of: before a place, and for each blank in it. */
const KEPT = '\u0001';
const KEPT_BLANK = '\u0002';

/** For `wrap`: a place is one word, whatever its length, for grep and for copying. `text` must be escaped. */
export function keptWhole(text: string): string {
  return KEPT + text.replaceAll(' ', KEPT_BLANK);
}

/** Lines of at most `width` columns, broken at spaces where there are any; later lines are `indent` shorter. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const room = () => Math.max(1, width - (lines.length > 0 ? indent : 0));
  const flush = () => {
    lines.push(line);
    line = '';
    used = 0;
  };
  for (const word of text.split(' ')) {
    const isKept = word.includes(KEPT);
    let rest = isKept ? word.replaceAll(KEPT, '').replaceAll(KEPT_BLANK, ' ') : word;
    let columns = columnsOf(rest);
    if (line !== '' && used + 1 + columns > room()) flush();
    // A word longer than a line (a hash, a path) is cut where the line ends.
    while (columns > room() && !isKept) {
      // A wide character in a column of one goes over the edge rather than nowhere.
      const piece = takeColumns(rest, room()) || String.fromCodePoint(rest.codePointAt(0)!);
      line = piece;
      flush();
      rest = rest.slice(piece.length);
      columns -= columnsOf(piece);
    }
    used += line === '' ? columns : columns + 1;
    line += line === '' ? rest : ` ${rest}`;
  }
  flush();
  return lines.map((entry, index) => (index === 0 ? entry : ' '.repeat(indent) + entry));
}
