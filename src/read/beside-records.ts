/** What exports write beside their records, and what stands there that could be more of them. */
import { JsonArray, JsonNumber, JsonObject, type JsonValue } from '../base/json.ts';

/** Paging and the like, short. */
const PAGING =
  /^(?:_?links?|meta(?:data)?|pag(?:e|es|ing|ination|e_?info)|response_?metadata|result_?info|cursors?|next|previous|@odata\..*)$/i;
const MAX_PAGING_BYTES = 512;
/** Who did what: paging may have one such word, an event has several, or one and a time. */
const OF_AN_EVENT =
  /^_?(?:event(?:_?(?:name|type))?|action|activity|actor|did|operation(?:_?name)?|principal|subject|user(?:_?name)?|verb|who|what)$/i;
const OF_A_LINK = /^(?:rel|relation|href|ur[il]|type|method|media_?type|templated)$/i;
/** Of pages and what they are pages of: https://www.iana.org/assignments/link-relations */
const REL =
  /^(?:self|next|prev(?:ious)?|first|last|up|start|current|collection|canonical|describedby|search|profile)$/i;
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

/** `isNext`: whether it says that it leads to the page that follows; `leadsOn`: whether it leads anywhere. */
export type PageLink = { isNext: boolean; leadsOn: boolean };

/** `[{"rel": "next", "href": "…"}]` as Oracle has it, `relation` and `url` as FHIR; undefined for anything else. */
export function linksOf(key: string, value: JsonArray): PageLink[] | undefined {
  if (!isPaging(key) || looksLikeEvent(value)) return undefined;
  const links = value.elements.map(linkOf);
  return links.includes(undefined) ? undefined : (links as PageLink[]);
}

/** With an address or a null in its place, and words that are known: nothing else may pass for paging. */
function linkOf(value: JsonValue): PageLink | undefined {
  if (!(value instanceof JsonObject)) return undefined;
  // A key that stands twice says both.
  const valuesOf = (...names: string[]) =>
    value.members.filter(({ key }) => names.includes(key)).map((member) => member.value);
  const words = valuesOf('rel', 'relation').flatMap((rel) =>
    typeof rel === 'string' ? rel.trim().split(/\s+/) : [''],
  );
  const addresses = valuesOf('href', 'url', 'uri');
  const isPlain = value.members.every(({ key, value }) => OF_A_LINK.test(key) && isShort(value));
  if (!isPlain || addresses.length === 0 || words.length === 0 || !words.every((word) => REL.test(word)))
    return undefined;
  return { isNext: words.some((word) => word.toLowerCase() === 'next'), leadsOn: addresses.some(isGiven) };
}

/** A token, a link, or the number of a page. */
export function isGiven(value: JsonValue): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return value === true || (value instanceof JsonNumber && Number(value.lexeme) > 0);
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
