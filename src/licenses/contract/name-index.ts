/**
 * Names and patterns of licenses, by what they begin with: which of them may fit one name is found without trying each against
 * each. A pattern has a literal beginning and end, up to its first wildcard and behind its last.
 */
import { getOrCreate } from '../../base/get-or-create.ts';

/** `owner`: the license that it is of. In lower case; `end` from behind. */
export type IndexedName = { owner: number; name: string; isWild: boolean; begin: string; end: string };

export function toIndexed(name: string, owner: number): IndexedName {
  const [begin, end] = [name, reversed(name)].map((text) => /^[^*?]*/.exec(text)![0]);
  return { owner, name, isWild: begin !== name, begin: begin!, end: end! };
}

export class NameIndex {
  private readonly byBegin: EndIndex;
  private readonly byEnd: EndIndex;

  constructor(names: readonly IndexedName[]) {
    this.byBegin = new EndIndex(names, 'begin');
    this.byEnd = new EndIndex(names, 'end');
  }

  /** Those whose beginning agrees with its own, or whose end does: what is not among them fits no name that it fits. Itself, too. */
  near(name: IndexedName): Generator<IndexedName> {
    return name.begin.length < name.end.length ? this.byEnd.near(name) : this.byBegin.near(name);
  }
}

/** By one end alone. */
class EndIndex {
  private readonly side: 'begin' | 'end';
  private readonly inOrder: readonly IndexedName[];
  private readonly exact = new Map<string, IndexedName[]>();
  private readonly wild = new Map<string, IndexedName[]>();
  /** Of patterns, the shortest first. */
  private readonly lengths: readonly number[];

  constructor(names: readonly IndexedName[], side: 'begin' | 'end') {
    this.side = side;
    const of = ({ [side]: text }: IndexedName) => text;
    this.inOrder = names.toSorted((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
    for (const each of names)
      getOrCreate(each.isWild ? this.wild : this.exact, of(each), (): IndexedName[] => []).push(each);
    const lengths = new Set([...this.wild.keys()].map(({ length }) => length));
    this.lengths = [...lengths].toSorted((a, b) => a - b);
  }

  *near({ isWild, [this.side]: text }: IndexedName): Generator<IndexedName> {
    for (const length of this.lengths) {
      if (length > text.length || (isWild && length === text.length)) break;
      yield* this.wild.get(text.slice(0, length)) ?? [];
    }
    if (isWild) yield* this.beginningWith(text);
    else yield* this.exact.get(text) ?? [];
  }

  private *beginningWith(text: string): Generator<IndexedName> {
    let [low, high] = [0, this.inOrder.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.inOrder[middle]![this.side] < text) low = middle + 1;
      else high = middle;
    }
    for (; this.inOrder[low]?.[this.side].startsWith(text); low++) yield this.inOrder[low]!;
  }
}

/** What `isMet` costs, in steps. */
export function costOf(left: IndexedName, right: IndexedName): number {
  return isByEnds(left, right) ? 1 : left.name.length * right.name.length;
}

/** Whether some name fits both. */
export function isMet(left: IndexedName, right: IndexedName): boolean {
  if (!left.isWild && !right.isWild) return left.name === right.name;
  if (!isAgreed(left, right)) return false;
  const others = [...right.name];
  // For each place of `left`: whether the patterns up to it and up to the place of `right` fit one name.
  let row = [true];
  for (const [index, other] of others.entries()) row.push(row[index]! && other === '*');
  for (const unit of left.name) {
    const next = [row[0]! && unit === '*'];
    for (const [index, other] of others.entries()) {
      const isAny = unit === '*' || other === '*';
      const isOne = unit === '?' || other === '?' || unit === other;
      next.push(isAny ? next[index]! || row[index + 1]! || row[index]! : isOne && row[index]!);
    }
    row = next;
  }
  return row.at(-1)!;
}

/** Whether their ends, or that both are no patterns, tell it. */
function isByEnds(left: IndexedName, right: IndexedName): boolean {
  return (!left.isWild && !right.isWild) || !isAgreed(left, right);
}

function isAgreed({ begin, end }: IndexedName, other: IndexedName): boolean {
  const isBegun = begin.startsWith(other.begin) || other.begin.startsWith(begin);
  return isBegun && (end.startsWith(other.end) || other.end.startsWith(end));
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
