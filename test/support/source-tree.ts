/** The source files of this repository as text, and what they import: what the house's own tests judge. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const repository: string = fileURLToPath(new URL('../..', import.meta.url));

/** AssemblyScript: another language, with imports of its own form, which its compiler resolves within the folder. */
const ANOTHER_LANGUAGE = 'read/kernel/assembly/';

/** Path below `src/` (`checks/index.ts`) to text, sorted. */
export type SourceTree = ReadonlyMap<string, string>;

export function readSourceTree(): SourceTree {
  const names = readdirSync(`${repository}src`, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.startsWith(ANOTHER_LANGUAGE))
    .toSorted();
  return new Map(names.map((name) => [name, readFileSync(`${repository}src/${name}`, 'utf8')]));
}

/** One import of a file: the words as written, what it names, and the file below `src/` when it is one of ours. */
type Import = { specifier: string; file: string | undefined; names: string };

/** `import … from`, `export … from`, `import type …`, `import '…'`, on one line or many. */
const STATEMENT = /^[ \t]*(?:import|export)\b(?:([^'"`;]*?)\bfrom)?\s*(['"])([^'"\n]+)\2/gm;
/** `import('…')`, `require('…')`, `import.meta.resolve('…')`, `new URL('….ts', …)`; the argument may be computed. */
const CALL =
  /(?:\bimport|\brequire|\bimport\.meta\.resolve)\s*\(\s*(?:(['"`])([^'"`$]+)\1|([^\s)'"`][^)]*|`[^`]*`))/g;

/** Every import of the file at `path`. A computed one has the specifier `(computed)`, which no rule allows. */
export function importsOf(path: string, text: string): Import[] {
  const code = withoutBlockComments(text);
  const statements = [...code.matchAll(STATEMENT)].map((match) => ({
    specifier: match[3]!,
    names: match[1] ?? '',
  }));
  const calls = [...code.matchAll(CALL)].map((match) => ({ specifier: match[2] ?? '(computed)', names: '' }));
  return [...statements, ...calls].map((one) => ({ ...one, file: resolveImport(path, one.specifier) }));
}

/** Only comments that begin a line: elsewhere the two characters may stand in a string such as a glob. */
function withoutBlockComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '');
}

function resolveImport(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const url = new URL(specifier, `file:///src/${path}`);
  return decodeURIComponent(url.pathname).replace(/^\/src\//, '');
}
