/** Which fields writers list most often in a pre-image: those are ordered in every way first. */
import type { Item } from './listed-fields.ts';

/** What a writer who lists fields lists, by the names that stand for it. */
const LIKELY_NAMES: readonly RegExp[] = [
  /^(?:timestamp|time|ts|ts_?ms|datetime|date|created_?at|occurred_?at)$/i,
  /^(?:actor|user|user_?id|actor_?id|agent|agent_?(?:id|did)|subject|principal|who)$/i,
  /^(?:action|event|event_?type|type|operation|activity|verb|what)$/i,
  /^(?:decision|result|status|success|verdict)$/i,
  /^(?:seq|sequence|sequence_?number|index|number|row_?index|entry_?id)$/i,
  /^(?:target|resource|object|object_?id|resource_?id|entity|ref)$/i,
  /^(?:data|payload|body|content|payload_?hash)$/i,
  /^(?:outcome|id|event_?id|uuid|details?|message|metadata|params)$/i,
  /time|date|actor|user|action|event|target|resource|data|payload|id$/i,
];

/** One form of each value before second forms. */
export function likeliestFirst(items: readonly Item[]): Item[] {
  const isSecond = (item: Item) => (items.find(({ path }) => path === item.path) === item ? 0 : 1);
  return items.toSorted((left, right) => isSecond(left) - isSecond(right) || rankOf(left) - rankOf(right));
}

export function rankOf({ path }: Pick<Item, 'path'>): number {
  const name = path.split(/(?<!\\)\./).at(-1)!;
  const rank = LIKELY_NAMES.findIndex((names) => names.test(name));
  return rank < 0 ? LIKELY_NAMES.length : rank;
}
