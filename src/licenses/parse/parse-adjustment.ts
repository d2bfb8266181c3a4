/** The end of a measure sentence: minimum, factor, rounding. */
import { type Amount, parseAmount } from '../contract/amount.ts';
import type { Adjustment, Count } from '../contract/contract.ts';
import type { SentenceWords } from './sentence-words.ts';

const ROUNDINGS = ['up', 'down', 'half'] as const;

/** Each may be left out, and nothing may follow. Undefined after a problem. */
export function parseAdjustment(words: SentenceWords, count: Count): Adjustment | undefined {
  const adjust: Adjustment = {};
  if (words.clause('at')) {
    const minimum = parseMinimum(words);
    if (minimum === null) return undefined;
    adjust.atLeast = minimum;
  }
  if (words.clause('times')) {
    const factors = parseFactors(words, count);
    if (factors === undefined) return undefined;
    adjust.factors = factors;
  }
  if (words.clause('round')) {
    const word = words.next();
    const round = ROUNDINGS.find((each) => each === word?.text);
    if (round === undefined) return words.refuse(word, 'up, down or half after "round"', ROUNDINGS);
    adjust.round = round;
  }
  const rest = words.next();
  if (rest === undefined) return adjust;
  return words.refuse(rest, '"at least", "times", "round" in this order, or the end of the measure', [
    'anchored',
    'times',
    'round',
  ]);
}

/** After `at`: `least 5`. Null after a problem. */
export function parseMinimum(words: SentenceWords): Amount | null {
  const least = words.next();
  if (least?.text !== 'least') {
    words.refuse(least, '"least" after "at"', ['least']);
    return null;
  }
  return parseNumber(words, 'a number after "at least"') ?? null;
}

function parseNumber(words: SentenceWords, expected: string): Amount | undefined {
  const word = words.next();
  const amount = /^\d{1,15}(?:\.\d{1,12})?$/.test(word?.text ?? '') ? parseAmount(word!.text) : undefined;
  return amount ?? words.refuse(word, expected);
}

/** After `times`: one factor for all, or one `for` each of some values of the measure's `by`. */
function parseFactors(words: SentenceWords, count: Count): Adjustment['factors'] | undefined {
  const by = 'by' in count ? count.by : undefined;
  const factors: NonNullable<Adjustment['factors']> = [];
  for (;;) {
    const factor = parseNumber(words, 'a number such as 0.5 after "times"');
    if (factor === undefined) return undefined;
    const [choice] = words.coming;
    if (!words.clause('for')) {
      factors.push({ factor, pattern: '*' });
      return factors;
    }
    if (by === undefined) {
      return words.problem(
        choice!.column,
        '"for" chooses factors by a field, expected "by FIELD" after what is counted',
      );
    }
    const pattern = words.next();
    if (pattern === undefined) return words.refuse(pattern, 'a value or pattern after "for"');
    factors.push({ factor, pattern: pattern.text.replace(/,$/, '') });
    if (!pattern.text.endsWith(',')) return factors;
  }
}
