/** Logs as the commands beside `verify` read them: the segments of archives in the place of their files, held to their logs. */
import type { CheckResult } from '../model/check.ts';
import type { Problem } from '../model/problem.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { findArchives, holdArchives, readArchiveKeys } from './verify-archives.ts';
import type { KeyUse } from './verify-trust.ts';

export type ArchiveKeyOptions = { verifierKey?: string[]; identity?: string[] };

export type HeldLogs = { files: DiscoveredFile[]; evidence: CheckResult[] };

/** `files`: all that is no part of an archive. `hold` is for when nothing is wrong with the arguments. */
export async function readHeldLogs(
  paths: readonly string[],
  found: readonly DiscoveredFile[],
  options: ArchiveKeyOptions,
  problems: Problem[],
): Promise<{ files: DiscoveredFile[]; hold: () => Promise<HeldLogs> }> {
  const archives = findArchives(paths, found);
  const use: KeyUse = { signers: new Set(), logs: new Set(), refused: new Set(), hasDamaged: false };
  if (archives.folders.length === 0 && options.verifierKey !== undefined)
    problems.push({
      file: '--verifier-key',
      line: 0,
      column: 0,
      message:
        'there is no archive among the files: "audit-check verify" holds sealed logs to their checkpoint',
    });
  const { keys } = await readArchiveKeys(options, archives, problems, use);
  const hold = async (): Promise<HeldLogs> => {
    const held = await holdArchives(archives, keys);
    if (options.verifierKey === undefined) return held;
    const { judgeUnmetKeys } = await import('./unmet-verifier-keys.ts');
    use.hasDamaged = held.evidence.some(({ findings }) =>
      findings.some(({ code }) => code === 'damaged-archive'),
    );
    return { ...held, evidence: [...held.evidence, judgeUnmetKeys(options, use)] };
  };
  return { files: archives.files, hold };
}
