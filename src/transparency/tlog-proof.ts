/** `.tlog-proof` files: what shows an outsider that a record is in a signed log (c2sp.org/tlog-proof). */
import { quote } from '../base/text-safety.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { decodeText, fromBase64, parseDecimal, toBase64 } from './note-text.ts';
import { NoteFault, parseNote } from './signed-note.ts';
import { HASH_BYTES } from './tree-hash.ts';
import { type ProofFault, verifyInclusion } from './verify-proof.ts';

const HEAD = 'c2sp.org/tlog-proof@v1';
/** No tree of 2^64 leaves has more levels. */
const MAX_HASHES = 64;

export type TlogProof = {
  index: bigint;
  /** From the leaf's sibling to the root's child. */
  hashes: Uint8Array[];
  /** The signed note, to the byte. */
  checkpoint: string;
  /** Not signed by anyone. */
  extra?: Uint8Array;
};

/** @throws {NoteFault} */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const text = decodeText(bytes);
  if (text === undefined) throw new NoteFault('expected UTF-8 without control characters');
  const split = text.indexOf('\n\n');
  const lines = (split < 0 ? text : text.slice(0, split)).split('\n');
  if (lines.shift() !== HEAD) throw new NoteFault(`expected "${HEAD}" on the first line`);
  if (split < 0) throw new NoteFault('expected an empty line before the checkpoint, found none');
  let extra: Uint8Array | undefined;
  if (lines[0]?.startsWith('extra ')) {
    extra = fromBase64(lines.shift()!.slice('extra '.length));
    if (extra === undefined) throw new NoteFault('expected base64 behind "extra"');
  }
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) throw new NoteFault(`expected "index NUMBER", found ${quote(indexLine)}`);
  if (lines.length > MAX_HASHES) throw new NoteFault(`expected at most ${MAX_HASHES} hashes`);
  const hashes = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length === HASH_BYTES) return hash;
    throw new NoteFault(`expected the base64 of ${HASH_BYTES} bytes, found ${quote(line)}`);
  });
  const checkpoint = text.slice(split + 2);
  return { index, hashes, checkpoint, ...(extra !== undefined && { extra }) };
}

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [HEAD];
  if (extra !== undefined) lines.push(`extra ${toBase64(extra)}`);
  lines.push(`index ${index}`, ...hashes.map(toBase64));
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * Whether the leaf is where the proof says in the tree of the proof's checkpoint. Who signed that checkpoint is another question.
 * @throws {NoteFault} for a checkpoint that is none
 */
export function verifyTlogProof(proof: TlogProof, leaf: Uint8Array): ProofFault {
  const { size, root } = parseCheckpoint(parseNote(Buffer.from(proof.checkpoint)).text);
  return verifyInclusion(proof.index, size, leaf, root, proof.hashes);
}
