/**
 * Incremental runs: what a run knew of each file is kept, and a later run folds only what was appended. That the rest is
 * unchanged is proven by its digest, or the run starts over and says why.
 */
import v8 from 'node:v8';
import { sha256Hex } from '../base/digest.ts';
import { isSystemError } from '../base/system-error.ts';
import type { AuditRequest } from '../model/request.ts';
import { digestFile } from '../read/digest-file.ts';
import type { DiscoveredFile } from '../read/discover.ts';
import { lastLineEnd } from '../read/line-end.ts';
import type { SavedState } from '../read/state-folder.ts';
import type { Plan } from './plan.ts';
import { mergeParts, type ScanPart, startPart } from './scan-part.ts';
import type { LineHead } from './tasks.ts';

/** What is kept of one file: it covers the first `bytes`, whole lines only where the file is read by lines. */
export type FileState = {
  file: string;
  bytes: number;
  sha256: string;
  /** Where the next line begins; undefined for a file that is read as a whole. */
  lines: (LineHead & { line: number }) | undefined;
  /** Packed; undefined for a file that is passed over. */
  part: Buffer | undefined;
};

export type RunState = { plan: string; files: FileState[] };

/** Thrown when something that was audited before is not as it was. */
export class StateRefusal extends Error {
  override readonly name: string = 'StateRefusal';
}

/** What was audited before is there no longer, or in other bytes: rotation does so, and so does whoever cuts a tail. */
export class AlteredSince extends StateRefusal {
  override readonly name = 'AlteredSince';
}

/** Which logs there are is known otherwise; the others change what is said of an answer, not the answer. */
const BESIDE_THE_ANSWER: ReadonlySet<string> = new Set<keyof AuditRequest>([
  'paths',
  'exclude',
  'failOn',
  'failOnKnown',
  'failOnControls',
  'failOnNotices',
  'generated',
  'packs',
  'keep',
]);

/** The digest of everything that an answer depends on beside the logs: another plan makes other marks. */
export function digestPlan({ request, detections }: Plan): string {
  const rest = Object.fromEntries(Object.entries(request).filter(([key]) => !BESIDE_THE_ANSWER.has(key)));
  // Packs are beside the answer, and what is counted for them is a part of what is kept.
  return sha256Hex(toPlainText([process.version, rest, detections.map(({ id }) => id)]));
}

/**
 * Equal for equal values, and for no others. What `v8.serialize` writes depends on how a string lies in memory, and with
 * that on chance: by it half of all runs started over (measured).
 */
function toPlainText(value: unknown): string {
  return JSON.stringify(value, tagged);
}

/** What JSON has no form for, as a text; `s` stands before those that are texts. Buffers come as what `toJSON` made of them. */
function tagged(this: unknown, key: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'bigint':
      return `n${value}`;
    case 'number':
      return Number.isFinite(value) ? value : `d${value}`;
    case 'object': {
      const own = (this as Record<string, unknown>)[key];
      if (own instanceof Uint8Array) return `b${Buffer.from(own).toString('hex')}`;
      const prototype: unknown = value === null ? null : Object.getPrototypeOf(value);
      if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) return value;
      throw new Error('a request holds something else than plain data');
    }
    default:
      return value;
  }
}

export function packPart(part: ScanPart): Buffer {
  return v8.serialize(part);
}

export function unpackPart(part: Buffer): ScanPart {
  return v8.deserialize(part) as ScanPart;
}

export function packState(state: RunState): Buffer {
  return v8.serialize(state);
}

/** @throws {StateRefusal} where there is none */
export function unpackState(saved: SavedState | string): RunState {
  if (typeof saved === 'string') throw new StateRefusal(saved);
  return v8.deserialize(saved.content) as RunState;
}

/**
 * What was audited before and is gone, shorter, or in other bytes: of all files, by their names. Another plan, or a file more,
 * is reason enough to start over, and must not be the reason that nobody hears of it.
 */
export function alteredFiles(state: RunState, files: readonly DiscoveredFile[]): string[] {
  const byName = new Map(files.map((file) => [file.file, file]));
  return state.files.flatMap(({ file, bytes, sha256, lines, part }) => {
    if ((lines === undefined && part === undefined) || bytes === 0) return [];
    const now = byName.get(file);
    const digest = digestFile(file, bytes);
    // One that is there as it was may not have been asked for this time.
    if (now === undefined && digest === undefined) return [`${file} is gone`];
    if ((now ?? digest!).bytes < bytes) return [`${file} became shorter`];
    return digest === undefined || digest.sha256 === sha256
      ? []
      : [`${file} is not what it was: its first ${bytes} bytes changed`];
  });
}

/** @throws {StateRefusal} where the state does not fit this run */
export function checkState(state: RunState, planDigest: string, files: readonly DiscoveredFile[]): void {
  if (state.plan !== planDigest)
    throw new StateRefusal('rules, mappings, configuration, tool or Node are others than before');
  for (const [index, known] of state.files.entries()) {
    const file = files[index];
    // Marks and identities know files by their number: new ones may only follow.
    if (file?.file !== known.file)
      throw new StateRefusal(`${known.file} is no longer number ${index + 1} of the files`);
    const wasRead = known.part !== undefined || known.lines !== undefined;
    if (wasRead !== (file.skip === undefined)) throw new StateRefusal(`${known.file} is read otherwise`);
    if (file.bytes < known.bytes) throw new AlteredSince(`${known.file} became shorter`);
    if (known.lines === undefined && wasRead && file.bytes !== known.bytes) {
      // What its lines mean depends on all before them, as in the text log of a license server: nothing goes on here.
      if (digestFile(file.file, known.bytes)?.sha256 === known.sha256)
        throw new StateRefusal(`${known.file} has grown and can only be read whole`);
      throw new AlteredSince(`${known.file} changed`);
    }
  }
}

/** How one file is read in a run with state. */
export type FilePlan = {
  fileIndex: number;
  known: FileState | undefined;
  lines: LineHead | undefined;
  /** Bytes that the next state covers, and all that are audited now. */
  covered: number;
  size: number;
};

/** `lines`: the head of a file of lines as it is now. @throws {StateRefusal} where it cannot be read */
export function planFile(
  file: DiscoveredFile,
  fileIndex: number,
  known: FileState | undefined,
  lines: LineHead | undefined,
): FilePlan {
  const size = file.bytes;
  try {
    const covered = lines === undefined ? size : lastLineEnd(file.file, size);
    return { fileIndex, known, lines, covered, size };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new StateRefusal(`${file.file} cannot be read: ${error.code}`);
  }
}

/** Parts of a run by file, so that each can be kept; those that may not be kept stand apart. */
export class FileParts {
  private readonly plan: Plan;
  private readonly kept = new Map<number, ScanPart>();
  private readonly provisional = new Map<number, ScanPart>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  add(fileIndex: number, part: ScanPart, provisional: boolean): void {
    const parts = provisional ? this.provisional : this.kept;
    const known = parts.get(fileIndex);
    parts.set(fileIndex, known === undefined ? part : mergeParts(this.plan, known, part));
  }

  of(fileIndex: number): ScanPart | undefined {
    return this.kept.get(fileIndex);
  }

  /** Everything in log order. Call last: it takes the parts over. */
  merged(): ScanPart {
    const indexes = [...new Set([...this.kept.keys(), ...this.provisional.keys()])].sort((a, b) => a - b);
    return indexes.reduce((merged, index) => {
      for (const parts of [this.kept, this.provisional]) {
        const part = parts.get(index);
        if (part !== undefined) merged = mergeParts(this.plan, merged, part);
      }
      return merged;
    }, startPart(this.plan));
  }
}
