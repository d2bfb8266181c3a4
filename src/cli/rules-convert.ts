/** `audit-check rules convert`: rules of older Sigma and of Panther as documents of ours, on stdout or into a folder. */
import fs from 'node:fs';
import path from 'node:path';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { convertRuleFile } from '../convert/index.ts';
import { formatProblem, type Problem, ProblemsError } from '../model/problem.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { listFiles, YAML_NAME } from './list-files.ts';
import { writeFileWhole, writeStream } from './write-output.ts';
import { readText } from './yaml-file.ts';

export type ConvertOptions = { output?: string };

/** Exit 1 when something could not be converted, which stderr names; 0 when all could, or nothing needed it. */
export async function convertRules(paths: string[], { output }: ConvertOptions): Promise<ExitCode> {
  const unread: Problem[] = [];
  const inputs = paths.flatMap((place) =>
    listFiles(place, YAML_NAME, unread).map((file) => ({
      file,
      name: path.relative(place, file) || path.basename(file),
      text: readText(file, unread) ?? '',
    })),
  );
  if (unread.length > 0) throw new ProblemsError(unread);
  const names = new Set<string>();
  const problems: Problem[] = [];
  const written = new Map<string, string>();
  const texts: string[] = [];
  for (const { file, name, text } of inputs) {
    const converted = convertRuleFile(file, text, names);
    for (const note of converted.notes) say('note', note);
    for (const problem of converted.problems) say('cannot convert', problem);
    problems.push(...converted.problems);
    if (converted.text === undefined) {
      if (converted.problems.length === 0)
        say('note', { file, line: 0, column: 0, message: 'holds nothing to convert' });
      continue;
    }
    if (output === undefined) texts.push(converted.text);
    else problems.push(...writeRules(path.join(output, name), file, converted.text, written));
  }
  if (output === undefined) await writeStream(process.stdout, texts.join('---\n'));
  else say('note', { file: output, line: 0, column: 0, message: `${count(written.size, 'file')} written` });
  return problems.length > 0 ? EXIT.findings : EXIT.clean;
}

/** `written`: which file each target was converted from. */
function writeRules(target: string, file: string, text: string, written: Map<string, string>): Problem[] {
  const refuse = (message: string): Problem[] => {
    const problem = { file, line: 0, column: 0, message };
    say('cannot convert', problem);
    return [problem];
  };
  const other = written.get(target);
  if (other !== undefined)
    return refuse(`would be written to ${quote(target)}, where ${quote(other)} is written`);
  if (fs.existsSync(target) && fs.realpathSync(target) === fs.realpathSync(file))
    return refuse('would be written over itself, name another folder');
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    writeFileWhole(target, text);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new ProblemsError([{ file: target, line: 0, column: 0, message: `cannot be written: ${reason}` }]);
  }
  written.set(target, file);
  return [];
}

function say(kind: 'note' | 'cannot convert', problem: Problem): void {
  process.stderr.write(`${kind}: ${escapeControls(formatProblem(problem))}\n`);
}
