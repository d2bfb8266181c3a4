/** Checkpoints: a log's name, number of leaves and root, as the text of a signed note (c2sp.org/tlog-checkpoint). */
import { quote } from '../base/text-safety.ts';
import { fromBase64, parseDecimal, toBase64 } from './note-text.ts';
import { NoteFault } from './signed-note.ts';
import { HASH_BYTES } from './tree-hash.ts';

export type Checkpoint = {
  origin: string;
  /** Number of leaves, at most 2^64 - 1. */
  size: bigint;
  root: Uint8Array;
  /** Further lines: signed, and without meaning here. */
  extensions: string[];
};

/** Of the text of a note. @throws {NoteFault} */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new NoteFault('expected a newline at the end of a checkpoint');
  const [origin = '', sizeText = '', rootText = '', ...extensions] = lines;
  if (origin === '') throw new NoteFault("expected the log's name on the first line of a checkpoint");
  const size = parseDecimal(sizeText);
  if (size === undefined)
    throw new NoteFault(`expected a number of leaves on the second line, found ${quote(sizeText)}`);
  const root = fromBase64(rootText);
  if (root?.length !== HASH_BYTES)
    throw new NoteFault(
      `expected the base64 of ${HASH_BYTES} bytes on the third line, found ${quote(rootText)}`,
    );
  if (extensions.includes('')) throw new NoteFault('expected no empty line in a checkpoint');
  return { origin, size, root, extensions };
}

/** The text to sign. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: CheckpointDraft): string {
  return [origin, `${size}`, toBase64(root), ...extensions].map((line) => `${line}\n`).join('');
}

type CheckpointDraft = Omit<Checkpoint, 'size' | 'extensions'> & {
  size: bigint | number;
  extensions?: string[];
};
