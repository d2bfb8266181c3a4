/** The words of every code that the chain check speaks: what it means, why it matters, what to do. */
import type { FindingKind } from '../model/finding.ts';
import type { BreakCode } from './judge-stream.ts';

export type ChainCode = BreakCode | ProtocolCode | 'missing-chain' | 'too-many-streams' | 'unhashed-record';

/** What only protocols can say. */
type ProtocolCode =
  | 'forbidden-operation'
  | 'missing-end'
  | 'missing-witness'
  | 'too-few-witnesses'
  | 'unauthorized-key';

const CONTROLS = ['pci-dss-4:10.3.4', 'soc2:CC7.2', 'nist-800-53r5:AU-9', 'iso-27001-2022:A.8.15'];

/** A code the log proves is a violation; the others say that it cannot tell. */
export const UNDETERMINED: ReadonlySet<ChainCode> = new Set<ChainCode>([
  'chain-not-recomputable',
  'missing-chain',
  'missing-end',
  'missing-genesis',
  'missing-key',
  'missing-witness',
  'too-many-streams',
  'unhashed-record',
  'unknown-chain',
]);

const WORDS: Record<ChainCode, Omit<FindingKind, 'code'>> = {
  'altered-record': {
    severity: 'critical',
    title: 'record altered after it was hashed',
    why: 'The hash that the chain keeps for this record is not the hash of its content: somebody changed one of the two after it was written.',
    fix: 'Compare the record with a copy from before the export (backup, SIEM, the service itself), restore it, and find out who could write to the log.',
  },
  'bad-signature': {
    severity: 'critical',
    title: 'signature does not hold',
    why: 'The signature is missing, written in a form that is not allowed, or none of the keys that may sign made it over this content: the record was changed, or somebody else wrote it.',
    fix: 'Compare the record with a copy from before the export, check that the right public key was given, and find out who could write to the log.',
  },
  'broken-link': {
    severity: 'critical',
    title: 'chain link broken',
    why: 'The record names a predecessor that is not in the log: records in between were removed, or the one before was rewritten together with its hash.',
    fix: 'Look for the missing records in backups and in files that were not given to the audit, then verify again with them.',
  },
  'chain-not-recomputable': {
    severity: 'high',
    title: 'chain linked but not recomputable',
    why: 'The records link to each other, but no known way of hashing gives their hashes. Most often the serializer is unknown or has changed; until it is known, nothing is proven.',
    fix: 'Have "audit-check chain infer LOG" seek how the records are hashed, or describe it in a chain profile (docs/chains.md), and name that with --chain.',
  },
  'downgraded-record': {
    severity: 'critical',
    title: 'record hashed without the key',
    why: 'Other records of the stream have a keyed hash, or the key of this log was given. A hash without the key can be made by anyone, so these records may have been forged.',
    fix: 'Find out who wrote the records without the key, and treat them as unproven.',
  },
  'forbidden-operation': {
    severity: 'high',
    title: 'record against the rules of its protocol',
    why: 'The record is well formed and hashed, and still none that the protocol lets stand: whoever follows the protocol refuses the log from here on.',
    fix: 'Look at what the record does and who signed it; do not rely on what it changes.',
  },
  'forked-chain': {
    severity: 'high',
    title: 'chain forked',
    why: 'Two records follow the same one: there are two histories, and only one can be what happened. Two writers without a lock do the same.',
    fix: 'Find out which branch is genuine; give every writer a stream of its own.',
  },
  'inserted-record': {
    severity: 'critical',
    title: 'record inserted into the chain',
    why: 'The records around it follow each other directly, so this one was not there when they were written.',
    fix: 'Find out where the record comes from; do not rely on what it says.',
  },
  'missing-chain': {
    severity: 'medium',
    title: 'no chain where one was asked for',
    why: 'A chain profile was named for this run, or the key of a chain was given, and no record carries its hashes: nothing protects the log, or they were stripped.',
    fix: 'Compare the export with the source. If these logs never had such a chain, audit them without --chain, and with a configuration that does not name the key.',
  },
  'missing-end': {
    severity: 'medium',
    title: 'end of the chain missing',
    why: 'The chain is closed by a last record, and there is none: the log is still being written, its writer died, or its end was cut off.',
    fix: 'Find out whether the writer still runs; compare the last record with one that was kept elsewhere.',
  },
  'missing-genesis': {
    severity: 'medium',
    title: 'beginning of the chain missing',
    why: 'The first record follows one that is not in this log: older records were rotated away, or cut off.',
    fix: 'Give the older files to the audit too, or compare the previous hash of the first record with one that was kept.',
  },
  'missing-key': {
    severity: 'high',
    title: 'key for the chain not given',
    why: 'The hashes are keyed: without the key no record can be verified.',
    fix: 'Name the key under "keys:" in audit-check.yaml, by the reference name that the message gives: {file: PATH} or {env: NAME}.',
  },
  'missing-witness': {
    severity: 'medium',
    title: 'proofs of witnesses not given',
    why: 'The log demands that witnesses vouch for its entries, and no file of their proofs was among the input: whether they do was not looked at.',
    fix: 'Give the file of witness proofs (did-witness.json) to the audit beside the log.',
  },
  'narrowed-record': {
    severity: 'critical',
    title: 'record hashed in part',
    why: 'Other records of the stream are hashed as a whole. Of these only some fields are, so a record can be put into such a field and dressed with others at will, while hash and link stay.',
    fix: 'Compare the records with a copy from before the export; if the log has one kind of hash, name its profile with --chain.',
  },
  'not-canonicalizable': {
    severity: 'high',
    title: 'record that cannot have been hashed',
    why: 'The record holds something that the serializer of the chain never writes (a key twice, half a character), so its hash vouches for something else.',
    fix: 'Compare the record with a copy from before the export.',
  },
  'reordered-record': {
    severity: 'high',
    title: 'record out of chain order',
    why: 'The links put the record elsewhere in its file: its position was changed after it was written.',
    fix: 'Restore the order of the file; find out what reordered it (a merge or a sort of exports does so innocently).',
  },
  'repeated-record': {
    severity: 'medium',
    title: 'record repeated in the chain',
    why: 'The same hashed record stands in the log more than once. Overlapping exports do so innocently; a replay counts an action twice.',
    fix: 'Remove the copies from the input, and check that nothing was counted twice.',
  },
  'second-genesis': {
    severity: 'high',
    title: 'second beginning of a chain',
    why: 'A record without a predecessor stands after the beginning of the chain: the chain was started anew, which also hides whatever was removed before.',
    fix: 'If each file is meant to be a chain of its own, say restart: per-file in the profile; otherwise find out why the chain began again.',
  },
  'sequence-gap': {
    severity: 'high',
    title: 'gap in the sequence numbers',
    why: 'The numbers of two linked records do not follow each other, though the profile says they must: the writer lost records, or was made to.',
    fix: 'Look for the missing numbers in the source; if numbers may be left out, say gaps: true in the profile.',
  },
  'stripped-hash': {
    severity: 'critical',
    title: 'hash stripped from a chained record',
    why: 'The record stands in a chain but lacks its hash fields, and the chain does not close around it: it can have been changed at will.',
    fix: 'Restore the record from a copy from before the export.',
  },
  'too-few-witnesses': {
    severity: 'high',
    title: 'too few witnesses vouch',
    why: 'The log demands more witnesses than have signed this version of it: its owner may have rewritten it behind their backs.',
    fix: 'Ask the witnesses for the version they saw, and compare it with this one.',
  },
  'too-many-breaks': {
    severity: 'high',
    title: 'more breaks than are listed',
    why: 'The stream has more breaks than are kept with their places; the rest is counted.',
    fix: 'Repair or exclude the broken stretch, then verify again to see the rest.',
  },
  'too-many-streams': {
    severity: 'high',
    title: 'more chain streams than can be followed',
    why: 'The field that names the stream has so many values that not all streams could be followed; the rest was not verified.',
    fix: 'Check the stream field of the profile, or verify the files in several runs.',
  },
  'unauthorized-key': {
    severity: 'critical',
    title: 'signed by a key that may not sign here',
    why: 'The signature holds, and its key is none of those that the log allows at this place: somebody without the right to do so wrote the record.',
    fix: 'Find out who holds the key; do not rely on the record and on what follows it.',
  },
  'unhashed-record': {
    severity: 'medium',
    title: 'records without a hash in a chained log',
    why: 'The chain closes around these records: they never belonged to it, and can be added, changed and removed unseen.',
    fix: 'Have the writer hash every record, or keep unhashed ones in a file of their own.',
  },
  'unknown-chain': {
    severity: 'medium',
    title: 'chain fields without a known chain',
    why: 'The records carry fields named like a hash chain, but neither links nor hashes can be confirmed, so they protect nothing.',
    fix: 'Describe the chain in a profile and name it with --chain; if the fields mean something else, disable the check for this source.',
  },
};

export const CHAIN_KINDS: readonly FindingKind[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  ...words,
  controls: CONTROLS,
}));

export const CHAIN_SEVERITY: Readonly<Record<ChainCode, FindingKind['severity']>> = Object.fromEntries(
  Object.entries(WORDS).map(([code, { severity }]) => [code, severity]),
) as Record<ChainCode, FindingKind['severity']>;
