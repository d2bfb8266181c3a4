/** The check `silence: 7 days`: that no source stops speaking for so long while others go on, or between its own events. */
import { formatDuration, formatInstant, type Instant, later, parseMoment } from '../base/instant.ts';
import type { SourceActivity } from '../model/activity.ts';
import type { Finding } from '../model/finding.ts';
import { addAge, type CalendarAge, dayOf } from '../retention/calendar-age.ts';
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
          otherwise: sayUntimedSource(evidence.report),
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

/** Why silence would not show: the time that is looked at is cut, or too short, or one of the sources has no times. */
function whyOpen(longest: CalendarAge, evidence: Evidence): string | undefined {
  const untimed = sayUntimedSource(evidence.report) ?? whyCut(evidence);
  if (untimed !== undefined) return untimed;
  const [from, until] = [parseMoment(evidence.report.summary.period?.from ?? ''), endOf(evidence)];
  if (from === undefined || until === undefined) return 'no event has a time';
  if (until - from >= nanosOf(longest, from)) return undefined;
  return `from the first event on it is ${formatDuration(until - from)}, in which so long a silence cannot show`;
}

/** Today, as far as the run knows it: whoever stopped a source stopped it for good. Later events are claims of the log. */
function endOf({ now, report }: Evidence): Instant | undefined {
  const last = parseMoment(report.summary.period?.until ?? '');
  return last === undefined ? now : later(last, now);
}

/** The longest silence of the source, that at its end too. */
function silentFinding(
  { source, until, silences }: SourceActivity,
  longest: CalendarAge,
  evidence: Evidence,
): Finding | undefined {
  const { report } = evidence;
  const last = endOf(evidence);
  const end = last === undefined ? until : formatInstant(last);
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
