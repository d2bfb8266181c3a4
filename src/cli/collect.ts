/** `audit-check collect`: exports of several sources into one archive, whose log is signed as it grows. */
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';
import { count, formatNumber } from '../base/text-safety.ts';
import { CHECKS } from '../checks/index.ts';
import type { PagedFile } from '../engine/more-pages.ts';
import { compilePlan, type Plan, Programs } from '../engine/plan.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { type DiscoveredFile, discover, STDIN } from '../read/discover.ts';
import { MARKER } from '../store/archive-folder.ts';
import type { LeafProfile } from '../store/archive-records.ts';
import type { Salting } from '../store/archive-salting.ts';
import { createSealer, type Sealer } from '../store/archive-sealer.ts';
import { ArchiveRefusal, ArchiveWriter } from '../store/archive-writer.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { formatCheckpoint } from '../transparency/checkpoint.ts';
import type { SignerKey } from '../transparency/note-key.ts';
import { signNote } from '../transparency/signed-note.ts';
import { findAmongLogs, lyingAmongLogs } from './among-logs.ts';
import { ArchiveWriteFault, onArchive } from './archive-write-fault.ts';
import { collectFile, type FileOutcome, missingPages } from './collect-file.ts';
import { readLogSigner, readRecipients } from './collect-keys.ts';
import { createSalting } from './collect-salts.ts';
import type { CollectRun } from './collect-sink.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { missingInput } from './missing-input.ts';
import { isBelow, liesWithin } from './places.ts';
import { Progress } from './progress.ts';
import { buildRequest, readScope, type Scope } from './request.ts';
import { findArchives } from './verify-archives.ts';
import { writeStream } from './write-output.ts';

export type CollectOptions = {
  into: string;
  key: string;
  recipient?: string[];
  recipientsFile?: string[];
  class: string;
  salted?: boolean;
  source?: string;
  exclude?: string[];
  config?: string | false;
};

/** A checkpoint is due after so much content or so many segments: less is lost to a crash, and each takes some flushes of the disk. */
export type BatchSize = { bytes: number; segments: number };

const BATCH: BatchSize = { bytes: 256 * 1024 * 1024, segments: 512 };

/** Of an archive; a pattern may find the one or the other. */
const ARCHIVE_FILES = [MARKER, 'control/00000001.ndjson', 'segments/00000001.ndjson.zst'];

/** @throws {ProblemsError} with everything that is wrong with arguments, configuration and keys */
export async function collect(paths: string[], options: CollectOptions, batch = BATCH): Promise<ExitCode> {
  const problems: Problem[] = [];
  const scope = readScope(paths, { ...options, builtinRules: false }, problems);
  const { files, missing } = await discover(scope.paths, scope.exclude);
  for (const name of missing) problems.push(missingInput(name));
  for (const archive of findArchives(scope.paths, files).folders)
    problems.push({
      file: archive,
      line: 0,
      column: 0,
      message: 'is an archive already: collect from the originals',
    });
  const plan = compileReading(paths, options, scope, problems);
  const among = await findAmongLogs(
    scope,
    ARCHIVE_FILES.map((name) => path.join(options.into, name)),
  );
  if (among.size > 0 || files.some(({ file }) => file !== STDIN && isBelow(options.into, file)))
    problems.push(lyingAmongLogs('--into', options.into));
  checkPlaces(options, problems);
  const signer = readLogSigner(options.key, problems);
  const recipients = readRecipients(options, problems);
  const sealer = await sealerFor(recipients, problems);
  if (problems.length > 0 || signer === undefined || sealer === undefined) throw new ProblemsError(problems);
  const leaf = options.salted ? 'salted-fields' : 'record';
  const writer = await openWriter(options.into, signer, { encrypted: recipients.length > 0, sealer, leaf });
  try {
    const salting = options.salted ? createSalting(signer) : undefined;
    return await new Collection(writer, plan, options, batch, salting).run(files);
  } catch (error) {
    if (error instanceof ArchiveWriteFault)
      throw refusal(options.into, `it cannot be written: ${error.message}`);
    if (error instanceof StoreFault) throw refusal(options.into, error.message);
    throw error;
  } finally {
    await writer.close();
  }
}

/** Records are mapped to know their source and time, and nothing is judged. */
function compileReading(paths: string[], options: CollectOptions, scope: Scope, problems: Problem[]): Plan {
  const request = buildRequest(paths, { ...options, builtinRules: false }, problems, scope);
  const { licenses: _, ...rest } = request;
  return compilePlan({
    ...rest,
    schemas: [],
    rules: { rules: [], errors: [] },
    disabled: CHECKS.map(({ name }) => name),
  });
}

