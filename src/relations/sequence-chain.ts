/** Chains of marks: one for each step of a sequence that was reached, in their order. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import { endOf, type TimedMark } from './mark-window.ts';

/** A mark and the chain it continues; `start` is when the first event happened. */
export type Chain = { mark: Mark; state: number; before: Chain | undefined; start: Instant };

/** For each state the chain that leads to it and began last. */
export type Chains = (Chain | undefined)[];

/** The marks of one event: it may stand for several steps, but only for one in a sequence. */
export type EventMarks = TimedMark[];

export function chainMarks(chain: Chain): Mark[] {
  const marks: Mark[] = [];
  for (let link: Chain | undefined = chain; link !== undefined; link = link.before) marks.push(link.mark);
  return marks.reverse();
}

/** Undefined when the chain would not fit the timespan. */
export function toLink(
  mark: TimedMark,
  state: number,
  before: Chain | undefined,
  timespan: bigint,
): Chain | undefined {
  const start = before?.start ?? mark.time;
  return endOf(mark) - start > timespan ? undefined : { mark, state, before, start };
}

/** Whether it ends in an interval, which is over only later. */
export function isUnfinished({ mark }: Chain): boolean {
  return mark.until !== undefined && mark.until !== mark.time;
}
