/** `audit-check retention plan`: what a policy says of an archive on a day. Nothing is changed. */
import { didYouMean } from '../base/nearest-name.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Day } from '../retention/calendar-age.ts';
import { type HeldSegment, isHeldBy, isStanding } from '../retention/legal-hold.ts';
import type { RetentionPolicy } from '../retention/retention-policy.ts';
import { describeUnfit } from '../retention/unfit-hold.ts';
import { type Holding, type Holdings, readHoldings } from '../store/archive-holdings.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import {
  type PlannedSegment,
  type PolicyFile,
  planSegments,
  readPolicy,
  readToday,
  toHeldSegment,
} from './retention.ts';
import { retentionFindings } from './retention-findings.ts';
import { planJson } from './retention-json.ts';
import { planText } from './retention-text.ts';
import { judgeArchiveCheckpoint, readTrust } from './verify-trust.ts';
import { writeStream } from './write-output.ts';

export type RetentionPlanOptions = { policy: string; now?: string; verifierKey?: string[]; format: string };

/** What every format of the command tells. */
export type RetentionReport = {
  archive: string;
  today: Day;
  policy: PolicyFile;
  plans: PlannedSegment[];
  /** Declared deleted, by a signed record. */
  pruned: Holding[];
  findings: Finding[];
  notices: string[];
  incomplete: string | undefined;
};

/** @throws {ProblemsError} with everything that is wrong with arguments, keys and policy */
export async function retentionPlan(archive: string, options: RetentionPlanOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const trust = readTrust({ ...(options.verifierKey && { verifierKey: options.verifierKey }) }, problems);
  const today = readToday(options.now, problems);
  const holdings = readHoldings(archive, (note) => judgeArchiveCheckpoint(note, trust));
  const policy = readPolicy(options.policy, holdings, problems);
  if (problems.length > 0 || policy === undefined) throw new ProblemsError(problems);
  const report = toReport(archive, today, policy, holdings);
  await writeStream(process.stdout, options.format === 'json' ? planJson(report) : planText(report));
  return exitOf(report);
}

function toReport(archive: string, today: Day, policy: PolicyFile, holdings: Holdings): RetentionReport {
  const plans = planSegments(policy.policy, holdings, today);
  const nothing = holdings.segments.length === 0 ? 'the archive holds no segments' : undefined;
  return {
    archive,
    today,
    policy,
    plans,
    pruned: holdings.segments.filter(({ pruning }) => pruning !== undefined),
    findings: [...holdings.findings, ...retentionFindings(policy.policy, holdings, plans)],
    notices: policyNotices(policy.policy, holdings, today),
    incomplete: holdings.incomplete ?? nothing,
  };
}

/** What in the policy fits nothing may be misspelled, and what of the archive it leaves out may be forgotten. */
export function policyNotices(policy: RetentionPolicy, { segments }: Holdings, today: Day): string[] {
  const held = segments.map(toHeldSegment);
  const classes = [...new Set(held.map((segment) => segment.class))];
  const notices: string[] = [];
  for (const rule of policy.rules)
    for (const name of rule.classes)
      if (!classes.includes(name))
        notices.push(
          `rule ${quote(rule.name)} names the class ${quote(name)}, which no segment has${didYouMean(name, classes)}`,
        );
  for (const hold of policy.holds) {
    notices.push(...describeUnfit(hold, held));
    if (!isStanding(hold, today)) notices.push(`hold ${quote(hold.id)} does not stand on this day`);
    else if (!held.some((segment) => isHeldBy(hold, segment)))
      notices.push(`hold ${quote(hold.id)} fits no segment`);
    const timed = (segment: HeldSegment) => ({ ...segment, mayHaveUntimed: false });
    const doubtful = held.filter((each) => isHeldBy(hold, each) && !isHeldBy(hold, timed(each)));
    if (doubtful.length > 0)
      notices.push(
        `hold ${quote(hold.id)} holds ${count(doubtful.length, 'segment')}, first ${doubtful[0]!.file}, for records that may be of its time range: they have no time that can be read, or the manifest does not say that all have one`,
      );
    if (hold.tenants.length > 0)
      notices.push(
        `hold ${quote(hold.id)} is for tenants, which manifests do not name: it holds all that its other conditions fit`,
      );
  }
  const left = planSegments(policy, { segments, findings: [] }, today).filter(
    ({ rule }) => rule === undefined,
  );
  if (left.length > 0)
    notices.push(`no rule fits ${left.length} of the segments, first ${left[0]!.file}: they are kept`);
  return notices;
}

/** Where nothing is wrong, what could not be told keeps the answer from being "as the policy wants it". */
function exitOf({ findings, incomplete }: RetentionReport): ExitCode {
  if (incomplete !== undefined) return EXIT.incomplete;
  if (findings.some(({ verdict }) => verdict === 'violation')) return EXIT.findings;
  return findings.length > 0 ? EXIT.incomplete : EXIT.clean;
}
