/** `audit-check rules coverage LOG…`: which events no rule ever looks at, by action, and which rules can say nothing here. */

import { audit } from '../audit.ts';
import type { JsonValue } from '../base/json.ts';
import { compareText, count, escapeControls, formatNumber, truncate } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import type { OnMatch } from '../engine/file-scan.ts';
import { compilePlan, type Plan } from '../engine/plan.ts';
import { scanForMatches } from '../engine/scan.ts';
import { forSource } from '../match/logsource.ts';
import type { FieldRef } from '../model/mark.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { Report, RuleSummary } from '../model/report.ts';
import type { ConditionNode, Detection } from '../model/rule.ts';
import { discover } from '../read/discover.ts';
import { type Mapping, toRawPaths } from '../sources/mapping.ts';
import { auditTexts } from '../sources/tree-values.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { Leaves } from './leaf-detections.ts';
import { missingInput } from './missing-input.ts';
import { buildRequest, type RequestOptions } from './request.ts';
import { writeStream } from './write-output.ts';

export type CoverageOptions = RequestOptions & { format: 'text' | 'json' };

export type ActionCoverage = { source: string; action: string | null; events: number; rules: number };

/** Actions that are printed; JSON has all of them. */
const MAX_SHOWN = 50;
/** Actions that are told apart; beyond, their events are counted together. */
const MAX_ACTIONS = 100_000;
const ACTION_WIDTH = 80;

/** Exit 1 when some event is looked at by no rule, 3 when nothing could be read. */
export async function coverRules(paths: string[], options: CoverageOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const built = buildRequest(paths, options, problems);
  const { files, missing } = await discover(built.paths, built.exclude);
  for (const name of missing) problems.push(missingInput(name));
  if (problems.length > 0) throw new ProblemsError(problems);
  const { licenses: _, ...request } = { ...built, disabled: CHECKS.map(({ name }) => name) };
  const report = await audit(request, files, { jobs: 1 });
  const actions: ActionCoverage[] = [];
  const indifferent = new Map<string, number>();
  const sources = [...new Set(report.inputs.flatMap(({ source }) => (source === null ? [] : [source])))];
  for (const source of sources.sort(compareText)) {
    const own = files.filter((_, index) => report.inputs[index]!.source === source);
    const looked = new LookedAt(compilePlan(request), source);
    await scanForMatches(own, looked.plan, looked.onMatch);
    actions.push(...looked.actions());
    indifferent.set(source, looked.indifferent);
  }
  const silent = report.rules.filter(({ status }) => status !== 'ran');
  const text =
    options.format === 'json' ? toJson(actions, silent) : toText(actions, indifferent, silent, report);
  await writeStream(process.stdout, text);
  if (report.summary.records.audited === 0) return EXIT.incomplete;
  return actions.some(({ rules }) => rules === 0) ? EXIT.findings : EXIT.clean;
}

/**
 * A rule looks at an action when its condition can hold for some event of it: the items about the action are judged, all
 * others may be so or not. What remains false whatever they are never sees the event. A rule that asks for no action is
 * about all of them alike (a time of day, an anonymous actor) and covers none.
 */
class LookedAt {
  readonly plan: Plan;
  private readonly detections: Detection[];
  /** Those that do not hold for an action that nobody names. */
  private readonly choosy: Detection[];
  private readonly leaves: Leaves;
  private readonly mapping: Mapping;
  private readonly byAction = new Map<string | null, { events: number; rules: ReadonlySet<string> }>();
  /** By the items that hold. */
  private readonly byHeld = new Map<string, ReadonlySet<string>>();
  private event: { key: number; action: string | null; held: string[] } | undefined;

  constructor(plan: Plan, source: string) {
    const mapping = plan.mappings.find(({ name }) => name === source)!;
    const isAction = actionFields(mapping);
    this.mapping = mapping;
    this.detections = plan.detections.flatMap((detection) => forSource(detection, mapping.logsource) ?? []);
    const none = new Set<string>();
    this.leaves = new Leaves(this.detections, ({ field }) => field !== undefined && isAction(field));
    this.plan = compilePlan({ ...plan.request, rules: { rules: this.leaves.detections, errors: [] } });
    this.plan.matching = { ignoreLogsource: true };
    this.choosy = this.detections.filter(({ condition }) => this.judge(condition, none) === false);
  }

  /** Rules that are about every action alike. */
  get indifferent(): number {
    return this.detections.length - this.choosy.length;
  }

  /** Leaves come in their order, that for any record first. */
  readonly onMatch: OnMatch = ({ id }, event) => {
    const key = event.fileIndex * 2 ** 40 + event.offset;
    if (this.event?.key !== key) {
      this.close();
      this.event = { key, action: actionOf(this.mapping, event.json()), held: [] };
    }
    this.event!.held.push(id);
  };

  actions(): ActionCoverage[] {
    this.close();
    return [...this.byAction].map(([action, { events, rules }]) => ({
      source: this.mapping.name,
      action,
      events,
      rules: rules.size,
    }));
  }

