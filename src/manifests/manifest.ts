/** What a list of digests says of the files beside it, whatever its form; names and digests come from the list as they are. */

/** `digest`: lower-case hex. `algorithm`: as Node calls it. `line` counts from 1. */
export type Entry = { name: string; digest: string; algorithm: string; line: number };

/** A line that is none of its form. */
export type Fault = { line: number; text: string };

export type ChecksumList = {
  form: 'checksums';
  entries: Entry[];
  faults: Fault[];
  /** Whether an OpenPGP signature surrounds the lines. */
  signed: boolean;
  /** Whether its lines end as Windows ends them. */
  isOfWindows: boolean;
};

/** The message log archive of an X-Road security server. */
export type LinkingInfo = {
  form: 'linkinginfo';
  /** The last digest of the archive before, and its file; null for the first archive of all. */
  previous: { digest: string; archive: string } | null;
  algorithm: string;
  entries: Entry[];
  faults: Fault[];
};

export type Manifest = ChecksumList | LinkingInfo | { form: 'malformed'; problem: string };

/** An X-Road security server runs on Linux. */
export function isOfWindows(list: ChecksumList | LinkingInfo): boolean {
  return list.form === 'checksums' && list.isOfWindows;
}

/** Hex digits of a digest: what a line without the name of its algorithm was made by. */
const ALGORITHM_OF_LENGTH: Readonly<Record<number, string>> = {
  32: 'md5',
  40: 'sha1',
  56: 'sha224',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
};

/** Two files with one digest can be made: intact files cannot be told from exchanged ones. */
export const FORGEABLE: ReadonlySet<string> = new Set(['md5', 'sha1']);

export function algorithmOfLength(hex: string): string | undefined {
  return ALGORITHM_OF_LENGTH[hex.length];
}

/** Node's name for `SHA-512`, `SHA2-512`, `sha512`; undefined for what no list of digests is made by. */
export function toAlgorithm(name: string): string | undefined {
  const plain = name
    .toLowerCase()
    .replace(/^sha2-/, 'sha')
    .replace(/^sha-/, 'sha');
  return Object.values(ALGORITHM_OF_LENGTH).find((algorithm) => algorithm === plain);
}

export function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** With its slash; empty for a file that lies where the command was started. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

/**
 * The names under which the run may know the file that `manifest` lists, the first that it has being meant; none for one that
 * lies outside of its folder. A name is what stands there, as sha256sum takes it: `\` and `:` are characters like others. Only
 * a list of Windows means a folder by `\`, and only where no file has that very name: a second file must not stand in for one
 * that is here.
 */
export function listedFiles(manifest: string, name: string, isOfWindows = false): string[] {
  const names = isOfWindows ? [name, onWindows(name)] : [name];
  const files = names.flatMap((each) => {
    const steps = each.split('/').filter((step) => step !== '' && step !== '.');
    if (each.startsWith('/') || steps.includes('..') || steps.length === 0) return [];
    return folderOf(manifest) + steps.join('/');
  });
  return [...new Set(files)];
}

/** With slashes; one that begins at a drive begins at a root. */
function onWindows(name: string): string {
  return name.replaceAll('\\', '/').replace(/^[A-Za-z]:/, '/');
}

/** The one of `listedFiles` that is meant; where the run has none of them, as whoever made the list means it. */
export function listedFile(
  manifest: string,
  name: string,
  isOfWindows: boolean,
  has: (file: string) => boolean,
): string | undefined {
  const literal = listedFiles(manifest, name).find(has);
  return literal ?? listedFiles(manifest, isOfWindows ? onWindows(name) : name)[0];
}
