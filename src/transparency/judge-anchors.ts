/** What it means where records of today and sealed leaves part: findings, and for every range what vouches for it. */
import { count, quote } from '../base/text-safety.ts';
import type { CheckResult } from '../model/check.ts';
import { type Finding, toFingerprint } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import {
  type Assurance,
  SEALED_PROFILE,
  type StreamRange,
  type StreamSummary,
  weakestOf,
} from '../model/report.ts';
import { ANCHORS, type AnchorCode, anchorSeverity } from './anchor-findings.ts';
import type { FollowedFile, Piece, Spot } from './follow-file.ts';
import { type SealedSpan, type SealedStream, streamsOf } from './inventory.ts';

/** `problem`: why the file was not read whole. `isText`: its records are lines of text, of which none was ever sealed. */
export type AnchoredFile = { file: string; followed: FollowedFile; problem?: string; isText?: boolean };

export type AnchorCase = {
  origin: string;
  /** `signed by …`, in words, for the ranges that are anchored. */
  by: string;
  /** What the trusted checkpoint covers, and no more. */
  streams: readonly SealedStream[];
  files: readonly AnchoredFile[];
  /** Where a finding stands that is about a file which is gone: the checkpoint. */
  place: Place;
};

export const AFTER_CHECKPOINT = 'after the last checkpoint: nothing outside the log vouches for it';
const TEXT = 'of a text log, which is not sealed: nothing shows whether it was altered';
const LIMIT = 'what was never written, or was changed before it was sealed, does not show';

/** The streams as far as the first `size` leaves of the log go. */
export function streamsWithin(spans: readonly SealedSpan[], size: number): SealedStream[] {
  return streamsOf(
    spans
      .filter(({ first }) => first < size)
      .map((span) => ({ ...span, count: Math.min(span.count, size - span.first) })),
  );
}

export function judgeAnchors(anchors: AnchorCase): CheckResult {
  const findings: Finding[] = [];
  const streams: StreamSummary[] = [];
  const found = new Set<number>();
  for (const file of anchors.files) {
    const isSame = file.followed.pieces.some(({ kind }) => kind === 'sealed');
    for (const { kind, stream } of file.followed.pieces)
      if (kind === 'sealed' && stream !== undefined) found.add(stream.number);
    if (isSame) findings.push(...fileFindings(anchors, file));
    if (file.followed.records > 0) streams.push(toSummary(anchors, file, isSame));
  }
  for (const stream of anchors.streams)
    if (!found.has(stream.number)) findings.push(goneFinding(anchors, stream));
  return { findings, streams };
}

function fileFindings(anchors: AnchorCase, { file, followed, problem }: AnchoredFile): Finding[] {
  const findings = followed.pieces.flatMap((piece, index) => {
    const found = pieceFinding(anchors, file, piece);
    if (found === undefined) return [];
    return isJoint(piece, followed.pieces[index - 1]) ? mayHaveGrown(found) : found;
  });
  const isRewritten = followed.pieces.some(({ kind }) => kind === 'rewritten');
  for (const stream of anchors.streams) {
    const reached = followed.reached.get(stream.number);
    if (reached === undefined || reached >= stream.count || isRewritten) continue;
    const last = followed.pieces.at(-1)!;
    const gone = stream.count - reached;
    const message = `expected ${count(stream.count, 'sealed record')} of ${quote(stream.file)}, found ${count(reached, 'record')}: the last ${gone === 1 ? 'record is' : `${count(gone, 'record')} are`} not in this file`;
    findings.push({
      ...finding(anchors, 'sealed-tail-missing', toPlace(file, last.until), message, `${stream.number}`),
      ...(gone > 1 && { count: gone }),
      // A file that was not read whole may hold them.
      ...(problem !== undefined && { verdict: 'undetermined' as const }),
    });
  }
  return findings;
}

/** Whether the records stand behind all of one sealed stream and before another. */
function isJoint({ kind, stream }: Piece, before: Piece | undefined): boolean {
  return kind === 'inserted' && before?.kind === 'sealed' && before.stream !== stream;
}

function mayHaveGrown(found: Finding): Finding {
  const message = `${found.message}: put there, or the log before them grew until the two were joined`;
  return { ...found, message, verdict: 'undetermined' };
}

