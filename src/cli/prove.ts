/** `audit-check prove`: a file that shows an outsider, without the log, that one record was sealed. */
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { TiledLog } from '../store/tiled-log.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { formatTlogProof, verifyTlogProof } from '../transparency/tlog-proof.ts';
import { HASH_BYTES } from '../transparency/tree-hash.ts';
import { findConfig, loadConfig } from './config.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadSources } from './library.ts';
import { isFile } from './places.ts';
import { type LeafOfLine, LeafReader } from './seal-leaves.ts';
import { writeFileWhole, writeStream } from './write-output.ts';

export type ProveOptions = {
  log: string;
  record?: string;
  index?: string;
  out?: string;
  config?: string | false;
  source?: string;
};

/** @throws {ProblemsError} */
export async function prove(options: ProveOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const wrong = (file: string, message: string): never => {
    throw new ProblemsError([...problems, { file, line: 0, column: 0, message }]);
  };
  if ((options.record === undefined) === (options.index === undefined))
    wrong('arguments', 'expected either --record FILE:LINE or --index NUMBER');
  try {
    const log = new TiledLog(options.log);
    let index: number;
    let leaf: Uint8Array;
    if (options.index !== undefined) {
      index = /^\d{1,15}$/.test(options.index) ? Number(options.index) : Number.NaN;
      if (!(index < log.size))
        wrong('--index', `expected a number from 0 to ${log.size - 1}, found ${quote(options.index)}`);
      leaf = log.leaf(index);
    } else {
      leaf = (await leafOfRecord(options.record!, options, problems)).leaf;
      index = findLeaf(log, leaf);
      if (index < 0) {
        process.stderr.write(
          `${escapeControls(options.record!)} is not among the ${log.size} records under the checkpoint of ${escapeControls(options.log)}: it was not sealed so far, or was changed since\n`,
        );
        return EXIT.findings;
      }
    }
    const proof = { index: BigInt(index), hashes: log.inclusionProof(index), checkpoint: log.note };
    // Tiles that somebody touched make a proof of nothing.
    const fault = verifyTlogProof(proof, leaf);
    if (fault !== undefined)
      wrong(options.log, `the tiles do not lead to the root of the checkpoint: ${fault}`);
    const text = formatTlogProof(proof);
    if (options.out === undefined) await writeStream(process.stdout, text);
    else writeFileWhole(options.out, text);
    process.stderr.write(`record ${index} of ${log.size} in ${escapeControls(log.origin)}\n`);
    return EXIT.clean;
  } catch (error) {
    if (error instanceof StoreFault) return wrong(options.log, error.message);
    throw error;
  }
}

/** Of `FILE:LINE`. @throws {ProblemsError} */
export async function leafOfRecord(
  place: string,
  options: { config?: string | false; source?: string },
  problems: Problem[],
): Promise<LeafOfLine> {
  const wrong = (message: string): never => {
    throw new ProblemsError([...problems, { file: '--record', line: 0, column: 0, message }]);
  };
  const [, file = '', line = ''] =
    /^(.+):(\d{1,15})$/.exec(place) ?? wrong(`expected FILE:LINE, found ${quote(place)}`);
  if (!isFile(file)) wrong(`there is no file ${quote(file)}`);
  const config = loadConfig(
    options.config === false ? undefined : (options.config ?? findConfig(process.cwd())),
    problems,
  );
  const sources = loadSources(config.sources, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const source = options.source ?? config.source;
  const limits = { ...DEFAULT_LIMITS, ...config.limits };
  const reader = new LeafReader({ sources, limits, ...(source !== undefined && { source }) });
  const found =
    (await reader.leafAt(file, Number(line))) ?? wrong(`no record begins on line ${line} of ${quote(file)}`);
  // A line that holds a genuine record and another would pass for proven as a whole.
  if (found.records > 1)
    wrong(
      `expected one record on line ${line} of ${quote(file)}, found ${count(found.records, 'record')}: give the one that is meant in a file of its own`,
    );
  return found;
}

/** The first leaf that is this one; -1 where none is. Reads all tiles of leaves, 32 bytes a record. */
function findLeaf(log: TiledLog, leaf: Uint8Array): number {
  let passed = 0;
  for (const hashes of log.leaves(0, log.size)) {
    for (let at = hashes.indexOf(leaf); at >= 0; at = hashes.indexOf(leaf, at + 1))
      if (at % HASH_BYTES === 0) return passed + at / HASH_BYTES;
    passed += hashes.length / HASH_BYTES;
  }
  return -1;
}
