/** The sessions that are open, by what check-ins name them by, and by whose restart ends them. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { MostlyOne } from './mostly-one.ts';
import { OrderedSet } from './ordered-set.ts';
import type { Session, SessionEvent } from './session.ts';

type ByName = Map<string | undefined, OrderedSet<Session>>;

/** The sessions of one key, by feature. `born`: keys are in the order in which they came. */
class OfKey extends MostlyOne<string, OrderedSet<Session>> {
  readonly born: number;

  constructor(born: number, feature: string, sessions: OrderedSet<Session>) {
    super(feature, sessions);
    this.born = born;
  }
}

type OfPerson = MostlyOne<string | undefined, OfKey>;

export class OpenSessions {
  private readonly byKey = new Map<string, OfKey>();
  /** Those whose key is their person and host: to compose a text of both took a twentieth of judging a log (measured). */
  private readonly byPerson = new Map<string | undefined, OfPerson>();
  private keys = 0;
  /** By log, then by daemon: nothing else may be looked at, for a hostile log restarts at every line. */
  private readonly byDaemon = new Map<string | undefined, ByName>();
  /** Each event is asked for several times in a row: what was answered last, as long as it holds. */
  private asked: SessionEvent | undefined;
  private answer: OrderedSet<Session> | undefined;

  /** Returns the sessions of its seat, itself the last of them. */
  add(session: Session): OrderedSet<Session> {
    this.asked = undefined;
    const { feature = '' } = session;
    const ofKey = this.keyOf(session);
    const known = ofKey?.get(feature);
    if (known !== undefined) {
      known.add(session);
      return known;
    }
    const sessions = new OrderedSet<Session>(session);
    if (ofKey === undefined) this.addKey(session, new OfKey(this.keys++, feature, sessions));
    else ofKey.add(feature, sessions);
    return sessions;
  }

  /** Returns what is left of its seat: nothing of it is to be remembered where that is empty. */
  delete(session: Session): OrderedSet<Session> {
    this.asked = undefined;
    const { feature = '' } = session;
    const ofKey = this.keyOf(session)!;
    const sessions = ofKey.get(feature)!;
    sessions.delete(session);
    if (sessions.size === 0) {
      ofKey.delete(feature);
      if (ofKey.isEmpty) this.deleteKey(session);
    }
    this.forgetDaemon(session);
    return sessions;
  }

  ofSeat(event: SessionEvent): OrderedSet<Session> | undefined {
    if (event !== this.asked) {
      this.answer = this.keyOf(event)?.get(event.feature ?? '');
      this.asked = event;
    }
    return this.answer;
  }

  /** Whatever their features. */
  ofKey(event: SessionEvent): Session[] {
    const ofKey = this.keyOf(event);
    return ofKey === undefined ? [] : sessionsOf(ofKey);
  }

  private keyOf({ key, person, host }: SessionEvent): OfKey | undefined {
    return key === undefined ? this.byPerson.get(person)?.get(host) : this.byKey.get(key);
  }

  private addKey({ key, person, host }: Session, ofKey: OfKey): void {
    const ofPerson = key === undefined ? this.byPerson.get(person) : undefined;
    if (key !== undefined) this.byKey.set(key, ofKey);
    else if (ofPerson === undefined) this.byPerson.set(person, new MostlyOne(host, ofKey));
    else ofPerson.add(host, ofKey);
  }

  private deleteKey({ key, person, host }: Session): void {
    if (key !== undefined) {
      this.byKey.delete(key);
      return;
    }
    const ofPerson = this.byPerson.get(person)!;
    ofPerson.delete(host);
    if (ofPerson.isEmpty) this.byPerson.delete(person);
  }

  /** A restart of the daemon that gave it ends it. */
  endsAtRestart(session: Session): void {
    const ofLog = getOrCreate(this.byDaemon, session.log, (): ByName => new Map());
    getOrCreate(ofLog, session.daemon, () => new OrderedSet<Session>()).add(session);
  }

  forgetDaemon(session: Session): void {
    if (this.byDaemon.size === 0) return;
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
    const keys = [...this.byKey.values()];
    for (const ofPerson of this.byPerson.values()) keys.push(...ofPerson.values());
    for (const ofKey of keys.sort((a, b) => a.born - b.born)) yield* sessionsOf(ofKey);
  }
}

function sessionsOf(ofKey: OfKey): Session[] {
  return [...ofKey.values()].flatMap((sessions) => [...sessions]);
}
