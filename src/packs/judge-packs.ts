/** The controls of packs held to a finished report: statuses, and the findings that only packs ask for. */
import { parseMoment } from '../base/instant.ts';
import { compareText, count } from '../base/text-safety.ts';
import { type ControlCheck, type ControlResult, MAX_CONTROL_FINDINGS, statusOf } from '../model/control.ts';
import { demandedFields } from '../model/demanded-fields.ts';
import { AUDIT_FIELDS } from '../model/event.ts';
import { compareFindings, type Finding } from '../model/finding.ts';
import { countFindings } from '../model/finding-counts.ts';
import type { RunSummary } from '../model/history.ts';
import type { Notice, Report } from '../model/report.ts';
import type { AuditRequest } from '../model/request.ts';
import { drawVerdict, isUnread } from '../model/verdict.ts';
import type { CalendarAge } from '../retention/calendar-age.ts';
import type { Mapping } from '../sources/mapping.ts';
import { judgeFindings, namingFindings } from './against.ts';
import { CHECK_KINDS } from './index.ts';
import type { Pack, PackCheck, PackControl } from './pack.ts';
import { type Evidence, exceptedAtBest, type Judged } from './pack-check-kind.ts';
import { isPackFinding, PACK_FINDINGS } from './pack-findings.ts';

export type PackOptions = {
  packs: readonly Pack[];
  keep: { minimum?: CalendarAge; maximum?: CalendarAge };
  /** Those before this one, where there is a history of them. */
  runs?: readonly RunSummary[];
};

/** The report with a result for each control of the packs; the same report where there are none. */
export function judgePacks(report: Report, request: AuditRequest, options: PackOptions): Report {
  const { packs } = options;
  if (packs.length === 0) return report;
  const { controls, found } = judgeControls(report, request, options, asFound);
  const judged: Report = {
    ...report,
    packs: packs.map(({ name, title, version, effective, superseded, url, file }) => ({
      name,
      title,
      version,
      effective,
      ...(superseded !== undefined && { superseded }),
      url,
      file,
    })),
    controls,
    notices: [...report.notices, ...packs.flatMap(supersededNotice)],
  };
  return redrawn(judged, found);
}

/**
 * The controls of a report that `judgePacks` made, again: its findings have met a waivers file since. What packs found is
 * among them, so it is not found anew.
 */
export function judgeAgain(report: Report, request: AuditRequest, options: PackOptions): Report {
  const ofPacks = new Map(report.findings.filter(isPackFinding).map((each) => [each.fingerprint, each]));
  const findings = report.findings.filter((each) => !isPackFinding(each));
  const asTheyStand: Standing = (finding) => ofPacks.get(finding.fingerprint) ?? finding;
  const { controls } = judgeControls({ ...report, findings }, request, options, asTheyStand);
  const { summary } = report;
  const judged = { ...report, controls };
  const verdict = drawVerdict(summary.verdict === 'incomplete', judged, summary);
  return { ...judged, summary: { ...summary, verdict } };
}

/** What became of a finding that a pack makes: in a report that met a waivers file it may be waived. */
type Standing = (finding: Finding) => Finding;

/** Of a report that no waivers file has met. */
const asFound: Standing = (finding) => finding;

/** `report`: without what packs find, which comes out as `found`, each once. */
function judgeControls(
  report: Report,
  request: AuditRequest,
  { packs, keep, runs }: PackOptions,
  standing: Standing,
): { controls: ControlResult[]; found: Finding[] } {
  const evidence: Omit<Evidence, 'control'> = {
    report,
    now: parseMoment(report.generated ?? report.summary.period?.until ?? ''),
    partial: whyPartial(report),
    disabled: request.disabled,
    demanded: request.schemas.some(({ appliesTo }) => appliesTo === 'audit')
      ? demandedFields(request.schemas)
      : undefined,
    lacking: lackingFields(report, request),
    isCut: request.since !== undefined || request.until !== undefined,
    keep,
    runs,
  };
  const judged = packs.flatMap((pack) =>
    pack.controls.map((control) => judgeControl(pack, control, evidence, standing)),
  );
  const found = new Map(judged.flatMap((each) => each.found).map((each) => [each.fingerprint, each]));
  return { controls: judged.map(({ result }) => result), found: [...found.values()] };
}

/** By what the mappings say of themselves: no event of such a source was asked for the field. */
function lackingFields({ inputs }: Report, { sources }: AuditRequest): Evidence['lacking'] {
  const audited = new Set(inputs.flatMap(({ source, records }) => (records.audited > 0 ? [source] : [])));
  const mappings = (Object.values(sources) as Mapping[]).filter(({ name }) => audited.has(name));
  return Object.fromEntries(
    AUDIT_FIELDS.map((field) => [
      field,
      mappings.flatMap(({ name, lacks }) => (lacks.includes(field) ? [name] : [])),
    ]),
  );
}

/** What is not in the report may be in what was not read, or not understood. */
function whyPartial({ inputs, rules }: Report): string | undefined {
  const unread = inputs.filter(isUnread);
  if (unread.length > 0)
    return `${count(unread.length, 'file')} ${unread.length === 1 ? 'was' : 'were'} not read whole`;
  const guessed = whyGuessed(inputs);
  if (guessed !== undefined) return guessed;
  const paged = inputs.filter(({ morePages }) => morePages !== undefined);
  if (paged.length > 0) return `pages are missing after ${count(paged.length, 'file')}`;
  const unknown = inputs.filter(({ source, records }) => source === null && records.audited > 0);
  if (unknown.length > 0) return `no mapping fits ${count(unknown.length, 'file')}`;
  const malformed = inputs.reduce((sum, { records }) => sum + records.malformed, 0);
  if (malformed > 0) return `${count(malformed, 'record')} could not be read`;
  const failed = rules.filter(({ status }) => status === 'error');
  return failed.length > 0 ? `${count(failed.length, 'rule')} in error` : undefined;
}

