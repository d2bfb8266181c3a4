/** Bounds of what a license covers. Versions (`2025.1`, `v11.19.2`) are compared part by part, numbers as numbers. */
import { compileGlob } from '../../base/glob.ts';
import type { VersionBound } from './contract.ts';

/** Negative, zero or positive. A missing part is 0, so `2025` equals `2025.0`. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareParts(a[index] ?? '0', b[index] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * As FlexNet compares them: `2026.10` is the number 2026.1, and less than 2026.2. Versions that are no decimal numbers
 * compare part by part.
 */
export function compareDecimalVersions(left: string, right: string): number {
  const [a, b] = [DECIMAL.exec(left), DECIMAL.exec(right)];
  if (a === null || b === null) return compareVersions(left, right);
  const fraction = ([, , digits = '']: RegExpExecArray) => digits.padEnd(MAX_DIGITS, '0');
  return compareParts(a[1]!, b[1]!) || compareParts(fraction(a), fraction(b));
}

const MAX_DIGITS = 20;
const DECIMAL = new RegExp(`^(\\d{1,${MAX_DIGITS}})(?:\\.(\\d{1,${MAX_DIGITS}}))?$`);

/** At most 20 parts: a version is short, a hostile one is not. */
function partsOf(version: string): string[] {
  return version
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .split(/[.\-_+]/, 20);
}

function compareParts(left: string, right: string): number {
  if (/^\d+$/.test(left) && /^\d+$/.test(right)) {
    const [a, b] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
    return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An event without a version is covered: to leave it out would hide use. */
export function isVersionCovered(version: string | undefined, bound: VersionBound | undefined): boolean {
  if (version === undefined || bound === undefined) return true;
  if (holds(bound, compareVersions(version, bound.version))) return true;
  // Where the two readings differ, the one that covers counts: to leave use out would hide it.
  return bound.decimal === true && holds(bound, compareDecimalVersions(version, bound.version));
}

function holds({ comparison }: VersionBound, order: number): boolean {
  switch (comparison) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
  }
}

/** Whether a license for these environments covers an event; one that names none is covered, for the same reason. */
export function compileEnvironments(
  environments: readonly string[] | undefined,
): (environment: string | undefined) => boolean {
  if (environments === undefined) return () => true;
  const globs = environments.map((each) => compileGlob(each.toLowerCase()));
  return (environment) =>
    environment === undefined || globs.some((holds) => holds(environment.toLowerCase()));
}

export function parseVersionBound(text: string): VersionBound | undefined {
  const match = /^(<=|>=|<|>|=)?\s*([A-Za-z0-9][\w.+-]*)$/.exec(text.trim());
  if (match === null) return undefined;
  return { comparison: (match[1] ?? '=') as VersionBound['comparison'], version: match[2]! };
}
