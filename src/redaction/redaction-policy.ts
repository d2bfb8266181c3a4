/**
 * The policy of `audit-check redact`: which fields a role may not see; and what names a person.
 *
 *     roles:
 *       developer: {without: [actor_name, user.email, "*.ip"]}
 *       security: {}
 *       legal: {reason: required}
 */
import { compileGlob } from '../base/glob.ts';
import { JsonArray, JsonObject, type JsonValue, parseJsonText } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import { BYTES_MEMBER, type Field, WHOLE_MEMBER } from './salted-record.ts';

export type RoleView = {
  name: string;
  /** Paths with wildcards, of fields that the role does not see. */
  without: readonly string[];
  /** Whoever takes this view must say why. */
  needsReason: boolean;
};

export type RedactionPolicy = { roles: readonly RoleView[] };

const POLICY_KEYS = ['roles'];
const ROLE_KEYS = ['without', 'reason'];

/** Every mistake is told through `reader`. */
export function parseRedactionPolicy(reader: ShapeReader): RedactionPolicy {
  refuseOtherKeys(reader, POLICY_KEYS);
  const roles = reader.shape('roles');
  if (roles === undefined) reader.problem(reader.map, 'expected "roles": what each role may not see');
  return { roles: (roles?.map.entries ?? []).flatMap(({ key }) => parseRole(key, roles!) ?? []) };
}

function parseRole(name: string, roles: ShapeReader): RoleView | undefined {
  const node = roles.get(name)!;
  if (node.kind === 'null') return { name, without: [], needsReason: false };
  const role = roles.shape(name);
  if (role === undefined) return undefined;
  refuseOtherKeys(role, ROLE_KEYS);
  const without = role.texts('without');
  for (const path of without) {
    if (path.split('.').some((segment) => segment === ''))
      role.problem(role.get('without')!, `expected field paths such as user.email, found ${quote(path)}`);
  }
  return { name, without, needsReason: role.choice('reason', ['required']) !== undefined };
}

function refuseOtherKeys(reader: ShapeReader, known: readonly string[]): void {
  for (const entry of reader.map.entries) {
    if (known.includes(entry.key)) continue;
    reader.problem(
      entry,
      `expected ${known.join(', ')}, found ${quote(entry.key)}${didYouMean(entry.key, known)}`,
    );
  }
}

/**
 * Whether a role's view leaves a field out. A path names a field, everything below it, and the elements of lists on the way;
 * `*` is any run of characters. A key may hold dots itself: the pattern is held against the whole path.
 */
export function compileWithout(paths: readonly string[]): (field: Field) => boolean {
  const tests = paths.flatMap((path) => [compileGlob(path), compileGlob(`${path}.*`)]);
  // A record that is kept as one text may hold any field: it goes whole.
  const whole = paths.length === 0 ? [] : WHOLE_POINTERS;
  const isNamed = (path: string) => tests.some((test) => test(path));
  return ({ pointer, value }) => {
    if (whole.includes(pointer)) return true;
    const path = dottedPath(pointer);
    return (
      isNamed(path) || (paths.length > 0 && typeof value === 'string' && carries(value, path, isNamed, 0))
    );
  };
}

/** Texts within texts that are looked into; what is deeper goes with the text that holds it. */
const MAX_TEXTS = 4;
const BEGINS_LIKE_JSON = /^\s*(?:\{\s*"|\[\s*(?:[[{]|"))/;

/**
 * Whether a text is JSON in which such a field stands, by its path there or by the whole way to it: exports carry events as text.
 * One that begins like JSON and cannot be read may hold any field.
 */
function carries(text: string, path: string, isNamed: (path: string) => boolean, depth: number): boolean {
  if (!BEGINS_LIKE_JSON.test(text)) return false;
  if (depth === MAX_TEXTS) return true;
  let root: JsonValue;
  try {
    root = parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return true;
    throw error;
  }
  const look = (value: JsonValue, within: string): boolean => {
    if (typeof value === 'string') return carries(value, within, isNamed, depth + 1);
    if (value instanceof JsonArray) return value.elements.some((element) => look(element, within));
    if (!(value instanceof JsonObject)) return false;
    return value.members.some(({ key, value: own }) => {
      const inner = within === '' ? key : `${within}.${key}`;
      return isNamed(inner) || isNamed(`${path}.${inner}`) || look(own, inner);
    });
  };
  return look(root, '');
}

