/**
 * What every text must have in which an expression (RE2) is found: some literal text, a length; and whether it surely is an
 * expression. Unknown syntax needs nothing, and is not sure.
 */

/**
 * `literals`: of each list at least one stands in the text as it is. `length` in code points, so at most the text's in UTF-16
 * units.
 */
export type ExpressionNeeds = { literals: string[][]; length: number };

const NOTHING: ExpressionNeeds = { literals: [], length: 0 };

/** Of more alternatives nothing is told: each is sought in every text. */
const MAX_ALTERNATIVES = 64;

/** Beyond it `{n}` is refused by RE2 anyway, and sums stay small. */
const MAX_LENGTH = 1 << 20;

export function needsOfExpression(expression: string): ExpressionNeeds {
  const reader = new Reader(expression);
  const needs = reader.alternatives();
  return needs === undefined || !reader.isAtEnd ? NOTHING : needs;
}

/** Whether it is RE2 for certain: then nobody need compile it to know. */
export function isSurelyExpression(expression: string): boolean {
  const reader = new Reader(expression);
  return reader.alternatives() !== undefined && reader.isAtEnd && reader.isSure;
}

/** RE2 takes so many repetitions, those of what is repeated in them included. */
const MAX_REPETITIONS = 1000;

/** Groups within groups; RE2 takes more, and counts other things with them. */
const SURE_DEPTH = 100;

