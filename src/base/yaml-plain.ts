/**
 * The YAML that rules and mappings are mostly written in, read in one pass: maps and lists in blocks, flow collections,
 * texts plain, quoted on one line or in a block. Whatever else, and whatever is wrong, is left to the library, which
 * `test/base/yaml-plain.test.ts` holds this reader to. A rule of 20 lines costs 27 µs instead of 370 (measured).
 * Longer than 250 lines: a cursor that all forms of a value share.
 */
import {
  type Inset,
  MAX_DEPTH,
  MAX_NODES,
  PLAIN_NUMBER,
  type YamlDocument,
  type YamlEntry,
  type YamlNode,
} from './yaml-node.ts';

/** Characters that YAML or the library treats in their own way: tabs, lone carriage returns, controls, byte order marks. */
const UNUSUAL_CHARACTER = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff]|\r(?!\n)/;

/** Whether a text can be cut into documents at its `---` lines, and read here line by line. */
export function isPlainText(text: string): boolean {
  // `%YAML` and `...` tie documents together.
  return !UNUSUAL_CHARACTER.test(text) && !/^(?:%|\.\.\.)/m.test(text);
}

/**
 * The document between two offsets of a text that `isPlainText`; it may begin with a `---` line, and holds no other.
 * Undefined when it holds nothing, `'unusual'` when only the library can tell.
 */
export function readPlainDocument(
  text: string,
  start: number,
  end: number,
  line: number,
): YamlDocument | undefined | 'unusual' {
  try {
    return new PlainReader(text, start, end, line).document();
  } catch (error) {
    if (error instanceof Unusual) return 'unusual';
    throw error;
  }
}

class Unusual extends Error {}

/** Thrown as it is: a stack is not asked for, and taking one costs more than reading a rule. */
const UNUSUAL = new Unusual();

const SPACE = 0x20;
const RETURN = 0x0d;
const QUOTE = 0x22;
const HASH = 0x23;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const ASTERISK = 0x2a;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;
const GREATER = 0x3e;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const BAR = 0x7c;
const CLOSE_MAP = 0x7d;

/** What no plain text begins with, or what would need a look at the next character. */
const NO_PLAIN_START = new Set([...'?:,[]{}#&*!|>\'"%@`<='].map((char) => char.charCodeAt(0)));
const FLOW_INDICATORS = new Set([COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP]);

/** The library takes implicit keys of up to 1024 characters. */
const MAX_KEY_LENGTH = 1000;

const NULL = /^(?:~|[Nn]ull|NULL)$/;
const BOOLEAN = /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', '/': '/', n: '\n', t: '\t' };

/** What an anchor names, with its bounds: each alias counts them anew. */
type Anchored = { node: YamlNode; nodes: number; height: number };

class PlainReader {
  private readonly text: string;
  private readonly end: number;
  /** The line at hand: its number, where it begins, the place after its last character that is no space, its line feed. */
  private line: number;
  private lineStart: number;
  private stop = 0;
  private lineEnd: number;
  /** Where reading goes on in the line. */
  private at = 0;
  /** Spaces before the first character of the line at hand; -1 at the end of the document. */
  private indent = 0;
  private nodes = 0;
  /** How deep the last anchored value goes. */
  private deepest = 0;
  private readonly anchors = new Map<string, Anchored>();

  constructor(text: string, start: number, end: number, line: number) {
    this.text = text;
    this.end = end;
    this.line = line - 1;
    this.lineStart = start;
    this.lineEnd = start - 1;
  }

  document(): YamlDocument | undefined {
    this.advance();
    const { line } = this;
    const hasMarker = this.indent === 0 && this.text.startsWith('---', this.at);
    if (hasMarker) {
      if (this.stop !== this.at + 3) throw UNUSUAL;
      this.advance();
    }
    if (this.indent < 0) {
      if (hasMarker) throw UNUSUAL;
      return undefined;
    }
    const first = this.code(this.at);
    const root = first === OPEN_LIST || first === OPEN_MAP ? this.flowRoot() : this.block(0);
    if (this.indent >= 0) throw UNUSUAL;
    return { line, column: 1, root };
  }

  /** To the next line that holds more than spaces and a comment. */
  private advance(): void {
    const { text, end } = this;
    for (;;) {
      const start = this.lineEnd + 1;
      if (start >= end) {
        this.indent = -1;
        return;
      }
      this.toLine(start);
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      if (at >= this.stop || text.charCodeAt(at) === HASH) continue;
      this.at = at;
      this.indent = at - start;
      return;
    }
  }

