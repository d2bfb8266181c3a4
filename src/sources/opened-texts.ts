/** Texts that are JSON, as tables and exports write what got no column of its own: `"AuditData": "{\"Operation\": …}"`. */
import { findValues } from '../base/field-path.ts';
import { JsonArray, type JsonMember, JsonObject, type JsonValue, parseJsonText } from '../base/json.ts';
import { completePrefix } from '../base/json-prefix.ts';
import { JsonSyntaxError, MAX_DEPTH } from '../base/lexical.ts';
import { changeAt } from './members-at.ts';

/** Told of a text that nobody sees what it held of: it begins like JSON and is none, cut or nested too deep, or is a second event. */
export type OnUnopened = (path: string) => void;

/** Reads texts; `isCut`: those of a record whose end is not at hand, as far as they go. */
export class TextOpener {
  private readonly onUnopened: OnUnopened;
  private readonly isCut: boolean;

  constructor(onUnopened: OnUnopened, isCut = false) {
    this.onUnopened = onUnopened;
    this.isCut = isCut;
  }

  /** The record whose members at the paths are what their texts say. */
  openAll(record: JsonValue, paths: readonly string[]): JsonValue {
    return paths.reduce(
      (value, path) => changeAt(value, path, (member) => [this.opened(member, path)]),
      record,
    );
  }

  /** Those of the texts that are objects, in the order of the paths. */
  objectsOf(record: JsonObject, paths: readonly string[]): { path: string; object: JsonObject }[] {
    return paths.flatMap((path) => {
      const [text, ...more] = findValues(record, path);
      const object = typeof text === 'string' && more.length === 0 ? this.structureOf(text, path) : undefined;
      return object instanceof JsonObject ? [{ path, object }] : [];
    });
  }

  private opened(member: JsonMember, path: string): JsonMember {
    if (member.value instanceof JsonArray) {
      const { elements } = member.value;
      const values = elements.map((each) =>
        typeof each === 'string' ? (this.structureOf(each, path) ?? each) : each,
      );
      const isSame = values.every((value, at) => value === elements[at]);
      return isSame ? member : { ...member, value: new JsonArray(values) };
    }
    const value = typeof member.value === 'string' ? this.structureOf(member.value, path) : undefined;
    return value === undefined ? member : { ...member, value };
  }

  private structureOf(text: string, path: string): JsonObject | JsonArray | undefined {
    if (!BEGINS_STRUCTURE.test(text)) return undefined;
    const value = parseQuietly(text);
    if (value !== undefined && !isDeeper(value, MAX_TEXT_DEPTH)) return value;
    if (this.isCut) {
      const bytes = Buffer.from(text);
      return completePrefix(bytes, 0, bytes.length) as JsonObject | JsonArray | undefined;
    }
    if (BEGINS_LIKE_JSON.test(text)) this.onUnopened(path);
    return undefined;
  }
}

/** No other text is looked at. */
export const BEGINS_STRUCTURE = /^\s*[[{]/;

/** Where it stands there are levels around it. */
export const MAX_TEXT_DEPTH = MAX_DEPTH / 2;

/** `{0C4A…}` of an identifier does not, nor `[info]` of a log. */
const BEGINS_LIKE_JSON = /^\s*(?:\{\s*"|\[\s*(?:[[{]|"))/;

function parseQuietly(text: string): JsonObject | JsonArray | undefined {
  try {
    return parseJsonText(text) as JsonObject | JsonArray;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (value instanceof JsonArray)
    return levels === 0 || value.elements.some((element) => isDeeper(element, levels - 1));
  if (value instanceof JsonObject)
    return levels === 0 || value.members.some((member) => isDeeper(member.value, levels - 1));
  return false;
}
