/** When each holder was last seen to use the license: whose seat could be given to another. */
import { compareBigints, formatInstant, type Instant } from '../../base/instant.ts';
import { compareText, count } from '../../base/text-safety.ts';
import type { HeldSeat, IdleFigures, IdleHolder } from '../../model/license-figures.ts';
import type { Place } from '../../model/place.ts';
import type { Covered } from '../../model/relation.ts';
import { toNumber } from '../contract/amount.ts';
import { holderOf, type TimedUse } from '../use/license-use.ts';
import type { Session } from '../use/session.ts';
import { silenceAfter } from './silence.ts';
import type { TeamOf } from './teams.ts';

const DAY = 86_400_000_000_000n;
const MAX_LISTED = 1000;
/** A log that makes up names must not fill the memory. */
const MAX_HOLDERS = 200_000;

export class LastUse {
  private readonly after: bigint;
  private readonly teamOf: TeamOf;
  private readonly last = new Map<string, { at: Instant; place: Place }>();
  private untold = 0;
  /** When somebody used it last whom the event does not name. */
  private unnamed: Instant | undefined;

  /** `after`: nanoseconds without use that make somebody idle. */
  constructor(after: bigint, teamOf: TeamOf) {
    this.after = after;
    this.teamOf = teamOf;
  }

  /** A check-in is use as well: it shows that the session lasted until then. */
  see(use: TimedUse): void {
    if (use.person === undefined && use.host === undefined) {
      this.unnamed = use.time;
      return;
    }
    const holder = holderOf(use);
    const seen = this.last.get(holder);
    if (seen !== undefined) {
      seen.at = use.time;
      seen.place = use.place;
    } else if (this.last.size < MAX_HOLDERS) this.last.set(holder, { at: use.time, place: use.place });
    else this.untold++;
  }

  /** `open`: sessions without a check-in. Whoever has one may still be at work, and is not idle. */
  figures(open: Iterable<Session>, covered: Covered | undefined): Omit<IdleFigures, 'spare' | 'spareDoubt'> {
    const sessions = [...open];
    const asOf = covered?.until;
    const holding = new Set(sessions.map(({ holder }) => holder));
    const before = asOf === undefined ? undefined : asOf - this.after;
    const isKnown = before !== undefined && covered!.from <= before;
    const idle = isKnown ? [...this.last].filter(([name, { at }]) => at < before && !holding.has(name)) : [];
    idle.sort(([a, left], [b, right]) => compareBigints(left.at, right.at) || compareText(a, b));
    const held = before === undefined ? [] : sessions.filter(({ at }) => at < before);
    return {
      days: Number(this.after / DAY),
      asOf: asOf === undefined ? null : formatInstant(asOf),
      holders: this.last.size,
      idle: idle.length,
      list: idle.slice(0, MAX_LISTED).map(
        ([holder, { at, place }]): IdleHolder => ({
          holder,
          team: this.teamOf(holder),
          last: formatInstant(at),
          days: Number((asOf! - at) / DAY),
          place,
        }),
      ),
      held: held.length,
      heldList: held.slice(0, MAX_LISTED).map(
        ({ holder, quantity, at, place }): HeldSeat => ({
          holder,
          team: this.teamOf(holder),
          quantity: toNumber(quantity),
          since: formatInstant(at),
          days: Number((asOf! - at) / DAY),
          place,
        }),
      ),
      doubt: this.doubtOf(covered, before),
    };
  }

  /** Silence proves idleness only where the log speaks. */
  private doubtOf(covered: Covered | undefined, before: Instant | undefined): string | null {
    if (covered === undefined || before === undefined)
      return this.last.size > 0 || this.unnamed !== undefined
        ? 'every event of the log lies in the future, which no log covers'
        : 'the log covers no time: no event has a readable one, or all lie in the future';
    if (covered.from > before) {
      const spanned = Number((covered.until - covered.from) / DAY);
      return `the log spans ${count(spanned, 'day')}, and ${count(Number(this.after / DAY), 'day')} without use are asked for`;
    }
    const silence = silenceAfter(covered, before);
    if (silence !== undefined) return `${silence}: use may lie there`;
    if (this.unnamed !== undefined && this.unnamed >= before)
      return 'there is use that names nobody, and may be that of any of them';
    return this.untold === 0
      ? null
      : `${count(this.untold, 'event')} of further names: too many to be kept apart`;
  }
}
