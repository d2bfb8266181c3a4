/** How values of two fields compare (`fieldref`): equal, or one as a part of the other. */
import type { DetectionItem } from '../model/rule.ts';

type Texts = ReadonlySet<string>;

/** Pairs of members that are compared: all those of two long arrays would take quadratic time. */
const MAX_PAIRS = 100_000;

/** Whether some text of the item's own field relates to some text of the other one, both folded. */
export function compileRelation({ modifiers }: DetectionItem): (own: Texts, others: Texts) => boolean {
  if (modifiers.includes('contains')) return inPairs((text, part) => text.includes(part));
  if (modifiers.includes('startswith')) return inPairs((text, part) => text.startsWith(part));
  if (modifiers.includes('endswith')) return inPairs((text, part) => text.endsWith(part));
  return (own, others) => {
    for (const text of others) if (own.has(text)) return true;
    return false;
  };
}

function inPairs(holds: (text: string, part: string) => boolean): (own: Texts, others: Texts) => boolean {
  return (own, others) => {
    let pairs = 0;
    for (const text of own) {
      for (const part of others) {
        if (++pairs > MAX_PAIRS) return false;
        if (holds(text, part)) return true;
      }
    }
    return false;
  };
}
