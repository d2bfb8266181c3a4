/** Files of roles, in whatever format, as one table. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, ShapeReader } from '../base/yaml-shape.ts';
import { parseYaml, type YamlMistake, type YamlNode } from '../base/yaml-tree.ts';
import { isAuthorizationDetails, readAuthorizationDetails } from './aws-authorization-details.ts';
import { readConflicts } from './conflicts.ts';
import { isGcpIam, readGcpIam } from './gcp-iam.ts';
import { isRbac, readKubernetesRbac } from './kubernetes-rbac.ts';
import { parseRoleTable, readMembers, TABLE_KEYS } from './parse-role-table.ts';
import { parseJsonNode, refuseUnknownKeys } from './role-shape.ts';
import { type Conflict, emptyTable, ROLE_FORMATS, type RoleFormat, type RoleTable } from './role-table.ts';

export type RoleFile = { file: string; text: string };

type Document = { file: string; reader: ShapeReader };

/** The bytes of a file are text; it may hold JSON, or YAML of several documents. */
export function readRoleFile(
  format: string | undefined,
  file: RoleFile,
  problems: YamlMistake[],
): RoleTable | undefined {
  return readRoleFiles(format, [file], problems);
}

/** Undefined when something is wrong, and `problems` say what. `format`: detected where it is not said. */
export function readRoleFiles(
  format: string | undefined,
  files: readonly RoleFile[],
  problems: YamlMistake[],
): RoleTable | undefined {
  const before = problems.length;
  const [first] = files;
  if (first === undefined) return undefined;
  const documents: Document[] = [];
  const conflicts: Conflict[] = [];
  const members: Member[] = [];
  for (const document of files.flatMap((file) => documentsOf(file, problems))) {
    if (isSupplement(document)) {
      conflicts.push(...readConflicts(document.reader));
      members.push(...readMembers(document.reader));
    } else documents.push(document);
  }
  if (problems.length > before) return undefined;
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  const chosen = format === undefined ? detect(documents, wrong) : checkFormat(format, first.file, wrong);
  if (chosen === undefined) return undefined;
  const table = READERS[chosen](first.file, documents, members);
  if (problems.length > before) return undefined;
  return {
    ...table,
    members: [...table.members, ...members],
    conflicts: [...table.conflicts, ...conflicts],
  };
}

type Member = RoleTable['members'][number];

type Reader = (file: string, documents: readonly Document[], members: readonly Member[]) => RoleTable;

const READERS: Readonly<Record<RoleFormat, Reader>> = {
  roles: (file, documents) => {
    for (const { reader } of documents) refuseUnknownKeys(reader, ['format', ...TABLE_KEYS]);
    return joinTables(
      file,
      documents.map((document) => parseRoleTable(document.file, document.reader)),
    );
  },
  'kubernetes-rbac': (file, documents) => readKubernetesRbac(file, readersOf(documents)),
  'aws-authorization-details': (file, documents) => readAuthorizationDetails(file, readersOf(documents)),
  'gcp-iam': (file, documents, members) =>
    readGcpIam(file, readersOf(documents), new Set(members.map(({ group }) => group))),
};

function readersOf(documents: readonly Document[]): ShapeReader[] {
  return documents.map(({ reader }) => reader);
}

/** A document that is a list stands for its items. */
function documentsOf({ file, text }: RoleFile, problems: YamlMistake[]): Document[] {
  const isJson = /^\ufeff?\s*[[{]/.test(text);
  const json = isJson ? parseJsonNode(file, text) : undefined;
  // What begins like JSON may be YAML in braces; then the library tells what is wrong.
  const useJson = json !== undefined && (json.problems.length === 0 || /\.json$/i.test(file));
  const parsed = useJson ? undefined : parseYaml(file, text);
  problems.push(...(useJson ? json.problems : parsed!.problems));
  const roots = useJson ? [json.root] : parsed!.documents.map(({ root }) => root);
  const nodes = roots.flatMap((root): YamlNode[] =>
    root?.kind === 'list' ? root.items : root === undefined ? [] : [root],
  );
  const documents = nodes.flatMap((node): Document[] => {
    if (node.kind === 'map') return [{ file, reader: new ShapeReader(file, node, problems) }];
    if (node.kind !== 'null')
      problems.push({
        file,
        line: node.line,
        column: node.column,
        message: `expected a map, found ${describe(node)}`,
      });
    return [];
  });
  if (documents.length === 0 && problems.length === 0)
    problems.push({ file, line: 0, column: 0, message: 'holds no roles' });
  return documents;
}

/** What no format but ours can say goes along with any of them: conflicts, and who is in a group. */
function isSupplement({ reader }: Document): boolean {
  const keys = reader.map.entries.map(({ key }) => key);
  return keys.length > 0 && keys.every((key) => key === 'conflicts' || key === 'groups');
}

const MARKS: readonly [RoleFormat, (reader: ShapeReader) => boolean][] = [
  ['roles', (reader) => reader.get('roles') !== undefined],
  ['kubernetes-rbac', isRbac],
  ['aws-authorization-details', isAuthorizationDetails],
  ['gcp-iam', isGcpIam],
];

/** Documents that say nothing (other kinds of Kubernetes objects) go along with those that do. */
function detect(
  documents: readonly Document[],
  wrong: (file: string, message: string) => void,
): RoleFormat | undefined {
  const found = new Map<RoleFormat, string>();
  for (const { file, reader } of documents) {
    const format = MARKS.find(([, isOf]) => isOf(reader))?.[0];
    if (format !== undefined && !found.has(format)) found.set(format, file);
  }
  const [one, other] = [...found];
  const file = documents[0]?.file ?? '';
  if (one === undefined) wrong(file, `is none of the formats of roles: ${ROLE_FORMATS.join(', ')}`);
  else if (other !== undefined)
    wrong(other[1], `holds ${other[0]}, and ${quote(one[1])} holds ${one[0]}: one table is of one format`);
  else return one[0];
  return undefined;
}

function checkFormat(
  format: string,
  file: string,
  wrong: (file: string, message: string) => void,
): RoleFormat | undefined {
  const known = ROLE_FORMATS.find((each) => each === format);
  if (known === undefined)
    wrong(
      file,
      `unknown format of roles ${quote(format)}${didYouMean(format, ROLE_FORMATS)}, known are ${ROLE_FORMATS.join(', ')}`,
    );
  return known;
}

function joinTables(file: string, tables: readonly RoleTable[]): RoleTable {
  const [first = emptyTable('roles', file)] = tables;
  if (tables.length <= 1) return first;
  const offsets: number[] = [];
  let offset = 0;
  for (const { roles } of tables) {
    offsets.push(offset);
    offset += roles.length;
  }
  return {
    ...first,
    roles: tables.flatMap(({ roles }) => roles),
    assignments: tables.flatMap(({ assignments }, index) =>
      assignments.map((each) => ({ ...each, role: each.role + offsets[index]! })),
    ),
    members: tables.flatMap(({ members }) => members),
    users: tables.flatMap(({ users }) => users),
    conflicts: tables.flatMap(({ conflicts }) => conflicts),
  };
}
