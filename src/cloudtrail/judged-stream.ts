/** A stream of digests with all that was judged of it, and what is said of whole streams: what was not verified, when AWS was silent. */
import { count, quote } from '../base/text-safety.ts';
import type { Notice } from '../model/report.ts';
import type { Issue } from './issues.ts';
import type { ChainJudgement, ChainMember } from './judge-chain.ts';
import type { ListedJudgement } from './judge-listed.ts';
import { baseName, isPlainWord, METADATA_SUFFIX, quoteKey } from './object-names.ts';
import { showPeriod } from './times.ts';

export type JudgedStream = {
  stream: string;
  members: ChainMember[];
  chain: ChainJudgement;
  listed: ListedJudgement;
};

/** Times without log files that one notice lists. */
const MAX_PERIODS = 3;

/** One finding each for what is asked of the user, however many streams it concerns. */
export function sayUnverified(streams: readonly JudgedStream[], isKeyless: boolean): Issue[] {
  const newest = streams.map(({ members }) => members.at(-1)!);
  const open = isKeyless
    ? newest
    : newest.filter(({ metadata }, index) => {
        const { assurance } = streams[index]!.chain.trusts.at(-1)!;
        return metadata === undefined && assurance === 'unverifiable';
      });
  if (open.length === 0) return [];
  const [first, ...others] = open;
  const { bucket, object } = first!.digest;
  const name = baseName(object);
  // What is printed to be run must not carry what a log put there.
  const command = [bucket, object].every(isPlainWord)
    ? `; get it by: aws s3api head-object --bucket ${bucket} --key ${object} > ${name}${METADATA_SUFFIX}`
    : '';
  const amount = streams.reduce((sum, { members }) => sum + members.length, 0);
  const message = isKeyless
    ? `no public keys were given: hashes and links of ${count(amount, 'digest')} in ${count(streams.length, 'stream')} were compared, no signature was verified`
    : `the signature of the newest digest of ${count(open.length, 'stream')} is not here, such as that of ${quoteKey(name)}${command}`;
  return [
    {
      code: 'unverified-digest',
      file: first!.seal.file,
      related: others.map(({ seal }) => seal.file),
      message,
      subject: 'CloudTrail',
      identity: isKeyless ? 'keys' : object,
      count: isKeyless ? amount : open.length,
    },
  ];
}

/** Hours in which nothing was delivered are said: silence is then what CloudTrail signed, not what is missing. */
export function quietHours({ stream, members }: JudgedStream): Notice[] {
  const quiet = members.filter(({ digest }) => digest.files.length === 0);
  if (quiet.length === 0) return [];
  const periods: { from: number; until: number }[] = [];
  for (const { digest } of quiet) {
    const last = periods.at(-1);
    if (last !== undefined && last.until === digest.start) last.until = digest.end;
    else periods.push({ from: digest.start, until: digest.end });
  }
  const shown = periods.slice(0, MAX_PERIODS).map(({ from, until }) => showPeriod(from, until));
  const hidden = periods.length - shown.length;
  const more = hidden > 0 ? `, and ${count(hidden, 'more time', 'more times')}` : '';
  return [
    {
      code: 'no-log-files-delivered',
      message: `${count(quiet.length, 'digest')} of ${members.length} of ${quote(stream)} list no log file, as CloudTrail delivered none: ${shown.join(', ')}${more}`,
    },
  ];
}
