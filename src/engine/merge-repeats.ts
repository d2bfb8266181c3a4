/** Merge: records that were delivered again are dropped from the books, and two contents under one id are told. */
import { quote } from '../base/text-safety.ts';
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import { MAX_RELATED } from '../model/relation.ts';
import { reread } from '../read/reread.ts';
import { comparedRecord } from '../sources/seen-record.ts';
import type { Plan } from './plan.ts';
import { PositionSet } from './position-set.ts';
import type { RecordPosition } from './repeat-rows.ts';
import type { RepeatOptions } from './repeats.ts';
import { linesOf } from './salted-segment.ts';
import type { Scan } from './scan-books.ts';
import { SegmentStreams } from './segment-streams.ts';
import { ServerLogs } from './server-logs.ts';

/** The name under which the merge speaks, beside the checks. */
export const DUPLICATES = 'duplicates';

export const DUPLICATE_FINDINGS = [
  {
    code: 'duplicate-record',
    severity: 'informational',
    title: 'record repeated',
    why: 'Deliveries repeat; a repeat is audited once, and its number belongs to the completeness of the export.',
    fix: 'Nothing, if the source delivers at least once; else find out why the export overlaps.',
  },
  {
    code: 'conflicting-record',
    severity: 'high',
    title: 'one id, two contents',
    why: 'A record was changed after it was written, or two writers share an id: one of the two did not happen like that.',
    fix: 'Compare both records with the origin of the log.',
    controls: ['pci-dss-4:10.3.2', 'sec-17a-4:(f)(2)(i)(A)'],
  },
] as const satisfies readonly FindingKind[];

/** Conflicts named one by one; beyond, counted. */
const MAX_CONFLICTS = 100;

/** `seconds`: of `duplicates`, those that may have happened as often as they are written. */
export type Merged = { duplicates: PositionSet; seconds: PositionSet; findings: Finding[] };

