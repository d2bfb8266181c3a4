/** A request that asks for nothing: what the tests of single checks start from. */
import { type AuditRequest, DEFAULT_LIMITS } from '../../src/model/request.ts';

export function emptyRequest(changes: Partial<AuditRequest> = {}): AuditRequest {
  return {
    tool: { name: 'audit-check', version: '0' },
    paths: ['logs'],
    exclude: [],
    sources: {},
    schemas: [],
    allowActors: [],
    chains: {},
    keys: {},
    rules: { rules: [], errors: [] },
    disabled: [],
    failOn: 'low',
    limits: DEFAULT_LIMITS,
    ...changes,
  };
}
