/** How far each range of an archive's records can be trusted, as the streams of a report: one stream for each source. */
import { count, quote } from '../base/text-safety.ts';
import { ARCHIVE_PROFILE, type StreamRange, type StreamSummary, weakestOf } from '../model/report.ts';
import { describePruning } from './archive-pruned.ts';
import type { PruningRecord, SegmentRecord, ViewMarker } from './archive-records.ts';
import type { SegmentAudit, SegmentRun } from './archive-segment-audit.ts';
import type { Trust } from './archive-trust.ts';
import type { TiledLog } from './tiled-log.ts';

export class ArchiveRanges {
  private readonly trust: Trust;
  private readonly size: number;
  private readonly bySource = new Map<string, StreamRange[]>();

  private readonly view: ViewMarker | undefined;

  constructor(trust: Trust, size: number, view: ViewMarker | undefined) {
    this.trust = trust;
    this.view = view;
    this.size = size;
  }

  add(file: string, { source, records, stored }: SegmentRecord, audit: SegmentAudit): void {
    const ranges = this.bySource.get(source ?? '') ?? [];
    this.bySource.set(source ?? '', ranges);
    for (const run of audit.runs) push(ranges, this.toRange(run));
    const absent = records - audit.records;
    if (absent <= 0) return;
    const end = audit.runs.at(-1)?.until ?? { file, line: 1, offset: 0, length: 0 };
    const isStored = audit.storedSha256 === stored.sha256;
    push(ranges, {
      assurance: isStored ? 'unverifiable' : 'broken',
      records: absent,
      from: end,
      until: end,
      reason: isStored ? (audit.unread ?? 'not read') : 'records that were collected are missing',
    });
  }

  /** What the leaves still prove was there. That it may be gone is worth as much as the signature under the record. */
  addPruned(file: string, { source, records }: SegmentRecord, pruning: PruningRecord): void {
    const { trust } = this;
    const ranges = this.bySource.get(source ?? '') ?? [];
    this.bySource.set(source ?? '', ranges);
    const place = { file, line: 1, offset: 0, length: 0 };
    const range = { records, from: place, until: place };
    if ('by' in trust) push(ranges, { assurance: 'erased', ...range, reason: describePruning(pruning) });
    else push(ranges, { assurance: 'unverifiable', ...range, reason: trust.reason });
  }

  private toRange({ kind, records, from, until, reason: why }: SegmentRun): StreamRange {
    const { trust, view } = this;
    const range = { records, from, until };
    if (kind === 'altered') {
      const reason = ['not the records that were collected', ...(why === undefined ? [] : [why])].join(': ');
      return { assurance: 'broken', ...range, reason };
    }
    if (kind === 'unknown')
      return { assurance: 'broken', ...range, reason: 'their hashes in the log were altered' };
    if (kind === 'withheld' && view === undefined)
      return { assurance: 'broken', ...range, reason: 'fields are gone that no tombstone names' };
    // Who erased, and that the rest is as it was, is worth as much as the signature.
    if ('reason' in trust) return { assurance: 'unverifiable', ...range, reason: trust.reason };
    if (kind === 'withheld')
      return { assurance: 'erased', ...range, reason: `view of role ${quote(view!.role)}: fields withheld` };
    if (kind === 'erased') return { assurance: 'erased', ...range, reason: why! };
    const reason = `signed by ${trust.by}, in a checkpoint of ${count(this.size, 'leaf', 'leaves')}`;
    return { assurance: 'anchored', ...range, reason };
  }

  summaries(archive: string, log: TiledLog): StreamSummary[] {
    return [...this.bySource].map(([source, ranges]) => ({
      stream: source === '' ? archive : `${archive} (${source})`,
      profile: ARCHIVE_PROFILE,
      records: ranges.reduce((sum, { records }) => sum + records, 0),
      status: weakestOf(ranges),
      ranges,
      head: Buffer.from(log.root).toString('hex'),
      limits: [
        'an older copy of the whole archive verifies as well: keep a checkpoint elsewhere and name it with --checkpoint',
      ],
    }));
  }
}

function push(ranges: StreamRange[], range: StreamRange): void {
  const last = ranges.at(-1);
  if (last?.assurance !== range.assurance || last.reason !== range.reason) ranges.push(range);
  else {
    last.records += range.records;
    last.until = range.until;
  }
}
