/** What became of each rule: it ran, it is inert, for other logs, or in error; never nothing. */
import { formatInstant } from '../base/instant.ts';
import { nearField } from '../base/near-field.ts';
import { compareText, quote } from '../base/text-safety.ts';
import { appliesTo, unknownWords } from '../match/logsource.ts';
import { missingFields } from '../match/required-fields.ts';
import type { RuleStatus, RuleSummary } from '../model/report.ts';
import type { Detection, Rule, Validity } from '../model/rule.ts';
import { judgedCounter } from './judged-events.ts';
import { fieldKey, type Plan, type PlannedRelation } from './plan.ts';
import type { Related } from './relate.ts';
import type { Scan } from './scan-books.ts';

/** One for each rule, and for each that could not be read. In the order of files, titles, ids. */
export function summarizeRules(plan: Plan, scan: Scan, related: Related): RuleSummary[] {
  const ran = new Set([...scan.ran].map((index) => plan.detections[index]!.id));
  const errors = new Map(plan.errors.map((error) => [error.id, error.message]));
  const index = indexPlan(plan, scan);
  const judgedBy = judgedCounter(plan.request, (id) => timesSeen(id, index, scan));
  const summaries = plan.request.rules.rules.map((rule): RuleSummary => {
    const error = errors.get(rule.id);
    const { status, reason } =
      error === undefined
        ? statusOf(rule, plan, index, scan, ran)
        : { status: 'error' as const, reason: error };
    const isCounted = rule.kind === 'detection' && rule.counted === true;
    const matches = isCounted ? timesSeen(rule.id, index, scan) : matchesInForce(rule, status, related);
    const unjudged = unjudgedEvents(rule, index, scan, related);
    const judged = judgedBy(rule);
    return {
      ...toSummary(rule, status, reason, matches),
      ...(judged !== undefined && { judged }),
      ...(unjudged !== undefined && { unjudged }),
    };
  });
  const known = new Set(summaries.map(({ id }) => id));
  for (const { id, title, file, own, message } of plan.errors) {
    if (known.has(id)) continue;
    const unread = { level: 'medium' as const, matches: 0, controls: [], references: [], tags: [] };
    summaries.push({
      ...{ id, title, file, ...(own && { own }) },
      ...{ status: 'error', reason: message, ...unread },
    });
  }
  return summaries.sort(
    (a, b) => compareText(a.file, b.file) || compareText(a.title, b.title) || compareText(a.id, b.id),
  );
}

/** What each rule stands on, by id: to seek it for each of 3,000 rules took a tenth of a run over a million events (measured). */
type PlanIndex = {
  rules: ReadonlyMap<string, Rule>;
  detections: ReadonlyMap<string, { detection: Detection; number: number }>;
  relations: ReadonlyMap<string, readonly { planned: PlannedRelation; number: number }[]>;
  /** Of the fields that some rule asks for and some record carries, the one that was probably meant by a name. */
  meant: (name: string) => string | undefined;
};

function indexPlan({ request, detections, relations }: Plan, { occurring }: Scan): PlanIndex {
  const byRule = new Map<string, { planned: PlannedRelation; number: number }[]>();
  for (const [number, planned] of relations.entries()) {
    if (planned.rule === undefined) continue;
    const known = byRule.get(planned.rule.id);
    if (known === undefined) byRule.set(planned.rule.id, [{ planned, number }]);
    else known.push({ planned, number });
  }
  return {
    rules: new Map(request.rules.rules.map((rule) => [rule.id, rule])),
    detections: new Map(
      detections.map((detection, number) => [detection.id, { detection, number }] as const),
    ),
    relations: byRule,
    meant: meantFields(occurring),
  };
}

function meantFields(occurring: ReadonlySet<string>): PlanIndex['meant'] {
  const known = new Set([...occurring].map((key) => key.slice(key.indexOf(':') + 1)));
  const found = new Map<string, string | undefined>();
  return (name) => {
    if (!found.has(name)) found.set(name, nearField(name, known));
    return found.get(name);
  };
}

/** Events that fit a rule which is not in force match nothing. */
function matchesInForce({ id }: Rule, status: RuleStatus, { matches }: Related): number {
  return status === 'not-applicable' ? 0 : (matches.get(id) ?? 0);
}

/** Of a detection, whether or not it makes marks. */
function timesSeen(id: string, { detections }: PlanIndex, scan: Scan): number {
  const number = detections.get(id)?.number;
  if (number === undefined) return 0;
  return Object.values(scan.coverage.sources.seen).reduce((sum, times) => sum + times[number]!, 0);
}

