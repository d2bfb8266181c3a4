/**
 * Seats that are kept for teams: what is committed is what is in use, and what is reserved and not in use. Others may
 * hold no more than what is left; where they do, somebody else's reserved seat was taken. Memory: what is open. One
 * watcher, so one file of 260 lines.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import { quote } from '../../base/text-safety.ts';
import type { Judgement } from '../../model/relation.ts';
import { type Amount, formatAmount, ONE, toNumber } from '../contract/amount.ts';
import type { Contract, License } from '../contract/contract.ts';
import { compileTeams } from '../contract/people.ts';
import type { Period, Segment } from '../contract/periods.ts';
import { formatLimit, isOver, type Limit } from '../contract/quantities.ts';
import { SegmentCursor } from '../contract/segment-cursor.ts';
import { type LicenseUse, type ServerRestart, type TimedUse, toSessionEvent } from '../use/license-use.ts';
import { isOfAnySession } from '../use/seat-sink.ts';
import type { Session, SessionEvent } from '../use/session.ts';
import { isOpenInUse, sessionOptions } from '../use/session-options.ts';
import { Sessions } from '../use/sessions.ts';
import { SilentCheckIns } from '../use/silent-check-ins.ts';
import type { UseWatcher } from '../use/use-watcher.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { contractPlace } from '../verdict/period-verdict.ts';

/** The instant of a period at which most was committed, measured against its quantity. */
type Peak = {
  period: Period;
  limit: Limit | undefined;
  committed: Amount;
  inUse: Amount;
  /** Of `inUse`, by nobody who is named: perhaps by the teams that the seats are kept for. */
  unnamed: Amount;
  at: Instant;
  latest: Session | undefined;
};

type Holding = { isNamed: boolean; team: string | undefined; quantity: Amount; sessions: Set<Session> };

export class Reservations implements UseWatcher {
  private readonly contract: Contract;
  private readonly license: License;
  private readonly cursor: SegmentCursor;
  private readonly sessions: Sessions;
  private readonly silent = new SilentCheckIns();
  /** Seats that nothing proves any more, and when they were counted. */
  private readonly withdrawn: { from: Instant; until: Instant; quantity: Amount }[] = [];
  private readonly teamOf: (person: string) => string | undefined;
  private readonly holdings = new Map<string | Session, Holding>();
  private readonly reserved: ReadonlyMap<string, Amount>;
  private readonly inUseByTeam = new Map<string, Amount>();
  private inUse: Amount = 0n;
  private unnamed: Amount = 0n;
  /** Reserved and not in use, of all teams. */
  private unused: Amount = 0n;
  private latest: Session | undefined;
  private now: Instant;
  private readonly peaks = new Map<Period, Peak>();
  /** Seats that may have been taken besides, at whatever time. */
  private doubtful: Amount = 0n;
  /** Of those, what may have outlived its contract: now, and at most at once. */
  private outliving = { now: 0n, most: 0n };

  constructor(contract: Contract, license: License, segments: readonly Segment[]) {
    this.contract = contract;
    this.license = license;
    this.cursor = new SegmentCursor(segments);
    this.now = segments[0]!.from;
    this.teamOf = compileTeams(contract.people);
    this.reserved = new Map(license.reserve.map(({ team, seats }) => [team, seats]));
    for (const { seats } of license.reserve) this.unused += seats;
    this.sessions = new Sessions(sessionOptions(license), {
      take: (session, at) => this.take(session, at),
      release: (session, at) => {
        if (!session.withdrawn) this.release(session, at);
      },
      withdraw: (session, at) => {
        if (!session.endsByContract)
          this.withdrawn.push({ from: session.at, until: at, quantity: session.quantity });
        this.release(session, at);
      },
      change: (session, by, at) => {
        if (!session.withdrawn) this.change(session, by, at);
      },
      upgradeUnknown: () => {
        this.doubtful += NO_LIMIT;
      },
      lose: (session) => this.silent.lose(session),
      returned: (session, event) => this.silent.ended(session, event),
      orphan: (event) => {
        this.doubt(event);
        this.silent.orphan(event);
      },
      doubt: (quantity, _, __, reason) => {
        if (isOfAnySession(reason) || reason === 'lingering') this.outlive(quantity);
        else if (quantity > 0n) this.doubtful += quantity;
      },
    });
  }

  private outlive(by: Amount): void {
    const { outliving } = this;
    outliving.now += by;
    if (outliving.now <= outliving.most) return;
    this.doubtful += outliving.now - outliving.most;
    outliving.most = outliving.now;
  }

  add(use: TimedUse): void {
    const event = toSessionEvent(use, use.person ?? '');
    this.silent.take(use);
    if (use.featureless) {
      if (use.kind === 'close' && use.named) this.sessions.checkIn(event);
      else if (use.kind === 'open' || use.kind === 'use') this.doubt(event);
    } else this.sessions.follow(use.kind, event);
  }

  anytime({ kind, seats }: LicenseUse): void {
    if (kind !== 'close') this.doubt({ quantity: seats ?? ONE, unreadable: seats === undefined });
  }

  restart({ time, daemon, log }: ServerRestart): void {
    this.sessions.restart(time, daemon, log);
  }

  *finish(until: Instant): Generator<Judgement> {
    this.sessions.advance(until);
    if (this.silent.unknownUntil() !== undefined) this.doubtful += NO_LIMIT;
    this.reach(until);
    this.settle();
    // What the log leaves open it leaves open in many periods: it is said once.
    let doubted = false;
    for (const peak of this.peaks.values()) {
      const { limit, committed, inUse, unnamed } = peak;
      const doubts = this.openAt(peak.at);
      if (isOver(committed - doubts - unnamed, limit) && !isOver(inUse, limit))
        yield this.judgement(peak, 'violation');
      else if (!doubted && isOver(committed + this.doubtful, limit) && !isOver(inUse - doubts, limit)) {
        doubted = true;
        yield this.judgement(peak, 'undetermined');
      }
    }
  }

