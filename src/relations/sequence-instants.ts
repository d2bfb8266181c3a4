/** Marks instant by instant, and what is known of their order within one. */
import type { Mark } from '../model/mark.ts';
import { orderFile } from '../model/order-file.ts';
import { isSameEvent } from './episode.ts';
import type { TimedMark } from './mark-window.ts';
import type { EventMarks } from './sequence-chain.ts';

/** The marks of one instant at a time, one that is alone as it is. Marks without a time are set aside. */
export function* byInstant(marks: Iterable<Mark>, untimed: Mark[]): Generator<TimedMark | TimedMark[]> {
  let alone: TimedMark | undefined;
  let several: TimedMark[] | undefined;
  for (const each of marks) {
    if (each.time === undefined) {
      untimed.push(each);
      continue;
    }
    const mark = each as TimedMark;
    if (alone === undefined) alone = mark;
    else if (alone.time === mark.time) {
      several ??= [alone];
      several.push(mark);
    } else {
      yield several ?? alone;
      alone = mark;
      several = undefined;
    }
  }
  if (alone !== undefined) yield several ?? alone;
}

/** The files of one instant, their events, the marks of each. */
export function toFiles(instant: readonly TimedMark[]): EventMarks[][] {
  const files: EventMarks[][] = [];
  let previous: TimedMark | undefined;
  for (const mark of instant) {
    if (previous === undefined || orderFile(previous) !== orderFile(mark)) files.push([[mark]]);
    else if (isSameEvent(previous, mark)) files.at(-1)!.at(-1)!.push(mark);
    else files.at(-1)!.push([mark]);
    previous = mark;
  }
  return files;
}
