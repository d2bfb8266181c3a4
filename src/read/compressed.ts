/** Compression by magic number, never by name, and what can be wrong with it. */

export type Compression = 'none' | 'gzip' | 'zstd';

/** Why the decoded stream ended before its time, or what follows it. */
export type CompressedProblem = {
  code: 'truncated-input' | 'trailing-garbage' | 'corrupt-input' | 'decompression-limit';
  message: string;
};

export const PROBLEMS = {
  truncated: { code: 'truncated-input', message: 'the compressed data ends too early' },
  trailing: { code: 'trailing-garbage', message: 'data follows the end of the compressed stream' },
  corrupt: (reason: string) => ({
    code: 'corrupt-input',
    message: `the compressed data is damaged: ${reason}`,
  }),
  encrypted: (reason: string) => ({ code: 'corrupt-input', message: `it cannot be decrypted: ${reason}` }),
} as const satisfies Record<string, CompressedProblem | ((reason: string) => CompressedProblem)>;

export function detectCompression(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  // RFC 8878 §3.1.2: a frame that holds no content may come first, as pzstd writes it.
  const isSkippable = head[0] !== undefined && (head[0] & 0xf0) === 0x50;
  if (isSkippable && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd';
  return 'none';
}
