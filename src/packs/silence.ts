/** The check `silence: 7 days`: that no source stops speaking for so long while others go on, or between its own events. */
import { formatDuration, type Instant, parseMoment } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { SourceActivity } from '../model/activity.ts';
import type { Finding } from '../model/finding.ts';
import { addAge, type CalendarAge, dayOf } from '../retention/calendar-age.ts';
import { parsePackAge } from './kept-span.ts';
import { type Evidence, type PackCheckKind, passedUnless } from './pack-check-kind.ts';
import { packFinding } from './pack-findings.ts';

const NANOS_PER_DAY = 86_400_000_000_000n;

export const silence: PackCheckKind<CalendarAge> = {
  name: 'silence',
  title: 'how long a source may be silent: an age of days',
  parse: (values, reader) => parsePackAge(values, reader, false) as CalendarAge | undefined,
  asks: (longest) => [asksFor(longest)],
  judge(longest, evidence) {
    const activity = evidence.report.activity ?? [];
    const asks = asksFor(longest);
    const population = { of: 'sources', count: activity.length };
    const found = activity.flatMap((source) => silentFinding(source, longest, evidence) ?? []);
    // A file that was not read may hold what seems to be missing.
    if (found.length > 0 && evidence.partial === undefined && !evidence.isCut)
      return [{ asks, population, status: 'failed', found, reason: found[0]!.message }];
    if (found.length > 0)
      return [
        {
          asks,
          population,
          status: 'undetermined',
          reason: `${found[0]!.message}; ${evidence.partial ?? 'events were left out of the run'}`,
        },
      ];
    return [passedUnless({ asks, population }, evidence)];
  },
};

/** The longest silence of the source, and that at its end, for whoever stopped it stopped it for good. */
function silentFinding(
  { source, until, silences }: SourceActivity,
  longest: CalendarAge,
  { report }: Evidence,
): Finding | undefined {
  const end = report.summary.period?.until ?? until;
  const spans = [...silences, { from: until, until: end }].flatMap((span) => {
    const [from, to] = [parseMoment(span.from), parseMoment(span.until)];
    return from === undefined || to === undefined
      ? []
      : [{ ...span, nanos: to - from, isLonger: isLonger(from, to, longest) }];
  });
  const worst = spans.filter((span) => span.isLonger).sort((a, b) => Number(b.nanos - a.nanos))[0];
  if (worst === undefined) return undefined;
  const name = source === null ? 'records of no known source' : quote(source);
  const message = `${name} silent for ${formatDuration(worst.nanos)} from ${worst.from} to ${worst.until}`;
  return packFinding(report, 'source-silent', message, [source ?? '', worst.from, worst.until], source);
}

/** To the instant: a week is seven times 24 hours, a month its days. */
function isLonger(from: Instant, until: Instant, age: CalendarAge): boolean {
  const day = dayOf(from);
  return until > from + BigInt(addAge(day, age) - day) * NANOS_PER_DAY;
}

function asksFor({ text }: CalendarAge): string {
  return `no source is silent for longer than ${text}`;
}
