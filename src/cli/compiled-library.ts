/**
 * The shipped library as `npm run build` parsed it (`dist/library.json`): 70 ms of a run of 250 (measured).
 * The folder stays the truth: an entry speaks for a file whose text has its digest, every other file is parsed.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChainProfile } from '../chain/profile.ts';
import type { ProtocolProfile } from '../chain/protocol.ts';
import type { RuleDocument } from '../match/parse-rules.ts';
import type { RuleHead } from '../model/rule.ts';
import type { Mapping } from '../sources/mapping.ts';

/** What one file holds. Paths of files are those below `rules/`, with slashes. */
export type CompiledFile =
  | { mapping: Mapping }
  | { profile: ChainProfile }
  | { protocol: ProtocolProfile }
  | { rules: RuleDocument[] };

/** By path below `rules/`. */
export type CompiledLibrary = Record<string, { sha256: string; file: CompiledFile }>;

/** Beside the bundle; sources, which may be newer than any build, have none. */
export const COMPILED_FILE = fileURLToPath(new URL('library.json', import.meta.url));

export function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON has no bigint: those in a rule are spans in nanoseconds and instants, which `parseCompiledJson` knows by name. */
export function toCompiledJson(library: CompiledLibrary): string {
  return JSON.stringify(library, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** @throws {SyntaxError} */
export function parseCompiledJson(text: string): CompiledLibrary {
  const library = JSON.parse(text) as CompiledLibrary;
  for (const { file } of Object.values(library)) {
    for (const document of 'rules' in file ? file.rules : []) {
      if (document.kind === 'detection') restore(document.detection);
      if (document.kind !== 'correlation') continue;
      const { draft } = document;
      restore(draft.head);
      if (draft.timespan !== undefined) draft.timespan = BigInt(draft.timespan);
    }
  }
  return library;
}

function restore({ suppress, effective }: Pick<RuleHead, 'suppress' | 'effective'>): void {
  if (suppress !== undefined) suppress.for = BigInt(suppress.for);
  if (effective?.from !== undefined) effective.from = BigInt(effective.from);
  if (effective?.to !== undefined) effective.to = BigInt(effective.to);
}

/** The compiled library at `place`; an empty one when it is not there, cannot be read, or is older than `code`, which made it. */
export function readCompiledLibrary(place: string, code: string): CompiledLibrary {
  try {
    if (fs.statSync(place).mtimeMs < fs.statSync(code).mtimeMs) return {};
    return parseCompiledJson(fs.readFileSync(place, 'utf8'));
  } catch {
    return {};
  }
}

let shipped: CompiledLibrary | undefined;

/** What the shipped file at `path` holds, if it was compiled from this text. */
export function compiledFile(path: string, text: string): CompiledFile | undefined {
  // The bundler writes every file anew: without the step after it, this one is the newer.
  shipped ??= readCompiledLibrary(COMPILED_FILE, fileURLToPath(import.meta.url));
  return lookUp(shipped, path, text);
}

export function lookUp(library: CompiledLibrary, path: string, text: string): CompiledFile | undefined {
  const entry = Object.hasOwn(library, path) ? library[path] : undefined;
  return entry?.sha256 === digestOfText(text) ? entry.file : undefined;
}
