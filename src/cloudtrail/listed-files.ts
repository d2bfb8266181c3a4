/** The files that seals list, each held against what lies there: intact, altered, missing, moved, exchanged. */
import type { KnownFile } from '../model/seal.ts';
import { isAtItsPlace, plainName } from './object-names.ts';

/** A file as a seal lists it, by the SHA-256 of its content in hex. */
export type Listed = { object: string; hash: string };

/**
 * `elsewhere`: the content lies under another name or in another folder, in `file`. `swapped`: `file` at its place holds
 * what is listed for `other`, and the other way round. `unread`: nobody could read the file.
 */
export type Fate =
  | { kind: 'intact'; file: KnownFile }
  | { kind: 'altered'; file: KnownFile; other?: string }
  | { kind: 'swapped'; file: KnownFile; other: KnownFile }
  | { kind: 'elsewhere'; file: KnownFile }
  | { kind: 'unread'; file: KnownFile }
  | { kind: 'missing' };

export class ListedFiles {
  /** Files that some seal lists, or holds the content of. */
  readonly accounted = new Set<KnownFile>();
  private readonly byName = new Map<string, KnownFile[]>();
  /** By hash: files whose name no seal lists, the first of them last. */
  private readonly strays = new Map<string, KnownFile[]>();
  /** What is listed under a hash: the first, and the plain names of all. */
  private readonly listedByHash = new Map<string, Listed>();
  private readonly listedNames = new Set<string>();

  constructor(files: readonly KnownFile[], listed: Iterable<Listed>) {
    for (const entry of listed) {
      if (!this.listedByHash.has(entry.hash)) this.listedByHash.set(entry.hash, entry);
      this.listedNames.add(plainName(entry.object));
    }
    for (const file of files) push(this.byName, plainName(file.file), file);
    for (const file of [...files].reverse()) {
      if (file.sha256 !== null && !this.listedNames.has(plainName(file.file)))
        push(this.strays, file.sha256, file);
    }
  }

  judge(entry: Listed): Fate {
    const fate = this.find(entry);
    if ('file' in fate) this.accounted.add(fate.file);
    return fate;
  }

  private find(entry: Listed): Fate {
    const named = this.byName.get(plainName(entry.object)) ?? [];
    const inPlace = named.filter(({ file }) => isAtItsPlace(file, entry.object));
    const isIntact = ({ sha256 }: KnownFile) => sha256 === entry.hash;
    const here = inPlace.find(isIntact) ?? inPlace[0];
    if (here !== undefined && isIntact(here)) return { kind: 'intact', file: here };
    if (here !== undefined) return this.judgeOther(entry, here);
    const moved = named.find(isIntact) ?? this.strayOf(entry.hash);
    if (moved !== undefined) return { kind: 'elsewhere', file: moved };
    return named[0] === undefined ? { kind: 'missing' } : this.judgeOther(entry, named[0]);
  }

  /** The file lies there with other content. */
  private judgeOther(entry: Listed, file: KnownFile): Fate {
    if (file.sha256 === null) return { kind: 'unread', file };
    const listed = this.listedByHash.get(file.sha256);
    if (listed === undefined || listed.object === entry.object) return { kind: 'altered', file };
    const other = (this.byName.get(plainName(listed.object)) ?? []).find(
      ({ sha256 }) => sha256 === entry.hash,
    );
    return other === undefined
      ? { kind: 'altered', file, other: listed.object }
      : { kind: 'swapped', file, other };
  }

  /** A file with this content that stands for no other entry, and whose name no seal lists: a listed one answers for itself. */
  private strayOf(hash: string): KnownFile | undefined {
    return this.strays.get(hash)?.pop();
  }

  /** The entry whose content a file that is not accounted for holds: it is a copy. */
  contentOf({ sha256 }: KnownFile): Listed | undefined {
    return sha256 === null ? undefined : this.listedByHash.get(sha256);
  }
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
