/** `audit-check retention apply`: deletes whole segments that are due, after a signed record says so. */
import os from 'node:os';
import path from 'node:path';
import { formatInstant, NANOS_PER_MS } from '../base/instant.ts';
import { isSystemError } from '../base/system-error.ts';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { digestFile } from '../read/digest-file.ts';
import { type Day, dayOf } from '../retention/calendar-age.ts';
import { isHeldBy, isStanding } from '../retention/legal-hold.ts';
import { describeUnfit } from '../retention/unfit-hold.ts';
import { readMarker } from '../store/archive-folder.ts';
import { type Holding, type Holdings, readHoldings } from '../store/archive-holdings.ts';
import { declarePruning, deleteDeclared } from '../store/archive-pruning.ts';
import { hasOtherName } from '../store/other-names.ts';
import { parseVerifierKey, type SignerKey, verifierOf } from '../transparency/note-key.ts';
import { nowMs } from './clock.ts';
import { openWriter, refusal } from './collect.ts';
import { readLogSigner } from './collect-keys.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { otherNameNote, refuseLinks } from './linked-files.ts';
import { isFolder, liesWithin } from './places.ts';
import {
  type PlannedSegment,
  type PolicyFile,
  planSegments,
  readPolicy,
  toHeldSegment,
  unfinishedOf,
} from './retention.ts';
import { applyJson, applyText } from './retention-apply-report.ts';
import { appendJournal } from './retention-journal.ts';
import { policyNotices } from './retention-plan.ts';
import { checkSignedTexts } from './signed-texts.ts';
import { judgeArchiveCheckpoint } from './verify-trust.ts';
import { writeStream } from './write-output.ts';

export type RetentionApplyOptions = {
  policy: string;
  key: string;
  reason: string;
  by?: string;
  journal?: string;
  yes: boolean;
  format: string;
};

/** What is, or without `--yes` would be, done. */
export type Pruning = {
  archive: string;
  policy: PolicyFile;
  reason: string;
  by: string;
  /** RFC 3339. */
  at: string;
  isDone: boolean;
  /** Declared deleted in this run. */
  due: PlannedSegment[];
  /** Declared deleted by an earlier run that was interrupted. */
  unfinished: Holding[];
  /** Due, and kept for what is wrong with them. */
  refused: { file: string; records: number; why: string }[];
  held: PlannedSegment[];
  undated: PlannedSegment[];
  missing: string[];
  notices: string[];
  /** Leaves of the log with the record; undefined where none was written. */
  leaves?: number;
};

/** @throws {ProblemsError} with everything that is wrong with arguments, key, policy and the archive */
export async function retentionApply(archive: string, options: RetentionApplyOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  checkArguments(archive, options, problems);
  const signer = readLogSigner(options.key, problems);
  if (signer === undefined) throw new ProblemsError(problems);
  const holdings = readSound(archive, signer, problems);
  const policy = readPolicy(options.policy, holdings, problems);
  if (policy !== undefined) refuseUnfitHolds(policy, holdings, problems);
  if (problems.length > 0 || policy === undefined) throw new ProblemsError(problems);
  const pruning = options.yes
    ? await prune(archive, signer, policy, options)
    : toPruning(archive, policy, holdings, options);
  const isTold = !pruning.isDone || appendJournal(options.journal, applyJson(pruning));
  await writeStream(process.stdout, options.format === 'json' ? applyJson(pruning) : applyText(pruning));
  for (const notice of pruning.notices) process.stderr.write(`note: ${escapeControls(notice)}\n`);
  if (!isTold) return EXIT.incomplete;
  return pruning.refused.length + pruning.missing.length > 0 ? EXIT.findings : EXIT.clean;
}

function checkArguments(archive: string, options: RetentionApplyOptions, problems: Problem[]): void {
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  checkSignedTexts({ reason: options.reason, by: options.by }, problems);
  if (liesWithin(archive, options.key))
    wrong(
      '--key',
      `${options.key} lies in the archive it signs: whoever gets the one has the other; keep it elsewhere`,
    );
  const { journal } = options;
  if (journal === undefined) return;
  if (liesWithin(archive, journal))
    wrong('--journal', `${journal} lies in the archive: expected a place elsewhere`);
  else if (!isFolder(path.dirname(path.resolve(journal))))
    wrong('--journal', `expected a folder for ${journal}, found none`);
}

/** What does not verify is evidence: nothing is deleted from it. A segment that is missing is said and stops nothing. */
function readSound(archive: string, signer: SignerKey, problems: Problem[]): Holdings {
  const marker = readMarker(archive);
  if (typeof marker === 'object' && marker.view !== undefined) {
    const message = `it is a view for the role ${quote(marker.view.role)}: apply retention to the archive, and make the view again`;
    problems.push({ file: archive, line: 0, column: 0, message });
  }
  const keys = [parseVerifierKey(verifierOf(signer))];
  const judge = (note: string) => judgeArchiveCheckpoint(note, { keys, policy: undefined });
  const holdings = readHoldings(archive, judge);
  const wrong = holdings.findings.filter(({ code }) => code !== 'missing-segment');
  const [first] = wrong;
  if (first !== undefined) {
    const more = wrong.length > 1 ? `, and ${count(wrong.length - 1, 'other finding')}` : '';
    const message = `it does not verify with this key (${first.code}: ${first.message}${more}): nothing is deleted; run "audit-check verify" on it`;
    problems.push({ file: archive, line: 0, column: 0, message });
  }
  return holdings;
}

