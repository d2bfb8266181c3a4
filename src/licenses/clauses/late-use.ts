/** Use that arrived long after its period had ended: it counts in its own period, whose figure is thereby corrected. */
import { earlier, formatInstant, type Instant, parseTimestamp } from '../../base/instant.ts';
import { count as counted, quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import { addWait, formatWait } from '../contract/calendar-span.ts';
import type { Late, License } from '../contract/contract.ts';
import type { Period, Segment } from '../contract/periods.ts';
import { SegmentCursor } from '../contract/segment-cursor.ts';
import type { LicenseUse, TimedUse } from '../use/license-use.ts';
import type { UseWatcher } from '../use/use-watcher.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { UnsaidUse } from './unsaid-use.ts';

type Episode = { events: number; ended: Instant; latest: Instant; places: Place[] };

/** Check-ins and changes of a session tell nothing that is billed on its own. */
const TAKES: ReadonlySet<LicenseUse['kind']> = new Set(['open', 'use']);

export class LateUse implements UseWatcher {
  private readonly license: License;
  private readonly late: Late;
  private readonly zone: string;
  private readonly cursor: SegmentCursor;
  private readonly episodes = new Map<Period, Episode>();
  private readonly unsaid: UnsaidUse;
  /** Of the period that was asked for last: days of the calendar take a look at the clocks of a zone. */
  private accepted: { ended: Instant; until: Instant } | undefined;

  constructor(license: License, late: Late, segments: readonly Segment[], zone: string) {
    this.license = license;
    this.late = late;
    this.zone = zone;
    this.cursor = new SegmentCursor(segments);
    this.unsaid = new UnsaidUse(license);
  }

  add(use: TimedUse): void {
    this.cursor.reach(use.time, () => undefined);
    const { period } = this.cursor.current;
    if (period === undefined || !TAKES.has(use.kind)) return;
    const received = use.received === undefined ? undefined : parseTimestamp(use.received);
    if (received === undefined || received.problem !== undefined) {
      this.unsaid.note(use.featureless ? 'feature' : 'arrival', use);
      return;
    }
    const ended = this.endOf(period, use.time);
    if (received.instant <= this.acceptedUntil(ended)) return;
    if (use.featureless) {
      this.unsaid.note('feature', use);
      return;
    }
    const known = this.episodes.get(period) ?? { events: 0, ended, latest: received.instant, places: [] };
    known.events++;
    if (received.instant > known.latest) known.latest = received.instant;
    if (known.places.length <= MAX_RELATED) known.places.push(use.place);
    this.episodes.set(period, known);
  }

  anytime(use: LicenseUse): void {
    if (TAKES.has(use.kind)) this.unsaid.note(use.featureless ? 'feature' : 'time', use);
  }

  *finish(): Generator<Judgement> {
    const { id } = this.license;
    for (const [{ label }, { events, ended, latest, places }] of this.episodes) {
      const [place, ...related] = places;
      const last = `the latest at ${formatInstant(latest)}`;
      yield {
        verdict: 'violation',
        code: 'late-use',
        message: `license ${quote(id)} in ${label}: ${counted(events, 'event')} of use arrived more than ${formatWait(this.late.accept)} after the period ended (${formatInstant(ended)}), ${last}: counted in the period, whose figure is corrected`,
        place: place!,
        related,
        count: events,
        subject: id,
        identity: [id, 'late', label],
        severity: licenseSeverity('late-use'),
      };
    }
    const expected = `use to arrive within ${formatWait(this.late.accept)} after its period`;
    yield* this.unsaid.finish('late-use', 'late', expected);
  }

  private acceptedUntil(ended: Instant): Instant {
    if (this.accepted?.ended !== ended)
      this.accepted = { ended, until: addWait(ended, this.late.accept, this.zone) };
    return this.accepted.until;
  }

  /** Use in a term is not the less late for the grace that follows. */
  private endOf({ until }: Period, at: Instant): Instant {
    const end = this.license.term?.until.instant;
    return end !== undefined && at < end ? earlier(until, end) : until;
  }
}
