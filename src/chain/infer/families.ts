/** The families of pre-images in the order in which they are tried, and how much of the search each may cost. */
import type { CandidateParts } from './candidate.ts';
import { type Column, escapeKey, fieldOrders, type Sample } from './columns.ts';
import { FIELD_STYLES, isContainer, toContainers, toItems } from './field-styles.ts';
import { fieldsAndRest } from './fields-and-rest.ts';
import { type FoundChain, hashPaths } from './find-chains.ts';
import { differingForms } from './json-forms.ts';
import { type Item, inAnyOrder, inFileOrder, inLikelyOrder, inRuns, previousItems } from './listed-fields.ts';
import { listedMembers } from './listed-members.ts';
import { asPairs, withLengths } from './marked-fields.ts';
import type { Hit, Proposal, Search } from './search.ts';
import { beforesOf, onePayload, recordSubsets, wholeRecord } from './whole-record.ts';

/** Two members left out beside those of the chain: of the hashes and signatures in a record, at most so many. */
const MAX_MARKS = 6;

/** Hits, the likeliest and cheapest first; each family goes on behind its first hit, which may not fit the other records. */
export function* hits(
  search: Search,
  chain: FoundChain,
  samples: readonly Sample[],
  columns: readonly Column[],
  parts: CandidateParts,
): Generator<Hit> {
  const link = search.target;
  const { own, previous } = chain.members;
  const forms = differingForms(parts, link, own);
  const orders = fieldOrders(samples, columns, link.index).map((order) =>
    order.filter(({ path }) => path !== own && path !== previous),
  );
  const free = orders[0]!;
  const hashes = new Set(hashPaths(columns));
  // Other hashes and signatures are left out most often.
  const marks = free.filter(({ path }) => hashes.has(path) || /sig|proof|mac|seal/i.test(path));
  // The object around the record's own hash goes with it.
  const around = free.filter(({ path }) => own?.startsWith(`${path}.`) === true);
  const others = [...new Set([...around, ...marks, ...free])].map(({ path }) => path);
  const pairs = marks
    .slice(0, MAX_MARKS)
    .flatMap(({ path }, index) => marks.slice(index + 1, MAX_MARKS).map((other) => [path, other.path]));
  const payloads = free.filter(({ values }) => isContainer(values[link.index])).map(({ path }) => path);
  const texts = free.filter(({ path }) => !payloads.includes(path)).map(({ path }) => path);
  const members = samples[link.index]!.record.members.map(({ key }) => escapeKey(key)).filter(
    (path) => path !== own,
  );
  const family = function* (
    name: string,
    share: number,
    proposals: Iterator<Proposal>,
    digests: 'likely' | 'unlikely' = 'likely',
  ) {
    for (;;) {
      const hit = search.run(name, share, digests, proposals);
      if (hit === undefined) return;
      yield hit;
    }
  };
  const whole = () => wholeRecord(parts, chain, link, others, pairs, forms);
  const payload = () => onePayload(parts, chain, link, [...payloads, ...texts], forms);
  yield* family('the whole record, less one member or two', 0.06, whole());
  yield* family('one field with the previous hash', 0.03, payload());
  const befores = beforesOf(link, chain.encoding);
  const before = previousItems(befores);
  const containers = toContainers(parts, link, free, forms);
  const plain = toItems(parts, link, free, {}, containers);
  const ordered = (items: readonly Item[]) => inOrders(items, orders, members);
  const topOrders = orders.map((order) => order.filter(({ path }) => members.includes(path)));
  const topNames = topOrders.map((order) => order.map(({ path }) => path));
  const tops = topOrders.map((order) =>
    order.flatMap(({ path }) => plain.find((item) => item.path === path) ?? []),
  );
  const lists: [name: string, share: number, proposals: Iterator<Proposal>][] = [
    ['fields joined in any order', 0.17, inAnyOrder(plain, before)],
    ['fields joined in file order', 0.08, inFileOrder(ordered(plain), before)],
    ['fields as key=value in file order', 0.06, asPairs(ordered(plain), before, previous ?? '')],
    ['fields with their lengths in file order', 0.04, withLengths(ordered(plain), before)],
    ['listed members in JSON', 0.15, listedMembers(parts, link, topNames, previous ?? 'previous', forms)],
    ['subsets of members in JSON', 0.08, recordSubsets(parts, chain, link, members, forms)],
  ];
  // Each begins with what is likeliest: all of them a little, then a lot.
  for (const [name, share, proposals] of lists) yield* family(name, share * 0.15, proposals);
  yield* family(
    'fields, then all others in JSON',
    0.05,
    fieldsAndRest(parts, chain, link, tops, befores, forms),
  );
  const styled = styledItems(parts, free, plain, search, containers);
  for (const { words, items } of styled)
    yield* family(`neighboring fields in other formats, ${words}`, 0.012, inRuns(ordered(items), before));
  for (const { words, items } of styled)
    yield* family(
      `likely fields in other formats and any order, ${words}`,
      0.015,
      inLikelyOrder(items, before),
    );
  for (const [name, share, proposals] of lists) yield* family(name, share, proposals);
  yield* family('the whole record under other digests', 0.01, whole(), 'unlikely');
  yield* family('one field under other digests', 0.01, payload(), 'unlikely');
  yield* family(
    'fields joined in file order under other digests',
    0.02,
    inFileOrder(ordered(plain), before),
    'unlikely',
  );
}

/** All items, then the members at the top and what lies deepest in each of the orders: nobody lists an object and its members. */
function inOrders(
  items: readonly Item[],
  orders: readonly (readonly Column[])[],
  tops: readonly string[],
): Item[][] {
  const byPath = new Map<string, Item[]>();
  for (const item of items) byPath.set(item.path, [...(byPath.get(item.path) ?? []), item]);
  const isHolder = (path: string) => items.some((other) => other.path.startsWith(`${path}.`));
  const isDeepest = new Map([...byPath.keys()].map((path) => [path, !isHolder(path)]));
  const pick = (order: readonly Column[], keep: (path: string) => boolean) =>
    order.flatMap(({ path }) => (keep(path) ? (byPath.get(path) ?? []) : []));
  return [
    pick(orders[0] ?? [], () => true),
    ...orders.map((order) => pick(order, (path) => tops.includes(path))),
    ...orders.map((order) => pick(order, (path) => isDeepest.get(path) === true)),
  ];
}

/** The items in each style that changes their text as no style before did. */
function styledItems(
  parts: CandidateParts,
  free: readonly Column[],
  plain: readonly Item[],
  { target }: Search,
  containers: ReadonlyMap<string, readonly Item[]>,
): { words: string; items: Item[] }[] {
  const textsOf = (items: readonly Item[]) => JSON.stringify(items.map(({ text }) => text));
  const known = new Set([textsOf(plain)]);
  return FIELD_STYLES.flatMap((style) => {
    const items = toItems(parts, target, free, style, containers);
    const texts = textsOf(items);
    if (known.has(texts)) return [];
    known.add(texts);
    return [{ words: JSON.stringify(style), items }];
  });
}
