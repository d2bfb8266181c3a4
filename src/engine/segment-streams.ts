/** Which segments of an archive hold the lines of one file, one behind the other: what is told by file is told of them together. */
import type { DiscoveredFile } from '../read/discover.ts';

/** Whether a segment goes on where another ended, and whether another goes on where it ends. */
export type Joints = { follows: boolean; goesOn: boolean };

export class SegmentStreams {
  private readonly before = new Map<number, number>();
  private readonly after = new Map<number, number[]>();
  private readonly first = new Map<number, number>();

  constructor(files: readonly DiscoveredFile[]) {
    const indexes = new Map<string, number>();
    for (const [index, { file, sealed, skip }] of files.entries()) {
      if (sealed === undefined || skip !== undefined) continue;
      indexes.set(file, index);
      const before = sealed.origin.before === undefined ? undefined : indexes.get(sealed.origin.before);
      if (before === undefined) continue;
      this.before.set(index, before);
      this.after.set(before, [...(this.after.get(before) ?? []), index]);
    }
    for (const [index, before] of this.before)
      if (this.after.get(before)!.at(-1) === index) this.first.set(index, this.firstOf(before));
  }

  /** The segment that ends where this one begins; undefined for any other file, and where it is gone. */
  beforeOf(index: number): number | undefined {
    return this.before.get(index);
  }

  goesOn(index: number): boolean {
    return this.after.has(index);
  }

  /** How a file lies in its log. */
  joints(index: number): Joints {
    return { follows: this.before.has(index), goesOn: this.goesOn(index) };
  }

  /**
   * The first that is there, by which all are known that are one file; of any other file itself. Where the file was rewritten
   * behind a segment, what it held before goes by itself.
   */
  firstOf(index: number): number {
    return this.first.get(index) ?? index;
  }

  /** From a segment on what the file held last: where it was rewritten, the later lines. */
  *from(index: number): Generator<number> {
    for (let next: number | undefined = index; next !== undefined; next = this.after.get(next)?.at(-1))
      yield next;
  }

  /** From the first on to this one. */
  through(index: number): number[] {
    const all = [index];
    for (let at = this.before.get(index); at !== undefined; at = this.before.get(at)) all.unshift(at);
    return all;
  }

  /** It and all that go on behind it, in the order of the files. */
  allFrom(index: number): number[] {
    const all = [index];
    for (const each of all) all.push(...(this.after.get(each) ?? []));
    return all.sort((left, right) => left - right);
  }
}
