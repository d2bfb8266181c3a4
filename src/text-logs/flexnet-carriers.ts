/** The lines of a FlexNet debug log that say what day it is, and what they say of the lines before the first of them. */
import { LogDates, parseSlashedDay, parseSpelledDay } from './flexnet-dates.ts';
import { parseHead } from './flexnet-head.ts';
import { DISORDER_SECONDS } from './local-clock.ts';

/** `isStart`: a server that starts says so, which may have rested for any number of days. */
type Carrier = { day: number; isStart: boolean };

const TIMESTAMP = 'TIMESTAMP ';
const SYSTEM_TIME = "Server's System Date and Time: ";
const STARTED_ON = ' started on ';
/** `(@ansyslmd-SLOG@) Time: Sun Jan 08 2017 21:17:50 EST`; other dates of these statistics are of the past. */
const SLOG = '(@';
const SLOG_TIME = '@) Time: ';
const SLOG_START = '@) Start-Date: ';
/** Where these words stand, from the beginning of a message: names of daemons are short. */
const SLOG_REACH = 300;

export function readCarrier(line: string, at: number): Carrier | undefined {
  if (line.startsWith(SLOG, at)) return readStatistics(line, at);
  if (line.startsWith(TIMESTAMP, at))
    return toCarrier(parseSlashedDay(line.slice(at + TIMESTAMP.length)), false);
  if (line.startsWith(SYSTEM_TIME, at))
    return toCarrier(parseSpelledDay(line.slice(at + SYSTEM_TIME.length)), true);
  if (line[at] !== 'F') return undefined;
  // FlexNet Licensing (v11.13.1.2 build 173085 x64_lsb) started on HOST (linux) (1/8/2017)
  const started = line.indexOf(STARTED_ON, at);
  const open = started < 0 ? -1 : line.lastIndexOf('(');
  return open < started ? undefined : toCarrier(parseSlashedDay(line.slice(open + 1)), true);
}

function readStatistics(line: string, at: number): Carrier | undefined {
  const close = line.slice(at, at + SLOG_REACH).indexOf('@) ');
  if (close < 0) return undefined;
  const from = at + close;
  if (line.startsWith(SLOG_TIME, from))
    return toCarrier(parseSpelledDay(line.slice(from + SLOG_TIME.length)), false);
  if (line.startsWith(SLOG_START, from))
    return toCarrier(parseSpelledDay(line.slice(from + SLOG_START.length)), true);
  return undefined;
}

function toCarrier(day: number | undefined, isStart: boolean): Carrier | undefined {
  return day === undefined ? undefined : { day, isStart };
}

/** Whether some line says what day it is. */
export function hasCarrier(lines: readonly string[]): boolean {
  return lines.some((line) => {
    const head = parseHead(line);
    return head !== undefined && readCarrier(line, head.at) !== undefined;
  });
}

/**
 * The day of the first line, counted back from the first line that says what day it is; undefined where none does, or
 * where it is a server that starts: between what was before and its start any number of days may lie.
 */
export function firstDay(lines: readonly string[]): number | undefined {
  const dates = new LogDates(undefined, undefined);
  let first: number | undefined;
  for (const line of lines) {
    const head = parseHead(line);
    if (head === undefined) continue;
    dates.move(head.seconds);
    first ??= head.seconds;
    const carrier = readCarrier(line, head.at);
    if (carrier === undefined) continue;
    const isOneStart = dates.midnights === 0 && Math.abs(head.seconds - first) < DISORDER_SECONDS;
    return carrier.isStart && !isOneStart ? undefined : carrier.day - dates.midnights;
  }
  return undefined;
}
