/** Values of made records, and their spelling as JSON: numbers keep their digits, members their order. Tests only. */

/** A number with the digits it is written with. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MadeObject = Map<string, MadeValue>;
export type MadeValue = null | boolean | string | Digits | MadeValue[] | MadeObject;

/** How a serializer spells JSON; each option is one that some language's library has. */
export type Spelling = {
  item: string;
  key: string;
  sort?: 'none' | 'code-point' | 'utf16';
  /** Python: everything beyond tilde as `\u` escapes. */
  ascii?: boolean;
  /** PHP: `\/`. */
  slash?: boolean;
  /** Go: `<`, `>`, `&`, U+2028 and U+2029 as escapes. */
  html?: boolean;
  numbers?: 'ecmascript' | 'python' | 'go';
  /** PHP: arrays as objects with the keys 0, 1, 2 … */
  forceObject?: boolean;
};

export const RFC_8785: Spelling = { item: ',', key: ':', sort: 'utf16', numbers: 'ecmascript' };

export function spell(value: MadeValue, how: Spelling): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return spellText(value, how);
  if (value instanceof Digits) return spellNumber(value.text, how.numbers);
  if (Array.isArray(value)) {
    if (how.forceObject === true)
      return spell(new Map(value.map((element, index) => [String(index), element])), {
        ...how,
        sort: 'none',
      });
    return `[${value.map((element) => spell(element, how)).join(how.item)}]`;
  }
  let keys = [...value.keys()];
  if (how.sort === 'utf16') keys = keys.sort();
  if (how.sort === 'code-point') keys = keys.sort((left, right) => compareLists(points(left), points(right)));
  return `{${keys.map((key) => spellText(key, how) + how.key + spell(value.get(key)!, how)).join(how.item)}}`;
}

function points(text: string): number[] {
  return Array.from(text, (char) => char.codePointAt(0)!);
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((point, index) => point !== right[index]);
  return at < 0 ? left.length - right.length : left[at]! - (right[at] ?? -1);
}

const SHORT: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function spellText(text: string, { ascii = false, slash = false, html = false }: Spelling): string {
  let spelled = '';
  for (let index = 0; index < text.length; index++) {
    const unit = text[index]!;
    const code = text.charCodeAt(index);
    const units = `\\u${code.toString(16).padStart(4, '0')}`;
    if (SHORT[unit] !== undefined) spelled += SHORT[unit];
    else if (code < 0x20) spelled += units;
    else if (slash && unit === '/') spelled += '\\/';
    else if (html && '<>&\u2028\u2029'.includes(unit)) spelled += units;
    // PHP, the one that escapes slashes, leaves DEL.
    else if (ascii && (code > 0x7f || (code === 0x7f && !slash))) spelled += units;
    else spelled += unit;
  }
  return `"${spelled}"`;
}

function spellNumber(digits: string, style: Spelling['numbers']): string {
  if (style === undefined) return digits;
  if (style !== 'python') return String(Number(digits));
  if (/^-?\d+$/.test(digits)) return digits;
  const number = Number(digits);
  // Python's repr of a float always shows that it is one.
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

/** The value at a path; a dot may belong to a key or lead into an object. */
export function valueAt(record: MadeObject, path: string): MadeValue | undefined {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
  const read = (value: MadeValue | undefined, rest: readonly string[]): MadeValue | undefined => {
    if (rest.length === 0) return value;
    if (!(value instanceof Map)) return undefined;
    for (let taken = rest.length; taken > 0; taken--) {
      const found = read(value.get(rest.slice(0, taken).join('.')), rest.slice(taken));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return read(record, keys);
}

/** Sets the value at a path, and makes the objects that lead there. */
export function setAt(record: MadeObject, path: string, value: MadeValue): void {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
  let object = record;
  for (const key of keys.slice(0, -1)) {
    const next = object.get(key);
    const below: MadeObject = next instanceof Map ? next : new Map();
    if (below !== next) object.set(key, below);
    object = below;
  }
  object.set(keys.at(-1)!, value);
}

/** A copy without the members at the paths. */
export function withoutPaths(record: MadeObject, paths: readonly string[]): MadeObject {
  const copy = copyOf(record) as MadeObject;
  for (const path of paths) {
    if (copy.delete(path)) continue;
    const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
    const parent = keys.length > 1 ? valueAt(copy, keys.slice(0, -1).join('.')) : copy;
    if (parent instanceof Map) parent.delete(keys.at(-1)!);
  }
  return copy;
}

export function copyOf(value: MadeValue): MadeValue {
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, copyOf(member)]));
  return value;
}

/** A scalar as text; nothing for what is none. */
export function scalarText(value: MadeValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value instanceof Digits ? value.text : undefined;
}
