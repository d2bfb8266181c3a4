/** Pre-images that list fields, joined by separators in file order or any other. */
import type { PartDocument } from './candidate.ts';
import { likeliestFirst } from './likely-names.ts';
import type { Proposal } from './search.ts';
import { type Before, combinations } from './whole-record.ts';

/** One thing that may be listed: its text in the target record, and the part that gives it. */
export type Item = {
  /** Items of one path are forms of one value: at most one of them is listed. */
  path: string;
  text: string;
  /** The entry of `join: {fields}` where it is a field as written, else a part of its own. */
  part: { field: string } | { part: PartDocument };
};

const JOINERS = [
  '|',
  '',
  ':',
  ',',
  '\n',
  ';',
  '::',
  '-',
  ' ',
  '\t',
  '.',
  '&',
  '||',
  '\u0000',
  '\u001f',
  '/',
] as const;

/** More are not permuted, and not all subsets of them tried. */
const MAX_ITEMS = 22;

/** The previous hash among the items, without its prefix and as it stands in the record. */
export function previousItems(befores: readonly Before[]): Item[] {
  const texts = befores.flatMap(({ text, part }) => (typeof text === 'string' ? [{ text, part }] : []));
  // As written and without a prefix it is the same: then `$previous` may stand in a join.
  const isPlain = texts.length === 1;
  return texts.map(({ text, part }) => {
    const isField = isPlain || typeof part !== 'string';
    return { path: '$previous', text, part: isField ? { field: '$previous' } : { part } };
  });
}

/** Fields in the order of the file, the previous hash last or first, or as each of them; all sizes, the extremes first. */
export function* inFileOrder(items: readonly Item[], previous: readonly Item[]): Generator<Proposal> {
  for (const order of subsets(items, previous)) {
    const texts = order.map(({ text }) => text);
    for (const separator of JOINERS) {
      yield { text: texts.join(separator), parts: () => toJoin(order, separator) };
      const [first] = order;
      if (first?.path === '$previous' && separator !== '' && order.length > 2) {
        const rest = order.slice(1);
        yield {
          text: first.text + texts.slice(1).join(separator),
          parts: () => ['previous', ...toJoin(rest, separator)],
        };
      }
      // A separator that ends every field rather than standing between them.
      if (separator !== '')
        yield {
          text: `${texts.join(separator)}${separator}`,
          parts: () => [...toJoin(order, separator), { literal: separator }],
        };
    }
  }
}

const PERMUTED_JOINERS = ['|', '', ':', ',', '\n', ';'] as const;

/** Of how many items every order of any number of them is tried, then how few are ordered out of all. */
const ORDERS: readonly { items: number; most: number }[] = [
  { items: 6, most: 6 },
  { items: MAX_ITEMS, most: 2 },
  { items: 8, most: 5 },
  { items: MAX_ITEMS, most: 3 },
  { items: 7, most: 7 },
  { items: 10, most: 5 },
  { items: MAX_ITEMS, most: 4 },
  { items: 8, most: 8 },
];

/** Fields in every order: first those that writers hash most often. */
export function* inAnyOrder(items: readonly Item[], previous: readonly Item[]): Generator<Proposal> {
  const likely = likeliestFirst(items);
  for (const { items: window, most } of ORDERS) {
    const listed = likely.slice(0, window);
    for (let size = 1; size <= Math.min(most, listed.length); size++) {
      for (const inOrder of arrangements(listed, size)) {
        for (const order of withPrevious(inOrder, previous)) {
          const texts = order.map(({ text }) => text);
          for (const separator of PERMUTED_JOINERS)
            yield { text: texts.join(separator), parts: () => toJoin(order, separator) };
        }
      }
    }
  }
}

/** Fields in file order with the previous hash among them: first what stands together, then any. */
export function* subsets(items: readonly Item[], previous: readonly Item[]): Generator<readonly Item[]> {
  yield* runs(items, previous);
  const listed = items.slice(0, MAX_ITEMS);
  for (const size of sizesOf(listed.length)) {
    for (const chosen of combinations(listed.length, size)) {
      if (repeatsPath(listed, chosen)) continue;
      yield* withPrevious(
        chosen.map((index) => listed[index]!),
        previous,
      );
    }
  }
}

/** Fields that stand next to each other, and those less one: what one writer adds to a record mostly stays together. */
function* runs(items: readonly Item[], previous: readonly Item[]): Generator<readonly Item[]> {
  const firsts = items.filter((item, index) => item.path !== items[index - 1]?.path);
  for (let size = firsts.length; size >= 2; size--) {
    for (let from = 0; from + size <= firsts.length; from++) {
      const run = firsts.slice(from, from + size);
      yield* withPrevious(run, previous);
      for (let left = 1; left + 1 < size; left++)
        yield* withPrevious([...run.slice(0, left), ...run.slice(left + 1)], previous);
    }
  }
}

/** All and one, all but one and two, …: writers list nearly all or a handful. */
function* sizesOf(count: number): Generator<number> {
  for (let few = 1, many = count; few <= many; few++, many--) {
    yield many;
    if (few < many) yield few;
  }
}

function repeatsPath(items: readonly Item[], chosen: readonly number[]): boolean {
  for (let at = 1; at < chosen.length; at++) {
    // Forms of one value stand next to each other.
    if (items[chosen[at]!]!.path === items[chosen[at - 1]!]!.path) return true;
  }
  return false;
}

/** Last, first, and last but one: a time of hashing often follows it. */
function* withPrevious(order: readonly Item[], previous: readonly Item[]): Generator<readonly Item[]> {
  if (previous.length === 0) yield order;
  for (const item of previous) {
    yield [...order, item];
    yield [item, ...order];
    if (order.length > 1) yield [...order.slice(0, -1), item, order.at(-1)!];
  }
}

/** Every way to put `size` of the items in a row; the array is reused. */
export function* arrangements(
  items: readonly Item[],
  size: number,
  row: Item[] = [],
): Generator<readonly Item[]> {
  if (row.length === size) {
    yield row;
    return;
  }
  for (const item of items) {
    if (row.some(({ path }) => path === item.path)) continue;
    row.push(item);
    yield* arrangements(items, size, row);
    row.pop();
  }
}

/** One `join` where all are fields as written, else parts with the separator between them. */
function toJoin(order: readonly Item[], separator: string): PartDocument[] {
  if (order.length > 1 && order.every(({ part }) => 'field' in part)) {
    const fields = order.map(({ part }) => ('field' in part ? part.field : ''));
    return [{ join: { fields, separator } }];
  }
  return order.flatMap(({ part }, index) => [
    ...(index > 0 && separator !== '' ? [{ literal: separator }] : []),
    'field' in part ? { field: part.field } : part.part,
  ]);
}
