/** JSON objects that a writer puts together for the hash alone: some members, in an order of its own, the previous hash under a name of its own. */
import type { CandidateParts, PartDocument } from './candidate.ts';
import type { Link } from './find-chains.ts';
import { JSON_FORMS, type JsonFormDocument, memberPieces } from './json-forms.ts';
import { rankOf } from './likely-names.ts';
import { arrangements, type Item } from './listed-fields.ts';
import type { Proposal } from './search.ts';
import { combinations } from './whole-record.ts';

/** What the previous hash is called in the object, where not as in the record. */
const PREVIOUS_NAMES = [
  'previousHash',
  'previous_hash',
  'prev_hash',
  'prevHash',
  'prev',
  'previous',
] as const;

/** Members of which all subsets are tried where the form sorts them, and all orders where it does not. */
const MAX_SORTED = 12;
const MAX_ORDERED = 6;

/** `members`: those at the top of the record without those of the chain. */
export function* listedMembers(
  parts: CandidateParts,
  link: Link,
  members: readonly string[],
  previousName: string,
  without: readonly string[],
): Generator<Proposal> {
  const names = [...new Set([previousName, ...PREVIOUS_NAMES])];
  for (const form of LISTED_FORMS) {
    const found = memberPieces(parts, form, link, members, without);
    if (found === undefined) continue;
    const colon = Array.isArray(form.options.separators) ? String(form.options.separators[1]) : ':';
    const likely: Item[] = found.pieces
      .map(({ path, text }) => ({ path, text, part: { field: path } }))
      .sort((left, right) => rankOf(left) - rankOf(right));
    const previous =
      link.written === ''
        ? []
        : names.map((name) => ({
            name,
            text: `${JSON.stringify(name)}${colon}${JSON.stringify(link.written)}`,
          }));
    const orders =
      form.options.sort === 'none' || form.options.sort === undefined ? ordered(likely) : chosen(likely);
    const isSorted = form.kind === 'canonical' || form.options.sort !== 'none';
    for (const order of orders) {
      for (const each of previous) {
        const items = [
          ...order.map(({ path, text }) => ({ key: keyOf(path), path, text })),
          { key: each.name, path: '$previous', text: each.text },
        ];
        if (isSorted) items.sort((left, right) => (left.key < right.key ? -1 : 1));
        yield {
          text: `{${items.map(({ text }) => text).join(found.separator)}}`,
          parts: () => [toOnly(form, items)],
        };
      }
    }
  }
}

const LISTED_FORMS = JSON_FORMS.filter(
  ({ kind, options }) => kind !== 'raw' && options['drop-nulls'] === undefined,
).slice(0, 7);

function* ordered(items: readonly Item[]): Generator<readonly Item[]> {
  const window = items.slice(0, MAX_ORDERED);
  for (let size = window.length; size >= 1; size--) yield* arrangements(window, size);
}

function* chosen(items: readonly Item[]): Generator<readonly Item[]> {
  const window = items.slice(0, MAX_SORTED);
  for (let size = window.length; size >= 1; size--)
    for (const indexes of combinations(window.length, size)) yield indexes.map((index) => window[index]!);
}

function keyOf(path: string): string {
  return path.replaceAll('\\.', '.');
}

function toOnly(
  { kind, options }: JsonFormDocument,
  items: readonly { key: string; path: string }[],
): PartDocument {
  const only = items.map(({ key, path }) => (key === path ? key : { key, field: path }));
  return { [kind]: { ...options, only } };
}
