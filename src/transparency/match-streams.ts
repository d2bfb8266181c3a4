/** Which file of today is which sealed stream: by how they begin, whatever they are called and however they are compressed. */
import { groupBy } from '../base/group-by.ts';
import { HEAD_BYTES, type SealedStream } from './inventory.ts';

/** `common`: by number, in how many leading records streams that share its head are as the file. */
export type FileHead = { file: string; head: string; common?: ReadonlyMap<number, number> };

/** Hexadecimal digits of one leaf in a head. */
const DIGITS = 2 * HEAD_BYTES;

type Pair = { file: number; stream: number; score: number; name: number };

/** By position in `files` the number of the stream; files that begin like none and are called like none have no entry. */
export function matchStreams(
  files: readonly FileHead[],
  streams: readonly SealedStream[],
): Map<number, number> {
  const matched = new Map<number, number>();
  const taken = new Set<number>();
  const take = (pairs: Pair[]) => {
    for (const { file, stream } of pairs.sort(comparePairs)) {
      if (matched.has(file) || taken.has(stream)) continue;
      matched.set(file, stream);
      taken.add(stream);
    }
  };
  const byFirst = groupBy(streams, ({ head }) => head.slice(0, DIGITS));
  take(
    files.flatMap(({ file, head, common }, at) =>
      (byFirst.get(head.slice(0, DIGITS)) ?? []).map((stream) => ({
        file: at,
        stream: stream.number,
        score: common?.get(stream.number) ?? commonLeaves(head, stream.head),
        name: nameScore(file, stream.file),
      })),
    ),
  );
  // What begins otherwise and has the name of a stream that is nowhere else: its first record was changed, or is gone.
  const byName = groupBy(
    streams.filter(({ number }) => !taken.has(number)),
    ({ file }) => baseName(file),
  );
  take(
    files.flatMap(({ file }, at) =>
      matched.has(at)
        ? []
        : (byName.get(baseName(file)) ?? []).map((stream) => ({
            file: at,
            stream: stream.number,
            score: 0,
            name: nameScore(file, stream.file),
          })),
    ),
  );
  return matched;
}

/**
 * By their first leaf, as the head of a stream has it, the streams that no file begins with: a file that others were
 * appended to goes on with them.
 */
export function continuationsOf(
  streams: readonly SealedStream[],
  matched: ReadonlyMap<number, number>,
): Map<string, SealedStream[]> {
  const taken = new Set(matched.values());
  return groupBy(
    streams.filter(({ number }) => !taken.has(number)),
    ({ head }) => head.slice(0, DIGITS),
  );
}

function comparePairs(left: Pair, right: Pair): number {
  return (
    right.score - left.score || right.name - left.name || left.file - right.file || left.stream - right.stream
  );
}

function commonLeaves(left: string, right: string): number {
  let common = 0;
  while (
    common * DIGITS < Math.min(left.length, right.length) &&
    left.slice(common * DIGITS, (common + 1) * DIGITS) === right.slice(common * DIGITS, (common + 1) * DIGITS)
  )
    common += 1;
  return common;
}

/** Whether at least half of the leading records are the same, place by place: then a file is a stream, altered perhaps. */
export function headsAgree(left: string, right: string): boolean {
  const leaves = Math.min(left.length, right.length) / DIGITS;
  let same = 0;
  for (let at = 0; at < leaves; at += 1) {
    const [from, until] = [at * DIGITS, (at + 1) * DIGITS];
    if (left.slice(from, until) === right.slice(from, until)) same += 1;
  }
  return leaves > 0 && same * 2 >= leaves;
}

/** 2 for the same path, 1 for the same name in another folder, or with another ending of compression. */
function nameScore(left: string, right: string): number {
  if (left === right) return 2;
  return baseName(left) === baseName(right) ? 1 : 0;
}

export function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.(?:gz|zst)$/i, '');
}
