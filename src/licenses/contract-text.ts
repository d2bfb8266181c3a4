/** The contract file as YAML 1.2 (core schema: dates stay text, `NO` is no boolean), read value by value with positions. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';

/** A value of the file, wherever it stands; `undefined` for an empty one. */
export type Value = Node | undefined;

export type Entry = { key: string; keyNode: Node; value: Value };

/** The keys of a mapping, which a message calls `owner`: those we read, and those of the design that we will read. */
export type Keys = { owner: string; known: readonly string[]; later?: readonly string[] };

/** Aliases beyond are refused: a short file must not unfold to a long one. */
const MAX_ALIASES = 200;

export class ContractText {
  readonly problems: Problem[] = [];
  readonly root: Value;
  private readonly file: string;
  private readonly lines = new LineCounter();
  private readonly document;
  private aliases = 0;
  private closed = false;

  constructor(file: string, text: string) {
    this.file = file;
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
    });
    for (const { pos, code, message } of this.document.errors) {
      const said = `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}`;
      this.problemAt(
        pos[0],
        code === 'MULTIPLE_DOCS' ? 'expected one YAML document, found another' : `no valid YAML: ${said}`,
      );
    }
    this.root = this.document.errors.length === 0 ? this.resolve(this.document.contents) : undefined;
  }

  /** `offset` counts characters into the text of the value; in a block scalar the place is where it begins. */
  problem(node: Value, message: string, offset = 0): undefined {
    const type = isScalar(node) ? node.type : undefined;
    const quoteLength = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? 1 : 0;
    const inner = offset > 0 && (type === 'PLAIN' || quoteLength > 0) ? offset + quoteLength : 0;
    this.problemAt((node?.range?.[0] ?? 0) + inner, message);
    return undefined;
  }

  expected(node: Value, what: string): undefined {
    return this.problem(node, `expected ${what}, found ${describe(node)}`);
  }

  /** Where the value stands, from 1. */
  lineOf(node: Value): number {
    return Math.max(1, this.lines.linePos(node?.range?.[0] ?? 0).line);
  }

  /** The entries by key; unknown keys are problems. Undefined (and a problem) when the value is no mapping. */
  mapping(node: Value, what: string, keys: Keys | undefined): Map<string, Entry> | undefined {
    const found = this.resolve(node);
    if (!isMap(found)) return this.expected(node, what);
    const entries = new Map<string, Entry>();
    for (const pair of found.items as Pair<Node, Node | null>[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (key === undefined)
        this.problem(pair.key, `expected a word as key of ${what}, found ${describe(pair.key)}`);
      else if (this.isKnown(key, pair.key, keys)) {
        entries.set(key, { key, keyNode: pair.key, value: this.resolve(pair.value) });
      }
    }
    return entries;
  }

  private isKnown(key: string, node: Node, keys: Keys | undefined): boolean {
    if (keys === undefined || keys.known.includes(key)) return true;
    const later = keys.later ?? [];
    if (later.includes(key)) this.problem(node, `${quote(key)} is not supported yet`);
    else
      this.problem(
        node,
        `unknown key ${quote(key)} in ${keys.owner}${didYouMean(key, [...keys.known, ...later])}`,
      );
    return false;
  }

  list(node: Value, what: string): Value[] | undefined {
    const found = this.resolve(node);
    if (!isSeq(found)) return this.expected(node, what);
    return found.items.map((each) => this.resolve(each as Node | null));
  }

  /** A text that is not empty. Numbers and booleans are their source: an id `007` keeps its zeros. */
  text(node: Value, what: string): string | undefined {
    const scalar = this.scalar(node);
    const text = typeof scalar?.value === 'string' ? scalar.value : scalar?.source;
    if (scalar === undefined || scalar.value === null || text === undefined || text.trim() === '')
      return this.expected(node, what);
    return text;
  }

  /** One text, or a list of them. */
  texts(node: Value, what: string): string[] | undefined {
    const values = isSeq(this.resolve(node)) ? this.list(node, what)! : [node];
    const texts = values.flatMap((each) => this.text(each, what) ?? []);
    return texts.length === values.length ? texts : undefined;
  }

  /** The digits of a number as written. */
  number(node: Value, what: string): string | undefined {
    const scalar = this.scalar(node);
    if (typeof scalar?.value !== 'number' || scalar.source === undefined) return this.expected(node, what);
    return scalar.source;
  }

  boolean(node: Value, what: string): boolean | undefined {
    const value = this.scalar(node)?.value;
    return typeof value === 'boolean' ? value : this.expected(node, what);
  }

  private scalar(node: Value): Scalar | undefined {
    const found = this.resolve(node);
    return isScalar(found) ? found : undefined;
  }

  private resolve(node: Node | null | undefined): Value {
    if (!isAlias(node)) return node ?? undefined;
    if (this.aliases > MAX_ALIASES) return undefined;
    if (++this.aliases <= MAX_ALIASES) return node.resolve(this.document);
    // What follows would be read with holes: nothing more is said about it.
    this.problem(node, `more than ${MAX_ALIASES} aliases are used`);
    this.closed = true;
    return undefined;
  }

  private problemAt(offset: number, message: string): void {
    if (this.closed) return;
    const { line, col } = this.lines.linePos(offset);
    this.problems.push({ file: this.file, line: Math.max(1, line), column: Math.max(1, col), message });
  }
}

function describe(node: Value): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  return typeof node.value === 'string' ? quote(node.value) : quote(node.source ?? String(node.value));
}
