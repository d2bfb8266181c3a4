/** Zstandard frames (RFC 8878) by `fzstd`: Node has its own only from 22.15 on. Frame checksums are not verified by it. */
import { Decompress } from 'fzstd';
import { type CompressedProblem, PROBLEMS } from './compressed.ts';

/** fzstd decodes a whole piece before it hands anything out. */
const PIECE_BYTES = 64 * 1024;
/** `ZstdErrorCode.UnexpectedEOF` of fzstd. */
const UNEXPECTED_END = 5;

/** Yields the decoded bytes; returns what was wrong at the end, if anything. */
export async function* readZstd(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, CompressedProblem | undefined> {
  const decoded: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => decoded.push(chunk));
  let problem: CompressedProblem | undefined;
  const push = (piece: Uint8Array, final: boolean) => {
    try {
      decoder.push(piece, final);
    } catch (error) {
      problem = toProblem(error);
    }
  };
  for await (const block of source) {
    for (let from = 0; from < block.length && problem === undefined; from += PIECE_BYTES) {
      push(block.slice(from, from + PIECE_BYTES), false);
      yield* decoded.splice(0);
    }
    if (problem !== undefined) return problem;
  }
  push(new Uint8Array(0), true);
  yield* decoded.splice(0);
  return problem;
}

function toProblem(error: unknown): CompressedProblem {
  if (!(error instanceof Error)) throw error;
  if ('code' in error && error.code === UNEXPECTED_END) return PROBLEMS.truncated;
  return PROBLEMS.corrupt(error.message);
}
