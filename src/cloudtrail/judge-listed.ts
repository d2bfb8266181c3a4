/** What the digests of one stream list, in words: one problem for each log file that is not as it was delivered. */
import { quote } from '../base/text-safety.ts';
import type { Digest, ListedFile } from './digest.ts';
import type { Issue } from './issues.ts';
import { short } from './judge-chain.ts';
import type { Fate, ListedFiles } from './listed-files.ts';
import { baseName, plainName, quoteKey } from './object-names.ts';
import { HASH_ALGORITHM } from './signature.ts';

/** What the log files of one digest amount to. `records`: read from those that are there. */
export type Tally = { files: number; records: number; spoiled: number; unread: number };

export type ListedJudgement = { tallies: Tally[]; issues: Issue[] };

/** `members`: digests of one stream in their order, and the files they lie in. */
export function judgeListed(
  stream: string,
  members: readonly { digest: Digest; file: string }[],
  files: ListedFiles,
): ListedJudgement {
  const issues: Issue[] = [];
  let position = 0;
  const tallies = members.map(({ digest, file: digestFile }) => {
    const tally: Tally = { files: 0, records: 0, spoiled: 0, unread: 0 };
    for (const listed of digest.files) {
      const known = files.accounted.size;
      const fate = files.judge(listed);
      tally.files++;
      // A file counts once, however often it is listed.
      if ('file' in fate && files.accounted.size > known) tally.records += fate.file.records;
      if (isSpoiled(fate)) tally.spoiled++;
      if ((fate.kind === 'unread' && !isSpoiled(fate)) || listed.hashAlgorithm !== HASH_ALGORITHM)
        tally.unread++;
      const issue = toIssue(listed, fate, digest, digestFile);
      if (issue !== undefined)
        issues.push({ subject: stream, identity: listed.object, unit: 'log file', position, ...issue });
      position++;
    }
    return tally;
  });
  issues.sort((left, right) => (left.code < right.code ? -1 : left.code > right.code ? 1 : 0));
  return { tallies, issues };
}

function isSpoiled(fate: Fate): boolean {
  const isPassedOver = fate.kind === 'unread' && fate.file.status === 'skipped';
  return fate.kind === 'altered' || fate.kind === 'swapped' || fate.kind === 'missing' || isPassedOver;
}

type Said = Pick<Issue, 'code' | 'file' | 'message'> & Partial<Issue>;

function toIssue(listed: ListedFile, fate: Fate, digest: Digest, digestFile: string): Said | undefined {
  const { object, hash, hashAlgorithm } = listed;
  const name = quoteKey(baseName(object));
  const by = `the digest that ends at ${digest.endText}`;
  if (hashAlgorithm !== HASH_ALGORITHM)
    return {
      code: 'unsupported-digest-algorithm',
      file: digestFile,
      message: `expected the hash algorithm ${HASH_ALGORITHM} for ${name}, found ${quote(hashAlgorithm)}`,
    };
  switch (fate.kind) {
    case 'missing':
      return { code: 'missing-file', file: digestFile, message: `${name} is not here, which ${by} lists` };
    case 'unread':
      // What could not be read has a finding of its own; what was passed over, such as a pipe or a device, is no log file any more.
      if (fate.file.status !== 'skipped') return undefined;
      return {
        code: 'missing-file',
        file: fate.file.file,
        message: `${name} is no file that is read, as ${by} lists it: what lies in its place was passed over`,
      };
    case 'elsewhere':
      return {
        code: 'moved-file',
        file: fate.file.file,
        message:
          plainName(fate.file.file) === plainName(object)
            ? `expected in the folder of ${quoteKey(object)}, as ${by} lists it`
            : `it holds what ${by} lists as ${name}: it was renamed`,
      };
    case 'swapped':
      // Each of the two comes to be judged: one of them speaks for both.
      if (fate.other.file < fate.file.file) return undefined;
      return {
        code: 'swapped-files',
        file: fate.file.file,
        related: [fate.other.file],
        message: `it holds what digests list as ${quoteKey(plainName(fate.other.file))}, which holds what they list as ${name}`,
        unit: `pair ${object}`,
      };
    case 'altered': {
      const { sha256, status } = fate.file;
      const why = status === 'partial' ? '; it could not be read to its end' : '';
      const other = fate.other === undefined ? '' : `, the content of ${quoteKey(baseName(fate.other))}`;
      return {
        code: 'altered-file',
        file: fate.file.file,
        message: `expected the SHA-256 that ${by} lists for it, ${short(hash)}, found ${short(sha256!)}${other}${why}`,
        found: sha256!,
      };
    }
    default:
      return undefined;
  }
}
