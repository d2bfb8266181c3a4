/** What `seal` says of logs that are no longer what was sealed. */
import { count, quote } from '../base/text-safety.ts';
import type { FollowedFile } from '../transparency/follow-file.ts';
import type { SealedStream } from '../transparency/inventory.ts';

/** Sealed files that were not found and are named one by one. */
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
  const say = ({ file, count: records }: SealedStream) =>
    `expected ${count(records, 'sealed record')} of ${quote(file)}, found that no file holds any of them`;
  return some(gone, say, (more) => `expected ${count(more, 'more sealed file')}, found no record of them`);
}

/** Of files that lay where this run was not told to look. */
export function unseenWords(unseen: readonly SealedStream[]): string[] {
  const say = ({ file, count: records }: SealedStream) =>
    `${count(records, 'sealed record')} of ${quote(file)}: in no file of this run, and it was not given where they lay: they may be gone`;
  return some(unseen, say, (more) => `so may those of ${count(more, 'more sealed file')}`);
}

function some(
  streams: readonly SealedStream[],
  say: (stream: SealedStream) => string,
  sayMore: (more: number) => string,
): string[] {
  const more = streams.length - MAX_GONE;
  return [...streams.slice(0, MAX_GONE).map(say), ...(more > 0 ? [sayMore(more)] : [])];
}
