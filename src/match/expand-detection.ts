/** Placeholders of rules (`User|expand: '%admins%'`): replaced by the texts of tables when rules and tables are joined. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ConditionNode, DetectionItem, Pattern, Piece, Table } from '../model/rule.ts';
import { toCondition } from './change-values.ts';
import { comparisonOf } from './modifiers.ts';
import { literalPattern, parsePattern } from './parse-pattern.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** Texts that one value of a rule may stand for, and the characters of all of them. */
const MAX_TEXTS = 100_000;
const MAX_CHARACTERS = 50_000_000;

/** The column that a placeholder stands for. */
const COLUMN = 'value';

/** `%name%`, unless a backslash stands before it that is not escaped itself. */
const PLACEHOLDER = /(?<=(?<!\\)(?:\\\\)*)%(\w+)%/;

/**
 * The condition with every placeholder replaced by the column `value` of the table of its name; the same node where it has
 * none. @throws {RuleRefusal} that names the table to add, for a placeholder left as it is would never match
 */
export function expandDetection(
  condition: ConditionNode,
  tables: Readonly<Record<string, Table>>,
): ConditionNode {
  return new Expander(tables).node(condition);
}

/** Whether something is left to expand. */
export function isExpandable(item: DetectionItem): boolean {
  return item.modifiers.includes('expand');
}

class Expander {
  private readonly tables: Readonly<Record<string, Table>>;
  /** A selection that the condition names often is one node. */
  private readonly expanded = new Map<ConditionNode, ConditionNode>();

  constructor(tables: Readonly<Record<string, Table>>) {
    this.tables = tables;
  }

  node(node: ConditionNode): ConditionNode {
    let expanded = this.expanded.get(node);
    if (expanded === undefined) {
      expanded = this.expand(node);
      this.expanded.set(node, expanded);
    }
    return expanded;
  }

  private expand(node: ConditionNode): ConditionNode {
    switch (node.kind) {
      case 'item':
        if (node.item.members !== undefined) return this.members(node, node.item.members);
        return isExpandable(node.item) ? this.item(node.item) : node;
      case 'not': {
        const inner = this.node(node.node);
        return inner === node.node ? node : { kind: 'not', node: inner };
      }
      default: {
        const nodes = node.nodes.map((each) => this.node(each));
        return nodes.every((each, at) => each === node.nodes[at]) ? node : { kind: node.kind, nodes };
      }
    }
  }

  private members(
    node: Extract<ConditionNode, { kind: 'item' }>,
    members: NonNullable<DetectionItem['members']>,
  ): ConditionNode {
    const condition = this.node(members.condition);
    if (condition === members.condition) return node;
    return { kind: 'item', item: { ...node.item, members: { ...members, condition } } };
  }

  private item(item: DetectionItem): ConditionNode {
    const modifiers = item.modifiers.filter((modifier) => modifier !== 'expand');
    const plain = { ...item, modifiers };
    const toPattern = hasWildcards(plain) ? parsePattern : literalPattern;
    const alternatives = item.values.map((value) =>
      value.kind === 'text' ? this.texts(value.written, toPattern) : [value],
    );
    return toCondition(plain, alternatives);
  }

  /** Every text that `written` stands for: with two placeholders, each of one with each of the other. */
  private texts(written: string, toPattern: (text: string) => Pattern & { kind: 'text' }): Pattern[] {
    // Names stand at the odd places.
    const parts = written.split(PLACEHOLDER);
    let drafts: { written: string; pieces: readonly Piece[] }[] = [{ written: '', pieces: [] }];
    for (const [at, part] of parts.entries()) {
      const choices = at % 2 === 1 ? this.valuesOf(part) : [withPercents(part)];
      const patterns = choices.map(toPattern);
      const characters = choices.reduce((sum, choice) => sum + choice.length, 0);
      const count = drafts.length * patterns.length;
      if (count > MAX_TEXTS || (at % 2 === 1 && drafts.length * characters > MAX_CHARACTERS)) {
        throw new RuleRefusal(
          `${quote(written)} stands for ${count} texts, at most ${MAX_TEXTS} are compared: give it fewer placeholders, or a shorter table`,
        );
      }
      drafts = drafts.flatMap((draft) =>
        patterns.map((pattern) => ({
          written: draft.written + pattern.written,
          pieces: joined(draft.pieces, pattern.pieces),
        })),
      );
    }
    return drafts.map((draft) => ({ kind: 'text', ...draft }));
  }

  private valuesOf(name: string): string[] {
    const table = Object.hasOwn(this.tables, name) ? this.tables[name]! : undefined;
    if (table === undefined) {
      const hint = didYouMean(name, Object.keys(this.tables));
      throw new RuleRefusal(
        `the placeholder ${quote(`%${name}%`)} has no values${hint}: add a document with "name: ${name}" and "table: [value, value, …]"`,
      );
    }
    const place = `the table ${quote(name)} (${table.file}:${table.line})`;
    if (table.rows.some(({ from, to }) => from !== undefined || to !== undefined)) {
      throw new RuleRefusal(
        `${place} has rows with "from" or "to", and "expand" compares values without their time: keep its values in a table without them`,
      );
    }
    const values = table.rows.flatMap(({ columns }) =>
      Object.hasOwn(columns, COLUMN) ? columns[COLUMN]! : [],
    );
    if (values.length === 0)
      throw new RuleRefusal(`${place} has no values for ${quote(`%${name}%`)}: give it a column "${COLUMN}"`);
    return [...new Set(values)];
  }
}

/** `\%` is a percent sign; every other escape is the value's. */
function withPercents(text: string): string {
  return text.replace(/\\([\\%])/g, (written, char) => (char === '%' ? '%' : written));
}

/** Texts of a table may have wildcards where those of the rule may: `svc-*`. */
function hasWildcards(item: DetectionItem): boolean {
  const comparison = comparisonOf(item);
  return comparison === undefined || ['contains', 'startswith', 'endswith'].includes(comparison);
}

/** Texts that come to stand side by side are one text. */
function joined(left: readonly Piece[], right: readonly Piece[]): Piece[] {
  const last = left.at(-1);
  const [first, ...rest] = right;
  if (last === undefined || first === undefined || !('text' in last && 'text' in first))
    return [...left, ...right];
  return [...left.slice(0, -1), { text: last.text + first.text }, ...rest];
}
