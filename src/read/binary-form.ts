/** What a file that holds no record is, by how it begins: a person is told once that it is no log, rather than of each of its lines. */

/** Bytes that are looked at. */
export const BINARY_HEAD_BYTES = 512;

/** As `file` (https://github.com/file/file/tree/master/magic) has them; compressions that are read never come here. */
const BEGINNINGS: readonly (readonly [form: string, beginning: string])[] = [
  ['ELF', '\x7fELF'],
  ['Windows program', 'MZ'],
  ['Mach-O', '\xcf\xfa\xed\xfe'],
  ['Mach-O', '\xca\xfe\xba\xbe'],
  ['Windows event log', 'ElfFile\0'],
  ['SQLite', 'SQLite format 3\0'],
  ['Parquet', 'PAR1'],
  ['Avro', 'Obj\x01'],
  ['packet capture', '\xd4\xc3\xb2\xa1'],
  ['packet capture', '\xa1\xb2\xc3\xd4'],
  ['ZIP', 'PK\x03\x04'],
  ['7-Zip', '7z\xbc\xaf\x27\x1c'],
  ['RAR', 'Rar!\x1a\x07'],
  ['bzip2', 'BZh'],
  ['xz', '\xfd7zXZ\0'],
  ['LZ4', '\x04\x22\x4d\x18'],
  ['Microsoft Office', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['PDF', '%PDF-'],
  ['PNG', '\x89PNG'],
  ['JPEG', '\xff\xd8\xff'],
  ['GIF', 'GIF8'],
];

/** These begin as a word of text may. */
const NEEDS_MORE = /^(?:MZ|BZh)/;
const CONTROL = /[\0-\x08\x0e-\x1f]/;

/** UTF-16 that is not marked as such: of Latin text every second byte is NUL. */
const WIDE_TEXT = /^(?:(?:[^\0]\0)+[^\0]?|(?:\0[^\0])+\0?)$/;

/**
 * Undefined for what may be text. `line`: the first line, or as much of it as is looked at. NUL alone is what a log has where
 * its writer crashed.
 */
export function binaryForm(line: Uint8Array): string | undefined {
  const text = Buffer.from(line).toString('latin1');
  const known = BEGINNINGS.find(([, beginning]) => text.startsWith(beginning));
  if (known !== undefined && (!NEEDS_MORE.test(text) || CONTROL.test(text))) return known[0];
  // A record with a NUL in it is a damaged one.
  if (/^\s*[{[]/.test(text)) return undefined;
  return text.includes('\0') && !/^\0+$/.test(text) && !WIDE_TEXT.test(text) ? 'NUL bytes' : undefined;
}
