/** `timespan`, `window` and `timezone` of a correlation: a duration that slides, or a unit of the calendar. */
import { NANOS_PER_SECOND, parseDuration } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { isTimeZone } from '../base/time-zone.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import type { CalendarUnit } from '../model/rule.ts';

type Timespan = { timespan?: bigint; window?: 'calendar'; calendarUnit?: CalendarUnit; timezone?: string };

/** `1M` is how pySigma writes a month. */
const CALENDAR_UNITS: Readonly<Record<string, CalendarUnit>> = {
  '1h': 'hour',
  '1d': 'day',
  '1w': 'week',
  '1mo': 'month',
  '1M': 'month',
  '1y': 'year',
};

/** Where a window slides, a month and a year are a twelfth and the whole of a Gregorian mean year, as pySigma has them. */
const MEAN_SECONDS: Readonly<Record<string, bigint>> = { M: 2_629_746n, y: 31_556_952n };

/** What cannot be read is reported through `body`. */
export function parseTimespan(body: ShapeReader): Timespan {
  const text = body.text('timespan');
  const window = body.choice('window', ['calendar', 'sliding']);
  const timezone = body.text('timezone');
  if (timezone !== undefined && !isTimeZone(timezone))
    body.problem(
      body.get('timezone')!,
      `"timezone" must be an IANA name such as Europe/Berlin, found ${quote(timezone)}`,
    );
  if (timezone !== undefined && window !== 'calendar')
    body.problem(
      body.get('timezone')!,
      '"timezone" belongs to "window: calendar"; a sliding window needs none',
    );
  if (window === 'calendar') {
    const calendarUnit = text === undefined ? undefined : CALENDAR_UNITS[text];
    if (calendarUnit === undefined) {
      const found = text === undefined ? 'none' : quote(text);
      const node = body.get('timespan') ?? body.map;
      body.problem(
        node,
        `"timespan" of a calendar window must be one of 1h, 1d, 1w, 1mo, 1y, found ${found}`,
      );
      return {};
    }
    return { window, calendarUnit, ...(timezone !== undefined && { timezone }) };
  }
  if (text === undefined) return {};
  const timespan = parseSliding(text);
  if (timespan !== undefined && timespan > 0n) return { timespan };
  const calendar = /^\d+mo$/.test(text) ? '; months have "window: calendar"' : '';
  body.problem(
    body.get('timespan')!,
    `"timespan" must be a duration such as 5m, 24h or 30d, found ${quote(text)}${calendar}`,
  );
  return {};
}

function parseSliding(text: string): bigint | undefined {
  const mean = /^(\d{1,4})([My])$/.exec(text);
  return mean === null ? parseDuration(text) : BigInt(mean[1]!) * MEAN_SECONDS[mean[2]!]! * NANOS_PER_SECOND;
}
