/** `event_count`: how many events of a group lie within a timespan (Sigma correlation 2.1). */
import { count } from '../base/text-safety.ts';
import type { FindingKind } from '../model/finding.ts';
import type { RelationDefinition } from '../model/relation.ts';
import { compileCounting } from './count-relation.ts';
import { type CopiedMeasure, RepeatsMeasure } from './repeats-measure.ts';

const EVENT_COUNT: FindingKind = {
  code: 'event-count-reached',
  severity: 'medium',
  title: 'number of events in a timespan is out of bounds',
  why: 'Many events of one kind in a short time are often an attack or a broken client, too few a control that stopped.',
  fix: 'Look at the group and the timespan that are named; stop the cause, or raise the limit of the rule with a reason.',
};

export const eventCount = {
  type: 'event_count',
  title: 'events of a group within a timespan, counted',
  findings: [EVENT_COUNT],
  compile(correlation, problem) {
    if (correlation.fields !== undefined)
      return void problem('"event_count" counts events, found a "field"; "value_count" counts its values');
    return compileCounting(
      correlation,
      {
        code: EVENT_COUNT.code,
        width: 0,
        makeMeasure: () => new RepeatsMeasure(countEvents()),
        takesSeconds: true,
        takesEach: true,
        counts: () => true,
        describe: (figure) => count(figure as number, 'event'),
        moves: 'by-one',
        // The events without a time may all belong to the fullest window.
        atMost: (best, untimed) => ((best as number | undefined) ?? 0) + untimed.length,
      },
      problem,
    );
  },
} satisfies RelationDefinition;

/** Of marks that are of one finding, all are one. `times`: how many there are of each. */
function countEvents(before = 0, times: ReadonlyMap<string, number> = new Map()): CopiedMeasure {
  let events = before;
  const met = new Map(times);
  return {
    add({ finding }) {
      if (finding === undefined) events++;
      else met.set(finding, (met.get(finding) ?? 0) + 1);
    },
    remove({ finding }) {
      if (finding === undefined) events--;
      else if (met.get(finding) === 1) met.delete(finding);
      else met.set(finding, met.get(finding)! - 1);
    },
    value: () => events + met.size,
    copy: () => countEvents(events, met),
  };
}
