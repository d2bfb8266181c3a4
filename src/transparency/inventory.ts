/**
 * The inventory of a sealed log: which file each stretch of leaves came from, as the text of a signed note. It says what
 * must be there, so that a stream which is gone is missed.
 */
import { quote } from '../base/text-safety.ts';
import { fromBase64, parseDecimal, toBase64 } from './note-text.ts';
import { NoteFault } from './signed-note.ts';
import { HASH_BYTES } from './tree-hash.ts';

const HEAD = 'audit-check inventory v1';

/** Leading leaf hashes of a stream that are kept, each cut to eight bytes: by them a file is known under any name. */
export const HEAD_LEAVES = 8;
export const HEAD_BYTES = 8;

/** Leaves `[first, first + count)`, one after the other in one file. */
export type SealedSpan = {
  /** Spans of one file, as it grew, share the number. */
  stream: number;
  /** As it was called when it was sealed. */
  file: string;
  source: string | null;
  first: number;
  count: number;
  /** On the first span of a stream: its leading leaves, in hexadecimal. */
  head?: string;
};

export type Inventory = { origin: string; size: number; root: Uint8Array; spans: SealedSpan[] };

/** The file of the inventory that belongs to the checkpoint of that size. */
export function inventoryName(size: number): string {
  return `inventory.${size}`;
}

/** The text to sign. */
export function formatInventory({ origin, size, root, spans }: Inventory): string {
  const lines = spans.map(({ stream, file, source, first, count, head }) =>
    JSON.stringify({
      stream,
      file: file.toWellFormed(),
      source,
      first,
      count,
      ...(head !== undefined && { head }),
    }),
  );
  return [HEAD, origin, `${size}`, toBase64(root), ...lines].map((line) => `${line}\n`).join('');
}

/** Of the text of a note. Its spans cover every leaf exactly once. @throws {NoteFault} */
export function parseInventory(text: string): Inventory {
  const [head, origin = '', sizeText = '', rootText = '', ...lines] = text.split('\n');
  if (head !== HEAD) throw new NoteFault(`expected "${HEAD}" on the first line, found ${quote(head ?? '')}`);
  const size = parseDecimal(sizeText);
  const root = fromBase64(rootText);
  if (size === undefined || size > BigInt(Number.MAX_SAFE_INTEGER) || root?.length !== HASH_BYTES)
    throw new NoteFault('expected the size and root of a checkpoint on lines 3 and 4');
  lines.pop();
  const spans = lines.map(parseSpan);
  let end = 0;
  let streams = 0;
  for (const { stream, first, count, head: leading } of spans) {
    const isNew = stream === streams;
    if (first !== end || stream > streams || isNew !== (leading !== undefined))
      throw new NoteFault(`expected a stretch of leaves from ${end} on, found one from ${first}`);
    end += count;
    if (isNew) streams += 1;
  }
  if (BigInt(end) !== size) throw new NoteFault(`expected stretches of ${size} leaves in all, found ${end}`);
  return { origin, size: end, root, spans };
}

function parseSpan(line: string): SealedSpan {
  const fault = () => new NoteFault(`expected a stretch of leaves as JSON, found ${quote(line)}`);
  let value: Partial<SealedSpan> | null;
  try {
    value = JSON.parse(line) as Partial<SealedSpan> | null;
  } catch {
    throw fault();
  }
  const { stream, file, source, first, count, head } = value ?? {};
  const isCount = (number: unknown, least: number) =>
    Number.isSafeInteger(number) && (number as number) >= least;
  if (!isCount(stream, 0) || !isCount(first, 0) || !isCount(count, 1) || typeof file !== 'string')
    throw fault();
  if (source !== null && typeof source !== 'string') throw fault();
  if (head !== undefined && (typeof head !== 'string' || !/^(?:[0-9a-f]{16}){1,8}$/.test(head)))
    throw fault();
  return {
    stream: stream!,
    file,
    source,
    first: first!,
    count: count!,
    ...(head !== undefined && { head }),
  };
}

/** A file as it was sealed, over all its spans. */
export type SealedStream = { number: number; file: string; head: string; spans: SealedSpan[]; count: number };

export function streamsOf(spans: readonly SealedSpan[]): SealedStream[] {
  const streams: SealedStream[] = [];
  for (const span of spans) {
    const known = streams[span.stream];
    if (known === undefined)
      streams.push({
        number: span.stream,
        file: span.file,
        head: span.head!,
        spans: [span],
        count: span.count,
      });
    else {
      known.spans.push(span);
      known.count += span.count;
    }
  }
  return streams;
}

/** Leaf numbers in the log of the records `[from, until)` of a stream. */
export function leavesOfStream(
  { spans }: SealedStream,
  from: number,
  until: number,
): { begin: number; end: number }[] {
  const stretches: { begin: number; end: number }[] = [];
  let passed = 0;
  for (const { first, count } of spans) {
    const begin = first + Math.max(0, from - passed);
    const end = first + Math.min(count, until - passed);
    if (begin < end) stretches.push({ begin, end });
    passed += count;
    if (passed >= until) break;
  }
  return stretches;
}

/** The head of a file: its leading leaf hashes, cut as in the inventory. */
export function headOf(leaves: readonly Uint8Array[]): string {
  return leaves
    .slice(0, HEAD_LEAVES)
    .map((leaf) => Buffer.from(leaf).toString('hex', 0, HEAD_BYTES))
    .join('');
}
