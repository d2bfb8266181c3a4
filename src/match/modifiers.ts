/** What the modifiers of a detection item test (Sigma 2.1, "Value Modifiers"); which go together stands in `check-modifiers.ts`. */

import { foldCase } from '../base/fold-case.ts';
import { quote } from '../base/text-safety.ts';
import type { ValueKind } from '../model/event.ts';
import type { DetectionItem, Pattern, Piece } from '../model/rule.ts';
import { COMPARISONS, type ComparisonModifier, RE_FLAGS, type TimePart } from './check-modifiers.ts';
import { checkedExpression, type compileExpression, lateExpression } from './expression.ts';
import { foldDashes } from './fold-dashes.ts';
import { compileNetwork } from './match-address.ts';
import { compareNumbers, isNumber, normalDecimal } from './match-number.ts';
import { compilePieces } from './match-text.ts';
import { checkTimePart, timePartOf } from './match-time.ts';
import { isStar, literalPattern } from './parse-pattern.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** Judges one value that is present and not null. Pure in both arguments: equal id, equal answer. */
export type ValueTest = (text: string, kind: ValueKind) => boolean;

/** Program size grows with the expression; the longest of 231 public expressions has 600 characters. */
const MAX_EXPRESSION = 10_000;

export function comparisonOf(item: DetectionItem): ComparisonModifier | undefined {
  if (item.modifiers.length === 0) return undefined;
  return COMPARISONS.find((comparison) => item.modifiers.includes(comparison));
}

/** How an item compares its values; a keyword is sought anywhere in the text. */
function valueComparison(item: DetectionItem): ComparisonModifier | undefined {
  return comparisonOf(item) ?? (item.field === undefined ? 'contains' : undefined);
}

/** Text may be any, so that nothing is compiled to find it wrong. */
const TEXT_COMPARISONS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'contains',
  'startswith',
  'endswith',
]);

/** @throws {RuleRefusal} for values that the modifier cannot take: a rule that we cannot run is refused before the first event */
export function checkValues(item: DetectionItem): void {
  const comparison = valueComparison(item);
  if (!TEXT_COMPARISONS.has(comparison)) compileValueTests(item, checkedExpression);
  else if (comparison !== undefined)
    for (const pattern of item.values) if (pattern.kind === 'null') refuseNull(comparison);
}

function refuseNull(comparison: ComparisonModifier): never {
  throw new RuleRefusal(`"${comparison}" needs a value, found null`);
}

/** From so many whole texts on, one set answers for all of them. */
const MANY_TEXTS = 8;

/**
 * Tests of which one passes where some value holds; with `all`, one for each value that is not null. For a keyword, the value
 * is sought anywhere in the text. `search`: how expressions are compiled, which were checked when the rule was read.
 * @throws {RuleRefusal} for values that the modifier cannot take
 */
export function compileValueTests(item: DetectionItem, search = lateExpression): ValueTest[] {
  const comparison = valueComparison(item);
  const fold = foldOf(item.modifiers);
  const tests: ValueTest[] = [];
  const wholes: string[] = [];
  for (const pattern of item.values) {
    if (pattern.kind === 'null') {
      if (comparison !== undefined) refuseNull(comparison);
    } else if (comparison === undefined && pattern.kind === 'text' && pattern.pieces.length <= 1) {
      const [piece] = pattern.pieces;
      if (piece === undefined || 'text' in piece) wholes.push(fold(piece?.text ?? ''));
      else tests.push(compileValueTest(pattern, comparison, fold, item, search));
    } else tests.push(compileValueTest(pattern, comparison, fold, item, search));
  }
  if (item.modifiers.includes('all') || wholes.length < MANY_TEXTS)
    return [
      ...wholes.map(
        (whole): ValueTest =>
          (text) =>
            fold(text) === whole,
      ),
      ...tests,
    ];
  const set = new Set(wholes);
  return [(text) => set.has(fold(text)), ...tests];
}

/** What makes two texts one where the item takes them for one: case, and with `windash` the dash. */
export function foldOf(modifiers: readonly string[]): (text: string) => string {
  const cased = modifiers.includes('cased');
  if (!modifiers.includes('windash')) return cased ? (text) => text : foldCase;
  return cased ? foldDashes : (text) => foldDashes(foldCase(text));
}

