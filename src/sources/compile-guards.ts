/** `{path: glob, path: [glob, glob], path: null}` of a mapping's YAML to guards; null asks for absence, `"*"` for presence. */
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import type { Guard } from './mapping.ts';
import { type MappingDraft, PathTable, toYamlText, type YamlPath } from './mapping-draft.ts';

export function compileGuards(value: unknown, at: YamlPath, draft: MappingDraft, envelope: string): Guard[] {
  // The copies for the envelopes repeat what was said about the record itself.
  const problem: MappingDraft['problem'] = envelope === '' ? draft.problem : () => {};
  if (!isPlainObject(value)) {
    problem(at, `expected a mapping of field paths to patterns, found ${describeValue(value)}`);
    return [];
  }
  return Object.entries(value).flatMap(([path, pattern]): Guard[] => {
    if (!PathTable.isPath(path)) {
      problem([...at, path], `expected a field path, found ${quote(path)}`);
      return [];
    }
    const number = draft.paths.number(path, envelope);
    if (pattern === null) return [{ path: number, absent: true }];
    const globs = (Array.isArray(pattern) ? pattern : [pattern]).map(toYamlText);
    const valid = globs.filter((glob) => glob !== undefined && glob !== '');
    if (valid.length < globs.length || valid.length === 0) {
      problem(
        [...at, path],
        `expected a pattern, a list of patterns, or null for "absent", found ${describeValue(pattern)}`,
      );
    }
    return [{ path: number, globs: valid as string[] }];
  });
}
