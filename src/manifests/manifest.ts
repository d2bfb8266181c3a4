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
  /** Whether most of its lines end as Windows ends them. */
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
 * The files that a name of `manifest` may mean; none for one that lies outside of its folder. A name is what stands there, as
 * sha256sum takes it: `\` and `:` are characters like others. Only in a list of Windows does `\` separate folders.
 */
export function listedFiles(manifest: string, name: string, isOfWindows: boolean): string[] {
  const names = isOfWindows ? [name, onWindows(name)] : [name];
  const files = names.flatMap((each) => fileWithin(manifest, each) ?? []);
  return [...new Set(files)];
}

/**
 * Those of `listedFiles` that are to be held to the digest, undefined standing for what lies outside of the folder; where the
 * run has none of them, the one that whoever made the list means. Of a list of Windows both are held where both are there: the
 * file that somebody put under the very name must not stand in for the one in the folder.
 */
export function heldFiles(
  manifest: string,
  name: string,
  isOfWindows: boolean,
  has: (file: string) => boolean,
): (string | undefined)[] {
  const literal = fileWithin(manifest, name);
  const meant = isOfWindows ? onWindows(name) : name;
  if (meant === name) return [literal];
  const separated = fileWithin(manifest, meant);
  if (literal === undefined || !has(literal)) return [separated];
  const isElsewhere = separated === undefined ? name.includes('\\') : has(separated);
  return isElsewhere ? [literal, separated] : [literal];
}

function fileWithin(manifest: string, name: string): string | undefined {
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  if (name.startsWith('/') || steps.includes('..') || steps.length === 0) return undefined;
  return folderOf(manifest) + steps.join('/');
}

/** With slashes; one that begins at a drive begins at a root. */
function onWindows(name: string): string {
  return name.replaceAll('\\', '/').replace(/^[A-Za-z]:/, '/');
}
