/** What became of each rule: it ran, it is inert, for other logs, or in error; never nothing. */
import { compareText } from '../base/text-safety.ts';
import { appliesTo, unknownWords } from '../match/logsource.ts';
import { missingFields } from '../match/required-fields.ts';
import type { RuleStatus, RuleSummary } from '../model/report.ts';
import type { Detection, Rule } from '../model/rule.ts';
import { fieldKey, type Plan } from './plan.ts';
import type { Related } from './relate.ts';
import type { Scan } from './scan-books.ts';

/** One for each rule, and for each that could not be read. In the order of files, titles, ids. */
export function summarizeRules(plan: Plan, scan: Scan, related: Related): RuleSummary[] {
  const ran = new Set([...scan.ran].map((index) => plan.detections[index]!.id));
  const errors = new Map(plan.errors.map((error) => [error.id, error.message]));
  const summaries = plan.request.rules.rules.map((rule): RuleSummary => {
    const error = errors.get(rule.id);
    const { status, reason } =
      error === undefined ? statusOf(rule, plan, scan, ran) : { status: 'error' as const, reason: error };
    const isCounted = rule.kind === 'detection' && rule.counted === true;
    const matches = isCounted ? timesSeen(rule, plan, scan) : (related.matches.get(rule.id) ?? 0);
    const unjudged = unjudgedEvents(rule, plan, scan, related);
    return { ...toSummary(rule, status, reason, matches), ...(unjudged !== undefined && { unjudged }) };
  });
  const known = new Set(summaries.map(({ id }) => id));
  for (const { id, title, file, message } of plan.errors) {
    if (known.has(id)) continue;
    const unread = { level: 'medium' as const, matches: 0, controls: [], references: [], tags: [] };
    summaries.push({ id, title, file, status: 'error', reason: message, ...unread });
  }
  return summaries.sort(
    (a, b) => compareText(a.file, b.file) || compareText(a.title, b.title) || compareText(a.id, b.id),
  );
}

/** Of a class of events, which makes no marks. */
function timesSeen(detection: Detection, plan: Plan, scan: Scan): number {
  const index = plan.detections.indexOf(detection);
  return Object.values(scan.coverage.sources.seen).reduce((sum, times) => sum + times[index]!, 0);
}

function statusOf(
  rule: Rule,
  plan: Plan,
  scan: Scan,
  ran: ReadonlySet<string>,
): { status: RuleStatus; reason?: string } {
  const detections = detectionsOf(rule, plan);
  if (!detections.some(({ id }) => ran.has(id)))
    return { status: 'not-applicable', reason: whyNotApplicable(detections, plan) };
  const absent = detections.map((detection) => absentFields(detection, scan));
  if (absent.some((fields) => fields.length === 0)) return { status: 'ran' };
  return {
    status: 'inert',
    reason: `no record carries ${[...new Set(absent.flat())].sort(compareText).join(', ')}`,
  };
}

/** Those that make the marks which a rule, or the correlations it stands on, looks at. */
function detectionsOf(rule: Rule, plan: Plan): Detection[] {
  if (rule.kind === 'detection') return [rule];
  const wanted = standsOn(rule, plan);
  return plan.detections.filter(({ id }) => wanted.has(id));
}

/** By id, itself too. */
function standsOn({ id: own }: Rule, plan: Plan): ReadonlySet<string> {
  const wanted = new Set([own]);
  for (const id of wanted) {
    const inner = plan.request.rules.rules.find((each) => each.id === id);
    if (inner?.kind === 'correlation') for (const each of inner.rules) wanted.add(each);
  }
  return wanted;
}

/** What lacks a field to group by, and what relations left out. What owes nothing itself is weighed by the relation. */
function unjudgedEvents(rule: Rule, plan: Plan, scan: Scan, { leftOut }: Related): RuleSummary['unjudged'] {
  const wanted = standsOn(rule, plan);
  const reasons = new Set<string>();
  let events = 0;
  const add = (amount: number, why: string) => {
    if (amount === 0) return;
    events += amount;
    reasons.add(why);
  };
  for (const [index, planned] of plan.relations.entries()) {
    if (planned.rule === undefined || !wanted.has(planned.rule.id)) continue;
    for (const [step, { events: groupless }] of scan.groupless[index]!.entries())
      if (planned.relation.evidence?.has(step) !== true) add(groupless, 'without a field to group by');
    for (const [why, { events: left, isLearning }] of leftOut.get(planned) ?? [])
      if (isLearning !== true) add(left, why);
  }
  return events === 0 ? undefined : { events, reason: [...reasons].sort(compareText).join('; ') };
}

/** Whether other input would help, or no source that we know is the rule's. */
function whyNotApplicable(detections: readonly Detection[], { mappings }: Plan): string {
  const offers = mappings.map(({ logsource }) => logsource);
  const words = new Set(detections.flatMap(({ logsource }) => unknownWords(logsource, offers)));
  if (words.size > 0) return `no source has the ${[...words].join(', ')}`;
  if (!detections.some((detection) => offers.some((offer) => appliesTo(detection, offer))))
    return 'no source has all words of its log source together';
  return 'no input is of its log source';
}

function absentFields(detection: Detection, scan: Scan): string[] {
  return missingFields(detection, (field) => scan.occurring.has(fieldKey(field))).map(({ name }) => name);
}

function toSummary(rule: Rule, status: RuleStatus, reason: string | undefined, matches: number): RuleSummary {
  const { id, title, level, file, author, description, fix, controls, references, tags } = rule;
  return {
    id,
    title,
    level,
    file,
    status,
    matches,
    ...(reason !== undefined && { reason }),
    ...(author !== undefined && { author }),
    ...(description !== undefined && { description }),
    ...(fix !== undefined && { fix }),
    controls,
    references,
    tags,
  };
}
