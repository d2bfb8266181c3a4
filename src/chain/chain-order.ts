/** The order that the links give to the segments of a stream, whatever the order of files and lines. */
import type { LinkSample } from './hash-index.ts';
import { isHash } from './record-hash.ts';
import type { FileRun, Segment, StreamState } from './segment.ts';
import { type Shared, SharedRecords } from './shared-records.ts';

export type ChainNode = {
  /** Position in the log. */
  id: number;
  fileIndex: number;
  /** Records of the stream before its first one. */
  start: number;
  segment: Segment;
  /** Segments were dropped between this one and the one before it: their link cannot be judged. */
  afterDropped: boolean;
  parent: ChainNode | null;
  child: ChainNode | null;
  /** The longer segment that holds all its records. */
  repeats: Shared | null;
  /** The segment it follows too, where another was taken as the successor. */
  forkOf: ChainNode | null;
  /** The segment within which it begins: it goes on behind that one's end, or parts from it. */
  shares: Shared | null;
  /** Position in its chain, and the id of the node that the chain begins with. */
  position: number;
  root: number;
  moved: boolean;
};

export function orderSegments(
  { runs, index }: StreamState,
  sample: LinkSample,
): { nodes: ChainNode[]; records: SharedRecords } {
  const nodes = toNodes(runs);
  const records = new SharedRecords(nodes, index, sample);
  markSameEnds(nodes);
  markShared(nodes, records);
  attach(nodes);
  numberChains(nodes);
  markMoved(nodes);
  return { nodes, records };
}

function toNodes(runs: readonly FileRun[]): ChainNode[] {
  const nodes: ChainNode[] = [];
  let start = 0;
  for (const run of runs) {
    for (const [index, segment] of run.segments.entries()) {
      const afterDropped = run.dropped.segments > 0 && index === run.segments.length - 1;
      if (afterDropped) start += run.dropped.records;
      nodes.push({
        id: nodes.length,
        fileIndex: run.fileIndex,
        start,
        segment,
        afterDropped,
        parent: null,
        child: null,
        repeats: null,
        forkOf: null,
        shares: null,
        position: 0,
        root: nodes.length,
        moved: false,
      });
      start += segment.records;
    }
  }
  return nodes;
}

/** Records with one hash are one, and so are all before them: of the segments that end alike the longest stays. */
function markSameEnds(nodes: readonly ChainNode[]): void {
  const longest = new Map<string, ChainNode>();
  for (const node of nodes) {
    const { last, lastAltered } = node.segment;
    const key = lastAltered ? '' : last.map((hash) => (isHash(hash) ? hash : '')).join(' ');
    if (key.trim() === '') continue;
    const known = longest.get(key);
    if (known === undefined) longest.set(key, node);
    else if (node.segment.records > known.segment.records) {
      known.repeats = endOf(node, known.segment.records);
      longest.set(key, node);
    } else node.repeats = endOf(known, node.segment.records);
  }
}

function endOf(outer: ChainNode, records: number): Shared {
  return { outer, shift: outer.segment.records - records, records, end: 'inner', sure: true };
}

/** A file given twice, a later export of the same days, exports that overlap: each says so once. */
function markShared(nodes: readonly ChainNode[], records: SharedRecords): void {
  for (const node of nodes) {
    if (node.repeats !== null) continue;
    const shared = records.of(node, ({ repeats }) => repeats === null);
    if (shared?.end === 'inner') node.repeats = shared;
  }
  for (const node of nodes) {
    if (node.repeats === null) node.shares = records.of(node, ({ repeats }) => repeats === null) ?? null;
  }
}

