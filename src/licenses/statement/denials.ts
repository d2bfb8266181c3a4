/**
 * Denials collapsed to incidents: a client that asks again and again is one. Those that follow on each other within the
 * interval are a series; if what was asked for is granted within the interval, the series is dropped, else its last denial
 * is the incident.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { formatDuration, formatInstant, type Instant } from '../../base/instant.ts';
import { compareText } from '../../base/text-safety.ts';
import type { DenialCounts, DenialFigures, DenialIncident } from '../../model/license-figures.ts';
import { toNumber } from '../contract/amount.ts';
import { holderOf, type LicenseUse, type TimedUse } from '../use/license-use.ts';
import { isTimed } from '../use/timed-use.ts';
import { LocalDays } from './local-days.ts';
import type { TeamOf } from './teams.ts';

const MAX_INCIDENTS = 1000;
/** Reasons counted one by one; log text decides how many there are. */
const MAX_REASONS = 50;
const MAX_REASON_LENGTH = 200;
/** Series that wait for their interval to end; beyond, the oldest is taken for an incident at once. */
const MAX_PENDING = 100_000;

type Series = { first: Instant; last: TimedUse; denials: number };

export class Denials {
  private readonly interval: bigint;
  private readonly teamOf: TeamOf;
  private readonly days: LocalDays;
  /** By who asked for what, in the order of their last denials. */
  private readonly pending = new Map<string, Series>();
  private readonly months = new Map<string, DenialCounts>();
  private readonly reasons = new Map<string | null, number>();
  private readonly counts: DenialCounts = noCounts();
  private readonly list: DenialIncident[] = [];
  private untimed = 0;

  constructor(interval: bigint, zone: string, teamOf: TeamOf) {
    this.interval = interval;
    this.teamOf = teamOf;
    this.days = new LocalDays(zone);
  }

  deny(use: LicenseUse): void {
    this.counts.denied++;
    if (!isTimed(use)) {
      this.untimed++;
      return;
    }
    this.conclude(use.time);
    this.monthOf(use.time).denied++;
    const key = askerOf(use);
    const series = this.pending.get(key);
    this.pending.delete(key);
    this.pending.set(key, {
      first: series?.first ?? use.time,
      last: use,
      denials: (series?.denials ?? 0) + 1,
    });
    if (this.pending.size <= MAX_PENDING) return;
    const [oldest, waiting] = this.pending.entries().next().value!;
    this.pending.delete(oldest);
    this.report(waiting, false);
  }

  grant(use: TimedUse): void {
    if (this.pending.size === 0) return;
    this.conclude(use.time);
    const key = askerOf(use);
    const series = this.pending.get(key);
    if (series === undefined) return;
    this.pending.delete(key);
    this.counts.granted++;
    this.monthOf(series.last.time).granted++;
  }

  finish(): DenialFigures {
    for (const series of this.pending.values()) this.report(series, true);
    this.pending.clear();
    return {
      ...this.counts,
      interval: formatDuration(this.interval),
      untimed: this.untimed,
      months: [...this.months]
        .map(([month, counts]) => ({ month, ...counts }))
        .sort((a, b) => compareText(a.month, b.month)),
      reasons: [...this.reasons]
        .map(([reason, incidents]) => ({ reason, incidents }))
        .sort((a, b) => b.incidents - a.incidents || compareText(a.reason ?? '', b.reason ?? '')),
      list: this.list,
    };
  }

  /** Ends the series whose interval is over: they stand in the order in which that happens. */
  private conclude(now: Instant): void {
    for (const [key, series] of this.pending) {
      if (series.last.time + this.interval >= now) return;
      this.pending.delete(key);
      this.report(series, false);
    }
  }

  private report({ first, last, denials }: Series, openEnded: boolean): void {
    this.counts.incidents++;
    this.monthOf(last.time).incidents++;
    const reason = last.reason?.slice(0, MAX_REASON_LENGTH) ?? null;
    const counted = this.reasons.has(reason) || this.reasons.size < MAX_REASONS ? reason : 'further reasons';
    this.reasons.set(counted, (this.reasons.get(counted) ?? 0) + 1);
    if (this.list.length >= MAX_INCIDENTS) return;
    const holder = holderOf(last);
    this.list.push({
      holder,
      team: this.teamOf(holder),
      feature: last.feature ?? '',
      quantity: last.seats === undefined ? null : toNumber(last.seats),
      reason,
      denials,
      first: formatInstant(first),
      last: formatInstant(last.time),
      place: last.place,
      openEnded,
    });
  }

  private monthOf(instant: Instant): DenialCounts {
    return getOrCreate(this.months, this.days.at(instant).month, noCounts);
  }
}

function noCounts(): DenialCounts {
  return { denied: 0, incidents: 0, granted: 0 };
}

function askerOf({ person, host, feature }: LicenseUse): string {
  return JSON.stringify([person ?? null, host ?? null, feature ?? '']);
}
