/** The records of a salted segment without some of their fields: other lines, the same leaves. */
import { parseJson, parseJsonText } from '../base/json.ts';
import { NEWLINE } from '../base/lexical.ts';
import { decodedBlocks } from '../read/open.ts';
import { eraseFields, type Field, parseSalted, type SaltedRecord } from '../redaction/salted-record.ts';
import { equalHashes } from '../transparency/tree-hash.ts';
import type { SegmentRecord, TombstoneRecord } from './archive-records.ts';
import { saltedLeafHash } from './archive-salting.ts';

export type Redacted = {
  /** The lines, each ended by a newline. */
  content: Buffer;
  /** Records of which something goes, by leaf. */
  erased: TombstoneRecord['erased'];
  fields: number;
};

/** `segment`: of an archive that was verified. @throws {SaltedRecordFault} for one that was not */
export async function redactSegment(
  file: string,
  segment: SegmentRecord,
  identities: readonly string[],
  isErased: (field: Field) => boolean,
): Promise<Redacted> {
  const lines: Uint8Array[] = [];
  const redacted = { erased: [] as Redacted['erased'], fields: 0 };
  const blocks: Uint8Array[] = [];
  for await (const block of decodedBlocks(file, segment.encryption === 'age' ? identities : undefined))
    blocks.push(block);
  const content = Buffer.concat(blocks);
  let leaf = segment.firstLeaf;
  for (let start = 0; start < content.length; leaf++) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline < 0 ? content.length : newline;
    const salted = parseSalted(parseJson(content.subarray(start, end)));
    const { line, count, digests } = eraseFields(salted, isErased);
    if (count === 0) lines.push(content.subarray(start, end + 1));
    else {
      expectSameLeaf(salted, line);
      lines.push(Buffer.from(`${line}\n`));
      redacted.erased.push({ leaf, digests });
      redacted.fields += count;
    }
    start = end + 1;
  }
  // What the old file holds is about to go: nothing of it may be lost on the way.
  if (leaf !== segment.firstLeaf + segment.records)
    throw new Error(
      `${file}: ${segment.records} records are to be stored anew, ${leaf - segment.firstLeaf} were read`,
    );
  return { content: Buffer.concat(lines), ...redacted };
}

function expectSameLeaf(before: SaltedRecord, line: string): void {
  const after = parseSalted(parseJsonText(line));
  if (!equalHashes(saltedLeafHash(before), saltedLeafHash(after)))
    throw new Error('an erasure changed a leaf');
}
