/** What is wrong with how long an archive keeps, or kept, its segments: one finding for each rule, hold or deletion. */
import { groupBy } from '../base/group-by.ts';
import { parseTimestamp } from '../base/instant.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import { dayOf, formatDay } from '../retention/calendar-age.ts';
import { retentionFinding } from '../retention/retention-findings.ts';
import { judgePruning } from '../retention/retention-plan.ts';
import type { RetentionPolicy } from '../retention/retention-policy.ts';
import type { Holdings } from '../store/archive-holdings.ts';
import { type PlannedSegment, toHeldSegment, unfinishedOf } from './retention.ts';

type Counted = { records: number; file: string };

/** `3 segments, 120 records` */
export function amountOf(segments: readonly Pick<Counted, 'records'>[]): string {
  const records = segments.reduce((sum, each) => sum + each.records, 0);
  return `${count(segments.length, 'segment')}, ${count(records, 'record')}`;
}

export function retentionFindings(
  policy: RetentionPolicy,
  holdings: Holdings,
  plans: readonly PlannedSegment[],
): Finding[] {
  return [
    ...overRetention(plans),
    ...unknownAges(plans),
    ...unfinished(holdings),
    ...wrongDeletions(policy, holdings),
  ];
}

function overRetention(plans: readonly PlannedSegment[]): Finding[] {
  const due = plans.filter(({ standing }) => standing === 'due');
  return [...groupBy(due, ({ rule }) => rule!)].map(([rule, segments]) => {
    const since = formatDay(Math.min(...segments.map(({ dueOn }) => dueOn!)));
    const message = `${amountOf(segments)}: past the maximum age ${quote(rule.maximum!.text)} of ${quote(rule.name)}, the oldest since ${since}`;
    return retentionFinding('over-retention', segments[0]!.file, message);
  });
}

function unknownAges(plans: readonly PlannedSegment[]): Finding[] {
  const undated = plans.filter(({ standing }) => standing === 'undated');
  return [...groupBy(undated, ({ doubt }) => doubt!)].map(([doubt, segments]) =>
    retentionFinding(
      'unknown-age',
      segments[0]!.file,
      `${amountOf(segments)}, kept: ${doubt}`,
      'undetermined',
    ),
  );
}

function unfinished(holdings: Holdings): Finding[] {
  const segments = unfinishedOf(holdings);
  if (segments.length === 0) return [];
  const [first] = segments;
  const amount = amountOf(segments.map(({ manifest }) => manifest));
  const { at, by } = first!.pruning!;
  const message = `${amount}: declared deleted on ${at.slice(0, 10)} by ${by}, and still there`;
  return [retentionFinding('unfinished-deletion', first!.file, message)];
}

/** What this policy has against deletions that were signed. */
function wrongDeletions(policy: RetentionPolicy, { segments }: Holdings): Finding[] {
  const said = new Map<string, { finding: (message: string) => Finding; segments: Counted[] }>();
  const add = (words: string, file: string, segment: Counted, finding: (message: string) => Finding) => {
    const known = said.get(words);
    if (known === undefined) said.set(words, { finding, segments: [{ ...segment, file }] });
    else known.segments.push({ ...segment, file });
  };
  for (const holding of segments) {
    const { pruning, file } = holding;
    if (pruning === undefined) continue;
    const segment = toHeldSegment(holding);
    const when = `deleted on ${pruning.at.slice(0, 10)} by ${pruning.by}`;
    const at = parseTimestamp(pruning.at);
    if (at.problem !== undefined) {
      add(`${when}: nobody can tell when`, file, segment, (message) =>
        retentionFinding('early-deletion', file, message, 'undetermined'),
      );
      continue;
    }
    for (const fault of judgePruning(policy, { ...segment, on: dayOf(at.instant) }))
      if (fault.kind === 'held') {
        const { id, reason } = fault.hold;
        add(`${when}, under the hold ${quote(id)} (${reason})`, file, segment, (message) =>
          retentionFinding('deleted-under-hold', file, message),
        );
      } else if (fault.kind === 'early') {
        const { minimum, name } = fault.rule;
        const words = `${when}, before the minimum age ${quote(minimum!.text)} of ${quote(name)}: due from ${formatDay(fault.dueOn)} on`;
        add(words, file, segment, (message) => retentionFinding('early-deletion', file, message));
      } else
        add(`${when}, though its age is not known: ${fault.doubt}`, file, segment, (message) =>
          retentionFinding('early-deletion', file, message, 'undetermined'),
        );
  }
  return [...said].map(([words, { finding, segments: named }]) => finding(`${amountOf(named)}: ${words}`));
}
