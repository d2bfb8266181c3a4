/**
 * YAML 1.2 (core schema) as a tree with positions, read so that a rule means what its author sees:
 * `No`, `on` and dates are text, `0123` keeps its digits, a repeated key is a mistake, and size, depth and aliases are bounded.
 * Longer than 250 lines: the tree, and the one pass that makes and bounds it.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import { quote } from './text-safety.ts';

/** Both count from 1. */
type Position = { line: number; column: number };

/** What is wrong in a YAML file; line and column are 0 when it is the file as a whole. */
export type YamlMistake = Position & { file: string; message: string };

/**
 * Columns from the node to the first character of its text: 1 within quotes. Only where the file has the text letter for
 * letter on one line, so that a place inside it can be named; not for escapes, folded lines and block scalars.
 */
type Inset = 0 | 1;

const INSETS: Readonly<Record<string, Inset>> = { PLAIN: 0, QUOTE_SINGLE: 1, QUOTE_DOUBLE: 1 };

export type YamlEntry = Position & { key: string; value: YamlNode };

export type YamlNode = Position &
  (
    | { kind: 'map'; entries: YamlEntry[] }
    | { kind: 'list'; items: YamlNode[] }
    | { kind: 'text'; text: string; inset?: Inset }
    | { kind: 'number'; lexeme: string }
    | { kind: 'boolean'; value: boolean; written: string }
    | { kind: 'null' }
  );

export type YamlMap = Extract<YamlNode, { kind: 'map' }>;

/** Characters; the largest public rule file has 60,000. */
const MAX_FILE_LENGTH = 1024 * 1024;
/** Nodes of one document, those of aliases counted at each use. */
const MAX_NODES = 200_000;
const MAX_DEPTH = 64;
/** After the first errors of a document the rest mostly follows from them. */
const MAX_ERRORS = 10;

/** A number as JSON writes it; what YAML also takes for a number (`0x1F`, `007`, `+1`, `.inf`) stays text. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The position is that of the `---`, or of the file's begin. */
type YamlDocument = Position & { root: YamlNode };

/** The documents that hold something, and everything that is wrong with the rest. */
export function parseYaml(
  file: string,
  text: string,
): { documents: YamlDocument[]; problems: YamlMistake[] } {
  const counter = new LineCounter();
  const problems: YamlMistake[] = [];
  const report = (offset: number, message: string) => {
    problems.push({ file, ...positionOf(counter, offset), message });
  };
  if (text.length > MAX_FILE_LENGTH) {
    const message = `the file has ${text.length} characters, at most ${MAX_FILE_LENGTH} are read`;
    return { documents: [], problems: [{ file, line: 0, column: 0, message }] };
  }
  const documents: YamlDocument[] = [];
  for (const document of parseDocuments(text, counter, report)) {
    for (const error of document.errors.slice(0, MAX_ERRORS))
      report(error.pos[0], `no valid YAML: ${asWords(error.message)}`);
    if (document.errors.length > 0 || document.contents === null) continue;
    const converter = new Converter(document, text, counter, report);
    const root = converter.convert(document.contents, 0, 0);
    if (converter.sound) documents.push({ ...positionOf(counter, document.range?.[0] ?? 0), root });
  }
  return { documents, problems };
}

/** The root of a file that must be one document; undefined when it holds nothing, or when there are problems. */
export function parseYamlDocument(
  file: string,
  text: string,
): { root: YamlNode | undefined; problems: YamlMistake[] } {
  const { documents, problems } = parseYaml(file, text);
  const [first, second] = documents;
  if (second !== undefined) {
    const { line, column } = second;
    problems.push({ file, line, column, message: 'expected one YAML document, found another' });
  }
  return { root: problems.length > 0 ? undefined : first?.root, problems };
}

type Report = (offset: number, message: string) => void;

function parseDocuments(text: string, lineCounter: LineCounter, report: Report): readonly Document[] {
  const tooDeep = deepCompactLine(text);
  if (tooDeep !== undefined) {
    lineCounter.addNewLine(0);
    report(0, `line ${tooDeep} nests deeper than ${MAX_DEPTH} levels`);
    return [];
  }
  // Repeated keys are sought by the converter: the library compares all pairs.
  const options = { lineCounter, schema: 'core', prettyErrors: false, uniqueKeys: false } as const;
  return parseAllDocuments(text, options) as readonly Document[];
}

