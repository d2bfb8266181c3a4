/**
 * Holds an archive to its log: checkpoint, tiles, control records, segments, records, in this order, for each is
 * believed because of the one before. What is left are files to audit, and what is known of every record in them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';
import { count, quote } from '../base/text-safety.ts';
import type { CheckResult } from '../model/check.ts';
import type { Notice } from '../model/report.ts';
import { digestFile } from '../read/digest-file.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { verifyConsistency } from '../transparency/verify-proof.ts';
import { auditControl, type SignedControl } from './archive-control-audit.ts';
import { archiveFinding } from './archive-findings.ts';
import {
  type ArchivePlaces,
  type ControlFile,
  listFolder,
  placeOfSegment,
  placesOf,
  readControlFiles,
  readMarker,
} from './archive-folder.ts';
import { ArchiveLeaves } from './archive-leaves.ts';
import { committedPending } from './archive-pending.ts';
import { goneRecords, isBehind, prunedOf, pruningNotices } from './archive-pruned.ts';
import { ArchiveRanges } from './archive-ranges.ts';
import type { ArchiveMarker, SegmentRecord, ViewMarker } from './archive-records.ts';
import { auditSegment, type SegmentAudit } from './archive-segment-audit.ts';
import { judgeSegment } from './archive-segment-verdict.ts';
import { auditManifests, predecessorsOf, segmentsOf, whySegmentsUnknown } from './archive-segments.ts';
import { isSuperseded } from './archive-superseded.ts';
import { Tombstones } from './archive-tombstones.ts';
import { type Judged, type Trust, toTrust } from './archive-trust.ts';
import { CHECKPOINT, parseStored, TiledLog } from './tiled-log.ts';
import { StoreFault, UNFINISHED } from './tiled-log-files.ts';

export type ArchiveKeys = {
  /** Whom the user trusts, of the note of a checkpoint. */
  judge(note: string): Judged;
  /** Of age; none for an archive that is not encrypted, or whose content is not to be read. */
  identities: readonly string[];
  /** Checkpoints that were kept elsewhere: what they cover must still be there. */
  retained: readonly { file: string; note: string }[];
  /** The role whose view is to be audited: any other view is not what was asked for. */
  view?: string | undefined;
};

export type ArchiveVerdict = { files: DiscoveredFile[]; result: CheckResult };

/** Never throws for what is wrong with the archive: that is in the findings. */
export async function auditArchive(archive: string, keys: ArchiveKeys): Promise<ArchiveVerdict> {
  const places = placesOf(archive);
  const marker = readMarker(archive);
  if (marker === undefined || marker === 'unreadable') {
    const found = marker === undefined ? 'none' : 'one that this version cannot read';
    return unreadable(places.marker, `expected the marker of an archive, found ${found}`);
  }
  try {
    const log = new TiledLog(places.log);
    return await new ArchiveAudit(places, marker, log, keys).run(readControlFiles(places.control));
  } catch (error) {
    if (error instanceof StoreFault) return unreadable(places.log, error.message);
    if (isSystemError(error)) return unreadable(error.path ?? archive, `it cannot be read: ${error.code}`);
    throw error;
  }
}

function unreadable(file: string, message: string): ArchiveVerdict {
  return {
    files: [],
    result: { findings: [archiveFinding('damaged-archive', file, message)], incomplete: message },
  };
}

class ArchiveAudit {
  private readonly places: ArchivePlaces;
  private readonly view: ViewMarker | undefined;
  private readonly log: TiledLog;
  private readonly keys: ArchiveKeys;
  private readonly checkpointFile: string;
  private readonly leaves: ArchiveLeaves;
  private readonly trust: Trust;
  private readonly files: DiscoveredFile[] = [];
  private readonly result: CheckResult & { notices: Notice[] } = { findings: [], notices: [] };

  constructor(places: ArchivePlaces, { view }: ArchiveMarker, log: TiledLog, keys: ArchiveKeys) {
    this.places = places;
    this.view = view;
    this.log = log;
    this.keys = keys;
    this.checkpointFile = path.join(places.log, CHECKPOINT);
    this.leaves = new ArchiveLeaves(log);
    this.trust = toTrust(this.checkpointFile, keys.judge(log.note));
  }

  async run(controlFiles: readonly ControlFile[]): Promise<ArchiveVerdict> {
    const { result, trust } = this;
    if ('finding' in trust) {
      result.findings.push(trust.finding);
      result.incomplete = trust.finding.message;
    }
    if (this.view !== undefined) this.sayView(this.view);
    for (const retained of this.keys.retained) this.holdTo(retained.file, retained.note);
    const pending = this.pendingBatch(controlFiles);
    const unfinished = path.join(this.places.log, UNFINISHED);
    this.sayUnfinished(unfinished, listFolder(unfinished).length);
    const control = auditControl([...controlFiles, ...pending], this.leaves, this.checkpointFile);
    const contradictions = auditManifests(control, this.checkpointFile);
    result.findings.push(...control.findings, ...contradictions);
    // A waiver or a baseline may accept the findings; what was not audited, neither makes clean.
    const unknown = whySegmentsUnknown(control, contradictions);
    if (unknown !== undefined) result.incomplete = unknown;
    await this.auditSegments(control, pending.length > 0);
    for (const { begin, end, reason } of this.leaves.damaged) {
      const message = `leaves ${begin} to ${end - 1}: ${reason}`;
      result.findings.push(archiveFinding('altered-tile', this.checkpointFile, message, end - begin));
    }
    return { files: this.files, result };
  }

