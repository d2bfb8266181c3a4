/** The verdict of a run, drawn out of its findings: once when the audit ends, and again when waivers and a baseline are known. */
import { compileGlob } from '../base/glob.ts';
import type { ControlResult } from './control.ts';
import { type Finding, type Severity, severityRank } from './finding.ts';
import type { InputSummary, Report, ReportVerdict } from './report.ts';

/** What makes the verdict `findings`. */
export type FailOn = {
  /** The least severity that counts. */
  failOn: Severity;
  /** That of findings which the baseline knows, where it is another one; `never`: such a finding does not count. */
  failOnKnown?: Severity | 'never';
  /** Controls, `*` for any run of characters: what speaks to one of them counts, whatever its severity, known or not. */
  failOnControls?: string[];
  /** Codes of notices, `*` for any run of characters: one of them is enough. */
  failOnNotices?: string[];
};

/** The parts of a report that a verdict is drawn from. */
export type Judged = Pick<Report, 'findings' | 'rules' | 'codes' | 'controls' | 'notices'>;

/** Incomplete beats findings: what was not read may be worse than what was found, and no waiver or baseline reads it. */
export function drawVerdict(isIncomplete: boolean, judged: Judged, failOn: FailOn): ReportVerdict {
  if (isIncomplete) return 'incomplete';
  const isAny =
    judged.findings.some(whatCounts(judged, failOn)) ||
    isAnyControlUnmet(judged, failOn) ||
    countingNotices(judged, failOn).length > 0;
  return isAny ? 'findings' : 'clean';
}

/** The codes of the notices that count for the verdict, each once. */
export function countingNotices({ notices }: Pick<Judged, 'notices'>, { failOnNotices }: FailOn): string[] {
  if (failOnNotices === undefined) return [];
  const codes = new Set(notices.map(({ code }) => code));
  return [...codes].filter(anyGlob(failOnNotices));
}

/**
 * How many licenses the log leaves open. They do not make a verdict: a period that has only begun is no reason for a nightly
 * run to fail. But beside it they must be told.
 */
export function countUndeterminedLicenses({
  licenses,
  findings,
}: Pick<Report, 'licenses' | 'findings'>): number {
  const open = new Set(
    licenses.flatMap(({ license, verdict }) => (verdict === 'undetermined' ? license : [])),
  );
  for (const { rule, verdict } of findings)
    if (verdict === 'undetermined' && rule.startsWith(LICENSE_RULE))
      open.add(rule.slice(LICENSE_RULE.length));
  return open.size;
}

/** Before the id of a license, where it stands for a rule. */
const LICENSE_RULE = 'license:';

/** Whether a file was meant to be read and was not, or not to its end. */
export function isUnread({ status }: Pick<InputSummary, 'status'>): boolean {
  return status === 'partial' || status === 'unreadable' || status === 'empty';
}

/** Whether what it holds is left open: it was not read, or by a guess, or it is a part of what its source told. */
export function leavesOpen(input: Pick<InputSummary, 'status' | 'unconfirmed' | 'morePages'>): boolean {
  return isUnread(input) || input.unconfirmed === true || input.morePages !== undefined;
}

/** Whether a finding counts for the verdict. */
export function whatCounts(judged: Judged, failOn: FailOn): (finding: Finding) => boolean {
  const speaksToControl = controlTest(judged, failOn);
  const threshold = severityRank(failOn.failOn);
  const known = failOn.failOnKnown ?? failOn.failOn;
  const knownThreshold = known === 'never' ? Infinity : severityRank(known);
  return (finding) => {
    if (finding.waiver !== undefined || finding.verdict === 'satisfied') return false;
    const least = finding.baseline === 'unchanged' ? knownThreshold : threshold;
    return severityRank(finding.severity) >= least || speaksToControl(finding);
  };
}

function controlTest({ rules, codes }: Judged, { failOnControls }: FailOn): (finding: Finding) => boolean {
  if (failOnControls === undefined) return () => false;
  const isWanted = anyGlob(failOnControls);
  const wantedCodes = new Set(Object.keys(codes).filter((code) => codes[code]!.controls.some(isWanted)));
  const wantedRules = new Set(rules.flatMap(({ id, controls }) => (controls.some(isWanted) ? [id] : [])));
  return ({ rule, code }) => wantedRules.has(rule) || wantedCodes.has(code);
}

/** A control that a pack judged and did not see met counts too, unless all that speaks against it is waived. */
function isAnyControlUnmet({ controls = [], findings }: Judged, { failOnControls }: FailOn): boolean {
  if (failOnControls === undefined) return false;
  const isWanted = anyGlob(failOnControls);
  const wanted = controls.filter(({ pack, control }) => isWanted(`${pack}:${control}`));
  if (wanted.length === 0) return false;
  const open = new Set(
    findings.flatMap(({ waiver, fingerprint }) => (waiver === undefined ? [fingerprint] : [])),
  );
  return wanted.some((control) => isUnmet(control, open));
}

function isUnmet({ status, checks }: ControlResult, open: ReadonlySet<string>): boolean {
  if (status === 'undetermined') return true;
  return checks.some(
    ({ status: own, against, findings }) =>
      own === 'failed' &&
      // Of more than are listed, some may be open.
      (against === 0 || against > findings.length || findings.some((each) => open.has(each))),
  );
}

/** Whether one of the patterns matches. */
export function anyGlob(patterns: readonly string[]): (text: string) => boolean {
  const tests = patterns.map(compileGlob);
  return (text) => tests.some((test) => test(text));
}
