/** `rule_a and not rule_b`: the extended condition of temporal correlations (Sigma SEP #198), `or` < `and` < `not` < parentheses. */
import type { StepCondition } from '../model/rule.ts';
import { BooleanParser, type Joined } from './parse-boolean.ts';

/** As written, by the names of rules. */
export type NamedCondition =
  | { kind: 'and' | 'or'; nodes: readonly NamedCondition[] }
  | { kind: 'not'; node: NamedCondition }
  | { kind: 'rule'; name: string };

/** As for the conditions of detections, which are larger. */
const MAX_WORDS = 1_000;

/** Ids may be UUIDs, so a name is more than SEP #198's identifier. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

/** @throws {RuleRefusal} with what was expected and what was found */
export function parseStepCondition(text: string): NamedCondition {
  const words: string[] = text.match(/[()]|[^\s()]+/g) ?? [];
  return new StepConditionParser(words).whole();
}

/** The names in the order they first appear, each once. */
export function namesIn(condition: NamedCondition): string[] {
  const names = new Set<string>();
  const visit = (node: NamedCondition): void => {
    if (node.kind === 'rule') names.add(node.name);
    else if (node.kind === 'not') visit(node.node);
    else node.nodes.forEach(visit);
  };
  visit(condition);
  return [...names];
}

/** Names become steps. */
export function toSteps(condition: NamedCondition, stepOf: (name: string) => number): StepCondition {
  switch (condition.kind) {
    case 'rule':
      return { kind: 'step', step: stepOf(condition.name) };
    case 'not':
      return { kind: 'not', node: toSteps(condition.node, stepOf) };
    default:
      return { kind: condition.kind, nodes: condition.nodes.map((node) => toSteps(node, stepOf)) };
  }
}

class StepConditionParser extends BooleanParser<NamedCondition> {
  constructor(words: readonly string[]) {
    super(words, 'the condition over rules', MAX_WORDS);
  }

  protected join(joined: Joined<NamedCondition>): NamedCondition {
    return joined;
  }

  protected leaf(): NamedCondition {
    const name = this.words[this.at];
    if (name === undefined || !NAME.test(name) || ['and', 'or', 'not'].includes(name.toLowerCase()))
      throw this.expected('the name of a rule, "not" or "("');
    this.at++;
    return { kind: 'rule', name };
  }
}
