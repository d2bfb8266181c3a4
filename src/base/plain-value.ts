/** Values of a parsed document as plain data (YAML, JSON Schema): whether one has keys, and what a message calls it. */
import { quote } from './text-safety.ts';

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in words: `"text"`, `5`, `nothing`, `a list`, `a map`. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : String(value);
}
