/** The floors of the house (design: architecture) and what breaks them. Each rule says why it stands. */
import { findMembers, LISTS } from './registry.ts';
import { importsOf, type SourceTree } from './source-tree.ts';

/** A file imports its own folder and lower floors: so each floor can be read, tested and replaced without those above. */
const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  model: 1,
  read: 2,
  sources: 2,
  chain: 2,
  match: 2,
  licenses: 2,
  lint: 2,
  roles: 2,
  transparency: 2,
  cloudtrail: 2,
  manifests: 2,
  attestation: 2,
  redaction: 2,
  retention: 2,
  'text-logs': 2,
  store: 3,
  evidence: 3,
  checks: 3,
  relations: 3,
  report: 3,
  triage: 3,
  convert: 4,
  engine: 4,
  'audit.ts': 4,
  cli: 5,
};

/** Rooms of one home that has many: as floors within it. What lies outside of its rooms joins them. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  licenses: {
    contract: 0,
    use: 1,
    costs: 1,
    'license-file': 1,
    parse: 2,
    'self-check': 2,
    measures: 3,
    verdict: 4,
    clauses: 5,
    statement: 5,
  },
};

/** The spine says what is done, the engine how it is spread: the one pair on a floor where one knows the other. */
const ALLOWED_PAIRS: ReadonlySet<string> = new Set(['audit.ts > engine']);

/** An audit is a function of its input: only these reach outside the process. */
const TOUCH_THE_DISK: ReadonlySet<string> = new Set(['read', 'store', 'cli']);
const DISK_MODULES: ReadonlySet<string> = new Set([
  ...[
    'fs',
    'fs/promises',
    'child_process',
    'net',
    'tls',
    'http',
    'https',
    'http2',
    'dgram',
    'dns',
    'sqlite',
    'repl',
  ],
  ...['dns/promises', 'readline', 'readline/promises', 'cluster', 'module', 'fast-glob'],
]);

/** `node:net` also holds the arithmetic of addresses, which reaches nowhere. */
const PURE_NET = /^\s*\{\s*(?:(?:isIP|isIPv4|isIPv6|BlockList|SocketAddress),?\s*)+\}\s*$/;

/** A package may be loaded at its first use: what a `require` is asked for is judged as any import. */
const ONLY_REQUIRE = /^\s*\{\s*createRequire\s*\}\s*$/;
const NAMED_REQUIRE = /\bconst require = createRequire\(import\.meta\.url\);/;

/** Same input, same report: the clock, chance and the machine's language are asked by the command line alone. */
const UNREPEATABLE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\blocaleCompare\(|\.toLocale\w+\(|\bprocess\.(?:env|cwd|argv|hrtime|stdout|stderr|exit)\b/;

/** Everything in the tree that breaks a rule, one sentence each. */
export function layerViolations(tree: SourceTree): string[] {
  const members = new Set(
    LISTS.flatMap((list) => findMembers(tree, list).members.map((name) => `${list.folder}/${name}.ts`)),
  );
  return [...tree].flatMap(([path, text]) => {
    const home = homeOf(path);
    if (FLOORS[home] === undefined) return [`${path}: "${home}" has no floor`];
    const found = importsOf(path, text).flatMap(({ specifier, file, names }) =>
      file === undefined
        ? outsideViolation(path, specifier, names, text)
        : insideViolation(path, file, members, tree),
    );
    const match = home === 'cli' ? null : UNREPEATABLE.exec(text);
    if (match !== null) found.push(`${path}: ${match[0]} makes a report unrepeatable; only cli/ may`);
    return found;
  });
}

/** The folder below src/, or the file itself when it lies in none. */
function homeOf(path: string): string {
  return path.split('/')[0]!;
}

function outsideViolation(path: string, specifier: string, names: string, text: string): string[] {
  if (specifier === '(computed)') return [`${path}: a computed import cannot be judged`];
  if (specifier === 'node:net' && PURE_NET.test(names)) return [];
  if (specifier === 'node:module' && ONLY_REQUIRE.test(names) && NAMED_REQUIRE.test(text)) return [];
  if (!DISK_MODULES.has(specifier.replace(/^node:/, '')) || TOUCH_THE_DISK.has(homeOf(path))) return [];
  return [`${path}: imports ${specifier}; only read/ and cli/ touch the disk or the network`];
}

function insideViolation(
  path: string,
  file: string,
  members: ReadonlySet<string>,
  tree: SourceTree,
): string[] {
  if (!file.endsWith('.ts') || !tree.has(file)) return [`${path}: imports ${file}, which is no file of src/`];
  const home = homeOf(path);
  const other = homeOf(file);
  if (home === other) {
    const rooms = ROOMS[home];
    if (rooms !== undefined) return roomViolation(path, file, rooms);
    const isList = path === `${home}/index.ts`;
    return members.has(file) && !isList
      ? [`${path}: imports ${file}; members of a list do not know each other`]
      : [];
  }
  const from = FLOORS[home]!;
  const to = FLOORS[other];
  if (to === undefined) return [`${path}: imports ${file}, which has no floor`];
  if (to < from || ALLOWED_PAIRS.has(`${home} > ${other}`)) return [];
  return [
    `${path}: imports ${file}, ${to === from ? `sideways on floor ${to}` : `upwards from floor ${from} to ${to}`}`,
  ];
}

function roomViolation(path: string, file: string, rooms: Readonly<Record<string, number>>): string[] {
  const [room, other] = [path, file].map((each) => each.split('/').slice(1, -1)[0]);
  if (room === other || room === undefined) return [];
  const [from, to] = [rooms[room], other === undefined ? undefined : rooms[other]];
  if (from === undefined) return [`${path}: "${room}" is no room`];
  return to !== undefined && to < from ? [] : [`${path}: imports ${file}, which its room may not know`];
}
