/** The words of every code that is spoken where a log is held to a signed checkpoint. */
import type { FindingKind, Severity } from '../model/finding.ts';
import type { IntegrityRule } from '../model/integrity.ts';

export const ANCHORS = 'checkpoint' satisfies IntegrityRule;

export type AnchorCode =
  | 'checkpoint-beside-log'
  | 'checkpoint-fork'
  | 'checkpoint-mismatch'
  | 'checkpoint-rollback'
  | 'checkpoint-untrusted'
  | 'missing-checkpoint'
  | 'sealed-front-missing'
  | 'sealed-log-damaged'
  | 'sealed-record-altered'
  | 'sealed-record-missing'
  | 'sealed-stream-missing'
  | 'sealed-stream-rewritten'
  | 'sealed-tail-missing'
  | 'unsealed-record';

const CONTROLS = ['pci-dss-4:10.3.4', 'soc2:CC7.2', 'nist-800-53r5:AU-9', 'iso-27001-2022:A.8.15'];

const WORDS: Record<AnchorCode, { severity: Severity; title: string; why: string; fix: string }> = {
  'checkpoint-beside-log': {
    severity: 'medium',
    title: 'checkpoint beside the log it vouches for',
    why: 'Whoever can change the log can put an older checkpoint, or another key, in the place of this one: what lies in the same hands proves little.',
    fix: 'Publish checkpoints where those who write the log cannot write, and give that copy to --checkpoint.',
  },
  'checkpoint-fork': {
    severity: 'critical',
    title: 'two signed histories of one log',
    why: 'Two checkpoints of one log are both signed and contradict each other: the holder of the key showed different logs to different people.',
    fix: 'Keep both checkpoints (--evidence-file writes them): together they prove it. Trust neither history after the point where they part.',
  },
  'checkpoint-mismatch': {
    severity: 'high',
    title: 'records do not lead to the signed root',
    why: 'The records of today, one file after the other, do not give the root that was signed: something was changed, or they were sealed in another order.',
    fix: 'Give the folder of the sealed log as a further --checkpoint: its tiles say which record differs.',
  },
  'checkpoint-rollback': {
    severity: 'critical',
    title: 'sealed log older than a checkpoint of it',
    why: 'A checkpoint that was signed before covers more records than the sealed log has now: the log was put back to an earlier state.',
    fix: 'Restore the sealed log from a copy that reaches to the newest checkpoint, and find out who replaced it.',
  },
  'checkpoint-untrusted': {
    severity: 'high',
    title: 'checkpoint that nobody trusted has signed',
    why: 'A checkpoint says nothing by itself. Without a signature that verifies under a known key, and the cosignatures that the policy asks for, anybody may have written it.',
    fix: 'Give the verifier key of the log by --verifier-key, or a policy by --policy; if they are right, the checkpoint is not genuine.',
  },
  'missing-checkpoint': {
    severity: 'medium',
    title: 'no checkpoint under a key that was given',
    why: 'Whoever gave the key expects a log that it signs, and nothing that was read bears its signature: without its marker and its log an archive is a folder of plain files, and a sealed log that is gone leaves no trace in the logs.',
    fix: 'Give the archive, or the checkpoint, that the key is for; if it is gone, find out who could remove it. Leave out keys of logs that are not part of this audit.',
  },
  'sealed-front-missing': {
    severity: 'high',
    title: 'sealed records gone from the front',
    why: 'The file begins with a record that was sealed further on: what stood before it was removed. Retention does that, and says so in a record of its own.',
    fix: 'If the records fell to retention, keep the record of the deletion with the log; if not, restore them from a backup.',
  },
  'sealed-log-damaged': {
    severity: 'high',
    title: 'sealed log damaged',
    why: 'The tiles or the inventory of the sealed log do not belong to its checkpoint: they were altered, cut or deleted, and no longer say what was sealed.',
    fix: 'Restore the folder of the sealed log from a copy; every genuine copy leads to the same root.',
  },
  'sealed-record-altered': {
    severity: 'critical',
    title: 'record altered after it was sealed',
    why: 'Another record stood here when the log was sealed and the checkpoint signed.',
    fix: 'Compare the record with a copy from before, restore it, and find out who could write to the log.',
  },
  'sealed-record-missing': {
    severity: 'critical',
    title: 'sealed records removed',
    why: 'Between these records others stood when the log was sealed and the checkpoint signed.',
    fix: 'Look for the missing records in backups, restore them, and find out who could write to the log.',
  },
  'sealed-stream-missing': {
    severity: 'critical',
    title: 'sealed log file gone',
    why: 'The inventory lists a file whose records are in no file of today: it was deleted, or was not given to the audit.',
    fix: 'Give all files of the log to the audit; restore from a backup what is not there.',
  },
  'sealed-stream-rewritten': {
    severity: 'critical',
    title: 'log rewritten after it was sealed',
    why: 'From here on hardly a record is as it was sealed: the file was written anew, or lies in the place of another.',
    fix: 'Restore the file from a copy from before, and find out who could write to the log.',
  },
  'sealed-tail-missing': {
    severity: 'critical',
    title: 'log cut off after it was sealed',
    why: 'The log ends before the last record that the signed checkpoint covers: its end was removed.',
    fix: 'Look for the missing records in backups, and find out who could write to the log.',
  },
  'unsealed-record': {
    severity: 'critical',
    title: 'record inserted before sealed records',
    why: 'The records behind it were sealed: this one was not there then, and a log grows at its end alone.',
    fix: 'Find out where the record comes from; do not rely on what it says.',
  },
};

export const ANCHOR_FINDINGS: readonly FindingKind[] = Object.entries(WORDS).map(([code, words]) => ({
  code,
  ...words,
  controls: CONTROLS,
}));

export function anchorSeverity(code: AnchorCode): Severity {
  return WORDS[code].severity;
}
