/** How many devices a person uses in a period, sessions that were open before it included. Memory: the people of one period. */
import { getOrCreate } from '../../base/get-or-create.ts';
import { count as counted, quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { MAX_RELATED } from '../../model/relation.ts';
import type { Period } from '../contract/periods.ts';
import type { Session } from '../use/session.ts';
import type { TellDevices } from './device-use.ts';
import { deviceOf, type OpenDevices } from './open-devices.ts';

/** `session`: the device is in use if the session, which was open all the time, has not ended unseen. */
type Used = { device: string; place: Place; session: Session | undefined };

/** More than the period allows, if sessions are proven that were open when it ended. */
type Pending = { person: string; period: Period; used: readonly Used[] };

/** Beyond so many, what is not proven when its period ends stays so. */
const MAX_PENDING = 1000;

export class DevicesInPeriod {
  private readonly max: number;
  private readonly isProven: (session: Session) => boolean;
  private readonly tell: TellDevices;
  private used = new Map<string, Map<string, Place>>();
  private readonly pending: Pending[] = [];

  constructor(max: number, isProven: (session: Session) => boolean, tell: TellDevices) {
    this.max = max;
    this.isProven = isProven;
    this.tell = tell;
  }

  use(person: string, device: string, place: Place): void {
    const places = getOrCreate(this.used, person, () => new Map<string, Place>());
    if (!places.has(device) && places.size < this.mostNamed) places.set(device, place);
  }

  /**
   * `open` as it is when the period ends. Whoever neither began nor ended anything in the period has no device in it that
   * was not in the period before.
   */
  leave(period: Period | undefined, open: OpenDevices): void {
    for (const [person, places] of this.used) {
      const used: Used[] = [...places].map(([device, place]) => ({ device, place, session: undefined }));
      for (const session of open.of(person, this.mostNamed)) {
        const device = deviceOf(session);
        if (!places.has(device) && used.length < this.mostNamed)
          used.push({ device, place: session.place, session });
      }
      if (period === undefined || used.length <= this.max) continue;
      if (places.size > this.max || this.pending.length >= MAX_PENDING) this.judge({ person, period, used });
      else this.pending.push({ person, period, used });
    }
    this.used = new Map();
  }

  /** When it is known which sessions ended. */
  finish(): void {
    for (const each of this.pending) this.judge(each);
  }

  private judge({ person, period, used }: Pending): void {
    const proven = used.filter(({ session }) => session === undefined || this.isProven(session));
    const isProven = proven.length > this.max;
    const named = isProven ? proven : used;
    const names = named.map(({ device }) => quote(device)).join(', ');
    const more = named.length >= this.mostNamed ? ' or more' : '';
    const doubt = isProven ? '' : ', unless sessions without a check-in had ended';
    this.tell(
      'too-many-devices',
      isProven ? 'violation' : 'undetermined',
      person,
      period.label,
      `${quote(person)} used ${counted(named.length, 'device')}${more} in ${period.label}, expected at most ${this.max}: ${names}${doubt}`,
      named.map(({ place }) => place),
    );
  }

  private get mostNamed(): number {
    return this.max + MAX_RELATED + 1;
  }
}
