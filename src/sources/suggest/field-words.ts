/** How logs call what we call actor, action, target, …: the words of a field's name, the likelier first. */
import type { AuditField } from '../../model/event.ts';

export type FieldWords = {
  /** In lower case: `performed by` is `performedBy`, `performed_by` and `Performed-By`. */
  names: readonly string[];
  /** Members of an object of that name that stand for it, or endings of a flat name: `user.email`, `user_email`. */
  parts: readonly string[];
};

function list(words: string): string[] {
  return words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function field(names: string, parts = ''): FieldWords {
  return { names: list(names), parts: list(parts) };
}

export const FIELD_WORDS: Readonly<Record<AuditField, FieldWords>> = {
  time: field(
    `time, timestamp, event time, occurred at, occurred, created at, datetime, date time, when, ts, logged at, published,
     created, start time, request time, log time, date, date create, unix time, at, zeit, zeitstempel, fecha, hora,
     horodatage, wann`,
    'date, utc, iso, value, ms, seconds',
  ),
  id: field('id, event id, uuid, guid, log id, audit id, record id, entry id, event uuid'),
  actor: field(
    `actor, user, principal, performed by, who, initiator, initiated by, caller, operator, requester, requestor, subject,
     login, username, account, identity, author, created by, changed by, modified by, member, employee, email, uid, by,
     benutzer, usuario, utilisateur, wer`,
    'id, email, mail, login, username, name, upn, principal, alternate id, arn, dn, key, uid, identifier',
  ),
  actor_name: field('actor name, display name, full name, user full name'),
  actor_type: field('actor type, user type, principal type, account type, actor role, user role, role'),
  action: field(
    `action, event name, operation, operation name, event, verb, activity, event type, command, method, method name,
     action type, op, what, event code, message type, type, aktion, accion, was, name, msg, message`,
    'action, name, type, code, verb',
  ),
  target: field(
    `target, resource, object, entity, item, affected, document, file, asset, record, target resource, on, ziel, objeto,
     objet`,
    'id, name, key, uri, path, ref, identifier',
  ),
  outcome: field(
    `outcome, result, status, success, succeeded, successful, ok, result code, status code, http status, response code,
     return code, state, failed, response, ergebnis, resultado`,
    'result, status, code, outcome',
  ),
  decision: field(
    'decision, authorization, authorized, verdict, effect, allowed, permitted, access',
    'decision, result, outcome',
  ),
  ip: field(
    `ip, ip address, source ip, src ip, client ip, remote ip, remote addr, remote address, addr, address, source address,
     client, source, peer, host, origin`,
    'ip, address, addr',
  ),
  endpoint: field('endpoint, url, uri, request uri, route, path, request path, request url'),
  user_agent: field('user agent, useragent, ua, browser'),
  session: field('session, session id, sid, correlation id, request id, trace id, transaction id', 'id'),
  service: field(
    'service, service name, app, application, component, module, system, product, program',
    'name, id',
  ),
  region: field('region, datacenter, data center, location, zone, site'),
  tenant: field(
    'tenant, organization, organisation, org, workspace, account id, customer, company, customer id',
    'id, name, key',
  ),
  reason: field('reason, justification, purpose, comment'),
  ticket: field(
    'ticket, ticket id, change id, change ticket, change request, case id, issue',
    'id, key, number',
  ),
  error: field('error, error message, error code, failure reason, exception', 'message, code, reason'),
};

/** In a name they tell another time than that of the event. */
export const OTHER_TIMES: readonly string[] = list(
  `expires, expiry, expiration, updated, modified, deleted, ingested, ingest, received, processed, indexed, end, last,
   until, valid, due, birth, scheduled, previous, prev`,
);

function values<Word extends string>(words: Record<Word, string>): ReadonlyMap<string, Word> {
  const entries = Object.entries<string>(words) as [Word, string][];
  return new Map(entries.flatMap(([word, texts]) => list(texts).map((text) => [text, word] as const)));
}

/** Answers to what a name asks: `ok`, `failed`. Of 0 and 1 each may be the good one. */
export const YES_OR_NO = values({
  success: 'true, yes, y, ja, si, oui',
  failure: 'false, no, n, nein, non',
});

/** Values of an outcome as logs write them, in lower case. */
export const OUTCOME_WORDS: ReadonlyMap<string, 'success' | 'failure'> = new Map([
  ...YES_OR_NO,
  ...values({
    success: `success, succeeded, successful, successfully, ok, okay, pass, passed, allow, allowed, granted, grant, permitted,
      permit, completed, complete, done, accepted, approved`,
    failure: `failure, failed, fail, error, err, errored, deny, denied, forbidden, unauthorized, unauthorised, rejected,
      reject, blocked, block, refused, timeout, aborted, invalid`,
  }),
]);

/** Values of a decision, in lower case. */
export const DECISION_WORDS = values({
  allowed:
    'allow, allowed, grant, granted, permit, permitted, approve, approved, accepted, authorized, true, yes',
  denied: `deny, denied, forbid, forbidden, reject, rejected, refuse, refused, block, blocked, unauthorized, unauthorised,
    false, no`,
});
