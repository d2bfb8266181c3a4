/** Patterns with `*` and `?` against text, in time linear in the text for a given pattern: no backtracking beyond one star. */
import { ANY_CHARACTER, ANY_RUN, type GlobUnit, matchesGlob } from '../base/glob.ts';
import type { Piece } from '../model/rule.ts';
import { isStar } from './parse-pattern.ts';

/** A test of texts that went through the same folding as the pieces. `*` crosses line ends, `?` is one code point. */
export function compilePieces(pieces: readonly Piece[]): (text: string) => boolean {
  if (pieces.some((piece) => 'wildcard' in piece && piece.wildcard === '?')) return compileCodePoints(pieces);
  const anchoredStart = !isStar(pieces[0]);
  const anchoredEnd = !isStar(pieces.at(-1));
  const literals = pieces.flatMap((piece) => ('text' in piece ? [piece.text] : []));
  const only = literals[0] ?? '';
  if (literals.length <= 1) {
    if (pieces.length === 0 || (anchoredStart && anchoredEnd)) return (text) => text === only;
    if (literals.length === 0) return () => true;
    if (anchoredStart) return (text) => text.startsWith(only);
    if (anchoredEnd) return (text) => text.endsWith(only);
    return (text) => text.includes(only);
  }
  return (text) => matchesInOrder(text, literals, anchoredStart, anchoredEnd);
}

/** Each literal at its leftmost place after the one before; the last one at the end where the pattern ends in it. */
function matchesInOrder(text: string, literals: readonly string[], start: boolean, end: boolean): boolean {
  let at = 0;
  const last = literals.length - 1;
  for (const [index, literal] of literals.entries()) {
    if (index === last && end) return text.length - literal.length >= at && text.endsWith(literal);
    const found = index === 0 && start ? (text.startsWith(literal) ? 0 : -1) : text.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return true;
}

/** By code points, as `?` is one of them. */
function compileCodePoints(pieces: readonly Piece[]): (text: string) => boolean {
  const units = pieces.flatMap((piece): GlobUnit[] => {
    if ('text' in piece) return [...piece.text];
    return [piece.wildcard === '?' ? ANY_CHARACTER : ANY_RUN];
  });
  return (text) => matchesGlob(units, [...text]);
}
