/**
 * What stands in a list of the house (checks, relations, report formats, kinds of checks of packs), read from its folder.
 * A member is `src/FOLDER/two-words.ts` with `export const twoWords: CheckDefinition…`; every other file is a part of one.
 */
import type { SourceTree } from './source-tree.ts';

type ListFolder = { folder: string; list: string; type: string };

export const LISTS: readonly ListFolder[] = [
  { folder: 'checks', list: 'CHECKS', type: 'CheckDefinition' },
  { folder: 'relations', list: 'RELATIONS', type: 'RelationDefinition' },
  { folder: 'report', list: 'FORMATS', type: 'ReportFormat' },
  { folder: 'packs', list: 'CHECK_KINDS', type: 'PackCheckKind' },
];

/** The width at which Biome breaks a list, as `biome.json` has it. */
const LINE_WIDTH = 110;

export function toExportName(member: string): string {
  return member.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `export const x: T`, `export const x = … satisfies T;`, and the same with the value over several lines. */
const EXPORTED_CONST =
  /^export const (\w+)(?:\s*:\s*(\w+)| = .*\bsatisfies (\w+)| = \{\n(?:(?!\}).*\n)*\} satisfies (\w+))/gm;

/** Names of the members, in order; a file that exports a definition under another name is told in `strays`. */
export function findMembers(
  tree: SourceTree,
  { folder, type }: ListFolder,
): { members: string[]; strays: string[] } {
  const members: string[] = [];
  const strays: string[] = [];
  for (const [path, text] of tree) {
    if (!path.startsWith(`${folder}/`) || path === `${folder}/index.ts`) continue;
    const name = path.slice(folder.length + 1, -'.ts'.length);
    const exported = [...text.matchAll(EXPORTED_CONST)]
      .filter((match) => (match[2] ?? match[3] ?? match[4]) === type)
      .map((match) => match[1]!);
    const isMember = exported.length === 1 && exported[0] === toExportName(name) && !name.includes('/');
    if (isMember) members.push(name);
    else if (exported.length > 0)
      strays.push(`${path} exports ${exported.join(', ')}, expected ${toExportName(name)} alone`);
  }
  return { members: members.toSorted(byFileName), strays };
}

/** As Biome sorts imports: a name comes before those that begin with it. */
function byFileName(left: string, right: string): number {
  return left < right ? -1 : 1;
}

/** What `index.ts` lists: the imported members and the entries of the list, in their order. */
export function readIndex(text: string, { list }: ListFolder): { imported: string[]; entries: string[] } {
  const imported = [...text.matchAll(MEMBER_IMPORT)].map((match) => match[2]!);
  const entries = listPattern(list).exec(text)?.[2] ?? '';
  return {
    imported,
    entries: entries
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  };
}

const MEMBER_IMPORT = /^import \{ (\w+) \} from '\.\/([\w-]+)\.ts';\n/gm;

function listPattern(list: string): RegExp {
  return new RegExp(`(export const ${list}\\b[^=]*= \\[)([^\\]]*)(\\].*)`);
}

/** `text` of an index file with the members written in; everything else in it stays. */
export function writeIndex(text: string, list: ListFolder, members: readonly string[]): string {
  const rest = text.replace(MEMBER_IMPORT, '');
  const [header, comment, others] = /^(\/\*\*[\s\S]*?\*\/\n\n?)?((?:import [^;]*;\n)*)/.exec(
    rest,
  )! as unknown as string[];
  const imports = [
    ...others!.split(/(?<=;\n)/).filter((line) => line !== ''),
    ...members.map((name) => `import { ${toExportName(name)} } from './${name}.ts';\n`),
  ].sort(byPlace);
  const names = members.map(toExportName);
  const body = rest
    .slice(header!.length)
    .replace(listPattern(list.list), (_, open: string, __, close: string) => {
      const line = `${open}${names.join(', ')}${close}`;
      return line.length <= LINE_WIDTH
        ? line
        : `${open}\n${names.map((name) => `  ${name},\n`).join('')}${close}`;
    });
  return (comment ?? '') + imports.join('') + body;
}

/** As Biome sorts imports: those of other folders before those of the own. */
function byPlace(left: string, right: string): number {
  const [from, other] = [left, right].map((line) => /'(.*)\.ts'/.exec(line)![1]!) as [string, string];
  return Number(from.startsWith('./')) - Number(other.startsWith('./')) || byFileName(from, other);
}

/** The index file of a folder that has none yet. */
export function newIndex({ folder, list, type }: ListFolder): string {
  const model = { checks: 'check', relations: 'relation', report: 'report' }[folder];
  return `/** The members of this folder, listed by \`UPDATE=1 npm test\`. */
import type { ${type} } from '../model/${model}.ts';

export const ${list}: readonly ${type}[] = [];
`;
}
