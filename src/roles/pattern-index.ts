/** Patterns with `*` and `?`, indexed so that a text meets only those it may match: 100,000 literal ones cost one lookup. */
import { compileGlob } from '../base/glob.ts';

type Wild<Value> = { test: (rest: string) => boolean; value: Value };

/** A text is sought among the literals, and by each length that the literal begin of some pattern has. */
export class PatternIndex<Value> {
  private readonly literals = new Map<string, Value[]>();
  private readonly wild = new Map<string, Wild<Value>[]>();
  /** Of the literal begins of patterns, ascending. */
  private lengths: number[] = [];
  readonly values: Value[] = [];

  add(pattern: string, value: Value): void {
    this.values.push(value);
    const wildcard = pattern.search(/[*?]/);
    if (wildcard < 0) {
      push(this.literals, pattern, value);
      return;
    }
    const begin = pattern.slice(0, wildcard);
    const rest = pattern.slice(wildcard);
    push(this.wild, begin, { test: /^\*+$/.test(rest) ? always : compileGlob(rest), value });
    if (!this.lengths.includes(begin.length)) this.lengths = [...this.lengths, begin.length].sort(ascending);
  }

  /** Calls `visit` with the value of every pattern that matches; of a value that was added twice perhaps twice. */
  visit(text: string, visit: (value: Value) => void): void {
    for (const value of this.literals.get(text) ?? []) visit(value);
    for (const length of this.lengths) {
      if (length > text.length) break;
      const candidates = this.wild.get(text.slice(0, length));
      if (candidates === undefined) continue;
      const rest = text.slice(length);
      for (const { test, value } of candidates) if (test(rest)) visit(value);
    }
  }

  has(text: string): boolean {
    let found = false;
    this.visit(text, () => {
      found = true;
    });
    return found;
  }
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function ascending(left: number, right: number): number {
  return left - right;
}

function always(): boolean {
  return true;
}
