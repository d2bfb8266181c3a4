/** What the compilers of a mapping's parts share: numbered paths, envelopes, and where to report a mistake. */
import { parseFieldPath } from '../base/field-path.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';

/** Keys and positions that lead to a place in the YAML document. */
export type YamlPath = readonly (string | number)[];
export type Problems = (path: YamlPath, message: string) => void;

export type MappingDraft = {
  paths: PathTable;
  /** Objects in which a whole record may stand one level deeper: `detail` of an EventBridge event. */
  envelopes: readonly string[];
  problem: Problems;
};

/** Gives each field path of a mapping one number. */
export class PathTable {
  readonly paths: string[] = [];
  private readonly numbers = new Map<string, number>();

  static isPath(path: string): boolean {
    return parseFieldPath(path).every((segment) => segment !== '');
  }

  /** The number of `path` in the record, or in the envelope that the record stands in. */
  number(path: string, envelope: string): number {
    const full = envelope === '' ? path : `${envelope}.${path}`;
    let number = this.numbers.get(full);
    if (number === undefined) {
      number = this.paths.push(full) - 1;
      this.numbers.set(full, number);
    }
    return number;
  }
}

export function checkKeys(
  value: Record<string, unknown>,
  known: readonly string[],
  at: YamlPath,
  problem: Problems,
): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) problem([...at, key], `unknown key ${quote(key)}${didYouMean(key, known)}`);
  }
}

/** A scalar of YAML as the text it stands for in a log: `true`, `4624`. */
export function toYamlText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
