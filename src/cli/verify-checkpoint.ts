/**
 * `verify --checkpoint`: reads checkpoints and sealed logs, decides which of them can be trusted, and holds the records of
 * today to them. The files are read for it a second time: where a part of a file begins in a log is known only to who
 * read all before it, so this cannot be a fold over parts.
 *
 * Over 250 lines: it is the one place where checkpoints, tiles, inventory and files meet.
 */
import fs from 'node:fs';
import path from 'node:path';
import { count, escapeControls, quote } from '../base/text-safety.ts';
import { toReportName } from '../engine/file-part.ts';
import { withoutVouched } from '../model/bare-source.ts';
import type { CheckResult } from '../model/check.ts';
import { type Finding, toFingerprint } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { type InputSummary, NOTHING_VERIFIED, type StreamSummary } from '../model/report.ts';
import type { AuditRequest } from '../model/request.ts';
import { type DiscoveredFile, STDIN } from '../read/discover.ts';
import { CHECKPOINT, TiledLog } from '../store/tiled-log.ts';
import { StoreFault } from '../store/tiled-log-files.ts';
import { readInventory } from '../store/tiled-log-inventory.ts';
import { ANCHORS, type AnchorCode, anchorSeverity } from '../transparency/anchor-findings.ts';
import { anchorStreams } from '../transparency/anchor-streams.ts';
import {
  appendLeaf,
  appendNode,
  type CompactRange,
  rootOf,
  startRange,
} from '../transparency/compact-range.ts';
import { FileFollower, type Piece } from '../transparency/follow-file.ts';
import type { Inventory, SealedStream } from '../transparency/inventory.ts';
import { type AnchoredFile, judgeAnchors, streamsWithin } from '../transparency/judge-anchors.ts';
import { continuationsOf } from '../transparency/match-streams.ts';
import { foldPerfect } from '../transparency/perfect-tree.ts';
import { NoteFault } from '../transparency/signed-note.ts';
import { TILE_LEVELS, TILE_WIDTH } from '../transparency/tiles.ts';
import { equalHashes, HASH_BYTES } from '../transparency/tree-hash.ts';
import { unsealedNotices } from '../transparency/unsealed-records.ts';
import { isBelow, isFolder, liesWithin } from './places.ts';
import { type Framing, LeafReader, type TextLeft } from './seal-leaves.ts';
import { matchFiles } from './seal-match.ts';
import { signedWords } from './verify-proof.ts';
import {
  type JudgedCheckpoint,
  judgeCheckpoint,
  type KeyUse,
  readTrust,
  type Trust,
  type TrustOptions,
} from './verify-trust.ts';
import { writeFileWhole } from './write-output.ts';

export type CheckpointOptions = TrustOptions & { checkpoint?: string[]; evidenceFile?: string };

/** What is said beside the audit of the records: `inputs` are those of the audit, to be sure that both read the same. */
export type Beside = (inputs: readonly InputSummary[]) => {
  result: CheckResult;
  /** A result of a check, in the light of it. */
  anchor(result: CheckResult): CheckResult;
};

/** A note and where it lies. */
export type GivenCheckpoint = { file: string; note: string; folder?: string };

type Trusted = JudgedCheckpoint & { file: string };

/** `roots`: by size, made from the leaves alone. */
type HeldLog = { log: TiledLog; roots: ReadonlyMap<number, Uint8Array> };

const MAX_NOTE_BYTES = 1_000_000;

/** Files that belong to the seal and not to the logs. */
export function isPartOfSeal({
  checkpoint = [],
  policy,
  verifierKey = [],
}: CheckpointOptions): (file: string) => boolean {
  const own = [...checkpoint, ...verifierKey, ...(policy === undefined ? [] : [policy])].filter(
    (name) => name !== STDIN,
  );
  return (file) => own.some((name) => isBelow(name, file));
}

/** Mistakes of the arguments go to `problems`. */
export async function readAnchors(
  options: CheckpointOptions,
  given: readonly GivenCheckpoint[],
  files: readonly DiscoveredFile[],
  request: Framing & Pick<AuditRequest, 'paths'>,
  problems: Problem[],
  use: KeyUse,
): Promise<Beside> {
  const trust = readTrust(options, problems, use);
  for (const { file, regular, skip } of files)
    if (!regular && skip === undefined)
      problems.push({
        file,
        line: 0,
        column: 0,
        message: 'expected a file: with --checkpoint it is read twice',
      });
  if (problems.length > 0) throw new ProblemsError(problems);
  const run = new AnchorRun(options, trust, files, request);
  return run.judge(given);
}