  private toLine(start: number): void {
    const { text, end } = this;
    const feed = text.indexOf('\n', start);
    const lineEnd = feed < 0 || feed > end ? end : feed;
    let stop = lineEnd;
    while (stop > start && isBlank(text.charCodeAt(stop - 1))) stop--;
    this.line++;
    this.lineStart = start;
    this.lineEnd = lineEnd;
    this.stop = stop;
  }

  /** The end of the line at hand, its trailing spaces included. */
  private contentEnd(): number {
    const { lineEnd } = this;
    return lineEnd > this.lineStart && this.text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd;
  }

  /** The character code at an offset of the line at hand; NaN at its end. */
  private code(at: number): number {
    return at < this.stop ? this.text.charCodeAt(at) : Number.NaN;
  }

  private isGap(at: number): boolean {
    return at >= this.stop || this.text.charCodeAt(at) === SPACE;
  }

  private skipSpaces(): void {
    while (this.code(this.at) === SPACE) this.at++;
  }

  private column(): number {
    return this.at - this.lineStart + 1;
  }

  private count(depth: number): void {
    if (depth > this.deepest) this.deepest = depth;
    if (depth >= MAX_DEPTH || ++this.nodes >= MAX_NODES) throw UNUSUAL;
  }

  // Blocks

  /** A map or list that begins here and whose further lines begin in the same column. */
  private block(depth: number): YamlNode {
    const isItem = this.code(this.at) === DASH && this.isGap(this.at + 1);
    return isItem ? this.list(depth) : this.map(depth);
  }

  private map(depth: number): YamlNode {
    this.count(depth);
    const { line } = this;
    const column = this.column();
    const indent = column - 1;
    const entries: YamlEntry[] = [];
    do {
      if (this.code(this.at) === DASH && this.isGap(this.at + 1)) throw UNUSUAL;
      const entryLine = this.line;
      const key = this.key();
      const value = this.value(indent, true, depth + 1);
      entries.push({ line: entryLine, column, key, value });
    } while (this.indent === indent);
    if (this.indent > indent || hasRepeatedKey(entries)) throw UNUSUAL;
    return { line, column, kind: 'map', entries };
  }

  private list(depth: number): YamlNode {
    this.count(depth);
    const { line } = this;
    const column = this.column();
    const indent = column - 1;
    const items: YamlNode[] = [];
    do {
      if (this.code(this.at) !== DASH || !this.isGap(this.at + 1)) {
        // Where a map's value stands in the column of its key, its next key ends the list.
        break;
      }
      this.at++;
      this.skipSpaces();
      items.push(this.value(indent, false, depth + 1));
    } while (this.indent === indent);
    if (this.indent > indent) throw UNUSUAL;
    return { line, column, kind: 'list', items };
  }

  /** The key of a block map; the cursor goes behind its colon and the spaces there. */
  private key(): string {
    const start = this.at;
    const first = this.code(start);
    let key: string;
    if (first === QUOTE || first === APOSTROPHE) key = this.quoted();
    else {
      this.at = this.plainEnd(start);
      key = this.text.slice(start, this.at);
    }
    if (this.code(this.at) !== COLON || !this.isGap(this.at + 1)) throw UNUSUAL;
    if (key === '' || key === '<<' || key.endsWith(' ') || this.at - start > MAX_KEY_LENGTH) throw UNUSUAL;
    this.at++;
    this.skipSpaces();
    return key;
  }

  /** What follows a key or a dash in column `indent`; afterwards the cursor is at the next line. */
  private value(indent: number, isOfMap: boolean, depth: number): YamlNode {
    const { line, at } = this;
    const column = this.column();
    const first = this.code(at);
    if (at >= this.stop || first === HASH) {
      // The library places what is not there behind the spaces.
      const gap = first === HASH ? 0 : this.contentEnd() - at;
      this.advance();
      const isSameColumn = isOfMap && this.indent === indent && this.code(this.at) === DASH;
      if (this.indent > indent || (isSameColumn && this.isGap(this.at + 1))) return this.below(indent, depth);
      this.count(depth);
      return { line, column: column + gap, kind: 'null' };
    }
    if (first === AMPERSAND) {
      return this.anchored(depth, () => {
        // `- &a b: c` anchors the key.
        if (!isOfMap && this.at < this.stop && this.isCompact()) throw UNUSUAL;
        return this.value(indent, isOfMap, depth);
      });
    }
    if (first === ASTERISK) {
      const node = this.alias(depth);
      this.endLine();
      return node;
    }
    if (first === BAR || first === GREATER) return this.blockText(indent, depth);
    if (first === OPEN_LIST || first === OPEN_MAP) {
      const node = this.flow(indent, depth);
      this.endLine();
      return node;
    }
    if (!isOfMap && this.isCompact()) return this.block(depth);
    this.count(depth);
    if (first === QUOTE || first === APOSTROPHE) {
      const node = this.quotedNode();
      this.endLine();
      return node;
    }
    return this.plainNode(indent);
  }

