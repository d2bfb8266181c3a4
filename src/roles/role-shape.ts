/** What the readers of role files have in common: keys that may stand there, dates, and JSON with positions. */
import { type Instant, parseTimestamp } from '../base/instant.ts';
import { JsonArray, JsonNumber, type JsonValue, parseJson } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import type { YamlMistake, YamlNode } from '../base/yaml-tree.ts';
import type { Validity } from './role-table.ts';

/** Patterns of one table; a rule that is multiplied out beyond it is refused. */
export const MAX_GRANTS = 500_000;

export function refuseUnknownKeys(reader: ShapeReader, keys: readonly string[]): void {
  for (const entry of reader.map.entries) {
    if (keys.includes(entry.key)) continue;
    reader.problem(
      entry,
      `unknown key ${quote(entry.key)}${didYouMean(entry.key, keys)}, known are ${keys.join(', ')}`,
    );
  }
}

/** Undefined where the key is left out. An empty list could mean everything or nothing, so it is refused. */
export function readPatterns(reader: ShapeReader, key: string): readonly string[] | undefined {
  const node = reader.get(key);
  if (node === undefined) return undefined;
  const isEmpty = node.kind === 'null' || (node.kind === 'list' && node.items.length === 0);
  if (isEmpty)
    reader.problem(
      node,
      `${quote(key)} must hold one pattern at least, found ${node.kind === 'null' ? 'nothing' : 'an empty list'}: leave the key out, or write "*" for everything`,
    );
  return reader.texts(key);
}

/** `from` and `to`: a date (UTC) or a time with a zone. */
export function readValidity(reader: ShapeReader): Validity {
  const from = readInstant(reader, 'from');
  const to = readInstant(reader, 'to');
  if (from !== undefined && to !== undefined && to <= from)
    reader.problem(
      reader.get('to')!,
      '"to" must be later than "from": it is the first moment that is not included',
    );
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function readInstant(reader: ShapeReader, key: string): Instant | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  const parsed = parseTimestamp(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (parsed.problem === undefined) return parsed.instant;
  reader.problem(
    reader.get(key)!,
    `${quote(key)} must be a date such as 2026-01-31 or a time with a zone, found ${quote(text)}`,
  );
  return undefined;
}

/** JSON as the tree that YAML is read into; elements of a list have the position of their own first member, or the list's. */
export function parseJsonNode(
  file: string,
  text: string,
): { root: YamlNode | undefined; problems: YamlMistake[] } {
  const bytes = Buffer.from(text.replace(/^\ufeff/, ''));
  const problems: YamlMistake[] = [];
  const positionOf = lineFinder(bytes);
  let value: JsonValue;
  try {
    value = parseJson(bytes);
  } catch (error) {
    const offset = error instanceof JsonSyntaxError ? error.at : 0;
    const message = `is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { root: undefined, problems: [{ file, ...positionOf(offset), message }] };
  }
  const toNode = (from: JsonValue, line: number, column: number): YamlNode => {
    if (from === null) return { kind: 'null', line, column };
    if (typeof from === 'string') return { kind: 'text', text: from, line, column };
    if (typeof from === 'boolean')
      return { kind: 'boolean', value: from, written: String(from), line, column };
    if (from instanceof JsonNumber) return { kind: 'number', lexeme: from.lexeme, line, column };
    if (from instanceof JsonArray) {
      return { kind: 'list', items: from.elements.map((each) => toNode(each, line, column)), line, column };
    }
    const first = from.members[0];
    const start = first === undefined ? { line, column } : positionOf(first.keyStart);
    for (const key of from.duplicateKeys())
      problems.push({ file, ...start, message: `the key ${quote(key)} stands twice` });
    const entries = from.members.map((member) => {
      const at = positionOf(member.valueStart);
      return {
        key: member.key,
        value: toNode(member.value, at.line, at.column),
        ...positionOf(member.keyStart),
      };
    });
    return { kind: 'map', entries, ...start };
  };
  const root = toNode(value, 1, 1);
  return { root: problems.length > 0 ? undefined : root, problems };
}

/** Lines and columns of byte offsets; columns count bytes. */
function lineFinder(bytes: Uint8Array): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}
