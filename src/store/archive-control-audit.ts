/** The control records of an archive, held to their leaves: what is said of the segments is believed where it was signed. */
import { sha256Hex } from '../base/digest.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import { equalHashes, HASH_BYTES, leafHash } from '../transparency/tree-hash.ts';
import { archiveFinding } from './archive-findings.ts';
import type { ControlFile } from './archive-folder.ts';
import type { ArchiveLeaves } from './archive-leaves.ts';
import { type ControlRecord, controlLeaf } from './archive-records.ts';

/** `records`: those that were signed, in order. */
export type SignedControl = {
  records: ControlRecord[];
  findings: Finding[];
};

/** `files` in the order of their batches. */
export function auditControl(
  files: readonly ControlFile[],
  leaves: ArchiveLeaves,
  checkpointFile: string,
): SignedControl {
  const signed: SignedControl = { records: [], findings: [] };
  const { findings } = signed;
  let next = 0;
  const gap = (end: number, file: string) => {
    if (end <= next) return;
    const message = `expected control records for the leaves ${next} to ${end - 1} of the log, found none`;
    findings.push(archiveFinding('missing-control-record', file, message, end - next));
  };
  for (const control of files) {
    const { file, firstLeaf, records, controls, lines } = control;
    if (firstLeaf === undefined || firstLeaf < next) {
      const expected = `expected a batch that begins at leaf ${next}`;
      findings.push(
        archiveFinding('altered-control-record', file, `${expected}, found ${describeHead(lines)}`),
      );
      continue;
    }
    const end = firstLeaf + records + controls;
    if (end > leaves.size) {
      const message = `the batch ends at leaf ${end}, but the checkpoint covers ${leaves.size} leaves`;
      findings.push(archiveFinding('rolled-back-archive', checkpointFile, `${message} (${quote(file)})`));
      break;
    }
    gap(firstLeaf, file);
    takeLines(control, firstLeaf + records, leaves, signed);
    next = end;
  }
  gap(leaves.size, checkpointFile);
  return signed;
}

function takeLines(
  { file, lines, parsed, controls }: ControlFile,
  first: number,
  leaves: ArchiveLeaves,
  { records, findings }: SignedControl,
): void {
  const expected = leaves.range(first, first + controls);
  const say = (index: number, message: string) => {
    const place = { file, line: index + 1, offset: 0, length: 0 };
    const found = sha256Hex(lines[index] ?? '');
    findings.push(archiveFinding('altered-control-record', place, message, 1, found));
  };
  for (let index = 0; index < controls; index++) {
    const leaf = first + index;
    const line = lines[index];
    if (line === undefined) {
      say(index, `expected ${count(controls, 'control record')}, found ${lines.length}`);
      return;
    }
    const record = parsed[index];
    const hash = expected.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    // Where the tile is damaged, which is said of it, the record still tells where to look for the segment.
    if (expected.isTrue(leaf) && !equalHashes(leafHash(controlLeaf(line)), hash))
      say(index, `it is not the record that leaf ${leaf} was made of`);
    else if (record === undefined)
      say(index, 'it is signed, but of a kind that this version does not know: use a later one');
    else if (record.type !== 'segment' || record.firstLeaf + record.records <= leaves.size)
      records.push(record);
    else say(index, `its segment ends behind the ${leaves.size} leaves of the log`);
  }
  if (lines.length > controls)
    say(controls, `expected ${count(controls, 'control record')}, found ${lines.length}`);
}

function describeHead(lines: readonly string[]): string {
  return lines[0] === undefined ? 'an empty file' : quote(lines[0]);
}
