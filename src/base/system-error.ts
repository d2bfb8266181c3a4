/** What the operating system refuses, and the third road for errors: what a run cannot do without it. */

/** Whether the operating system refused something; `code` is its word for why (`EACCES`). */
export function isSystemError(error: unknown): error is Error & { code: string; path?: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** Neither the logs nor this program are at fault. The command line prints it, and exits as where an audit is incomplete. */
export class MachineRefusal extends Error {
  override readonly name = 'MachineRefusal';
}

/**
 * Does what the system may refuse for want of room or rights. `what`: could then not be done; `advice`: what helps.
 * @throws {MachineRefusal}
 */
export function orRefused<T>(what: string, advice: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // `ENOSPC: no space left on device, write`
    const [why] = error.message.split(', ');
    throw new MachineRefusal(`${what}: ${why}; ${advice}`);
  }
}

/** Without room or at the end of its means: whatever was attempted, it is no fault of this program. */
const OUT_OF_MEANS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** An error as a refusal of the machine, where it is one. */
export function refusalOf(error: unknown): MachineRefusal | undefined {
  if (error instanceof MachineRefusal) return error;
  if (!isSystemError(error) || !OUT_OF_MEANS.has(error.code)) return undefined;
  return new MachineRefusal(error.path === undefined ? error.message : `${error.path}: ${error.message}`);
}

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'it is not there, or a link that leads nowhere',
  ELOOP: 'links that lead to each other in a circle',
  EIO: 'the disk or the share fails',
  ESTALE: 'the share was mounted anew',
  ETIMEDOUT: 'the share does not answer',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** `permission denied (EACCES)`; a code that nobody knows stands for itself. */
export function describeSystemCode(code: string): string {
  const meaning = MEANINGS[code];
  return meaning === undefined ? code : `${meaning} (${code})`;
}
