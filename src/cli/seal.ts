/** `audit-check seal LOG… --into DIR --key FILE`: appends what is new to a tiled log, and signs a checkpoint of all. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isSystemError } from '../base/system-error.ts';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { textSealOf } from '../engine/seals.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { DEFAULT_LIMITS } from '../model/request.ts';
import { type DiscoveredFile, discover, STDIN } from '../read/discover.ts';
import { TiledLog } from '../store/tiled-log.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { dropInventories, readInventory } from '../store/tiled-log-inventory.ts';
import { TiledLogWriter } from '../store/tiled-log-writer.ts';
import { formatCheckpoint, parseCheckpoint } from '../transparency/checkpoint.ts';
import { FileFollower, type FollowedFile, type SealedLeaves } from '../transparency/follow-file.ts';
import {
  formatInventory,
  HEAD_BYTES,
  HEAD_LEAVES,
  type Inventory,
  inventoryName,
  type SealedSpan,
  type SealedStream,
  streamsOf,
} from '../transparency/inventory.ts';
import { headsAgree, matchStreams } from '../transparency/match-streams.ts';
import { parseVerifierKey, type SignerKey, verifierOf } from '../transparency/note-key.ts';
import { isKeyName } from '../transparency/note-text.ts';
import { NoteFault, parseNote, signNote, verifyNote } from '../transparency/signed-note.ts';
import { HASH_BYTES } from '../transparency/tree-hash.ts';
import { findConfig, loadConfig } from './config.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isOpenToOthers, readSignerKey } from './key-command.ts';
import { loadSources } from './library.ts';
import { isBelow } from './places.ts';
import { type Framing, type LeafRead, LeafReader } from './seal-leaves.ts';
import { LeafThread } from './seal-thread.ts';
import { writeFileWhole, writeStream } from './write-output.ts';

export type SealOptions = {
  into: string;
  key: string;
  origin?: string;
  publish?: string[];
  config?: string | false;
  source?: string;
  exclude?: string[];
};

/** Records after which a checkpoint is made even within a run: as much is done again after a crash. */
const CHECKPOINT_RECORDS = 4_000_000;

/** A thread is ready after some 150 ms (measured): time for this many bytes. */
const THREAD_BYTES = 24 * 1024 * 1024;

/** Said once, behind the files that it is about. */
const TEXT_ADVICE =
  'text logs can be protected whole: "audit-check collect … --into ARCHIVE --key FILE" keeps and signs every line of them; or list their digests (sha256sum FILE… > SHA256SUMS) and keep the list elsewhere: verify holds them to it';

/** A log is no empty thing that could be proven: nothing was sealed so far. */
const NOTHING: SealedLeaves = { leaves: () => [] };

