/**
 * A FlexNet license or options file as lines of words, each with its place. A backslash at the end of a line joins the next;
 * a value may stand in quotes or braces; `#` begins a line of comment.
 */
import type { Problem } from '../../model/problem.ts';

/** `text` is as written. `key` and `value` where it is `KEY=value`, the value without its quotes. Line and column from 1. */
export type Word = { text: string; key?: string; value?: string; line: number; column: number };

/** The words that backslashes join to one; never empty. */
export type WordLine = readonly Word[];

/** Characters of one file. The largest license files hold some ten thousand lines. */
const MAX_LENGTH = 8 * 1024 * 1024;

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '{': '}' };

export type Mistake = (at: { line: number; column: number }, message: string) => void;

export function mistakesOf(file: string, problems: Problem[]): Mistake {
  return ({ line, column }, message) => void problems.push({ file, line, column, message });
}

export function readWordLines(text: string, mistake: Mistake): WordLine[] {
  if (text.length > MAX_LENGTH) {
    mistake({ line: 0, column: 0 }, `the file has ${text.length} characters, at most ${MAX_LENGTH} are read`);
    return [];
  }
  const lines: WordLine[] = [];
  let words: Word[] = [];
  for (const [index, physical] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const isComment = words.length === 0 && physical.trimStart().startsWith('#');
    if (isComment) continue;
    const bare = physical.trimEnd();
    const continues = bare.endsWith('\\');
    words.push(...readWords(continues ? bare.slice(0, -1) : bare, index + 1, mistake));
    if (continues) continue;
    if (words.length > 0) lines.push(words);
    words = [];
  }
  if (words.length > 0) lines.push(words);
  return lines;
}

function* readWords(physical: string, line: number, mistake: Mistake): Generator<Word> {
  for (let at = 0; at < physical.length; ) {
    if (isBlank(physical[at]!)) {
      at++;
      continue;
    }
    const end = wordEnd(physical, at);
    if (end === undefined) {
      mistake({ line, column: at + 1 }, 'expected a closing quote or brace before the end of the line');
      return;
    }
    yield toWord(physical.slice(at, end), line, at + 1);
    at = end;
  }
}

/** Undefined when a quote or brace stays open. Braces nest, quotes do not. */
function wordEnd(physical: string, from: number): number | undefined {
  let depth = 0;
  let isQuoted = false;
  for (let at = from; at < physical.length; at++) {
    const character = physical[at]!;
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '{') depth++;
    else if (character === '}') depth = Math.max(0, depth - 1);
    else if (depth === 0 && isBlank(character)) return at;
  }
  return isQuoted || depth > 0 ? undefined : physical.length;
}

function toWord(text: string, line: number, column: number): Word {
  const equals = text.indexOf('=');
  if (equals <= 0 || text.startsWith('"')) return { text, line, column };
  return { text, key: text.slice(0, equals), value: unwrap(text.slice(equals + 1)), line, column };
}

/** Without the quotes or braces around it. */
function unwrap(value: string): string {
  const closing = CLOSING[value[0] ?? ''];
  return closing !== undefined && value.length > 1 && value.endsWith(closing) ? value.slice(1, -1) : value;
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\f' || character === '\v';
}
