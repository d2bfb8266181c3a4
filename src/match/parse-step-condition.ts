/** `rule_a and not rule_b`: the extended condition of temporal correlations (Sigma SEP #198), `or` < `and` < `not` < parentheses. */
import { quote } from '../base/text-safety.ts';
import type { StepCondition } from '../model/rule.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** As written, by the names of rules. */
export type NamedCondition =
  | { kind: 'and' | 'or'; nodes: readonly NamedCondition[] }
  | { kind: 'not'; node: NamedCondition }
  | { kind: 'rule'; name: string };

/** As for the conditions of detections, which are larger. */
const MAX_WORDS = 1_000;
const MAX_DEPTH = 100;

/** Ids may be UUIDs, so a name is more than SEP #198's identifier. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

/** @throws {RuleRefusal} with what was expected and what was found */
export function parseStepCondition(text: string): NamedCondition {
  const words: string[] = text.match(/[()]|[^\s()]+/g) ?? [];
  if (words.length > MAX_WORDS)
    throw new RuleRefusal(`the condition has ${words.length} words, at most ${MAX_WORDS} are read`);
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

class StepConditionParser {
  private at = 0;
  private depth = 0;
  private readonly words: readonly string[];

  constructor(words: readonly string[]) {
    this.words = words;
  }

  whole(): NamedCondition {
    const node = this.either();
    if (this.at < this.words.length) throw this.expected('"and", "or" or the end');
    return node;
  }

  private either(): NamedCondition {
    const nodes = [this.both()];
    while (this.takes('or')) nodes.push(this.both());
    return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
  }

  private both(): NamedCondition {
    const nodes = [this.negation()];
    while (this.takes('and')) nodes.push(this.negation());
    return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes };
  }

  private negation(): NamedCondition {
    let negated = false;
    while (this.takes('not')) negated = !negated;
    const node = this.operand();
    return negated ? { kind: 'not', node } : node;
  }

  private operand(): NamedCondition {
    if (this.takes('(')) {
      if (++this.depth > MAX_DEPTH)
        throw new RuleRefusal(`the condition nests more than ${MAX_DEPTH} parentheses`);
      const node = this.either();
      if (!this.takes(')')) throw this.expected('")"');
      this.depth--;
      return node;
    }
    const name = this.words[this.at];
    if (name === undefined || !NAME.test(name) || ['and', 'or', 'not'].includes(name.toLowerCase()))
      throw this.expected('the name of a rule, "not" or "("');
    this.at++;
    return { kind: 'rule', name };
  }

  private takes(word: string): boolean {
    if (this.words[this.at]?.toLowerCase() !== word) return false;
    this.at++;
    return true;
  }

  private expected(what: string): RuleRefusal {
    const found = this.words[this.at];
    return new RuleRefusal(
      `the condition over rules needs ${what}, found ${found === undefined ? 'its end' : quote(found)}`,
    );
  }
}
