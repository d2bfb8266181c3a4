/** The contract file read value by value: each asked for as what it should be, or its place told with what was found. */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { describe, scalarText } from '../../base/yaml-shape.ts';
import { parseYamlDocument, type YamlEntry, type YamlNode } from '../../base/yaml-tree.ts';
import type { Problem } from '../../model/problem.ts';

/** A value of the file, wherever it stands; `undefined` for the root of an empty file. */
export type Value = YamlNode | undefined;

export type Entry = YamlEntry;

/** The keys of a mapping, which a message calls `owner`: those we read, and those of the design that we will read. */
type Keys = { owner: string; known: readonly string[]; later?: readonly string[] };

/** A number by YAML 1.2.2 §10.3.2, of which the tree takes only what JSON writes too: `+10`, `007` and `0x1F` are texts there. */
const YAML_NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|0o[0-7]+|0x[\da-fA-F]+)$/;

export class ContractText {
  readonly problems: Problem[];
  readonly root: Value;
  private readonly file: string;

  constructor(file: string, text: string) {
    this.file = file;
    const { root, problems } = parseYamlDocument(file, text);
    this.root = root;
    this.problems = problems;
  }

  problem(at: { line: number; column: number } | undefined, message: string): undefined {
    const { line, column } = at ?? { line: 1, column: 1 };
    this.problems.push({ file: this.file, line, column, message });
  }

  /** At character `offset` of a text, from 0; at its beginning where the file writes the text in another form. */
  problemWithin(node: Value, offset: number, message: string): undefined {
    if (node?.kind !== 'text' || node.inset === undefined) return this.problem(node, message);
    return this.problem({ line: node.line, column: node.column + node.inset + offset }, message);
  }

  expected(node: Value, what: string): undefined {
    return this.problem(node, `expected ${what}, found ${node === undefined ? 'nothing' : describe(node)}`);
  }

  /** The entries by key; unknown keys are problems. Undefined (and a problem) when the value is no mapping. */
  mapping(node: Value, what: string, keys: Keys | undefined): Map<string, Entry> | undefined {
    if (node?.kind !== 'map') return this.expected(node, what);
    const known = node.entries.filter((entry) => this.isKnown(entry, keys));
    return new Map(known.map((entry) => [entry.key, entry]));
  }

  private isKnown(entry: Entry, keys: Keys | undefined): boolean {
    const { key } = entry;
    if (keys === undefined || keys.known.includes(key)) return true;
    const later = keys.later ?? [];
    if (later.includes(key)) this.problem(entry, `${quote(key)} is not supported yet`);
    else
      this.problem(
        entry,
        `unknown key ${quote(key)} in ${keys.owner}${didYouMean(key, [...keys.known, ...later])}`,
      );
    return false;
  }

  list(node: Value, what: string): YamlNode[] | undefined {
    return node?.kind === 'list' ? node.items : this.expected(node, what);
  }

  /** A text that is not empty. Numbers and booleans are as written: an id `007` keeps its zeros. */
  text(node: Value, what: string): string | undefined {
    const text = node && scalarText(node);
    return text === undefined || text.trim() === '' ? this.expected(node, what) : text;
  }

  /** One text, or a list of them. */
  texts(node: Value, what: string): string[] | undefined {
    const values = node?.kind === 'list' ? node.items : [node];
    const texts = values.flatMap((each) => this.text(each, what) ?? []);
    return texts.length === values.length ? texts : undefined;
  }

  /** The digits of a number as written, which stands without quotes. */
  number(node: Value, what: string): string | undefined {
    if (node?.kind === 'number') return node.lexeme;
    if (node?.kind === 'text' && node.inset === 0 && YAML_NUMBER.test(node.text)) return node.text;
    return this.expected(node, what);
  }

  boolean(node: Value, what: string): boolean | undefined {
    return node?.kind === 'boolean' ? node.value : this.expected(node, what);
  }
}