function compileValueTest(
  pattern: Exclude<Pattern, { kind: 'null' }>,
  comparison: ComparisonModifier | undefined,
  fold: (text: string) => string,
  item: DetectionItem,
  search: typeof compileExpression,
): ValueTest {
  const { modifiers } = item;
  switch (comparison) {
    case 're':
      return compileBounded(writtenOf(pattern), modifiers, search);
    case 'cidr': {
      const network = compileNetwork(writtenOf(pattern));
      if (network === undefined)
        throw new RuleRefusal(
          `"cidr" needs a network such as 10.0.0.0/8, found ${quote(writtenOf(pattern))}`,
        );
      return network;
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return compileOrder(comparison, writtenOf(pattern));
    case undefined:
      if (pattern.kind === 'number') return compileNumber(pattern.lexeme, fold);
      return compileText(piecesOf(pattern), fold);
    case 'contains':
    case 'startswith':
    case 'endswith':
      return compileText(widen(piecesOf(pattern), comparison), fold);
    default:
      return compileTimePart(comparison as TimePart, writtenOf(pattern), item);
  }
}

/** The number that a part of the time must be, or be more or less than. */
function compileTimePart(part: TimePart, limit: string, { modifiers, timezone }: DetectionItem): ValueTest {
  const order = (['lt', 'lte', 'gt', 'gte'] as const).find((each) => modifiers.includes(each));
  checkTimePart(part, limit, order !== undefined);
  const holds: ValueTest =
    order === undefined ? (text) => Number(text) === Number(limit) : compileOrder(order, limit);
  return (text, kind) => {
    const found = kind === 'string' || kind === 'number' ? timePartOf(text, part, timezone) : undefined;
    return found !== undefined && holds(String(found), 'number');
  };
}

/** A number equals a number of the same value, and any text of the same characters, folded as the item says. */
function compileNumber(lexeme: string, fold: (text: string) => string): ValueTest {
  const normal = normalDecimal(lexeme);
  const written = fold(lexeme);
  return (text, kind) => fold(text) === written || (kind === 'number' && normalDecimal(text) === normal);
}

function compileText(pieces: readonly Piece[], fold: (text: string) => string): ValueTest {
  const matches = compilePieces(
    pieces.map((piece) => ('text' in piece ? { text: fold(piece.text) } : piece)),
  );
  return (text) => matches(fold(text));
}

function widen(pieces: readonly Piece[], comparison: string): Piece[] {
  const star: Piece = { wildcard: '*' };
  const before = comparison !== 'startswith' && !isStar(pieces[0]) ? [star] : [];
  const after =
    comparison !== 'endswith' && !isStar(pieces.at(-1)) && !(pieces.length === 0 && before.length > 0)
      ? [star]
      : [];
  return [...before, ...pieces, ...after];
}

function compileOrder(comparison: 'lt' | 'lte' | 'gt' | 'gte', limit: string): ValueTest {
  if (!isNumber(limit)) throw new RuleRefusal(`"${comparison}" needs a number, found ${quote(limit)}`);
  return (text, kind) => {
    const order = kind === 'number' || kind === 'string' ? compareNumbers(text, limit) : undefined;
    if (order === undefined) return false;
    if (order === 0) return comparison === 'lte' || comparison === 'gte';
    return comparison.startsWith('lt') ? order < 0 : order > 0;
  };
}

function compileBounded(
  expression: string,
  modifiers: readonly string[],
  search: typeof compileExpression,
): ValueTest {
  if (expression.length > MAX_EXPRESSION) {
    throw new RuleRefusal(
      `the expression has ${expression.length} characters, at most ${MAX_EXPRESSION} are read`,
    );
  }
  const flags = new Set(modifiers.flatMap((modifier) => RE_FLAGS[modifier] ?? []));
  try {
    return search(anchored(expression, modifiers), flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuleRefusal(`the expression ${quote(expression)} is not RE2: ${reason}`);
  }
}

/** An expression is sought anywhere, unless it says where. */
function anchored(expression: string, modifiers: readonly string[]): string {
  if (modifiers.includes('startswith')) return `\\A(?:${expression})`;
  return modifiers.includes('endswith') ? `(?:${expression})\\z` : expression;
}

function piecesOf(pattern: Exclude<Pattern, { kind: 'null' }>): readonly Piece[] {
  return pattern.kind === 'text' ? pattern.pieces : literalPattern(writtenOf(pattern)).pieces;
}

function writtenOf(pattern: Exclude<Pattern, { kind: 'null' }>): string {
  if (pattern.kind === 'text') return pattern.written;
  return pattern.kind === 'number' ? pattern.lexeme : String(pattern.value);
}