const BYTES_POINTER = `/${BYTES_MEMBER}`;
const WHOLE_POINTERS = [`/${WHOLE_MEMBER}`, BYTES_POINTER];

/** `/user/#0/email` → `user.email` */
function dottedPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .filter((segment) => !segment.startsWith('#'))
    .map((segment) => segment.replace(/^~2/, '#').replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

/**
 * Whether a field names a person by one of their identifiers (id, name, address), anywhere in its value or in the keys that
 * lead to it, whatever the case: what is to be forgotten must not stay in a sentence or a link. Identifiers of fewer than
 * three characters are held against whole words only: `al` stands in half of all texts.
 */
export function compilePerson(identifiers: readonly string[]): (field: Field) => boolean {
  const isNamed = compileIdentifiers(identifiers);
  return ({ pointer, value }) => {
    if (isNamed(dottedPath(pointer))) return true;
    const text = textOf(value);
    if (pointer !== BYTES_POINTER) return isNamed(text);
    const bytes = Buffer.from(text, 'base64');
    return isNamed(bytes.toString('latin1')) || isNamed(bytes.toString());
  };
}

/** Layers of escapes that are taken off, a link within JSON within a link; those of a percent sign count as one. */
const MAX_LAYERS = 4;

/** Whether a text holds one of the identifiers, as it is or behind the escapes of JSON and of URLs. */
export function compileIdentifiers(identifiers: readonly string[]): (text: string) => boolean {
  const wanted = identifiers.map(foldFully);
  const isNamed = (text: string) => {
    const plain = foldFully(text);
    if (wanted.some((identifier) => names(plain, identifier))) return true;
    // A blank in the query of a link.
    const spaced = plain.replaceAll('+', ' ');
    return spaced !== plain && wanted.some((identifier) => names(spaced, identifier));
  };
  return (text) => {
    if (isNamed(text)) return true;
    let layer = text;
    for (let depth = 0; depth < MAX_LAYERS; depth++) {
      const before = layer;
      for (const takeOff of [unescapeJson, unescapePercent]) {
        const plain = takeOff(layer);
        if (plain !== layer && isNamed(plain)) return true;
        layer = plain;
      }
      if (layer === before) return false;
    }
    return false;
  };
}

const ASCII_ONLY = /^[\u0000-\u007f]*$/;

/** Whatever the case, with `ß` as `ss`, letters of any width and composition alike, and without what nobody sees. */
function foldFully(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  const seen = text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  // To lower case first, for the capital sharp s is upper case already; that of sigma hangs on what follows it.
  return seen.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
}

/** JSON within a text, or a record kept as one: `\u00e9` is `é`. Two levels deep. */
function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text;
  const once = text.replace(/\\+u([0-9a-f]{4})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return once.replace(/\\+(["/\\])/g, '$1');
}

/** UTF-8, or else Latin-1; a percent sign that is escaped itself, however often, is one. */
function unescapePercent(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%(?:25)+(?=[0-9a-f]{2})/gi, '%').replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    const bytes = Buffer.from(escapes.replaceAll('%', ''), 'hex');
    const plain = bytes.toString();
    return plain.includes('\ufffd') ? bytes.toString('latin1') : plain;
  });
}

function textOf(value: Field['value']): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'lexeme' in value ? value.lexeme : '';
}

const SHORT = 3;

function names(text: string, identifier: string): boolean {
  if (identifier.length >= SHORT) return text.includes(identifier);
  let at = text.indexOf(identifier);
  while (at >= 0) {
    const isWord = !isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + identifier.length]);
    if (isWord) return true;
    at = text.indexOf(identifier, at + 1);
  }
  return false;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}