/** Characters that are themselves after a backslash; letters and digits there mean something else. */
const PUNCTUATION = /^[!-/:-@[-`{-~]$/;
const CLASS_LETTERS = new Set('dDwWsS');
const WIDTHLESS_LETTERS = new Set('bBAz');

/** One element of a concatenation: a literal character, or anything else. */
type Atom = { char?: string; needs: ExpressionNeeds };

class Reader {
  private readonly chars: readonly string[];
  private at = 0;
  /** Whether nothing was met that RE2 may refuse. */
  isSure = true;
  /** As many as there would be were each counted repetition within the one before. */
  private repetitions = 1;
  private depth = 0;

  constructor(expression: string) {
    this.chars = [...expression];
  }

  get isAtEnd(): boolean {
    return this.at === this.chars.length;
  }

  /** Up to the end or an unopened `)`; undefined where something is not understood. */
  alternatives(): ExpressionNeeds | undefined {
    const each: ExpressionNeeds[] = [];
    for (;;) {
      const needs = this.sequence();
      if (needs === undefined) return undefined;
      each.push(needs);
      if (this.chars[this.at] !== '|') break;
      this.at++;
    }
    if (each.length === 1) return each[0];
    return { literals: eitherOf(each), length: Math.min(...each.map(({ length }) => length)) };
  }

  private sequence(): ExpressionNeeds | undefined {
    const literals: string[][] = [];
    let length = 0;
    let run = '';
    const endRun = () => {
      if (run !== '') literals.push([run]);
      run = '';
    };
    while (this.at < this.chars.length && this.chars[this.at] !== '|' && this.chars[this.at] !== ')') {
      const atom = this.atom();
      const least = atom === undefined ? undefined : this.least();
      if (atom === undefined || least === undefined) return undefined;
      length = Math.min(MAX_LENGTH, length + atom.needs.length * least.times);
      if (atom.char !== undefined && least.times > 0) {
        run += atom.char;
        if (least.isQuantified) endRun();
      } else {
        // What takes no width cannot be told from what does: both end the run.
        endRun();
        if (least.times > 0) literals.push(...atom.needs.literals);
      }
    }
    endRun();
    return { literals, length };
  }

  private atom(): Atom | undefined {
    const char = this.chars[this.at++]!;
    switch (char) {
      case '^':
      case '$':
        return this.widthless();
      case '.':
        return { needs: { literals: [], length: 1 } };
      case '[':
        return this.bracket();
      case '(':
        return this.group();
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        return undefined;
      default:
        return { char, needs: { literals: [], length: 1 } };
    }
  }

  private escape(): Atom | undefined {
    const char = this.chars[this.at++] ?? '';
    if (PUNCTUATION.test(char)) return { char, needs: { literals: [], length: 1 } };
    if (CLASS_LETTERS.has(char)) return { needs: { literals: [], length: 1 } };
    return WIDTHLESS_LETTERS.has(char) ? this.widthless() : undefined;
  }

  private widthless(): Atom {
    if (/^[*+?{]$/.test(this.chars[this.at] ?? '')) this.isSure = false;
    return { needs: NOTHING };
  }

  /** One character of a class, whichever; named classes and letters after a backslash that are no class are left alone. */
  private bracket(): Atom | undefined {
    if (this.chars[this.at] === '^') this.at++;
    for (let isFirst = true; this.at < this.chars.length; isFirst = false) {
      const char = this.chars[this.at++]!;
      if (char === ']' && !isFirst) return { needs: { literals: [], length: 1 } };
      if (char === '[') return undefined;
      if (char === '\\') {
        const escaped = this.chars[this.at++] ?? '';
        if (!PUNCTUATION.test(escaped) && !CLASS_LETTERS.has(escaped)) return undefined;
      }
      if (this.chars[this.at] === '-' && this.chars[this.at + 1] !== ']') this.range(char);
    }
    return undefined;
  }

  /** `a-z`, of which the reader goes on with `-` as with any character. */
  private range(from: string): void {
    const until = this.chars[this.at + 1] ?? '';
    const isPlain = /^[0-9A-Za-z]$/.test(from) && /^[0-9A-Za-z]$/.test(until);
    if (!isPlain || from > until) this.isSure = false;
  }

  private group(): Atom | undefined {
    if (this.chars[this.at] === '?') {
      // Names and flags: `(?i)` changes what follows.
      if (this.chars[this.at + 1] !== ':') return undefined;
      this.at += 2;
    }
    if (++this.depth > SURE_DEPTH) this.isSure = false;
    const needs = this.alternatives();
    this.depth--;
    if (needs === undefined || this.chars[this.at] !== ')') return undefined;
    this.at++;
    return { needs };
  }

  /** How often the atom before stands there at least. */
  private least(): { times: number; isQuantified: boolean } | undefined {
    let times = 1;
    const char = this.chars[this.at];
    if (char === '*' || char === '?') times = 0;
    else if (char === '{') {
      const bounds = /^\{(\d{1,6})(?:,(\d{0,6}))?\}/.exec(this.chars.slice(this.at, this.at + 16).join(''));
      if (bounds === null) return undefined;
      times = Number(bounds[1]);
      this.repeat(times, bounds[2] ? Number(bounds[2]) : times);
      this.at += bounds[0].length - 1;
    } else if (char !== '+') return { times, isQuantified: false };
    this.at++;
    if (this.chars[this.at] === '?') this.at++;
    // Two quantifiers in a row, of which RE2 allows some.
    if (/^[*+?{]$/.test(this.chars[this.at] ?? '')) return undefined;
    return { times, isQuantified: true };
  }

  private repeat(least: number, most: number): void {
    this.repetitions *= Math.max(least, most, 1);
    if (most < least || this.repetitions > MAX_REPETITIONS) this.isSure = false;
  }
}

/** What is needed whichever alternative is found: of each the list that tells most, together. */
function eitherOf(alternatives: readonly ExpressionNeeds[]): string[][] {
  const lists = alternatives.map(({ literals }) => mostTelling(literals));
  if (lists.some((list) => list === undefined)) return [];
  const together = [...new Set(lists.flatMap((list) => list!))];
  return together.length > MAX_ALTERNATIVES ? [] : [together];
}

/** The list whose shortest literal is the longest: a short one stands in most texts. */
export function mostTelling(lists: readonly string[][]): string[] | undefined {
  const shortest = (list: readonly string[]) => Math.min(...list.map((literal) => literal.length));
  let best: string[] | undefined;
  for (const list of lists) {
    const gain = best === undefined ? 1 : shortest(list) - shortest(best) || best.length - list.length;
    if (gain > 0) best = list;
  }
  return best;
}