/** A checkpoint, a folder of published ones (*.checkpoint), a sealed log, or - for standard input. */
export function readGiven(name: string, problems: Problem[]): GivenCheckpoint[] {
  const wrong = (message: string): GivenCheckpoint[] => {
    problems.push({ file: name, line: 0, column: 0, message });
    return [];
  };
  const read = (file: string | 0): string => {
    const bytes = fs.readFileSync(file);
    if (bytes.length > MAX_NOTE_BYTES) throw Object.assign(new Error(), { code: 'EFBIG' });
    return bytes.toString('utf8');
  };
  try {
    if (name === STDIN) return [{ file: STDIN, note: withoutSubject(read(0)) }];
    if (!fs.statSync(name).isDirectory()) return [{ file: name, note: withoutSubject(read(name)) }];
    return (
      readFolder(name, read) ??
      wrong('expected a sealed log, or a folder of *.checkpoint files, found neither')
    );
  } catch (error) {
    return wrong(`the checkpoint cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** All that it holds: a sealed log, put among published checkpoints, must not keep them from being read. */
function readFolder(folder: string, read: (file: string) => string): GivenCheckpoint[] | undefined {
  const entries = fs.readdirSync(folder);
  const published = entries
    .filter((entry) => entry.endsWith('.checkpoint'))
    .sort()
    .map((entry) => path.join(folder, entry))
    .map((file): GivenCheckpoint => ({ file, note: read(file) }));
  if (!entries.includes(CHECKPOINT)) return published.length === 0 ? undefined : published;
  const file = path.join(folder, CHECKPOINT);
  const isLog = published.length === 0 || entries.includes('tile');
  return [{ file, note: read(file), ...(isLog && { folder }) }, ...published];
}

/** A commit message as `seal --publish git-message` makes it, or the checkpoint alone. */
function withoutSubject(text: string): string {
  return text.replace(/^Seal [\d,]+ records? of [^\n]*\n\n/, '').replace(/\n+$/, '\n');
}

class AnchorRun {
  private readonly options: CheckpointOptions;
  private readonly trust: Trust;
  private readonly files: readonly DiscoveredFile[];
  private readonly paths: readonly string[];
  private readonly reader: LeafReader;
  private readonly findings: Finding[] = [];
  private readonly streams: StreamSummary[] = [];
  private readonly texts = new Set<string>();
  private readonly digests = new Map<string, string | null>();

  constructor(
    options: CheckpointOptions,
    trust: Trust,
    files: readonly DiscoveredFile[],
    request: Framing & Pick<AuditRequest, 'paths'>,
  ) {
    this.options = options;
    this.trust = trust;
    this.files = files.filter(({ skip }) => skip === undefined);
    this.paths = request.paths;
    this.reader = new LeafReader(request);
  }

  async judge(given: readonly GivenCheckpoint[]): Promise<Beside> {
    this.warnBeside();
    const trusted = given.flatMap((one) => this.trustedOf(one));
    const logs = given.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
    for (const origin of [...new Set(trusted.map(({ checkpoint }) => checkpoint.origin))].sort()) {
      const points = trusted
        .filter(({ checkpoint }) => checkpoint.origin === origin)
        .sort((a, b) => Number(a.checkpoint.size - b.checkpoint.size));
      if (this.findFork(points)) continue;
      const sizes = points.map(({ checkpoint }) => Number(checkpoint.size));
      await this.judgeOrigin(origin, points, this.openLog(origin, logs, sizes));
    }
    return (inputs) => this.close(inputs);
  }

  /** A checkpoint that is not trusted is said, and then counts for nothing. */
  private trustedOf({ file, note }: GivenCheckpoint): Trusted[] {
    let judged: JudgedCheckpoint;
    try {
      judged = judgeCheckpoint(note, this.trust);
    } catch (error) {
      if (!(error instanceof NoteFault)) throw error;
      this.find(
        'checkpoint-untrusted',
        placeOf(file),
        `expected a checkpoint that verifies: ${error.message}`,
      );
      return [];
    }
    if (judged.gaps.length === 0) return [{ ...judged, file }];
    const { origin, size } = judged.checkpoint;
    const message = `the checkpoint of ${quote(origin)} over ${size} records cannot be trusted: ${judged.gaps.join('; ')}`;
    this.find('checkpoint-untrusted', placeOf(file), message, 'undetermined');
    return [];
  }

  /** Two of one size with different roots need no log to contradict each other. */
  private findFork(points: readonly Trusted[]): boolean {
    for (const [at, right] of points.entries()) {
      const left = points[at - 1];
      if (left?.checkpoint.size !== right.checkpoint.size) continue;
      if (equalHashes(left.checkpoint.root, right.checkpoint.root)) continue;
      this.fork(left, right);
      return true;
    }
    return false;
  }

  private fork(left: Trusted, right: Trusted): void {
    const { origin } = right.checkpoint;
    const message = `two signed checkpoints of ${quote(origin)} contradict each other: ${left.checkpoint.size} records in ${quote(left.file)}, ${right.checkpoint.size} in ${quote(right.file)}`;
    const roots = [left.checkpoint.root, right.checkpoint.root];
    this.find('checkpoint-fork', placeOf(right.file), message, 'violation', ...roots);
    const { evidenceFile } = this.options;
    if (evidenceFile === undefined) return;
    const file = isFolder(evidenceFile) ? path.join(evidenceFile, 'fork-evidence.txt') : evidenceFile;
    writeFileWhole(file, evidenceOf(left, right));
  }

  /** The sealed log of that name among the folders given, with tiles that lead to the root of its checkpoint. */
  private openLog(origin: string, folders: readonly string[], sizes: readonly number[]): HeldLog | undefined {
    for (const folder of folders) {
      try {
        const log = new TiledLog(folder);
        if (log.origin !== origin) continue;
        const roots = rootsOf(log, sizes);
        if (equalHashes(roots.get(log.size)!, log.root)) return { log, roots };
        this.find(
          'sealed-log-damaged',
          placeOf(path.join(folder, CHECKPOINT)),
          `expected tiles that lead to the root of the checkpoint over ${count(log.size, 'record')}, found others`,
          'violation',
          roots.get(log.size)!,
        );
      } catch (error) {
        if (!(error instanceof StoreFault)) throw error;
        this.find('sealed-log-damaged', placeOf(path.join(folder, CHECKPOINT)), error.message);
      }
    }
    return undefined;
  }

  /** `points`: trusted checkpoints of one log, by size. */
  private async judgeOrigin(
    origin: string,
    points: readonly Trusted[],
    held: HeldLog | undefined,
  ): Promise<void> {
    if (held === undefined) {
      await this.judgeWithoutLog(points);
      return;
    }
    const { log, roots } = held;
    const own = path.join(log.folder, CHECKPOINT);
    for (const point of points) {
      const { size, root } = point.checkpoint;
      if (size > BigInt(log.size)) {
        const message = `expected a sealed log of at least ${size} records by the checkpoint ${quote(point.file)}, found ${log.size}`;
        this.find('checkpoint-rollback', placeOf(own), message);
      } else if (!equalHashes(roots.get(Number(size))!, root)) {
        const other = points.find(({ file }) => file === own);
        // Of a sealed log whose own checkpoint nobody signed, another history proves nothing against the signer.
        if (other !== undefined) this.fork(point, other);
        else
          this.find(
            'sealed-log-damaged',
            placeOf(own),
            `the sealed log does not begin with the ${size} records of the checkpoint ${quote(point.file)}`,
            'violation',
            roots.get(Number(size))!,
          );
        return;
      }
    }
    const newest = points.findLast(({ checkpoint }) => checkpoint.size <= BigInt(log.size));
    if (newest === undefined) {
      await this.judgeWithoutLog(points);
      return;
    }
    const inventory = this.inventoryOf(log);
    if (inventory === undefined) return;
    const streams = streamsWithin(inventory.spans, Number(newest.checkpoint.size));
    const files = await this.follow(log, streams);
    const by = signedWords(newest.signed);
    this.add(judgeAnchors({ origin, by, streams, files, place: placeOf(newest.file) }));
  }

  private inventoryOf(log: TiledLog): Inventory | undefined {
    const fault = (message: string) =>
      this.find('sealed-log-damaged', placeOf(path.join(log.folder, CHECKPOINT)), message);
    try {
      const { keys, policy } = this.trust;
      // As for the checkpoint itself: where a policy names the logs, its keys have to have signed.
      const trusted = policy !== undefined && policy.logs.length > 0 ? policy.logs : keys;
      const inventory = readInventory(log.folder, log, trusted);
      if (inventory === undefined) fault('expected the inventory of the checkpoint, found none');
      return inventory;
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      fault(error.message);
      return undefined;
    }
  }

  private async follow(log: TiledLog, streams: readonly SealedStream[]): Promise<AnchoredFile[]> {
    const { matched } = await matchFiles(this.reader, this.files, streams, log);
    const continuations = continuationsOf(streams, matched);
    const followed: AnchoredFile[] = [];
    for (const [at, { file }] of this.files.entries()) {
      const stream = streams.find(({ number }) => number === matched.get(at));
      const follower = new FileFollower(log, stream, continuations);
      const read = await this.reader.read(file, (batch) => follower.add(batch));
      this.digests.set(toReportName(file), read.sha256);
      followed.push({
        file: toReportName(file),
        ...(read.text === undefined ? { followed: follower.finish() } : this.leaveText(file, read.text)),
        ...(read.problem !== undefined && { problem: read.problem }),
      });
    }
    return followed;
  }

  /** A checkpoint alone: the records, file after file, must lead to its root. */
  private async judgeWithoutLog(points: readonly Trusted[]): Promise<void> {
    const range = startRange();
    const roots = new Map<number, Uint8Array>();
    const wanted = new Set(points.map(({ checkpoint }) => Number(checkpoint.size)));
    const newest = points.at(-1)!;
    const most = Number(newest.checkpoint.size);
    const files: AnchoredFile[] = [];
    if (wanted.has(0)) roots.set(0, rootOf(range));
    for (const { file } of this.files) {
      const pieces: Piece[] = [];
      let records = 0;
      const read = await this.reader.read(file, (batch) => {
        for (let at = 0; at < batch.count; at += 1) {
          const kind = range.end < most ? 'sealed' : 'new';
          if (kind === 'sealed') {
            appendLeaf(range, Buffer.from(batch.hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)));
            if (wanted.has(range.end)) roots.set(range.end, rootOf(range));
          }
          const spot = { line: batch.lines[at]!, offset: batch.offsets[at]!, length: batch.lengths[at]! };
          const last = pieces.at(-1);
          if (last?.kind === kind) {
            last.records += 1;
            last.until = spot;
          } else pieces.push({ kind, records: 1, at: records, from: spot, until: spot });
          records += 1;
        }
      });
      const name = toReportName(file);
      this.digests.set(name, read.sha256);
      files.push({
        file: name,
        ...(read.text === undefined
          ? { followed: { pieces, records, reached: new Map() } }
          : this.leaveText(file, read.text)),
      });
    }
    this.judgeRoots(points, roots, range.end, files);
  }

  /** Text is in no sealed log: all of it is as what came after the checkpoint. */
  private leaveText(file: string, { records, from, until }: TextLeft): Omit<AnchoredFile, 'file'> {
    this.texts.add(toReportName(file));
    const pieces: Piece[] = records === 0 ? [] : [{ kind: 'new', records, at: 0, from, until }];
    return { followed: { pieces, records, reached: new Map() }, isText: true };
  }

  private judgeRoots(
    points: readonly Trusted[],
    roots: ReadonlyMap<number, Uint8Array>,
    records: number,
    files: readonly AnchoredFile[],
  ): void {
    const bad = points.find(({ checkpoint: { size, root } }) => {
      const own = roots.get(Number(size));
      return own === undefined || !equalHashes(own, root);
    });
    const newest = points.at(-1)!;
    if (bad === undefined) {
      const { origin } = newest.checkpoint;
      const { streams = [] } = judgeAnchors({
        origin,
        by: signedWords(newest.signed),
        streams: [],
        files,
        place: placeOf(newest.file),
      });
      this.streams.push(...streams);
      return;
    }
    const { size } = bad.checkpoint;
    if (BigInt(records) < size) {
      const gone = Number(size) - records;
      const message = `expected at least ${size} records by the checkpoint ${quote(bad.file)}, found ${records}: at least ${gone} are gone, or their files were not given`;
      this.find('sealed-tail-missing', placeOf(bad.file), message);
      if (gone > 1) this.findings.at(-1)!.count = gone;
      return;
    }
    const message = `the first ${size} of ${records} records, file after file, do not lead to the root of the checkpoint ${quote(bad.file)}`;
    const found = roots.get(Number(size))!;
    this.find('checkpoint-mismatch', placeOf(bad.file), message, 'undetermined', found);
  }

  /** What lies where the logs lie is in the hands of whoever can change them. */
  private warnBeside(): void {
    const folders = new Set(this.files.map(({ file }) => path.dirname(path.resolve(file))));
    const audited = this.paths.filter((place) => place !== STDIN && isFolder(place));
    const isBeside = (name: string) =>
      folders.has(path.dirname(path.resolve(name))) || audited.some((folder) => liesWithin(folder, name));
    const { checkpoint = [], verifierKey = [], policy } = this.options;
    for (const name of [...checkpoint, ...verifierKey, ...(policy === undefined ? [] : [policy])]) {
      if (name === STDIN || !isBeside(name)) continue;
      this.find(
        'checkpoint-beside-log',
        placeOf(name),
        `${quote(name)} lies in or below a folder of the logs that it vouches for`,
      );
    }
  }

  private close(inputs: readonly InputSummary[]): ReturnType<Beside> {
    const changed = inputs.filter(({ file, sha256 }) => {
      const own = this.digests.get(file);
      return own !== undefined && own !== sha256;
    });
    for (const { file } of changed)
      this.find(
        'checkpoint-mismatch',
        placeOf(file),
        'the file changed between two readings: it was held to no checkpoint',
        'undetermined',
      );
    const sound = this.streams.filter(({ stream }) => !changed.some(({ file }) => file === stream));
    const notices = unsealedNotices(sound, this.texts);
    const result: CheckResult = { findings: this.findings, streams: sound, notices };
    // A checkpoint over no record, or of a log whose files were not given: nothing was found because nothing was held.
    const isSilent = this.findings.every(({ code }) => code === 'checkpoint-beside-log');
    if (isSilent && !sound.some(({ ranges }) => ranges.some(({ assurance }) => assurance === 'anchored'))) {
      result.incomplete = 'no record was held to a checkpoint: none that was given covers any';
      notices.unshift({ code: NOTHING_VERIFIED, message: result.incomplete });
    }
    const held = new Set(sound.map(({ stream }) => stream));
    const anchor = (checked: CheckResult): CheckResult => {
      // Of records without a chain the checkpoint says all that is known.
      const rest = withoutVouched(checked, (file) => held.has(file));
      return { ...rest, ...(rest.streams && { streams: anchorStreams(rest.streams, sound) }) };
    };
    return { result, anchor };
  }

  private add({ findings, streams = [] }: CheckResult): void {
    this.findings.push(...findings);
    this.streams.push(...streams);
  }

  private find(
    code: AnchorCode,
    place: Place,
    message: string,
    verdict: Finding['verdict'] = 'violation',
    /** What was found, where the message does not tell one from another. */
    ...found: readonly Uint8Array[]
  ): void {
    const roots = found.map((root) => Buffer.from(root).toString('hex'));
    const fingerprint = toFingerprint(ANCHORS, code, place.file, message, ...roots);
    this.findings.push({
      rule: ANCHORS,
      code,
      severity: anchorSeverity(code),
      verdict,
      place,
      message,
      fingerprint,
    });
  }
}

/** The note of each, to the byte: whoever has the verifier key can check that both are genuine. */
function evidenceOf(...both: readonly Trusted[]): string {
  const parts = both.map(
    ({ file, note }, at) => `Checkpoint ${at + 1} of 2, from ${escapeControls(file)}:\n\n${note}`,
  );
  return `Evidence of a fork: two checkpoints of one log, both signed, that contradict each other.\n\n${parts.join('\n')}`;
}

/** A finding about a file as a whole. */
function placeOf(file: string): Place {
  return { file: file === STDIN ? 'stdin' : file, line: 1, offset: 0, length: 0 };
}

/**
 * The roots at those sizes and of the whole log. From the leaves: whoever signs anew can leave old hashes in the tiles
 * above them, and these then lead to an old root over leaves that are others.
 */
function rootsOf(log: TiledLog, sizes: readonly number[]): Map<number, Uint8Array> {
  const range = startRange();
  const roots = new Map<number, Uint8Array>();
  const ends = [...sizes.filter((size) => size < log.size), log.size].sort((a, b) => a - b);
  for (const end of ends) {
    for (const leaves of log.leaves(range.end, end)) appendLeaves(range, leaves);
    roots.set(end, rootOf(range));
  }
  return roots;
}

/** Whole tiles at once: half as many steps of the fold as leaves. */
function appendLeaves(range: CompactRange, leaves: Uint8Array): void {
  const leafCount = leaves.length / HASH_BYTES;
  if (leafCount === TILE_WIDTH) appendNode(range, TILE_LEVELS, foldPerfect(leaves, 0, leafCount));
  else
    for (let at = 0; at < leafCount; at += 1)
      appendLeaf(range, leaves.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}
