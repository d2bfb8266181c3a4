/** What the operating system refuses, and what it means by it. */

/** Whether the operating system refused something; `code` is its word for why (`EACCES`). */
export function isSystemError(error: unknown): error is Error & { code: string; path?: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
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
