/**
 * Lists of digests as `sha256sum` (GNU coreutils) and `sha256` (BSD) write them: SHA256SUMS, CHECKSUM, NAME.sha256.
 * https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html
 */
import {
  algorithmOfLength,
  baseName,
  type ChecksumList,
  type Entry,
  type Fault,
  toAlgorithm,
} from './manifest.ts';

const NAMES = /^(?:(?:md5|sha(?:1|224|256|384|512))sums?|checksums?)(?:\.txt)?$/i;
const BESIDE_ONE_FILE = /\.(?:md5|sha(?:1|224|256|384|512))(?:sums?)?$/i;

export function isChecksumListName(file: string): boolean {
  const name = baseName(file);
  return NAMES.test(name) || BESIDE_ONE_FILE.test(name);
}

/** Whether a list of this name is of its whole folder, not of one file beside it. */
export function isOfFolder(file: string): boolean {
  return NAMES.test(baseName(file));
}

/** Whether a list is, by its name, of the one file: `log.ndjson.sha256` and `log.sha256` of `log.ndjson`. */
export function isBesideFile(list: string, file: string): boolean {
  const name = baseName(list).replace(BESIDE_ONE_FILE, '');
  return `${baseName(file)}.`.startsWith(`${name}.`);
}

/** Digest, a space, a space or the star of binary mode, name. A leading backslash: the name has escapes. */
const GNU_LINE = /^(\\?)([0-9A-Fa-f]{32,128}) [ *](.+)$/;
const BSD_LINE = /^(\\?)([A-Za-z0-9-]{3,10}) \((.+)\) = ([0-9A-Fa-f]{32,128})$/;
/** What stands around the lines of a list with an OpenPGP signature (Fedora's CHECKSUM). RFC 9580, section 7. */
const MESSAGE_BEGINS = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE_BEGINS = '-----BEGIN PGP SIGNATURE-----';
const SIGNATURE_ENDS = '-----END PGP SIGNATURE-----';

export function parseChecksumList(file: string, text: string): ChecksumList {
  const entries: Entry[] = [];
  const faults: Fault[] = [];
  const written = text.split('\n');
  const lines = written.map((line) => line.replace(/\r$/, ''));
  const { from, until, resume, signed } = listedLines(lines);
  for (const [index, line] of lines.entries()) {
    if ((index >= until && index < resume) || line.trim() === '' || line.startsWith('#')) continue;
    const isHeader = index < from && (line === MESSAGE_BEGINS || line.startsWith('Hash: '));
    if (isHeader) continue;
    const isListed = index >= from && index < until;
    const entry = isListed ? (parseLine(line) ?? parseBare(file, line)) : undefined;
    if (entry === undefined) faults.push({ line: index + 1, text: line });
    else entries.push({ ...entry, line: index + 1 });
  }
  return { form: 'checksums', entries, faults, signed, isOfWindows: endsAsOnWindows(written, entries) };
}

/**
 * Whether at least half of the lines, or of those whose name has a backslash, end in CR LF: no tool elsewhere writes one. A last
 * line without an end says nothing, and where it is alone Windows may be meant: then its file is held under either name.
 */
function endsAsOnWindows(written: readonly string[], entries: readonly Entry[]): boolean {
  const ended = entries.filter(({ line }) => line < written.length);
  const ofWindows = (some: readonly Entry[]) => some.filter(({ line }) => written[line - 1]!.endsWith('\r'));
  const separated = ended.filter(({ name }) => name.includes('\\'));
  const isMost = (some: readonly Entry[]) => ofWindows(some).length * 2 >= some.length;
  return isMost(ended) || (separated.length > 0 && isMost(separated));
}

/**
 * The lines `[from, until)` are the list: all of them, or those that a signature is over; what stands around them, nobody
 * signed. The signature itself ends before `resume`.
 */
function listedLines(lines: readonly string[]) {
  const begin = lines.indexOf(MESSAGE_BEGINS);
  const signature = lines.indexOf(SIGNATURE_BEGINS, begin + 1);
  const until = signature < 0 ? lines.length : signature;
  const end = lines.indexOf(SIGNATURE_ENDS, until);
  const resume = end < 0 ? lines.length : end + 1;
  if (begin < 0) return { from: 0, until, resume, signed: false };
  // An empty line ends the headers: before it nothing is signed.
  const blank = lines.indexOf('', begin);
  return { from: blank < 0 ? until : blank, until, resume, signed: signature >= 0 };
}

function parseLine(line: string): Omit<Entry, 'line'> | undefined {
  const [, gnuEscape, gnuHex, gnuName] = GNU_LINE.exec(line) ?? [];
  if (gnuHex !== undefined) return toEntry(algorithmOfLength(gnuHex), gnuHex, gnuName!, gnuEscape !== '');
  const [, bsdEscape, tag, name, hex] = BSD_LINE.exec(line) ?? [];
  if (hex === undefined) return undefined;
  const algorithm = toAlgorithm(tag!);
  return algorithm === algorithmOfLength(hex) ? toEntry(algorithm, hex, name!, bsdEscape !== '') : undefined;
}

/** A digest alone is that of the file beside it: `log.ndjson.sha256`. */
function parseBare(file: string, line: string): Omit<Entry, 'line'> | undefined {
  const hex = line.trim();
  if (!BESIDE_ONE_FILE.test(file) || !/^[0-9A-Fa-f]+$/.test(hex)) return undefined;
  return toEntry(algorithmOfLength(hex), hex, baseName(file).replace(BESIDE_ONE_FILE, ''), false);
}

function toEntry(
  algorithm: string | undefined,
  hex: string,
  name: string,
  isEscaped: boolean,
): Omit<Entry, 'line'> | undefined {
  if (algorithm === undefined) return undefined;
  return { name: isEscaped ? withoutEscapes(name) : name, digest: hex.toLowerCase(), algorithm };
}

const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r' };

function withoutEscapes(name: string): string {
  return name.replace(/\\[\\nr]/g, (pair) => ESCAPES[pair]!);
}
