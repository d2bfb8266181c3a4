/** The check `silence: 7 days`: that no source stops speaking for so long while others go on, or between its own events. */
import { formatDuration, formatInstant, type Instant, later, parseMoment } from '../base/instant.ts';
import type { SourceActivity } from '../model/activity.ts';
import type { Finding } from '../model/finding.ts';
import { addAge, type CalendarAge, dayOf, formatDay } from '../retention/calendar-age.ts';
import { parsePackAge } from './kept-span.ts';
import { type Evidence, type PackCheckKind, passedUnless } from './pack-check-kind.ts';
import { packFinding } from './pack-findings.ts';
import { nameOfSource, sayUntimedSource, untimedSources } from './untimed-events.ts';

const NANOS_PER_DAY = 86_400_000_000_000n;

export const silence: PackCheckKind<CalendarAge> = {
  name: 'silence',
  title: 'how long a source may be silent: an age of days',
  parse: (values, reader) => parsePackAge(values, reader, false) as CalendarAge | undefined,
  asks: (longest) => [asksFor(longest)],
  judge(longest, evidence) {
    const activity = evidence.report.activity ?? [];
    const asks = asksFor(longest);
    const sources = activity.length + untimedSources(evidence.report).length;
    const base = { asks, population: { of: 'sources', count: sources } };
    const found = activity.flatMap((source) => silentFinding(source, longest, evidence) ?? []);
    // A file that was not read may hold what seems to be missing.
    const mayBeElsewhere = evidence.partial ?? whyCut(evidence);
    if (found.length > 0 && mayBeElsewhere === undefined)
      return [
        {
          ...base,
          status: 'failed',
          found,
          reason: found[0]!.message,
          otherwise: whyOpen(longest, evidence),
        },
      ];
    if (found.length > 0) {
      const reason = `${found[0]!.message}; ${mayBeElsewhere}`;
      return [{ ...base, status: 'undetermined', reason }];
    }
    const open = sources === 0 ? undefined : whyOpen(longest, evidence);
    return [
      open === undefined ? passedUnless(base, evidence) : { ...base, status: 'undetermined', reason: open },
    ];
  },
};

function whyCut({ isCut }: Evidence): string | undefined {
  return isCut ? 'events were left out of the run by their time' : undefined;
}

/** Why silence would not show: the time that is looked at is cut, ended long ago or is too short, or a source has no times. */
function whyOpen(longest: CalendarAge, evidence: Evidence): string | undefined {
  const unseen = sayUntimedSource(evidence.report) ?? whyCut(evidence);
  if (unseen !== undefined) return unseen;
  const heard = heardTime(longest, evidence);
  if (heard === undefined) return 'no event has a time';
  const { from, until, now } = heard;
  // Whether all sources fell silent or the export ended, no log tells.
  if (now > until)
    return `the last event is of ${formatDay(dayOf(until))}: the ${formatDuration(now - until)} since are not in this run`;
  if (until - from >= nanosOf(longest, from)) return undefined;
  return `from the first event on it is ${formatDuration(until - from)}, in which so long a silence cannot show`;
}

/**
 * From the first event of any source on, until now (later events are claims of the log); or until the last event, where that
 * is so long ago that the log itself has ended.
 */
function heardTime(longest: CalendarAge, { now, report }: Evidence) {
  const [from, last] = [
    parseMoment(report.summary.period?.from ?? ''),
    parseMoment(report.summary.period?.until ?? ''),
  ];
  if (from === undefined || last === undefined) return undefined;
  const today = later(last, now);
  return { from, until: isLonger(last, today, longest) ? last : today, now: today };
}

/** The longest silence of the source, that at its end too. */
function silentFinding(
  { source, until, silences }: SourceActivity,
  longest: CalendarAge,
  evidence: Evidence,
): Finding | undefined {
  const { report } = evidence;
  const heard = heardTime(longest, evidence);
  const end = heard === undefined ? until : formatInstant(heard.until);
  const spans = [...silences, { from: until, until: end }].flatMap((span) => {
    const [from, to] = [parseMoment(span.from), parseMoment(span.until)];
    return from === undefined || to === undefined
      ? []
      : [{ ...span, nanos: to - from, isLonger: isLonger(from, to, longest) }];
  });
  const worst = spans.filter((span) => span.isLonger).sort((a, b) => Number(b.nanos - a.nanos))[0];
  if (worst === undefined) return undefined;
  const message = `${nameOfSource(source)} silent for ${formatDuration(worst.nanos)} from ${worst.from} to ${worst.until}`;
  // A silence that goes on is the same one tomorrow.
  const identity = [source ?? '', worst.from, ...(worst.from === until ? [] : [worst.until])];
  return packFinding(report, 'source-silent', message, identity, source);
}

/** To the instant: a week is seven times 24 hours, a month its days. */
function isLonger(from: Instant, until: Instant, age: CalendarAge): boolean {
  return until - from > nanosOf(age, from);
}

function nanosOf(age: CalendarAge, from: Instant): bigint {
  const day = dayOf(from);
  return BigInt(addAge(day, age) - day) * NANOS_PER_DAY;
}

function asksFor({ text }: CalendarAge): string {
  return `no source is silent for longer than ${text}`;
}
