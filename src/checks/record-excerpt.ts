/** What a finding shows of a record: its bytes; of a text log, which holds no JSON, the line as it stands there. */
import { QUOTE } from '../base/lexical.ts';
import type { Event } from '../model/event.ts';
import { excerptAt } from '../model/excerpt.ts';
import type { Excerpt } from '../model/finding.ts';

type Span = { start: number; end: number };

/** A line without the value in it is shown with a caret under its first character, as a record without it is. */
const NOWHERE: Span = { start: 0, end: 1 };

/** `start`, `end`: of the value within `event.bytes`. Undefined where a record of text takes several lines. */
export function recordExcerpt(event: Event, start: number, end: number): Excerpt | undefined {
  const line = event.writtenLine?.();
  if (line === undefined) return excerptAt(event.bytes, start, end);
  if (line === '') return undefined;
  const bytes = Buffer.from(line);
  const said = scalarText(Buffer.from(event.bytes.subarray(start, end)));
  const place = said === undefined ? undefined : (spanOf(said, bytes) ?? spanOf(clockOf(said), bytes));
  const { start: from, end: until } = place ?? NOWHERE;
  return excerptAt(bytes, from, until);
}

/** The text of a string or number of JSON; undefined for whatever else stands there. */
function scalarText(json: Buffer): string | undefined {
  const text = json.toString();
  if (/^-?\d[\d.eE+-]*$/.test(text)) return text;
  return json.length > 1 && json[0] === QUOTE ? (JSON.parse(text) as string) : undefined;
}

/** Where the line says it, if it says it once: of several nobody knows which one was read. */
function spanOf(text: string | undefined, line: Buffer): Span | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Buffer.from(text);
  const start = line.indexOf(value);
  const isOnly = start >= 0 && line.indexOf(value, start + 1) < 0;
  return isOnly ? { start, end: start + value.length } : undefined;
}

/** Of a time the hour of the day, without its first zero: logs with dates of their own kind pad the hour by a blank, or not at all. */
function clockOf(time: string): string | undefined {
  return /^\d{4}-\d\d-\d\dT0?(\d{1,2}:\d\d:\d\d)/.exec(time)?.[1];
}
