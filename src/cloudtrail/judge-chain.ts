/**
 * One chain of digests: whether each is signed, whether it is the one its successor names, and which hours are missing.
 * The AWS command follows the links without comparing hashes and signatures, and begins at the newest digest that is left.
 *
 * Over 250 lines: each way in which two neighbors can disagree has its sentence.
 */
import { compareText, count, quote } from '../base/text-safety.ts';
import type { Assurance } from '../model/report.ts';
import type { SealFile } from '../model/seal.ts';
import type { Digest } from './digest.ts';
import type { DigestCode } from './finding-kinds.ts';
import type { Issue } from './issues.ts';
import type { DigestMetadata } from './metadata.ts';
import { baseName, isAtItsPlace, quoteKey } from './object-names.ts';
import { HASH_ALGORITHM, type KeyRing, SIGNATURE_ALGORITHM } from './signature.ts';
import { HOUR_MS, showPeriod, showTime } from './times.ts';

export type ChainMember = {
  digest: Digest;
  seal: SealFile;
  metadata: (DigestMetadata & { file: string }) | undefined;
};

/** `anchor`: whose signature it is, for `anchored`; `reason`: what is the matter, for all others. */
export type Trust = { assurance: Assurance; reason?: string; anchor?: string };

/** Behind the member at `after`: the chain goes on, `missing`, or begins anew, `stopped`. */
export type Hole = { after: number; from: number; until: number; kind: 'missing' | 'stopped' };

/** `trusts` by member. */
export type ChainJudgement = { trusts: Trust[]; holes: Hole[]; issues: Issue[] };

/** `since`: from when on the log is to be complete, in milliseconds, where somebody said so. */
export type ChainOptions = { stream: string; keys: KeyRing; since: number | undefined };

/** CloudTrail signs a digest within the hour that follows it: the key may have changed in between. */
const KEY_SLACK_MS = HOUR_MS;
/** Times that one message lists. */
const MAX_TIMES = 12;

const BAD_SIGNATURE = 'its signature does not hold';

/** `members`: at least one, in order of their time. */
export function judgeChain(members: readonly ChainMember[], options: ChainOptions): ChainJudgement {
  const judge = new ChainJudge(members, options);
  judge.checkOrder();
  judge.checkSignatures();
  const { trusts, holes, issues } = judge;
  // Signatures are judged from the newest on; neighbors of one kind are to stand together.
  issues.sort((left, right) => compareText(left.code, right.code) || left.position! - right.position!);
  return { trusts, holes, issues };
}

class ChainJudge {
  readonly trusts: Trust[] = [];
  readonly holes: Hole[] = [];
  readonly issues: Issue[] = [];
  private readonly members: readonly ChainMember[];
  private readonly options: ChainOptions;
  /** By key: the one member that names it as its predecessor. */
  private readonly successors = new Map<string, number>();

  constructor(members: readonly ChainMember[], options: ChainOptions) {
    this.members = members;
    this.options = options;
    for (const [index, { digest }] of members.entries()) {
      const previous = digest.previous?.object;
      if (previous !== undefined && !this.successors.has(previous)) this.successors.set(previous, index);
    }
  }

  private say(code: DigestCode, position: number, message: string, more: Partial<Issue> = {}): void {
    const { seal, digest } = this.members[position]!;
    const { stream: subject } = this.options;
    this.issues.push({ code, file: seal.file, message, subject, identity: digest.object, position, ...more });
  }

  // Order: what follows what, and what is missing

  checkOrder(): void {
    const first = this.members[0]!;
    const { since } = this.options;
    if (first.digest.previous !== undefined && (since === undefined || since < first.digest.start)) {
      const message = `the digests of ${quote(this.options.stream)} begin at ${showTime(first.digest.start)} with one that follows ${nameOf(first.digest.previous.object)}, which is not here`;
      this.say('missing-earlier-digests', 0, message);
    }
    for (let index = 1; index < this.members.length; index++) this.checkNeighbors(index);
    for (const [index, { digest, seal }] of this.members.entries()) {
      if (isAtItsPlace(seal.file, digest.object)) continue;
      this.say('moved-digest', index, `expected at ${quoteKey(digest.object)}, for which it was signed`, {
        unit: 'digest',
      });
    }
  }

