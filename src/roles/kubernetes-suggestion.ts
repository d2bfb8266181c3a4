/**
 * RBAC manifests that cover requests: names that vary become all names, namespaces that vary the whole cluster, as
 * audit2rbac does it (https://github.com/liggitt/audit2rbac).
 */
import { compareText, escapeControls } from '../base/text-safety.ts';
import { CORE_GROUP } from './kubernetes-rbac.ts';
import { quotedText } from './quoted-text.ts';
import type { UsedRequest } from './used-requests.ts';

/** A client that lists also watches and gets; one that updates also patches. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  list: ['get', 'list', 'watch'],
  watch: ['get', 'list', 'watch'],
  update: ['get', 'patch', 'update'],
  patch: ['get', 'patch', 'update'],
};

/** Open to everybody who is authenticated, by the role system:discovery of every cluster. */
const DISCOVERY =
  /^get \/(?:healthz|livez|readyz|version\/?|swaggerapi(?:\/.*)?|openapi(?:\/.*)?|api(?:\/.*)?|apis(?:\/.*)?)$/;

type Rule =
  | { group: string; resources: string[]; verbs: string[]; names: string[] }
  | { urls: string[]; verbs: string[] };

/** An action on one kind of resource, and where it was done. */
type Use = { verb: string; group: string; resource: string; namespaces: Set<string>; names: Set<string> };

export function suggestManifests(
  subject: string,
  requests: readonly UsedRequest[],
  wideVerbs: boolean,
): string {
  const scopes = new Map<string, Rule[]>();
  const add = (namespace: string, rule: Rule) =>
    scopes.set(namespace, [...(scopes.get(namespace) ?? []), rule]);
  const urls = new Map<string, string[]>();
  for (const { action } of requests) {
    const [verb = '', path = ''] = action.split(' ');
    if (path.startsWith('/') && !DISCOVERY.test(action)) urls.set(verb, [...(urls.get(verb) ?? []), path]);
  }
  for (const [verb, paths] of urls) add('', { urls: [...new Set(paths)].sort(compareText), verbs: [verb] });
  for (const use of usesOf(requests)) {
    const scope = use.namespaces.size === 1 ? [...use.namespaces][0]! : '';
    const verbs = (wideVerbs ? TOGETHER[use.verb] : undefined) ?? [use.verb];
    const names = use.names.size === 1 && !use.names.has('') ? [...use.names] : [];
    add(scope, { group: use.group, resources: [use.resource], verbs: [...verbs], names });
  }
  const documents = [...scopes]
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([namespace, rules]) => manifests(subject, namespace, compacted(rules)));
  if (documents.length === 0) return `# nothing that a role must grant was done by ${quotedText(subject)}\n`;
  return documents.map((lines) => `${lines.map(escapeControls).join('\n')}\n`).join('---\n');
}

function usesOf(requests: readonly UsedRequest[]): Use[] {
  const uses = new Map<string, Use>();
  for (const { action, resource = '*/' } of requests) {
    const [verb = '', group = '', kind] = action.split(' ');
    if (kind === undefined) continue;
    const slash = resource.indexOf('/');
    let use = uses.get(action);
    if (use === undefined) {
      use = { verb, group, resource: kind, namespaces: new Set(), names: new Set() };
      uses.set(action, use);
    }
    use.namespaces.add(resource.slice(0, slash));
    use.names.add(resource.slice(slash + 1));
  }
  return [...uses.values()];
}

/** Rules that differ in their verbs alone become one, then those that differ in their resources alone. */
function compacted(rules: readonly Rule[]): Rule[] {
  const verbs = new Map<string, Rule>();
  for (const rule of rules) {
    const { verbs: _, ...rest } = rule;
    const key = JSON.stringify(rest);
    const known = verbs.get(key);
    verbs.set(key, { ...rule, verbs: sorted([...(known?.verbs ?? []), ...rule.verbs]) });
  }
  const all = [...verbs.values()];
  // A verb on all names covers the same verb on one.
  const isCovered = (rule: Rule) =>
    !('urls' in rule) &&
    rule.names.length > 0 &&
    all.some(
      (other) =>
        !('urls' in other) &&
        other.names.length === 0 &&
        other.group === rule.group &&
        other.resources[0] === rule.resources[0] &&
        rule.verbs.every((verb) => other.verbs.includes(verb)),
    );
  const resources = new Map<string, Rule>();
  for (const rule of all.filter((each) => !isCovered(each))) {
    const key = JSON.stringify('urls' in rule ? ['', rule.verbs] : [rule.group, rule.verbs, rule.names]);
    const known = resources.get(key);
    if (known === undefined) resources.set(key, rule);
    else if ('urls' in rule && 'urls' in known) known.urls = sorted([...known.urls, ...rule.urls]);
    else if (!('urls' in rule) && !('urls' in known))
      known.resources = sorted([...known.resources, ...rule.resources]);
  }
  return [...resources.entries()].sort(([left], [right]) => compareText(left, right)).map(([, rule]) => rule);
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareText);
}

function manifests(subject: string, namespace: string, rules: readonly Rule[]): string[][] {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const name = `audit-check:${subject.replaceAll(/[/%]/g, '-')}`;
  const head = (of: string) => [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${of}`,
    'metadata:',
    `  name: ${quotedText(name)}`,
    ...(namespace === '' ? [] : [`  namespace: ${quotedText(namespace)}`]),
  ];
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject);
  const holder =
    account === null
      ? ['- apiGroup: rbac.authorization.k8s.io', '  kind: User', `  name: ${quotedText(subject)}`]
      : [
          '- kind: ServiceAccount',
          `  name: ${quotedText(account[2]!)}`,
          `  namespace: ${quotedText(account[1]!)}`,
        ];
  return [
    [...head(kind), 'rules:', ...rules.flatMap(ruleLines)],
    [
      ...head(`${kind}Binding`),
      'roleRef:',
      '  apiGroup: rbac.authorization.k8s.io',
      `  kind: ${kind}`,
      `  name: ${quotedText(name)}`,
      'subjects:',
      ...holder,
    ],
  ];
}

function ruleLines(rule: Rule): string[] {
  const list = (key: string, texts: readonly string[]) => `${key}: [${texts.map(quotedText).join(', ')}]`;
  if ('urls' in rule) return [`- ${list('nonResourceURLs', rule.urls)}`, `  ${list('verbs', rule.verbs)}`];
  return [
    `- ${list('apiGroups', [rule.group === CORE_GROUP ? '' : rule.group])}`,
    `  ${list('resources', rule.resources)}`,
    ...(rule.names.length > 0 ? [`  ${list('resourceNames', rule.names)}`] : []),
    `  ${list('verbs', rule.verbs)}`,
  ];
}
