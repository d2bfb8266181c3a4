/** Where the records of a stream stand: in which files, and from where on. */
import { comparePlaces, type Place } from '../model/place.ts';
import type { StreamState } from './segment.ts';

export function filesOf({ runs }: StreamState): Set<number> {
  return new Set(runs.map(({ fileIndex }) => fileIndex));
}

export function beginsBefore(one: StreamState, other: StreamState): boolean {
  return comparePlaces(firstPlace(one), firstPlace(other)) < 0;
}

export function firstPlace({ runs }: StreamState): Place {
  return runs[0]!.segments[0]!.from;
}
