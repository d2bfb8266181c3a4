/** Where something stands in the input. */
import { compareText } from '../base/text-safety.ts';

/** Where a record begins. `line` counts from 1, `offset` in bytes from 0 of the decoded stream, `length` in bytes. */
export type Place = { file: string; line: number; offset: number; length: number };

/** Of a record in a file that is known: events have it without making an object. */
export type Spot = Pick<Place, 'line' | 'offset' | 'length'>;

/** For who keeps a place and moves it from record to record: nobody else may hold that object. */
export function copyPlace({ file, line, offset, length }: Place): Place {
  return { file, line, offset, length };
}

/** Within the file. */
export function movePlace(place: Place, { line, offset, length }: Spot): void {
  place.line = line;
  place.offset = offset;
  place.length = length;
}

export function comparePlaces(left: Place, right: Place): number {
  return compareText(left.file, right.file) || left.offset - right.offset || left.line - right.line;
}

/** `logs/app.ndjson:17` */
export function formatPlace(place: Place): string {
  return `${place.file}:${formatLine(place)}`;
}

const BYTE_ORDER_MARK_BYTES = 3;

/**
 * `17`; of a record further on in the first line, as where an export is one line, also its column in bytes, counted from 1:
 * `1:5231`.
 */
export function formatLine({ line, offset }: Place): string {
  return line === 1 && offset > BYTE_ORDER_MARK_BYTES ? `1:${offset + 1}` : String(line);
}
