/** A mapping for a log that nobody knows: for each canonical field the place in its records that is most likely it. A guess, to be read. */
import type { JsonValue } from '../../base/json.ts';
import { AUDIT_FIELDS, type AuditField } from '../../model/event.ts';
import { elementsOf, type Leaf, leavesOf, listsOf } from './leaves.ts';
import { scoreLeaf } from './score-leaf.ts';

/** A field's most likely place, and what else might be it, likelier first. */
export type SuggestedField = { leaf: Leaf; others: readonly Leaf[] };

export type MappingSuggestion = {
  /** The way to the array that holds the records, where they are wrapped. */
  wrapper: readonly string[] | undefined;
  /** How many records were looked at. */
  records: number;
  fields: ReadonlyMap<AuditField, SuggestedField>;
  /** Places that are none of the fields. */
  rest: readonly Leaf[];
  /** Lists of objects within the records. */
  lists: readonly string[];
};

/** Less likely is not written down. */
const LIKELY = 0.5;
const MAX_OTHERS = 2;

/** These say of the same words whether it worked and whether it was allowed. */
const SHARED: ReadonlySet<AuditField> = new Set(['outcome', 'decision']);

/**
 * `documents`: the first of a file. Undefined where they are no events: nothing tells when, or nothing tells who or what.
 * Records are the documents themselves, or what a list in them holds, whichever tells more of when, who, what and how it ended:
 * of an event with a list, the list is a part; of an export, who made it and when is no event.
 */
export function suggestMapping(documents: readonly JsonValue[]): MappingSuggestion | undefined {
  const lists = listsOf(documents);
  let best = suggestFor(documents, undefined, lists);
  for (const way of lists) {
    const inner = suggestFor(elementsOf(documents, way), way, []);
    if (inner !== undefined && toldBy(inner) > toldBy(best)) best = inner;
  }
  return best;
}

function suggestFor(
  records: readonly JsonValue[],
  wrapper: readonly string[] | undefined,
  lists: readonly (readonly string[])[],
): MappingSuggestion | undefined {
  const leaves = leavesOf(records);
  const fields = assign(leaves, records.length);
  if (!fields.has('time') || !(fields.has('actor') || fields.has('action'))) return undefined;
  const used = new Set([...fields.values()].map(({ leaf }) => leaf));
  const rest = leaves.filter((leaf) => !used.has(leaf));
  return { wrapper, records: records.length, fields, rest, lists: lists.map((way) => way.join('.')) };
}

function toldBy(suggestion: MappingSuggestion | undefined): number {
  return SINGLE.filter((field) => field !== 'id' && suggestion?.fields.has(field)).length;
}

/** An event has one of each, so they do not lie within a list. */
const SINGLE: readonly AuditField[] = ['time', 'id', 'actor', 'action', 'outcome', 'decision'];

/** The likeliest pair of a field and a place first, then the likeliest of what is left of both. */
function assign(leaves: readonly Leaf[], records: number): Map<AuditField, SuggestedField> {
  const pairs = AUDIT_FIELDS.flatMap((field) =>
    leaves.map((leaf) => ({ field, leaf, score: scoreLeaf(field, leaf, records) })),
  )
    .filter(({ field, leaf, score }) => score >= LIKELY && !(leaf.inList && SINGLE.includes(field)))
    // Stable: of equals the field that comes first among ours, then the place that comes first in the records.
    .sort((left, right) => right.score - left.score);
  const chosen = new Map<AuditField, Leaf>();
  const taken = new Map<Leaf, AuditField>();
  for (const { field, leaf } of pairs) {
    const holder = taken.get(leaf);
    const isFree = holder === undefined || (SHARED.has(holder) && SHARED.has(field));
    if (chosen.has(field) || !isFree) continue;
    chosen.set(field, leaf);
    taken.set(leaf, field);
  }
  const fields = AUDIT_FIELDS.flatMap((field): [AuditField, SuggestedField][] => {
    const leaf = chosen.get(field);
    if (leaf === undefined) return [];
    const others = pairs.filter((pair) => pair.field === field && !taken.has(pair.leaf));
    return [[field, { leaf, others: others.slice(0, MAX_OTHERS).map((pair) => pair.leaf) }]];
  });
  return new Map(fields);
}
