/** Fields with several values, of which each stands for itself: the combinations that their members make. */
import { personKey } from '../base/person-key.ts';
import type { Event, Slot } from '../model/event.ts';

/** Of a record that makes more, the first that many: a list cannot make a scan take forever. */
export const MAX_COMBINATIONS = 1000;

type Members = Pick<Event, 'size' | 'text'>;
type Texts = readonly (string | undefined)[];

/** The texts of a slot, the first of them what `text` says; one that is undefined where it has none. */
function membersOf(event: Members, slot: Slot): Texts {
  const members = [event.text(slot)];
  // Beyond, there are too many combinations in any case.
  const size = Math.min(event.size(slot), MAX_COMBINATIONS + 1);
  for (let at = 1; at < size; at++) {
    const text = event.text(slot, at);
    if (text !== undefined) members.push(text);
  }
  return members;
}

/** Every choice of one member of each, MAX_COMBINATIONS of them at most; that of the first ones comes first. */
export function combinationsOf(lists: readonly Texts[]): Texts[] {
  let combinations: Texts[] = [[]];
  for (const members of lists) {
    const longer: Texts[] = [];
    for (const start of combinations) {
      for (const member of members) {
        if (longer.length < MAX_COMBINATIONS) longer.push([...start, member]);
      }
    }
    combinations = longer;
  }
  return combinations;
}

/**
 * Of each slot its texts; those of `groups` without repeats, for an event is in a group once however often its list names it.
 * `persons`: by position in `groups`, whether all spellings of a name are one.
 */
export function memberLists(
  event: Members,
  groups: readonly Slot[],
  counted: readonly Slot[],
  persons?: readonly boolean[],
): Texts[] {
  const personOf = (text: string | undefined) => text && personKey(text);
  return [
    ...groups.map((slot, index) => {
      const texts = membersOf(event, slot);
      return [...new Set(persons?.[index] ? texts.map(personOf) : texts)];
    }),
    ...counted.map((slot) => membersOf(event, slot)),
  ];
}

/** How many there are. */
export function countCombinations(lists: readonly Texts[]): number {
  return lists.reduce((product, { length }) => product * length, 1);
}
