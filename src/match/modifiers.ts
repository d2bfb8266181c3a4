/** The modifiers of a detection item (Sigma 2.1, "Value Modifiers"): which exist, which go together, and what they test. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ValueKind } from '../model/event.ts';
import type { DetectionItem, Pattern, Piece } from '../model/rule.ts';
import { compileExpression, type Flag } from './expression.ts';
import { foldCase } from './fold-case.ts';
import { compileNetwork } from './match-address.ts';
import { compareNumbers, isNumber, normalDecimal } from './match-number.ts';
import { compilePieces } from './match-text.ts';
import { isStar, literalPattern } from './parse-pattern.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** Judges one value that is present and not null. Pure in both arguments: equal id, equal answer. */
export type ValueTest = (text: string, kind: ValueKind) => boolean;

/** At most one of these stands in an item; without any, the whole value is compared. */
const COMPARISONS = [
  'contains',
  'startswith',
  'endswith',
  're',
  'cidr',
  'lt',
  'lte',
  'gt',
  'gte',
  'exists',
  'fieldref',
] as const;
type ComparisonModifier = (typeof COMPARISONS)[number];

const RE_FLAGS: Record<string, Flag> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
};

const KNOWN: readonly string[] = [...COMPARISONS, ...Object.keys(RE_FLAGS), 'all', 'cased', 'neq'];

/** Sigma's own modifiers that this version refuses by name. */
const NOT_YET = new Set(
  'windash base64 base64offset wide utf16 utf16le utf16be expand minute hour day week month year'.split(' '),
);

/** Program size grows with the expression; the longest of 231 public expressions has 600 characters. */
const MAX_EXPRESSION = 10_000;

/** @throws {RuleRefusal} for modifiers that do not exist, do not go together, or that this version cannot run */
export function checkModifiers(modifiers: readonly string[]): void {
  if (modifiers.length === 0) return;
  for (const modifier of modifiers) {
    if (NOT_YET.has(modifier))
      throw new RuleRefusal(`the modifier ${quote(modifier)} is not supported by this version`);
    if (!KNOWN.includes(modifier))
      throw new RuleRefusal(`unknown modifier ${quote(modifier)}${didYouMean(modifier, KNOWN)}`);
    if (modifier in RE_FLAGS && !modifiers.includes('re')) {
      throw new RuleRefusal(`the modifier ${quote(modifier)} follows only "re"`);
    }
  }
  const comparisons = modifiers.filter((modifier) => (COMPARISONS as readonly string[]).includes(modifier));
  if (comparisons.length > 1)
    throw new RuleRefusal(`the modifiers ${comparisons.map(quote).join(' and ')} exclude each other`);
  if (modifiers.includes('exists') && modifiers.length > 1)
    throw new RuleRefusal('"exists" goes with no other modifier');
}

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
  if (!TEXT_COMPARISONS.has(comparison)) compileValueTests(item);
  else if (comparison !== undefined)
    for (const pattern of item.values) if (pattern.kind === 'null') refuseNull(comparison);
}

function refuseNull(comparison: ComparisonModifier): never {
  throw new RuleRefusal(`"${comparison}" needs a value, found null`);
}

/**
 * One test for each value that is not null; for a keyword, the value is sought anywhere in the text.
 * @throws {RuleRefusal} for values that the modifier cannot take
 */
export function compileValueTests(item: DetectionItem): ValueTest[] {
  const comparison = valueComparison(item);
  const cased = item.modifiers.includes('cased');
  return item.values.flatMap((pattern) => {
    if (pattern.kind !== 'null') return [compileValueTest(pattern, comparison, cased, item.modifiers)];
    if (comparison !== undefined) refuseNull(comparison);
    return [];
  });
}

function compileValueTest(
  pattern: Exclude<Pattern, { kind: 'null' }>,
  comparison: ComparisonModifier | undefined,
  cased: boolean,
  modifiers: readonly string[],
): ValueTest {
  switch (comparison) {
    case 're':
      return compileBounded(writtenOf(pattern), modifiers);
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
      if (pattern.kind === 'number') return compileNumber(pattern.lexeme);
      return compileText(piecesOf(pattern), cased);
    default:
      return compileText(widen(piecesOf(pattern), comparison), cased);
  }
}

/** A number equals a number of the same value, and any text of the same characters. */
function compileNumber(lexeme: string): ValueTest {
  const normal = normalDecimal(lexeme);
  return (text, kind) => text === lexeme || (kind === 'number' && normalDecimal(text) === normal);
}

function compileText(pieces: readonly Piece[], cased: boolean): ValueTest {
  if (cased) return compilePieces(pieces);
  const matches = compilePieces(
    pieces.map((piece) => ('text' in piece ? { text: foldCase(piece.text) } : piece)),
  );
  return (text) => matches(foldCase(text));
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

function compileBounded(expression: string, modifiers: readonly string[]): ValueTest {
  if (expression.length > MAX_EXPRESSION) {
    throw new RuleRefusal(
      `the expression has ${expression.length} characters, at most ${MAX_EXPRESSION} are read`,
    );
  }
  const flags = new Set(modifiers.flatMap((modifier) => RE_FLAGS[modifier] ?? []));
  try {
    return compileExpression(expression, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuleRefusal(`the expression ${quote(expression)} is not RE2: ${reason}`);
  }
}

function piecesOf(pattern: Exclude<Pattern, { kind: 'null' }>): readonly Piece[] {
  return pattern.kind === 'text' ? pattern.pieces : literalPattern(writtenOf(pattern)).pieces;
}

function writtenOf(pattern: Exclude<Pattern, { kind: 'null' }>): string {
  if (pattern.kind === 'text') return pattern.written;
  return pattern.kind === 'number' ? pattern.lexeme : String(pattern.value);
}
