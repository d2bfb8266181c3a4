/** Rules: those that matched, with their authors, and by name those that could not speak, the user's first: silence is not a pass. */
import { count, formatNumber } from '../../base/text-safety.ts';
import { severityRank } from '../../model/finding.ts';
import type { Report, RuleStatus, RuleSummary } from '../../model/report.ts';
import { type Cell, type Column, type Layout, labelled, MAX_ROWS, section, table } from './layout.ts';

/** Many shipped rules ask for a field of one call, which most logs never show. */
const MAX_INERT = 5;

const SPOKEN: Record<RuleStatus, string> = {
  ran: 'ran',
  error: 'in error',
  inert: 'inert',
  'not-applicable': 'not applicable',
};

export function ruleLines({ rules }: Report, layout: Layout): string[] {
  if (rules.length === 0) return [];
  const lines = [`  ${countRules(rules)}`];
  const matched = rules.filter(({ status, matches }) => status === 'ran' && matches > 0).sort(compareMatched);
  if (matched.length > 0) lines.push('', ...matchedTable(matched.slice(0, MAX_ROWS), layout));
  if (matched.length > MAX_ROWS) {
    lines.push(
      ...labelled(
        layout,
        'more',
        `${count(matched.length - MAX_ROWS, 'rule')} that matched, not listed here`,
      ),
    );
  }
  const own = rules.filter((rule) => rule.own);
  const shipped = rules.filter((rule) => !rule.own);
  lines.push(
    ...silentLines(own, 'error', MAX_ROWS, layout),
    ...silentLines(own, 'inert', MAX_ROWS, layout),
    ...silentLines(shipped, 'error', MAX_ROWS, layout),
    ...silentLines(shipped, 'inert', MAX_INERT, layout),
    ...notApplicable(own, layout),
    ...notApplicable(shipped, layout),
  );
  return section(layout, 'Rules', lines);
}

function silentLines(
  rules: readonly RuleSummary[],
  wanted: RuleStatus,
  most: number,
  layout: Layout,
): string[] {
  const silent = rules.filter(({ status }) => status === wanted);
  const lines = silent.slice(0, most).flatMap(({ title, id, file, reason }) => {
    const text = `${title} (${id}, ${file})${reason ? `: ${reason}` : ''}`;
    return labelled(layout, wanted, text);
  });
  if (silent.length > most) {
    const hidden = `${count(silent.length - most, 'rule')} ${SPOKEN[wanted]}, not listed here; --format json has them`;
    lines.push(...labelled(layout, 'more', hidden));
  }
  return lines;
}

/** By reason: a folder of rules holds hundreds for other logs, and a misspelled product has a line of its own among them. */
function notApplicable(rules: readonly RuleSummary[], layout: Layout): string[] {
  const byReason = new Map<string, RuleSummary[]>();
  for (const rule of rules) {
    if (rule.status !== 'not-applicable' || rule.reason === undefined) continue;
    const known = byReason.get(rule.reason);
    if (known === undefined) byReason.set(rule.reason, [rule]);
    else known.push(rule);
  }
  const groups = [...byReason].sort(([, left], [, right]) => left.length - right.length);
  const lines = groups.slice(0, MAX_ROWS).flatMap(([reason, [first, ...others]]) => {
    const { title, id, file } = first!;
    const who = others.length === 0 ? `${title} (${id}, ${file})` : count(others.length + 1, 'rule');
    return labelled(layout, 'not applicable', `${who}: ${reason}`);
  });
  if (groups.length <= MAX_ROWS) return lines;
  const more = `${count(groups.length - MAX_ROWS, 'reason')} not listed here`;
  return [...lines, ...labelled(layout, 'more', more)];
}

function countRules(rules: readonly RuleSummary[]): string {
  const parts = (Object.keys(SPOKEN) as RuleStatus[]).flatMap((status) => {
    const amount = rules.filter((rule) => rule.status === status).length;
    return amount > 0 ? [`${formatNumber(amount)} ${SPOKEN[status]}`] : [];
  });
  return `${count(rules.length, 'rule')}: ${parts.join(', ')}`;
}

/** Worst first, then by matches; the report's own order is by id. */
function compareMatched(left: RuleSummary, right: RuleSummary): number {
  return severityRank(right.level) - severityRank(left.level) || right.matches - left.matches;
}

function matchedTable(rules: readonly RuleSummary[], layout: Layout): string[] {
  const hasAuthors = rules.some(({ author }) => author);
  const columns: Column[] = [
    { title: 'level' },
    { title: 'matches', align: 'right' },
    { title: 'rule' },
    { title: 'id' },
  ];
  if (hasAuthors) columns.push({ title: 'author' });
  const rows = rules.map(({ level, matches, title, id, author }) => {
    const row: Cell[] = [
      { text: level, paint: layout.paint.severity[level] },
      formatNumber(matches),
      title,
      id,
    ];
    return hasAuthors ? [...row, author ?? ''] : row;
  });
  return table(layout, columns, rows);
}
