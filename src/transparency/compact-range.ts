/**
 * The mergeable fold over a stretch of a log: the fewest perfect subtrees that cover leaves `[begin, end)`.
 * Law: the range of `a` then `b` equals the range of `a` merged with that of `b`, wherever the log was cut.
 */
import { EMPTY_ROOT, equalHashes, nodeHash } from './tree-hash.ts';

/** `nodes` from left to right; their places follow from `begin` and `end` alone. Plain data. */
export type CompactRange = { begin: number; end: number; nodes: Uint8Array[] };

/** The perfect subtree over leaves `[index * 2^level, (index + 1) * 2^level)`. */
export type TreeNode = { level: number; index: number };

/** `begin`: number of leaves before the stretch, at most 2^53 - 1. */
export function startRange(begin = 0): CompactRange {
  return { begin, end: begin, nodes: [] };
}

/** Changes `range` and returns it. */
export function appendLeaf(range: CompactRange, leaf: Uint8Array): CompactRange {
  return appendNode(range, 0, leaf);
}

/**
 * Appends the root of a perfect subtree of 2^level leaves at the end of the range. Changes `range` and returns it.
 * @throws {RangeError} when no such subtree begins there, or the log grows beyond 2^53 - 1
 */
export function appendNode(range: CompactRange, level: number, node: Uint8Array): CompactRange {
  const width = 2 ** level;
  if (range.end % width !== 0) throw new RangeError(`no subtree of ${width} leaves begins at ${range.end}`);
  let index = range.end / width;
  let span = width;
  let hash = node;
  // A right child whose sibling is within the range closes its parent.
  while (index % 2 === 1 && (index - 1) * span >= range.begin) {
    hash = nodeHash(range.nodes.pop()!, hash);
    index = (index - 1) / 2;
    span *= 2;
  }
  range.nodes.push(hash);
  range.end += width;
  if (!Number.isSafeInteger(range.end)) throw new RangeError('a log of more than 2^53 - 1 leaves');
  return range;
}

/** Changes `left` and returns it. @throws {RangeError} when `right` does not begin where `left` ends */
export function mergeRanges(left: CompactRange, right: CompactRange): CompactRange {
  if (left.end !== right.begin)
    throw new RangeError(`the range from ${right.begin} does not continue that to ${left.end}`);
  for (const [at, { level }] of coveringNodes(right.begin, right.end).entries())
    appendNode(left, level, right.nodes[at]!);
  return left;
}

/** The subtrees whose roots a compact range over `[begin, end)` holds, from left to right. */
export function coveringNodes(begin: number, end: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = begin; at < end; ) {
    let level = 0;
    for (let width = 2; at % width === 0 && at + width <= end; width *= 2) level += 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** The root of the tree over a whole log. @throws {RangeError} for a range that does not begin at 0 */
export function rootOf(range: CompactRange): Uint8Array {
  if (range.begin !== 0) throw new RangeError(`a range from ${range.begin} has no root of the log`);
  return foldNodes(range.nodes);
}

/** MTH of leaves whose left-to-right perfect subtrees have these roots, each smaller than the one before it. */
export function foldNodes(nodes: readonly Uint8Array[]): Uint8Array {
  if (nodes.length === 0) return EMPTY_ROOT;
  return nodes.reduceRight((right, left) => nodeHash(left, right));
}

export function equalRanges(left: CompactRange, right: CompactRange): boolean {
  return (
    left.begin === right.begin &&
    left.end === right.end &&
    left.nodes.length === right.nodes.length &&
    left.nodes.every((node, at) => equalHashes(node, right.nodes[at]!))
  );
}
