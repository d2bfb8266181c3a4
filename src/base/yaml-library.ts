/** YAML 1.2 (core schema) by the `yaml` package: every style, every mistake with its place; some 20 µs a line (measured). */
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { quote } from './text-safety.ts';
import {
  type Inset,
  MAX_DEPTH,
  MAX_NODES,
  PLAIN_NUMBER,
  type Position,
  type YamlDocument,
  type YamlEntry,
  type YamlMistake,
  type YamlNode,
} from './yaml-node.ts';

const INSETS: Readonly<Record<string, Inset>> = { PLAIN: 0, QUOTE_SINGLE: 1, QUOTE_DOUBLE: 1 };

/** After the first errors of a document the rest mostly follows from them. */
const MAX_ERRORS = 10;

/**
 * Nesting that the composer is given. It calls itself for each level, catches the overflow of its stack, and takes the
 * process down when it compiles an expression there (measured: yaml 2.9.1, Node 20, the second text of 5,000 `[`).
 */
const MAX_COMPOSED_DEPTH = 256;

const require = createRequire(import.meta.url);

// Loaded at first use: it takes 25 ms (measured), and most runs meet no YAML that needs it.
let loaded: typeof Yaml | undefined;
function library(): typeof Yaml {
  loaded ??= require('yaml') as typeof Yaml;
  return loaded;
}

/** The documents that hold something, and everything that is wrong with the rest. `line`: where `text` begins in its file. */
export function parseYamlByLibrary(
  file: string,
  text: string,
  line = 1,
): { documents: YamlDocument[]; problems: YamlMistake[] } {
  const counter = new (library().LineCounter)();
  const problems: YamlMistake[] = [];
  const positionAt = (offset: number): Position => {
    const { line: own, col } = counter.linePos(offset);
    return { line: Math.max(own, 1) + line - 1, column: Math.max(col, 1) };
  };
  const report = (offset: number, message: string) => {
    problems.push({ file, ...positionAt(offset), message });
  };
  const documents: YamlDocument[] = [];
  // Repeated keys are sought by the converter: the library compares all pairs.
  const options = { lineCounter: counter, schema: 'core', prettyErrors: false, uniqueKeys: false } as const;
  const { Parser, Composer } = library();
  const composer = new Composer(options);
  const composed: Yaml.Document[] = [];
  for (const token of new Parser(counter.addNewLine).parse(text)) {
    if (isComposable(token)) composed.push(...(composer.next(token) as Iterable<Yaml.Document>));
    else report(token.offset, `collections nest deeper than ${MAX_DEPTH} levels`);
  }
  composed.push(...(composer.end() as Iterable<Yaml.Document>));
  for (const document of composed) {
    for (const error of document.errors.slice(0, MAX_ERRORS))
      report(error.pos[0], `no valid YAML: ${asWords(error.message)}`);
    if (document.errors.length > 0 || document.contents === null) continue;
    const converter = new Converter(document, text, positionAt, report);
    const root = converter.convert(document.contents, 0, 0);
    if (!converter.sound) continue;
    const position = positionAt(document.range?.[0] ?? 0);
    documents.push({ ...position, root, ...(isEmptyNode(document.contents) && { isEmpty: true }) });
  }
  return { documents, problems };
}

function isEmptyNode(node: Yaml.Node): boolean {
  return library().isScalar(node) && node.source === '' && node.value === null && node.anchor === undefined;
}

type Report = (offset: number, message: string) => void;

/** Whether the collections of a document nest no deeper than the composer can follow. */
function isComposable(token: Yaml.CST.Token): boolean {
  let level: Yaml.CST.Token[] = [token];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_COMPOSED_DEPTH) return false;
    level = level.flatMap(innerTokens);
  }
  return true;
}

function innerTokens(token: Yaml.CST.Token): Yaml.CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((each) => each != null));
}

/** A message of the library as the rest of ours: its first line, lower case, no final period. */
function asWords(message: string): string {
  const line = message.split('\n')[0]!.replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/** What each alias stands for: the last node before it with its anchor. `Alias.resolve` walks the document for each alias. */
function aliasTargets(root: Yaml.Node | null): Map<Yaml.Alias, Yaml.Node> {
  const anchors = new Map<string, Yaml.Node>();
  const targets = new Map<Yaml.Alias, Yaml.Node>();
  const walk = (node: Yaml.Node | null, depth: number) => {
    if (node === null || depth > MAX_DEPTH) return;
    if (library().isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      return;
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, node);
    if (library().isSeq<Yaml.Node>(node)) for (const item of node.items) walk(item, depth + 1);
    if (library().isMap<Yaml.Node, Yaml.Node | null>(node)) {
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
  private readonly targets: ReadonlyMap<Yaml.Alias, Yaml.Node>;
  private readonly text: string;
  private readonly position: (offset: number) => Position;
  private readonly report: Report;

  constructor(document: Yaml.Document, text: string, position: (offset: number) => Position, report: Report) {
    this.targets = aliasTargets(document.contents);
    this.text = text;
    this.position = position;
    this.report = report;
  }

  /** A value that is left out (`{a}`) stands at `owner`, the offset of its key or collection. */
  convert(node: Yaml.Node | null, depth: number, owner: number): YamlNode {
    const offset = node?.range?.[0] ?? owner;
    const position = this.position(offset);
    if (!this.bounded(offset, depth)) return { ...position, kind: 'null' };
    if (library().isAlias(node)) return this.alias(node, depth);
    if (library().isMap<Yaml.Node, Yaml.Node | null>(node))
      return { ...position, kind: 'map', entries: this.entries(node.items, depth) };
    if (library().isSeq<Yaml.Node>(node)) {
      const items = node.items.map((item) => this.convert(item, depth + 1, offset));
      return { ...position, kind: 'list', items };
    }
    if (!library().isScalar(node)) return { ...position, kind: 'null' };
    const { value, source } = node;
    if (value === null || value === undefined) return { ...position, kind: 'null' };
    if (typeof value === 'string')
      return { ...position, kind: 'text', text: value, ...this.insetOf(node, value) };
    const written = source ?? String(value);
    if (typeof value === 'boolean') return { ...position, kind: 'boolean', value, written };
    if (PLAIN_NUMBER.test(written)) return { ...position, kind: 'number', lexeme: written };
    return { ...position, kind: 'text', text: written, ...this.insetOf(node, written) };
  }

  private insetOf({ type, range }: Yaml.Scalar, value: string): { inset?: Inset } {
    const inset = INSETS[type ?? ''];
    const letterForLetter =
      inset !== undefined && range && !value.includes('\n') && this.text.startsWith(value, range[0] + inset);
    return letterForLetter ? { inset } : {};
  }

  private entries(pairs: readonly { key: Yaml.Node; value: Yaml.Node | null }[], depth: number): YamlEntry[] {
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

  private keyText(key: Yaml.Node | null): string | undefined {
    if (key === null) return '';
    if (library().isAlias(key)) return this.keyText(this.targets.get(key) ?? null);
    if (!library().isScalar(key)) return undefined;
    if (typeof key.value === 'string') return key.value;
    return key.source ?? String(key.value ?? '');
  }

  private alias(alias: Yaml.Alias, depth: number): YamlNode {
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
}
