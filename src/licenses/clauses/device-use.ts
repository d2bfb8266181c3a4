/** How many devices a person uses in a period, and how many at once. Memory: the people of one period, and what is open. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import { count as counted, quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { Devices, License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import { SegmentCursor } from '../contract/segment-cursor.ts';
import { type ServerRestart, type TimedUse, toSessionEvent } from '../use/license-use.ts';
import { isOpenInUse, sessionOptions } from '../use/session-options.ts';
import { type Session, Sessions } from '../use/sessions.ts';
import type { UseWatcher } from '../use/use-watcher.ts';
import { type LicenseCode, licenseSeverity } from '../verdict/license-findings.ts';
import { BoundedJudgements } from './bounded-judgements.ts';

/** Instants of one person that are kept until it is known which sessions ended: any of them may be the proof. */
const MAX_INCIDENTS = 10;

/** The sessions of a person that were open at an instant, one a device. */
type Incident = { at: Instant; sessions: Session[] };

export class DeviceUse implements UseWatcher {
  private readonly license: License;
  private readonly devices: Devices;
  private readonly cursor: SegmentCursor;
  private readonly sessions: Sessions;
  private readonly found = new BoundedJudgements();
  /** One for all people: lost check-ins are a property of the log, not of them. */
  private readonly doubts = new BoundedJudgements(1);
  /** Of the current period: the devices of each person, with the first place of each. */
  private used = new Map<string, Map<string, Place>>();
  /** Open sessions of each person. */
  private readonly open = new Map<string, Set<Session>>();
  private readonly incidents = new Map<string, Incident[]>();
  /** People of whom a session began or ended at the current instant. */
  private touched = new Set<string>();
  private now: Instant;

  constructor(license: License, devices: Devices, segments: readonly Segment[]) {
    this.license = license;
    this.devices = devices;
    this.cursor = new SegmentCursor(segments);
    this.now = segments[0]!.from;
    // A seat that lingers is taken, but nobody works on its device.
    this.sessions = new Sessions(
      { ...sessionOptions(license), linger: 0n },
      {
        take: (session, at) => this.change(session, at, (sessions) => sessions.add(session)),
        release: (session, at) => this.change(session, at, (sessions) => sessions.delete(session)),
        change: () => undefined,
        orphan: () => undefined,
        doubt: () => undefined,
      },
    );
  }

  add(use: TimedUse): void {
    const { person, device } = use;
    if (use.featureless || person === undefined) return;
    if (device === undefined && use.kind !== 'close') return;
    this.cursor.reach(use.time, (left, entered) => {
      if (entered.period !== left.period) this.leavePeriod(left);
    });
    if ((use.kind === 'open' || use.kind === 'use') && device !== undefined) {
      const places = getOrCreate(this.used, person, () => new Map<string, Place>());
      if (!places.has(device) && places.size <= (this.devices.max ?? 0) + MAX_RELATED)
        places.set(device, use.place);
    }
    if (this.devices.atOnce === undefined) return;
    const event = { ...toSessionEvent(use, person), share: device };
    if (use.kind === 'open') this.sessions.checkOut(event);
    else if (use.kind === 'close') this.sessions.checkIn(event);
    else if (use.kind === 'upgrade') this.sessions.upgrade(event);
    else if (use.kind === 'use') this.sessions.use(event);
  }

  restart({ time, daemon }: ServerRestart): void {
    this.sessions.restart(time, daemon);
  }

  *finish(until: Instant): Generator<Judgement> {
    this.sessions.advance(until);
    this.settle();
    this.leavePeriod(this.cursor.current);
    for (const [person, incidents] of this.incidents) this.judgeAtOnce(person, incidents);
    yield* this.found.finish();
    yield* this.doubts.finish();
  }

  private leavePeriod({ period }: Segment): void {
    const { max } = this.devices;
    if (max !== undefined && period !== undefined) {
      for (const [person, places] of this.used) {
        if (places.size <= max) continue;
        const names = [...places.keys()].map(quote).join(', ');
        const more = places.size > max + MAX_RELATED ? ' or more' : '';
        const text = `${quote(person)} used ${counted(places.size, 'device')}${more} in ${period.label}, expected at most ${max}: ${names}`;
        this.tell('too-many-devices', 'violation', person, period.label, text, [...places.values()]);
      }
    }
    this.used = new Map();
  }

  private change(session: Session, at: Instant, apply: (sessions: Set<Session>) => void): void {
    if (at > this.now) this.settle();
    this.now = at;
    const sessions = getOrCreate(this.open, session.holder, () => new Set<Session>());
    apply(sessions);
    if (sessions.size === 0) this.open.delete(session.holder);
    this.touched.add(session.holder);
  }

  /** Judges an instant when everything that happened at it is known: check-ins come first, in whatever order they are logged. */
  private settle(): void {
    for (const person of this.touched) {
      const byDevice = new Map<string, Session>();
      for (const session of this.open.get(person) ?? []) {
        if (byDevice.size > MAX_RELATED + this.devices.atOnce!) break;
        byDevice.set(deviceOf(session), session);
      }
      if (byDevice.size <= this.devices.atOnce!) continue;
      const known = getOrCreate(this.incidents, person, () => []);
      if (known.length < MAX_INCIDENTS) known.push({ at: this.now, sessions: [...byDevice.values()] });
    }
    this.touched = new Set();
  }

  private judgeAtOnce(person: string, incidents: readonly Incident[]): void {
    const atOnce = this.devices.atOnce!;
    const openInUse = isOpenInUse(this.license);
    const provenIn = ({ at, sessions }: Incident) =>
      sessions.filter((each) => openInUse || each.returned || each.endsByContract || each.at === at).length;
    const proven = incidents.find((incident) => provenIn(incident) > atOnce);
    const { at, sessions } = proven ?? incidents[0]!;
    const names = sessions.map(deviceOf).map(quote).join(', ');
    const doubt = proven === undefined ? ', unless sessions without a check-in had ended' : '';
    const text = `${quote(person)} used ${counted(sessions.length, 'device')} at once at ${formatInstant(at)}, expected at most ${atOnce}: ${names}${doubt}`;
    const places = sessions.map(({ place }) => place);
    const verdict = proven === undefined ? 'undetermined' : 'violation';
    this.tell('devices-at-once', verdict, person, 'at once', text, places);
  }

  private tell(
    code: LicenseCode,
    verdict: 'violation' | 'undetermined',
    person: string,
    period: string,
    text: string,
    [place, ...related]: Place[],
  ): void {
    const { id } = this.license;
    const judgements = verdict === 'violation' ? this.found : this.doubts;
    judgements.add(() => ({
      verdict,
      code,
      message: `license ${quote(id)}: ${text}`,
      place: place!,
      related: related.slice(0, MAX_RELATED),
      count: related.length + 1,
      subject: person,
      identity: [id, code, person, period],
      severity: licenseSeverity(code),
    }));
  }
}

/** Devices stand where shares do: nothing is merged here. */
function deviceOf({ share }: Session): string {
  return share!;
}
