/** The modifiers of Sigma 2.1 ("Value Modifiers"): which exist and which go together; every refusal says what to write instead. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { Flag } from './expression.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** What is taken of a timestamp before it is compared. */
export const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimePart = (typeof TIME_PARTS)[number];

const TEXT_COMPARISONS = ['contains', 'startswith', 'endswith'] as const;
const ORDERS = ['lt', 'lte', 'gt', 'gte'] as const;

/**
 * At most one of these stands in an item, but for those that `PARTNERS` allows; without any, the whole value is compared.
 * The order decides which one an item with two is judged by.
 */
export const COMPARISONS = [
  'exists',
  'fieldref',
  ...TIME_PARTS,
  're',
  ...TEXT_COMPARISONS,
  'cidr',
  ...ORDERS,
] as const;
export type ComparisonModifier = (typeof COMPARISONS)[number];

/** What may stand beside a comparison: how two fields compare, where an expression is sought, the order of a part of a time. */
const PARTNERS: Readonly<Record<string, readonly string[]>> = {
  fieldref: TEXT_COMPARISONS,
  re: TEXT_COMPARISONS,
  ...Object.fromEntries(TIME_PARTS.map((part) => [part, ORDERS])),
};

export const RE_FLAGS: Readonly<Record<string, Flag>> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
};

/** UTF-16 as bytes; `wide` is Sigma's older word for `utf16le`. */
export const UTF16 = ['wide', 'utf16le', 'utf16be', 'utf16'] as const;
/** What turns the text of a value into other text. */
export const ENCODINGS: readonly string[] = ['base64', 'base64offset', ...UTF16];

const KNOWN: readonly string[] = [
  ...COMPARISONS,
  ...Object.keys(RE_FLAGS),
  ...ENCODINGS,
  'windash',
  'expand',
  'all',
  'cased',
  'neq',
];

/** @throws {RuleRefusal} for modifiers that do not exist or do not go together; `isKeyword`: no field stands before them */
export function checkModifiers(modifiers: readonly string[], isKeyword: boolean): void {
  if (modifiers.length === 0) return;
  checkKnown(modifiers);
  const comparison = checkComparisons(modifiers);
  checkFlags(modifiers);
  checkEncodings(modifiers, comparison);
  if (modifiers.includes('expand') && (comparison === 're' || comparison === 'fieldref')) {
    throw new RuleRefusal(
      `"expand" does not go with "${comparison}", write it with "contains", "startswith" or "endswith"`,
    );
  }
  if (!isKeyword) return;
  if (modifiers.includes('neq'))
    throw new RuleRefusal('"neq" needs a field before it, for keywords write "not" in the condition');
  for (const word of ['exists', 'fieldref', ...TIME_PARTS]) {
    if (modifiers.includes(word)) throw new RuleRefusal(`"${word}" needs a field before it`);
  }
}

function checkKnown(modifiers: readonly string[]): void {
  for (const [at, modifier] of modifiers.entries()) {
    if (modifier === '')
      throw new RuleRefusal('a modifier is missing after "|", remove the "|" or name one after it');
    if (!KNOWN.includes(modifier))
      throw new RuleRefusal(`unknown modifier ${quote(modifier)}${didYouMean(modifier, KNOWN)}`);
    // Base64 of base64 is what some malware sends.
    if (modifier !== 'base64' && modifiers.indexOf(modifier) !== at)
      throw new RuleRefusal(`the modifier ${quote(modifier)} stands twice, write it once`);
  }
}

function checkComparisons(modifiers: readonly string[]): ComparisonModifier | undefined {
  const comparisons = COMPARISONS.filter((comparison) => modifiers.includes(comparison));
  const [first, second, third] = comparisons;
  const goTogether = second === undefined || PARTNERS[first!]?.includes(second);
  if (!goTogether || third !== undefined) {
    const found = modifiers.filter((modifier) => (COMPARISONS as readonly string[]).includes(modifier));
    throw new RuleRefusal(
      `the modifiers ${found.map(quote).join(' and ')} exclude each other, write an item for each`,
    );
  }
  if (first === 'exists' && modifiers.length > 1)
    throw new RuleRefusal('"exists" goes with no other modifier');
  return first;
}

function checkFlags(modifiers: readonly string[]): void {
  const at = modifiers.indexOf('re');
  for (const [position, modifier] of modifiers.entries()) {
    if (Object.hasOwn(RE_FLAGS, modifier) && (at < 0 || position < at))
      throw new RuleRefusal(`the modifier ${quote(modifier)} follows only "re"`);
  }
}

/** Encodings change the text that is compared, so they stand before the comparison, and only before one of text. */
function checkEncodings(modifiers: readonly string[], comparison: ComparisonModifier | undefined): void {
  const changing = modifiers.filter((modifier) => modifier === 'windash' || ENCODINGS.includes(modifier));
  if (changing.length === 0) return;
  const isText = comparison === undefined || (TEXT_COMPARISONS as readonly string[]).includes(comparison);
  if (!isText)
    throw new RuleRefusal(`${quote(changing[0]!)} changes texts, it does not go with "${comparison}"`);
  const encodings = changing.filter((modifier) => modifier !== 'windash');
  const last = encodings.at(-1);
  if (last === undefined) return;
  if (modifiers.indexOf('windash') > modifiers.indexOf(encodings[0]!))
    throw new RuleRefusal(`"windash" after "${encodings[0]}" finds no dashes, write it in front`);
  if (comparison !== undefined && modifiers.indexOf(comparison) < modifiers.lastIndexOf(last)) {
    const order = [...modifiers.filter((modifier) => modifier !== comparison), comparison].join('|');
    throw new RuleRefusal(
      `"${comparison}" before "${last}" would encode its wildcards: modifiers work from left to right, write "${order}"`,
    );
  }
  if (last === 'utf16') {
    throw new RuleRefusal(
      '"utf16" gives bytes with a byte order mark, which no text of a log holds: write "base64" or "base64offset" after it',
    );
  }
  const offset = encodings.indexOf('base64offset');
  if (offset >= 0 && offset < encodings.length - 1)
    throw new RuleRefusal(`"base64offset" gives parts of texts, "${encodings[offset + 1]}" cannot follow it`);
}
