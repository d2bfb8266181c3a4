/** What the scan of a file, or of a stretch of it, knows: plain data that merges in log order and closes the file's books. */
import { addLost } from '../base/lost-time.ts';
import { describeSystemCode } from '../base/system-error.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import type { InputSummary } from '../model/report.ts';
import type { SealPart } from '../model/seal.ts';
import type { CompressedProblem, Compression } from '../read/compressed.ts';
import { type DiscoveredFile, STDIN } from '../read/discover.ts';
import {
  type InputCode,
  inputFinding,
  type MalformedEpisodes,
  malformedFindings,
  mergeEpisodes,
  startEpisodes,
} from '../read/input-findings.ts';
import { CHANGED } from '../read/plain-bytes.ts';
import type { BesideMember, ReadTally } from '../read/record-sink.ts';
import { mergePages, type PagesRead } from './more-pages.ts';
import { mergeRecordOrders, type RecordOrder } from './record-order.ts';
import { joinSpans, type TimeSpan } from './time-span.ts';

/** The file as it is stored. */
export type StoredFile = {
  bytes: number;
  /** Null where it was not read to its end. */
  sha256: string | null;
  /** Of the decoded bytes of a compressed file, where somebody asked for it. */
  decodedSha256: string | null;
  compression: Compression;
  problem: CompressedProblem | undefined;
  /** Why it could not be read: the system's word, or CHANGED. */
  failure: string | undefined;
};

/** A file without compression of which nothing was read yet. */
export function plainFile(): StoredFile {
  return {
    bytes: 0,
    sha256: null,
    decodedSha256: null,
    compression: 'none',
    problem: undefined,
    failure: undefined,
  };
}

export type FilePart = {
  fileIndex: number;
  source: string | null;
  /** Records read, and those of them outside `--since`/`--until`. */
  records: number;
  skipped: number;
  /** First and last time of the others; null where none had one. */
  span: TimeSpan | null;
  order: RecordOrder | null;
  tally: ReadTally;
  malformed: MalformedEpisodes;
  /** The first of each name; and what the documents say of pages that follow, null where none wraps records. */
  beside: BesideMember[];
  pages: PagesRead | null;
  /** Records that lack what was erased, as signed. `silent`: those of them that do not even say what was done. */
  erased?: { records: number; silent: number };
  /** Records that tell of more things than rules are asked of. */
  crowded?: Crowded;
  /** What the file says of others, where it holds no records but seals. Such a file is read in one piece. */
  seals?: SealPart;
  /** Told by whoever reads the whole file; the parts of a file that is read in ranges say no more than a failure. */
  stored: StoredFile;
};

/** `right` began where `left` ended, in the same file; changes and returns `left`. */
export function mergeFileParts(left: FilePart, right: FilePart): FilePart {
  left.records += right.records;
  left.skipped += right.skipped;
  left.span = joinSpans(left.span, right.span);
  left.order = mergeRecordOrders(left.order, right.order);
  for (const key of ['bytes', 'recordBytes', 'malformedBytes', 'framingBytes'] as const)
    left.tally[key] += right.tally[key];
  left.tally.cutShort ||= right.tally.cutShort;
  left.tally.sawArray ||= right.tally.sawArray;
  const server = left.tally.server ?? right.tally.server;
  if (server !== undefined) left.tally.server = server;
  joinLost(left.tally, right.tally);
  mergeEpisodes(left.malformed, right.malformed);
  for (const member of right.beside) noteBeside(left.beside, member);
  left.pages = mergePages(left.pages, right.pages);
  if (right.crowded !== undefined) {
    const { count: more, ...place } = right.crowded;
    left.crowded = addCrowded(left.crowded, place, more);
  }
  left.stored.failure ??= right.stored.failure;
  return left;
}

