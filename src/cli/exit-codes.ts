/** What the exit status says. 2 beats 3 beats 1: a wrong question first, then an incomplete answer, then a bad one. */
export const EXIT = {
  clean: 0,
  /** Findings at or above `--fail-on`. */
  findings: 1,
  /** Wrong arguments, configuration or rules. */
  usage: 2,
  /** Input that could not be read, or nothing that could be audited. */
  incomplete: 3,
  /** A fault of ours. */
  internal: 70,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
