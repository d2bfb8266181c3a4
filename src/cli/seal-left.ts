/** What of a file was read and not sealed, in words. */
import { count, quote } from '../base/text-safety.ts';
import { textSealOf } from '../engine/seals.ts';
import type { LeafRead } from './seal-leaves.ts';

/** Said once, behind the files that it is about. */
export const TEXT_ADVICE =
  'text logs can be protected whole: "audit-check collect … --into ARCHIVE --key FILE" keeps and signs every line of them; or list their digests (sha256sum FILE… > SHA256SUMS) and keep the list elsewhere: verify holds them to it';

/** Undefined where nothing was left. */
export function leftOf(file: string, { text, malformed, records }: LeafRead): string | undefined {
  const name = quote(file);
  if (text !== undefined)
    return `${name} is not sealed (${count(text.records, 'record')}): it is text (${text.format}), and only records of JSON can be sealed one by one`;
  if (malformed === 0) return undefined;
  if (records === 0 && textSealOf(file) !== undefined)
    return `${name} is not sealed: it is a list of digests, no log; keep it, or a copy, elsewhere`;
  return `${name}: ${count(malformed, 'stretch', 'stretches')} of no records ${malformed === 1 ? 'is' : 'are'} not sealed`;
}
