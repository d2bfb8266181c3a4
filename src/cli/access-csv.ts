/** `access --format csv`: one row for each role and each user, and one for each entry (RFC 4180, a header, CRLF). */

import { csvTable } from '../base/csv-table.ts';
import { formatInstant } from '../base/instant.ts';
import type { AccessReport } from './access.ts';
import { doubtsOfInput, LEFT_OUT, openEvents } from './access-doubts.ts';

const COLUMNS = [
  'row',
  'name',
  'action',
  'resource',
  'holders',
  'granted',
  'used',
  'unused',
  'unknown_use',
  'allowed',
  'outside',
  'denied',
  'disagreements',
  'undetermined',
  'count',
  'first',
  'last',
  'place',
  'reasons',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string | number>>;

export function accessCsv({ summary, scan }: AccessReport): string {
  const rows: Row[] = [];
  for (const { role, holders, grants, events } of summary.roles) {
    const uses = (use: string) => grants.filter((grant) => grant.use === use).length;
    const use = {
      granted: grants.length,
      used: uses('used'),
      unused: uses('unused'),
      unknown_use: uses('undetermined'),
    };
    rows.push({ row: 'role', name: role, holders, ...use, allowed: events });
  }
  for (const { subject, granted, used, allowed, counts, roles } of summary.subjects) {
    rows.push({
      row: 'user',
      name: subject,
      granted,
      used,
      allowed,
      outside: counts.outside + counts['unknown-subject'],
      denied: counts.denied,
      disagreements: counts.disagreement,
      undetermined: counts.undetermined,
      reasons: roles.join('; '),
    });
  }
  for (const { kind, subject, action, resource, count, first, last, place, reasons } of summary.entries) {
    rows.push({
      row: kind,
      name: subject,
      action,
      ...(resource !== undefined && { resource }),
      count,
      ...(first !== undefined && { first: formatInstant(first) }),
      ...(last !== undefined && { last: formatInstant(last) }),
      place: `${place.file}:${place.line}`,
      reasons: reasons.join('; '),
    });
  }
  for (const { name, subject, resource, deeds, reason } of summary.conflicts) {
    const [first] = deeds;
    rows.push({
      row: 'conflict',
      name: subject,
      action: deeds.map(({ action }) => action).join('; '),
      ...(resource !== undefined && { resource }),
      ...(first !== undefined && { place: `${first.place.file}:${first.place.line}` }),
      reasons: reason === undefined ? name : `${name}: ${reason}`,
    });
  }
  for (const { reason, count, place } of openEvents(summary))
    rows.push({ row: 'not-judged', count, place: `${place.file}:${place.line}`, reasons: reason });
  for (const reasons of scan.unheld) rows.push({ row: 'open-file', reasons });
  if (scan.leftOut > 0) rows.push({ row: 'not-judged', count: scan.leftOut, reasons: LEFT_OUT });
  for (const input of scan.inputs) {
    const doubts = doubtsOfInput(input, scan.misread);
    if (doubts.length > 0) rows.push({ row: 'open-file', name: input.file, reasons: doubts.join('; ') });
  }
  for (const { role, grants } of summary.roles) {
    for (const { action, resources, use, reason } of grants) {
      if (use === 'used') continue;
      rows.push({
        row: use === 'unused' ? 'unused-grant' : 'unknown-grant',
        name: role,
        action,
        resource: resources.join('; '),
        reasons: reason ?? '',
      });
    }
  }
  return csvTable(COLUMNS, rows);
}
