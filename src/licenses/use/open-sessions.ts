/** The sessions that are open, by what check-ins name them by, and by whose restart ends them. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { OrderedSet } from './ordered-set.ts';
import type { Session, SessionEvent } from './session.ts';

type ByName = Map<string | undefined, OrderedSet<Session>>;

/**
 * The sessions of one key by feature, in the order in which features came. Nearly every key has one session of one feature: a Map
 * for it took longer than all else of a check-out (measured). `sessions`: of `feature`, none once they are over while `others` are not.
 */
type OfKey = {
  readonly feature: string;
  sessions: OrderedSet<Session> | undefined;
  others: Map<string, OrderedSet<Session>> | undefined;
};

export class OpenSessions {
  private readonly byKey = new Map<string, OfKey>();
  /** By log, then by daemon: nothing else may be looked at, for a hostile log restarts at every line. */
  private readonly byDaemon = new Map<string | undefined, ByName>();
  /** Each event is asked for several times in a row: what was answered last, as long as it holds. */
  private asked: SessionEvent | undefined;
  private answer: OrderedSet<Session> | undefined;

  /** Returns the sessions of its seat, itself the last of them. */
  add(session: Session): OrderedSet<Session> {
    this.asked = undefined;
    const { key, feature = '' } = session;
    const ofKey = this.byKey.get(key);
    const known = ofKey && sessionsOf(ofKey, feature);
    if (known !== undefined) {
      known.add(session);
      return known;
    }
    const sessions = new OrderedSet<Session>(session);
    if (ofKey === undefined) this.byKey.set(key, { feature, sessions, others: undefined });
    else {
      ofKey.others ??= new Map();
      ofKey.others.set(feature, sessions);
    }
    return sessions;
  }

  /** Returns what is left of its seat: nothing of it is to be remembered where that is empty. */
  delete(session: Session): OrderedSet<Session> {
    this.asked = undefined;
    const { key, feature = '' } = session;
    const ofKey = this.byKey.get(key)!;
    const sessions = sessionsOf(ofKey, feature)!;
    sessions.delete(session);
    if (sessions.size === 0) {
      if (sessions === ofKey.sessions) ofKey.sessions = undefined;
      else ofKey.others!.delete(feature);
      if (ofKey.sessions === undefined && (ofKey.others?.size ?? 0) === 0) this.byKey.delete(key);
    }
    this.forgetDaemon(session);
    return sessions;
  }

  ofSeat(event: SessionEvent): OrderedSet<Session> | undefined {
    if (event !== this.asked) {
      const ofKey = this.byKey.get(event.key);
      this.answer = ofKey && sessionsOf(ofKey, event.feature ?? '');
      this.asked = event;
    }
    return this.answer;
  }

  ofKey(key: string): Session[] {
    const ofKey = this.byKey.get(key);
    return ofKey === undefined ? [] : [...allOf(ofKey)];
  }

  /** A restart of the daemon that gave it ends it. */
  endsAtRestart(session: Session): void {
    const ofLog = getOrCreate(this.byDaemon, session.log, (): ByName => new Map());
    getOrCreate(ofLog, session.daemon, () => new OrderedSet<Session>()).add(session);
  }

  forgetDaemon(session: Session): void {
    const ofLog = this.byDaemon.get(session.log);
    const sessions = ofLog?.get(session.daemon);
    if (sessions?.delete(session) && sessions.size === 0) ofLog!.delete(session.daemon);
    if (ofLog?.size === 0) this.byDaemon.delete(session.log);
  }

  /** Those that a restart of the daemon ends, or of all daemons; in the order in which these gave their first. */
  endedBy(daemon: string | undefined, log: string | undefined): Session[] {
    const ofLog = this.byDaemon.get(log);
    const names = daemon === undefined ? [...(ofLog?.keys() ?? [])] : [daemon];
    return names.flatMap((name) => [...(ofLog?.get(name) ?? [])]);
  }

  *[Symbol.iterator](): Generator<Session> {
    for (const ofKey of this.byKey.values()) yield* allOf(ofKey);
  }
}

function sessionsOf(ofKey: OfKey, feature: string): OrderedSet<Session> | undefined {
  if (ofKey.feature === feature && ofKey.sessions !== undefined) return ofKey.sessions;
  return ofKey.others?.get(feature);
}

function* allOf({ sessions, others }: OfKey): Generator<Session> {
  if (sessions !== undefined) yield* sessions;
  for (const other of others?.values() ?? []) yield* other;
}
