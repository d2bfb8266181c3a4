/**
 * What was collected before, so that the same lines are not collected twice. A file is known by its lines, not by its
 * name or bytes: grown, renamed, rotated, compressed or wrapped in an array it begins with the same lines.
 */
import type { SegmentRecord } from './archive-records.ts';

/** After so many lines a file had this digest over all of them; `stream` is the number of its first segment. */
export type KnownPoint = { lines: number; sha256: string; stream: number };

export class KnownStreams {
  private readonly byHead = new Map<string, KnownPoint[]>();
  private readonly byName = new Map<string, { lines: number; headSha256: string }>();

  add({ generation, records, origin }: SegmentRecord): void {
    if (generation > 1) return;
    const { stream, name, skipped, headSha256, throughSha256 } = origin;
    const points = this.byHead.get(headSha256);
    const lines = skipped + records;
    const point = { lines, sha256: throughSha256, stream };
    if (points === undefined) this.byHead.set(headSha256, [point]);
    else points.push(point);
    const named = this.byName.get(name);
    this.byName.set(name, { lines: Math.max(lines, named?.lines ?? 0), headSha256 });
  }

  /** Points that a file with this first line may pass, by their number of lines. */
  pointsOf(headSha256: string): KnownPoint[] {
    return [...(this.byHead.get(headSha256) ?? [])].sort((left, right) => left.lines - right.lines);
  }

  /** Lines that were collected last under the name, if its file began with the same line. */
  linesOf(name: string, headSha256: string): number | undefined {
    const named = this.byName.get(name);
    return named?.headSha256 === headSha256 ? named.lines : undefined;
  }
}
