/** How `chain explain` prints: labelled parts as text and hex dump, or JSON with the bytes in base64. */
import { count, escapeControls, formatNumber, quote } from '../base/text-safety.ts';
import type { ChainExplanation, Position } from './chain-explain.ts';

/** Bytes of a part that are shown without `--full`. */
const SHOWN_BYTES = 256;
const DUMP_WIDTH = 16;

export function chainExplainText(found: ChainExplanation, full: boolean): string {
  const { record, profile, layout, explained, alsoFit } = found;
  const { previous, own } = layout.members;
  const lines = [
    `record    ${place(record)}, ${count(record.bytes.length, 'byte')}`,
    `profile   ${profile.name}: ${profile.title}${alsoFit.length > 0 ? ` (${alsoFit.join(', ')} give the same hash)` : ''}`,
    `fields    previous hash ${quote(previous ?? 'none')}, own hash ${own === null ? 'in the next record' : quote(own)}`,
    '',
    ...partLines(found, full),
    '',
    ...verdictLines(found),
  ];
  if (
    explained.preimage !== undefined &&
    !full &&
    explained.parts.some(({ bytes }) => bytes.length > SHOWN_BYTES)
  )
    lines.push('', 'the pre-image is cut here: --full prints it whole, --raw FILE writes its bytes');
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function partLines({ explained }: ChainExplanation, full: boolean): string[] {
  const { preimage, parts, reason } = explained;
  if (preimage === undefined) return [`pre-image none: ${reason ?? 'the profile has none for this record'}`];
  const lines = [`pre-image ${count(preimage.length, 'byte')} of ${count(parts.length, 'part')}`];
  let offset = 0;
  for (const [index, { label, bytes }] of parts.entries()) {
    lines.push(`  part ${index + 1}: ${label}, ${count(bytes.length, 'byte')}`);
    const shown = full ? bytes : bytes.subarray(0, SHOWN_BYTES);
    lines.push(...hexDump(shown, offset).map((line) => `    ${line}`));
    const hidden = bytes.length - shown.length;
    if (hidden > 0) lines.push(`    … ${count(hidden, 'further byte')}`);
    offset += bytes.length;
  }
  return lines;
}

/** As `hexdump -C` prints it; what is not ASCII stands as a dot. */
function hexDump(bytes: Buffer, from: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += DUMP_WIDTH) {
    const row = bytes.subarray(at, at + DUMP_WIDTH);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...row]
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('');
    lines.push(`${(from + at).toString(16).padStart(8, '0')}  ${hex.padEnd(DUMP_WIDTH * 3 - 1)}  |${text}|`);
  }
  return lines;
}

function verdictLines({ profile, explained, carried, predecessor }: ChainExplanation): string[] {
  const { computed, reason, own, previous, genesis } = explained;
  const { key, encoding } = profile.digest;
  const form = `${key === null ? '' : `HMAC with the key ${quote(key)}, `}${encoding}`;
  const missing =
    reason ?? (key === null ? 'the profile has none for this record' : `the key ${quote(key)} was not given`);
  const lines = [`hash      ${computed === '' ? `none: ${missing}` : `${computed} (${form})`}`];
  if (carried === undefined) lines.push('carried   by no record: the record that names it is not in the log');
  else {
    const verdict = computed === '' ? 'not compared' : carried.hash === computed ? 'equal' : 'differs';
    lines.push(
      `carried   ${quote(carried.hash)}: ${verdict}${own === null ? `; named by the record at ${place(carried.by)}` : ''}`,
    );
  }
  if (genesis)
    lines.push(`previous  ${previous === '' ? 'none' : quote(previous)}: the first record of its chain`);
  else if (previous === '') lines.push('previous  none: the record names no record before it');
  else {
    const where =
      predecessor === undefined
        ? 'no record of the log has it'
        : `the hash of the record at ${place(predecessor)}`;
    lines.push(`previous  ${quote(previous)}: ${where}`);
  }
  return lines;
}

function place({ file, line, offset }: Position): string {
  return `${file}:${line}, byte ${formatNumber(offset)}`;
}

export function chainExplainJson(found: ChainExplanation): string {
  const { record, profile, layout, explained, carried, predecessor, alsoFit } = found;
  const position = ({ file, line, offset }: Position) => ({ file, line, offset });
  const { preimage, parts, computed, reason, previous, genesis } = explained;
  const json = {
    record: position(record),
    profile: profile.name,
    alsoFit,
    members: layout.members,
    preimage:
      preimage === undefined
        ? null
        : {
            bytes: preimage.length,
            base64: preimage.toString('base64'),
            parts: parts.map(({ label, bytes }) => ({
              part: label,
              bytes: bytes.length,
              base64: bytes.toString('base64'),
            })),
          },
    encoding: profile.digest.encoding,
    key: profile.digest.key,
    hash: computed === '' ? null : computed,
    reason: reason ?? null,
    carried: carried === undefined ? null : { hash: carried.hash, by: position(carried.by) },
    equal: computed !== '' && carried?.hash === computed,
    previous: { hash: previous, genesis, record: predecessor === undefined ? null : position(predecessor) },
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
