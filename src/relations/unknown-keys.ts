/** Keys of a correlation that its relation would pass over in silence. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { Correlation, ReferenceKey } from '../model/rule.ts';

/** What is wrong, with the nearest key that there is; undefined when nothing is. */
export function unknownKeys(
  { type, extra, steps }: Pick<Correlation, 'type' | 'extra' | 'steps'>,
  keys: readonly string[],
  references: readonly ReferenceKey[] = ['rules'],
): string | undefined {
  const unknown =
    Object.keys(extra).find((key) => !keys.includes(key)) ??
    (Object.keys(steps) as ReferenceKey[]).find((key) => !references.includes(key));
  if (unknown === undefined) return undefined;
  return `"${type}" has no key ${quote(unknown)}${didYouMean(unknown, [...keys, ...references])}`;
}
