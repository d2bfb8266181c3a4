/** `seal --publish`: where a checkpoint goes beside the tiled log, out of the hands of whoever can write that. */
import fs from 'node:fs';
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';
import { count, quote } from '../base/text-safety.ts';
import { ProblemsError } from '../model/problem.ts';
import { isFolder } from './places.ts';
import { writeFileWhole, writeStream } from './write-output.ts';

export type PublishTarget = { kind: 'stdout' } | { kind: 'git-message' } | { kind: 'folder'; folder: string };

export function publishTargets(
  names: readonly string[],
  wrong: (file: string, message: string) => void,
): PublishTarget[] {
  const targets = names.map((name): PublishTarget => {
    if (name === 'stdout' || name === 'git-message') return { kind: name };
    if (!isFolder(name)) wrong('--publish', `expected stdout, git-message or a folder, found ${quote(name)}`);
    return { kind: 'folder', folder: name };
  });
  if (targets.filter(({ kind }) => kind !== 'folder').length > 1)
    wrong('--publish', 'expected one of stdout and git-message: both go to stdout');
  return targets;
}

export async function publish(
  target: PublishTarget,
  note: string,
  origin: string,
  size: number,
): Promise<void> {
  if (target.kind === 'folder') {
    const name = `${origin.replace(/[^\w.-]/g, '_')}-${String(size).padStart(12, '0')}.checkpoint`;
    const file = path.join(target.folder, name);
    try {
      const stands = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
      const text = note.slice(0, note.lastIndexOf('\n\n') + 2);
      // It may have been cosigned since.
      if (stands?.startsWith(text)) return;
      if (stands !== undefined) {
        const message = `expected the checkpoint that was signed now, found another over ${count(size, 'record')}: the sealed log was put back or made anew since; keep both, they contradict each other`;
        throw new ProblemsError([{ file, line: 0, column: 0, message }]);
      }
      writeFileWhole(file, note);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const message = `the checkpoint was signed and not published: ${error.code}`;
      throw new ProblemsError([{ file: target.folder, line: 0, column: 0, message }]);
    }
    return;
  }
  const subject = target.kind === 'git-message' ? `Seal ${count(size, 'record')} of ${origin}\n\n` : '';
  await writeStream(process.stdout, `${subject}${note}`);
}
