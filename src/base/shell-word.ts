/** A word of a command line, as a shell of POSIX takes it apart again: what it would not take for itself goes into single quotes. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