/** Changes `left`. */
export function joinLost(left: Pick<FilePart['tally'], 'lost'>, { lost }: Pick<FilePart['tally'], 'lost'>) {
  if (lost === undefined) return;
  left.lost ??= [];
  for (const each of lost) addLost(left.lost, each);
}

/** How many, and where the first of them stands. */
export type Crowded = { count: number; line: number; offset: number; length: number };

export function addCrowded(known: Crowded | undefined, place: Omit<Crowded, 'count'>, more = 1): Crowded {
  return known === undefined ? { count: more, ...place } : { ...known, count: known.count + more };
}

/** Wrappers repeat, one a page: the first of each name speaks for all. One more than is named is kept, never more. */
export function noteBeside(members: BesideMember[], member: BesideMember): void {
  const isKnown = members.some(({ key, isAgain }) => key === member.key && isAgain === member.isAgain);
  if (members.length > MAX_BESIDE || isKnown) return;
  members.push(member);
}

/** Members beside the records that are named for one file. */
const MAX_BESIDE = 20;

/** How a file is called in the report. */
export function toReportName(file: string): string {
  return file === STDIN ? 'stdin' : file;
}

/** A file that was not read at all, for the reason that its discovery gave. */
export function passOver(discovered: DiscoveredFile): { input: InputSummary; findings: Finding[] } {
  const file = toReportName(discovered.file);
  const { reason, unsupported, code = 'unsupported-input' } = discovered.skip!;
  const input: InputSummary = {
    file,
    bytes: discovered.bytes,
    decodedBytes: 0,
    sha256: null,
    compression: 'none',
    source: null,
    records: { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 },
    accounted: { records: 0, malformed: 0, framing: 0 },
    status: unsupported ? 'unreadable' : 'skipped',
    reason,
  };
  const findings = unsupported ? [inputFinding(code, file, `${quote(file)} was not read: ${reason}`)] : [];
  return { input, findings };
}

/**
 * The books of a file that was read, and the findings that explain them. `holdsRecords`: whether it does, or the file of which
 * it is a segment: in an hour a server may say nothing of use, and a header alone is a table that begins.
 */
export function closeBooks(
  discovered: DiscoveredFile,
  part: FilePart,
  holdsRecords = part.records > 0,
): { input: InputSummary; findings: Finding[] } {
  const file = toReportName(discovered.file);
  if (part.seals !== undefined) return closeSeals(file, part, part.seals.kind);
  const { records, skipped, tally, stored } = part;
  const isBinary = binaryOf(part, holdsRecords) !== undefined;
  const malformed = isBinary ? 0 : part.malformed.count;
  const findings: Finding[] = [
    ...(isBinary ? [] : malformedFindings(file, part.malformed)),
    ...part.beside.slice(0, MAX_BESIDE).map((member) => besideFinding(file, member)),
    ...(part.crowded === undefined ? [] : [crowdedFinding(file, part.crowded)]),
  ];
  const { status, reason } = judge(file, withSealed(discovered, part), holdsRecords, findings);
  const input: InputSummary = {
    file,
    bytes: stored.bytes,
    decodedBytes: tally.bytes,
    sha256: stored.sha256,
    compression: stored.compression,
    source: part.source,
    // Duplicates are known after the merge, which then moves them from `audited`.
    records: { read: records + malformed, audited: records - skipped, malformed, duplicate: 0, skipped },
    accounted: {
      records: tally.recordBytes,
      malformed: tally.malformedBytes,
      framing: tally.framingBytes,
    },
    status,
    ...(reason !== undefined && { reason }),
  };
  return { input, findings };
}