  private checkNeighbors(index: number): void {
    const before = this.members[index - 1]!.digest;
    const { digest } = this.members[index]!;
    const from = before.end;
    const until = digest.start;
    const hole = (kind: Hole['kind']) => void this.holes.push({ after: index - 1, from, until, kind });
    if (digest.previous === undefined) {
      hole('stopped');
      const gap = until > from ? `no digest covers ${showPeriod(from, until)}: ` : '';
      const message = `${gap}the digest that ends at ${digest.endText} follows none, as the first after logging was started`;
      this.say('uncovered-hours', index, message);
    } else if (digest.previous.object === before.object) {
      // What was delivered late has digests of its own, of whatever hours it fills.
      if (digest.backfill || from === until) return;
      if (until < from) {
        const message = `expected to begin where its predecessor ends, at ${before.endText}, found ${showTime(until)}`;
        this.say('broken-digest-link', index, message);
      } else {
        hole('stopped');
        const message = `no digest covers ${showPeriod(from, until)}, though the digest after it names the one before it`;
        this.say('uncovered-hours', index, message);
      }
    } else if (until > from) {
      hole('missing');
      this.sayMissing(index, from, until, digest.previous.object);
    } else {
      const message = `expected ${nameOf(before.object)} as its predecessor, which ends where it begins; it names ${nameOf(digest.previous.object)}`;
      this.say('broken-digest-link', index, message);
    }
  }

  private sayMissing(index: number, from: number, until: number, last: string): void {
    const hours = Math.max(1, Math.round((until - from) / HOUR_MS));
    const ends = Array.from({ length: Math.min(hours, MAX_TIMES) }, (_, hour) =>
      showTime(Math.min(until, from + (hour + 1) * HOUR_MS)),
    );
    const more = hours > MAX_TIMES ? ` and ${count(hours - MAX_TIMES, 'more', 'more')}` : '';
    const message = `${count(hours, 'digest')} missing of ${quote(this.options.stream)} from ${showPeriod(from, until)}, ending at ${ends.join(', ')}${more}; the last is ${nameOf(last)}`;
    this.say('missing-digest', index, message, { identity: last, count: hours });
  }

  // Signatures and hashes, from the newest digest back: a signed one vouches for its predecessor

  checkSignatures(): void {
    for (let index = this.members.length - 1; index >= 0; index--)
      this.trusts[index] = this.judgeMember(index);
  }

  private judgeMember(index: number): Trust {
    const { digest, seal } = this.members[index]!;
    const { keys } = this.options;
    const sha256 = seal.sha256 ?? '';
    const after = this.successorOf(index);
    const signatures = this.signaturesOf(index, after?.digest);
    const isKnown = this.checkAlgorithms(index, after);
    const holding = isKnown ? signatures.find(({ hex }) => keys.verifies(digest, sha256, hex)) : undefined;
    this.compareSignatures(index, after, holding?.hex);
    const hash = after?.digest.previous?.hash;
    const isLinked = hash === undefined ? undefined : hash === sha256;
    const signed: Trust = { assurance: 'anchored', anchor: `AWS CloudTrail key ${digest.fingerprint}` };
    if (holding !== undefined) {
      if (isLinked === false && this.trusts[after!.index]!.assurance !== 'broken')
        this.sayLink(after!.index, index, sha256);
      return this.checkKeyTime(index) ? signed : broken('signed with a key that was not valid');
    }
    if (isLinked === false) return this.judgeOtherHash(index, after!, sha256);
    if (isLinked && this.trusts[after!.index]!.assurance === 'anchored') {
      if (isKnown && keys.get(digest.fingerprint) !== undefined && signatures.length > 0)
        this.sayBadSignature(index, signatures[0]!.from);
      return signed;
    }
    return this.judgeUnsigned(index, after, signatures, isKnown);
  }

  private successorOf(index: number): (ChainMember & { index: number }) | undefined {
    const at = this.successors.get(this.members[index]!.digest.object);
    return at === undefined || at <= index ? undefined : { ...this.members[at]!, index: at };
  }

  private signaturesOf(index: number, after: Digest | undefined): { hex: string; from: string }[] {
    const { metadata } = this.members[index]!;
    return [
      ...(metadata?.signature === undefined
        ? []
        : [{ hex: metadata.signature, from: quoteKey(metadata.file) }]),
      ...(after?.previousSignature === undefined
        ? []
        : [{ hex: after.previousSignature.toLowerCase(), from: nameOf(after.object) }]),
    ];
  }

  /** Whether what was used is what we know. */
  private checkAlgorithms(index: number, after: (ChainMember & { index: number }) | undefined): boolean {
    const { digest, metadata } = this.members[index]!;
    const named = [digest.signatureAlgorithm, metadata?.signatureAlgorithm ?? SIGNATURE_ALGORITHM];
    const other = named.find((name) => name !== SIGNATURE_ALGORITHM);
    const hash = after?.digest.previous?.hashAlgorithm ?? HASH_ALGORITHM;
    const expect = (what: string, found: string, position: number) =>
      this.say('unsupported-digest-algorithm', position, `expected ${what}, found ${quote(found)}`, {
        unit: 'digest',
      });
    if (other !== undefined) expect(`the signature algorithm ${SIGNATURE_ALGORITHM}`, other, index);
    if (hash !== HASH_ALGORITHM)
      expect(`the hash algorithm ${HASH_ALGORITHM} for the previous digest`, hash, after!.index);
    return other === undefined;
  }

