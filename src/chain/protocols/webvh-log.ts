/**
 * Judges the entries of one did:webvh log: hashes, links, who may sign, and that time and identity only go one way.
 * Over 250 lines: one state that goes from entry to entry, a short method for each rule of the standard.
 */
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import { type Instant, parseTimestamp } from '../../base/instant.ts';
import { JsonArray, type JsonValue } from '../../base/json.ts';
import { count, quote } from '../../base/text-safety.ts';
import type { ProtocolBreak } from '../protocol.ts';
import { MAX_PROOFS, verifyProof } from './data-integrity.ts';
import {
  entryHash,
  scidOf,
  scidText,
  toMultihash,
  toTexts,
  toWitnessRule,
  type WebvhEntry,
  type WitnessRule,
} from './webvh-entry.ts';

const NO_WITNESSES: WitnessRule = { threshold: 0, witnesses: [] };

/** Which witnesses have to vouch for an entry; `before`: those that it replaces. */
export type OwedWitnesses = { entry: WebvhEntry; rule: WitnessRule; before: WitnessRule | undefined };

export class WebvhLog {
  readonly breaks: ProtocolBreak[] = [];
  readonly owed: OwedWitnesses[] = [];
  head: string | undefined;
  /** Entries of which nothing says who may sign them. */
  unknownSigners = 0;
  private readonly now: Instant | undefined;
  private readonly byVersion = new Map<string, WebvhEntry>();
  private readonly byNumber = new Map<number, WebvhEntry>();
  private last: WebvhEntry | undefined;
  private scid = '';
  /** Unknown where the log does not begin at its beginning, until an entry says them. */
  private updateKeys: readonly string[] | undefined;
  private nextKeyHashes: readonly string[] = [];
  private witnesses = NO_WITNESSES;
  private portable = false;
  private deactivated = false;

  constructor(entries: readonly WebvhEntry[], now: Instant | undefined) {
    this.now = now;
    for (const entry of entries) if (!this.byNumber.has(entry.number)) this.byNumber.set(entry.number, entry);
    for (const entry of entries) this.append(entry);
  }

  private append(entry: WebvhEntry): void {
    const repeated = this.byVersion.get(entry.versionId);
    try {
      if (repeated === undefined) this.judge(entry);
      else this.sayRepeated(entry, repeated);
    } catch (error) {
      if (!(error instanceof NotCanonicalizableError)) throw error;
      this.say(
        'not-canonicalizable',
        entry,
        `expected an entry that can be hashed, found that ${error.message}`,
      );
    }
    if (repeated !== undefined) return;
    this.byVersion.set(entry.versionId, entry);
    this.last = entry;
    this.head = entry.versionId;
  }

  private sayRepeated(entry: WebvhEntry, repeated: WebvhEntry): void {
    const message = `expected each version once, found ${quote(entry.versionId)} again`;
    this.say('repeated-record', entry, message, [repeated]);
  }

  private judge(entry: WebvhEntry): void {
    const { last } = this;
    if (last === undefined) this.begin(entry);
    else this.judgeLink(entry, last);
    this.judgeTime(entry, last);
    if (this.deactivated)
      this.say(
        'forbidden-operation',
        entry,
        'expected no entry after the one that deactivates the identity, found one',
      );
    this.judgeIdentity(entry, last);
    this.judgeParameters(entry);
  }

  private begin(entry: WebvhEntry): void {
    this.scid = scidText(entry.parameters);
    if (entry.number !== 1) {
      const message = `expected the version 1 first, found ${quote(entry.versionId)}: earlier entries are not in this log`;
      this.say('missing-genesis', entry, message);
      return;
    }
    const scid = scidOf(entry);
    if (scid !== this.scid)
      this.say(
        'altered-record',
        entry,
        `expected the identifier ${quote(scid)}, which the first entry makes, found ${quote(this.scid)}`,
      );
    this.judgeHash(entry, this.scid);
  }

