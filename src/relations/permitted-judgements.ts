/** What a summary of access says as judgements: one for each subject, action and resource, role or conflict. */
import { formatInstant } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Place } from '../model/place.ts';
import type { Covered, Judgement } from '../model/relation.ts';
import { toldPlaces } from '../model/told-places.ts';
import { gapOf } from '../roles/access-ledger.ts';
import type {
  AccessEntry,
  AccessKind,
  AccessSummary,
  ConflictSummary,
  RoleSummary,
} from '../roles/access-summary.ts';
import type { RoleTable } from '../roles/role-table.ts';
import {
  CONFLICTING_DUTIES,
  DENIED_ATTEMPT,
  DISAGREEMENT,
  SHADOW_ACCESS,
  UNKNOWN_SUBJECT,
  UNUSED_GRANT,
} from './permitted-findings.ts';

/** Names that a message lists; the rest is counted. */
const SHOWN = 8;

export type Told = { rule: string; table: RoleTable; unused: boolean; coverage: Covered | undefined };

export function* toJudgements(summary: AccessSummary, told: Told): Generator<Judgement> {
  for (const entry of summary.entries) yield entryJudgement(entry, told);
  for (const conflict of summary.conflicts) yield conflictJudgement(conflict);
  if (told.unused) {
    for (const role of summary.roles) yield* unusedJudgements(role, told);
    yield* idleJudgement(summary, told);
  }
  yield* skippedJudgements(summary, told);
  if (summary.untold > 0) yield untoldJudgement(summary, told);
}

const CODES: Readonly<
  Record<AccessKind, { code: string; verdict: Judgement['verdict']; severity?: 'informational' }>
> = {
  outside: { code: SHADOW_ACCESS.code, verdict: 'violation' },
  'unknown-subject': { code: UNKNOWN_SUBJECT.code, verdict: 'violation' },
  denied: { code: DENIED_ATTEMPT.code, verdict: 'violation', severity: 'informational' },
  disagreement: { code: DISAGREEMENT.code, verdict: 'violation' },
  undetermined: { code: SHADOW_ACCESS.code, verdict: 'undetermined' },
};

function entryJudgement(entry: AccessEntry, told: Told): Judgement {
  const { kind, subject, reasons, place, related, several, more } = entry;
  const { code, severity, verdict } = CODES[kind];
  const isDoubted = kind === 'disagreement' && reasons.length > 0;
  return {
    verdict: isDoubted ? 'undetermined' : verdict,
    code,
    message: `${told.rule}: ${describeEntry(entry, told.table)}`,
    // Resources that the sentence does not name.
    ...((several || more === true) && { moreSaid: true as const }),
    place,
    related,
    count: entry.count,
    subject,
    // Of no event: the next export begins with another one, and the finding is the same.
    identity: [kind, subject, entry.action, ...(entry.several ? [] : [entry.resource ?? '']), ...reasons],
    ...(severity !== undefined && { severity }),
  };
}

/** `"ann" did "file.write" on "/x", 3 times …, and no role of "roles.yaml" allows it`. */
function describeEntry(entry: AccessEntry, table: RoleTable): string {
  const { kind, subject, reasons, forbidden } = entry;
  const what = `${quote(subject)}${VERBS[kind]}${describeRequest(entry)}${describeTimes(entry)}`;
  const file = quote(table.file);
  switch (kind) {
    case 'outside':
      return `${what}, ${forbidden ? `which ${file} forbids` : `which no role in ${file} allows`}${because(reasons)}`;
    case 'unknown-subject':
      return `${quote(subject)}, whom ${file} does not know, was allowed ${describeRequest(entry)}${describeTimes(entry)}${because(reasons)}`;
    case 'denied':
      return what;
    case 'disagreement':
      return `${what}, which ${file} allows${because(reasons)}`;
    case 'undetermined':
      return `${what}; whether ${file} allows it cannot be told: ${reasons.join('; ') || 'the requests are too many to be kept apart'}`;
  }
}

function because(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
}

const VERBS: Readonly<Record<AccessKind, string>> = {
  outside: ' was allowed ',
  'unknown-subject': ' was allowed ',
  denied: ' was refused ',
  disagreement: ' was refused ',
  undetermined: ' asked for ',
};

function describeRequest({ action, resource, more, several }: AccessEntry): string {
  if (more === true) return `${quote(action)} on resources that are too many to be kept apart`;
  const where = resource === undefined || resource === '' ? '' : ` on ${quote(resource)}`;
  return `${quote(action)}${where}${several ? ' and on other resources' : ''}`;
}

function describeTimes({ count: times, first, last }: AccessEntry): string {
  if (times === 1) return '';
  const span =
    first === undefined || last === undefined || first === last
      ? ''
      : ` from ${formatInstant(first)} until ${formatInstant(last)}`;
  return `, ${count(times, 'time')}${span}`;
}

