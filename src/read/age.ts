/** Files encrypted by age (age-encryption.org/v1), decrypted as they are read. Only segments of archives are: they say who can. */
import { ReadableStream } from 'node:stream/web';
import { type CompressedProblem, PROBLEMS } from './compressed.ts';
import { readZstd } from './zstd.ts';

/** Yields the decoded bytes of a segment, which was compressed before it was encrypted; returns what was wrong, if anything. */
export async function* readEncrypted(
  source: AsyncIterable<Uint8Array>,
  identities: readonly string[],
): AsyncGenerator<Uint8Array, CompressedProblem | undefined> {
  let failure: string | undefined;
  const decrypted = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* await decrypt(source, identities);
    } catch (error) {
      if (!(error instanceof Error) || 'syscall' in error) throw error;
      failure = error.message;
    }
  };
  const problem = yield* readZstd(decrypted());
  return failure === undefined ? problem : PROBLEMS.encrypted(failure);
}

/** Loaded at first use: few logs are encrypted. */
async function decrypt(source: AsyncIterable<Uint8Array>, identities: readonly string[]) {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const stored = ReadableStream.from(source) as globalThis.ReadableStream<Uint8Array>;
  return (await decrypter.decrypt(stored)) as unknown as AsyncIterable<Uint8Array>;
}
