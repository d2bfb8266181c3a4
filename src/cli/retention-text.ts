/** `retention plan --format text`: sizes per tier, what falls when, what is held, what was deleted, and what is wrong. */
import { groupBy } from '../base/group-by.ts';
import { compareText, count, escapeControls, formatNumber, truncate } from '../base/text-safety.ts';
import { formatDay } from '../retention/calendar-age.ts';
import type { LegalHold } from '../retention/legal-hold.ts';
import type { PlannedSegment } from './retention.ts';
import { amountOf } from './retention-findings.ts';
import type { RetentionReport } from './retention-plan.ts';

/** What falls due within so many days is listed. */
export const DAYS_SHOWN = 90;
/** Lines of one section; JSON has them all. */
const SHOWN = 40;
const CELL_WIDTH = 60;

export function planText(report: RetentionReport): string {
  const { archive, today, policy, plans } = report;
  const title = `Retention of ${escapeControls(archive)} on ${formatDay(today)}, by ${escapeControls(policy.file)}`;
  const sections = [
    [title],
    tierSection(plans),
    dueSection(
      'Due now',
      plans.filter(({ standing }) => standing === 'due'),
    ),
    dueSection(`Due by ${formatDay(today + DAYS_SHOWN)}`, fallingDue(report)),
    holdSection(plans),
    prunedSection(report),
    findingSection(report),
    report.notices.map((notice) => `notice: ${notice}`),
    report.incomplete === undefined ? [] : [`incomplete: ${report.incomplete}`],
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

export function fallingDue({ plans, today }: RetentionReport): PlannedSegment[] {
  return plans.filter(({ dueOn }) => dueOn !== undefined && dueOn > today && dueOn <= today + DAYS_SHOWN);
}

/** One line for each tier of each source and class, by the policy's order of rules and tiers. */
export function tierRows(plans: readonly PlannedSegment[]) {
  const rank = ({ rule, tier }: PlannedSegment) =>
    rule?.tiers.findIndex(({ name }) => name === tier) ?? Number.MAX_SAFE_INTEGER;
  const sorted = plans.toSorted(
    (left, right) =>
      compareText(left.source ?? '', right.source ?? '') ||
      compareText(left.class, right.class) ||
      rank(left) - rank(right),
  );
  const groups = groupBy(sorted, (plan) => JSON.stringify([plan.source, plan.class, tierName(plan)]));
  return [...groups.values()].map((group) => ({
    source: group[0]!.source,
    class: group[0]!.class,
    tier: tierName(group[0]!),
    segments: group.length,
    records: group.reduce((sum, { records }) => sum + records, 0),
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
    oldest: dayText(group, Math.min),
    newest: dayText(group, Math.max),
  }));
}

function tierName({ tier, rule, doubt }: PlannedSegment): string {
  if (tier !== undefined) return tier;
  if (doubt !== undefined) return '(age not known)';
  return rule === undefined ? '(no rule)' : '(past all tiers)';
}

function dayText(group: readonly PlannedSegment[], pick: (...days: number[]) => number): string | null {
  const days = group.flatMap(({ until }) => until ?? []);
  return days.length === 0 ? null : formatDay(days.reduce((one, other) => pick(one, other)));
}

function tierSection(plans: readonly PlannedSegment[]): string[] {
  if (plans.length === 0) return ['Tiers', '  no segments'];
  const rows = tierRows(plans).map((row) => [
    row.source ?? '(unknown)',
    row.class,
    row.tier,
    row.segments,
    row.records,
    row.bytes,
    `${row.oldest ?? '?'} to ${row.newest ?? '?'}`,
  ]);
  const header = ['source', 'class', 'tier', 'segments', 'records', 'bytes', 'newest events'];
  return ['Tiers', ...table(header, rows, 3)];
}

function dueSection(title: string, plans: readonly PlannedSegment[]): string[] {
  if (plans.length === 0) return [title, '  nothing'];
  const sorted = plans.toSorted((left, right) => left.dueOn! - right.dueOn!);
  const groups = groupBy(sorted, ({ dueOn, rule }) => JSON.stringify([dueOn, rule!.name]));
  const rows = [...groups.values()].map((group) => {
    const [{ dueOn, rule, holds }] = group as [PlannedSegment];
    const bytes = group.reduce((sum, each) => sum + each.bytes, 0);
    const records = group.reduce((sum, each) => sum + each.records, 0);
    const age = `${rule!.name}: at most ${rule!.maximum!.text}`;
    return [formatDay(dueOn!), age, holds.length > 0 ? 'under hold' : '', group.length, records, bytes];
  });
  return [title, ...table(['from', 'rule', '', 'segments', 'records', 'bytes'], rows, 3)];
}

/** What holds keep, and of it what would have to go. */
function holdSection(plans: readonly PlannedSegment[]): string[] {
  const holds = new Set(plans.flatMap((plan) => plan.holds));
  if (holds.size === 0) return [];
  const lines = [...holds].map((hold) => {
    const held = plans.filter((plan) => plan.holds.includes(hold));
    const due = held.filter(({ standing }) => standing === 'held');
    const kept =
      due.length === 0 ? 'none of them due' : `of them due and kept all the same: ${amountOf(due)}`;
    return `  ${describeHold(hold)}: ${amountOf(held)}, ${kept}`;
  });
  return ['Under legal hold', ...capped(lines)];
}

export function describeHold({ id, reason, until }: LegalHold): string {
  const end = until === undefined ? 'until it is lifted' : `until ${formatDay(until)}`;
  return escapeControls(`${id} (${truncate(reason, CELL_WIDTH)}), ${end}`);
}

function prunedSection({ pruned }: RetentionReport): string[] {
  if (pruned.length === 0) return [];
  const lines = [...groupBy(pruned, ({ pruning }) => pruning!)].map(([{ at, by, reason }, segments]) => {
    const amount = amountOf(segments.map(({ manifest }) => manifest));
    return escapeControls(
      `  ${at} by ${truncate(by, CELL_WIDTH)}: ${amount} (${truncate(reason, CELL_WIDTH)})`,
    );
  });
  return ['Deleted, as signed records say', ...capped(lines)];
}

function findingSection({ findings }: RetentionReport): string[] {
  const lines = findings.map(
    ({ severity, code, place, message }) =>
      `${severity}[${code}] ${escapeControls(place.file)}: ${escapeControls(message)}`,
  );
  return lines.length === 0 ? ['No findings'] : [count(lines.length, 'finding'), ...capped(lines)];
}

type Cell = string | number;

/** The first `left` columns and texts to the left, figures to the right. */
function table(header: readonly string[], rows: readonly (readonly Cell[])[], left: number): string[] {
  const texts = [
    header,
    ...rows.map((row) =>
      row.map((cell) =>
        typeof cell === 'number' ? formatNumber(cell) : escapeControls(truncate(cell, CELL_WIDTH)),
      ),
    ),
  ];
  const widths = header.map((_, at) => Math.max(...texts.slice(0, SHOWN + 1).map((row) => row[at]!.length)));
  const [first, ...rest] = texts.map((row) =>
    `  ${row.map((cell, at) => (at < left ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`.trimEnd(),
  );
  return [first!, ...capped(rest)];
}

function capped(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [
    ...lines.slice(0, SHOWN),
    `  … and ${formatNumber(lines.length - SHOWN)} more: --format json lists them all`,
  ];
}