/** Without `--yes` as well: who sees what would be deleted is to see that it would not be. */
function refuseUnfitHolds({ file, policy }: PolicyFile, { segments }: Holdings, problems: Problem[]): void {
  if (segments.length === 0) return;
  const today = dayOf(BigInt(nowMs()) * NANOS_PER_MS);
  const held = segments.map(toHeldSegment);
  for (const hold of policy.holds.filter((each) => isStanding(each, today)))
    for (const fault of describeUnfit(hold, held)) {
      const message = `${fault}: nothing is deleted while a hold may be misspelled; correct it, or take out of the policy what this archive has nothing of`;
      problems.push({ file, line: 0, column: 0, message });
    }
}

/** @throws {ProblemsError} where a link stands for what is to go */
function toPruning(
  archive: string,
  policy: PolicyFile,
  holdings: Holdings,
  options: RetentionApplyOptions,
): Pruning {
  const now = BigInt(nowMs()) * NANOS_PER_MS;
  const today = dayOf(now);
  const plans = planSegments(policy.policy, holdings, today);
  const pruning: Pruning = {
    archive,
    policy,
    reason: options.reason,
    by: options.by ?? loginName(),
    at: formatInstant(now).replace(/\.\d+Z$/, 'Z'),
    isDone: false,
    due: [],
    unfinished: [],
    refused: [],
    held: plans.filter(({ standing }) => standing === 'held'),
    undated: plans.filter(({ standing }) => standing === 'undated'),
    missing: holdings.findings.map(({ message }) => message),
    notices: policyNotices(policy.policy, holdings, today),
  };
  for (const plan of plans.filter(({ standing }) => standing === 'due')) {
    const why = faultOf(plan.holding);
    if (why === undefined) pruning.due.push(plan);
    else pruning.refused.push({ file: plan.file, records: plan.records, why });
  }
  for (const holding of unfinishedOf(holdings)) {
    const why = holdOn(policy, holding, today) ?? (holding.isThere ? faultOf(holding) : undefined);
    if (why === undefined) pruning.unfinished.push(holding);
    else pruning.refused.push({ file: holding.file, records: holding.manifest.records, why });
  }
  const going = [...pruning.due.map(({ holding }) => holding), ...pruning.unfinished];
  const files = going.flatMap(({ present }) => present);
  refuseLinks(files);
  pruning.notices.push(...files.filter(hasOtherName).map(otherNameNote));
  return pruning;
}

/** Bytes that are not those that were collected may be evidence of who changed them. */
function faultOf({ file, manifest }: Holding): string | undefined {
  const digest = digestFile(file);
  if (digest === undefined) return 'it cannot be read';
  return digest.sha256 === manifest.stored.sha256
    ? undefined
    : 'its bytes are not those of its manifest; run "audit-check verify" on the archive';
}

function holdOn({ policy }: PolicyFile, holding: Holding, today: Day): string | undefined {
  const segment = toHeldSegment(holding);
  const hold = policy.holds.find((each) => isStanding(each, today) && isHeldBy(each, segment));
  return hold && `declared deleted before, and now under the hold ${quote(hold.id)}`;
}

async function prune(
  archive: string,
  signer: SignerKey,
  policy: PolicyFile,
  options: RetentionApplyOptions,
): Promise<Pruning> {
  const marker = readMarker(archive);
  if (typeof marker !== 'object') throw refusal(archive, 'expected an archive, found none');
  const sealer = () => Promise.reject(new Error('retention seals nothing'));
  const writer = await openWriter(archive, signer, { encrypted: marker.encryption === 'age', sealer });
  try {
    // Under the lock, and with what an interrupted run left in its place.
    const problems: Problem[] = [];
    const holdings = readSound(archive, signer, problems);
    if (problems.length > 0) throw new ProblemsError(problems);
    const pruning = { ...toPruning(archive, policy, holdings, options), isDone: true };
    const { reason, by, at, due, unfinished } = pruning;
    if (due.length > 0) {
      const segments = due.map(({ holding, rule }) => ({ ...holding, maximum: rule!.maximum!.text }));
      const { size } = await declarePruning(writer, segments, {
        reason,
        by,
        at,
        policySha256: policy.sha256,
      });
      pruning.leaves = size;
    }
    deleteDeclared(archive, [...due.map(({ holding }) => holding), ...unfinished]);
    return pruning;
  } catch (error) {
    if (isSystemError(error))
      throw refusal(archive, `it cannot be written: ${error.code}; run the command again to finish`);
    throw error;
  } finally {
    await writer.close();
  }
}

function loginName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A user id without an entry, as in containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