  /** The entry is hashed with the version before it in place of its own: that is the link. */
  private judgeLink(entry: WebvhEntry, last: WebvhEntry): void {
    if (entry.number === last.number + 1) {
      this.judgeHash(entry, last.versionId, last);
      return;
    }
    const before = this.byNumber.get(entry.number - 1);
    const found = `found ${quote(entry.versionId)}`;
    if (entry.number === last.number)
      this.say(
        'forked-chain',
        entry,
        `expected one version ${last.number}, ${found} beside ${quote(last.versionId)}`,
        [last],
      );
    else if (before === undefined)
      this.say(
        'broken-link',
        entry,
        `expected the version ${last.number + 1}, ${found}: entries in between are missing`,
        [last],
      );
    else {
      this.say('reordered-record', entry, `expected the version ${last.number + 1}, ${found}`, [
        last,
        before,
      ]);
      this.judgeHash(entry, before.versionId, before);
    }
  }

  private judgeHash(entry: WebvhEntry, before: string, related?: WebvhEntry): void {
    const hash = entryHash(entry, before);
    if (hash === entry.hash) return;
    const message = `expected the hash ${quote(hash)}, found ${quote(entry.hash)}`;
    this.say('altered-record', entry, message, related === undefined ? [] : [related]);
  }

  private judgeTime(entry: WebvhEntry, last: WebvhEntry | undefined): void {
    const time = instantOf(entry.versionTime);
    const found = `found ${quote(entry.versionTime)}`;
    if (time === undefined) {
      this.say('forbidden-operation', entry, `expected "versionTime", an RFC 3339 time, ${found}`);
      return;
    }
    if (this.now !== undefined && time > this.now)
      this.say('forbidden-operation', entry, `expected a "versionTime" before now, ${found}`);
    const earlier = last && instantOf(last.versionTime);
    if (last !== undefined && earlier !== undefined && time <= earlier)
      this.say(
        'forbidden-operation',
        entry,
        `expected a "versionTime" after ${quote(last.versionTime)}, ${found}`,
        [last],
      );
  }

  /** `did:webvh:SCID:PLACE`: the first part never changes, the rest only where the first entry allows it. */
  private judgeIdentity(entry: WebvhEntry, last: WebvhEntry | undefined): void {
    const scid = entry.did.split(':')[2] ?? '';
    if (!entry.did.startsWith('did:webvh:') || (this.scid !== '' && scid !== this.scid)) {
      this.say(
        'forbidden-operation',
        entry,
        `expected a document of did:webvh:${this.scid}, found ${quote(entry.did)}`,
      );
    } else if (last !== undefined && last.did !== entry.did) {
      const related = [last];
      if (!this.portable)
        this.say(
          'forbidden-operation',
          entry,
          `expected the document of ${quote(last.did)}, which is not portable, found ${quote(entry.did)}`,
          related,
        );
      else if (!entry.alsoKnownAs.includes(last.did))
        this.say(
          'forbidden-operation',
          entry,
          `expected ${quote(last.did)} in "alsoKnownAs" of its new place, found none`,
          related,
        );
    }
  }

  private judgeParameters(entry: WebvhEntry): void {
    const { parameters } = entry;
    const first = this.last === undefined;
    this.judgeMethod(entry, first);
    const stated = parameters.get('updateKeys');
    const updateKeys = stated instanceof JsonArray ? toTexts(stated) : undefined;
    const committed = this.nextKeyHashes.length > 0;
    if (committed) this.judgeCommitment(entry, updateKeys);
    // Keys that were promised sign at once; otherwise those of the entry before do.
    const signers = first || committed ? (updateKeys ?? []) : this.updateKeys;
    if (!first || entry.number === 1) this.judgeProofs(entry, signers);
    this.updateKeys = updateKeys ?? (first && entry.number === 1 ? [] : this.updateKeys);
    if (signers === undefined) this.unknownSigners++;
    const hashes = parameters.get('nextKeyHashes');
    if (hashes !== undefined) this.nextKeyHashes = toTexts(hashes);
    if (first) this.portable = parameters.get('portable') === true;
    else if (parameters.get('portable') === true && !this.portable)
      this.say(
        'forbidden-operation',
        entry,
        'expected "portable": true in the first entry or never, found it here',
      );
    else if (parameters.get('portable') === false) this.portable = false;
    this.deactivated ||= parameters.get('deactivated') === true;
    this.judgeWitnesses(entry, first, parameters.get('witness'));
  }

