/** `audit-check doctor`: whether this machine, this package and this configuration can run an audit, before one is needed. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageFile } from '../base/package-file.ts';
import { count, escapeControls, formatNumber } from '../base/text-safety.ts';
import { isTimeZone } from '../base/time-zone.ts';
import { inspectFile } from '../engine/inspect.ts';
import { formatProblem, type Problem, sortedProblems } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { type DiscoveredFile, discover } from '../read/discover.ts';
import { loadKernel } from '../read/kernel/load-kernel.ts';
import type { Mapping } from '../sources/mapping.ts';
import type { ConfiguredKey } from './config.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { buildRequest, type RequestOptions, readScope, requestOver, type Scope } from './request.ts';
import { TOOL } from './tool.ts';
import { readTriage, type TriageOptions } from './triage-inputs.ts';

/** `ok`: as it should be. `slow`: an audit runs and says the same, but takes longer. `wrong`: it cannot run as it is. */
type Health = 'ok' | 'slow' | 'wrong';

/** `next`: what to do about it. */
type Examined = { what: string; health: Health; found: string; next?: string };

export type DoctorOptions = RequestOptions & TriageOptions;

/** Files whose heads are read to say that none holds a record: enough to see a wrong export, quick in a large folder. */
const MAX_HEADS = 50;

/** Bytes. What does not fit in memory lies in temporary files: how much that is hangs on rules and actors, so this is a guess. */
const WANTED_SPACE = 2 * 1024 ** 3;

export async function doctor(paths: string[], options: DoctorOptions): Promise<ExitCode> {
  const examined = [
    examineNode(),
    examinePackage(),
    examineKernel(),
    examineThreads(),
    examineZones(),
    examineTemporary(),
    ...(await examineAudit(paths, options)),
  ];
  process.stdout.write(`${TOOL.name} ${TOOL.version}\n\n${examined.map(formatExamined).join('\n')}\n\n`);
  const wrong = examined.filter(({ health }) => health === 'wrong').length;
  process.stdout.write(wrong === 0 ? 'ready to audit\n' : `${count(wrong, 'thing')} to mend first\n`);
  return wrong === 0 ? EXIT.clean : EXIT.usage;
}

function formatExamined({ what, health, found, next }: Examined): string {
  const line = `${health.padEnd(7)}${what.padEnd(17)}${found}`;
  const lines = next === undefined ? [line] : [line, `${' '.repeat(24)}${next}`];
  return lines.map(escapeControls).join('\n');
}

