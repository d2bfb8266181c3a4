/**
 * The segments that an archive holds or held, by its signed control records, and whether their files are there. Content is
 * not read: for that there is `auditArchive`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { groupBy } from '../base/group-by.ts';
import { isSystemError } from '../base/system-error.ts';
import type { Finding } from '../model/finding.ts';
import { auditControl } from './archive-control-audit.ts';
import { archiveFinding } from './archive-findings.ts';
import { placeOfSegment, placesOf, readControlFiles, readMarker } from './archive-folder.ts';
import { ArchiveLeaves } from './archive-leaves.ts';
import { committedPending } from './archive-pending.ts';
import { prunedOf } from './archive-pruned.ts';
import type { PruningRecord, SegmentRecord } from './archive-records.ts';
import { auditManifests, segmentsOf, whySegmentsUnknown } from './archive-segments.ts';
import { type Judged, toTrust } from './archive-trust.ts';
import { CHECKPOINT, TiledLog } from './tiled-log.ts';
import { StoreFault } from './tiled-log-files.ts';

export type Holding = {
  manifest: SegmentRecord;
  /** Where the file lies, or would lie. */
  file: string;
  isThere: boolean;
  /** All its files that are there: an interrupted redaction leaves an earlier one beside the one that holds. */
  present: string[];
  /** Set where a signed record declares it deleted. */
  pruning?: PruningRecord;
};

export type Holdings = {
  segments: Holding[];
  /** What is wrong with the archive, as far as it was looked at; a missing segment is among it. */
  findings: Finding[];
  /** Why the segments cannot be told for certain. */
  incomplete?: string;
};

/** Never throws for what is wrong with the archive: that is in the findings. */
export function readHoldings(archive: string, judge: (note: string) => Judged): Holdings {
  const places = placesOf(archive);
  const unreadable = (file: string, message: string): Holdings => ({
    segments: [],
    findings: [archiveFinding('damaged-archive', file, message)],
    incomplete: message,
  });
  if (typeof readMarker(archive) !== 'object')
    return unreadable(places.marker, 'expected the marker of an archive, found none that can be read');
  try {
    const log = new TiledLog(places.log);
    return readFrom(archive, log, judge(log.note));
  } catch (error) {
    if (error instanceof StoreFault) return unreadable(places.log, error.message);
    if (isSystemError(error))
      return unreadable(error.path ?? places.control, `it cannot be read: ${error.code}`);
    throw error;
  }
}

function readFrom(archive: string, log: TiledLog, judged: Judged): Holdings {
  const places = placesOf(archive);
  const checkpointFile = path.join(places.log, CHECKPOINT);
  const trust = toTrust(checkpointFile, judged);
  const settled = readControlFiles(places.control);
  const pending = committedPending(places.pending, settled, log.size);
  const leaves = new ArchiveLeaves(log);
  const control = auditControl([...settled, ...(pending ? [pending] : [])], leaves, checkpointFile);
  const contradictions = auditManifests(control, checkpointFile);
  const holdings: Holdings = { segments: [], findings: [...control.findings, ...contradictions] };
  const unknown = whySegmentsUnknown(control, contradictions);
  if (unknown !== undefined) holdings.incomplete = unknown;
  for (const { begin, end, reason } of leaves.damaged) {
    const message = `leaves ${begin} to ${end - 1}: ${reason}`;
    holdings.findings.push(archiveFinding('altered-tile', checkpointFile, message, end - begin));
    holdings.incomplete = 'hashes of control records do not lead to the signed root';
  }
  if ('finding' in trust) {
    holdings.findings.push(trust.finding);
    holdings.incomplete = trust.reason;
  }
  const pruned = prunedOf(control.records);
  const manifests = control.records.filter((record) => record.type === 'segment');
  const named = groupBy(manifests, ({ segment }) => segment);
  for (const manifest of segmentsOf(control.records)) {
    const file = placeOfSegment(places, manifest.file, pending !== undefined);
    const pruning = pruned.get(manifest.segment);
    const isThere = fs.existsSync(file);
    const paths = named.get(manifest.segment)!.map(({ file: name }) => path.join(places.segments, name));
    const present = paths.filter((place) => fs.existsSync(place));
    holdings.segments.push({ manifest, file, isThere, present, ...(pruning && { pruning }) });
    if (isThere || pruning !== undefined) continue;
    const message = `segment ${manifest.segment} is gone, and no signed record says that it was deleted`;
    holdings.findings.push(archiveFinding('missing-segment', file, message, manifest.records));
  }
  return holdings;
}
