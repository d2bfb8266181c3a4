/** The literals of a detection item: where it holds, some value of its field is or holds one of them, or is long enough. */

import { foldCase } from '../base/fold-case.ts';
import type { DetectionItem, Pattern, Piece } from '../model/rule.ts';
import { mostTelling, needsOfExpression } from './expression-needs.ts';
import { DASH } from './fold-dashes.ts';
import { normalDecimal } from './match-number.ts';
import { comparisonOf } from './modifiers.ts';

/** Texts in one case. `numbers` as `normalDecimal` writes them. `lengths`: texts of at least so many UTF-16 units. */
export type Literals = { equal: string[]; numbers: string[]; contained: string[]; lengths: number[] };

/** A shorter literal, or a length that most values have, tells nothing. */
const TELLING_LITERAL = 3;
const TELLING_LENGTH = 24;

/** Undefined where the item holds for values that no literal names: networks, orders, negations, nulls. */
export function literalsOfItem(item: DetectionItem): Literals | undefined {
  const comparison = comparisonOf(item);
  if (item.modifiers.includes('neq')) return undefined;
  const ofValue = VALUE_LITERALS[comparison ?? 'equal'];
  if (ofValue === undefined) return undefined;
  const dashes = item.modifiers.includes('windash');
  // An expression is sought in a text whose dashes were made one, and a number by its value too.
  if (dashes && (comparison === 're' || item.values.some(isNegative))) return undefined;
  const each = item.values.map((value) => ofValue(dashes ? withoutDashes(value) : value));
  return item.modifiers.includes('all') ? each.find((literals) => literals !== undefined) : united(each);
}

function isNegative(value: Pattern): boolean {
  return value.kind === 'number' && value.lexeme.includes('-');
}

type OfValue = (value: Pattern) => Literals | undefined;

/** By comparison; `equal` is that of an item that names none. */
const VALUE_LITERALS: Readonly<Record<string, OfValue | undefined>> = {
  equal: literalsOfWhole,
  contains: literalsOfPart,
  startswith: literalsOfPart,
  endswith: literalsOfPart,
  re: literalsOfExpression,
};

function literalsOfWhole(value: Pattern): Literals | undefined {
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'boolean':
      return { ...none(), equal: [foldCase(String(value.value))] };
    case 'number':
      return { ...none(), equal: [foldCase(value.lexeme)], numbers: [normalDecimal(value.lexeme)] };
    case 'text': {
      const texts = textsOf(value);
      if (texts.length < value.pieces.length) return contained(longest(texts));
      return { ...none(), equal: [foldCase(texts.join(''))] };
    }
  }
}

function literalsOfPart(value: Pattern): Literals | undefined {
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'boolean':
      return contained(String(value.value));
    case 'number':
      return contained(value.lexeme);
    case 'text':
      return contained(longest(textsOf(value)));
  }
}

function literalsOfExpression(value: Pattern): Literals | undefined {
  if (value.kind !== 'text') return undefined;
  const { literals, length } = needsOfExpression(value.written);
  const list = mostTelling(literals);
  if (list?.every((literal) => literal.length >= TELLING_LITERAL)) return containedAny(list);
  return length >= TELLING_LENGTH ? { ...none(), lengths: [length] } : undefined;
}

/** Any dash may stand in the place of one: what is left are the texts between. */
function withoutDashes(value: Pattern): Pattern {
  if (value.kind !== 'text') return value;
  const pieces = value.pieces.flatMap((piece): Piece[] => {
    if (!('text' in piece)) return [piece];
    const texts = piece.text.split(DASH).map((text): Piece[] => (text === '' ? [] : [{ text }]));
    return texts.flatMap((text, at) => (at === 0 ? text : [{ wildcard: '?' }, ...text]));
  });
  return { ...value, pieces };
}

function textsOf(value: Pattern & { kind: 'text' }): string[] {
  return value.pieces.flatMap((piece) => ('text' in piece ? [piece.text] : []));
}

function longest(texts: readonly string[]): string {
  return texts.reduce((most, text) => (text.length > most.length ? text : most), '');
}

function containedAny(texts: readonly string[]): Literals | undefined {
  return united(texts.map(contained));
}

function contained(text: string): Literals | undefined {
  // Half a character folds otherwise than the whole.
  if (text === '' || !text.isWellFormed()) return undefined;
  return { ...none(), contained: [foldCase(text)] };
}

function none(): Literals {
  return { equal: [], numbers: [], contained: [], lengths: [] };
}

function united(each: readonly (Literals | undefined)[]): Literals | undefined {
  const all = none();
  for (const literals of each) {
    if (literals === undefined) return undefined;
    all.equal.push(...literals.equal);
    all.numbers.push(...literals.numbers);
    all.contained.push(...literals.contained);
    all.lengths.push(...literals.lengths);
  }
  return each.length === 0 ? undefined : all;
}