function checkPlaces({ into, key, class: label }: CollectOptions, problems: Problem[]): void {
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  if (liesWithin(into, key))
    wrong(
      '--key',
      `${key} lies in the archive it signs: whoever gets the one has the other; keep it elsewhere`,
    );
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(label))
    wrong('--class', 'expected a word of small letters, digits, ".", "_" and "-", at most 64 of them');
}

export async function sealerFor(
  recipients: readonly string[],
  problems: Problem[],
): Promise<Sealer | undefined> {
  try {
    return await createSealer(recipients);
  } catch (error) {
    const message = `age takes none of this for a recipient: ${error instanceof Error ? error.message : error}`;
    problems.push({ file: '--recipient', line: 0, column: 0, message });
    return undefined;
  }
}

/** @throws {ProblemsError} with why the archive cannot be written to */
export async function openWriter(
  archive: string,
  signer: SignerKey,
  { encrypted, sealer, leaf }: { encrypted: boolean; sealer: Sealer; leaf?: LeafProfile },
): Promise<ArchiveWriter> {
  try {
    return await ArchiveWriter.open(archive, {
      origin: signer.name,
      encryption: encrypted ? 'age' : 'none',
      ...(leaf && { leaf }),
      sealer,
      sign: (size, root) => signNote(formatCheckpoint({ origin: signer.name, size, root }), [signer]),
    });
  } catch (error) {
    if (error instanceof ArchiveRefusal || error instanceof StoreFault) throw refusal(archive, error.message);
    if (isSystemError(error)) throw refusal(archive, `it cannot be used: ${error.code}`);
    throw error;
  }
}

export function refusal(archive: string, message: string): ProblemsError {
  return new ProblemsError([{ file: archive, line: 0, column: 0, message }]);
}

class Collection {
  private readonly writer: ArchiveWriter;
  private readonly plan: Plan;
  private readonly options: CollectOptions;
  private readonly batch: BatchSize;
  private readonly salting: Salting | undefined;
  private files = 0;
  private records = 0;
  private known = 0;
  private incomplete = false;
  private readonly paged: PagedFile[] = [];

  constructor(
    writer: ArchiveWriter,
    plan: Plan,
    options: CollectOptions,
    batch: BatchSize,
    salting: Salting | undefined,
  ) {
    this.writer = writer;
    this.plan = plan;
    this.options = options;
    this.batch = batch;
    this.salting = salting;
  }

  async run(files: readonly DiscoveredFile[]): Promise<ExitCode> {
    this.files = files.length;
    const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
    const progress = process.stderr.isTTY ? new Progress(process.stderr, bytes) : undefined;
    const { plan, writer } = this;
    const run: CollectRun = {
      plan,
      programs: new Programs(plan),
      writer,
      class: this.options.class,
      ...(this.salting && { salting: this.salting }),
      onProgress: progress?.update ?? (() => {}),
      onPause: async (stream) => {
        if (!stream.isUnsure && this.isBatchFull()) await this.commit(progress);
      },
    };
    try {
      for (const file of files) {
        const outcome = await collectFile(file, run);
        this.add(outcome, progress);
        if (this.isBatchFull()) await this.commit(progress);
      }
      await this.commit(progress);
    } finally {
      progress?.clear();
    }
    for (const outcome of missingPages(this.paged)) this.add(outcome, progress);
    return await this.conclude();
  }

  private add(outcome: FileOutcome, progress: Progress | undefined): void {
    const { records, known, notes, incomplete, paged } = outcome;
    this.records += records;
    this.known += known;
    this.incomplete ||= incomplete;
    if (paged !== undefined) this.paged.push(paged);
    if (notes.length > 0) progress?.clear();
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
  }

  private isBatchFull(): boolean {
    const { pendingBytes, pendingSegments } = this.writer;
    return pendingBytes >= this.batch.bytes || pendingSegments >= this.batch.segments;
  }

  /** What is printed here is on the disk, signed, and stays. */
  private async commit(progress: Progress | undefined): Promise<void> {
    const done = await onArchive(() => this.writer.commit());
    if (done === undefined) return;
    progress?.clear();
    const { records, segments, size } = done;
    const what = `collected ${count(records, 'record')} in ${count(segments, 'segment')}`;
    await writeStream(process.stdout, `${what}, up to leaf ${formatNumber(size)} of the log\n`);
  }

  private async conclude(): Promise<ExitCode> {
    const { records, known } = this;
    const before = `${count(known, 'record')} ${known === 1 ? 'was' : 'were'} collected before`;
    if (records === 0) {
      const none = this.files === 0 ? 'there is no file to read' : 'the files hold no records';
      await writeStream(process.stdout, `nothing new: ${known > 0 ? before : none}\n`);
    } else if (known > 0) await writeStream(process.stdout, `${before}\n`);
    return this.incomplete || records + known === 0 ? EXIT.incomplete : EXIT.clean;
  }
}