/** Drops repeated records from the books of their files and says so. */
export async function mergeRepeats(scan: Scan, { mappings }: Pick<Plan, 'mappings'>): Promise<Merged> {
  const duplicates = new PositionSet();
  const seconds = new PositionSet();
  const first = new Map<number, FileRepeats>();
  const findings: Finding[] = [];
  const conflicts: Conflict[] = [];
  let conflictCount = 0;
  const again = (fileIndex: number, stretches: Iterable<RecordPosition>) => {
    const { file, sealed } = scan.files[fileIndex]!;
    return reread(file, scan.inputs[fileIndex]!.compression, stretches, sealed?.identities, linesOf(sealed));
  };
  const servers = new ServerLogs(scan);
  const streams = new SegmentStreams(scan.files);
  const byName = new Map(mappings.map((mapping) => [mapping.name, mapping]));
  const options: RepeatOptions = {
    fileOf: (fileIndex) => streams.firstOf(fileIndex),
    contentOf: (fileIndex) => {
      const mapping = byName.get(scan.inputs[fileIndex]!.source ?? '');
      return mapping && ((record) => comparedRecord(record, mapping));
    },
  };
  if (servers.mayBeSeveral) {
    for await (const repeat of scan.identities.repeats(again, options)) servers.note(repeat);
    const apart = [...servers.apart(scan.parts.keys())];
    const nameOf = (index: number) => scan.inputs[index]!.file;
    scan.coverage.sources.logs = Object.fromEntries(
      apart.map(([index, log]) => [nameOf(index), { log: nameOf(log), ...servers.spanOf(index)! }]),
    );
  }
  for await (const repeat of scan.identities.repeats(again, options)) {
    const { first: original, again } = repeat;
    if (servers.areApart(original.fileIndex, again.fileIndex)) continue;
    if (repeat.conflict) {
      conflictCount++;
      const inOrder = comparePositions(original, again) < 0;
      const pair = inOrder ? { earlier: original, later: again } : { earlier: again, later: original };
      conflicts.push({ ...pair, contents: repeat.contents });
      if (conflicts.length > MAX_CONFLICTS * 4) keepFirst(conflicts);
      continue;
    }
    duplicates.add(again.fileIndex, again.offset);
    if (repeat.mayBeSecond) seconds.add(again.fileIndex, again.offset);
    const { records } = scan.inputs[again.fileIndex]!;
    records.duplicate++;
    if (repeat.skipped) records.skipped--;
    else records.audited--;
    let entry = first.get(again.fileIndex);
    if (entry === undefined) {
      entry = { repeat: again, original, count: 1, respelled: 0, related: [] };
      first.set(again.fileIndex, entry);
    } else noteRepeat(entry, again, original);
    if (repeat.respelled) entry.respelled++;
  }
  const place = (position: RecordPosition) => toPlace(position, scan);
  for (const { repeat, original, count, respelled, related } of first.values()) {
    const many = count === 1 ? 'a record repeats' : `${count} records repeat`;
    const alike = alikeWords(count, respelled);
    const where = quote(`${place(original).file}:${original.line}`);
    findings.push({
      ...finding('duplicate-record', `${many} an earlier one${alike}, first ${where}`),
      place: place(repeat),
      related: [original, ...related].map(place),
      count,
      fingerprint: toFingerprint('duplicate-record', place(repeat).file, String(count)),
    });
  }
  keepFirst(conflicts);
  for (const [index, { earlier, later, contents }] of conflicts.entries()) {
    const beyond = index === conflicts.length - 1 ? conflictCount - conflicts.length : 0;
    const more = beyond > 0 ? `; ${beyond} more such records are not listed` : '';
    findings.push({
      ...finding(
        'conflicting-record',
        `a record carries the id of ${quote(`${place(earlier).file}:${earlier.line}`)} and other content${more}`,
      ),
      place: place(later),
      related: [place(earlier)],
      fingerprint: toFingerprint('conflicting-record', contents),
    });
  }
  return { duplicates, seconds, findings };
}

function finding(code: (typeof DUPLICATE_FINDINGS)[number]['code'], message: string) {
  const { severity } = DUPLICATE_FINDINGS.find((kind) => kind.code === code)!;
  return { rule: DUPLICATES, code, severity, verdict: 'violation' as const, message };
}

/** How alike the records are to those that they repeat. */
function alikeWords(count: number, respelled: number): string {
  if (respelled === 0) return ' byte for byte';
  const how = 'written otherwise (white space, order of members, escapes)';
  return respelled === count ? `, ${how}` : `, ${respelled} of them ${how}`;
}

/** Records of one file that repeat others: the first of them, what it repeats, and some of the rest. */
type FileRepeats = {
  repeat: RecordPosition;
  original: RecordPosition;
  count: number;
  /** Of these, those that are not equal byte for byte. */
  respelled: number;
  related: RecordPosition[];
};

function noteRepeat(entry: FileRepeats, again: RecordPosition, original: RecordPosition): void {
  entry.count++;
  if (again.offset < entry.repeat.offset) {
    entry.related.push(entry.repeat);
    Object.assign(entry, { repeat: again, original });
  } else entry.related.push(again);
  entry.related.sort((a, b) => a.offset - b.offset).splice(MAX_RELATED - 1);
}

/** Two records of one id. */
type Conflict = { earlier: RecordPosition; later: RecordPosition; contents: string };

function keepFirst(conflicts: Conflict[]): void {
  conflicts.sort((a, b) => comparePositions(a.later, b.later)).splice(MAX_CONFLICTS);
}

function comparePositions(a: RecordPosition, b: RecordPosition): number {
  return a.fileIndex - b.fileIndex || a.offset - b.offset;
}

function toPlace({ fileIndex, line, offset, length }: RecordPosition, scan: Scan) {
  return { file: scan.inputs[fileIndex]!.file, line, offset, length };
}
