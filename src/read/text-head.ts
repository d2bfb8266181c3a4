/** The beginning of a file that may be text: whether it is, its lines, and the records in them. */
import { JsonArray, JsonObject, type JsonValue, parseJsonAt } from '../base/json.ts';
import { NEWLINE } from '../base/lexical.ts';
import type { TextFormat, TextOptions } from '../model/text-format.ts';
import { decodeText } from './text-records.ts';

/** Whether the first documents of a file speak against text: a line of text may begin with a number, but with no object. */
export function isNoJson(documents: readonly JsonValue[]): boolean {
  return documents.every((value) => !(value instanceof JsonObject || value instanceof JsonArray));
}

/** The lines of [start, end); the last one only where its end is in sight. */
export function headLines(buffer: Buffer, start: number, end: number, isWhole: boolean): string[] {
  const lines: string[] = [];
  for (let at = start; at < end; ) {
    const newline = buffer.subarray(at, end).indexOf(NEWLINE);
    if (newline < 0 && !isWhole) break;
    const lineEnd = newline < 0 ? end : at + newline;
    lines.push(decodeText(buffer, at, lineEnd));
    at = lineEnd + 1;
  }
  return lines;
}

/** The first records of a file by its first lines, for whoever decides what they are. */
export function sampleRecords(
  format: TextFormat,
  head: readonly string[],
  options: TextOptions,
  most: number,
): JsonValue[] {
  const reader = format.start(head, options);
  const records: JsonValue[] = [];
  for (const line of head) {
    const outcome = reader.line(line);
    if (typeof outcome === 'string' || !('record' in outcome)) continue;
    const bytes = Buffer.from(outcome.record);
    records.push(parseJsonAt(bytes, 0, bytes.length).value);
    if (records.length === most) break;
  }
  return records;
}
