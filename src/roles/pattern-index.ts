/** Patterns with `*` and `?`, indexed so that a text meets only those it may match: 100,000 literal ones cost one lookup. */
import { compileGlob } from '../base/glob.ts';

type Entry<Value> = { pattern: string; test: ((text: string) => boolean) | undefined; value: Value };

/** Fewer are tried one by one: a table of 100,000 grants has as many indexes of one pattern (160 MB less, measured). */
const FEW = 6;

export class PatternIndex<Value> {
  private readonly entries: Entry<Value>[] = [];
  private index: LargeIndex<Value> | undefined;

  add(pattern: string, value: Value): void {
    const entry = { pattern, test: /[*?]/.test(pattern) ? testOf(pattern) : undefined, value };
    this.entries.push(entry);
    if (this.index !== undefined) this.index.add(entry);
    else if (this.entries.length > FEW) {
      this.index = new LargeIndex();
      for (const each of this.entries) this.index.add(each);
    }
  }

  /** Calls `visit` with the value of every pattern that matches; of a value that was added twice perhaps twice. */
  visit(text: string, visit: (value: Value) => void): void {
    if (this.index !== undefined) this.index.visit(text, visit);
    else
      for (const { pattern, test, value } of this.entries)
        if (test === undefined ? pattern === text : test(text)) visit(value);
  }

  /** With the value of every pattern. */
  visitAll(visit: (value: Value) => void): void {
    for (const { value } of this.entries) visit(value);
  }

  has(text: string): boolean {
    let found = false;
    this.visit(text, () => {
      found = true;
    });
    return found;
  }
}

/** A text is sought among the literals, and by each length that the literal begin of some pattern has. */
class LargeIndex<Value> {
  private readonly literals = new Map<string, Value[]>();
  private readonly wild = new Map<string, Entry<Value>[]>();
  /** Of the literal begins of patterns, ascending. */
  private lengths: number[] = [];

  add(entry: Entry<Value>): void {
    const { pattern, value } = entry;
    const wildcard = pattern.search(/[*?]/);
    if (wildcard < 0) {
      push(this.literals, pattern, value);
      return;
    }
    push(this.wild, pattern.slice(0, wildcard), entry);
    if (!this.lengths.includes(wildcard)) this.lengths = [...this.lengths, wildcard].sort(ascending);
  }

  visit(text: string, visit: (value: Value) => void): void {
    const literal = this.literals.get(text);
    if (literal !== undefined) for (const value of literal) visit(value);
    for (const length of this.lengths) {
      if (length > text.length) break;
      const candidates = this.wild.get(text.slice(0, length));
      if (candidates === undefined) continue;
      for (const { test, value } of candidates) if (test!(text)) visit(value);
    }
  }
}

function testOf(pattern: string): (text: string) => boolean {
  const begin = pattern.slice(0, -1);
  if (pattern === '*') return always;
  if (pattern.endsWith('*') && !/[*?]/.test(begin)) return (text) => text.startsWith(begin);
  return compileGlob(pattern);
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