  /** The signature that was kept beside the digest, against the one that its successor carries. */
  private compareSignatures(
    index: number,
    after: (ChainMember & { index: number }) | undefined,
    holding: string | undefined,
  ): void {
    const { metadata, digest } = this.members[index]!;
    const own = metadata?.signature;
    const carried = after?.digest.previousSignature?.toLowerCase();
    if (own === undefined || carried === undefined || own === carried) return;
    const which =
      holding === undefined ? 'neither holds' : holding === own ? 'the former holds' : 'the latter holds';
    const message = `the signature in ${quoteKey(metadata!.file)} is not the one that the next digest, ${nameOf(after!.digest.object)}, carries for ${nameOf(digest.object)}: ${which}`;
    this.say('broken-digest-link', index, message, { unit: 'link' });
  }

  /** The successor names another hash, and no signature holds. */
  private judgeOtherHash(index: number, after: ChainMember & { index: number }, sha256: string): Trust {
    if (this.trusts[after.index]!.assurance === 'broken') {
      this.sayLink(after.index, index, sha256);
      return { assurance: 'unverifiable', reason: 'the digest that vouches for it was altered' };
    }
    const message = `expected the SHA-256 that the next digest, ${nameOf(after.digest.object)}, keeps of it, ${short(after.digest.previous!.hash)}, found ${short(sha256)}`;
    this.say('altered-digest', index, message, { unit: 'digest', found: sha256 });
    return broken('the digest was altered');
  }

  private sayLink(position: number, before: number, sha256: string): void {
    const { digest } = this.members[position]!;
    const message = `expected the SHA-256 of ${nameOf(this.members[before]!.digest.object)}, ${short(sha256)}, as its predecessor's, found ${short(digest.previous!.hash)}`;
    this.say('broken-digest-link', position, message, { unit: 'hash' });
  }

  private judgeUnsigned(
    index: number,
    after: (ChainMember & { index: number }) | undefined,
    signatures: readonly { from: string }[],
    isKnown: boolean,
  ): Trust {
    const { digest } = this.members[index]!;
    const { keys } = this.options;
    if (keys.isEmpty)
      return {
        assurance: after === undefined ? 'unverifiable' : 'chained',
        reason: 'no public keys were given to verify signatures with',
      };
    if (!isKnown) return { assurance: 'unverifiable', reason: 'signed by an algorithm that is not known' };
    if (keys.get(digest.fingerprint) === undefined) {
      const message = `the key with the fingerprint ${quote(digest.fingerprint)} is not among the public keys given`;
      this.say('unknown-digest-key', index, message, { unit: digest.fingerprint });
      return { assurance: 'unverifiable', reason: 'signed with a key that is not among those given' };
    }
    if (signatures.length === 0) {
      const isNewest = index === this.members.length - 1;
      const reason = isNewest
        ? 'the newest digest has no metadata file, which would hold its signature'
        : 'the next digest, which would carry its signature, is not here';
      return { assurance: 'unverifiable', reason };
    }
    // A forged chain is forged throughout; an altered digest says nothing of the one before it.
    const vouching = after === undefined ? undefined : this.trusts[after.index]!;
    if (vouching?.assurance === 'broken' && vouching.reason !== BAD_SIGNATURE)
      return { assurance: 'unverifiable', reason: 'the digest that vouches for it was altered' };
    this.sayBadSignature(index, signatures[0]!.from);
    return broken(BAD_SIGNATURE);
  }

  private sayBadSignature(index: number, from: string): void {
    const { digest } = this.members[index]!;
    const message = `the signature from ${from} does not hold for ${nameOf(digest.object)} by the key ${quote(digest.fingerprint)}`;
    this.say('bad-digest-signature', index, message, { unit: 'digest' });
  }

  private checkKeyTime(index: number): boolean {
    const { digest, metadata } = this.members[index]!;
    // What is filled in later is signed later, and only the metadata say when.
    const signed = digest.backfill ? metadata?.generated : digest.end;
    const key = this.options.keys.get(digest.fingerprint)!;
    if (signed === undefined) return true;
    if (signed >= key.from - KEY_SLACK_MS && signed <= key.until + KEY_SLACK_MS) return true;
    const message = `the key ${quote(digest.fingerprint)} was valid from ${showPeriod(key.from, key.until)}, the digest was signed at ${showTime(signed)}`;
    this.say('digest-key-out-of-validity', index, message, { unit: digest.fingerprint });
    return false;
  }
}

function broken(reason: string): Trust {
  return { assurance: 'broken', reason };
}

function nameOf(object: string): string {
  return quoteKey(baseName(object));
}

/** A digest's first digits tell it from another. */
export function short(hex: string): string {
  return hex === '' ? 'none' : `${hex.slice(0, 16)}…`;
}
