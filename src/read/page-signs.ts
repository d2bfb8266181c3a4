/** By which member beside its records a page of an API says that more pages follow. */
import { JsonArray, JsonObject, type JsonValue } from '../base/json.ts';
import { isGiven, isPaging, linksOf } from './beside-records.ts';

/** The member by its dotted name, and where what holds it stands beside the records. */
export type MoreSign = { member: string; line: number; offset: number; length: number };

/** A longer name, or one of other characters, is none of an API, and what is told of it stays short. */
const NAME = /^[$@\w.-]{1,64}$/;

/**
 * Where the next page is: nothing, null or an empty text on the last one. A place to come back to later is not among them, for it
 * stands on the last page, too: `nextForwardToken` of CloudWatch, `nextSyncToken` of Google, `cursor`.
 */
const NEXT =
  /^(?:next(?:page|records?|results?)?(?:token|link|cursor|ur[il]|href|marker|offset|number|key|path)?|continue|continuationtoken|skiptoken)$/;
/** Says by true or false whether more follow. */
const HAS_MORE = /^(?:has(?:more|next)|more)[a-z]*$/;
const IS_LAST = /^(?:is)?last(?:page)?$/;
/** Says by true that records were left out; by false not that none follow: Azure cuts a page and goes on with the next. */
const IS_CUT = /^(?:is|results?)?truncated$/;

/** `links` in `_links`, `page` in `meta`. */
const MAX_DEPTH = 3;

/** What the members beside the records of one document say, in whatever order they come. */
export class PageSigns {
  /** By a word of its own, and by a place to go on at. */
  private told: MoreSign | undefined;
  private pointed: MoreSign | undefined;
  private isLast = false;

  /** `within`: the keys that lead to the object that has the member `key`. */
  see(within: readonly string[], key: string, value: JsonValue, place: Omit<MoreSign, 'member'>): void {
    this.look([...within, key], value, place, MAX_DEPTH);
  }

  /** A document that says itself that it is the last is believed: some APIs give every page a place to go on at. */
  more(): MoreSign | undefined {
    return this.told ?? (this.isLast ? undefined : this.pointed);
  }

  private look(
    keys: readonly string[],
    value: JsonValue,
    place: Omit<MoreSign, 'member'>,
    depth: number,
  ): void {
    const key = keys.at(-1)!;
    if (!NAME.test(key)) return;
    const word = toWord(key);
    const sign = { member: keys.join('.'), ...place };
    const says = saysMore(word, value);
    if (says === true) this.told ??= sign;
    else if (says === false) this.isLast = true;
    else if (
      value instanceof JsonArray ||
      (value instanceof JsonObject && value.member('rel') !== undefined)
    ) {
      const links = linksOf(key, value instanceof JsonArray ? value : new JsonArray([value])) ?? [];
      const isNext = NEXT.test(word);
      if (links.some((link) => (isNext || link.isNext) && link.leadsOn))
        this.pointed ??= { ...sign, member: isNext ? sign.member : `${sign.member}.next` };
    } else if (NEXT.test(word)) {
      if (leadsOn(value)) this.pointed ??= sign;
    } else if (depth > 1 && value instanceof JsonObject && isPaging(key))
      for (const member of value.members) this.look([...keys, member.key], member.value, place, depth - 1);
  }
}

/** `nextPageToken`, `next_page_token`, `NextPageToken` and `@odata.nextLink` are words that differ in how they are written. */
function toWord(key: string): string {
  return key
    .replace(/^@?odata\./i, '')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}

/** Undefined where it says nothing of that. */
function saysMore(word: string, value: JsonValue): boolean | undefined {
  const says = toBoolean(value);
  if (says === undefined) return undefined;
  if (HAS_MORE.test(word)) return says;
  if (IS_LAST.test(word)) return !says;
  return IS_CUT.test(word) && says ? true : undefined;
}

/** Azure Resource Graph writes `"true"`. */
function toBoolean(value: JsonValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** A token, a link, or the number of a page; of an object its link, or whatever it gives to go on by. */
function leadsOn(value: JsonValue): boolean {
  if (!(value instanceof JsonObject)) return isGiven(value);
  // `{"href": null, "rel": "next"}` leads nowhere.
  const link = value.member('href') ?? value.member('url');
  return link === undefined ? value.members.some((member) => isGiven(member.value)) : isGiven(link.value);
}