  /** A value on the lines below its key or dash. */
  private below(indent: number, depth: number): YamlNode {
    const first = this.code(this.at);
    if (first === AMPERSAND) {
      // A block's first key or item is anchored here, not the block.
      return this.anchored(depth, () => {
        if (this.code(this.at) !== OPEN_LIST && this.code(this.at) !== OPEN_MAP) throw UNUSUAL;
        return this.below(indent, depth);
      });
    }
    if (first !== OPEN_LIST && first !== OPEN_MAP) return this.block(depth);
    const node = this.flow(indent, depth);
    this.endLine();
    return node;
  }

  /** Whether a list's item is itself a map or list that begins on the line of the dash. */
  private isCompact(): boolean {
    const start = this.at;
    const first = this.code(start);
    if (first === DASH && this.isGap(start + 1)) return true;
    if (first === QUOTE || first === APOSTROPHE) this.quoted();
    else this.at = this.plainEnd(start);
    const isKey = this.code(this.at) === COLON && this.isGap(this.at + 1);
    this.at = start;
    return isKey;
  }

  /** Only spaces and a comment may follow a value; goes to the next line. */
  private endLine(): void {
    const { at } = this;
    this.skipSpaces();
    if (this.at < this.stop && (this.code(this.at) !== HASH || this.at === at)) throw UNUSUAL;
    this.advance();
  }

  // Anchors

  private anchored(depth: number, read: () => YamlNode): YamlNode {
    const name = this.anchorName();
    if (!this.isGap(this.at)) throw UNUSUAL;
    this.skipSpaces();
    const next = this.code(this.at);
    if (this.anchors.has(name) || next === AMPERSAND || next === ASTERISK) throw UNUSUAL;
    const { nodes, deepest } = this;
    this.deepest = depth;
    const node = read();
    this.anchors.set(name, { node, nodes: this.nodes - nodes, height: this.deepest - depth });
    this.deepest = Math.max(this.deepest, deepest);
    return node;
  }

  private alias(depth: number): YamlNode {
    const target = this.anchors.get(this.anchorName());
    if (target === undefined) throw UNUSUAL;
    this.count(depth);
    this.nodes += target.nodes - 1;
    this.count(depth + 1 + target.height);
    return target.node;
  }

