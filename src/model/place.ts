/** Where something stands in the input. */
import { compareText } from '../base/text-safety.ts';

/** Where a record begins. `line` counts from 1, `offset` in bytes from 0 of the decoded stream, `length` in bytes. */
export type Place = { file: string; line: number; offset: number; length: number };

export function comparePlaces(left: Place, right: Place): number {
  return compareText(left.file, right.file) || left.offset - right.offset || left.line - right.line;
}

/** `logs/app.ndjson:17` */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}`;
}
