/** `audit-check rules match`: every match of every detection as NDJSON. */
import ndjson from 'ndjson';
import { count, quote } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import type { OnMatch } from '../engine/file-scan.ts';
import { compilePlan, detectionsFor } from '../engine/plan.ts';
import { scanForMatches } from '../engine/scan.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import type { InputSummary } from '../model/report.ts';
import { isUnread, leavesOpen } from '../model/verdict.ts';
import { discover } from '../read/discover.ts';
import { isInForce } from '../relations/in-force.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { missingInput } from './missing-input.ts';
import { buildRequest, type RequestOptions } from './request.ts';

export type MatchOptions = RequestOptions & { ignoreLogsource: boolean };

/** Writes `{rule, title, level, file, line, offset}` lines. Exit 1 when something matched, as grep has it the other way round; 3 when a rule is in error, or none ran. */
export async function matchRules(paths: string[], options: MatchOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const request = buildRequest(paths, options, problems);
  const { files, missing } = await discover(request.paths, request.exclude);
  for (const name of missing) problems.push(missingInput(name));
  for (const { file, line, message } of request.rules.errors)
    process.stderr.write(`warning: ${file}:${line}: ${message}\n`);
  if (problems.length > 0) throw new ProblemsError(problems);

  const plan = compilePlan({ ...request, disabled: CHECKS.map(({ name }) => name) });
  plan.matching = { ignoreLogsource: options.ignoreLogsource };
  const out = ndjson.stringify();
  const written = new Promise<void>((resolve, reject) => out.on('end', resolve).on('error', reject));
  out.pipe(process.stdout, { end: false });
  // A pipe that its reader closed takes nothing more: the rest is let go, or nobody would ever be done.
  process.stdout.once('error', () => out.resume());
  let matches = 0;
  const onMatch: OnMatch = (detection, event) => {
    const { effective } = detection;
    if (effective !== undefined && event.time !== undefined && !isInForce(event.time, effective)) return;
    matches++;
    const { file, line, offset } = event.place;
    out.write({ rule: detection.id, title: detection.title, level: detection.level, file, line, offset });
  };
  const inputs = await scanForMatches(files, plan, onMatch);
  out.end();
  await written;
  const unread = inputs.filter(leavesDoubt);
  warnOfUnread(unread);
  const ran = new Set(inputs.flatMap(({ source }) => detectionsFor(plan, source)));
  const rules = count(plan.detections.length, 'rule');
  if (ran.size < plan.detections.length)
    process.stderr.write(
      `warning: ${ran.size} of ${rules} ran, the others are for log sources that no file is of\n`,
    );
  // No match says nothing of a rule that did not run.
  if (unread.length > 0 || ran.size === 0 || request.rules.errors.length > 0) return EXIT.incomplete;
  return matches > 0 ? EXIT.findings : EXIT.clean;
}

/** Whether it may hold matches that were not found. */
function leavesDoubt(input: InputSummary): boolean {
  return leavesOpen(input) || input.records.malformed > 0;
}

function howRead(input: InputSummary): string {
  const { status, unconfirmed, morePages, records } = input;
  if (status === 'partial') return 'was read in part';
  if (isUnread(input)) return status === 'empty' ? 'is empty' : 'was not read';
  if (unconfirmed === true) return 'was read by a guess at what its fields mean';
  if (morePages !== undefined)
    return `says by ${quote(morePages)} that more pages follow, and the last one is not among the files`;
  return `holds ${count(records.malformed, 'record')} that cannot be read`;
}

/** Files that are named; of more the number tells. */
const MAX_NAMED = 10;

function warnOfUnread(unread: readonly InputSummary[]): void {
  for (const input of unread.slice(0, MAX_NAMED)) {
    const { file, reason, status } = input;
    const why = reason === undefined || status === 'empty' ? '' : `: ${reason}`;
    process.stderr.write(`warning: ${quote(file)} ${howRead(input)}${why}\n`);
  }
  const more = unread.length - MAX_NAMED;
  if (more > 0)
    process.stderr.write(`warning: nor were ${count(more, 'other file')} read as they should be\n`);
}