  /** After `&` or `*`; letters, digits, `_` and `-`, then a space, the line's end, or the end of the collection around. */
  private anchorName(): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.stop && /[\w-]/.test(this.text[end]!)) end++;
    if (end === start || !(this.isGap(end) || FLOW_INDICATORS.has(this.code(end)))) throw UNUSUAL;
    this.at = end;
    return this.text.slice(start, end);
  }

  // Texts

  /** Where a plain text of a block ends in the line at hand: at `: `, before ` #`, or with the line. */
  private plainEnd(start: number): number {
    const { text, stop } = this;
    const first = this.code(start);
    if (NO_PLAIN_START.has(first) || (first === DASH && this.isGap(start + 1))) throw UNUSUAL;
    return textEnd(text, start, stop);
  }

  private plainNode(indent: number): YamlNode {
    const { line, at: start } = this;
    const column = this.column();
    const end = this.plainEnd(start);
    if (this.code(end) === COLON) throw UNUSUAL;
    const text = this.text.slice(start, end);
    const hasComment = end < this.stop;
    this.advance();
    if (this.indent <= indent) return scalar(line, column, text);
    if (hasComment) throw UNUSUAL;
    return { line, column, kind: 'text', text: this.folded(text, line, indent) };
  }

  /** A plain text with those of its further lines, which stand deeper than its owner. */
  private folded(first: string, firstLine: number, indent: number): string {
    let text = first;
    let line = firstLine;
    for (; this.indent > indent; this.advance()) {
      // Empty lines are line feeds, and a comment ends the text.
      if (this.line !== ++line) throw UNUSUAL;
      if (textEnd(this.text, this.at, this.stop) < this.stop) throw UNUSUAL;
      text += ` ${this.text.slice(this.at, this.stop)}`;
    }
    return text;
  }

  private quotedNode(): YamlNode {
    const { line, at: start } = this;
    const column = this.column();
    const text = this.quoted();
    const isAsWritten = !text.includes('\n') && this.text.startsWith(text, start + 1);
    return isAsWritten
      ? { line, column, kind: 'text', text, inset: 1 }
      : { line, column, kind: 'text', text };
  }

  /** A text in quotes that ends on its line; the cursor goes behind it. */
  private quoted(): string {
    const start = this.at + 1;
    const isSingle = this.code(this.at) === APOSTROPHE;
    let end = this.text.indexOf(isSingle ? "'" : '"', start);
    if (isSingle) {
      while (end >= 0 && end < this.stop && this.text.charCodeAt(end + 1) === APOSTROPHE)
        end = this.text.indexOf("'", end + 2);
    } else {
      const backslash = this.text.indexOf('\\', start);
      if (backslash >= 0 && backslash < end) return this.escaped(start);
    }
    if (end < 0 || end >= this.stop) throw UNUSUAL;
    this.at = end + 1;
    const text = this.text.slice(start, end);
    return isSingle && text.includes("'") ? text.replaceAll("''", "'") : text;
  }

  private escaped(start: number): string {
    let text = '';
    for (let at = start; at < this.stop; at++) {
      const char = this.text[at]!;
      if (char === '"') {
        this.at = at + 1;
        return text;
      }
      const meant = char === '\\' ? ESCAPES[this.text[++at]!] : char;
      if (meant === undefined) throw UNUSUAL;
      text += meant;
    }
    throw UNUSUAL;
  }

  /** `|`, `|-`, `>` and `>-`: the lines below that stand deeper than the owner. */
  private blockText(owner: number, depth: number): YamlNode {
    this.count(depth);
    const { text, line } = this;
    const column = this.column();
    const isFolded = this.code(this.at) === GREATER;
    const isStripped = this.code(this.at + 1) === DASH;
    if (this.at + (isStripped ? 2 : 1) !== this.stop) throw UNUSUAL;
    let indent = -1;
    let value = '';
    let empty = 0;
    while (this.lineEnd + 1 < this.end) {
      const { lineEnd } = this;
      const start = lineEnd + 1;
      this.toLine(start);
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      if (at >= this.stop) {
        if (text.charCodeAt(start) === SPACE) throw UNUSUAL;
        empty++;
        continue;
      }
      if (at - start <= owner) {
        this.line--;
        this.lineEnd = lineEnd;
        break;
      }
      const isFirst = indent < 0;
      if (isFirst) indent = at - start;
      // Lines less deep than the first are a mistake, and in folded text deeper ones and trailing spaces have their own rules.
      const contentEnd = this.contentEnd();
      if (at - start < indent || (isFolded && (at - start > indent || contentEnd > this.stop))) throw UNUSUAL;
      if (isFirst) value += '\n'.repeat(empty);
      else if (isFolded) value += empty === 0 ? ' ' : '\n'.repeat(empty);
      else value += '\n'.repeat(empty + 1);
      value += text.slice(start + indent, contentEnd);
      empty = 0;
    }
    if (indent < 0) throw UNUSUAL;
    this.advance();
    if (this.indent > owner) throw UNUSUAL;
    return { line, column, kind: 'text', text: isStripped ? value : `${value}\n` };
  }

  // Flow collections

  private flowRoot(): YamlNode {
    const node = this.flow(-1, 0);
    this.endLine();
    return node;
  }

  /** The collection that opens here; its further lines stand deeper than `owner`. The cursor goes behind its end. */
  private flow(owner: number, depth: number): YamlNode {
    this.count(depth);
    const { line } = this;
    const column = this.column();
    const isMap = this.code(this.at) === OPEN_MAP;
    const close = isMap ? CLOSE_MAP : CLOSE_LIST;
    const entries: YamlEntry[] = [];
    const items: YamlNode[] = [];
    this.at++;
    for (;;) {
      this.skipGap(owner);
      if (this.code(this.at) === close) break;
      if (isMap) entries.push(this.flowEntry(owner, depth + 1));
      else items.push(this.flowValue(owner, depth + 1));
      this.skipGap(owner);
      if (this.code(this.at) === COMMA) this.at++;
      else if (this.code(this.at) !== close) throw UNUSUAL;
    }
    this.at++;
    if (isMap && hasRepeatedKey(entries)) throw UNUSUAL;
    return isMap ? { line, column, kind: 'map', entries } : { line, column, kind: 'list', items };
  }

  /** Over spaces, comments and line ends. */
  private skipGap(owner: number): void {
    for (;;) {
      const { at } = this;
      this.skipSpaces();
      const isComment = this.code(this.at) === HASH;
      // `a,#b` is no comment.
      if (isComment && this.at === at) throw UNUSUAL;
      if (this.at < this.stop && !isComment) return;
      this.advance();
      if (this.indent <= owner) throw UNUSUAL;
      return;
    }
  }

  private flowEntry(owner: number, depth: number): YamlEntry {
    const { line, at: start } = this;
    const column = this.column();
    const first = this.code(start);
    const isQuoted = first === QUOTE || first === APOSTROPHE;
    const key = isQuoted ? this.quoted() : this.flowPlain();
    if (key === '' || key === '<<' || this.at - start > MAX_KEY_LENGTH) throw UNUSUAL;
    this.skipSpaces();
    if (this.code(this.at) !== COLON) {
      this.count(depth);
      return { line, column, key, value: { line, column, kind: 'null' } };
    }
    this.at++;
    if (!isQuoted && !this.isGap(this.at)) throw UNUSUAL;
    this.skipGap(owner);
    return { line, column, key, value: this.flowValue(owner, depth) };
  }

  private flowValue(owner: number, depth: number): YamlNode {
    const first = this.code(this.at);
    if (first === OPEN_LIST || first === OPEN_MAP) return this.flow(owner, depth);
    if (first === ASTERISK) return this.alias(depth);
    if (first === AMPERSAND) {
      return this.anchored(depth, () => {
        this.skipGap(owner);
        return this.flowValue(owner, depth);
      });
    }
    this.count(depth);
    if (first === QUOTE || first === APOSTROPHE) return this.quotedNode();
    const { line } = this;
    const column = this.column();
    return scalar(line, column, this.flowPlain());
  }

  private flowPlain(): string {
    const { text, stop, at: start } = this;
    const first = this.code(start);
    if (NO_PLAIN_START.has(first) || (first === DASH && this.isGap(start + 1))) throw UNUSUAL;
    let at = start;
    for (; at < stop; at++) {
      const code = text.charCodeAt(at);
      if (FLOW_INDICATORS.has(code)) break;
      if (code === COLON && (at + 1 >= stop || text.charCodeAt(at + 1) === SPACE)) break;
      if (code === COLON && FLOW_INDICATORS.has(text.charCodeAt(at + 1))) throw UNUSUAL;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
    }
    this.at = at;
    while (text.charCodeAt(at - 1) === SPACE) at--;
    // `- ,` and `-]` are mistakes.
    if (first === DASH && at === start + 1) throw UNUSUAL;
    return text.slice(start, at);
  }
}

