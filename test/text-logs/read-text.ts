/** Drives a text format over a text, line by line, as the record reader does. Tests only. */
import type { TextFormat, TextOptions } from '../../src/model/text-format.ts';

type ReadText = { records: Record<string, unknown>[]; malformed: string[]; framing: number };

export function readText(format: TextFormat, text: string, options: TextOptions = {}): ReadText {
  const lines = text.split('\n');
  const reader = format.start(lines, options);
  const read: ReadText = { records: [], malformed: [], framing: 0 };
  for (const outcome of [...lines.map((line) => reader.line(line)), reader.finish()]) {
    if (outcome === 'framing') read.framing++;
    else if (outcome === 'continues') continue;
    else if ('record' in outcome) read.records.push(JSON.parse(outcome.record) as Record<string, unknown>);
    else if ('unknown' in outcome) read.framing++;
    else read.malformed.push(outcome.malformed);
  }
  return read;
}

/** The records without members that are the same in all of them. */
export function withoutMarks(records: readonly Record<string, unknown>[], ...marks: string[]): object[] {
  return records.map((record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !marks.includes(name))),
  );
}