/** By a guess at what fields mean even what was seen may be something else. */
function whyGuessed(inputs: Report['inputs']): string | undefined {
  const guessed = inputs.filter(({ unconfirmed }) => unconfirmed);
  return guessed.length > 0
    ? `nobody has confirmed the mapping of ${count(guessed.length, 'file')}`
    : undefined;
}

function judgeControl(
  pack: Pack,
  control: PackControl,
  shared: Omit<Evidence, 'control'>,
  standing: Standing,
): { result: ControlResult; found: readonly Finding[] } {
  const evidence = { ...shared, control: `${pack.name}:${control.id}` };
  const { id, title, strength } = control;
  const base = { pack: pack.name, control: id, title, strength };
  const notInForce = whyNotInForce(pack, control, evidence);
  if (notInForce !== undefined)
    return { result: { ...base, status: 'not-assessable', checks: [], reason: notInForce }, found: [] };
  const asked = control.checks
    .flatMap((check) => judgeCheck(check, evidence))
    .map((each) => withWaived(each, standing));
  const reason = whyGuessed(evidence.report.inputs);
  const judged = [...asked, ...judgeNaming(asked, evidence)].map((each) => openBy(reason, each));
  const checks = judged.map(toControlCheck);
  const result = {
    ...base,
    status: statusOf(checks),
    checks,
    ...(control.reason !== undefined && { reason: control.reason }),
  };
  return { result, found: judged.flatMap((each) => each.found ?? []) };
}

/** Whoever names a control in a rule or a code speaks of it, whatever else is asked: waived or not, of a part of the log or all. */
function judgeNaming(asked: readonly Judged[], evidence: Evidence): Judged[] {
  const naming = namingFindings(evidence)
    .filter(({ verdict }) => verdict !== 'satisfied')
    .filter((each) => !asked.some(({ against }) => against?.includes(each)));
  if (naming.length === 0) return [];
  const asks = 'nothing that names the control is found';
  return [judgeFindings(naming, { asks, population: { of: 'findings', count: naming.length } }, evidence)];
}

/** `reason`: why nothing that was seen can be relied on. */
function openBy(reason: string | undefined, judged: Judged): Judged {
  const isGood = judged.status === 'passed' || judged.status === 'excepted';
  return reason !== undefined && isGood ? { ...judged, status: 'undetermined', reason } : judged;
}

function judgeCheck({ kind, params }: PackCheck, evidence: Evidence): Judged[] {
  const known = CHECK_KINDS.find(({ name }) => name === kind);
  if (known === undefined) throw new Error(`the kind of check ${kind} is not known`);
  return known.judge(params, evidence);
}

/** What a pack found by itself fails nothing where each of it is waived. */
function withWaived(judged: Judged, standing: Standing): Judged {
  const { found = [], against = [], otherwise } = judged;
  const waived = found.map(standing).filter(({ waiver }) => waiver !== undefined);
  if (judged.status !== 'failed' || found.length === 0 || against.length > 0) return judged;
  if (waived.length < found.length) return judged;
  const rest: Judged =
    otherwise === undefined
      ? { ...judged, status: 'passed' }
      : { ...judged, status: 'undetermined', reason: otherwise };
  return exceptedAtBest(rest, waived);
}

function toControlCheck({
  asks,
  status,
  population,
  against = [],
  found = [],
  reason,
}: Judged): ControlCheck {
  const fingerprints = [...new Set([...against, ...found].map(({ fingerprint }) => fingerprint))];
  return {
    asks,
    status,
    population,
    findings: fingerprints.slice(0, MAX_CONTROL_FINDINGS),
    against: fingerprints.length,
    ...(reason !== undefined && { reason }),
  };
}

/** Of the control alone: a pack that was superseded is judged, and said to be. */
function whyNotInForce(pack: Pack, control: PackControl, { now }: Evidence): string | undefined {
  if (now === undefined) return undefined;
  const isPast = (date: string | undefined) => {
    const instant = date === undefined ? undefined : parseMoment(date);
    return instant !== undefined && instant <= now;
  };
  const from = control.effective ?? pack.effective;
  if (!isPast(from)) return `not in force before ${from}`;
  return isPast(control.superseded) ? `no longer in force since ${control.superseded}` : undefined;
}

function supersededNotice({ name, title, superseded, successor }: Pack): Notice[] {
  if (superseded === undefined) return [];
  const instead = successor === undefined ? '' : `; ask for "${successor}"`;
  return [
    {
      code: 'pack-superseded',
      message: `the pack "${name}" (${title}) is superseded since ${superseded}${instead}`,
    },
  ];
}

/** With all that tells of findings: counts, words, and the verdict, drawn by the function that drew it. */
function redrawn(report: Report, found: readonly Finding[]): Report {
  const findings = [...report.findings, ...found].sort(compareFindings);
  const whole = { ...report, findings, codes: wordsWith(report.codes, found) };
  const { summary } = report;
  const verdict = drawVerdict(summary.verdict === 'incomplete', whole, summary);
  return { ...whole, summary: { ...summary, findings: countFindings(findings), verdict } };
}

function wordsWith(codes: Report['codes'], found: readonly Finding[]): Report['codes'] {
  const words = { ...codes };
  for (const { code, title, why, fix } of PACK_FINDINGS)
    if (found.some((finding) => finding.code === code)) words[code] = { title, why, fix, controls: [] };
  return Object.fromEntries(Object.entries(words).sort(([a], [b]) => compareText(a, b)));
}
