/** One event of license use as a mark carries it: who, where, what, how much. */
import type { Instant } from '../../base/instant.ts';
import { orderFile } from '../../model/order-file.ts';
import type { Place } from '../../model/place.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { Origin, SessionEvent } from './session.ts';

export type LicenseUse = {
  /** `assign` and `revoke` only where the measure counts them. */
  kind: 'open' | 'close' | 'use' | 'denied' | 'upgrade' | 'assign' | 'revoke' | 'cancel';
  featureless: boolean;
  /** Of a record that repeats another, and may be of a second use. */
  isSecond?: boolean;
  /** Of a file whose records do not run forward in time: its place tells no order of events of one instant. */
  isUnordered?: boolean | undefined;
  /** Undefined when absent, unreadable or not between 1990 and 2200. */
  time: Instant | undefined;
  person: string | undefined;
  host: string | undefined;
  /** For seats: 1 where the log states none. Undefined when it states what is no positive number. */
  seats: Amount | undefined;
  /** Read only where the contract limits them. */
  device: string | undefined;
  country: string | undefined;
  received: string | undefined;
  borrowed: boolean;
  daemon: string | undefined;
  /** Of one license server, where the logs of several are read. */
  log: string | undefined;
  /** Whether the event states how many. */
  stated: boolean;
  /** Somebody whom the contract leaves out. The license server counts them all the same. */
  excluded: boolean;
  /** What the license server itself states: its counter after the event, its capacity, why it refused. */
  server: ServerWords | undefined;
  /** For sums and levels: the field that the measure reads. Undefined when absent or no number. */
  amount: Amount | undefined;
  /** Whether that field is there, readable or not. */
  statesAmount: boolean;
  /** For sums: the event's own id, and of a cancellation the id of what it takes back. */
  id: string | undefined;
  canceled: string | undefined;
  /** For sums beyond a share: the field that it is a share of. */
  whole: Amount | undefined;
  /** For distinct and assigned: who or what is told apart. */
  counted: string | undefined;
  /** For assigned: which of several assignments of one person, where the log says it. */
  seat: string | undefined;
  /** The value of the measure's `by`. */
  group: string | undefined;
  /** The id of its session; undefined where the log gives none. */
  key: string | undefined;
  named: boolean;
  feature: string | undefined;
  share: string | undefined;
  /** Of a denial: why, in the words of the log. */
  reason: string | undefined;
  place: Place;
  origin: Origin;
};

export type ServerWords = {
  inUse: Amount | undefined;
  capacity: Amount | undefined;
  reason: string | undefined;
};

export type TimedUse = LicenseUse & { time: Instant };

/** A seat is given to a person, or taken from one. */
export type Assignment = {
  kind: 'assign' | 'revoke';
  featureless: boolean;
  time: Instant | undefined;
  person: string | undefined;
  seat: string | undefined;
  reason: string | undefined;
  place: Place;
  identity: string;
};

/** A server, or the daemon that is named, holds no sessions any more. */
export type ServerRestart = { time: Instant; daemon: string | undefined; log: string | undefined };

export function toSessionEvent(use: TimedUse, holder = holderOf(use)): SessionEvent {
  return {
    at: use.time,
    key: use.key,
    person: use.person,
    named: use.named,
    feature: use.feature,
    share: use.share,
    stated: use.stated,
    borrowed: use.borrowed,
    daemon: use.daemon,
    log: use.log,
    host: use.host,
    order: use.isUnordered === true ? orderFile(use) : undefined,
    place: use.place,
    origin: use.origin,
    unreadable: use.seats === undefined,
    holder,
    quantity: use.seats ?? ONE,
  };
}

export function holderOf({ person, host, key }: LicenseUse): string {
  return person ?? host ?? key ?? 'nobody named';
}
