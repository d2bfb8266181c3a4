/** The least role that covers what a subject did, in the words of each format. */
import { compareText, escapeControls, quote } from '../base/text-safety.ts';
import { suggestManifests } from './kubernetes-suggestion.ts';
import { escapeHidden, quotedText } from './quoted-text.ts';
import type { RoleFormat } from './role-table.ts';
import type { UsedRequest } from './used-requests.ts';

/** `wideVerbs`: verbs that come together in practice are granted together (Kubernetes alone). */
export type SuggestOptions = { wideVerbs: boolean };

/** Text of a file in the given format; comments say what it cannot express. */
export function suggestRole(
  format: RoleFormat,
  subject: string,
  requests: readonly UsedRequest[],
  { wideVerbs }: SuggestOptions,
): string {
  switch (format) {
    case 'roles':
      return suggestTable(subject, requests);
    case 'kubernetes-rbac':
      return suggestManifests(subject, requests, wideVerbs);
    case 'aws-authorization-details':
      return suggestPolicy(requests);
    case 'gcp-iam':
      return suggestPermissions(subject, requests);
  }
}

function suggestTable(subject: string, requests: readonly UsedRequest[]): string {
  const isWild = ({ action, resource }: UsedRequest) => /[*?]/.test(`${action}${resource ?? ''}`);
  const lines = [`roles:`, `  ${quotedText(`used by ${subject}`)}:`, '    allow:'];
  for (const [resources, actions] of byResources(requests.filter((request) => !isWild(request)))) {
    lines.push(
      `      - actions: [${actions.map(quotedText).join(', ')}]`,
      `        resources: [${resources.map(quotedText).join(', ')}]`,
    );
  }
  // A `*` in a name of the log would grant more than was used.
  for (const { action, resource } of requests.filter(isWild))
    lines.push(`      # left out, for it holds a wildcard: ${quote(action)} on ${quote(resource ?? '')}`);
  lines.push('users:', `  ${quotedText(subject)}: [${quotedText(`used by ${subject}`)}]`);
  return `${lines.map(escapeControls).join('\n')}\n`;
}

/** Actions that were done on the same resources, together. Without a resource: on all. */
function byResources(requests: readonly UsedRequest[]): [resources: string[], actions: string[]][] {
  const byAction = new Map<string, Set<string>>();
  for (const { action, resource } of requests) {
    const resources = byAction.get(action) ?? new Set<string>();
    byAction.set(action, resources.add(resource ?? '*'));
  }
  const groups = new Map<string, [string[], string[]]>();
  for (const [action, found] of byAction) {
    const resources = found.has('*') ? ['*'] : [...found].sort(compareText);
    const key = JSON.stringify(resources);
    const group = groups.get(key) ?? [resources, []];
    group[1].push(action);
    groups.set(key, group);
  }
  return [...groups.values()].map(([resources, actions]) => [resources, actions.sort(compareText)]);
}

/** An IAM policy: a statement for each service and set of resources. */
function suggestPolicy(requests: readonly UsedRequest[]): string {
  const services = new Map<string, UsedRequest[]>();
  for (const request of requests) {
    const [service = ''] = request.action.split(':', 1);
    services.set(service, [...(services.get(service) ?? []), request]);
  }
  const Statement = [...services.values()].flatMap((used) =>
    byResources(used).map(([Resource, Action]) => ({ Effect: 'Allow', Action, Resource })),
  );
  return `${escapeHidden(JSON.stringify({ Version: '2012-10-17', Statement }, undefined, 2))}\n`;
}

/** A custom role as `gcloud iam roles create --file` takes it. */
function suggestPermissions(subject: string, requests: readonly UsedRequest[]): string {
  const permissions = [...new Set(requests.map(({ action }) => action))].sort(compareText);
  const lines = [`title: ${quotedText(`used by ${subject}`)}`, 'stage: GA', 'includedPermissions:'];
  return `${[...lines, ...permissions.map((permission) => `- ${quotedText(permission)}`)].map(escapeControls).join('\n')}\n`;
}