function pieceFinding(anchors: AnchorCase, file: string, piece: Piece): Finding | undefined {
  const { kind, records, stream, at, from, until, content = '' } = piece;
  if (kind === 'sealed' || kind === 'new') return undefined;
  const first = stream === undefined ? '' : `sealed record ${at + 1} of ${quote(stream.file)}`;
  const [code, message] = ((): [AnchorCode, string] => {
    switch (kind) {
      case 'altered':
        return [
          'sealed-record-altered',
          records === 1
            ? `expected ${first}, found another record`
            : `expected ${first} and the ${records - 1} behind it, found other records`,
        ];
      case 'inserted':
        return [
          'unsealed-record',
          `expected ${first}, found ${count(records, 'record')} that ${records === 1 ? 'was' : 'were'} not sealed there`,
        ];
      case 'missing':
        return at === 0
          ? [
              'sealed-front-missing',
              `expected ${first}, found that ${count(records, 'record')} before this one ${records === 1 ? 'is' : 'are'} gone`,
            ]
          : [
              'sealed-record-missing',
              `expected ${first}, found that ${count(records, 'record')} before this one ${records === 1 ? 'is' : 'are'} gone`,
            ];
      case 'rewritten':
        return [
          'sealed-stream-rewritten',
          `expected ${first} and those behind it, found ${count(records, 'record')} that are others`,
        ];
    }
  })();
  const place = toPlace(file, from);
  const related = records > 1 && kind !== 'missing' ? [toPlace(file, until)] : [];
  return {
    ...finding(anchors, code, place, message, `${stream?.number} ${at} ${kind} ${content}`),
    ...(related.length > 0 && { related }),
    ...(records > 1 && { count: records }),
  };
}

/** No record of the stream is in any file. */
function goneFinding(anchors: AnchorCase, stream: SealedStream): Finding {
  const namesake = anchors.files.find(({ file }) => file === stream.file);
  const why =
    namesake === undefined
      ? 'no file of today holds any of them'
      : 'the file of that name holds none of them';
  const message = `expected ${count(stream.count, 'sealed record')} of ${quote(stream.file)}, found that ${why}`;
  const unread = anchors.files.some(({ problem }) => problem !== undefined);
  return {
    ...finding(anchors, 'sealed-stream-missing', anchors.place, message, `${stream.number}`),
    subject: stream.file,
    ...(stream.count > 1 && { count: stream.count }),
    ...(unread && { verdict: 'undetermined' as const }),
  };
}

function finding(
  anchors: AnchorCase,
  code: AnchorCode,
  place: Place,
  message: string,
  identity: string,
): Finding {
  return {
    rule: ANCHORS,
    code,
    severity: anchorSeverity(code),
    verdict: 'violation',
    place,
    message,
    fingerprint: toFingerprint(ANCHORS, code, anchors.origin, identity),
  };
}

const ASSURANCE: Record<Exclude<Piece['kind'], 'missing'>, Assurance> = {
  sealed: 'anchored',
  new: 'unprotected',
  altered: 'broken',
  inserted: 'broken',
  rewritten: 'broken',
};

const REASON: Partial<Record<Piece['kind'], string>> = {
  new: AFTER_CHECKPOINT,
  altered: 'altered after it was sealed',
  inserted: 'inserted before sealed records',
  rewritten: 'not as it was sealed',
};

/** `isSame`: whether any record of the file is as sealed; of one that only has a name in common, all are new. */
function toSummary(
  { origin, by }: AnchorCase,
  { file, followed, isText }: AnchoredFile,
  isSame: boolean,
): StreamSummary {
  const pieces = followed.pieces.filter(({ kind }) => kind !== 'missing');
  const ranges = pieces.map((piece): StreamRange => {
    const kind = isSame ? piece.kind : 'new';
    const reason = kind === 'sealed' ? by : isText ? TEXT : REASON[kind];
    return {
      assurance: ASSURANCE[kind as keyof typeof ASSURANCE],
      records: piece.records,
      from: toPlace(file, piece.from),
      until: toPlace(file, piece.until),
      ...(reason !== undefined && { reason }),
    };
  });
  return {
    stream: file,
    profile: `${SEALED_PROFILE}${origin}`,
    records: followed.records,
    status: weakestOf(ranges),
    ranges,
    limits: [LIMIT],
  };
}

function toPlace(file: string, { line, offset, length }: Spot): Place {
  return { file, line, offset, length };
}