function statusOf(
  rule: Rule,
  plan: Plan,
  index: PlanIndex,
  scan: Scan,
  ran: ReadonlySet<string>,
): { status: RuleStatus; reason?: string } {
  const detections = detectionsOf(rule, index);
  if (!detections.some(({ id }) => ran.has(id)))
    return { status: 'not-applicable', reason: whyNotApplicable(detections, plan) };
  const outOfForce = whyOutOfForce(rule, detections, index, scan);
  if (outOfForce !== undefined) return { status: 'not-applicable', reason: outOfForce };
  const absent = detections.map((detection) => absentFields(detection, scan));
  if (absent.some((fields) => fields.length === 0)) return { status: 'ran' };
  const names = [...new Set(absent.flat())].sort(compareText);
  const near = rule.own ? names.flatMap((name) => index.meant(name) ?? []) : [];
  const question = near.length === 0 ? '' : `, did you mean ${near.map((name) => quote(name)).join(', ')}?`;
  return { status: 'inert', reason: `no record carries ${names.join(', ')}${question}` };
}

/** Those that make the marks which a rule, or the correlations it stands on, looks at, in the order of the plan. */
function detectionsOf(rule: Rule, index: PlanIndex): Detection[] {
  if (rule.kind === 'detection') return [rule];
  return [...standsOn(rule, index)]
    .flatMap((id) => index.detections.get(id) ?? [])
    .sort((left, right) => left.number - right.number)
    .map(({ detection }) => detection);
}

/** By id, itself too. */
function standsOn({ id: own }: Rule, { rules }: PlanIndex): ReadonlySet<string> {
  const wanted = new Set([own]);
  for (const id of wanted) {
    const inner = rules.get(id);
    if (inner?.kind === 'correlation') for (const each of inner.rules) wanted.add(each);
  }
  return wanted;
}

/** What lacks a field to group by, and what relations left out. What owes nothing itself is weighed by the relation. */
function unjudgedEvents(
  rule: Rule,
  index: PlanIndex,
  scan: Scan,
  { leftOut }: Related,
): RuleSummary['unjudged'] {
  const reasons = new Set<string>();
  let events = 0;
  const add = (amount: number, why: string) => {
    if (amount === 0) return;
    events += amount;
    reasons.add(why);
  };
  const relations = [...standsOn(rule, index)].flatMap((id) => index.relations.get(id) ?? []);
  for (const { planned, number } of relations) {
    for (const [step, { events: groupless }] of scan.groupless[number]!.entries())
      if (planned.relation.evidence?.has(step) !== true) add(groupless, 'without a field to group by');
    for (const { why, events: left, isLearning } of leftOut.of(number))
      if (isLearning !== true) add(left, why);
  }
  return events === 0 ? undefined : { events, reason: [...reasons].sort(compareText).join('; ') };
}

/** A rule that begins after the log ends, or ended before it began, has judged nothing; nor has one all of whose steps did. */
function whyOutOfForce(
  rule: Rule,
  detections: readonly Detection[],
  { relations }: PlanIndex,
  { coverage: { whole } }: Scan,
): string | undefined {
  // Without a time nobody knows, and each such event is told as undetermined.
  if (whole === undefined) return undefined;
  const isOutOf = ({ effective: { from = whole.from, to } = {} }: Rule) =>
    from > whole.until || (to !== undefined && to <= whole.from);
  // A dated relation knows of what began before its rule did.
  const isDated = relations.get(rule.id)?.some(({ planned }) => planned.relation.dated === true) === true;
  const outOf = !isDated && isOutOf(rule) ? [rule] : detections.every(isOutOf) ? detections : [];
  const [first] = outOf;
  return first && `not in force at any time of the log (${inWords(first.effective!)})`;
}

function inWords({ from, to }: Validity): string {
  return [from && `from ${formatInstant(from)}`, to && `until ${formatInstant(to)}`]
    .filter(Boolean)
    .join(' ');
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

function isSilent(rule: Rule): boolean {
  if (rule.kind === 'correlation') return rule.silent === true;
  return rule.kind === 'detection' && !rule.speaks && rule.counted !== true;
}

function toSummary(rule: Rule, status: RuleStatus, reason: string | undefined, matches: number): RuleSummary {
  const { id, title, level, file, own, author, description, fix, controls, references, tags } = rule;
  return {
    id,
    title,
    level,
    file,
    ...(own && { own }),
    ...(isSilent(rule) && { silent: true as const }),
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
