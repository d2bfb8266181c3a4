/** How the access of each format of roles stands in a log. */
import type { FieldRef } from '../model/mark.ts';
import { awsAccess } from './aws-access.ts';
import { gcpAccess } from './gcp-access.ts';
import { kubernetesAccess } from './kubernetes-access.ts';
import { type AccessReader, cannotBeJudged, type LoggedAccess, readList } from './logged-access.ts';
import type { RoleFormat } from './role-table.ts';

/** Where our own tables find what they ask for; `groups` undefined: nowhere but in the table. */
export type AccessFields = {
  subject: FieldRef;
  action: FieldRef;
  resource: FieldRef;
  groups?: FieldRef;
  /** The decision as the log has it: a word of ours (`allowed`, `denied`), or one of RECORDED_WORDS. */
  recorded: FieldRef;
};

export const CANONICAL_FIELDS: AccessFields = {
  subject: { taxonomy: 'audit', name: 'actor' },
  action: { taxonomy: 'audit', name: 'action' },
  resource: { taxonomy: 'audit', name: 'target' },
  recorded: { taxonomy: 'audit', name: 'decision' },
};

/** What logs write for a decision, in lower case. */
const RECORDED_WORDS: Readonly<Record<string, 'allowed' | 'denied'>> = {
  allowed: 'allowed',
  allow: 'allowed',
  permit: 'allowed',
  permitted: 'allowed',
  granted: 'allowed',
  true: 'allowed',
  denied: 'denied',
  deny: 'denied',
  forbid: 'denied',
  forbidden: 'denied',
  refused: 'denied',
  false: 'denied',
};

/** `fields` are for our own tables alone: the others know where their logs have it. */
export function accessReader(format: RoleFormat, fields = CANONICAL_FIELDS): AccessReader {
  switch (format) {
    case 'roles':
      return ownAccess(fields);
    case 'kubernetes-rbac':
      return kubernetesAccess;
    case 'aws-authorization-details':
      return awsAccess;
    case 'gcp-iam':
      return gcpAccess;
  }
}

function ownAccess({ subject, action, resource, groups, recorded }: AccessFields): AccessReader {
  const fields = [
    subject,
    action,
    resource,
    recorded,
    { taxonomy: 'audit' as const, name: 'outcome' as const },
  ];
  return {
    logsource: {},
    fields: [
      ...fields.map((field) => ({ field })),
      ...(groups ? [{ field: groups, list: true as const }] : []),
    ],
    read: readEvent,
    sibling: () => undefined,
    neverShown: () => undefined,
  };
}

function readEvent(values: readonly (string | undefined)[]): LoggedAccess {
  const [subject, action, resource, decision, outcome, groups] = values;
  const word = decision?.toLowerCase() ?? '';
  const recorded = Object.hasOwn(RECORDED_WORDS, word) ? RECORDED_WORDS[word] : undefined;
  const isRefused = recorded === 'denied';
  if (subject === undefined || subject === '') return cannotBeJudged('the event names no subject', isRefused);
  if (action === undefined || action === '') return cannotBeJudged('the event names no action', isRefused);
  // What worked was allowed, whether or not a decision was written down.
  const effective = recorded ?? (outcome === 'success' ? 'allowed' : undefined);
  const failed = outcome === 'failure' ? { failed: true as const } : {};
  return {
    requests: [{ subject, groups: readList(groups), action, resource, recorded: effective, ...failed }],
  };
}