/** @throws {ProblemsError} with everything that is wrong with the arguments */
export async function seal(paths: string[], options: SealOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const config =
    options.config === false
      ? loadConfig(undefined, problems)
      : loadConfig(options.config ?? findConfig(process.cwd()), problems);
  const named = paths.length > 0 ? paths : config.logs;
  const { files, missing, empty } = await discover(named, [...config.exclude, ...(options.exclude ?? [])]);
  const wrong = (file: string, message: string) => void problems.push({ file, line: 0, column: 0, message });
  if (named.length === 0) wrong('arguments', 'nothing to seal: name log files or folders');
  for (const name of missing) wrong(name, 'there is no such file, folder or match');
  for (const { file, regular, skip } of files)
    if (file === STDIN || (!regular && skip === undefined))
      wrong(file, 'expected a file: what is read once cannot be held to its seal later');
  const signer = readSignerKey(options.key, problems);
  if (signer?.kind === 'cosignature')
    wrong(options.key, 'expected the key of a log (type 01), found that of a witness');
  const origin = options.origin ?? signer?.name ?? '';
  // The name of the key is the name of the log: no policy accepts a checkpoint under another one.
  if (signer !== undefined && (origin !== signer.name || !isKeyName(origin)))
    wrong('--origin', `expected the name of the key ${quote(signer.name)}, found ${quote(origin)}`);
  const into = path.resolve(options.into);
  for (const { file } of files)
    if (isBelow(into, file)) {
      wrong('--into', `the folder ${quote(options.into)} lies among the logs: expected a place of its own`);
      break;
    }
  const targets = publishTargets(options.publish ?? [], wrong);
  const sources = loadSources(config.sources, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  for (const folder of empty)
    process.stderr.write(`note: the folder ${escapeControls(quote(folder))} holds no file to read\n`);
  for (const note of keyWarnings(options.key, into, files))
    process.stderr.write(`note: ${escapeControls(note)}\n`);
  const source = options.source ?? config.source;
  const framing = {
    sources,
    limits: { ...DEFAULT_LIMITS, ...config.limits },
    ...(source !== undefined && { source }),
  };
  const bytes = files.reduce((sum, file) => sum + (file.skip === undefined ? file.bytes : 0), 0);
  const isLarge = bytes >= THREAD_BYTES && os.availableParallelism() > 1;
  const thread = isLarge ? new LeafThread(framing) : undefined;
  try {
    const run = new SealRun(into, signer!, framing, thread);
    return await run.seal(files, targets);
  } catch (error) {
    if (error instanceof StoreFault || error instanceof NoteFault)
      throw new ProblemsError([{ file: options.into, line: 0, column: 0, message: error.message }]);
    // What the logs' own disk says was told by the reader.
    if (!isSystemError(error)) throw error;
    const message = `it cannot be written: ${error.code}`;
    throw new ProblemsError([{ file: options.into, line: 0, column: 0, message }]);
  } finally {
    await thread?.close();
  }
}

/** A key that lies where the logs lie is in the hands of whoever can change them. */
function keyWarnings(key: string, into: string, files: readonly DiscoveredFile[]): string[] {
  const folder = path.dirname(path.resolve(key));
  const warnings: string[] = [];
  if (isOpenToOthers(key))
    warnings.push(`the key ${quote(key)} can be read by others than its owner: chmod 600`);
  if (folder === into || files.some(({ file }) => path.dirname(path.resolve(file)) === folder))
    warnings.push(`the key ${quote(key)} lies beside what it vouches for: keep it elsewhere`);
  return warnings;
}

type Target = { kind: 'stdout' } | { kind: 'git-message' } | { kind: 'folder'; folder: string };

function publishTargets(names: readonly string[], wrong: (file: string, message: string) => void): Target[] {
  const targets = names.map((name): Target => {
    if (name === 'stdout' || name === 'git-message') return { kind: name };
    if (!fs.statSync(name, { throwIfNoEntry: false })?.isDirectory())
      wrong('--publish', `expected stdout, git-message or a folder, found ${quote(name)}`);
    return { kind: 'folder', folder: name };
  });
  if (targets.filter(({ kind }) => kind !== 'folder').length > 1)
    wrong('--publish', 'expected one of stdout and git-message: both go to stdout');
  return targets;
}

class SealRun {
  private readonly folder: string;
  private readonly signer: SignerKey;
  private readonly reader: LeafReader;
  private readonly thread: LeafThread | undefined;
  private readonly writer: TiledLogWriter;
  private readonly spans: SealedSpan[];
  private readonly streams: SealedStream[];
  private readonly sealed: SealedLeaves;
  private readonly troubles: string[] = [];
  private isTextLeft = false;

  constructor(folder: string, signer: SignerKey, framing: Framing, thread: LeafThread | undefined) {
    this.folder = folder;
    this.signer = signer;
    this.reader = new LeafReader(framing);
    this.thread = thread;
    this.writer = new TiledLogWriter(folder);
    try {
      const before = this.readBefore();
      this.spans = before.spans;
      this.streams = streamsOf(before.spans);
      this.sealed = before.sealed;
    } catch (error) {
      void this.writer.close();
      throw error;
    }
  }

  async seal(files: readonly DiscoveredFile[], targets: readonly Target[]): Promise<ExitCode> {
    try {
      const before = this.writer.committed;
      const isChanged = await this.append(files);
      if (isChanged) return EXIT.findings;
      if (this.writer.size === 0) {
        process.stderr.write(`nothing was sealed: no record ${this.isTextLeft ? 'of JSON ' : ''}was found\n`);
        this.tellTroubles();
        return EXIT.incomplete;
      }
      const note = await this.commit();
      const sealed = this.writer.size - before;
      const summary = `${count(sealed, 'record')} sealed, ${count(this.writer.size, 'record')} in all`;
      process.stderr.write(`${summary}, checkpoint ${path.join(this.folder, 'checkpoint')}\n`);
      this.tellTroubles();
      for (const target of targets) await publish(target, note, this.signer.name, this.writer.size);
      return this.troubles.length > 0 ? EXIT.incomplete : EXIT.clean;
    } finally {
      await this.writer.close();
    }
  }

  private tellTroubles(): void {
    const notes = this.isTextLeft ? [...this.troubles, TEXT_ADVICE] : this.troubles;
    for (const note of notes) process.stderr.write(`note: ${escapeControls(note)}\n`);
  }

  /** Whether something that was sealed is no longer as it was: then nothing more is sealed. */
  private async append(files: readonly DiscoveredFile[]): Promise<boolean> {
    const readable = files.filter((file) => {
      if (file.skip?.unsupported === true)
        this.troubles.push(`${quote(file.file)} is not sealed: ${file.skip.reason}`);
      return file.skip === undefined;
    });
    const matched = await this.match(readable);
    const taken = new Set(matched.values());
    const continuations = new Map(
      this.streams
        .filter(({ number }) => !taken.has(number))
        .map((stream) => [stream.head.slice(0, 2 * HEAD_BYTES), stream] as const),
    );
    for (const [at, { file }] of readable.entries()) {
      const number = matched.get(at);
      const stream = number === undefined ? undefined : this.streams[number];
      const fault = await this.appendFile(file, stream, continuations);
      if (fault !== undefined) {
        process.stderr.write(
          `error: ${escapeControls(file)}: ${fault}\nnothing more was sealed: "audit-check verify … --checkpoint ${escapeControls(this.folder)}" says what was done to the log\n`,
        );
        return true;
      }
      if (this.writer.size - this.writer.committed >= CHECKPOINT_RECORDS) await this.commit();
    }
    return false;
  }

  private async match(files: readonly DiscoveredFile[]): Promise<Map<number, number>> {
    if (this.streams.length === 0) return new Map();
    const heads: { file: string; head: string }[] = [];
    for (const { file } of files) heads.push({ file, head: await this.reader.head(file) });
    // A file that begins otherwise is a new one, whatever it is called, and though logs may share their first record.
    return new Map(
      [...matchStreams(heads, this.streams)].filter(([at, number]) =>
        headsAgree(heads[at]!.head, this.streams[number]!.head),
      ),
    );
  }

  private async appendFile(
    file: string,
    stream: SealedStream | undefined,
    continuations: ReadonlyMap<string, SealedStream>,
  ): Promise<string | undefined> {
    const first = this.writer.size;
    let head = '';
    const follower = new FileFollower(this.sealed, stream, continuations, (hashes) => {
      for (let at = 0; at < hashes.length && head.length < 2 * HEAD_BYTES * HEAD_LEAVES; at += HASH_BYTES)
        head += Buffer.from(hashes.subarray(at, at + HEAD_BYTES)).toString('hex');
      this.writer.append(hashes);
    });
    const read = await (this.thread ?? this.reader).read(file, (batch) => follower.add(batch), false);
    const followed = follower.finish();
    const fault = faultOf(followed, stream);
    if (fault !== undefined) return fault;
    if (read.problem !== undefined) this.troubles.push(`${quote(file)} is not sealed whole: ${read.problem}`);
    const left = leftOf(file, read);
    if (left !== undefined) this.troubles.push(left);
    this.isTextLeft ||= read.text !== undefined;
    const added = this.writer.size - first;
    if (added === 0) return undefined;
    // Of a file that two were joined into, what is new belongs to the second.
    const owner = followed.pieces.findLast(({ kind }) => kind === 'sealed')?.stream;
    const number = owner?.number ?? this.streams.length;
    const span = { stream: number, file, source: read.source, first, count: added, ...(!owner && { head }) };
    this.spans.push(span);
    if (owner === undefined) this.streams.push({ number, file, head, spans: [span], count: added });
    else {
      owner.spans.push(span);
      owner.count += added;
    }
    return undefined;
  }

  private async commit(): Promise<string> {
    const origin = this.signer.name;
    const sign = (size: number, root: Uint8Array) =>
      signNote(formatCheckpoint({ origin, size, root }), [this.signer]);
    const inventory: Inventory = {
      origin,
      size: this.writer.size,
      root: this.writer.root(),
      spans: this.spans,
    };
    const bytes = Buffer.from(signNote(formatInventory(inventory), [this.signer]));
    const note = await this.writer.commit(sign, [{ name: inventoryName(inventory.size), bytes }]);
    dropInventories(this.folder, inventory.size);
    return note;
  }

  /** What the last run left. @throws {StoreFault} where this key did not sign it */
  private readBefore(): { spans: SealedSpan[]; sealed: SealedLeaves } {
    const { note } = this.writer;
    if (note === undefined) return { spans: [], sealed: NOTHING };
    const key = parseVerifierKey(verifierOf(this.signer));
    const parsed = parseNote(Buffer.from(note));
    const checkpoint = parseCheckpoint(parsed.text);
    if (verifyNote(parsed, [key]).length === 0 || checkpoint.origin !== this.signer.name)
      throw new StoreFault(`the checkpoint in ${this.folder} was not signed by the key ${quote(key.name)}`);
    const inventory = readInventory(this.folder, checkpoint, [key]);
    if (inventory === undefined && checkpoint.size > 0n)
      throw new StoreFault(`${this.folder}: expected the inventory of the checkpoint, found none`);
    return { spans: inventory?.spans ?? [], sealed: new TiledLog(this.folder) };
  }
}

/** What keeps a file from being sealed further. Records that are missing at its end are no matter here: it may have been rotated. */
function faultOf({ pieces, reached }: FollowedFile, stream: SealedStream | undefined): string | undefined {
  const odd = pieces.find(({ kind }) => kind !== 'sealed' && kind !== 'new');
  if (odd !== undefined)
    return `line ${odd.from.line}: expected the records that were sealed, found them ${odd.kind === 'missing' ? 'missing' : odd.kind}`;
  if (stream === undefined || (reached.get(stream.number) ?? 0) === stream.count) return undefined;
  return `expected ${count(stream.count, 'record')} that were sealed, found ${count(reached.get(stream.number) ?? 0, 'record')}: the end is gone`;
}

/** What of a file was read and not sealed, in words. */
function leftOf(file: string, { text, malformed, records }: LeafRead): string | undefined {
  const name = quote(file);
  if (text !== undefined)
    return `${name} is not sealed (${count(text.records, 'record')}): it is text (${text.format}), and only records of JSON can be sealed one by one`;
  if (malformed === 0) return undefined;
  if (records === 0 && textSealOf(file) !== undefined)
    return `${name} is not sealed: it is a list of digests, no log; keep it, or a copy, elsewhere`;
  return `${name}: ${count(malformed, 'stretch', 'stretches')} of no records ${malformed === 1 ? 'is' : 'are'} not sealed`;
}

async function publish(target: Target, note: string, origin: string, size: number): Promise<void> {
  if (target.kind === 'folder') {
    const name = `${origin.replace(/[^\w.-]/g, '_')}-${String(size).padStart(12, '0')}.checkpoint`;
    const file = path.join(target.folder, name);
    try {
      const stands = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
      const text = note.slice(0, note.lastIndexOf('\n\n') + 2);
      // It may have been cosigned since.
      if (stands?.startsWith(text)) return;
      if (stands !== undefined) {
        const message = `expected the checkpoint that was signed now, found another over ${count(size, 'record')}: the sealed log was put back or made anew since; keep both, they contradict each other`;
        throw new ProblemsError([{ file, line: 0, column: 0, message }]);
      }
      writeFileWhole(file, note);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const message = `the checkpoint was signed and not published: ${error.code}`;
      throw new ProblemsError([{ file: target.folder, line: 0, column: 0, message }]);
    }
    return;
  }
  const subject = target.kind === 'git-message' ? `Seal ${count(size, 'record')} of ${origin}\n\n` : '';
  await writeStream(process.stdout, `${subject}${note}`);
}
