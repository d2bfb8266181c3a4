/** Readers of a profile's YAML values: each says what it expected and found, and gives something to go on with. */
import { didYouMean } from '../base/nearest-name.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';

export type Path = readonly (string | number)[];
export type Say = (path: (string | number)[], message: string) => void;
export type Document = Record<string, unknown>;

export class DocumentReader {
  readonly say: Say;

  constructor(say: Say) {
    this.say = say;
  }

  object(path: Path, value: unknown, known: readonly string[]): Document {
    if (!isPlainObject(value)) {
      this.say([...path], `expected keys and values, found ${show(value)}`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        this.say([...path, key], `unknown key ${quote(key)}${didYouMean(key, known)}`);
    }
    return value;
  }

  array(path: Path, value: unknown, expected: string): unknown[] {
    if (Array.isArray(value)) return value;
    this.say([...path], `expected ${expected}, found ${show(value)}`);
    return [];
  }

  texts(path: Path, value: unknown): string[] {
    return this.array(path, value, 'a list of texts').map((entry, index) =>
      this.text([...path, index], entry),
    );
  }

  text(path: Path, value: unknown): string {
    if (value === '') this.say([...path], 'expected a text, found ""');
    return this.anyText(path, value);
  }

  anyText(path: Path, value: unknown): string {
    if (typeof value === 'string') return value;
    this.say([...path], `expected a text, found ${show(value)}`);
    return '';
  }

  /** A scalar as `text` of an event gives it. */
  scalar(path: Path, value: unknown): string {
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.anyText(path, value);
  }

  boolean(path: Path, value: unknown): boolean {
    if (typeof value !== 'boolean') this.say([...path], `expected true or false, found ${show(value)}`);
    return value === true;
  }

  oneOf<Word extends string>(path: Path, value: unknown, words: readonly Word[]): Word {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const hint = typeof value === 'string' ? didYouMean(value, words) : '';
    this.say([...path], `expected one of ${words.join(', ')}, found ${show(value)}${hint}`);
    return words[0]!;
  }
}

export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? quote(value) : (JSON.stringify(value)?.slice(0, 80) ?? typeof value);
}
