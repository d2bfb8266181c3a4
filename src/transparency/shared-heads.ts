/**
 * Streams whose heads are the same, told apart by the leaves behind: logs whose every file begins with the same records.
 * A tree by leaf, grown as far as files ask for it, so that many files and many such streams take no product of both.
 */
import { groupBy } from '../base/group-by.ts';
import type { SealedLeaves } from './follow-file.ts';
import { HEAD_BYTES, HEAD_LEAVES, leavesOfStream, type SealedStream } from './inventory.ts';

/** Records in which streams may be the same and are told apart: what is so in more is a copy. */
const MAX_DEPTH = 4096;

/** Streams that are the same in their first `depth` records; `further`: those that go on, by the leaf that follows. */
type Branch = { depth: number; streams: readonly SealedStream[]; further?: ReadonlyMap<string, Branch> };

export class SharedHeads {
  private readonly sealed: SealedLeaves;
  private readonly roots: Map<string, Branch>;

  constructor(sealed: SealedLeaves, streams: readonly SealedStream[]) {
    this.sealed = sealed;
    const full = streams.filter(({ head }) => head.length === 2 * HEAD_BYTES * HEAD_LEAVES);
    const shared = [...groupBy(full, ({ head }) => head)].filter(([, alike]) => alike.length > 1);
    this.roots = new Map(shared.map(([head, alike]) => [head, { depth: HEAD_LEAVES, streams: alike }]));
  }

  /** For a file that begins so; undefined where at most one stream does. */
  walk(head: string): Walk | undefined {
    const root = this.roots.get(head);
    return root && new Walk(root, (branch) => this.grow(branch));
  }

  private grow(branch: Branch): ReadonlyMap<string, Branch> {
    const { depth, streams } = branch;
    const longer = streams.filter(({ count }) => count > depth);
    const groups = groupBy(longer, (stream) => this.leafAt(stream, depth));
    branch.further ??= new Map(
      [...groups].map(([leaf, alike]) => [leaf, { depth: depth + 1, streams: alike }] as const),
    );
    return branch.further;
  }

  private leafAt(stream: SealedStream, at: number): string {
    for (const { begin, end } of leavesOfStream(stream, at, at + 1))
      for (const leaf of this.sealed.leaves(begin, end)) return Buffer.from(leaf).toString('hex');
    return '';
  }
}

export class Walk {
  private branch: Branch;
  private passed = 0;
  private readonly grow: (branch: Branch) => ReadonlyMap<string, Branch>;

  constructor(root: Branch, grow: (branch: Branch) => ReadonlyMap<string, Branch>) {
    this.branch = root;
    this.grow = grow;
  }

  /** The records of the file, from its first on. Whether no further one says more. */
  take(leaf: Uint8Array): boolean {
    // The head is known to be the same.
    if (this.passed++ < HEAD_LEAVES) return false;
    const { depth, streams } = this.branch;
    if (streams.length === 1 || depth >= MAX_DEPTH) return true;
    const next = (this.branch.further ?? this.grow(this.branch)).get(Buffer.from(leaf).toString('hex'));
    if (next === undefined) return true;
    this.branch = next;
    return false;
  }

  /** By number, in how many leading records streams are as the file; one more for those that are so to their end. */
  common(): Map<number, number> {
    const { depth, streams } = this.branch;
    return new Map(streams.map(({ number, count }) => [number, depth + (count === depth ? 1 : 0)]));
  }
}
