/**
 * Zstandard frames (RFC 8878) by `fzstd`: Node has its own only from 22.15 on. It does not verify the checksums of frames, which
 * is done here.
 */
import { Decompress } from 'fzstd';
import { type CompressedProblem, PROBLEMS } from './compressed.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** fzstd decodes a whole piece before it hands anything out. */
const PIECE_BYTES = 64 * 1024;
/** `ZstdErrorCode.UnexpectedEOF` of fzstd. */
const UNEXPECTED_END = 5;

/** Yields the decoded bytes; returns what was wrong at the end, if anything. */
export async function* readZstd(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, CompressedProblem | undefined> {
  const { create64 } = await (await import('xxhash-wasm')).default();
  const frames = new ZstdFrames();
  const decoded: Uint8Array[] = [];
  let problem: CompressedProblem | undefined;
  let frame = startFrame();

  /** Each frame has a decoder of its own: fzstd keeps the bytes of a short one back until others follow. */
  function startFrame() {
    const hash = create64();
    const decoder = new Decompress((chunk) => {
      hash.update(chunk);
      decoded.push(chunk);
    });
    return { hash, decoder };
  }

  function push(piece: Uint8Array, final: boolean): void {
    try {
      frame.decoder.push(piece, final);
    } catch (error) {
      problem = toProblem(error);
    }
  }

  function endFrame(): void {
    const { hasContent, checksum } = frames;
    if (hasContent) push(NOTHING, true);
    if (
      problem === undefined &&
      checksum !== undefined &&
      Number(frame.hash.digest() & LOWER_HALF) !== checksum
    )
      problem = PROBLEMS.corrupt('its content does not have its checksum');
    frame = startFrame();
  }

  for await (const block of source) {
    for (let from = 0; from < block.length && problem === undefined; ) {
      const end = frames.take(block.subarray(0, from + PIECE_BYTES), from);
      push(block.slice(from, end), false);
      from = end;
      if (frames.ended && problem === undefined) endFrame();
      yield* decoded.splice(0);
    }
    if (problem !== undefined) return problem;
  }
  if (!frames.isWithin) return undefined;
  push(NOTHING, true);
  yield* decoded.splice(0);
  return problem ?? PROBLEMS.truncated;
}

const NOTHING = new Uint8Array(0);
const LOWER_HALF = 0xffffffffn;

function toProblem(error: unknown): CompressedProblem {
  if (!(error instanceof Error)) throw error;
  if ('code' in error && error.code === UNEXPECTED_END) return PROBLEMS.truncated;
  return PROBLEMS.corrupt(error.message);
}
