/** What `seal` says of logs that are no longer what was sealed. */
import { count, quote } from '../base/text-safety.ts';
import type { FollowedFile } from '../transparency/follow-file.ts';
import type { SealedStream } from '../transparency/inventory.ts';

/** Sealed files that are gone and are named one by one. */
const MAX_GONE = 10;

/** What keeps a file from being sealed further. */
export function faultOf(
  { pieces, reached }: FollowedFile,
  streams: readonly SealedStream[],
): string | undefined {
  const odd = pieces.find(({ kind }) => kind !== 'sealed' && kind !== 'new');
  if (odd !== undefined)
    return `line ${odd.from.line}: expected the records that were sealed, found them ${odd.kind === 'missing' ? 'missing' : odd.kind}`;
  for (const [number, records] of reached) {
    const sealed = streams[number]!.count;
    if (records < sealed)
      return `expected ${count(sealed, 'record')} that were sealed, found ${count(records, 'record')}: the end is gone`;
  }
  return undefined;
}

export function goneWords(gone: readonly SealedStream[]): string[] {
  const words = gone
    .slice(0, MAX_GONE)
    .map(
      ({ file, count: records }) =>
        `expected ${count(records, 'sealed record')} of ${quote(file)}, found that no file holds any of them`,
    );
  const more = gone.length - MAX_GONE;
  return more > 0
    ? [...words, `expected ${count(more, 'more sealed file')}, found no record of them`]
    : words;
}
