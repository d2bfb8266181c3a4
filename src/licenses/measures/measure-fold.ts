/** What every measure is: a fold over license use in time order that ends in bounds for each segment of the contract. */
import type { Instant } from '../../base/instant.ts';
import { count } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import type { Amount } from '../contract/amount.ts';
import type { Segment } from '../contract/periods.ts';
import type { CheckedPoints, SelfCheckResult } from '../self-check/self-check.ts';
import type { LicenseUse, ServerRestart, TimedUse } from '../use/license-use.ts';
import type { Former } from '../use/renamed-sessions.ts';
import type { Session } from '../use/session.ts';
import type { TimeOver } from './time-over.ts';

export type Witness = { holder: string; place: Place };

type Bound = { amount: Amount; at: Instant; witnesses: readonly Witness[] };

/** What a figure may rest on without the log saying so: the order within an instant, linger, check-ins that are missing. */
export type Assumption = 'tie' | 'linger' | 'missing';

/** Bounds of one segment under another assumption. `upper` undefined: nothing bounds it. */
export type Alternative = { assumption: Assumption; lower: Amount; upper: Amount | undefined };

export type SegmentUse = {
  segment: Segment;
  /** What the log proves. */
  lower: Bound;
  /** What is possible. `amount` undefined: nothing bounds it. */
  upper: Omit<Bound, 'amount'> & { amount: Amount | undefined };
  /** Why the bounds differ, in words, and the first of the records that keep it open. */
  doubts: string[];
  doubtful: readonly Witness[];
  /** The quantity changes within the period and the figure, which is of the whole period, lies between: no verdict. */
  unsettled?: true;
  /** A convention on which the figure hangs without being in doubt. */
  note?: string;
  /** How long use was above the quantity in force, where overage is allowed and seats are counted. */
  over?: TimeOver;
  /** The bounds if something were assumed otherwise. */
  alternatives?: readonly Alternative[];
  /** How far the license server's own figures agree. */
  selfCheck?: CheckedPoints;
};

/** Who or what a license is held by without a session: people who are assigned it, gauges. */
export type Standing = { certain: readonly Witness[]; possible: readonly Witness[] };

export interface MeasureFold {
  /** Use whose time is not known. It came before all other use, or after. */
  anytime(use: LicenseUse): void;
  add(use: TimedUse): void;
  /** An event of use is taken back. Only what adds up events has it. */
  cancel?(use: LicenseUse): void;
  /** A session or assignment goes on under a name that stands for this person from now on; `former`: for whom until now. */
  renamed?(use: TimedUse, former: Former): void;
  /** A server lost its sessions; only where the license says that this ends them. Folds without sessions lack it. */
  restart?(restart: ServerRestart): void;
  /** What the server saw and the contract does not count: use of those who are left out, and refusals. */
  uncounted?(use: TimedUse): void;
  finish(until: Instant): SegmentUse[];
  /** Sessions without a check-in, after `finish`. */
  stillOpen(): Iterable<Session>;
  /** After `finish`: what stood when the term and its grace were over, where something stands without a session. */
  stoodAtEnd?(): Standing;
  /** After `finish`: where the license server's own figures are known. */
  selfCheck?(): SelfCheckResult | undefined;
}

const DOUBT_WORDS = {
  untimed: ['event of use has', 'events of use have', 'no readable time'],
  featureless: ['event names', 'events name', 'no feature and may be use of this license'],
  second: [
    'record repeats',
    'records repeat',
    'another byte for byte, has no id of its own and may be a second use',
  ],
  amount: ['event has', 'events have', 'no readable quantity'],
  checkin: ['check-in states', 'check-ins state', 'an amount, which may be that of its check-out'],
  taken: ['revocation states', 'revocations state', 'an amount, which may have been added all the same'],
  repeated: ['check-out repeats', 'check-outs repeat', 'an open session and may be a second one'],
  unpaired: [
    'check-in fits',
    'check-ins fit',
    'none of several open sessions of one person and host, and may end either',
  ],
  lingering: ['seat may', 'seats may', 'linger after a check-in, or have been taken up again'],
  outliving: [
    'session ended by contract',
    'sessions ended by contract',
    'although a check-in may have been its own, and a later session goes on',
  ],
  late: [
    'check-in may be',
    'check-ins may be',
    'of a session that would be over by then, and went on until its check-in',
  ],
  renamed: ['session was', 'sessions were', 'open under a name when it came to stand for somebody else'],
  reused: [
    'check-out has',
    'check-outs have',
    'the id of an open session of somebody else and may be a second one',
  ],
  canceled: ['event was', 'events were', 'canceled afterwards'],
  cancellation: ['cancellation does', 'cancellations do', 'not say before its event which one it takes back'],
  changed: [
    'upgrade is',
    'upgrades are',
    'of the same instant as another or as a check-in, and nothing tells which was the last',
  ],
  upgraded: ['upgrade does', 'upgrades do', 'not tell what was taken before'],
  together: [
    'reading is',
    'readings are',
    'of the same instant as another one of the host, and either may be what it shows',
  ],
  hostless: ['reading names', 'readings name', 'no host, and each may be of another one'],
  nobody: ['event of use names', 'events of use name', 'nobody'],
  unreturned: ['session has', 'sessions have', 'no check-in'],
  orphan: ['check-in has', 'check-ins have', 'no check-out, so the session may be as old as the log'],
  silent: ['check-in states', 'check-ins state', 'no quantity, and no check-out tells it'],
  tied: [
    'revocation is',
    'revocations are',
    'of the same instant as an assignment, and nothing tells which was the first',
  ],
  revoked: ['revocation has', 'revocations have', 'no assignment, so it may be as old as the log'],
  retyped: [
    'assignment names',
    'assignments name',
    'another kind in the same seat, which may stand in the place of the one before',
  ],
  factor: ['event is', 'events are', 'of a kind that the measure states no factor for'],
} as const;
export type DoubtReason = keyof typeof DOUBT_WORDS;

/** How many records that keep a figure open are named. */
const MAX_DOUBTFUL = 10;

/** Events that leave a figure open, counted, with the first of them to look up. */
export class Doubts {
  private readonly counts = new Map<DoubtReason, number>();
  readonly places: Witness[] = [];

  note(reason: DoubtReason, witness: Witness): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    if (this.places.length < MAX_DOUBTFUL) this.places.push(witness);
  }

  include(other: Doubts): void {
    for (const [reason, number] of other.counts)
      this.counts.set(reason, (this.counts.get(reason) ?? 0) + number);
    this.places.push(...other.places.slice(0, MAX_DOUBTFUL - this.places.length));
  }

  reasons(): string[] {
    return [...this.counts].map(([reason, number]) => {
      const [one, many, rest] = DOUBT_WORDS[reason];
      return `${count(number, one, many)} ${rest}`;
    });
  }
}
