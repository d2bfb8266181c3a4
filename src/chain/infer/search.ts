/** The search's books: what a pre-image is held against, how many were tried, when to stop. */
import { DIGEST_BYTES, DIGEST_NAMES } from '../../base/digest.ts';
import { recordDigest } from '../record-digest.ts';
import { compileDocument, type DigestChoice, type PartDocument, toProfileDocument } from './candidate.ts';
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

/** `cut`: the share of the budget ended before the family did. */
export type FamilyCount = { family: string; tried: number; cut: boolean };

export class Search {
  readonly target: Link;
  readonly counts: FamilyCount[] = [];
  tried = 0;
  private readonly budget: number;
  private readonly digests: readonly DigestChoice[];
  private readonly hashes: readonly ((text: Buffer | string) => string)[];
  /** Of the digests those that most writers use, and the others: a hash by each of these takes ten times as long. */
  private readonly likely: readonly number[];
  private readonly unlikely: readonly number[];
  private readonly onProgress: (tried: number) => void;

  constructor(
    chain: FoundChain,
    target: Link,
    keys: Record<string, Uint8Array>,
    budget: number,
    onProgress: (tried: number) => void,
  ) {
    this.target = target;
    this.budget = budget;
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
    const most = Math.floor(this.budget * share);
    for (;;) {
      // Asked before the next one is taken: with a larger share the family goes on where it stopped.
      count.cut = count.tried >= most;
      if (count.cut) return undefined;
      const { value, done } = proposals.next();
      if (done === true) return undefined;
      count.tried++;
      this.tried++;
      if (this.tried % PROGRESS_STEP === 0) this.onProgress(this.tried);
      for (const index of digests) {
        if (this.hashes[index]!(value.text) === this.target.own)
          return { digest: this.digests[index]!, parts: value.parts() };
      }
    }
  }

  private countOf(family: string): FamilyCount {
    const known = this.counts.find((count) => count.family === family);
    if (known !== undefined) return known;
    const count = { family, tried: 0, cut: false };
    this.counts.push(count);
    return count;
  }
}

/** How often the caller is told; a step takes some 50 ms. */
const PROGRESS_STEP = 50_000;

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
