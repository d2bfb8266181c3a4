/** Whole chains that stand in one file at once, record by record: two writers, and nothing that tells their records apart. */
import type { ChainNode } from './chain-order.ts';

/** The chains in the order of their first records, each in its own order; undefined where something else is wrong, or nothing. */
export function interleavedChains(nodes: readonly ChainNode[]): ChainNode[][] | undefined {
  const chains = new Map<number, ChainNode[]>();
  for (const node of nodes) {
    if (!isWhole(node) || node.fileIndex !== nodes[0]!.fileIndex) return undefined;
    const known = chains.get(node.root);
    if (known === undefined) chains.set(node.root, [node]);
    else known.push(node);
  }
  // Foreign records that were put in come without their beginning, and a chain behind another has no parts.
  const isInterleaved = [...chains.values()].every(
    ([first, second]) => first!.segment.genesis && second !== undefined,
  );
  return chains.size > 1 && isInterleaved ? [...chains.values()] : undefined;
}

function isWhole({ segment, repeats, shares, forkOf, afterDropped, moved }: ChainNode): boolean {
  const isAltered = segment.firstAltered || segment.lastAltered;
  return repeats === null && shares === null && forkOf === null && !afterDropped && !moved && !isAltered;
}
