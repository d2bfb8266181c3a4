/** did:webvh: an identity's log of hashed, signed and perhaps witnessed entries (https://identity.foundation/didwebvh/v1.0/). */
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import { count, quote } from '../../base/text-safety.ts';
import type { ChainProtocol, ProtocolBreak, ProtocolContext, ProtocolStreamVerdict } from '../protocol.ts';
import { MAX_PROOFS } from './data-integrity.ts';
import {
  scidText,
  toWebvhEntry,
  toWitnessProofs,
  verifyWitnessProof,
  type WebvhEntry,
  type WitnessProofs,
  type WitnessRule,
} from './webvh-entry.ts';
import { WebvhLog } from './webvh-log.ts';

/** Entries of `did.jsonl`, and of `did-witness.json` where it is given beside. */
export const webvh: ChainProtocol = {
  name: 'webvh',
  signs: ['versionId'],
  holds: (record) => toWebvhEntry(record, 0) !== undefined || toWitnessProofs(record, 0) !== undefined,
  judge(records, context) {
    const entries = records.flatMap(({ json }, index) => toWebvhEntry(json, index) ?? []);
    const proofs = records.flatMap(({ json }, index) => toWitnessProofs(json, index) ?? []);
    const logs = [...byIdentity(entries, (record) => records[record]!.place.file)].map(([stream, own]) => ({
      stream,
      entries: own,
      log: new WebvhLog(own, context.now),
    }));
    const streams = logs.map((one) => judgeLog(one, proofs, context));
    if (proofs.length > 0) streams.push(judgeProofFile(proofs, logs));
    return streams;
  },
};

/** An entry belongs to the identity it documents; one with another identity in its midst, to the log of its file. */
function byIdentity(
  entries: readonly WebvhEntry[],
  fileOf: (record: number) => string,
): Map<string, WebvhEntry[]> {
  const streams = new Map<string, WebvhEntry[]>();
  let file: string | undefined;
  let stream: WebvhEntry[] = [];
  for (const entry of entries) {
    const begins = entry.number === 1 && scidText(entry.parameters) !== '';
    if (file !== fileOf(entry.record) || begins) {
      file = fileOf(entry.record);
      const scid = scidText(entry.parameters) || entry.did.split(':')[2] || file;
      const name = `did:webvh:${scid}`;
      stream = streams.get(name) ?? [];
      streams.set(name, stream);
    }
    stream.push(entry);
  }
  return streams;
}

type NamedLog = { stream: string; entries: readonly WebvhEntry[]; log: WebvhLog };

function judgeLog(
  { stream, entries, log }: NamedLog,
  proofs: readonly WitnessProofs[],
  { now }: ProtocolContext,
): ProtocolStreamVerdict {
  const limits = ['entries cut off at the end leave no trace: compare the head with the published log'];
  if (now === undefined) limits.push('whether a time lies in the future was not asked: give --now');
  if (log.unknownSigners > 0)
    limits.push(
      `who may sign ${count(log.unknownSigners, 'entry', 'entries')} is said in none of this log: earlier ones are missing`,
    );
  limits.push(...judgeOwed(log, entries, proofs));
  return {
    stream,
    records: entries.map(({ record }) => record),
    breaks: log.breaks,
    ...(log.head !== undefined && { head: log.head }),
    limits,
  };
}

/**
 * Who vouches for a version vouches for all before it, as long as that version is one of this log.
 * @returns what cannot be shown
 */
function judgeOwed(
  log: WebvhLog,
  entries: readonly WebvhEntry[],
  proofs: readonly WitnessProofs[],
): string[] {
  const [firstOwed] = log.owed;
  if (firstOwed === undefined) return [];
  if (proofs.length === 0) {
    const message = `expected proofs of witnesses for ${log.owed.length === 1 ? 'this entry' : `${log.owed.length} entries from here on`}, found none among the files that were given`;
    log.say('missing-witness', firstOwed.entry, message);
    return [];
  }
  const numbers = new Map(entries.map(({ versionId, number }) => [versionId, number]));
  /** By witness, the highest version that it vouches for. */
  const reach = new Map<string, number>();
  for (const proof of proofs) {
    const number = numbers.get(proof.versionId);
    if (number === undefined) continue;
    for (const signer of signersOf(proof)) reach.set(signer, Math.max(reach.get(signer) ?? 0, number));
  }
  const vouching = (entry: WebvhEntry, { witnesses }: WitnessRule) =>
    witnesses.filter((witness) => (reach.get(witness) ?? 0) >= entry.number).length;
  let byNewOnly = 0;
  for (const { entry, rule, before } of log.owed) {
    const found = vouching(entry, rule);
    if (found < rule.threshold) {
      const message = `expected proofs of ${rule.threshold} of the ${rule.witnesses.length} witnesses for ${quote(entry.versionId)}, found ${found}`;
      log.say('too-few-witnesses', entry, message);
    } else if (before !== undefined && vouching(entry, before) < before.threshold) byNewOnly++;
  }
  if (byNewOnly === 0) return [];
  return [
    `${count(byNewOnly, 'change')} of the witnesses vouched for by the new ones alone: those before may not know of it`,
  ];
}

function signersOf(proofs: WitnessProofs): string[] {
  return proofs.proofs.slice(0, MAX_PROOFS).flatMap((proof) => {
    const verdict = judgeWitnessProof(proofs, proof);
    return 'signer' in verdict ? [verdict.signer] : [];
  });
}

function judgeWitnessProof(proofs: WitnessProofs, proof: WitnessProofs['proofs'][number]) {
  try {
    return verifyWitnessProof(proofs, proof);
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return { fault: error.message };
    throw error;
  }
}

/** The file of witness proofs is a stream of its own: its records vouch, and only what witnesses of a log signed is vouched for. */
function judgeProofFile(proofs: readonly WitnessProofs[], logs: readonly NamedLog[]): ProtocolStreamVerdict {
  const witnesses = witnessesByVersion(logs);
  const breaks: ProtocolBreak[] = [];
  const unproven = new Map<number, string>();
  for (const known of proofs) {
    const { record, versionId } = known;
    const expected = witnesses.get(versionId);
    let isVouchedFor = false;
    for (const proof of known.proofs.slice(0, MAX_PROOFS)) {
      const verdict = judgeWitnessProof(known, proof);
      if ('fault' in verdict)
        breaks.push({
          code: 'bad-signature',
          record,
          message: `expected a proof of a witness, found one that does not hold: ${verdict.fault}`,
        });
      else isVouchedFor ||= expected?.has(verdict.signer) === true;
    }
    if (logs.length > 0 && expected === undefined)
      breaks.push({
        code: 'broken-link',
        record,
        message: `expected proofs for a version of the log, found some for ${quote(versionId)}`,
      });
    // Anyone can make a key and sign with it.
    if (expected === undefined) unproven.set(record, 'proofs for a version of no log that was given');
    else if (!isVouchedFor) unproven.set(record, 'no proof by a witness that the log names');
  }
  return {
    stream: 'witness proofs',
    records: proofs.map(({ record }) => record),
    breaks,
    limits: ['a witness vouches for a version, not for an identity'],
    unproven,
  };
}

function witnessesByVersion(logs: readonly NamedLog[]): Map<string, Set<string>> {
  const byVersion = new Map<string, Set<string>>();
  for (const { entries, log } of logs) {
    const named = log.owed.flatMap(({ rule, before }) => [...rule.witnesses, ...(before?.witnesses ?? [])]);
    for (const { versionId } of entries)
      byVersion.set(versionId, new Set([...(byVersion.get(versionId) ?? []), ...named]));
  }
  return byVersion;
}
