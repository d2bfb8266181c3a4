/** The control file of a batch that was committed and not moved to its place: a crash came between. */
import { type ControlFile, readControlFiles } from './archive-folder.ts';

/** `settled`: the control files in their place. `size`: leaves under the checkpoint. Undefined where no batch waits. */
export function committedPending(
  pending: string,
  settled: readonly ControlFile[],
  size: number,
): ControlFile | undefined {
  const [file] = readControlFiles(pending);
  const last = settled.at(-1);
  const next = last === undefined ? 0 : (last.firstLeaf ?? 0) + last.records + last.controls;
  return file?.firstLeaf === next && next < size ? file : undefined;
}