function attach(nodes: readonly ChainNode[]): void {
  const sound = nodes.filter(({ repeats }) => repeats === null);
  const byLast = new Map<string, ChainNode[]>();
  const byExpected = new Map<string, ChainNode[]>();
  for (const node of sound) {
    for (const hash of new Set(node.segment.last.filter(isHash))) addTo(byLast, hash, node);
    for (const hash of new Set(node.segment.lastExpected.filter(isHash))) addTo(byExpected, hash, node);
  }
  const children = new Map<ChainNode, ChainNode[]>();
  for (const node of sound) {
    const { previous, genesis } = node.segment;
    if (genesis || previous === '' || (node.shares !== null && node.shares.records > 0)) continue;
    const parent = nearest(byLast.get(previous), node) ?? nearest(byExpected.get(previous), node);
    if (parent !== undefined) {
      node.shares = null;
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [node]);
      else siblings.push(node);
      continue;
    }
    // Where the links are only sampled, a record that is repeated at once shows here.
    const twin = nearest(byLast.get(node.segment.first[0] ?? ''), node);
    if (twin !== undefined && twin.id < node.id && twin.segment.lastPrevious === previous)
      node.shares = { ...endOf(twin, 1), end: 'outer' };
  }
  for (const [parent, siblings] of children) {
    const heir =
      siblings.find(({ id, fileIndex }) => id > parent.id && fileIndex === parent.fileIndex) ?? siblings[0]!;
    heir.parent = parent;
    parent.child = heir;
    for (const sibling of siblings) if (sibling !== heir) sibling.forkOf = parent;
  }
  for (const node of sound) {
    if (node.shares?.end !== 'outer') continue;
    const { outer } = node.shares;
    if (outer.child === null) {
      node.parent = outer;
      outer.child = node;
    } else node.shares = { ...node.shares, end: 'fork' };
  }
}

function addTo(map: Map<string, ChainNode[]>, hash: string, node: ChainNode): void {
  const nodes = map.get(hash);
  if (nodes === undefined) map.set(hash, [node]);
  else nodes.push(node);
}

/** The last candidate before the node in the log, else the first after it. */
function nearest(candidates: readonly ChainNode[] | undefined, node: ChainNode): ChainNode | undefined {
  return candidates?.findLast(({ id }) => id < node.id) ?? candidates?.find(({ id }) => id > node.id);
}

/** Claims can be forged into a ring, which has no beginning: it is cut before its first node in the log. */
function numberChains(nodes: readonly ChainNode[]): void {
  const seen = new Set<ChainNode>();
  const walk = (root: ChainNode) => {
    let position = 0;
    for (let node: ChainNode | null = root; node !== null && !seen.has(node); node = node.child) {
      seen.add(node);
      node.position = position++;
      node.root = root.id;
    }
  };
  for (const node of nodes) if (node.parent === null) walk(node);
  for (const node of nodes) {
    if (seen.has(node)) continue;
    node.parent!.child = null;
    node.parent = null;
    walk(node);
  }
}

/** Within a file and a chain, the nodes outside the heaviest increasing run of positions stand in the wrong place. */
function markMoved(nodes: readonly ChainNode[]): void {
  const groups = new Map<string, ChainNode[]>();
  for (const node of nodes) {
    const key = `${node.fileIndex}:${node.root}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  for (const group of groups.values()) {
    if (group.every((node, index) => index === 0 || group[index - 1]!.position < node.position)) continue;
    const staying = heaviestRun(group);
    for (const node of group) node.moved = !staying.has(node);
  }
}

/** Quadratic, and a group has at most MAX_BREAKS + 2 nodes. */
function heaviestRun(group: readonly ChainNode[]): Set<ChainNode> {
  const weights: number[] = [];
  const before: number[] = [];
  for (const [index, node] of group.entries()) {
    let best = 0;
    let link = -1;
    for (let other = 0; other < index; other++) {
      if (group[other]!.position < node.position && weights[other]! >= best) {
        best = weights[other]!;
        link = other;
      }
    }
    weights.push(best + node.segment.records);
    before.push(link);
  }
  const staying = new Set<ChainNode>();
  for (let index = weights.indexOf(Math.max(...weights)); index >= 0; index = before[index]!)
    staying.add(group[index]!);
  return staying;
}