  /** After `finish`: what was committed at most in the period. */
  committedIn(label: string): { amount: number; words: string } | undefined {
    const peak = [...this.peaks.values()].find(({ period }) => period.label === label);
    return peak && { amount: toNumber(peak.committed), words: words(peak) };
  }

  /** Seats in doubt at an instant: of sessions that were open at it and never ended, or of which nobody knows whether. */
  private openAt(at: Instant): Amount {
    if (isOpenInUse(this.license)) return 0n;
    let sum = 0n;
    for (const session of this.sessions.stillOpen())
      if (session.at <= at && !session.endsByContract && !session.withdrawn) sum += session.quantity;
    for (const { from, until, quantity } of this.withdrawn) if (from <= at && at < until) sum += quantity;
    return sum;
  }

  private judgement(peak: Peak, verdict: 'violation' | 'undetermined'): Judgement {
    const { license, contract } = this;
    const { period, limit, at, latest } = peak;
    const teams = license.reserve
      .map(({ team, seats }) => `${formatAmount(seats)} for ${quote(team)}`)
      .join(', ');
    const doubt =
      verdict === 'violation'
        ? ''
        : ', unless sessions that the log leaves open, or that name nobody, are not what they seem';
    return {
      verdict,
      code: 'reserved-seats-used',
      message:
        `license ${quote(license.id)} in ${period.label}: ${words(peak)} at ${formatInstant(at)}, ` +
        `expected at most ${formatLimit(limit!)} with ${teams} reserved${doubt}`,
      place: latest?.place ?? contractPlace(contract, license.line),
      related: [],
      count: 1,
      subject: license.id,
      identity: [license.id, 'reserve', period.label],
      severity: licenseSeverity('reserved-seats-used'),
    };
  }

  /** Nobody knows how many seats an unreadable quantity is. */
  private doubt({ quantity, unreadable }: Pick<SessionEvent, 'quantity' | 'unreadable'>): void {
    this.doubtful += unreadable ? NO_LIMIT : quantity;
  }

  private take(session: Session, at: Instant): void {
    this.reach(at);
    if (session.unreadable) this.doubtful += NO_LIMIT;
    this.latest = session;
    const key = session.share ?? session;
    const isNamed = session.holder !== '';
    const team = isNamed ? this.teamOf(session.holder) : undefined;
    const holding = getOrCreate(this.holdings, key, () => ({
      isNamed,
      team,
      quantity: 0n,
      sessions: new Set<Session>(),
    }));
    holding.sessions.add(session);
    if (session.quantity > holding.quantity) this.resize(holding, session.quantity);
  }

  private release(session: Session, at: Instant): void {
    this.reach(at);
    const key = session.share ?? session;
    const holding = this.holdings.get(key)!;
    holding.sessions.delete(session);
    if (holding.sessions.size === 0) this.holdings.delete(key);
    if (session.quantity >= holding.quantity) this.resize(holding, largestOf(holding));
  }

  private change(session: Session, by: Amount, at: Instant): void {
    this.reach(at);
    if (by > 0n) this.latest = session;
    if (by === 0n && session.unreadable) this.doubtful += NO_LIMIT;
    const holding = this.holdings.get(session.share ?? session)!;
    this.resize(holding, largestOf(holding));
  }

  private resize(holding: Holding, quantity: Amount): void {
    const change = quantity - holding.quantity;
    holding.quantity = quantity;
    this.inUse += change;
    if (!holding.isNamed) this.unnamed += change;
    const reserved = holding.team === undefined ? undefined : this.reserved.get(holding.team);
    if (holding.team === undefined || reserved === undefined) return;
    const before = this.inUseByTeam.get(holding.team) ?? 0n;
    this.inUseByTeam.set(holding.team, before + change);
    this.unused += left(reserved, before + change) - left(reserved, before);
  }

  private reach(at: Instant): void {
    if (at > this.now) this.settle();
    this.cursor.reach(at, (_, entered) => {
      this.now = entered.from;
      this.settle();
    });
    if (at > this.now) this.now = at;
  }

  /** Judges an instant when everything that happened at it is known. */
  private settle(): void {
    const { period, limit } = this.cursor.current;
    if (period === undefined) return;
    const known = this.peaks.get(period);
    const committed = this.inUse + this.unused;
    if (known !== undefined && excess(committed, limit) <= excess(known.committed, known.limit)) return;
    const { inUse, unnamed, now: at, latest } = this;
    this.peaks.set(period, { period, limit, committed, inUse, unnamed, at, latest });
  }
}

function largestOf({ sessions }: Holding): Amount {
  return [...sessions].reduce((most, session) => {
    return session.quantity > most ? session.quantity : most;
  }, 0n);
}

function left(reserved: Amount, inUse: Amount): Amount {
  return inUse >= reserved ? 0n : reserved - inUse;
}

const NO_LIMIT: Amount = 10n ** 120n;

/** Unknown and unlimited quantities are never exceeded; among them the most counts. */
function excess(committed: Amount, limit: Limit | undefined): Amount {
  return limit === undefined || limit.amount === 'unlimited'
    ? committed - NO_LIMIT
    : committed - limit.amount;
}

/** `21 seats committed: 18 in use, 3 reserved and unused` */
function words({ committed, inUse }: Peak): string {
  const unused = formatAmount(committed - inUse);
  return `${formatAmount(committed)} seats committed: ${formatAmount(inUse)} in use, ${unused} reserved and unused`;
}
