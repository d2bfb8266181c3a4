/** What the commands that delete say of files of an archive that have other names. */
import { quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { linkTarget } from '../store/other-names.ts';

/** The link would go, and the bytes stay where it leads. @throws {ProblemsError} naming each link among the files */
export function refuseLinks(files: readonly string[]): void {
  const problems = files.flatMap((file): Problem[] => {
    const target = linkTarget(file);
    if (target === undefined) return [];
    const message = `it is a link to ${quote(target)}, where its bytes would stay: nothing was changed; put the file itself in the place of the link, and run the command again`;
    return [{ file, line: 0, column: 0, message }];
  });
  if (problems.length > 0) throw new ProblemsError(problems);
}

/** `file`: has a hard link. */
export function otherNameNote(file: string): string {
  return `${file} has another name (a hard link), under which its bytes stay: remove that, too (find DIR -samefile FILE)`;
}
