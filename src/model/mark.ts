/** A mark: "detection D held for this event". Detections make marks, relations judge them. */
import type { Instant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import type { AuditField } from './event.ts';
import type { Place } from './place.ts';
import type { ConditionNode } from './rule.ts';

/** A field named in a rule: canonical (`taxonomy: audit`) or in the source's own words. */
export type FieldRef = ({ taxonomy: 'audit'; name: AuditField } | { taxonomy: 'raw'; name: string }) & {
  /** In `groupBy`: an event without the field stays, in the group of those that lack it. */
  optional?: true;
  /** In `groupBy`: all spellings of a person's name are one (`base/person-key.ts`). */
  person?: true;
};

export type Mark = {
  /** Which of the relation's inputs the mark came through. */
  step: number;
  /** Undefined when the event has no readable time: no window can hold it. */
  time: Instant | undefined;
  /** When a mark that a correlation made ends: it is an interval that begins at `time`. Undefined for a single event. */
  until?: Instant;
  place: Place;
  /** The event's identity, for fingerprints. */
  identity: string;
  /** The event's actor, or what else the rule is about, for messages and grouping. */
  subject: string | undefined;
  /** The values of the input's `values`, in their order; undefined where the event lacks one. */
  values: readonly (string | undefined)[];
  /** Positions in `values` of fields with several values; undefined where there are none. Only where the input `takesSeveral`. */
  several?: readonly number[] | undefined;
  /**
   * Of a record that repeats another of its file byte for byte, without an id that proves both one: it may be of a second
   * event. Only where the relation `takesSeconds`.
   */
  isSecond?: boolean;
  /** Of a file whose records do not run forward in time: its place tells no order of events of one instant. */
  isUnordered?: boolean;
  /** Of a mark that a correlation made: further places of what it found. */
  related?: readonly Place[];
  /** Of a mark that is one of the times that a finding of a correlation came true: which finding. */
  finding?: string;
  /** Whether both marks are of one event, where that is told without their places; undefined where it is not. */
  isOfEventOf?(other: Mark): boolean | undefined;
};

/** Which events make a mark for a relation, and what the mark carries. Resolved to slots per source. */
export type MarkInput = {
  /** The detection's id in the rule set. */
  detection: string;
  /** The fields whose values together name the group; a null or absent one leaves the relation, counted. */
  groupBy: readonly FieldRef[];
  values: readonly FieldRef[];
  /** What the event must fulfill beside the detection, where this input wants only some of its events. */
  when?: ConditionNode;
  /** Of an event with several facets: whether all of those that the detection is about must fulfill `when`, and not some. */
  whenEach?: true;
  /** Positions in `values` of fields whose every value is wanted: the mark carries them as one JSON array of texts. */
  lists?: readonly number[];
  /**
   * Of a field with several values the mark carries all, as a JSON array of texts like one of `lists`, and says so in `several`;
   * otherwise the first stands for it.
   */
  takesSeveral?: true;
  /** Of a field with several values that is not in `each` the mark carries all as one text (`ann, bob`), for a message to tell. */
  takesTogether?: true;
  /**
   * Positions in `values` of fields where, of several values, each stands for itself: then the event makes a mark for each. So
   * it does for each value of `groupBy`. Of other fields the first value stands for all.
   */
  each?: readonly number[];
};

/** The total order: those without a time first, then time, file, position, step. */
export function compareMarks(left: Mark, right: Mark): number {
  return (
    compareTimes(left.time, right.time) ||
    compareText(left.place.file, right.place.file) ||
    left.place.offset - right.place.offset ||
    left.step - right.step
  );
}

function compareTimes(left: Instant | undefined, right: Instant | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  return left < right ? -1 : 1;
}
