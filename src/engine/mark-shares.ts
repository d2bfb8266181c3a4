/**
 * Which thread judges which groups: the groups in the order of their relations, and within one by the hashes of their names
 * (`hashOf`), are cut into ranges of about equal work. So a thread meets few kinds of relations: code that runs for the first
 * time is slow, in each thread anew, and takes half of judging a million events (measured).
 */

/** The groups of one relation may be cut at so many places. */
const BUCKETS = 64;
/** What a group's header weighs, in bytes of marks: it takes about as long as three marks. */
const HEADER_WEIGHT = 300;

/** By bucket, numbered over all relations: the work in it, about in bytes of marks. */
export type Weights = Map<number, number>;

/** Adds a group of one run, whose marks take `size` bytes. */
export function addWeight(weights: Weights, relation: number, hash: number, size: number): void {
  const bucket = bucketOf(relation, hash);
  weights.set(bucket, (weights.get(bucket) ?? 0) + size + HEADER_WEIGHT);
}

export function addWeights(weights: Weights, more: Weights): void {
  for (const [bucket, weight] of more) weights.set(bucket, (weights.get(bucket) ?? 0) + weight);
}

/** The groups of one thread: those in its range of buckets. */
export type Share = { from: number; until: number };

/** A share for each of so many threads; together they hold all groups. */
export function dealShares(weights: Weights, threads: number): Share[] {
  const total = totalWeight(weights);
  const untils = new Array<number>(threads).fill(0);
  untils[threads - 1] = Number.POSITIVE_INFINITY;
  let before = 0;
  for (const bucket of [...weights.keys()].sort((a, b) => a - b)) {
    const weight = weights.get(bucket)!;
    // Where its middle lies: so a heavy one has what is beside it go to others.
    const thread = Math.floor(((before + weight / 2) / total) * threads);
    for (let index = thread; index < threads - 1; index++) untils[index] = bucket + 1;
    before += weight;
  }
  return untils.map((until, index) => ({ from: untils[index - 1] ?? 0, until }));
}

export function totalWeight(weights: Weights): number {
  let total = 0;
  for (const weight of weights.values()) total += weight;
  return total;
}

/** Whether the group of the relation whose name has this hash belongs to the share; without one every group does. */
export function isInShare(relation: number, hash: number, share: Share | undefined): boolean {
  if (share === undefined) return true;
  const bucket = bucketOf(relation, hash);
  return bucket >= share.from && bucket < share.until;
}

function bucketOf(relation: number, hash: number): number {
  return relation * BUCKETS + (hash & (BUCKETS - 1));
}