/** Few keys are compared in pairs: a set for each map takes a fifth of the time (measured). */
function hasRepeatedKey(entries: readonly YamlEntry[]): boolean {
  if (entries.length > 24) return new Set(entries.map(({ key }) => key)).size < entries.length;
  for (let index = 1; index < entries.length; index++) {
    const { key } = entries[index]!;
    for (let before = 0; before < index; before++) if (entries[before]!.key === key) return true;
  }
  return false;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === RETURN;
}

/** The place of the first `: ` from `start` on, or that after the last character before the first ` #`, or `stop`. */
function textEnd(text: string, start: number, stop: number): number {
  for (let at = start; at < stop; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON && (at + 1 === stop || text.charCodeAt(at + 1) === SPACE)) return at;
    if (code === HASH && at > start && text.charCodeAt(at - 1) === SPACE) {
      while (text.charCodeAt(at - 1) === SPACE) at--;
      return at;
    }
  }
  return stop;
}

/** A plain text as the core schema takes it. */
function scalar(line: number, column: number, text: string): YamlNode {
  const inset: Inset = 0;
  const first = text.charCodeAt(0);
  // Digits and the dash; n, N, ~, t, T, f, F.
  if ((first <= 0x39 && first >= 0x30) || first === DASH) {
    if (PLAIN_NUMBER.test(text)) return { line, column, kind: 'number', lexeme: text };
  } else if (text.length <= 5) {
    if (NULL.test(text)) return { line, column, kind: 'null' };
    if (BOOLEAN.test(text)) {
      return { line, column, kind: 'boolean', value: text.length === 4, written: text };
    }
  }
  return { line, column, kind: 'text', text, inset };
}
