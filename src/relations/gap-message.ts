/** What `gap` says of silences, of groups that never spoke, and of numbers. */
import { formatDuration, formatInstant } from '../base/instant.ts';
import { count, formatNumber, quote } from '../base/text-safety.ts';
import type { Verdict } from '../model/finding.ts';
import { renderTemplate, titleInMessage } from '../model/message.ts';
import { type Coverage, type Covered, coverageOf, type Group, type Stretch } from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import { holeWithin } from './coverage.ts';
import type { FaultKind, NumberFaults } from './sequence-numbers.ts';
import type { Silences } from './silences.ts';

/** What a message template may use, beside the names of the group: the whole sentence about the gap. */
export const GAP_WORDS = ['what'] as const;

export function describeGap(rule: Correlation, group: Group, what: string): string {
  if (rule.message !== undefined)
    return renderTemplate(rule.message, { what }, rule.groupNames, group.map(quote));
  const names = group.map((value, index) => `${rule.groupNames[index] ?? 'group'} ${quote(value)} `).join('');
  return `${titleInMessage(rule.title)}: ${names}${what}`;
}

/** `doubt`: why they cannot be told. */
export function describeSilences(
  { longest, count: silences, ended }: Silences,
  timespan: bigint,
  doubt: { covered: Covered | undefined; untimed: number } | undefined,
): string {
  const { from, until } = longest;
  const more = silences === 1 ? '' : `, the longest of ${formatNumber(silences)}`;
  const silent = `silent for ${formatDuration(until - from)} ${formatStretch(longest)}${more}, expected at most ${formatDuration(timespan)}`;
  if (doubt === undefined) return silent;
  const { covered, untimed } = doubt;
  const reasons = [
    ...(untimed > 0 ? [`${count(untimed, 'event')} whose time cannot be read may lie in it`] : []),
    ...(covered === undefined ? ['the log lacks one of its sources'] : []),
    ...(covered !== undefined && (from < covered.from || until > covered.until)
      ? [`the log of it reaches ${formatStretch(covered)} only`]
      : []),
    ...describeHole(longest, covered),
    ...(ended !== undefined
      ? [`it did not speak again after ${formatInstant(ended)}: it may have been retired, or it fell silent`]
      : []),
  ];
  return `${silent}; cannot be told: ${reasons.join('; ')}`;
}

/** It may have spoken where nothing of the log did. */
function describeHole(silence: Stretch, covered: Covered | undefined): string[] {
  const hole = covered && holeWithin(silence, covered);
  if (hole === undefined) return [];
  const edges = `${formatInstant(hole.from - 1n)} and ${formatInstant(hole.until + 1n)}`;
  return [`the log of it holds nothing between ${edges}, as if a file were missing`];
}

export function describeAbsence(table: string, covered: Stretch, timespan: bigint, verdict: Verdict): string {
  const never = `never spoke, expected by the table ${quote(table)}, in a log ${formatStretch(covered)}`;
  if (verdict === 'violation') return never;
  return `${never}; cannot be told: while it was expected, the log does not span more than the ${formatDuration(timespan)} it may be silent`;
}

/** Of a rule that has no log to look into. */
export function describeUnjudged(groups: number, { titles, rules }: Correlation, coverage: Coverage): string {
  const unread = rules.flatMap((id, step) =>
    coverageOf(coverage, step) === undefined ? [quote(titles?.[step] ?? id)] : [],
  );
  const why =
    unread.length > 0 ? `no log of ${unread.join(', ')} was read` : 'its logs do not cover one time together';
  return `whether ${count(groups, 'expected group')} spoke cannot be told: ${why}`;
}

export function describeFaults(kind: FaultKind, verdict: Verdict, faults: NumberFaults): string {
  const { first, count: places, missing } = faults;
  const { low, high } = first;
  switch (kind) {
    case 'hole': {
      const numbers = `${count(first.missing, 'number')} missing between ${low} and ${high}`;
      const more =
        places === 1
          ? ''
          : `, the first of ${count(places, 'hole')} with ${count(missing, 'number')} missing`;
      const doubt =
        verdict === 'violation'
          ? ''
          : '; cannot be told: they may stand beyond the edge of the log, or in an event whose number cannot be read';
      return `${numbers}${more}${doubt}`;
    }
    case 'repeated': {
      const more = places === 1 ? '' : `, the first of ${count(places, 'such number')}`;
      const doubt =
        verdict === 'violation' ? '' : '; cannot be told: at the edge of the log it may have begun again';
      return `number ${high} on a second event${more}${doubt}`;
    }
    case 'restarted': {
      const more = places === 1 ? '' : `, the first of ${count(places, 'time')}`;
      return `numbers went back from ${low} to ${high}${more}; cannot be told: whether the sequence began again, whether records are missing before that`;
    }
  }
}

function formatStretch({ from, until }: Stretch): string {
  return `from ${formatInstant(from)} until ${formatInstant(until)}`;
}
