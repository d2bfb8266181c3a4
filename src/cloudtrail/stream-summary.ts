/** One stream of digests in the report: its hours cut where their assurance changes. */
import { compareText } from '../base/text-safety.ts';
import { type StreamRange, type StreamSummary, weakestOf } from '../model/report.ts';
import type { KnownFile } from '../model/seal.ts';
import { CLOUDTRAIL_DIGESTS, wholeFile } from './issues.ts';
import type { ChainMember, Hole, Trust } from './judge-chain.ts';
import type { Tally } from './judge-listed.ts';
import { baseName } from './object-names.ts';
import { showTime } from './times.ts';

const LIMITS = [
  'digests cut off at the end together with their log files leave no trace, unless --now or --until says how far the log goes',
  'a whole account, region or trail removed leaves no trace: compare the list of streams',
  'only log files are sealed, and by the hour: what CloudTrail never delivered is in no digest',
];

export function summarizeStream(
  stream: string,
  members: readonly ChainMember[],
  trusts: readonly Trust[],
  tallies: readonly Tally[],
  holes: readonly Hole[],
  unsealed: readonly KnownFile[],
): StreamSummary {
  const ranges: StreamRange[] = [];
  const holeAfter = new Map(holes.map((hole) => [hole.after, hole]));
  for (const [index, { digest, seal }] of members.entries()) {
    const tally = tallies[index]!;
    const { assurance, reason, anchor } = weigh(trusts[index]!, tally);
    const last = ranges.at(-1);
    const goesOn =
      last?.assurance === assurance &&
      last.reason === reason &&
      last.anchor?.by === anchor &&
      !holeAfter.has(index - 1);
    const until = showTime(digest.end);
    if (goesOn) {
      last.records += tally.records;
      last.files! += tally.files;
      last.until = wholeFile(seal.file);
      last.period!.until = until;
      if (anchor !== undefined) last.anchor = { by: anchor, at: until, checkpoint: baseName(digest.object) };
    } else {
      ranges.push({
        assurance,
        records: tally.records,
        files: tally.files,
        from: wholeFile(seal.file),
        until: wholeFile(seal.file),
        period: { from: showTime(digest.start), until },
        ...(reason !== undefined && { reason }),
        ...(anchor !== undefined && {
          anchor: { by: anchor, at: until, checkpoint: baseName(digest.object) },
        }),
      });
    }
    const hole = holeAfter.get(index);
    if (hole !== undefined && hole.until > hole.from)
      ranges.push(toHole(hole, seal.file, members[index + 1]!.seal.file));
  }
  if (unsealed.length > 0) ranges.push(toUnsealed(unsealed));
  return {
    stream,
    profile: CLOUDTRAIL_DIGESTS,
    records: ranges.reduce((sum, { records }) => sum + records, 0),
    status: weakestOf(ranges),
    ranges,
    limits: LIMITS,
  };
}

/** Log files of an account and region whose digests are not here, or copies that stand for nothing. */
export function summarizeUnsealed(owner: string, files: readonly KnownFile[]): StreamSummary {
  const range = toUnsealed(files);
  return {
    stream: owner,
    profile: null,
    records: range.records,
    status: 'unprotected',
    ranges: [range],
    limits: [],
  };
}

function weigh(trust: Trust, { spoiled, unread }: Tally): Trust {
  if (trust.assurance === 'broken') return trust;
  if (spoiled > 0) return { assurance: 'broken', reason: 'log files are altered, missing or exchanged' };
  if (unread > 0) return { assurance: 'unverifiable', reason: 'log files could not be read or compared' };
  return trust;
}

function toHole({ from, until, kind }: Hole, before: string, after: string): StreamRange {
  return {
    assurance: kind === 'missing' ? 'broken' : 'unverifiable',
    records: 0,
    files: 0,
    from: wholeFile(before),
    until: wholeFile(after),
    period: { from: showTime(from), until: showTime(until) },
    reason: kind === 'missing' ? 'the digests of these hours are missing' : 'no digest covers these hours',
  };
}

function toUnsealed(files: readonly KnownFile[]): StreamRange {
  const names = files.map(({ file }) => file).sort(compareText);
  return {
    assurance: 'unprotected',
    records: files.reduce((sum, { records }) => sum + records, 0),
    files: files.length,
    from: wholeFile(names[0]!),
    until: wholeFile(names.at(-1)!),
    reason: 'no digest lists these log files',
  };
}
