/** How many devices a person uses at once. Memory: the people who ever had more than allowed, and what is open. */
import { getOrCreate } from '../../base/get-or-create.ts';
import { formatInstant, type Instant } from '../../base/instant.ts';
import { count as counted, quote } from '../../base/text-safety.ts';
import { MAX_RELATED } from '../../model/relation.ts';
import type { Session } from '../use/session.ts';
import type { TellDevices } from './device-use.ts';
import { deviceOf, type OpenDevices } from './open-devices.ts';

/** Instants of one person that are kept until it is known which sessions ended: any of them may be the proof. */
const MAX_INCIDENTS = 10;

/** The sessions of a person that were open at an instant, one a device. */
type Incident = { at: Instant; sessions: Session[] };

export class DevicesAtOnce {
  private readonly atOnce: number;
  private readonly open: OpenDevices;
  private readonly isProven: (session: Session) => boolean;
  private readonly tell: TellDevices;
  private readonly incidents = new Map<string, Incident[]>();
  /** People of whom a session began or ended at the current instant. */
  private touched = new Set<string>();
  private now: Instant;

  constructor(
    atOnce: number,
    begin: Instant,
    open: OpenDevices,
    isProven: (session: Session) => boolean,
    tell: TellDevices,
  ) {
    this.atOnce = atOnce;
    this.now = begin;
    this.open = open;
    this.isProven = isProven;
    this.tell = tell;
  }

  /** Before a session of the person begins or ends. */
  touch(person: string, at: Instant): void {
    if (at > this.now) this.settle();
    this.now = at;
    this.touched.add(person);
  }

  /** Judges an instant when everything that happened at it is known: check-ins come first, in whatever order they are logged. */
  settle(): void {
    for (const person of this.touched) {
      const sessions = this.open.of(person, this.atOnce + MAX_RELATED + 1);
      if (sessions.length <= this.atOnce) continue;
      const known = getOrCreate(this.incidents, person, () => []);
      if (known.length < MAX_INCIDENTS) known.push({ at: this.now, sessions });
    }
    this.touched = new Set();
  }

  /** When it is known which sessions ended. */
  finish(): void {
    this.settle();
    for (const [person, incidents] of this.incidents) this.judge(person, incidents);
  }

  private judge(person: string, incidents: readonly Incident[]): void {
    const { atOnce } = this;
    const provenIn = ({ at, sessions }: Incident) =>
      sessions.filter((each) => each.at === at || this.isProven(each)).length;
    const proven = incidents.find((incident) => provenIn(incident) > atOnce);
    const { at, sessions } = proven ?? incidents[0]!;
    const names = sessions.map(deviceOf).map(quote).join(', ');
    const doubt = proven === undefined ? ', unless sessions without a check-in had ended' : '';
    this.tell(
      'devices-at-once',
      proven === undefined ? 'undetermined' : 'violation',
      person,
      'at once',
      `${quote(person)} used ${counted(sessions.length, 'device')} at once at ${formatInstant(at)}, expected at most ${atOnce}: ${names}${doubt}`,
      sessions.map(({ place }) => place),
    );
  }
}
