/** `audit-check seal LOG… --into DIR --key FILE`: appends what is new to a tiled log, and signs a checkpoint of all. */
import os from 'node:os';
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';
import { escapeControls, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { type DiscoveredFile, discover, STDIN } from '../read/discover.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { isKeyName } from '../transparency/note-text.ts';
import { NoteFault } from '../transparency/signed-note.ts';
import { findAmongLogs, lyingAmongLogs } from './among-logs.ts';
import { findConfig, loadConfig } from './config.ts';
import type { ExitCode } from './exit-codes.ts';
import { isOpenToOthers, readSignerKey } from './key-command.ts';
import { loadSources } from './library.ts';
import { missingInput } from './missing-input.ts';
import { isBelow } from './places.ts';
import { publishTargets } from './seal-publish.ts';
import { SealRun } from './seal-run.ts';
import { LeafThread } from './seal-thread.ts';

export type SealOptions = {
  into: string;
  key: string;
  origin?: string;
  publish?: string[];
  config?: string | false;
  source?: string;
  exclude?: string[];
};

/** A thread is ready after some 150 ms (measured): time for this many bytes. */
const THREAD_BYTES = 24 * 1024 * 1024;

/** Of the folder of a sealed log; a pattern may find the one or the other. */
const SEAL_FILES = ['checkpoint', 'inventory.1'];

/** @throws {ProblemsError} with everything that is wrong with the arguments */
export async function seal(paths: string[], options: SealOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const config =
    options.config === false
      ? loadConfig(undefined, problems)
      : loadConfig(options.config ?? findConfig(process.cwd()), problems);
  const named = paths.length > 0 ? paths : config.logs;
  const exclude = [...config.exclude, ...(options.exclude ?? [])];
  const { files, missing, empty } = await discover(named, exclude);
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  if (named.length === 0) wrong('arguments', 'nothing to seal: name log files or folders');
  for (const name of missing) problems.push(missingInput(name));
  for (const { file, regular, skip } of files)
    if (file === STDIN || (!regular && skip === undefined))
      wrong(file, 'expected a file: what is read once cannot be held to its seal later');
  const signer = readSignerKey(options.key, problems);
  if (signer?.kind === 'cosignature')
    wrong(options.key, 'expected the key of a log (type 01), found that of a witness');
  const origin = options.origin ?? signer?.name ?? '';
  // The name of the key is the name of the log: no policy accepts a checkpoint under another one.
  if (signer !== undefined && (origin !== signer.name || !isKeyName(origin)))
    wrong('--origin', `expected the name of the key ${quote(signer.name)}, found ${quote(origin)}`);
  const into = path.resolve(options.into);
  const among = await findAmongLogs(
    { paths: named, exclude },
    SEAL_FILES.map((name) => path.join(into, name)),
  );
  if (among.size > 0 || files.some(({ file }) => isBelow(into, file)))
    problems.push(lyingAmongLogs('--into', options.into));
  const targets = publishTargets(options.publish ?? [], wrong);
  const sources = loadSources(config.sources, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  for (const folder of empty)
    process.stderr.write(`note: the folder ${escapeControls(quote(folder))} holds no file to read\n`);
  for (const note of keyWarnings(options.key, into, files))
    process.stderr.write(`note: ${escapeControls(note)}\n`);
  const source = options.source ?? config.source;
  const framing = {
    sources,
    limits: { ...DEFAULT_LIMITS, ...config.limits },
    ...(source !== undefined && { source }),
  };
  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const isLarge = bytes >= THREAD_BYTES && os.availableParallelism() > 1;
  const thread = isLarge ? new LeafThread(framing) : undefined;
  try {
    const run = new SealRun(into, signer!, framing, thread);
    return await run.seal(files, { paths: named, exclude }, targets);
  } catch (error) {
    if (error instanceof StoreFault || error instanceof NoteFault)
      throw new ProblemsError([{ file: options.into, line: 0, column: 0, message: error.message }]);
    // What the logs' own disk says was told by the reader.
    if (!isSystemError(error)) throw error;
    const message = `it cannot be written: ${error.code}`;
    throw new ProblemsError([{ file: options.into, line: 0, column: 0, message }]);
  } finally {
    await thread?.close();
  }
}

/** A key that lies where the logs lie is in the hands of whoever can change them. */
function keyWarnings(key: string, into: string, files: readonly DiscoveredFile[]): string[] {
  const folder = path.dirname(path.resolve(key));
  const warnings: string[] = [];
  if (isOpenToOthers(key))
    warnings.push(`the key ${quote(key)} can be read by others than its owner: chmod 600`);
  if (folder === into || files.some(({ file }) => path.dirname(path.resolve(file)) === folder))
    warnings.push(`the key ${quote(key)} lies beside what it vouches for: keep it elsewhere`);
  return warnings;
}
