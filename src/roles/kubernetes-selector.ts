/** Label selectors of `aggregationRule`: which ClusterRoles are part of another. */
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

type Requirement = { key: string; operator: (typeof OPERATORS)[number]; values: readonly string[] };

/** All requirements must hold. */
export type Selector = readonly Requirement[];

export function readSelectors(rule: ShapeReader | undefined): Selector[] {
  return (rule?.shapes('clusterRoleSelectors') ?? []).map((selector) => {
    const labels = selector.shape('matchLabels');
    const equal = (labels?.map.entries ?? []).map(
      ({ key }): Requirement => ({ key, operator: 'In', values: labels!.texts(key) }),
    );
    return [...equal, ...selector.shapes('matchExpressions').flatMap(readExpression)];
  });
}

function readExpression(expression: ShapeReader): Requirement[] {
  const key = expression.text('key');
  const word = expression.text('operator');
  const operator = OPERATORS.find((each) => each === word);
  if (key !== undefined && operator !== undefined)
    return [{ key, operator, values: expression.texts('values') }];
  const found = word === undefined ? 'nothing' : quote(word);
  expression.problem(
    expression.map,
    `a selector needs a "key" and an "operator" of ${OPERATORS.join(', ')}, found ${found}`,
  );
  return [];
}

/** Whether one of the selectors chooses the labels. */
export function matchesSelectors(
  selectors: readonly Selector[],
  labels: ReadonlyMap<string, string>,
): boolean {
  return selectors.some((selector) =>
    selector.every((requirement) => holds(requirement, labels.get(requirement.key))),
  );
}

function holds({ operator, values }: Requirement, label: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
  }
}
