/** What exports write beside their records, and what stands there that could be more of them. */
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';

/** Paging and the like, short. */
const PAGING =
  /^(?:_?links?|meta(?:data)?|pag(?:e|es|ing|ination|e_?info)|response_?metadata|result_?info|cursors?|next|previous|@odata\..*)$/i;
const MAX_PAGING_BYTES = 512;
/** Who did what: paging may have one such word, an event has several, or one and a time. */
const OF_AN_EVENT =
  /^_?(?:event(?:_?(?:name|type))?|action|activity|actor|did|operation(?:_?name)?|principal|subject|user(?:_?name)?|verb|who|what)$/i;
const OF_A_LINK = /^(?:rel|relation|href|ur[il]|title|type|method|kind|name|media_?type|templated)$/i;
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
/** A token may be long, an event hidden in a text longer still; none begins like JSON. */
const MAX_SCALAR_BYTES = 4096;
const BEGINS_LIKE_JSON = /^\s*(?:\[\s*)?\{\s*"/;
/** Names of members are words. */
const MAX_KEY_BYTES = 200;

/** `bytes`: of the whole member. */
export function mayHoldRecords(key: string, value: JsonValue, bytes: number): boolean {
  if (key.length > MAX_KEY_BYTES || BEGINS_LIKE_JSON.test(key)) return true;
  if (value instanceof JsonArray) return value.elements.length > 0 && linksOf(key, value) === undefined;
  if (!(value instanceof JsonObject))
    return bytes > MAX_SCALAR_BYTES || (typeof value === 'string' && BEGINS_LIKE_JSON.test(value));
  if (value.members.length === 0) return false;
  return !isPaging(key) || bytes > MAX_PAGING_BYTES || looksLikeEvent(value);
}

/** `rel`: what it leads to, `next`; `link`: what else it has. */
export type PageLink = { rel: string; link: JsonObject };

/** `[{"rel": "next", "href": "…"}]` of HAL and Oracle, `relation` and `url` of FHIR; undefined for anything else. */
export function linksOf(key: string, value: JsonArray): PageLink[] | undefined {
  if (!isPaging(key) || looksLikeEvent(value)) return undefined;
  const links = value.elements.map(linkOf);
  return links.includes(undefined) ? undefined : (links as PageLink[]);
}

function linkOf(value: JsonValue): PageLink | undefined {
  if (!(value instanceof JsonObject)) return undefined;
  const rel = value.get('rel') ?? value.get('relation');
  const isPlain = value.members.every(({ key, value }) => OF_A_LINK.test(key) && isShort(value));
  return typeof rel === 'string' && isPlain ? { rel, link: value } : undefined;
}

/** No list, no object, and no text in which an event may be hidden. */
function isShort(value: JsonValue): boolean {
  if (typeof value !== 'string') return !(value instanceof JsonArray || value instanceof JsonObject);
  return value.length <= MAX_SCALAR_BYTES && !BEGINS_LIKE_JSON.test(value);
}

/** Whether a member of that name tells how an export was paged. */
export function isPaging(key: string): boolean {
  return PAGING.test(key);
}

/** Whether it has several words of an event, or one and a time. */
export function looksLikeEvent(value: JsonValue): boolean {
  const signs = signsOfAnEvent(value);
  return signs.words >= 2 || (signs.words === 1 && signs.hasTime);
}

/** At any depth. */
function signsOfAnEvent(value: JsonValue): { words: number; hasTime: boolean } {
  const signs = { words: 0, hasTime: false };
  const look = (each: JsonValue): void => {
    if (typeof each === 'string' && TIME.test(each)) signs.hasTime = true;
    else if (each instanceof JsonArray) each.elements.forEach(look);
    else if (each instanceof JsonObject)
      for (const member of each.members) {
        if (OF_AN_EVENT.test(member.key)) signs.words++;
        look(member.value);
      }
  };
  look(value);
  return signs;
}
