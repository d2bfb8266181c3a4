/** The words of every code that a notice can bear: what it says of the run, why that matters, and what to do. */

import { MISSING_IN_SERIES } from '../model/report.ts';

/** Notices count for no verdict, for they have no severity; some say why a run is incomplete. */
export type NoticeKind = { code: string; title: string; why: string; fix: string };

export const NOTICE_KINDS: readonly NoticeKind[] = [
  {
    code: 'altered-since',
    title: 'log that is no longer as the last run saw it',
    why: 'What was audited before is gone or another. A log that is rotated in place looks so; so does one that was cut off or changed.',
    fix: 'Find out which of the two it is: compare with a copy from before, if nothing rotates the log.',
  },
  {
    code: 'broad-waiver',
    title: 'waiver that covers much',
    why: 'It also covers what nobody has looked at yet.',
    fix: 'Narrow it by rule, file, subject, message or fingerprint, or bound it by "maxFindings".',
  },
  {
    code: 'check-left-out',
    title: 'check that the configuration leaves out',
    why: 'What it would have found is not in the report: its silence is no answer.',
    fix: 'Take its "off" out of "checks" in audit-check.yaml, unless there is a reason that you can tell an auditor.',
  },
  {
    code: 'distant-waiver',
    title: 'waiver for more than two years',
    why: 'Nobody will remember then why it was given.',
    fix: 'Let it end sooner, or bound all of them by "maxAge".',
  },
  {
    code: 'empty-folder',
    title: 'folder without a file to read',
    why: 'A folder that was named is meant to hold logs: they may lie elsewhere, be excluded, or not have been delivered.',
    fix: 'Name the folder that holds the logs, or look why nothing was written to this one.',
  },
  {
    code: 'erased-records',
    title: 'records that lack what was erased',
    why: 'Somebody erased fields or whole records, and signed for it. Rules, checks and licenses are judged without them.',
    fix: 'Where the audit must speak of what they told, ask for the report of an audit from before the erasure.',
  },
  {
    code: 'expiring-waiver',
    title: 'waiver that is about to end',
    why: 'What it covers will count for the verdict again.',
    fix: 'Mend what it covers, or have its owner decide once more.',
  },
  {
    code: 'field-not-in-source',
    title: 'field that the source never carries',
    why: 'The mapping says that logs of this kind lack the field by design, so that no record is asked for it.',
    fix: 'Get what the field would say from another log, if a control asks for it.',
  },
  {
    code: 'left-out-events',
    title: 'events that a rule could not judge',
    why: 'They lack what the rule compares or groups by: of them its silence says nothing.',
    fix: 'Have the writer fill the field, or map the field that carries it.',
  },
  {
    code: MISSING_IN_SERIES,
    title: 'files that a series of names leaves out',
    why: 'Whoever takes a day out of a log without a chain takes its file away, and nothing else shows it.',
    fix: 'Fetch the file from where the log was written. If there never was one, say so where the export is documented; a chain or a seal would prove it.',
  },
  {
    code: 'more-pages',
    title: 'export without its last page',
    why: 'Each of the files says that more pages follow, so the log goes on in what nobody fetched: the audit is incomplete (exit 3).',
    fix: 'Fetch the pages that follow until one names no next page, and audit all of them together.',
  },
  {
    code: 'newest-first',
    title: 'file that lists its records newest first',
    why: 'Exports of consoles do so: the order of such a file is no disorder, and is not told as one.',
    fix: 'Nothing, if the export is known to be sorted so.',
  },
  {
    code: 'no-log-files-delivered',
    title: 'hours for which CloudTrail signed that there was nothing',
    why: 'A digest that lists no file says that none was delivered: that hour is silent, not missing.',
    fix: 'Compare with what ran in these hours: a trail that was stopped is silent too.',
  },
  {
    code: 'no-part-of-archive',
    title: 'file in an archive that is no part of it',
    why: 'It is audited as any log, and no checkpoint of the archive vouches for it: somebody may have put it there to have it taken for kept.',
    fix: 'Find out who put it there; move logs of your own elsewhere.',
  },
  {
    code: 'nothing-verified',
    title: 'nothing was held to what was given to verify it by',
    why: 'A key, a checkpoint or a list was given, and covers none of the records: the run proves nothing by it.',
    fix: 'Give the logs that it is about, or the checkpoint, keys or digests that are about these logs.',
  },
  {
    code: 'overlapping-licenses',
    title: 'licenses that cover the same use',
    why: 'Each license is judged by itself, and counts all use that it covers: one may be exceeded although all of them together would do.',
    fix: 'Make one license of purchases of one pool, with a "quantity" entry for each ("add"); part what is apart by "covers", so that no use fits two ("version: > 2024" beside "version: <= 2024").',
  },
  {
    code: 'pack-superseded',
    title: 'pack of controls that another one follows',
    why: 'The framework has a later version: the controls of this one may be in force no longer.',
    fix: 'Ask for the pack that follows it, unless the older version was agreed.',
  },
  {
    code: 'pruned',
    title: 'records that retention deleted and a signed record declares',
    why: 'What is gone was deleted by the rules of the archive, and not by whoever could.',
    fix: 'Nothing, if the policy of retention is the one that was agreed.',
  },
  {
    code: 'pruned-genesis',
    title: 'chain that begins behind what retention deleted',
    why: 'Its first record cannot be held to the one before, which a signed record declares deleted.',
    fix: 'Keep the head hash of what is deleted, if the chain has to be shown from its begin.',
  },
  {
    code: 'partly-fitting-waiver',
    title: 'waiver for a part of what a finding says',
    why: 'A finding stands for several events, and what was accepted of one of them was not accepted of the others: all of it counts.',
    fix: 'Look at what the finding says also. If all of it is accepted, match each of its sentences, or its subject and file in their place.',
  },
  {
    code: 'repeated-archive',
    title: 'archive that is present twice',
    why: 'A copy proves nothing that the other does not, and which of them is kept from now on is open.',
    fix: 'Audit the one that is written to; keep the copy elsewhere.',
  },
  {
    code: 'repeated-license-line',
    title: 'license that stands twice in license files',
    why: 'The same line in two files, or twice in one, is one purchase: it counts once.',
    fix: 'Remove one of the lines; if both were bought, ask the vendor for two that differ.',
  },
  {
    code: 'served-for-bought',
    title: 'served licenses taken for bought ones',
    why: 'The log of a license server says what it served. What was bought stands in a contract.',
    fix: 'Write the quantities of the contract into the licenses file.',
  },
  {
    code: 'silent-rules',
    title: 'rules of your own that judged no event',
    why: 'Their log source is not among the logs, or no record has a field that they ask for: that they found nothing says nothing.',
    fix: 'Mend the names of fields and log sources, or leave the rules out for these logs. With "--fail-on notice:silent-rules" they make the exit code 1.',
  },
  {
    code: 'silent-stretch',
    title: 'source that is silent for more than a day between two files',
    why: 'A file may be missing there. What is judged by absence is open for that time, and of what happened then nothing is known.',
    fix: 'Look whether the export has a file for that time. If nothing happened, another log of the same machines should say so.',
  },
  {
    code: 'stale-baseline',
    title: 'baseline with findings that are gone',
    why: 'An entry that fits nothing today would hide the same finding if it came back.',
    fix: 'Run "audit-check baseline prune" once the files were read whole.',
  },
  {
    code: 'unfinished-batch',
    title: 'files of an interrupted collection',
    why: 'They were written and never signed: they are no part of the archive.',
    fix: 'Run "audit-check collect" again: it removes them and collects what is missing.',
  },
  {
    code: 'unfinished-pruning',
    title: 'segments that were declared deleted and are still there',
    why: 'Retention was interrupted between its signed record and the deletion.',
    fix: 'Run "audit-check retention apply" again.',
  },
  {
    code: 'ungrouped-mark',
    title: 'events that matched a rule and belong to no group',
    why: 'They lack a field that the rule groups by, or have too many values of it: no group counts them.',
    fix: 'Have the writer fill the field, or group the rule by one that the events carry.',
  },
  {
    code: 'unjudged-keep',
    title: 'time to keep logs that nothing is held to',
    why: 'The configuration says how long events are kept. A run that does not judge it may look as if they were.',
    fix: 'Name a pack that asks for it (--pack, "packs" in audit-check.yaml): docs/controls.md says which do.',
  },
  {
    code: 'unprotected',
    title: 'records that nothing protects',
    why: 'Neither a chain, nor digests, nor a seal is about them: whoever can write the file can change a record, and nothing shows it.',
    fix: 'Of CloudTrail: audit the digest files too, with --public-keys. Of JSON logs: "audit-check seal", and keep the checkpoint elsewhere. Of text logs, or of any: "audit-check collect", or a list of digests that is kept elsewhere.',
  },
  {
    code: 'unread-list',
    title: 'list of digests that was not looked at',
    why: 'It lies beside a log that was named alone, and could tell that the log is another one now.',
    fix: 'Name the folder, or the list too.',
  },
  {
    code: 'unsealed-records',
    title: 'records that no checkpoint covers',
    why: 'The logs were held to a checkpoint, and these records are not under it: they came later, were never sealed, or are text, which cannot be. Nothing shows whether they were altered.',
    fix: 'Run "audit-check seal" again, and more often. Text logs: "audit-check collect" keeps and signs every line; or keep a list of their digests elsewhere.',
  },
  {
    code: 'unseen-field',
    title: 'field that the contract reads and no record carries',
    why: 'What the contract reads from it is taken to be unsaid: the field may have another name.',
    fix: 'Compare the name in the contract with the records: "audit-check sources test FILE" shows their fields.',
  },
  {
    code: 'untimed-records',
    title: 'records without a time',
    why: 'No rule that looks at a window of time can place them, and no license counts them at an instant.',
    fix: 'Have the writer fill the time, or map the field that carries it.',
  },
  {
    code: 'unused-waiver',
    title: 'waiver that covered nothing',
    why: 'A waiver that nothing is held against is a hole that nobody needs.',
    fix: 'Remove it.',
  },
  {
    code: 'unverified-license-file',
    title: 'license file whose signatures nobody verified',
    why: 'Only its vendor can verify the signatures: quantities may have been edited.',
    fix: 'Compare the quantities with the order confirmation.',
  },
  {
    code: 'view',
    title: 'view of an archive for one role',
    why: 'Fields are withheld from this role, as the archive says: rules about them find nothing here.',
    fix: 'Audit the archive itself where these fields matter.',
  },
  {
    code: 'whole-second-times',
    title: 'times of whole seconds',
    why: 'Within a second only the order of the records tells what came first.',
    fix: 'Nothing, unless a rule depends on the order within a second: then have the writer tell fractions.',
  },
  {
    code: 'zone-needed',
    title: 'times that state no zone',
    why: 'Nobody knows when those events happened, so nothing that hangs on time is judged of them.',
    fix: 'State the zone of the server with --zone, or as "zone" in audit-check.yaml.',
  },
];
