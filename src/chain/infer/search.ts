/** The search's books: what a pre-image is held against, how many were tried, when to stop. */
import { DIGEST_BYTES, DIGEST_NAMES } from '../../base/digest.ts';
import { recordDigest } from '../record-digest.ts';
import { compileDocument, type DigestChoice, type PartDocument, toProfileDocument } from './candidate.ts';
import { type Effort, STEP_BYTES } from './effort.ts';
import type { FoundChain, Link } from './find-chains.ts';

/** A pre-image of the target record, and the parts of a profile that give it. */
export type Proposal = { text: Buffer | string; parts: () => PartDocument[] };

export type Hit = { digest: DigestChoice; parts: PartDocument[] };

/** What is written between the previous hash and the rest, the likeliest first. */
export const SEPARATORS = [
  '',
  '|',
  ':',
  '\n',
  ',',
  ';',
  '.',
  '-',
  ' ',
  '&',
  '::',
  '||',
  '\t',
  '\u0000',
] as const;

/** `cut`: the share of the budget ended before the family did. `spent`: steps. */
export type FamilyCount = { family: string; tried: number; spent: number; cut: boolean };

/** What a family may spend of a small budget, however small its share: less finds nothing. */
const LEAST_STEPS = 8_000;

export class Search {
  readonly target: Link;
  readonly counts: FamilyCount[] = [];
  tried = 0;
  private readonly effort: Effort;
  private readonly digests: readonly DigestChoice[];
  private readonly hashes: readonly ((text: Buffer | string) => string)[];
  /** Of the digests those that most writers use, and the others: a hash by each of these takes ten times as long. */
  private readonly weights: readonly number[];
  private readonly likely: readonly number[];
  private readonly unlikely: readonly number[];
  private readonly onProgress: (tried: number) => void;

  constructor(
    chain: FoundChain,
    target: Link,
    keys: Record<string, Uint8Array>,
    effort: Effort,
    onProgress: (tried: number) => void,
  ) {
    this.target = target;
    this.effort = effort;
    this.onProgress = onProgress;
    this.digests = digestChoices(chain.bytes, Object.keys(keys));
    this.hashes = this.digests.map((choice) => {
      const { digest } = compileDocument(
        'digest',
        toProfileDocument(chain, choice, [{ literal: 'digest' }], 'digest'),
      );
      const key = choice.key === null ? undefined : keys[choice.key];
      return (text) => recordDigest(digest, choice.algorithm, key, text);
    });
    this.weights = this.digests.map(weightOf);
    const first = this.digests[0]?.algorithm;
    const indexes = this.digests.map((_, index) => index);
    this.likely = indexes.filter((index) => this.digests[index]!.algorithm === first);
    this.unlikely = indexes.filter((index) => this.digests[index]!.algorithm !== first);
  }

  /**
   * The first proposal with the hash that is sought. `share`: of the whole budget, at most so much for this family.
   * `digests`: of the hash's length, the likeliest or all others.
   */
  run(
    family: string,
    share: number,
    which: 'likely' | 'unlikely',
    proposals: Iterator<Proposal>,
  ): Hit | undefined {
    const count = this.countOf(family);
    const digests = this[which];
    if (digests.length === 0) return undefined;
    const most = Math.max(this.effort.most * share, LEAST_STEPS);
    // Asked before the next one is taken: with a larger share the family goes on where it stopped.
    for (let begun = this.effort.spent; ; ) {
      count.spent += this.effort.spent - begun;
      begun = this.effort.spent;
      // Where the whole budget ends instead, nobody comes back to say so.
      count.cut = true;
      if (count.spent >= most) return undefined;
      const { value, done } = proposals.next();
      if (done === true) {
        count.cut = false;
        return undefined;
      }
      count.tried++;
      this.tried++;
      if (this.tried % PROGRESS_STEP === 0) this.onProgress(this.tried);
      const blocks = 1 + Math.floor(value.text.length / STEP_BYTES);
      for (const index of digests) {
        this.effort.spend(this.weights[index]! * blocks);
        if (this.hashes[index]!(value.text) === this.target.own)
          return { digest: this.digests[index]!, parts: value.parts() };
      }
    }
  }

  private countOf(family: string): FamilyCount {
    const known = this.counts.find((count) => count.family === family);
    if (known !== undefined) return known;
    const count = { family, tried: 0, spent: 0, cut: false };
    this.counts.push(count);
    return count;
  }
}

/** How often the caller is told; a step takes some 50 ms. */
const PROGRESS_STEP = 50_000;

/** As many hashes by SHA-256: BLAKE3 is no part of OpenSSL, an HMAC hashes twice (measured). */
function weightOf({ algorithm, key }: DigestChoice): number {
  if (algorithm === 'blake3') return 8;
  return (algorithm.startsWith('sha3') ? 2 : 1) * (key === null ? 1 : 3);
}

/** The algorithms whose digest has so many bytes, else those that have more and may be cut. With keys: HMACs after plain ones. */
export function digestChoices(bytes: number, keys: readonly string[]): DigestChoice[] {
  const whole = DIGEST_NAMES.filter((name) => DIGEST_BYTES[name] === bytes);
  const cut = DIGEST_NAMES.filter((name) => DIGEST_BYTES[name]! > bytes);
  const plain: DigestChoice[] = [
    ...whole.map((algorithm) => ({ algorithm, bytes: null, key: null })),
    ...(bytes >= 8 ? cut.map((algorithm) => ({ algorithm, bytes, key: null })) : []),
  ];
  const keyed = keys.flatMap((key) =>
    plain.filter(({ algorithm }) => algorithm !== 'blake3').map((choice) => ({ ...choice, key })),
  );
  return [...plain, ...keyed];
}