function conflictJudgement(conflict: ConflictSummary): Judgement {
  const { name, subject, resource, deeds, reason } = conflict;
  const [first, ...others] = deeds.map(({ place }) => place);
  const done = deeds.map(
    ({ side, action, count: times, as }) =>
      `${side} by ${quote(action)} (${count(times, 'time')}${as === undefined ? '' : `, as ${quote(as)}`})`,
  );
  const where = resource === undefined ? '' : ` on ${quote(resource)}`;
  const doubt = reason === undefined ? '' : `; ${reason}`;
  return {
    verdict: reason === undefined ? 'violation' : 'undetermined',
    code: CONFLICTING_DUTIES.code,
    message: `${quote(subject)} carried out both sides of ${quote(name)}${where}: ${done.join(' and ')}${doubt}`,
    place: first!,
    related: toldPlaces(first!, others),
    count: deeds.reduce((sum, each) => sum + each.count, 0),
    subject,
    identity: [name, subject, resource ?? '', reason ?? ''],
  };
}

function* unusedJudgements(role: RoleSummary, told: Told): Generator<Judgement> {
  // A role of the system is nobody's to change; one that nobody holds gives no rights.
  if (role.implied || role.holders === 0) return;
  const of = (use: string) => role.grants.filter((grant) => grant.use === use);
  const unused = of('unused');
  const place = tablePlace(told.table, role.line);
  const shared = {
    code: UNUSED_GRANT.code,
    severity: 'low' as const,
    place,
    related: [],
    subject: role.role,
  };
  if (unused.length > 0) {
    const names = list([...new Set(unused.map(({ action }) => action))]);
    const during =
      told.coverage === undefined
        ? ''
        : ` from ${formatInstant(told.coverage.from)} until ${formatInstant(told.coverage.until)}`;
    const message = `nobody who holds ${quote(role.role)} used ${names}${during}: ${unused.length} of ${count(role.grants.length, 'grant')}`;
    yield {
      ...shared,
      verdict: 'violation',
      message,
      ...moreIn(unused),
      count: unused.length,
      identity: [role.role, 'unused'],
    };
  }
  const unknown = of('undetermined');
  if (unknown.length === 0) return;
  const reasons = [...new Set(unknown.map(({ reason }) => reason ?? ''))];
  const names = list([...new Set(unknown.map(({ action }) => action))]);
  const message = `whether ${names} of ${quote(role.role)} was used cannot be told: ${reasons.join('; ')}`;
  yield {
    ...shared,
    verdict: 'undetermined',
    message,
    ...moreIn(unknown),
    count: unknown.length,
    identity: [role.role, 'unknown'],
  };
}

/** Holders of roles of whom the log shows nothing. */
function* idleJudgement(summary: AccessSummary, { table, coverage }: Told): Generator<Judgement> {
  const seen = ({ allowed, counts }: AccessSummary['subjects'][number]) =>
    allowed > 0 || Object.values(counts).some((times) => times > 0);
  const idle = summary.subjects
    .filter((each) => each.roles.length > 0 && !seen(each))
    .map(({ subject }) => subject);
  if (idle.length === 0) return;
  yield {
    verdict: gapOf(coverage) !== undefined || summary.requests === 0 ? 'undetermined' : 'violation',
    code: UNUSED_GRANT.code,
    severity: 'low',
    message: `${count(idle.length, 'holder')} of roles did nothing that the log shows: ${list(idle)}`,
    ...(idle.length > SHOWN && { moreSaid: true as const }),
    place: tablePlace(table, table.line),
    related: [],
    count: idle.length,
    identity: ['idle'],
  };
}

/** What is not about these roles is said once, so that nobody takes silence for an answer; what may be weighs as much as access. */
function* skippedJudgements({ skipped }: AccessSummary, { rule }: Told): Generator<Judgement> {
  for (const { reason, count: events, place, isOpen } of skipped) {
    yield {
      verdict: 'undetermined',
      code: SHADOW_ACCESS.code,
      ...(!isOpen && { severity: 'informational' as const }),
      message: `${rule}: ${count(events, 'event')} not held to the roles: ${reason}`,
      place,
      related: [],
      count: events,
      identity: ['skipped', reason],
    };
  }
}

function untoldJudgement({ untold }: AccessSummary, { table }: Told): Judgement {
  return {
    verdict: 'undetermined',
    code: SHADOW_ACCESS.code,
    message: `${count(untold, 'request')} beyond what is kept apart at once: judged and counted, and not told one by one`,
    moreSaid: true,
    place: tablePlace(table, table.line),
    related: [],
    count: untold,
    identity: ['untold'],
  };
}

function moreIn(grants: readonly { action: string }[]): Pick<Judgement, 'moreSaid'> {
  return new Set(grants.map(({ action }) => action)).size > SHOWN ? { moreSaid: true } : {};
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(quote).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}

function tablePlace({ file }: RoleTable, line: number): Place {
  return { file, line: Math.max(1, line), offset: 0, length: 0 };
}
