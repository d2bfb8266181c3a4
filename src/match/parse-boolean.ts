/** Conditions of words: `or` < `and` < `not` < parentheses. What stands between them is for whoever extends it. */
import { quote } from '../base/text-safety.ts';
import { RuleRefusal } from './rule-refusal.ts';

const MAX_DEPTH = 100;

export type Joined<Node> = { kind: 'and' | 'or'; nodes: readonly Node[] } | { kind: 'not'; node: Node };

/** `Joined<Node>` is among the nodes. */
export abstract class BooleanParser<Node> {
  /** Of the next word. */
  protected at = 0;
  protected readonly words: readonly string[];
  private depth = 0;
  /** What the condition is of, for messages. */
  private readonly subject: string;

  /** @throws {RuleRefusal} where there are more words than `most` */
  constructor(words: readonly string[], subject: string, most: number) {
    if (words.length > most)
      throw new RuleRefusal(`the condition has ${words.length} words, at most ${most} are read`);
    this.words = words;
    this.subject = subject;
  }

  /** @throws {RuleRefusal} with what was expected and what was found */
  whole(): Node {
    const node = this.either();
    if (this.at < this.words.length) throw this.expected('"and", "or" or the end of the condition');
    return node;
  }

  /** What is neither an operator nor in parentheses; moves behind it. @throws {RuleRefusal} */
  protected abstract leaf(): Node;

  protected abstract join(joined: Joined<Node>): Node;

  private either(): Node {
    const nodes = [this.both()];
    while (this.takes('or')) nodes.push(this.both());
    return nodes.length === 1 ? nodes[0]! : this.join({ kind: 'or', nodes });
  }

  private both(): Node {
    const nodes = [this.negation()];
    while (this.takes('and')) nodes.push(this.negation());
    return nodes.length === 1 ? nodes[0]! : this.join({ kind: 'and', nodes });
  }

  private negation(): Node {
    let negated = false;
    while (this.takes('not')) negated = !negated;
    const node = this.operand();
    return negated ? this.join({ kind: 'not', node }) : node;
  }

  private operand(): Node {
    if (!this.takes('(')) return this.leaf();
    if (++this.depth > MAX_DEPTH)
      throw new RuleRefusal(`the condition nests more than ${MAX_DEPTH} parentheses`);
    const node = this.either();
    if (!this.takes(')')) throw this.expected('")"');
    this.depth--;
    return node;
  }

  private takes(word: string): boolean {
    if (this.words[this.at]?.toLowerCase() !== word) return false;
    this.at++;
    return true;
  }

  protected expected(what: string): RuleRefusal {
    const found = this.words[this.at];
    return new RuleRefusal(
      `${this.subject} needs ${what}, found ${found === undefined ? 'its end' : quote(found)}`,
    );
  }
}
