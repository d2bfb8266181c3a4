/** `gap`: what a log should hold and does not: groups that fell silent or never spoke, and holes in a sequence of numbers. */
import { NANOS_PER_SECOND } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import type { FindingKind } from '../model/finding.ts';
import { loggedNames } from '../model/message.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { type Correlation, resolveField } from '../model/rule.ts';
import { parseExpected } from './expected-groups.ts';
import { durationKey, refuseOtherKeys, showValue } from './extra-keys.ts';
import { GAP_WORDS } from './gap-message.ts';
import { type GapPlan, judgeAbsentGroups, judgeGroup } from './judge-gaps.ts';

const SILENCE: FindingKind = {
  code: 'silence-too-long',
  severity: 'medium',
  title: 'no event for longer than the rule allows',
  why: 'A source that falls silent was switched off, cut off, or its records were removed; what happened meanwhile is not in the log.',
  fix: 'Find out why nothing was logged, and get the records of that time from the source itself if it still has them.',
};
const ABSENT: FindingKind = {
  code: 'expected-group-silent',
  severity: 'high',
  title: 'expected group without any event',
  why: 'The table says that it should log, and the log, which covers the time, holds nothing of it: it was never connected, or its records are gone.',
  fix: 'Connect the source, or correct the table with the dates between which it is expected.',
};
const HOLE: FindingKind = {
  code: 'sequence-hole',
  severity: 'high',
  title: 'numbers missing in a sequence',
  why: 'The writer numbers its records without a break, so a missing number is a record that was lost or removed.',
  fix: 'Get the missing records from the source; if it does not have them either, find out who could delete them.',
};
const REPEATED: FindingKind = {
  code: 'sequence-repeated',
  severity: 'medium',
  title: 'one number of a sequence on two records',
  why: 'A writer gives each number once: one of the two records was altered or inserted, or two writers share the sequence.',
  fix: 'Compare the two records with the source; if two writers share the numbers, add what tells them apart to "group-by".',
};
const RESTARTED: FindingKind = {
  code: 'sequence-restarted',
  severity: 'low',
  title: 'sequence of numbers that went back',
  why: 'A restart of the writer explains it, but nothing shows whether records are missing between the last number and the first one after.',
  fix: 'Confirm from another log that the writer restarted at that time.',
};

const EXTRA_KEYS = ['sequence', 'late', 'expected'];

/** Nanoseconds by which numbers may come out of order: writers take the number and the time one after the other. */
const LATE = 60n * NANOS_PER_SECOND;

export const gap = {
  type: 'gap',
  title: 'silences, and holes in a sequence of numbers',
  findings: [SILENCE, ABSENT, HOLE, REPEATED, RESTARTED],
  compile(correlation, problem) {
    const plan = planOf(correlation, problem);
    if (plan === undefined) return undefined;
    const { rules, groupBy } = correlation;
    const { sequence } = correlation.extra;
    return {
      inputs: rules.map((detection, step) => ({
        detection,
        groupBy: groupBy[step] ?? [],
        values: typeof sequence === 'string' ? [resolveField(correlation, sequence, step)] : [],
      })),
      judge: (group, marks, coverage) => judgeGroup(plan, group, marks, coverage),
      judgeAbsent: (present, coverage) => judgeAbsentGroups(plan, present, coverage),
    };
  },
} satisfies RelationDefinition;

function planOf(correlation: Correlation, problem: (message: string) => void): GapPlan | undefined {
  let sound = true;
  const refuse = (message: string) => {
    sound = false;
    problem(message);
  };
  const { timespan, extra, groupNames } = correlation;
  const unused = ['field', 'condition', 'opens', 'closes', 'needs', 'window'] as const;
  refuseOtherKeys(correlation, EXTRA_KEYS, unused, refuse);
  const { sequence } = extra;
  if (sequence !== undefined && typeof sequence !== 'string')
    refuse(`"sequence" must be the name of a field, found ${showValue(sequence)}`);
  if (timespan === undefined && sequence === undefined)
    refuse('"gap" needs "timespan", the longest silence that is allowed, or "sequence", a field of numbers');
  const late = durationKey(correlation, 'late', refuse) ?? LATE;
  if ('late' in extra && sequence === undefined)
    refuse('"late" says how late a number of "sequence" may come, and there is no "sequence"');
  const expected = parseExpected(correlation, refuse);
  // However short a log is, it would accuse every group that it does not show.
  if (expected !== undefined && timespan === undefined)
    refuse('"expected" needs "timespan": how long one of its groups may be silent');
  const words = [...GAP_WORDS, ...groupNames];
  for (const name of loggedNames(correlation.message, words)) {
    const known = words.map((each) => `{${each}}`).join(', ');
    refuse(`the message of "gap" cannot tell {${name}}, but ${known}${didYouMean(name, words)}`);
  }
  if (!sound) return undefined;
  return {
    rule: correlation,
    timespan,
    late: sequence === undefined ? undefined : late,
    expected,
    codes: {
      silence: SILENCE.code,
      absent: ABSENT.code,
      hole: HOLE.code,
      repeated: REPEATED.code,
      restarted: RESTARTED.code,
    },
  };
}