function examineNode(): Examined {
  const { engines } = JSON.parse(fs.readFileSync(packageFile('package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const found = `${process.version} on ${process.platform} ${process.arch}`;
  if (isSupported(process.version, engines.node)) return { what: 'Node', health: 'ok', found };
  return { what: 'Node', health: 'wrong', found, next: `install a Node that is ${engines.node}` };
}

/** The two forms that package.json uses: `^20.19.0 || >=22.12.0`. */
export function isSupported(version: string, range: string): boolean {
  const own = numbersOf(version);
  return range.split('||').some((part) => {
    const least = numbersOf(part);
    const sameMajor = !part.trim().startsWith('^') || own[0] === least[0];
    const [major, minor, patch] = own.map((number, index) => number - least[index]!);
    return sameMajor && (major! || minor! || patch!) >= 0;
  });
}

function numbersOf(version: string): number[] {
  return /(\d+)\.(\d+)\.(\d+)/.exec(version)!.slice(1).map(Number);
}

/** What a build makes and a run needs. */
const BUILT = [
  'dist/main.js',
  'dist/bundle.cjs',
  'dist/scan-worker.js',
  'dist/digest-worker.js',
  'dist/kernel.wasm',
  'dist/library.json',
];

function examinePackage(): Examined {
  const missing = BUILT.filter((name) => !fs.existsSync(packageFile(name)));
  if (missing.length === 0) return { what: 'package', health: 'ok', found: 'all built parts are there' };
  const found = `missing: ${missing.join(', ')}`;
  return { what: 'package', health: 'wrong', found, next: 'install it anew, or run: npm run build' };
}

function examineKernel(): Examined {
  if (loadKernel() !== undefined)
    return { what: 'scanner', health: 'ok', found: 'compiled, WebAssembly with SIMD' };
  const next = 'reports are the same; a processor or a Node with WebAssembly SIMD is several times faster';
  return { what: 'scanner', health: 'slow', found: 'plain: the compiled one cannot be loaded here', next };
}

function examineThreads(): Examined {
  const threads = os.availableParallelism();
  const memory = os.totalmem() / 1024 ** 3;
  const found = `${count(threads, 'thread')}, ${memory.toFixed(1)} GiB of memory`;
  if (memory >= 1) return { what: 'machine', health: 'ok', found };
  return { what: 'machine', health: 'slow', found, next: 'large runs take up to half a gibibyte' };
}

function examineZones(): Examined {
  if (isTimeZone('Europe/Berlin') && isTimeZone('America/New_York'))
    return { what: 'time zones', health: 'ok', found: `IANA ${process.versions.tz ?? 'data of Node'}` };
  const next = 'install a Node with full ICU: contracts and text logs name zones';
  return { what: 'time zones', health: 'wrong', found: 'Node knows no IANA zones', next };
}

function examineTemporary(): Examined {
  const folder = os.tmpdir();
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(folder);
    const free = bavail * bsize;
    const found = `${folder}, ${formatNumber(Math.floor(free / 1024 ** 2))} MiB free`;
    if (free >= WANTED_SPACE) return { what: 'temporary files', health: 'ok', found };
    return { what: 'temporary files', health: 'slow', found, next: 'TMPDIR names another folder' };
  } catch (error) {
    const found = `${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    return { what: 'temporary files', health: 'wrong', found, next: 'TMPDIR names another folder' };
  }
}

async function examineAudit(paths: string[], options: DoctorOptions): Promise<Examined[]> {
  const problems: Problem[] = [];
  const scope = readScope(paths, options, problems);
  // A machine can be examined before there are logs. A configuration that names none is no good.
  const isBlank = scope.paths.length === 0 && scope.config.file === undefined;
  const request = isBlank
    ? requestOver(scope, options, problems)
    : buildRequest(paths, options, problems, scope);
  const guessed = (Object.values(request.sources) as Mapping[]).filter(({ suggested }) => suggested);
  readTriage(options, request, scope.config, problems);
  return [
    ...examineConfig(scope, problems),
    ...guessed.map(examineGuess),
    ...(scope.paths.length > 0 ? [await examineLogs(scope)] : []),
    ...Object.entries(scope.config.keys).map(([name, key]) => examineKey(name, key)),
  ];
}

function examineConfig({ config, paths }: Scope, problems: readonly Problem[]): Examined[] {
  const what = 'configuration';
  const named = config.file ?? 'none found from here upward';
  if (problems.length === 0) {
    const isBlank = config.file === undefined && paths.length === 0;
    return [
      { what, health: 'ok', found: named, ...(isBlank && { next: 'audit-check init LOGS writes one' }) },
    ];
  }
  const next = 'audit-check verify stops at it with the same words';
  return sortedProblems(problems).map((problem) => ({
    what,
    health: 'wrong',
    found: formatProblem(problem),
    next,
  }));
}

function examineGuess({ name }: Mapping): Examined {
  const next = 'read and correct it, then take "suggested" out: until then every audit by it is incomplete';
  return {
    what: `mapping ${name}`,
    health: 'wrong',
    found: 'was suggested, and nobody has confirmed it',
    next,
  };
}

async function examineLogs({ paths, exclude }: Scope): Promise<Examined> {
  const { files, missing } = await discover(paths, exclude);
  const what = 'logs';
  if (missing.length > 0) {
    const found = `there is no ${missing.map((name) => JSON.stringify(name)).join(', ')}`;
    return { what, health: 'wrong', found, next: 'name files, folders or globs that are there' };
  }
  const read = files.filter(({ skip }) => skip === undefined);
  const closed = read.filter((file) => !isReadable(file));
  const bytes = read.reduce((sum, file) => sum + file.bytes, 0);
  const unsupported = files.filter(({ skip }) => skip?.unsupported === true);
  const found = `${count(read.length, 'file')}, ${formatNumber(bytes)} bytes`;
  if (read.length === 0) return { what, health: 'wrong', found, next: 'there is nothing to audit' };
  if (closed.length > 0) {
    const next = 'give this user read access';
    return { what, health: 'wrong', found: `not readable: ${closed[0]!.file}`, next };
  }
  if (bytes === 0 && read.every(({ regular }) => regular))
    return { what, health: 'wrong', found, next: 'every file is empty: an audit would be incomplete' };
  if (await isAllUnreadable(read)) {
    const next =
      'no file begins with a record of a format that is known: audit-check sources test FILE says more';
    return { what, health: 'wrong', found, next };
  }
  if (unsupported.length === 0) return { what, health: 'ok', found };
  const [first] = unsupported;
  const next = `${count(unsupported.length, 'file')} cannot be read, as ${first!.file}: ${first!.skip!.reason}`;
  return { what, health: 'wrong', found, next };
}

/** Of more files than are looked at, and of pipes, which are read once, nothing is said. */
async function isAllUnreadable(files: readonly DiscoveredFile[]): Promise<boolean> {
  if (files.length > MAX_HEADS || files.some(({ regular }) => !regular)) return false;
  for (const { file } of files) if ((await inspectFile(file, [], DEFAULT_LIMITS)) !== undefined) return false;
  return true;
}

function isReadable({ file, regular }: DiscoveredFile): boolean {
  if (!regular) return true;
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Never the key itself. What lies beside the log, or in the configuration, `verify` tells as a finding. */
function examineKey(name: string, { env, file, value }: ConfiguredKey): Examined {
  const what = `key ${name}`;
  if (value !== undefined) {
    const next = 'name an environment variable or a file instead';
    return { what, health: 'wrong', found: 'lies in the configuration', next };
  }
  if (env !== undefined) {
    if (process.env[env] !== undefined) return { what, health: 'ok', found: `$${env} is set` };
    const next = 'set it, or what the key protects stays unverifiable';
    return { what, health: 'wrong', found: `$${env} is not set`, next };
  }
  // A file that cannot be read is told with the configuration.
  const open =
    process.platform !== 'win32' && fs.existsSync(file!) && (fs.statSync(file!).mode & 0o077) !== 0;
  const found = path.normalize(file!);
  if (!open) return { what, health: 'ok', found };
  return { what, health: 'wrong', found: `${found} can be read by others`, next: `chmod 600 ${found}` };
}
