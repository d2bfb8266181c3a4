/**
 * YAML that is read to be written again: comments stay, and every scalar stays as it was typed (`0x1F`, `1.10`, digits beyond
 * a double), for in the failsafe schema all of them are text. https://yaml.org/spec/1.2.2/#101-failsafe-schema
 */
import * as Yaml from 'yaml';

/** One document whose root is a map, and where its parts are in the file. */
export type LosslessDocument = {
  yaml: Yaml.Document;
  root: Yaml.YAMLMap<Yaml.Node, Yaml.Node | null>;
  /** Line and column of a node, from 1; of the document where there is no node. */
  positionOf(node: Yaml.Node | null | undefined): { line: number; column: number };
};

/** The documents of a text that `parseYaml` has found sound: the library is not asked to judge hostile nesting. */
export function readLossless(text: string): LosslessDocument[] {
  const lineCounter = new Yaml.LineCounter();
  const documents = Yaml.parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter,
  }) as Iterable<Yaml.Document.Parsed>;
  return [...documents].flatMap((yaml) => {
    const root = yaml.contents;
    if (!Yaml.isMap<Yaml.Node, Yaml.Node | null>(root)) return [];
    const positionOf = (node: Yaml.Node | null | undefined) => {
      const { line, col } = lineCounter.linePos(node?.range?.[0] ?? root.range?.[0] ?? 0);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    return [{ yaml: yaml as Yaml.Document, root, positionOf }];
  });
}

/** A new document without anything in it. */
export function newDocument(): Yaml.Document<Yaml.YAMLMap> {
  return new Yaml.Document({}, { schema: 'failsafe' }) as unknown as Yaml.Document<Yaml.YAMLMap>;
}

/** The pair of a key, with the comments around it. */
export function pairOf(map: Yaml.YAMLMap, key: string): Yaml.Pair<Yaml.Node, Yaml.Node | null> | undefined {
  return map.items.find((pair) => Yaml.isScalar(pair.key) && pair.key.value === key) as
    | Yaml.Pair<Yaml.Node, Yaml.Node | null>
    | undefined;
}

export function nodeOf(map: Yaml.YAMLMap, key: string): Yaml.Node | undefined {
  return pairOf(map, key)?.value ?? undefined;
}

/** The text of a scalar under a key; undefined where there is none, or something else. */
export function textOf(map: Yaml.YAMLMap, key: string): string | undefined {
  const node = nodeOf(map, key);
  return Yaml.isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** Plain texts that no reader of YAML takes for a number, a boolean or a date. */
const SURELY_TEXT = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z_][\w./ -]*$/i;

/** A scalar that every reader of YAML takes for this text. */
export function textNode(text: string): Yaml.Scalar<string> {
  const node = new Yaml.Scalar(text);
  if (text.includes('\n')) node.type = 'BLOCK_LITERAL';
  else if (!isSurelyText(text)) node.type = 'QUOTE_SINGLE';
  return node;
}

/** Whether a text needs no quotes. */
export function isSurelyText(text: string): boolean {
  return SURELY_TEXT.test(text) && !text.endsWith(' ');
}

/** A scalar that is a number, a boolean or a duration, and is written as it is. */
export function plainNode(text: string): Yaml.Scalar<string> {
  return new Yaml.Scalar(text);
}

/** `[a, b]` on one line. */
export function listNode(texts: readonly string[]): Yaml.YAMLSeq {
  const list = new Yaml.YAMLSeq();
  list.flow = true;
  list.items = texts.map(textNode);
  return list;
}

/** Nothing is folded: a line of the file stays a line. @throws {Error} where an alias lost its anchor */
export function writeDocument(document: Yaml.Document): string {
  return document.toString({ lineWidth: 0, directives: false, flowCollectionPadding: false });
}
