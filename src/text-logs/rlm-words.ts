/** The words of a line of an RLM report log: separated by spaces, or in double quotes. Linear in the line's length. */

export type Word = { text: string; quoted: boolean; start: number; end: number };

/** No record has more than 30; a line of a million words is no record. */
const MAX_WORDS = 100;

const QUOTE = '"';

/**
 * A quote ends a word only before a space or the end of the line, so that one within a word does no harm. `escapes`:
 * `\"` is a quote and `\\` a backslash, else both stay as they are. Undefined for a quote that nothing ends, and for too
 * many words.
 */
export function splitWords(line: string, escapes: boolean): Word[] | undefined {
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === ' ' || line[at] === '\t') at++;
    if (at >= line.length) return words;
    if (words.length === MAX_WORDS) return undefined;
    const word = line[at] === QUOTE ? quotedWord(line, at, escapes) : plainWord(line, at);
    if (word === undefined) return undefined;
    words.push(word);
    at = word.end;
  }
}

function plainWord(line: string, start: number): Word {
  let end = start;
  while (end < line.length && !isSpace(line[end])) end++;
  return { text: line.slice(start, end), quoted: false, start, end };
}

function quotedWord(line: string, start: number, escapes: boolean): Word | undefined {
  let text = '';
  let from = start + 1;
  for (let at = from; at < line.length; at++) {
    const char = line[at];
    if (escapes && char === '\\' && (line[at + 1] === QUOTE || line[at + 1] === '\\')) {
      text += line.slice(from, at);
      at++;
      from = at;
    } else if (char === QUOTE && (at + 1 === line.length || isSpace(line[at + 1]))) {
      return { text: text + line.slice(from, at), quoted: true, start, end: at + 1 };
    }
  }
  return undefined;
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}
