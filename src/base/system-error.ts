/** What the operating system refuses. */

/** Whether the operating system refused something; `code` is its word for why (`EACCES`). */
export function isSystemError(error: unknown): error is Error & { code: string; path?: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
