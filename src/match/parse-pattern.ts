/** String values of a rule: wildcards and their escapes, as Sigma 2.1 has them (specification, "Escaping"). */
import type { Pattern, Piece } from '../model/rule.ts';

/** Most values have none of these, and are read no further. */
const SPECIAL = /[\\*?]/;

type TextPattern = Extract<Pattern, { kind: 'text' }>;

/**
 * Cuts a value at its wildcards. A backslash escapes `*`, `?` and a backslash that stands before one of the three;
 * before anything else it is itself: `a\b` and `a\\b` are both `a\b`.
 */
export function parsePattern(written: string): TextPattern {
  if (!SPECIAL.test(written)) return literalPattern(written);
  const pieces: Piece[] = [];
  let literal = '';
  const close = () => {
    if (literal !== '') pieces.push({ text: literal });
    literal = '';
  };
  for (let index = 0; index < written.length; index++) {
    const char = written[index]!;
    const next = written[index + 1];
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      index++;
    } else if (char === '*' || char === '?') {
      close();
      // A run of stars says no more than one star.
      if (char === '?' || !isStar(pieces.at(-1))) pieces.push({ wildcard: char });
    } else literal += char;
  }
  close();
  return { kind: 'text', written, pieces };
}

/** A value without wildcards, whatever it holds. */
export function literalPattern(text: string): TextPattern {
  return { kind: 'text', written: text, pieces: text === '' ? [] : [{ text }] };
}

export function isStar(piece: Piece | undefined): boolean {
  return piece !== undefined && 'wildcard' in piece && piece.wildcard === '*';
}
