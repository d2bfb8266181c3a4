/** Runs one check over records as the engine would: compiled once per source, one step an event, then finished. */

import full from '../../rules/schemas/audit-full.json' with { type: 'json' };
import minimum from '../../rules/schemas/audit-minimum.json' with { type: 'json' };
import type { CheckDefinition, CheckResult } from '../../src/model/check.ts';
import type { AuditField } from '../../src/model/event.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { AuditRequest, EventSchema } from '../../src/model/request.ts';
import { emptyRequest } from '../support/empty-request.ts';
import { type TreeEvent, TreeFields, treeEvents } from '../support/tree-event.ts';

export const auditMinimum: EventSchema = { name: 'audit-minimum', appliesTo: 'audit', schema: minimum };
export const auditFull: EventSchema = { name: 'audit-full', appliesTo: 'audit', schema: full };

export function request(changes: Partial<AuditRequest> = {}): AuditRequest {
  return emptyRequest({ schemas: [auditMinimum], ...changes });
}

/** Fields of a source that lacks some by design. */
export class LackingFields extends TreeFields {
  readonly lacking: readonly AuditField[];

  constructor(source: string, lacking: readonly AuditField[] = []) {
    super(source);
    this.lacking = lacking;
  }

  override lacks(field?: AuditField): boolean {
    return field !== undefined && this.lacking.includes(field);
  }
}

/** Records by file, in log order: the files sorted by name. */
export type Files = Record<string, readonly (object | string)[]>;

export function eventsOf(files: Files, fields: TreeFields = new TreeFields()): TreeEvent[] {
  return Object.keys(files)
    .toSorted()
    .flatMap((file, fileIndex) => treeEvents(files[file]!, fields, file, fileIndex));
}

export function runCheck<State>(
  definition: CheckDefinition<State>,
  input: Files | readonly (object | string)[],
  changes: Partial<AuditRequest> = {},
  fields: TreeFields = new TreeFields(),
): CheckResult {
  const check = definition.create(request(changes));
  if (check === undefined) return { findings: [] };
  const state = check.start();
  const step = check.compile(fields);
  for (const event of eventsOf(Array.isArray(input) ? { 'log.ndjson': input } : (input as Files), fields))
    step(state, event);
  return check.finish(state);
}

/** `line code: message`, sorted by line: what a test compares. */
export function brief(findings: readonly Finding[]): string[] {
  return findings
    .toSorted((a, b) => a.place.line - b.place.line || (a.code < b.code ? -1 : 1))
    .map(({ place, code, message }) => `${place.line} ${code}: ${message}`);
}

/** The piece of the record that the caret underlines. */
export function underlined({ excerpt }: Finding): string {
  return excerpt === undefined ? '' : excerpt.text.slice(excerpt.start, excerpt.end);
}
