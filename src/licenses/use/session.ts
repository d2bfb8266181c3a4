/** One event of a session, and a session: a seat that is taken, or several. */
import type { Instant } from '../../base/instant.ts';
import type { Place } from '../../model/place.ts';
import { type Amount, ONE } from '../contract/amount.ts';
import type { LongestPairing } from './longest-pairing.ts';
import type { Change } from './tied-changes.ts';

/** One event of a session, with what the sessionizer needs of it. */
export type SessionEvent = {
  at: Instant;
  /** What check-outs and check-ins have in common, behind its lengths. Undefined where that is `person` and `host`. */
  key: string | undefined;
  person?: string | undefined;
  /** Whether `key` is an id the log gave to the session: then a second check-out is a repeat. Else it is a second session. */
  named: boolean;
  /** Undefined for a check-in that names none: it ends every session of its key, and is no orphan when there is none. */
  feature: string | undefined;
  holder: string;
  /** Sessions of one share count once. Undefined: this one counts alone. */
  share: string | undefined;
  quantity: Amount;
  /** Whether the log states a quantity. A check-in that states none gives back the whole session. */
  stated: boolean;
  /** The log states a quantity that nobody can read: then `quantity` is the least it can be. */
  unreadable: boolean;
  /** A check-out for use away from the server, which ends by itself. */
  borrowed?: boolean;
  /** The part of the server that gave the seat; its restart ends the session, where the contract says so. */
  daemon?: string | undefined;
  /** The server that gave it, where there are several. */
  log?: string | undefined;
  host?: string | undefined;
  /** Where its place tells no order of events of one instant: what tells it apart from all others. */
  order?: string | undefined;
  place: Place;
  origin: Origin;
};

/** What an event comes from: its mark, which decodes the identity for whoever asks, and hardly anybody does. */
export type Origin = { readonly identity: string };

/**
 * A taken seat, or several: `quantity` of them are taken now. `ends` is when they will be given back, once they linger, are
 * borrowed or can time out. `leaving`: of `quantity`, those that were checked in alone and linger.
 */
export type Session = SessionEvent & {
  /** A small number that no other session has while this one holds its seats: whoever counts them finds what it keeps of it there. */
  slot: number;
  returned: boolean;
  /** Borrowed, so in use until `ends` by contract, whatever the log lacks. */
  endsByContract: boolean;
  leaving: Amount;
  repeats: Amount;
  /** Of `repeats`, those that its check-in does not end: somebody else checked out under the same id. */
  foreign: Amount;
  /** When it was checked out again last, and the repeats that may go on although it timed out. */
  repeated: Instant | undefined;
  outliving: Amount;
  reopened: Instant | undefined;
  changed: Change | undefined;
  ends: Instant;
  /** The check-in, once there is one. */
  closed: Place | undefined;
  /** Where sessions of its seat end by contract, or nobody knows which of them ended, and none has an id. */
  pairing: LongestPairing | undefined;
  /** A check-in may have ended it or another one: no use of it is certain. */
  withdrawn: boolean;
  /** Then what lingers of it was told as a doubt of its own. */
  isApart: boolean;
};

/** Whether both under one id are of different people, hosts or servers: then they are hardly one seat. */
export function isOther(session: Session, { holder, host, log }: SessionEvent): boolean {
  if (session.holder !== holder || session.log !== log) return true;
  return host !== undefined && session.host !== undefined && session.host !== host;
}

/** What a session of that many seats holds at least, if nobody knows whether it holds them. */
export function leastOf(quantity: Amount): Amount {
  return quantity < ONE ? quantity : ONE;
}

/** Seats of the session that nobody checked in. */
export function heldBy({ quantity, leaving }: Session): Amount {
  return leaving === 0n ? quantity : quantity - leaving;
}

export function isStated({ stated, unreadable }: SessionEvent): boolean {
  return stated && !unreadable;
}

/** Those of one order come one after the other as they are read, though they are of one instant. */
export function orderOf({ order, place }: Pick<SessionEvent, 'order' | 'place'>): string {
  return order ?? place.file;
}

type Keyed = Pick<SessionEvent, 'key' | 'person' | 'host'>;

/** By lengths, for JSON of it took a twentieth of judging a license (measured). No id of a session has two. */
export function keyOf({ key, person, host }: Keyed): string {
  return key ?? `${person?.length ?? '-'}+${host?.length ?? '-'}:${person ?? ''}${host ?? ''}`;
}

/** Keys begin with their lengths, so nothing in a feature's name can make two seats one. */
export function seatOf(event: SessionEvent): string {
  return `${keyOf(event)}${event.feature ?? ''}`;
}

export function toSession(event: SessionEvent, slot: number): Session {
  const { at, key, named, feature, holder, share, quantity, stated, unreadable, place, origin } = event;
  const { borrowed = false, daemon, log, person, host } = event;
  // Spelled out: a spread with further members takes 20 × longer (measured, Node 20).
  return {
    slot,
    at,
    key,
    person,
    named,
    feature,
    holder,
    share,
    quantity,
    stated,
    unreadable,
    borrowed,
    daemon,
    log,
    host,
    place,
    // Decoded, for a mark keeps the bytes of its neighbors in memory, and some sessions never end.
    origin: { identity: origin.identity },
    returned: false,
    endsByContract: false,
    leaving: 0n,
    repeats: 0n,
    foreign: 0n,
    repeated: undefined,
    outliving: 0n,
    reopened: undefined,
    changed: undefined,
    ends: 0n,
    closed: undefined,
    pairing: undefined,
    withdrawn: false,
    isApart: false,
  };
}
