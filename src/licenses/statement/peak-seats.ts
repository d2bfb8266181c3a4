/**
 * The sessions that together are the peak of the whole log: what a third party has to look up to count it again. Taken at
 * one instant for the whole pool, since the peaks of its parts do not add up to it.
 */
import { formatInstant, type Instant } from '../../base/instant.ts';
import type { PeakFigures, WitnessSession } from '../../model/license-figures.ts';
import { comparePlaces } from '../../model/place.ts';
import { type Amount, toNumber } from '../contract/amount.ts';
import type { Holding, SeatObserver } from './seat-watch.ts';
import { type TeamOf, toShares } from './teams.ts';

/** Sessions of the peak that are listed; the teams' shares are of all. */
const MAX_SESSIONS = 1000;

export class PeakSeats implements SeatObserver {
  seats: Amount = 0n;
  at: Instant = 0n;
  /** Those of the peak that have ended since. The others are still open: so nothing is copied at each new peak. */
  private ended: { holding: Holding; until: Instant }[] = [];

  left(holding: Holding, at: Instant): void {
    if (this.seats > 0n && holding.since <= this.at) this.ended.push({ holding, until: at });
  }

  stretch(seats: Amount, from: Instant): void {
    if (seats <= this.seats) return;
    this.seats = seats;
    this.at = from;
    this.ended = [];
  }

  /** `open`: what was never given back. */
  holdings(open: Iterable<Holding>): { holding: Holding; until: Instant | undefined }[] {
    if (this.seats === 0n) return [];
    const still = [...open].filter(({ since }) => since <= this.at);
    return [...this.ended, ...still.map((holding) => ({ holding, until: undefined }))];
  }

  figures(open: Iterable<Holding>, teamOf: TeamOf): PeakFigures | null {
    if (this.seats === 0n) return null;
    const teams = new Map<string | null, Amount>();
    const sessions: WitnessSession[] = [];
    for (const { holding, until } of this.holdings(open)) {
      const { holder, feature = '', place, closed, at } = holding.shown;
      const team = teamOf(holder);
      teams.set(team, (teams.get(team) ?? 0n) + holding.quantity);
      sessions.push({
        holder,
        team,
        feature,
        quantity: toNumber(holding.quantity),
        from: formatInstant(at),
        until: until === undefined ? null : formatInstant(until),
        opened: place,
        closed: until === undefined ? null : (closed ?? null),
      });
    }
    sessions.sort((left, right) => comparePlaces(left.opened, right.opened));
    return {
      amount: toNumber(this.seats),
      at: formatInstant(this.at),
      teams: toShares(teams),
      sessions: sessions.slice(0, MAX_SESSIONS),
      omitted: Math.max(0, sessions.length - MAX_SESSIONS),
    };
  }
}
