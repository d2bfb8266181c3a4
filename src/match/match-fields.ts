/** How values of two fields compare (`fieldref`): equal, or one as a part of the other. */
import type { DetectionItem } from '../model/rule.ts';
import { PartTrie } from './part-trie.ts';

type Texts = ReadonlySet<string>;
type Relates = (own: Texts, others: Texts) => boolean;

/** Pairs of members that are tried one by one, which is faster while they are few. */
const MAX_PAIRS = 1000;

/** Whether some text of the item's own field relates to some text of the other one, both folded. */
export function compileRelation({ modifiers }: DetectionItem): Relates {
  if (modifiers.includes('contains'))
    return inPairs(
      (text, part) => text.includes(part),
      (own, parts) => {
        const trie = new PartTrie(parts);
        return some(own, (text) => trie.isWithin(text));
      },
    );
  if (modifiers.includes('startswith'))
    return inPairs(
      (text, part) => text.startsWith(part),
      (own, parts) => {
        const trie = new PartTrie(parts);
        return some(own, (text) => trie.beginsIn(text));
      },
    );
  if (modifiers.includes('endswith'))
    return inPairs(
      (text, part) => text.endsWith(part),
      (own, parts) => {
        const trie = new PartTrie([...parts].map(reversed));
        return some(own, (text) => trie.beginsIn(reversed(text)));
      },
    );
  return (own, others) => some(others, (text) => own.has(text));
}

function inPairs(holds: (text: string, part: string) => boolean, amongMany: Relates): Relates {
  return (own, others) =>
    own.size * others.size > MAX_PAIRS
      ? amongMany(own, others)
      : some(own, (text) => some(others, (part) => holds(text, part)));
}

function some(texts: Texts, holds: (text: string) => boolean): boolean {
  for (const text of texts) if (holds(text)) return true;
  return false;
}

/** By UTF-16 units, as the comparison is. */
function reversed(text: string): string {
  let turned = '';
  for (let at = text.length - 1; at >= 0; at--) turned += text[at]!;
  return turned;
}