  private sayView({ role, without, reason }: ViewMarker): void {
    const why = reason === undefined ? '' : `, made for the reason ${quote(reason)}`;
    const message = `view of role ${quote(role)}: fields withheld (${without.map(quote).join(', ') || 'none'})${why}`;
    if (this.keys.view === role) this.result.notices.push({ code: 'view', message });
    else this.result.findings.push(archiveFinding('withheld-fields', this.places.marker, message));
  }

  /** A checkpoint that was kept elsewhere: the log must still begin with what it covers. */
  private holdTo(file: string, note: string): void {
    const say = (message: string) => {
      this.result.findings.push(archiveFinding('rolled-back-archive', this.checkpointFile, message));
    };
    try {
      const { origin, size, root } = parseStored(path.dirname(file), note);
      const trust = toTrust(file, this.keys.judge(note));
      if ('finding' in trust) {
        this.result.findings.push(trust.finding);
        this.result.incomplete = trust.finding.message;
      } else if (origin !== this.log.origin)
        say(`${quote(file)} is of the log ${quote(origin)}, this one is ${quote(this.log.origin)}`);
      else if (size > BigInt(this.log.size))
        say(
          `${quote(file)} covers ${count(size, 'leaf', 'leaves')}, the log has ${this.log.size}: the end was cut off`,
        );
      else {
        const proof = this.log.consistencyProof(Number(size));
        if (verifyConsistency(size, BigInt(this.log.size), root, this.log.root, proof) !== undefined)
          say(
            `${quote(file)} was signed over other records than the first ${size} of this log: it was rewritten`,
          );
      }
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      this.result.findings.push(archiveFinding('damaged-archive', file, error.message));
      this.result.incomplete = `${file} could not be verified`;
    }
  }

  /** The control file of a batch that was committed and not moved to its place: a crash came between. */
  private pendingBatch(controlFiles: readonly ControlFile[]): ControlFile[] {
    const names = listFolder(this.places.pending);
    const file = committedPending(this.places.pending, controlFiles, this.log.size);
    if (file !== undefined) return [file];
    this.sayUnfinished(this.places.pending, names.length);
    return [];
  }

  private sayUnfinished(folder: string, files: number): void {
    if (files === 0) return;
    const message = `${count(files, 'file')} of an interrupted collection in ${quote(folder)} are not part of the archive; the next collection removes them`;
    this.result.notices.push({ code: 'unfinished-batch', message });
  }

  private async auditSegments(control: SignedControl, hasPending: boolean): Promise<void> {
    const { places, result } = this;
    const segments = segmentsOf(control.records);
    const pruned = prunedOf(control.records);
    const tombstones = new Tombstones(control.records);
    const ranges = new ArchiveRanges(this.trust, this.log.size, this.view);
    const expected = new Set<string>();
    const gone = new Set<number>();
    const present: SegmentRecord[] = [];
    const predecessors = predecessorsOf(segments);
    const audited = new Map<number, string>();
    for (const manifest of segments) {
      expected.add(manifest.file);
      const file = placeOfSegment(places, manifest.file, hasPending);
      const pruning = pruned.get(manifest.segment);
      if (pruning !== undefined && !fs.existsSync(file)) {
        gone.add(manifest.segment);
        ranges.addPruned(file, manifest, pruning);
        continue;
      }
      if (pruning !== undefined) present.push(manifest);
      const audit = await auditSegment(file, manifest, this.leaves, this.keys.identities, tombstones);
      const verdict = judgeSegment(file, manifest, audit, segments, this.view !== undefined);
      result.findings.push(...verdict.findings);
      if (verdict.incomplete) result.incomplete = `${file} could not be verified`;
      ranges.add(file, manifest, audit);
      if (audit.storedSha256 === undefined) continue;
      const before = audited.get(predecessors.get(manifest.segment)?.segment ?? 0);
      this.files.push(this.toFile(file, manifest, audit.storedSha256, audit.erased, before));
      audited.set(manifest.segment, file);
    }
    for (const name of listFolder(places.segments))
      if (segments.some((current) => isSuperseded(name, current.file))) {
        const message =
          'it was stored anew without the fields that were erased, and the earlier file is still there';
        result.findings.push(archiveFinding('unfinished-erasure', path.join(places.segments, name), message));
      } else if (!expected.has(name)) {
        const message = 'no manifest names it: its records are not part of the archive and were not audited';
        const file = path.join(places.segments, name);
        result.findings.push(archiveFinding('planted-segment', file, message, 1, digestFile(file)?.sha256));
      }
    result.notices.push(...pruningNotices(segments, gone, present));
    result.gone = goneRecords(segments, gone);
    if ('by' in this.trust)
      result.frontPruned = this.files.map(({ file }) => file).filter(isBehind(segments, gone));
    result.streams = ranges.summaries(path.dirname(places.marker), this.log);
  }

  private toFile(
    file: string,
    { source, encryption, leaf, origin: { name, skipped } }: SegmentRecord,
    sha256: string,
    erased: SegmentAudit['erased'],
    before: string | undefined,
  ): DiscoveredFile {
    const { identities } = this.keys;
    const isLocked = encryption === 'age' && identities.length === 0;
    return {
      file,
      bytes: fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0,
      regular: true,
      sealed: {
        source,
        sha256,
        origin: { name, skipped, ...(before !== undefined && { before }) },
        ...(encryption === 'age' && { identities }),
        ...(leaf === 'salted-fields' && { salted: { erased } }),
      },
      ...(isLocked && {
        skip: {
          reason: 'it is encrypted and no identity was given',
          unsupported: true,
          code: 'encrypted-input',
        },
      }),
    };
  }
}
