/** The literal texts of a condition on one field: where it holds, some value of the field is or holds one of them. */
import type { ConditionNode, DetectionItem, Pattern, Piece } from '../model/rule.ts';
import { foldCase } from './fold-case.ts';
import { DASH } from './fold-dashes.ts';
import { normalDecimal } from './match-number.ts';
import { comparisonOf } from './modifiers.ts';

/** Texts in one case. `numbers` as `normalDecimal` writes them. */
export type Literals = { equal: string[]; numbers: string[]; contained: string[] };

/** Asked for several times while gates are weighed. */
const known = new WeakMap<ConditionNode, { literals: Literals | undefined }>();

/** Undefined where the condition holds for values that no literal names: expressions, networks, orders, negations. */
export function literalsOf(condition: ConditionNode): Literals | undefined {
  let answer = known.get(condition);
  if (answer === undefined) {
    answer = { literals: findLiterals(condition) };
    known.set(condition, answer);
  }
  return answer.literals;
}

function findLiterals(condition: ConditionNode): Literals | undefined {
  switch (condition.kind) {
    case 'item':
      return literalsOfItem(condition.item);
    case 'or':
      return united(condition.nodes.map(literalsOf));
    case 'and':
      // Each of them must hold: any one's literals do.
      return condition.nodes.map(literalsOf).find((literals) => literals !== undefined);
    case 'not':
      return undefined;
  }
}

function literalsOfItem(item: DetectionItem): Literals | undefined {
  const comparison = comparisonOf(item);
  if (item.modifiers.includes('neq')) return undefined;
  const isPart = comparison === 'contains' || comparison === 'startswith' || comparison === 'endswith';
  if (comparison !== undefined && !isPart) return undefined;
  const dashes = item.modifiers.includes('windash');
  const each = item.values.map((value) => literalsOfValue(dashes ? withoutDashes(value) : value, isPart));
  return item.modifiers.includes('all') ? each.find((literals) => literals !== undefined) : united(each);
}

function literalsOfValue(value: Pattern, isPart: boolean): Literals | undefined {
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'boolean':
      return isPart ? contained(String(value.value)) : equal(String(value.value));
    case 'number':
      if (isPart) return contained(value.lexeme);
      return { equal: [foldCase(value.lexeme)], numbers: [normalDecimal(value.lexeme)], contained: [] };
    case 'text': {
      const texts = value.pieces.flatMap((piece) => ('text' in piece ? [piece.text] : []));
      if (!isPart && texts.length === value.pieces.length) return equal(texts.join(''));
      return contained(texts.reduce((longest, text) => (text.length > longest.length ? text : longest), ''));
    }
  }
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

function equal(text: string): Literals {
  return { equal: [foldCase(text)], numbers: [], contained: [] };
}

function contained(text: string): Literals | undefined {
  // Half a character folds otherwise than the whole.
  if (text === '' || !text.isWellFormed()) return undefined;
  return { equal: [], numbers: [], contained: [foldCase(text)] };
}

function united(each: readonly (Literals | undefined)[]): Literals | undefined {
  const all: Literals = { equal: [], numbers: [], contained: [] };
  for (const literals of each) {
    if (literals === undefined) return undefined;
    all.equal.push(...literals.equal);
    all.numbers.push(...literals.numbers);
    all.contained.push(...literals.contained);
  }
  return each.length === 0 ? undefined : all;
}
