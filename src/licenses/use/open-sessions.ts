/** The sessions that are open, by what check-ins name them by, and by whose restart ends them. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { OrderedSet } from './ordered-set.ts';
import type { Session, SessionEvent } from './session.ts';

type ByName = Map<string | undefined, OrderedSet<Session>>;

export class OpenSessions {
  /** By key, then by feature. */
  private readonly byKey = new Map<string, Map<string, OrderedSet<Session>>>();
  /** By log, then by daemon: nothing else may be looked at, for a hostile log restarts at every line. */
  private readonly byDaemon = new Map<string | undefined, ByName>();

  /** Returns the sessions of its seat, itself the last of them. */
  add(session: Session): OrderedSet<Session> {
    const byFeature = getOrCreate(this.byKey, session.key, () => new Map<string, OrderedSet<Session>>());
    const sessions = getOrCreate(byFeature, session.feature ?? '', () => new OrderedSet<Session>());
    sessions.add(session);
    return sessions;
  }

  /** Returns what is left of its seat: nothing of it is to be remembered where that is empty. */
  delete(session: Session): OrderedSet<Session> {
    const byFeature = this.byKey.get(session.key)!;
    const sessions = byFeature.get(session.feature ?? '')!;
    sessions.delete(session);
    if (sessions.size === 0) byFeature.delete(session.feature ?? '');
    if (byFeature.size === 0) this.byKey.delete(session.key);
    this.forgetDaemon(session);
    return sessions;
  }

  ofSeat({ key, feature }: SessionEvent): OrderedSet<Session> | undefined {
    return this.byKey.get(key)?.get(feature ?? '');
  }

  ofKey(key: string): Session[] {
    return [...(this.byKey.get(key)?.values() ?? [])].flatMap((sessions) => [...sessions]);
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
    for (const byFeature of this.byKey.values()) for (const sessions of byFeature.values()) yield* sessions;
  }
}
