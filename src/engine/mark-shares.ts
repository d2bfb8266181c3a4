/**
 * Which thread judges which groups: the groups in the order of their relations, and within one by the hashes of their names
 * (`hashOf`), are cut into ranges of about equal work. So a thread meets few kinds of relations: code that runs for the first
 * time is slow, in each thread anew, and takes half of judging a million events (measured).
 */

/**
 * Marks below which one thread judges them all, those of some 1.3 million events. Code is slow at first in each thread anew:
 * 25 MB of marks took two threads 1.2 s of processor time and one thread 0.8 s, 200 MB the same 5 s (measured on a busy machine).
 */
export const JUDGE_THREAD_BYTES = 32 * 1024 * 1024;

/** The groups of one relation may be cut at so many places. */
const BUCKETS = 64;
/** What a group in one run costs, in bytes of marks: about as much as three marks. */
const GROUP_COST = 300;
/** A usual mark. */
const MARK_BYTES = 90;
/** To pass over a group takes so much less time than to judge it (measured). */
const PASSED_OVER = 4;

/** The groups of a bucket: what their marks take, in how many pieces they lie, and about how many they are. */
type Weight = { bytes: number; pieces: number; groups: number };

/** By bucket, numbered over all relations. */
export type Weights = Map<number, Weight>;

/** Adds a group of one run, whose marks take `bytes`. */
export function addWeight(weights: Weights, relation: number, hash: number, bytes: number): void {
  const bucket = bucketOf(relation, hash);
  const weight = weights.get(bucket);
  if (weight === undefined) weights.set(bucket, { bytes, pieces: 1, groups: 1 });
  else {
    weight.bytes += bytes;
    weight.pieces++;
    weight.groups++;
  }
}

/** `more` is of other runs: most groups are in many of them. */
export function addWeights(weights: Weights, more: Weights): void {
  for (const [bucket, { bytes, pieces, groups }] of more) {
    const weight = weights.get(bucket);
    if (weight === undefined) weights.set(bucket, { bytes, pieces, groups });
    else {
      weight.bytes += bytes;
      weight.pieces += pieces;
      weight.groups = Math.max(weight.groups, groups);
    }
  }
}

export function totalBytes(weights: Weights): number {
  let total = 0;
  for (const { bytes } of weights.values()) total += bytes;
  return total;
}

/** The groups of one thread: those in its range of buckets. */
export type Share = { from: number; until: number };

/** A share for each of so many threads; together they hold all groups. `fewest`: by relation, groups with fewer marks are passed over. */
export function dealShares(weights: Weights, fewest: readonly number[], threads: number): Share[] {
  const costs = [...weights].map(([bucket, weight]) => ({ bucket, cost: costOf(bucket, weight, fewest) }));
  costs.sort((a, b) => a.bucket - b.bucket);
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  const untils = new Array<number>(threads).fill(0);
  untils[threads - 1] = Number.POSITIVE_INFINITY;
  let before = 0;
  for (const { bucket, cost } of costs) {
    // Where its middle lies: so a heavy one has what is beside it go to others.
    const thread = Math.floor(((before + cost / 2) / total) * threads);
    for (let index = thread; index < threads - 1; index++) untils[index] = bucket + 1;
    before += cost;
  }
  return untils.map((until, index) => ({ from: untils[index - 1] ?? 0, until }));
}

function costOf(bucket: number, { bytes, pieces, groups }: Weight, fewest: readonly number[]): number {
  const cost = bytes + pieces * GROUP_COST;
  const least = (fewest[Math.floor(bucket / BUCKETS)] ?? 1) - 1;
  return bytes / groups < least * MARK_BYTES ? cost / PASSED_OVER : cost;
}

/** All groups of the relations from the first to the last. */
export function shareOfRelations(first: number, last: number): Share {
  return { from: bucketOf(first, 0), until: bucketOf(last + 1, 0) };
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