/** A file of seals has no records; what is wrong with its document is told by its kind. */
function closeSeals(
  file: string,
  part: FilePart,
  kind: string,
): { input: InputSummary; findings: Finding[] } {
  const { tally, stored } = part;
  const findings: Finding[] = [];
  const { status, reason } = judge(
    file,
    { ...part, records: 0, malformed: startEpisodes() },
    false,
    findings,
  );
  const input: InputSummary = {
    file,
    bytes: stored.bytes,
    decodedBytes: tally.bytes,
    sha256: stored.sha256,
    compression: stored.compression,
    source: null,
    seals: kind,
    records: { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 },
    accounted: {
      records: 0,
      malformed: 0,
      framing: tally.framingBytes,
      seals: tally.recordBytes + tally.malformedBytes,
    },
    status,
    ...(reason !== undefined && { reason }),
  };
  return { input, findings };
}

/** Medium, as what it may hide is not known. */
function crowdedFinding(file: string, { count: records, line, offset, length }: Crowded): Finding {
  const message = `${count(records, 'record')} ${records === 1 ? 'tells' : 'tell'} of more things, by lists and lists within lists, than rules are asked of one by one`;
  const place = { file, line, offset, length };
  return { ...inputFinding('crowded-record', file, message), place, ...(records > 1 && { count: records }) };
}

function besideFinding(file: string, { key, line, offset, length, isAgain }: BesideMember): Finding {
  const [code, message] =
    isAgain === true
      ? (['repeated-member', `${quote(key)} holds records a second time, which were audited, too`] as const)
      : ([
          'unread-member',
          `${quote(key)} stands beside the records of the export and was not audited`,
        ] as const);
  return { ...inputFinding(code, file, message), place: { file, line, offset, length } };
}

/** A segment that was held to its log, and then was another one when it was audited, changed in between. */
function withSealed({ sealed }: DiscoveredFile, part: FilePart): FilePart {
  const { stored } = part;
  const isOther = sealed !== undefined && stored.sha256 !== null && stored.sha256 !== sealed.sha256;
  return isOther ? { ...part, stored: { ...stored, failure: CHANGED } } : part;
}

/** The form of a file that is no log; a log with such a beginning holds records. */
function binaryOf({ malformed }: FilePart, holdsRecords: boolean): string | undefined {
  return holdsRecords ? undefined : malformed.episodes[0]?.first.binary;
}

/** The status of the file; what explains it goes to `findings`. */
function judge(
  file: string,
  part: FilePart,
  holdsRecords: boolean,
  findings: Finding[],
): { status: InputSummary['status']; reason?: string } {
  const { records, source, tally, stored, malformed, seals } = part;
  const say = (code: InputCode, message: string) => {
    findings.push(inputFinding(code, file, message));
    return message;
  };
  const name = quote(file);
  const { failure, problem } = stored;
  if (failure === CHANGED) return { status: 'partial', reason: say('changed-input', `${name} ${CHANGED}`) };
  if (failure !== undefined) {
    const reason = say('unreadable-input', `${name} could not be read: ${describeSystemCode(failure)}`);
    return { status: tally.bytes > 0 ? 'partial' : 'unreadable', reason };
  }
  if (problem !== undefined)
    return { status: 'partial', reason: say(problem.code, `${name}: ${problem.message}`) };
  const binary = binaryOf(part, holdsRecords);
  if (binary !== undefined) {
    const reason = say('unsupported-input', `${name} is binary (${binary}), not a log`);
    return { status: 'unreadable', reason };
  }
  if (seals !== undefined && tally.recordBytes + tally.malformedBytes > 0) return { status: 'complete' };
  // An empty array is an export that says "none", which is something.
  if (!holdsRecords && malformed.count === 0 && !tally.sawArray)
    return { status: 'empty', reason: say('empty-input', `${name} holds no records`) };
  if (!holdsRecords && malformed.count > 0)
    return { status: 'unreadable', reason: `not one of ${count(malformed.count, 'line')} is a JSON record` };
  if (tally.cutShort) return { status: 'partial', reason: 'the rest of the file could not be read' };
  if (source === null && records > 0)
    say('unknown-source', `no mapping fits the ${count(records, 'record')} of ${name}`);
  return { status: 'complete' };
}
