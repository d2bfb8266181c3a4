/** Reads the keys of a YAML map as what they should be, and says with position what was found instead. */
import { didYouMean } from './nearest-name.ts';
import { quote } from './text-safety.ts';
import type { YamlMap, YamlMistake, YamlNode } from './yaml-tree.ts';

/** Reads the members of one map; every mistake goes to `problems`, and a usable default comes back. */
export class ShapeReader {
  readonly map: YamlMap;
  private readonly file: string;
  private readonly problems: YamlMistake[];

  constructor(file: string, map: YamlMap, problems: YamlMistake[]) {
    this.file = file;
    this.map = map;
    this.problems = problems;
  }

  get(key: string): YamlNode | undefined {
    for (const entry of this.map.entries) if (entry.key === key) return entry.value;
    return undefined;
  }

  problem(node: { line: number; column: number }, message: string): void {
    this.problems.push({ file: this.file, line: node.line, column: node.column, message });
  }

  /** A reader of another map of the same file. */
  within(map: YamlMap): ShapeReader {
    return new ShapeReader(this.file, map, this.problems);
  }

  /** A scalar as written; dates, numbers and booleans are texts here. */
  text(key: string): string | undefined {
    const node = this.get(key);
    if (node === undefined || node.kind === 'null') return undefined;
    const text = scalarText(node);
    if (text === undefined) this.problem(node, `${quote(key)} must be text, found ${describe(node)}`);
    return text;
  }

  /** A list of texts; one text alone is a list of one. */
  texts(key: string): string[] {
    const node = this.get(key);
    if (node === undefined || node.kind === 'null') return [];
    return (node.kind === 'list' ? node.items : [node]).flatMap((item) => {
      const text = scalarText(item);
      if (text === undefined) this.problem(item, `${quote(key)} must hold texts, found ${describe(item)}`);
      return text === undefined ? [] : [text];
    });
  }

  boolean(key: string): boolean | undefined {
    const node = this.get(key);
    if (node === undefined || node.kind === 'null') return undefined;
    if (node.kind === 'boolean') return node.value;
    this.problem(node, `${quote(key)} must be true or false, found ${describe(node)}`);
    return undefined;
  }

  /** One of `choices`, with the nearest when it is none of them. */
  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const choice = choices.find((each) => each === text.toLowerCase());
    if (choice === undefined) {
      const found = `found ${quote(text)}${didYouMean(text, choices)}`;
      this.problem(this.get(key)!, `${quote(key)} must be one of ${choices.join(', ')}, ${found}`);
    }
    return choice;
  }

  /** The map under `key`, with a reader of its own. */
  shape(key: string): ShapeReader | undefined {
    const node = this.get(key);
    if (node === undefined || node.kind === 'null') return undefined;
    if (node.kind === 'map') return new ShapeReader(this.file, node, this.problems);
    this.problem(node, `${quote(key)} must be a map, found ${describe(node)}`);
    return undefined;
  }

  /** The maps in the list under `key`. */
  shapes(key: string): ShapeReader[] {
    const node = this.get(key);
    if (node === undefined || node.kind === 'null') return [];
    if (node.kind !== 'list') {
      this.problem(node, `${quote(key)} must be a list, found ${describe(node)}`);
      return [];
    }
    return node.items.flatMap((item) => {
      if (item.kind === 'map') return [new ShapeReader(this.file, item, this.problems)];
      this.problem(item, `${quote(key)} must hold maps, found ${describe(item)}`);
      return [];
    });
  }
}

export function scalarText(node: YamlNode): string | undefined {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'number') return node.lexeme;
  return node.kind === 'boolean' ? node.written : undefined;
}

export function describe(node: YamlNode): string {
  const text = scalarText(node);
  if (text !== undefined) return quote(text);
  return node.kind === 'null' ? 'nothing' : `a ${node.kind}`;
}

/** Exact JSON of a YAML value: the digits of a number stay. */
export function toJsonText(node: YamlNode): string {
  switch (node.kind) {
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}:${toJsonText(value)}`).join(',')}}`;
    case 'list':
      return `[${node.items.map(toJsonText).join(',')}]`;
    case 'text':
      return JSON.stringify(node.text);
    case 'number':
      return node.lexeme;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
  }
}

/** Plain data of a YAML value, for keys that only their reader understands. */
export function toPlain(node: YamlNode): unknown {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, toPlain(value)]));
    case 'list':
      return node.items.map(toPlain);
    case 'number':
      return Number.isSafeInteger(Number(node.lexeme)) || node.lexeme.includes('.')
        ? Number(node.lexeme)
        : node.lexeme;
    case 'null':
      return null;
    default:
      return node.kind === 'boolean' ? node.value : node.text;
  }
}
