/** How values of two fields compare (`fieldref`): equal, or one as a part of the other. */
import type { DetectionItem } from '../model/rule.ts';

type Texts = ReadonlySet<string>;

/** Members of each field that are compared in pairs: all pairs of two long arrays would take quadratic time. */
const MAX_MEMBERS = 100;

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
    const parts = [...others].slice(0, MAX_MEMBERS);
    return [...own].slice(0, MAX_MEMBERS).some((text) => parts.some((part) => holds(text, part)));
  };
}
