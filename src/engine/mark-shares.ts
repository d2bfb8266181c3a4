/** Which thread judges which groups: they are dealt by the hashes of their names (`hashOf`), so that all threads have about as much to do. */

/** Groups fall into so many buckets, and a thread gets whole buckets. */
const BUCKETS = 256;
/** What a group's header weighs, in bytes of marks: a group in one run takes about as long as three marks (measured). */
const HEADER_WEIGHT = 300;

/** For each bucket the work in it, about in bytes of marks. */
export type Weights = number[];

export function noWeights(): Weights {
  return new Array(BUCKETS).fill(0);
}

/** Adds a group of one run, whose marks take `size` bytes. */
export function addWeight(weights: Weights, hash: number, size: number): void {
  weights[bucketOf(hash)]! += size + HEADER_WEIGHT;
}

export function addWeights(weights: Weights, more: Weights): void {
  for (let bucket = 0; bucket < BUCKETS; bucket++) weights[bucket]! += more[bucket]!;
}

/** The groups of one thread: those whose bucket is its own. */
export type Share = { owners: readonly number[]; thread: number };

/** A share for each of so many threads: the heaviest bucket first, each to the thread that has the least. */
export function dealShares(weights: Weights, threads: number): Share[] {
  const loads = new Array<number>(threads).fill(0);
  const owners = new Array<number>(BUCKETS).fill(0);
  const heaviestFirst = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  for (const bucket of heaviestFirst) {
    const thread = loads.indexOf(Math.min(...loads));
    owners[bucket] = thread;
    loads[thread]! += weights[bucket]!;
  }
  return loads.map((_, thread) => ({ owners, thread }));
}

/** Whether the group whose name has this hash belongs to the share; without one every group does. */
export function isInShare(hash: number, share: Share | undefined): boolean {
  return share === undefined || share.owners[bucketOf(hash)] === share.thread;
}

function bucketOf(hash: number): number {
  return hash & (BUCKETS - 1);
}
