/** `access --format text`: tables of roles and users, then what deserves a look, then what could not be told. */
import { formatInstant } from '../base/instant.ts';
import { compareText, count, escapeControls, formatNumber, truncate } from '../base/text-safety.ts';
import type { AccessEntry, AccessKind, AccessSummary, RoleSummary } from '../roles/access-summary.ts';
import type { AccessReport } from './access.ts';
import { doubtsOfInput, doubtsOfNoInput, LEFT_OUT } from './access-doubts.ts';

/** Lines of one section; json and csv have them all. */
const SHOWN = 40;
const NAME_WIDTH = 80;
const PLACE_WIDTH = 300;

export function accessText(report: AccessReport): string {
  const { summary } = report;
  const sections = [
    roleTable(summary),
    userTable(summary),
    entrySection(summary, 'outside', 'Outside: allowed in the log, and by no role'),
    entrySection(
      summary,
      'unknown-subject',
      'Unknown: allowed in the log, to somebody the roles do not know',
    ),
    conflictSection(summary),
    entrySection(summary, 'disagreement', 'Disagreements: refused in the log, allowed by the roles'),
    entrySection(summary, 'denied', 'Denied attempts'),
    entrySection(summary, 'undetermined', 'Undetermined: neither the roles nor the log can tell'),
    unusedSection(summary, 'unused', 'Unused: granted, and used by nobody'),
    unusedSection(summary, 'undetermined', 'Use unknown: granted, and the log may not show the use'),
    totals(report),
  ];
  const lines = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

type Cell = string | number;

/** The first column to the left, figures to the right. */
function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? formatNumber(cell) : shown(cell))),
  );
  const widths = header.map((title, at) =>
    Math.max(title.length, ...texts.slice(0, SHOWN).map((row) => row[at]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`.trimEnd();
  return [line(header), ...capped(texts.map(line))];
}

function capped(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [
    ...lines.slice(0, SHOWN),
    `  … and ${formatNumber(lines.length - SHOWN)} more: --format json or csv lists them all`,
  ];
}

function shown(text: string): string {
  return escapeControls(truncate(text, NAME_WIDTH));
}

function usesOf({ grants }: RoleSummary, use: string): number {
  return grants.filter((grant) => grant.use === use).length;
}

function roleTable({ roles }: AccessSummary): string[] {
  const rows = roles
    .filter(({ implied, events }) => !implied || events > 0)
    .map((role) => [
      role.role,
      role.holders,
      role.grants.length,
      usesOf(role, 'used'),
      usesOf(role, 'unused'),
      usesOf(role, 'undetermined'),
      role.events,
    ]);
  if (rows.length === 0) return ['Roles', '  none'];
  return ['Roles', ...table(['role', 'holders', 'granted', 'used', 'unused', 'unknown', 'requests'], rows)];
}

function userTable({ subjects }: AccessSummary): string[] {
  const rows = subjects.map(({ subject, granted, used, allowed, counts }) => [
    subject,
    granted,
    used,
    granted - used,
    allowed,
    counts.outside + counts['unknown-subject'],
    counts.denied,
    counts.disagreement,
    counts.undetermined,
  ]);
  if (rows.length === 0) return [];
  const header = [
    'user',
    'granted',
    'used',
    'not used',
    'within',
    'outside',
    'denied',
    'disagree',
    'undetermined',
  ];
  return ['Users', ...table(header, rows)];
}

/** What one subject did is told together where it came out alike for the same reasons. */
function entrySection({ entries }: AccessSummary, kind: AccessKind, title: string): string[] {
  const groups = new Map<string, AccessEntry[]>();
  for (const entry of entries) {
    if (entry.kind !== kind) continue;
    const key = JSON.stringify([entry.subject, entry.reasons, entry.forbidden]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  const blocks = [...groups.values()].map(groupBlock);
  return blocks.length === 0 ? [] : [title, ...capped(blocks)];
}

/** Actions of one group that are listed. */
const SHOWN_ACTIONS = 12;

function groupBlock(group: readonly AccessEntry[]): string {
  const { subject, reasons, forbidden } = group[0]!;
  const byAction = new Map<string, AccessEntry[]>();
  for (const entry of group) byAction.set(entry.action, [...(byAction.get(entry.action) ?? []), entry]);
  const lines = [...byAction.values()].map(actionLine);
  const rest = lines.length - SHOWN_ACTIONS;
  const requests = group.reduce((sum, entry) => sum + entry.count, 0);
  const why = [...(forbidden ? ['a role forbids it'] : []), ...reasons].map(escapeControls);
  return [
    `  ${shown(subject)}: ${count(requests, 'request')}${why.length === 0 ? '' : `; ${why.join('; ')}`}`,
    ...lines.slice(0, SHOWN_ACTIONS),
    ...(rest > 0 ? [`    … and ${count(rest, 'further action')}`] : []),
  ].join('\n');
}

function actionLine(entries: readonly AccessEntry[]): string {
  const [entry] = entries;
  const { action, resource, more, several, place, first } = entry!;
  const requests = entries.reduce((sum, each) => sum + each.count, 0);
  const isMany = entries.length > 1 || more === true;
  const where = isMany
    ? ` on ${more === true ? 'many' : formatNumber(entries.length)} resources`
    : resource === undefined || resource === ''
      ? ''
      : ` on ${shown(resource)}${several ? ' and others' : ''}`;
  const when = first === undefined ? '' : `, ${formatInstant(first)}`;
  return `    ${shown(action)}${where}, ${count(requests, 'time')}, first ${shownPlace(place)}${when}`;
}

function shownPlace({ file, line }: AccessEntry['place']): string {
  return `${escapeControls(truncate(file, PLACE_WIDTH))}:${line}`;
}

function conflictSection({ conflicts }: AccessSummary): string[] {
  const lines = conflicts.map(({ name, subject, resource, deeds, reason }) => {
    const done = deeds.map(
      ({ side, action, place, count: times, as }) =>
        `    ${shown(side)}: ${shown(action)}, ${count(times, 'time')}${as === undefined ? '' : `, as ${shown(as)}`}, first ${shownPlace(place)}`,
    );
    const head = `  ${shown(subject)}: both sides of ${shown(name)}${resource === undefined ? '' : ` on ${shown(resource)}`}`;
    return [reason === undefined ? head : `${head}, undetermined: ${reason}`, ...done].join('\n');
  });
  return lines.length === 0 ? [] : ['Conflicting duties', ...capped(lines)];
}

/** By role; of the reasons each once. */
function unusedSection({ roles }: AccessSummary, use: 'unused' | 'undetermined', title: string): string[] {
  const lines = roles
    .filter(({ implied, holders }) => !implied && holders > 0)
    .flatMap(({ role, grants }) => {
      const found = grants.filter((grant) => grant.use === use);
      if (found.length === 0) return [];
      const names = [...new Set(found.map(({ action }) => action))].map(shown);
      const rest = names.length > 12 ? ` and ${formatNumber(names.length - 12)} more` : '';
      const reasons = [...new Set(found.map(({ reason }) => reason ?? ''))]
        .filter((reason) => reason !== '')
        .sort(compareText);
      const why = reasons.map((reason) => `\n    ${escapeControls(reason)}`).join('');
      return [`  ${shown(role)}: ${names.slice(0, 12).join(', ')}${rest}${why}`];
    });
  return lines.length === 0 ? [] : [title, ...capped(lines)];
}

/** Every event and request is accounted for. */
function totals({ table: roles, summary, scan }: AccessReport): string[] {
  const { counts, requests, allowed, records, events, skipped, untold } = summary;
  const { inputs, coverage, misread, leftOut } = scan;
  const audited = inputs.reduce((sum, { records }) => sum + records.audited, 0);
  const unread = inputs.filter(({ status }) => status !== 'complete');
  const doubted = inputs.flatMap((input) => {
    const doubts = doubtsOfInput(input, misread);
    const told = input.status === 'skipped' ? [input.status, ...doubts] : doubts;
    return told.length === 0 ? [] : [`            ${shown(input.file)}: ${escapeControls(told.join('; '))}`];
  });
  doubted.push(...doubtsOfNoInput(scan).map((told) => `            ${escapeControls(told)}`));
  const parts = [
    `${formatNumber(allowed)} within`,
    `${formatNumber(counts.outside)} outside`,
    `${formatNumber(counts['unknown-subject'])} of unknown users`,
    `${formatNumber(counts.denied)} denied`,
    `${formatNumber(counts.disagreement)} disagreeing`,
    `${formatNumber(counts.undetermined)} undetermined`,
  ];
  const logs = 'of the logs that these roles are for';
  const own =
    records === events
      ? `${formatNumber(events)} events ${logs}`
      : `${formatNumber(records)} ${logs}, with ${formatNumber(events)} events,`;
  return [
    'Summary',
    `  roles     ${shown(roles.file)} (${roles.format})`,
    `  files     ${count(inputs.length, 'file')}${unread.length === 0 ? '' : `, ${formatNumber(unread.length)} not read to the end`}`,
    ...capped(doubted),
    ...(coverage === undefined
      ? []
      : [`  period    ${formatInstant(coverage.from)} to ${formatInstant(coverage.until)}`]),
    `  records   ${formatNumber(audited)} = ${own} + ${formatNumber(audited - records)} of others`,
    ...skipped.map(
      ({ reason, count: times, place, isOpen }) =>
        `            ${formatNumber(times)} not judged: ${reason}${isOpen ? `, first ${shownPlace(place)}` : ''}`,
    ),
    ...(leftOut === 0 ? [] : [`            ${formatNumber(leftOut)} not judged whole: ${LEFT_OUT}`]),
    `  requests  ${formatNumber(requests)} = ${parts.join(' + ')}`,
    ...(untold === 0
      ? []
      : [`  untold    ${formatNumber(untold)}: too many to be kept apart; they are in the sums alone`]),
  ];
}
