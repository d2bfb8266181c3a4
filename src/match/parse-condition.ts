/** Sigma's condition grammar: `or` < `and` < `not` < `N of X` < parentheses. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ConditionNode } from '../model/rule.ts';
import { compilePieces } from './match-text.ts';
import { type OldPipe, refusePipe } from './old-pipe.ts';
import { BooleanParser, type Joined } from './parse-boolean.ts';
import { parsePattern } from './parse-pattern.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** Bounds on what a rule folder may ask for; the longest condition of 3,870 public rules has 47 words. */
const MAX_WORDS = 5_000;

const OPERATORS = new Set(['and', 'or', 'not', 'of', '(', ')']);

/** Names that the patterns of one rule are held against, which is each pattern's with each selection. */
const MAX_NAMES_TRIED = 1_000_000;

/** The selections of one rule. The tree refers to them as they are, so that one selection is compiled once. */
export class Selections {
  private readonly nodes: ReadonlyMap<string, ConditionNode>;
  private readonly chosen = new Map<string, readonly ConditionNode[]>();
  private tried = 0;

  constructor(nodes: ReadonlyMap<string, ConditionNode>) {
    this.nodes = nodes;
  }

  /** @throws {RuleRefusal} */
  named(name: string): ConditionNode {
    const node = this.nodes.get(name);
    if (node === undefined) {
      const hint = didYouMean(name, this.nodes.keys());
      throw new RuleRefusal(`the condition names ${quote(name)}, which is no selection${hint}`);
    }
    return node;
  }

  /** Names that begin with `_` are hidden, unless the pattern asks for them. @throws {RuleRefusal} */
  matching(pattern: string): readonly ConditionNode[] {
    const known = this.chosen.get(pattern);
    if (known !== undefined) return known;
    this.tried += this.nodes.size;
    if (this.tried > MAX_NAMES_TRIED) {
      throw new RuleRefusal(
        `the patterns of the condition meet ${this.nodes.size} selections each, more than ${MAX_NAMES_TRIED} in all: write fewer of either`,
      );
    }
    const all = pattern.toLowerCase() === 'them';
    const matches = compilePieces(all ? [{ wildcard: '*' }] : parsePattern(pattern).pieces);
    const hidden = !pattern.startsWith('_');
    const chosen = [...this.nodes]
      .filter(([name]) => !(hidden && name.startsWith('_')) && matches(name))
      .map(([, node]) => node);
    this.chosen.set(pattern, chosen);
    return chosen;
  }
}

/** @throws {RuleRefusal} with what was expected and what was found */
export function parseCondition(text: string, selections: Selections, pipe: OldPipe): ConditionNode {
  const words: string[] = text.match(/[()|]|[^\s()|]+/g) ?? [];
  if (words.includes('|')) throw refusePipe(text, pipe);
  return new ConditionParser(words, selections).whole();
}

class ConditionParser extends BooleanParser<ConditionNode> {
  private readonly selections: Selections;

  constructor(words: readonly string[], selections: Selections) {
    super(words, 'the condition', MAX_WORDS);
    this.selections = selections;
  }

  protected join(joined: Joined<ConditionNode>): ConditionNode {
    return joined;
  }

  protected leaf(): ConditionNode {
    if (this.words[this.at + 1]?.toLowerCase() === 'of') return this.quantified();
    const name = this.words[this.at];
    if (name === undefined || OPERATORS.has(name.toLowerCase()))
      throw this.expected('a selection, "not" or "("');
    this.at++;
    return this.selections.named(name);
  }

  private quantified(): ConditionNode {
    const quantity = this.words[this.at]!.toLowerCase();
    if (quantity !== '1' && quantity !== 'any' && quantity !== 'all')
      throw this.expected('"1", "any" or "all" before "of"');
    const pattern = this.words[this.at + 2];
    if (pattern === undefined || /^[()]$/.test(pattern))
      throw this.expected('"them" or a selection pattern after "of"');
    this.at += 3;
    const nodes = this.selections.matching(pattern);
    if (nodes.length === 0) throw new RuleRefusal(`${quote(`${quantity} of ${pattern}`)} selects nothing`);
    if (nodes.length === 1) return nodes[0]!;
    return { kind: quantity === 'all' ? 'and' : 'or', nodes };
  }
}
