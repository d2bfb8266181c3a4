/** From the fields of an RLM line, which are texts, to the members of its record. */
import { type Members, toNumber } from './record-text.ts';
import type { RlmFields } from './rlm-layouts.ts';
import { reasonOf } from './rlm-reasons.ts';
import type { Holder } from './rlm-sessions.ts';

/** Members whose texts stay texts, though they may look like numbers. */
const TEXTS: ReadonlySet<string> = new Set([
  ...['feature', 'version', 'requested_feature', 'requested_version', 'user', 'host', 'pool', 'isv_def'],
  ...['handle', 'share_handle', 'process', 'roam_handle', 'project', 'os', 'command', 'ip', 'reservation'],
  ...['hostid', 'contract', 'customer', 'issuer', 'line_item', 'options', 'share', 'type', 'section'],
  ...['signature', 'text', 'file', 'expiry_date', 'expiry_time', 'operation', 'direction', 'server'],
]);

/** Of times only what the caller makes of them; empty texts say nothing. */
const TIMES: ReadonlySet<string> = new Set(['date', 'day', 'clock', 'day/clock', 'server']);

/** The members of a record: numbers as numbers, without what says nothing and without times. */
export function membersOf(kind: string, fields: RlmFields): Members {
  const members: Record<string, string | number | undefined> = {};
  for (const [name, text] of fields) {
    if (text === '' || TIMES.has(name)) continue;
    members[name] = TEXTS.has(name) ? text : toNumber(text.replace(/^\+/, ''));
  }
  const why = fields.get('why');
  if (why !== undefined) members.reason = reasonOf(kind, why);
  if (kind === 'PRODUCT') {
    members.capacity = Number(fields.get('count')) + Number(fields.get('reservations'));
  }
  return members;
}

export function holderOf(fields: RlmFields): Holder {
  const [feature = '', version = '', user = '', host = ''] = ['feature', 'version', 'user', 'host'].map(
    (name) => fields.get(name),
  );
  return { feature, version, user, host };
}