/** A line of 100,000 `- ` takes the library's process down (measured, yaml 2.9.1); brackets and indentation do not. */
function deepCompactLine(text: string): number | undefined {
  const run = new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${MAX_DEPTH + 1}}`, 'm').exec(text);
  return run === null ? undefined : text.slice(0, run.index).split('\n').length;
}

/** A message of the library as the rest of ours: its first line, lower case, no final period. */
function asWords(message: string): string {
  const line = message.split('\n')[0]!.replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function positionOf(counter: LineCounter, offset: number): Position {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** What each alias stands for: the last node before it with its anchor. `Alias.resolve` walks the document for each alias. */
function aliasTargets(root: Node | null): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const walk = (node: Node | null, depth: number) => {
    if (node === null || depth > MAX_DEPTH) return;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      return;
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node);
    if (isSeq<Node>(node)) for (const item of node.items) walk(item, depth + 1);
    if (isMap<Node, Node | null>(node)) {
      for (const { key, value } of node.items) {
        walk(key, depth + 1);
        walk(value, depth + 1);
      }
    }
  };
  walk(root, 0);
  return targets;
}

class Converter {
  sound = true;
  private nodes = 0;
  private readonly targets: ReadonlyMap<Alias, Node>;
  private readonly text: string;
  private readonly counter: LineCounter;
  private readonly report: Report;

  constructor(document: Document, text: string, counter: LineCounter, report: Report) {
    this.targets = aliasTargets(document.contents);
    this.text = text;
    this.counter = counter;
    this.report = report;
  }

  /** A value that is left out (`{a}`) stands at `owner`, the offset of its key or collection. */
  convert(node: Node | null, depth: number, owner: number): YamlNode {
    const offset = node?.range?.[0] ?? owner;
    const position = this.position(offset);
    if (!this.bounded(offset, depth)) return { ...position, kind: 'null' };
    if (isAlias(node)) return this.alias(node, depth);
    if (isMap<Node, Node | null>(node))
      return { ...position, kind: 'map', entries: this.entries(node.items, depth) };
    if (isSeq<Node>(node)) {
      const items = node.items.map((item) => this.convert(item, depth + 1, offset));
      return { ...position, kind: 'list', items };
    }
    if (!isScalar(node)) return { ...position, kind: 'null' };
    const { value, source } = node;
    if (value === null || value === undefined) return { ...position, kind: 'null' };
    if (typeof value === 'string')
      return { ...position, kind: 'text', text: value, ...this.insetOf(node, value) };
    const written = source ?? String(value);
    if (typeof value === 'boolean') return { ...position, kind: 'boolean', value, written };
    if (PLAIN_NUMBER.test(written)) return { ...position, kind: 'number', lexeme: written };
    return { ...position, kind: 'text', text: written, ...this.insetOf(node, written) };
  }

  private insetOf({ type, range }: Scalar, value: string): { inset?: Inset } {
    const inset = INSETS[type ?? ''];
    const letterForLetter =
      inset !== undefined && range && !value.includes('\n') && this.text.startsWith(value, range[0] + inset);
    return letterForLetter ? { inset } : {};
  }

  private entries(pairs: readonly { key: Node; value: Node | null }[], depth: number): YamlEntry[] {
    const entries: YamlEntry[] = [];
    const own = new Map<string, number>();
    const merged: YamlEntry[] = [];
    for (const pair of pairs) {
      const offset = pair.key?.range?.[0] ?? 0;
      const key = this.keyText(pair.key);
      if (key === undefined) {
        this.mistake(offset, 'a key must be plain text');
        continue;
      }
      const value = this.convert(pair.value, depth + 1, offset);
      const position = this.position(offset);
      if (key === '<<') {
        for (const map of value.kind === 'list' ? value.items : [value]) {
          if (map.kind === 'map') merged.push(...map.entries);
          else this.mistake(offset, `expected a map to merge after "<<", found a ${map.kind}`);
        }
        continue;
      }
      const first = own.get(key);
      if (first !== undefined)
        this.mistake(offset, `the key ${quote(key)} stands here twice, first on line ${first}`);
      own.set(key, position.line);
      entries.push({ ...position, key, value });
    }
    const names = new Set(own.keys());
    for (const entry of merged) {
      if (names.has(entry.key)) continue;
      names.add(entry.key);
      entries.push(entry);
    }
    return entries;
  }

  private keyText(key: Node | null): string | undefined {
    if (key === null) return '';
    if (isAlias(key)) return this.keyText(this.targets.get(key) ?? null);
    if (!isScalar(key)) return undefined;
    if (typeof key.value === 'string') return key.value;
    return key.source ?? String(key.value ?? '');
  }

  private alias(alias: Alias, depth: number): YamlNode {
    const target = this.targets.get(alias);
    if (target === undefined) {
      this.mistake(alias.range?.[0] ?? 0, `the alias ${quote(alias.source)} names no anchor`);
      return { ...this.position(alias.range?.[0] ?? 0), kind: 'null' };
    }
    return this.convert(target, depth + 1, 0);
  }

  private bounded(offset: number, depth: number): boolean {
    if (!this.sound && this.nodes > MAX_NODES) return false;
    if (depth > MAX_DEPTH) this.mistake(offset, `collections nest deeper than ${MAX_DEPTH} levels`);
    if (++this.nodes > MAX_NODES)
      this.mistake(offset, `the document has more than ${MAX_NODES} values, aliases counted at each use`);
    return depth <= MAX_DEPTH && this.nodes <= MAX_NODES;
  }

  private mistake(offset: number, message: string): void {
    // One report of a bound is enough; it would repeat for each of the remaining values.
    if (this.sound || !message.startsWith('collections')) this.report(offset, message);
    this.sound = false;
  }

  private position(offset: number): Position {
    return positionOf(this.counter, offset);
  }
}
