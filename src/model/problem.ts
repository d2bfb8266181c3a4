/** The second road for errors: what is wrong in the user's config, rules or arguments. All of it, at once. */

import { compareText } from '../base/text-safety.ts';

/** One mistake in a file the user wrote. `line` and `column` count from 1; 0 when the place is the file or argument itself. */
export type Problem = { file: string; line: number; column: number; message: string };

/** Thrown once with everything that was found; the command line prints it and exits 2. */
export class ProblemsError extends Error {
  override readonly name = 'ProblemsError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = sortedProblems(problems);
    super(sorted.map(formatProblem).join('\n'));
    this.problems = sorted;
  }
}

/** In the order in which they stand in their files. */
export function sortedProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(compareProblems);
}

function compareProblems(left: Problem, right: Problem): number {
  return (
    compareText(left.file, right.file) ||
    left.line - right.line ||
    left.column - right.column ||
    compareText(left.message, right.message)
  );
}

/** `audit-check.yaml:3:5: unknown key "rulse", did you mean "rules"?` */
export function formatProblem({ file, line, column, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return `${place}: ${message}`;
}
