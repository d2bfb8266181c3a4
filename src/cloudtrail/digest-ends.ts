/** Whether the digests of each stream go on as long as they should: a cut tail leaves no trace in a chain. */
import { compareText, quote } from '../base/text-safety.ts';
import type { Digest } from './digest.ts';
import type { Issue } from './issues.ts';
import type { ChainMember } from './judge-chain.ts';
import type { DigestMetadata } from './metadata.ts';
import { baseName, parseDigestName, quoteKey, streamOf } from './object-names.ts';
import { HOUR_MS, showTime } from './times.ts';

export type EndedStream = { stream: string; members: readonly ChainMember[] };

/** Milliseconds since 1970: the log is to be complete before `until`, and was looked at `now`. */
export type ExpectedEnd = { until: number | undefined; now: number | undefined };

/** A digest is made after its hour is over, and delivered within the next. */
const DELIVERY_MS = 2 * HOUR_MS;

export function judgeEnds(
  streams: readonly EndedStream[],
  metadata: ReadonlyMap<string, DigestMetadata & { file: string }>,
  expected: ExpectedEnd,
): Issue[] {
  const latest = latestEnds(streams);
  return [
    ...streams.flatMap((stream) => judgeEnd(stream, latest, expected)),
    ...judgeOrphans(streams, metadata),
  ];
}

function judgeEnd(
  { stream, members }: EndedStream,
  latest: ReadonlyMap<string, { end: number; stream: string }>,
  { until, now }: ExpectedEnd,
): Issue[] {
  const { digest, seal } = members.at(-1)!;
  if (digest.backfill) return [];
  const due = now === undefined ? undefined : now - DELIVERY_MS;
  // What is asked for in the future cannot be there yet.
  const wanted = until === undefined ? due : due === undefined ? until : Math.min(until, due);
  const longest = latest.get(trailOf(digest))!;
  const reason =
    wanted !== undefined && digest.end < wanted
      ? `the log is to reach until ${showTime(wanted)}`
      : longest.end - digest.end >= HOUR_MS
        ? `those of ${quote(longest.stream)}, of the same trail, go on until ${showTime(longest.end)}`
        : undefined;
  if (reason === undefined) return [];
  const message = `the digests of ${quote(stream)} end at ${showTime(digest.end)}, and ${reason}`;
  return [{ code: 'digests-end-early', file: seal.file, message, subject: stream, identity: digest.object }];
}

/** A trail of several regions, and one of an organization, delivers digests for each of them alike. */
function trailOf({ trail, homeRegion, backfill }: Digest): string {
  return `${trail}/${homeRegion}${backfill ? '/backfill' : ''}`;
}

function latestEnds(streams: readonly EndedStream[]): Map<string, { end: number; stream: string }> {
  const latest = new Map<string, { end: number; stream: string }>();
  for (const { stream, members } of streams) {
    const { digest } = members.at(-1)!;
    const known = latest.get(trailOf(digest));
    if (known === undefined || digest.end > known.end)
      latest.set(trailOf(digest), { end: digest.end, stream });
  }
  return latest;
}

/** Metadata whose digest is not here, behind the end of its stream: within it, the hole is told already. */
function judgeOrphans(
  streams: readonly EndedStream[],
  metadata: ReadonlyMap<string, DigestMetadata & { file: string }>,
): Issue[] {
  const ends = new Map(streams.map(({ stream, members }) => [stream, members.at(-1)!.digest.end]));
  return [...metadata.values()]
    .sort((left, right) => compareText(left.file, right.file))
    .flatMap(({ file }): Issue[] => {
      const object = baseName(file).replace(/\.metadata\.json$/, '');
      const name = parseDigestName(object)!;
      const stream = streamOf(name);
      if (name.end <= (ends.get(stream) ?? Number.NEGATIVE_INFINITY)) return [];
      const message = `${quoteKey(object)} is not here, whose metadata are`;
      return [{ code: 'missing-digest', file, message, subject: stream, identity: object }];
    });
}
