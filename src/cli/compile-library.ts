/** A step of `npm run build`: parses everything under `rules/` and writes `dist/library.json`. */
import fs from 'node:fs';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { COMPILED_FILE, type CompiledLibrary, digestOfText, toCompiledJson } from './compiled-library.ts';
import { LIBRARY, parseShipped, SHIPPED_FOLDERS } from './library.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { readText } from './yaml-file.ts';

/** @throws {ProblemsError} when a file that comes with us is wrong */
export function compileLibrary(): CompiledLibrary {
  const problems: Problem[] = [];
  const library: CompiledLibrary = {};
  for (const folder of SHIPPED_FOLDERS) {
    for (const place of listFiles(LIBRARY + folder, YAML_NAME, problems)) {
      const text = readText(place, problems);
      if (text === undefined) continue;
      const { path, file } = parseShipped(folder, place, text, problems);
      if (file !== undefined) library[path] = { sha256: digestOfText(text), file };
    }
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  return library;
}

/** @throws {ProblemsError} as `compileLibrary` */
export function writeLibrary(): void {
  fs.writeFileSync(COMPILED_FILE, toCompiledJson(compileLibrary()));
}