  private judgeMethod(entry: WebvhEntry, first: boolean): void {
    const { parameters } = entry;
    const method = parameters.get('method');
    if (first && typeof method !== 'string' && entry.number === 1)
      this.say(
        'forbidden-operation',
        entry,
        'expected the parameter "method" in the first entry, found none',
      );
    if (typeof method === 'string' && !method.startsWith('did:webvh:'))
      this.say('forbidden-operation', entry, `expected the method did:webvh, found ${quote(method)}`);
    const scid = scidText(parameters);
    if (!first && scid !== '' && scid !== this.scid)
      this.say(
        'forbidden-operation',
        entry,
        `expected the identifier ${quote(this.scid)} to stay, found ${quote(scid)}`,
      );
  }

  /** Pre-rotation: the entry must bring its keys, each of them promised by its hash in the entry before. */
  private judgeCommitment(entry: WebvhEntry, updateKeys: readonly string[] | undefined): void {
    if (updateKeys === undefined) {
      this.say(
        'unauthorized-key',
        entry,
        'expected "updateKeys" that the entry before promised by their hashes, found none',
      );
      return;
    }
    for (const key of updateKeys) {
      if (!this.nextKeyHashes.includes(toMultihash(key)))
        this.say(
          'unauthorized-key',
          entry,
          `expected keys that the entry before promised by their hashes, found ${quote(key)}`,
        );
    }
  }

  private judgeProofs(entry: WebvhEntry, signers: readonly string[] | undefined): void {
    const { proofs, body } = entry;
    if (proofs.length === 0)
      this.say('bad-signature', entry, 'expected a proof by an update key, found none');
    if (proofs.length > MAX_PROOFS)
      this.say(
        'bad-signature',
        entry,
        `expected at most ${MAX_PROOFS} proofs, found ${count(proofs.length, 'proof')}`,
      );
    for (const proof of proofs.slice(0, MAX_PROOFS)) {
      const verdict = verifyProof(body, proof);
      if ('fault' in verdict)
        this.say(
          'bad-signature',
          entry,
          `expected a proof by an update key, found one that does not hold: ${verdict.fault}`,
        );
      else if (signers !== undefined && !signers.includes(verdict.signer))
        this.say(
          'unauthorized-key',
          entry,
          `expected a proof by one of the ${signers.length} update keys, found one by ${quote(verdict.signer)}`,
        );
    }
  }

  /**
   * Implementations differ in who vouches for an entry that changes the witnesses: the suite's own vectors are content
   * with the new ones. That those before did not is told as a limit; turning witnesses off always takes those before.
   */
  private judgeWitnesses(entry: WebvhEntry, first: boolean, value: JsonValue | undefined): void {
    const before = first ? NO_WITNESSES : this.witnesses;
    const stated = value === undefined ? before : toWitnessRule(value);
    if (stated === undefined)
      this.say(
        'forbidden-operation',
        entry,
        'expected "witness" with distinct did:key witnesses and a threshold that they can reach, found another form',
      );
    const next = stated ?? before;
    const rule = next.threshold > 0 ? next : before;
    if (rule.threshold > 0)
      this.owed.push({ entry, rule, before: before.threshold > 0 && before !== rule ? before : undefined });
    this.witnesses = next;
  }

  say(
    code: ProtocolBreak['code'],
    { record }: WebvhEntry,
    message: string,
    related: readonly WebvhEntry[] = [],
  ): void {
    this.breaks.push({ code, record, message, related: related.map((other) => other.record) });
  }
}

function instantOf(text: string): Instant | undefined {
  const parsed = parseTimestamp(text);
  return 'instant' in parsed ? parsed.instant : undefined;
}
