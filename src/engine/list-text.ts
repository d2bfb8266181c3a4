/** All values of a slot as one JSON array of texts, for marks that carry lists: the groups of a user. */
import type { Event, Slot } from '../model/event.ts';

/** Values beyond this number are left out, and the text `null` at the end says so: log text decides how many there are. */
export const MAX_LISTED = 1000;

/** Undefined when the slot has no value; nulls within are left out. */
export function listText(event: Pick<Event, 'size' | 'text' | 'kind'>, slot: Slot): string | undefined {
  return event.size(slot) === 0 ? undefined : JSON.stringify(textsOf(event, slot));
}

/** The same of two values or more, equal ones too: an amount that is there twice is no amount. Undefined where there is one. */
export function severalText(event: Pick<Event, 'size' | 'text' | 'kind'>, slot: Slot): string | undefined {
  if (event.size(slot) < 2) return undefined;
  const texts = textsOf(event, slot);
  return texts.length < 2 && event.text(slot) === texts[0] ? undefined : JSON.stringify(texts);
}

/**
 * Who several actors are together: `bob, mallory`. Neither of them alone, for what is accepted of one person must not cover the
 * other.
 */
export function togetherText(event: Pick<Event, 'size' | 'text' | 'kind'>, slot: Slot): string | undefined {
  const texts = new Set(textsOf(event, slot).map((text) => text ?? '…'));
  texts.delete('');
  return texts.size < 2 ? event.text(slot) : [...texts].join(', ');
}

function textsOf(event: Pick<Event, 'size' | 'text' | 'kind'>, slot: Slot): (string | null)[] {
  const size = event.size(slot);
  const texts: (string | null)[] = [];
  for (let at = 0; at < Math.min(size, MAX_LISTED); at++) {
    // An empty array is one value that holds none.
    if (size === 1 && event.kind(slot) === 'array' && event.text(slot) === '[]') break;
    const text = event.text(slot, at);
    if (text !== undefined) texts.push(text);
  }
  if (size > MAX_LISTED) texts.push(null);
  return texts;
}
