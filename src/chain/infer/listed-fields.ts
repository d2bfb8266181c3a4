/** Pre-images that list fields, joined by separators in file order or any other. */
import type { PartDocument } from './candidate.ts';
import { formsByPath, formsOf, inForm, runsLessOne, wholeRuns } from './field-runs.ts';
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

/** All items; then those among which neighbors are sought, in the order of the target record first, then as other records order them. */
export type Orders = readonly (readonly Item[])[];

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
export function* inFileOrder(orders: Orders, previous: readonly Item[]): Generator<Proposal> {
  for (const order of subsets(orders, previous)) yield* joined(order, JOINERS);
}

/** Fields that stand next to each other, in the joins most in use: cheap enough for every style of their values. */
export function* inRuns(orders: Orders, previous: readonly Item[]): Generator<Proposal> {
  for (const run of wholeRuns(orders)) {
    for (const order of atEnds(run, previous)) {
      const [first, ...rest] = order;
      for (const separator of STYLED_JOINERS) {
        yield toProposal(order, separator);
        if (separator !== '' && first?.path === '$previous' && rest.length > 1)
          yield afterPrevious(order, separator);
      }
    }
  }
}

function* joined(order: readonly Item[], separators: readonly string[]): Generator<Proposal> {
  for (const separator of separators) {
    yield toProposal(order, separator);
    if (separator === '') continue;
    if (order[0]?.path === '$previous' && order.length > 2) yield afterPrevious(order, separator);
    // A separator that ends every field rather than standing between them.
    yield {
      text: `${textOf(order, separator)}${separator}`,
      parts: () => [...toJoin(order, separator), { literal: separator }],
    };
  }
}

/** The text is what the search hashes, the parts are for a hit: a class, since millions of functions would be made for a few. */
class Joined implements Proposal {
  readonly text: string;
  private readonly order: readonly Item[];
  private readonly separator: string;

  constructor(order: readonly Item[], separator: string) {
    this.text = textOf(order, separator);
    this.order = order;
    this.separator = separator;
  }

  parts(): PartDocument[] {
    return toJoin(this.order, this.separator);
  }
}

function toProposal(order: readonly Item[], separator: string): Proposal {
  return new Joined(order, separator);
}

/** The previous hash, and behind it without a separator the others with one between them. */
function afterPrevious(order: readonly Item[], separator: string): Proposal {
  const rest = order.slice(1);
  return {
    text: order[0]!.text + textOf(rest, separator),
    parts: () => ['previous', ...toJoin(rest, separator)],
  };
}

function textOf(order: readonly Item[], separator: string): string {
  let text = '';
  for (let at = 0; at < order.length; at++) text += at === 0 ? order[at]!.text : separator + order[at]!.text;
  return text;
}

const PERMUTED_JOINERS = ['|', '', ':', ',', '\n', ';'] as const;
/** Those most in use. */
export const STYLED_JOINERS = ['|', '', ':', ','] as const;

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
  for (const inOrder of likelyOrders(items, ORDERS)) {
    for (const order of withPrevious(inOrder, previous))
      for (const separator of PERMUTED_JOINERS) yield toProposal([...order], separator);
  }
}

/** The likeliest of them in every order and the joins most in use, the previous hash last or first. */
export function* inLikelyOrder(items: readonly Item[], previous: readonly Item[]): Generator<Proposal> {
  for (const inOrder of likelyOrders(items, ORDERS.slice(0, 1))) {
    if (inOrder.length < 2) continue;
    for (const order of atEnds(inOrder, previous))
      for (const separator of STYLED_JOINERS) yield toProposal([...order], separator);
  }
}

function* likelyOrders(items: readonly Item[], orders: typeof ORDERS): Generator<readonly Item[]> {
  const likely = likeliestFirst(items);
  for (const { items: window, most } of orders) {
    const listed = likely.slice(0, window);
    const values = new Set(listed.map(({ path }) => path)).size;
    for (let size = 1; size <= Math.min(most, values); size++) yield* arrangements(listed, size);
  }
}

/** Fields in file order with the previous hash among them: first what stands together, then any. */
export function* subsets(orders: Orders, previous: readonly Item[]): Generator<readonly Item[]> {
  for (const run of wholeRuns(orders)) yield* withPrevious(run, previous);
  const items = orders[0] ?? [];
  for (const run of runsLessOne(items)) yield* withPrevious(run, previous);
  // Chosen are values, then one form of each: choices among forms would hold some value twice, nearly all of them.
  const values = formsByPath(items).slice(0, MAX_ITEMS);
  for (const size of sizesOf(values.length)) {
    for (const chosen of combinations(values.length, size)) {
      for (let form = 0; form < formsOf(chosen.map((index) => values[index]!)); form++)
        yield* withPrevious(
          chosen.map((index) => inForm(values[index]!, form)),
          previous,
        );
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

/** Last, first, and last but one: a time of hashing often follows it. */
function* withPrevious(order: readonly Item[], previous: readonly Item[]): Generator<readonly Item[]> {
  if (previous.length === 0) yield order;
  for (const item of previous) {
    yield [...order, item];
    yield [item, ...order];
    if (order.length > 1) yield [...order.slice(0, -1), item, order.at(-1)!];
  }
}

function* atEnds(order: readonly Item[], previous: readonly Item[]): Generator<readonly Item[]> {
  if (previous.length === 0) yield order;
  for (const item of previous) {
    yield [...order, item];
    yield [item, ...order];
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
