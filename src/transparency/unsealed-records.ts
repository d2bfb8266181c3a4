/** What no checkpoint covers, by name: what was held to nothing must not pass for held because its neighbors were. */
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Notice, StreamSummary } from '../model/report.ts';

/** Files that a notice names. */
const MAX_NAMES = 4;

type Uncovered = { file: string; records: number; isWhole: boolean };

/** `sealed`: the summaries of `judgeAnchors`, one a file and log. `texts`: files whose records are lines of text. */
export function unsealedNotices(sealed: readonly StreamSummary[], texts: ReadonlySet<string>): Notice[] {
  const uncovered = [...bestByFile(sealed).values()].flatMap((stream) => uncoveredOf(stream) ?? []);
  const isText = ({ file }: Uncovered) => texts.has(file);
  const others = uncovered.filter((one) => !isText(one));
  const notices = [
    describe(uncovered.filter(isText), 'text log', 'text logs', 'text is not sealed'),
    describe(
      others.filter(({ isWhole }) => isWhole),
      'file',
      'files',
      'none of it was sealed when the checkpoint was made',
    ),
    describe(
      others.filter(({ isWhole }) => !isWhole),
      'file that goes on',
      'files that go on',
      'sealed so far is what comes before',
    ),
  ];
  return notices.flatMap((message) => (message === undefined ? [] : [{ code: 'unsealed-records', message }]));
}

/** A file that two logs are about is held to the one that covers more of it. */
function bestByFile(sealed: readonly StreamSummary[]): Map<string, StreamSummary> {
  const best = new Map<string, StreamSummary>();
  for (const stream of sealed) {
    const known = best.get(stream.stream);
    if (known === undefined || sum(stream, 'anchored') > sum(known, 'anchored'))
      best.set(stream.stream, stream);
  }
  return best;
}

function uncoveredOf(stream: StreamSummary): Uncovered | undefined {
  const records = sum(stream, 'unprotected');
  if (records === 0) return undefined;
  return { file: stream.stream, records, isWhole: records === stream.records };
}

function sum({ ranges }: StreamSummary, word: 'anchored' | 'unprotected'): number {
  return ranges.reduce((all, { assurance, records }) => all + (assurance === word ? records : 0), 0);
}

function describe(files: readonly Uncovered[], one: string, many: string, why: string): string | undefined {
  if (files.length === 0) return undefined;
  const records = files.reduce((all, file) => all + file.records, 0);
  const names = files.slice(0, MAX_NAMES).map(({ file }) => quote(file));
  const more = files.length - names.length;
  if (more > 0) names.push(`${formatNumber(more)} more`);
  const verb = records === 1 ? 'is' : 'are';
  return `${count(records, 'record')} in ${count(files.length, one, many)} ${verb} covered by no checkpoint (${why}): ${names.join(', ')}`;
}
