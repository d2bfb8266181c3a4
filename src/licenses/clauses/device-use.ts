/** How many devices a person uses in a period, and how many at once: the use, as sessions on devices, and what is said of them. */
import { getOrCreate } from '../../base/get-or-create.ts';
import type { Instant } from '../../base/instant.ts';
import { quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { Devices, License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import { SegmentCursor } from '../contract/segment-cursor.ts';
import { type LicenseUse, type ServerRestart, type TimedUse, toSessionEvent } from '../use/license-use.ts';
import { keyOf, type Session, type SessionEvent } from '../use/session.ts';
import { isOpenInUse, sessionOptions } from '../use/session-options.ts';
import { Sessions } from '../use/sessions.ts';
import type { UseWatcher } from '../use/use-watcher.ts';
import { type LicenseCode, licenseSeverity } from '../verdict/license-findings.ts';
import { BoundedJudgements } from './bounded-judgements.ts';
import { DevicesAtOnce } from './devices-at-once.ts';
import { DevicesInPeriod } from './devices-in-period.ts';
import { OpenDevices } from './open-devices.ts';
import { UnsaidUse } from './unsaid-use.ts';

/** `places`: one a device, at least one. */
export type TellDevices = (
  code: LicenseCode,
  verdict: 'violation' | 'undetermined',
  person: string,
  period: string,
  text: string,
  places: readonly Place[],
) => void;

export class DeviceUse implements UseWatcher {
  private readonly license: License;
  private readonly devices: Devices;
  private readonly cursor: SegmentCursor;
  private readonly sessions: Sessions;
  private readonly open = new OpenDevices();
  private readonly inPeriod: DevicesInPeriod | undefined;
  private readonly atOnce: DevicesAtOnce | undefined;
  private readonly unsaid: UnsaidUse;
  /** Of each person, up to one more than is allowed. */
  private readonly known = new Map<string, Set<string>>();
  private readonly found = new BoundedJudgements();
  /** One for all people: lost check-ins are a property of the log, not of them. */
  private readonly doubts = new BoundedJudgements(1);

  constructor(license: License, devices: Devices, segments: readonly Segment[]) {
    this.license = license;
    this.devices = devices;
    this.cursor = new SegmentCursor(segments);
    this.unsaid = new UnsaidUse(license);
    const { max, atOnce } = devices;
    const openInUse = isOpenInUse(license);
    const isProven = ({ returned, endsByContract }: Session) => openInUse || returned || endsByContract;
    const tell: TellDevices = (...words) => this.tell(...words);
    if (max !== undefined) this.inPeriod = new DevicesInPeriod(max, isProven, tell);
    if (atOnce !== undefined)
      this.atOnce = new DevicesAtOnce(atOnce, segments[0]!.from, this.open, isProven, tell);
    // A seat that lingers is taken, but nobody works on its device.
    this.sessions = new Sessions(
      { ...sessionOptions(license), linger: 0n },
      {
        take: (session, at) => {
          if (session.share === undefined) {
            this.unsaid.note('device', session);
            return;
          }
          this.atOnce?.touch(session.holder, at);
          this.open.add(session);
          this.remember(session.holder, session.share);
        },
        release: (session, at) => {
          if (session.share === undefined) return;
          this.atOnce?.touch(session.holder, at);
          this.open.delete(session);
          this.usedUntil(session, at);
        },
        change: () => undefined,
        // That another of its seat may be open in its stead is told by `unpaired`.
        withdraw: () => undefined,
        orphan: (event) => this.orphan(event),
        doubt: (quantity, _, event, reason) => {
          const { holder, share } = event;
          if (quantity < 0n || reason === 'amount') return;
          if (share === undefined) this.unsaid.note('device', event);
          // From the device that the session is on already it is a repetition.
          else if (!this.open.has(holder, share)) this.unsaid.note('session', event);
        },
      },
    );
  }

  add(use: TimedUse): void {
    const { person, device, kind } = use;
    this.reach(use);
    if (kind === 'close') {
      // Without a feature and an id it may end a session of another license.
      if (use.featureless && !use.named) return;
      this.sessions.checkIn({ ...toSessionEvent(use, person ?? ''), share: device });
    } else if (use.featureless) this.unsaid.note('feature', use);
    else if (person === undefined) this.unsaid.note('person', use);
    else {
      // Use stands on its own, for the session that it is part of may have begun on another device.
      const key = kind === 'use' ? JSON.stringify([keyOf(use), person, device ?? null]) : use.key;
      this.sessions.follow(kind, { ...toSessionEvent(use, person), share: device, key });
      if (device !== undefined) this.inPeriod?.use(person, device, use.place);
    }
  }

  anytime(use: LicenseUse): void {
    const { kind } = use;
    if (kind === 'open' || kind === 'use' || kind === 'upgrade')
      this.unsaid.note(use.featureless ? 'feature' : 'time', use);
  }

  renamed(use: TimedUse): void {
    this.unsaid.note('name', use);
  }

  restart({ time, daemon, log }: ServerRestart): void {
    this.sessions.restart(time, daemon, log);
  }

  *finish(until: Instant): Generator<Judgement> {
    this.sessions.advance(until);
    this.inPeriod?.leave(this.cursor.current.period, this.open);
    this.inPeriod?.finish();
    this.atOnce?.finish();
    yield* this.found.finish();
    yield* this.doubts.finish();
    const { max, atOnce } = this.devices;
    const expected = [
      ...(max === undefined ? [] : [`at most ${max} in a period`]),
      ...(atOnce === undefined ? [] : [`at most ${atOnce} at once`]),
    ];
    const code = atOnce === undefined ? 'too-many-devices' : 'devices-at-once';
    yield* this.unsaid.finish(code, 'devices', `devices of each person: ${expected.join(', ')}`);
  }

  private reach({ time }: TimedUse): void {
    const left = this.cursor.current;
    this.cursor.reach(time, () => undefined);
    if (this.cursor.current.period === left.period) return;
    const { period } = left;
    // What ends in the period by contract is in use until then.
    if (period !== undefined) this.sessions.advance(period.until);
    this.inPeriod?.leave(period, this.open);
  }

  /** Half-open: what ends when the period begins was not in use in it. */
  private usedUntil({ holder, share, place }: SessionEvent, at: Instant): void {
    const { period, from } = this.cursor.current;
    if (share !== undefined && at > (period?.from ?? from)) this.inPeriod?.use(holder, share, place);
  }

  /** The device was in use just before; for how long, the log does not tell. */
  private orphan(event: SessionEvent): void {
    const { holder, share } = event;
    if (holder === '') return;
    this.usedUntil(event, event.at);
    if (this.isOneTooMany(holder, share)) this.unsaid.note('begin', event);
    if (share !== undefined) this.remember(holder, share);
  }

  private remember(person: string, device: string): void {
    const known = getOrCreate(this.known, person, () => new Set<string>());
    if (known.size <= this.least) known.add(device);
  }

  /** Whether all devices that the person ever had, and this one, would be too many if it was in use as long as the log. */
  private isOneTooMany(person: string, device: string | undefined): boolean {
    const known = this.known.get(person);
    if (known === undefined) return this.least < 1;
    const isNew = device === undefined || !known.has(device);
    return known.size + (isNew ? 1 : 0) > this.least;
  }

  private get least(): number {
    const { max = Number.POSITIVE_INFINITY, atOnce = Number.POSITIVE_INFINITY } = this.devices;
    return Math.min(max, atOnce);
  }

  private tell(
    code: LicenseCode,
    verdict: 'violation' | 'undetermined',
    person: string,
    period: string,
    text: string,
    [place, ...related]: readonly Place[],
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
