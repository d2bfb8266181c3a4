/** Events that matched a step of a relation and lack a field to group them by: how many, and when. Plain data that merges. */
import type { Groupless } from '../model/relation.ts';
import { joinSpans, spanStretch, stretchSpan, type TimeSpan } from './time-span.ts';

/** `span` holds those that have a readable time. */
export type GrouplessEvents = { events: number; untimed: number; span: TimeSpan | null };

/** By relation, then by step. */
export type GrouplessSteps = GrouplessEvents[][];

export function startGroupless(
  relations: readonly { relation: { inputs: readonly unknown[] } }[],
): GrouplessSteps {
  return relations.map(({ relation }) => relation.inputs.map(startGrouplessStep));
}

export function startGrouplessStep(): GrouplessEvents {
  return { events: 0, untimed: 0, span: null };
}

/** `ms` is NaN for an event without a readable time. */
export function addGroupless(step: GrouplessEvents, ms: number, nanos: number): void {
  step.events++;
  if (Number.isNaN(ms)) step.untimed++;
  else if (step.span === null) step.span = { fromMs: ms, fromNanos: nanos, untilMs: ms, untilNanos: nanos };
  else stretchSpan(step.span, ms, nanos);
}

/** Changes `left`. */
export function mergeGroupless(left: GrouplessSteps, right: GrouplessSteps): void {
  for (const [relation, steps] of right.entries()) {
    for (const [index, { events, untimed, span }] of steps.entries()) {
      const known = left[relation]![index]!;
      known.events += events;
      known.untimed += untimed;
      known.span = joinSpans(known.span, span);
    }
  }
}

/** Undefined where there is none. */
export function toGroupless({ events, untimed, span }: GrouplessEvents): Groupless | undefined {
  return events === 0
    ? undefined
    : { events, untimed, within: span === null ? undefined : spanStretch(span) };
}
