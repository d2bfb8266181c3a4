/**
 * A folder of the user's that keeps what a run knew, for the next one (`--state DIR`). It holds values of the logs, so it
 * is for its owner alone; and whoever can write it can make the next run believe anything, as whoever can write the rules.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { digestFile } from './digest-file.ts';

const MANIFEST = 'state.json';
const LOCK = 'lock';
const FORMAT = 'audit-check/state/v5';
/** Names of data files; nothing else in the folder is touched. */
const DATA = /^[a-z]+-\d{8}\.bin$/;

/** What is kept: `content` in a file of its own whose digest stands in the manifest, and files that were written beside it. */
export type SavedState = { content: Buffer; files: Record<string, string> };

/** `covered`: bytes of the logs that the state speaks for; a hint, which proves nothing. */
type ToSave = SavedState & { covered: number };

type Manifest = {
  format: typeof FORMAT;
  covered: number;
  content: { file: string; sha256: string };
  /** Rows. */
  files: Record<string, { file: string; sha256: string }>;
};

export class StateFolder {
  private readonly folder: string;
  private next = 1;
  private isLocked = false;
  /** Digests of data files by name, as they were loaded: those files do not change. */
  private readonly digests = new Map<string, string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes the folder where it is not there, and takes it for this run alone; `close` gives it back.
   * @throws what the system says when it cannot be used: EEXIST while another run has it
   */
  open(): void {
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    fs.accessSync(this.folder, fs.constants.R_OK | fs.constants.W_OK);
    fs.writeFileSync(path.join(this.folder, LOCK), `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    this.isLocked = true;
    process.once('exit', this.close);
  }

  readonly close = (): void => {
    process.removeListener('exit', this.close);
    if (this.isLocked) fs.rmSync(path.join(this.folder, LOCK), { force: true });
    this.isLocked = false;
  };

  /** A file that is always in the folder once something was saved. */
  get manifest(): string {
    return path.join(this.folder, MANIFEST);
  }

  /** Whether a file of that name lies in the folder: it is no log. */
  holds(file: string): boolean {
    const relative = path.relative(this.folder, file);
    return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  }

  /** Bytes of the logs that need not be scanned again if all is as it was; 0 where nothing was saved. */
  coveredBytes(): number {
    const covered = this.hint()?.covered;
    return Number.isSafeInteger(covered) ? covered! : 0;
  }

  /** Bytes of the data files of that kind (`newFile`); 0 where none was saved. */
  savedBytes(kind: string): number {
    const names = Object.values(this.hint()?.files ?? {}).map(({ file }) => file);
    return names
      .filter((name) => name.startsWith(`${kind}-`))
      .map((name) => fs.statSync(path.join(this.folder, name), { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whoever loads the state will say what is wrong with it. */
  private hint(): Manifest | undefined {
    try {
      return parseManifest(fs.readFileSync(path.join(this.folder, MANIFEST), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** What was saved last; nothing before the first run; a word for why it cannot be used. `files` are paths by the names they were saved under. */
  load(): SavedState | string | undefined {
    const text = this.read(MANIFEST)?.toString('utf8');
    if (text === undefined) return undefined;
    const manifest = parseManifest(text);
    if (manifest === undefined) return `${MANIFEST} is not readable by this version`;
    const content = this.read(manifest.content.file);
    if (content === undefined || sha256(content) !== manifest.content.sha256)
      return `${manifest.content.file} is damaged or gone`;
    const files: Record<string, string> = {};
    for (const [name, { file, sha256: expected }] of Object.entries(manifest.files)) {
      const place = path.join(this.folder, file);
      if (digestFile(place)?.sha256 !== expected) return `${file} is damaged or gone`;
      this.digests.set(file, expected);
      files[name] = place;
    }
    return { content, files };
  }

  /** A place for a file that `save` may then name: the first number that none has, for two runs must not share one. */
  newFile(kind: string): string {
    for (let number = this.next; ; number++) {
      const place = path.join(this.folder, `${kind}-${String(number).padStart(8, '0')}.bin`);
      if (fs.existsSync(place)) continue;
      this.next = number + 1;
      return place;
    }
  }

  /** Replaces what was saved, in one step: a run that ends early leaves the state before it. */
  save({ content, files, covered }: ToSave): void {
    const place = this.newFile('content');
    writeWhole(place, content);
    const manifest: Manifest = {
      format: FORMAT,
      covered,
      content: { file: path.basename(place), sha256: sha256(content) },
      files: Object.fromEntries(
        Object.entries(files).map(([name, file]) => [
          name,
          { file: path.basename(file), sha256: this.digests.get(path.basename(file)) ?? settled(file) },
        ]),
      ),
    };
    const temporary = path.join(this.folder, `${MANIFEST}.tmp`);
    writeWhole(temporary, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    fs.renameSync(temporary, path.join(this.folder, MANIFEST));
    this.sweep(new Set([manifest.content.file, ...Object.values(manifest.files).map(({ file }) => file)]));
  }

  /** Data files that no manifest names: of the state before, and of runs that ended early. */
  private sweep(kept: ReadonlySet<string>): void {
    for (const name of fs.readdirSync(this.folder)) {
      if (DATA.test(name) && !kept.has(name)) fs.rmSync(path.join(this.folder, name), { force: true });
    }
  }

  private read(name: string): Buffer | undefined {
    const place = path.join(this.folder, name);
    return fs.existsSync(place) ? fs.readFileSync(place) : undefined;
  }
}

function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const names = [manifest.content.file, ...Object.values(manifest.files).map(({ file }) => file)];
    const isOurs =
      manifest.format === FORMAT && names.every((name) => typeof name === 'string' && DATA.test(name));
    return isOurs ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** On disk for good before anything names it. @returns its digest */
function settled(file: string): string {
  const descriptor = fs.openSync(file, 'r+');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  const digest = digestFile(file);
  if (digest === undefined) throw new Error(`${file} was written and is gone`);
  return digest.sha256;
}

function writeWhole(place: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(place, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function sha256(bytes: Uint8Array): string {
  return crypto.hash('sha256', bytes, 'hex');
}
