/** An IAM policy document as grants (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html). */
import { compareText, quote } from '../base/text-safety.ts';
import { describe, type ShapeReader } from '../base/yaml-shape.ts';
import type { YamlNode } from '../base/yaml-tree.ts';
import { parseJsonNode } from './role-shape.ts';
import type { Grant } from './role-table.ts';

/** `document`: an object, or its JSON as the API has it, percent-encoded. */
export function readPolicyDocument(reader: ShapeReader, document: YamlNode): Grant[] {
  const root = document.kind === 'text' ? decoded(reader, document) : document;
  if (root === undefined) return [];
  if (root.kind !== 'map') {
    reader.problem(document, `a policy document must be an object, found ${describe(document)}`);
    return [];
  }
  const policy = reader.within(root);
  const statement = policy.get('Statement');
  if (statement?.kind === 'map') return readStatement(policy.within(statement));
  return policy.shapes('Statement').flatMap(readStatement);
}

function decoded(reader: ShapeReader, node: YamlNode & { kind: 'text' }): YamlNode | undefined {
  let text = node.text;
  try {
    if (!text.trimStart().startsWith('{')) text = decodeURIComponent(text);
  } catch {
    // What is not percent-encoded is judged as it stands.
  }
  const { root, problems } = parseJsonNode('', text);
  for (const { message } of problems) reader.problem(node, `the policy document ${message}`);
  return root;
}

/** One grant for each action. */
function readStatement(statement: ShapeReader): Grant[] {
  const effect = statement.text('Effect');
  if (effect !== 'Allow' && effect !== 'Deny') {
    const found = effect === undefined ? 'nothing' : quote(effect);
    statement.problem(statement.map, `a statement needs an "Effect" of Allow or Deny, found ${found}`);
    return [];
  }
  const exceptActions = statement.texts('NotAction');
  const exceptResources = statement.texts('NotResource');
  const actions = statement.texts('Action');
  const resources = statement.texts('Resource');
  if (actions.length === 0 && exceptActions.length === 0)
    statement.problem(statement.map, 'a statement needs "Action" or "NotAction"');
  if (resources.length === 0 && exceptResources.length === 0)
    statement.problem(statement.map, 'a statement of an identity needs "Resource" or "NotResource"');
  const named = resources.length > 0 ? resources : exceptResources;
  const doubts = [...conditionDoubt(statement), ...named.filter(hasVariable).map(variableDoubt)];
  const shared = {
    effect: effect === 'Allow' ? ('allow' as const) : ('deny' as const),
    resources: resources.length > 0 ? resources.map(withoutVariables) : ['*'],
    ...(exceptActions.length > 0 && { exceptActions }),
    // An exception that nobody can tell excludes nothing here; the doubt remains.
    ...(exceptResources.length > 0 && {
      exceptResources: exceptResources.filter((each) => !hasVariable(each)),
    }),
    ...(doubts.length > 0 && { doubt: [...new Set(doubts)].join('; ') }),
  };
  return (actions.length > 0 ? actions : ['*']).map((action) => ({ ...shared, action }));
}

function conditionDoubt(statement: ShapeReader): string[] {
  const condition = statement.shape('Condition');
  if (condition === undefined || condition.map.entries.length === 0) return [];
  const keys = condition.map.entries.flatMap(({ value }) =>
    value.kind === 'map' ? value.entries.map(({ key }) => key) : [],
  );
  return [`a condition decides (${[...new Set(keys)].sort(compareText).map(quote).join(', ')})`];
}

const VARIABLE = /\$\{[^{}]*\}/g;

function hasVariable(resource: string): boolean {
  return resource.includes('${');
}

function variableDoubt(resource: string): string {
  const names = [...new Set(resource.match(VARIABLE) ?? [])].sort(compareText);
  return `a policy variable decides (${names.map(quote).join(', ')})`;
}

/** What a variable stands for is not known: any run of characters. */
function withoutVariables(resource: string): string {
  return resource.replaceAll(VARIABLE, '*');
}
