/** The words of every code that licenses speak. */
import type { FindingKind } from '../../model/finding.ts';

/** ISO/IEC 27001:2022 Annex A 5.32, intellectual property rights: licensed numbers are not exceeded. */
const CONTROLS = ['iso-27001-2022:A.5.32'];

const EXCEEDED_FIX =
  'Check the sessions that are named; then buy or reclaim what is missing, or add the amendment that the contract file lacks.';

export const LICENSE_FINDINGS = [
  {
    code: 'seats-exceeded',
    severity: 'high',
    title: 'more seats in use at once than licensed',
    why: 'At the instant that is named, more sessions overlapped than the quantity then in force allows: a breach that a vendor audit bills.',
    fix: EXCEEDED_FIX,
    controls: CONTROLS,
  },
  {
    code: 'users-exceeded',
    severity: 'high',
    title: 'more people used the license than it allows',
    why: 'More distinct people used the license in the period than the quantity then in force allows: each of them owes a license.',
    fix: 'Check whether some are one person or service accounts and say so under "people"; license the others or remove their access.',
    controls: CONTROLS,
  },
  {
    code: 'quantity-exceeded',
    severity: 'high',
    title: 'more consumed than licensed',
    why: 'The consumption of the period is above the quantity in force: the excess is owed, often at list price.',
    fix: EXCEEDED_FIX,
    controls: CONTROLS,
  },
  {
    code: 'overage-used',
    severity: 'low',
    title: 'license used beyond its quantity, within the allowed overage',
    why: 'The contract tolerates this much for this long: nothing is owed for it, but the next seat or the next day is.',
    fix: 'Reclaim seats or buy them before the overage runs out; the message says how much of it is used.',
    controls: CONTROLS,
  },
  {
    code: 'reserved-seats-used',
    severity: 'medium',
    title: 'seats used that are reserved for another team',
    why: 'Others hold so many seats that a team could not take all that the contract keeps for it.',
    fix: 'Free seats of the others, enforce the reservation on the license server, or change "reserve" to what is agreed.',
    controls: CONTROLS,
  },
  {
    code: 'too-many-devices',
    severity: 'medium',
    title: 'one person used the license on more devices than allowed',
    why: 'A license for a person is good for few devices; more of them are often several people behind one name.',
    fix: "Ask whether the devices are all the person's; deactivate those that are not used any more, or license the others.",
    controls: CONTROLS,
  },
  {
    code: 'devices-at-once',
    severity: 'medium',
    title: 'one person used the license on several devices at once',
    why: 'Sessions of one person overlapped on more devices than the contract allows: the sign of shared credentials.',
    fix: 'Find out who worked on the devices; give each person a license of their own, and change the credentials.',
    controls: CONTROLS,
  },
  {
    code: 'country-not-licensed',
    severity: 'medium',
    title: 'license used from a country that it does not cover',
    why: 'The contract limits where the license may be used; use elsewhere is unlicensed, and may break export law.',
    fix: 'Check whether the place is real (a VPN, a roaming telephone); then stop the use, or extend the contract.',
    controls: CONTROLS,
  },
  {
    code: 'reassigned-too-soon',
    severity: 'medium',
    title: 'seat passed to another person before its hold was over',
    why: 'A seat that changes hands sooner than the contract allows serves more people than were licensed.',
    fix: 'Buy the seat that is missing, or record the reason that the contract accepts with the revocation.',
    controls: CONTROLS,
  },
  {
    code: 'late-use',
    severity: 'low',
    title: 'use arrived after its period was closed',
    why: 'A figure that was settled changes afterwards: the statement of that period is no longer what it was.',
    fix: 'Correct the statement of the period, and find out what held the events back.',
    controls: CONTROLS,
  },
  {
    code: 'evidence-missing',
    severity: 'medium',
    title: 'period without the evidence that the contract asks for',
    why: 'The contract counts the whole quantity as used where the log does not show otherwise: unused seats cannot be claimed.',
    fix: 'Supply the logs that are missing; see "coverage" under "evidence" for how much of a period they must span.',
    controls: CONTROLS,
  },
  {
    code: 'evidence-not-kept',
    severity: 'low',
    title: 'log begins later than records were to be kept',
    why: 'What is gone cannot vouch for anything: an auditor may take the time before the log for unproven.',
    fix: 'Audit all files of the time that is named, or prolong how long the source keeps its records.',
    controls: CONTROLS,
  },
  {
    code: 'use-after-expiry',
    severity: 'high',
    title: 'license used after it expired',
    why: 'Use after the term and its grace is use without a license.',
    fix: 'Renew the license or stop its use; if it was renewed, enter the new term in the contract file.',
    controls: CONTROLS,
  },
  {
    code: 'use-before-start',
    severity: 'medium',
    title: 'license used before its term began',
    why: 'Use before the term is use without a license, or a contract file that lacks the earlier term.',
    fix: 'Enter the term or the contract that covered the use; if there was none, report the use.',
    controls: CONTROLS,
  },
  {
    code: 'unlicensed-use',
    severity: 'medium',
    title: 'feature used that no license covers',
    why: 'Whoever uses a feature, or a version of it, outside every license of the contract uses it unlicensed.',
    fix: 'Add the feature to the license that covers it ("covers"), or stop its use; another vendor\'s features belong to another contract file.',
    controls: CONTROLS,
  },
  {
    code: 'license-undetermined',
    severity: 'medium',
    title: 'the log cannot tell whether the license was kept',
    why: 'Between what the log proves and what it leaves possible lies the limit: neither "within" nor "exceeded" would be true.',
    fix: 'Supply the records that are missing (the reason names them), or let the contract say what a missing check-in means ("missingCheckin").',
    controls: CONTROLS,
  },
  {
    code: 'counts-disagree',
    severity: 'medium',
    title: 'the license server counted other than the log shows',
    why: "The server's counter, or its capacity when it refused, is not the use that its check-outs and check-ins add up to: records are missing, and a figure made of the rest may be too low.",
    fix: 'Supply the missing log files; look in the options of the server for events that it does not log (NOLOG), and in the contract file for people, versions and shares that the server counts otherwise.',
    controls: CONTROLS,
  },
  {
    code: 'license-unseen',
    severity: 'informational',
    title: 'no use of the license in the log',
    why: 'Either nobody used the license, or the log does not hold its events, or the contract looks for them under other names.',
    fix: 'Compare "events", "fields" and "covers" of the contract file with a record of use in the log.',
    controls: CONTROLS,
  },
] as const satisfies readonly FindingKind[];

export type LicenseCode = (typeof LICENSE_FINDINGS)[number]['code'];

export function licenseSeverity(code: LicenseCode): FindingKind['severity'] {
  return LICENSE_FINDINGS.find((kind) => kind.code === code)!.severity;
}