  private close(): void {
    if (this.event === undefined) return;
    const { action, held } = this.event;
    this.event = undefined;
    const rules = this.rulesFor(held);
    const known = this.byAction.get(action);
    if (known === undefined) {
      const isFull = this.byAction.size >= MAX_ACTIONS;
      this.byAction.set(isFull ? null : action, { events: 1, rules });
    } else {
      known.events++;
      if (rules !== known.rules) known.rules = new Set([...known.rules, ...rules]);
    }
  }

  private rulesFor(held: readonly string[]): ReadonlySet<string> {
    const key = held.join(' ');
    let rules = this.byHeld.get(key);
    if (rules === undefined) {
      const holds = new Set(held);
      rules = new Set(
        this.choosy.filter(({ condition }) => this.judge(condition, holds) !== false).map(({ id }) => id),
      );
      this.byHeld.set(key, rules);
    }
    return rules;
  }

  /** Undefined: it may hold or not. */
  private judge(node: ConditionNode, held: ReadonlySet<string>): boolean | undefined {
    if (node.kind === 'item') {
      const id = this.leaves.idOf(node);
      return id === undefined ? undefined : held.has(id);
    }
    if (node.kind === 'not') {
      const inner = this.judge(node.node, held);
      return inner === undefined ? undefined : !inner;
    }
    const decisive = node.kind === 'or';
    const answers = node.nodes.map((child) => this.judge(child, held));
    if (answers.includes(decisive)) return decisive;
    return answers.includes(undefined) ? undefined : !decisive;
  }
}

/** Whether a field of a rule tells what was done: the canonical action, or what the source makes it of. */
function actionFields(mapping: Mapping): (field: FieldRef) => boolean {
  const numbers = (mapping.fields.action?.alternatives ?? []).flatMap((alternative) =>
    alternative.kind === 'join' ? alternative.paths : 'path' in alternative ? [alternative.path] : [],
  );
  const paths = new Set(numbers.map((number) => mapping.paths[number]!.toLowerCase()));
  return ({ taxonomy, name }) =>
    taxonomy === 'audit'
      ? name === 'action'
      : [name, ...toRawPaths(mapping, name)].some((path) => paths.has(path.toLowerCase()));
}

/** Several together, for a rule looks at their event: which of them it looks at, it need not say. */
function actionOf(mapping: Mapping, record: JsonValue): string | null {
  const actions = auditTexts(record, mapping, 'action');
  return actions.length === 0 ? null : actions.join(', ');
}

function toJson(actions: readonly ActionCoverage[], silent: readonly RuleSummary[]): string {
  const rules = silent.map(({ id, title, status, reason }) => ({ id, title, status, reason }));
  return `${JSON.stringify({ actions: inOrder(actions), rules }, undefined, 2)}\n`;
}

function inOrder(actions: readonly ActionCoverage[]): ActionCoverage[] {
  return [...actions].sort(
    (left, right) =>
      right.events - left.events ||
      compareText(left.source, right.source) ||
      compareText(left.action ?? '', right.action ?? ''),
  );
}

function toText(
  actions: readonly ActionCoverage[],
  indifferent: ReadonlyMap<string, number>,
  silent: readonly RuleSummary[],
  { summary, rules }: Report,
): string {
  const unseen = inOrder(actions.filter((action) => action.rules === 0));
  const sum = (some: readonly ActionCoverage[]) => some.reduce((total, { events }) => total + events, 0);
  const lines = [
    `${count(sum(actions), 'event')} of ${count(actions.length, 'action')}; no rule looks at ${count(sum(unseen), 'event')} of ${count(unseen.length, 'action')}`,
  ];
  const unmapped = summary.records.audited - sum(actions);
  if (unmapped > 0) lines.push(`${count(unmapped, 'event')} of no known source: no rule is asked about them`);
  if (unseen.length > 0) lines.push('', '    events  action');
  for (const { source, action, events } of unseen.slice(0, MAX_SHOWN))
    lines.push(
      `${formatNumber(events).padStart(10)}  ${truncate(action ?? '(no action)', ACTION_WIDTH)} (${source})`,
    );
  if (unseen.length > MAX_SHOWN)
    lines.push(`            and ${count(unseen.length - MAX_SHOWN, 'more action')}; --format json has all`);
  for (const [source, amount] of indifferent)
    if (amount > 0)
      lines.push('', `${count(amount, 'rule')} of ${source} about every action alike, left out here`);
  const inert = silent.filter(({ status }) => status === 'inert');
  if (inert.length > 0) lines.push('', 'inert: a field that they need never occurs');
  for (const { title, reason } of inert) lines.push(`  ${title}: ${reason}`);
  const errors = silent.filter(({ status }) => status === 'error');
  if (errors.length > 0) lines.push('', 'cannot run');
  for (const { title, reason } of errors) lines.push(`  ${title}: ${reason}`);
  const elsewhere = silent.filter(({ status }) => status === 'not-applicable').length;
  lines.push(
    '',
    `${count(rules.length, 'rule')}: ${rules.length - silent.length} ran, ${inert.length} inert, ${errors.length} in error, ${elsewhere} for other sources`,
  );
  return `${lines.map(escapeControls).join('\n')}\n`;
}
