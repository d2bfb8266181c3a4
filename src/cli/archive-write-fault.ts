/** What the system says while an archive is written, told from what it says of the files that are read. */
import { isSystemError } from '../base/system-error.ts';

/** An error of the archive's disk, which must not be taken for one of the file that is read. */
export class ArchiveWriteFault extends Error {
  override readonly name = 'ArchiveWriteFault';
}

/** @throws {ArchiveWriteFault} for what the system says while the archive is written */
export async function onArchive<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ArchiveWriteFault(error.code, { cause: error });
  }
}
