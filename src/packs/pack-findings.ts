/** What is found only where a pack asks for it: too short or too long retention, silence, absent events, late reviews. */
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import type { Report } from '../model/report.ts';

export const PACKS = 'packs';

export const PACK_FINDINGS = [
  {
    code: 'retention-too-short',
    severity: 'medium',
    title: 'oldest event younger than what must be kept',
    why: 'A framework asks for records of so long, and what was given to this run does not reach back as far.',
    fix: 'Give the archive to the run as well; if there is none, raise the retention where the log is kept. A log that began later says so to the auditor.',
  },
  {
    code: 'days-missing',
    severity: 'medium',
    title: 'days without a single event',
    why: 'Within the time that must be kept, no source wrote anything for more than a week: files may be missing.',
    fix: 'Look for the files of those days; where nothing happened, have the systems write a heartbeat.',
  },
  {
    code: 'kept-too-long',
    severity: 'medium',
    title: 'events older than they may be kept',
    why: 'Personal data must not be kept longer than its purpose needs, and logs name people.',
    fix: 'Delete or redact what is due (audit-check retention, audit-check redact), or correct "keep.maximum" of the configuration.',
  },
  {
    code: 'source-silent',
    severity: 'low',
    title: 'source silent for long',
    why: 'A source that writes nothing for so long may have been stopped, or its files are missing.',
    fix: 'Find out whether the system was at rest; if logging was down, treat the time as unaudited and have such silence raise an alarm.',
  },
  {
    code: 'event-class-absent',
    severity: 'low',
    title: 'kind of event that must be logged is not there',
    why: 'The control wants events of this kind recorded. In all this time there was none: either none happened, or they are not logged.',
    fix: 'Cause one on purpose and look whether it is logged; if it is under a name that is not known here, write a rule of your own and name it in your pack.',
  },
  {
    code: 'review-overdue',
    severity: 'medium',
    title: 'logs not reviewed in time',
    why: 'The control asks for a review within a fixed time, and the history of runs shows a longer pause.',
    fix: 'Schedule the run (cron, systemd timer, pipeline) and watch its last success.',
  },
] as const satisfies readonly FindingKind[];

export type PackCode = (typeof PACK_FINDINGS)[number]['code'];

const CODES = new Set<string>(PACK_FINDINGS.map(({ code }) => code));

/** By its code as well: whoever writes a rule chooses its id, and no code. */
export function isPackFinding({ rule, code }: Finding): boolean {
  return rule === PACKS && CODES.has(code);
}

/** At the first record of the first file of the source, or of all: what is not there has no better place. */
export function packFinding(
  { inputs }: Report,
  code: PackCode,
  message: string,
  identity: readonly string[],
  source?: string | null,
): Finding {
  const { severity } = PACK_FINDINGS.find((kind) => kind.code === code)!;
  const read = inputs.filter(({ records }) => records.audited > 0);
  const input =
    (source === undefined ? undefined : read.find((each) => each.source === source)) ?? read[0] ?? inputs[0];
  return {
    rule: PACKS,
    code,
    severity,
    verdict: 'violation',
    place: { file: input?.file ?? 'audit-check.yaml', line: 1, offset: 0, length: 0 },
    message,
    ...(source && { subject: source }),
    fingerprint: toFingerprint(code, ...identity),
  };
}
