/** What is doubtful in a chain profile, and two records that prove it where two can. */

export type ChainLintLevel = 'error' | 'warning' | 'note';

/** Two lines of a log that differ where the message says, and the one hash that both have under the profile. */
export type RecordPair = {
  records: readonly [string, string];
  hash: string;
  /** What the hash is: of the profile's digest, under a made-up key, or of the text that is signed. */
  of: string;
};

export type ChainLint = {
  code: ChainLintCode;
  level: ChainLintLevel;
  /** Where in the profile's document. */
  path: readonly (string | number)[];
  message: string;
  pair?: RecordPair;
};

export const CHAIN_LINT_CODES = [
  'ambiguous-seam',
  'ambiguous-none',
  'ambiguous-type',
  'ambiguous-number',
  'ambiguous-time',
  'ambiguous-escape',
  'ambiguous-text',
  'unhashed-fields',
  'unhashed-stream',
  'missing-genesis-rule',
  'weak-genesis',
  'unkeyed',
  'weak-algorithm',
  'short-hash',
  'missing-own-hash',
  'missing-link',
  'same-value',
] as const;

export type ChainLintCode = (typeof CHAIN_LINT_CODES)[number];
