/** The devices that each person has sessions on, as long as these are open. */
import { getOrCreate } from '../../base/get-or-create.ts';
import { OrderedSet } from '../use/ordered-set.ts';
import type { Session } from '../use/session.ts';

export class OpenDevices {
  private readonly byPerson = new Map<string, Map<string, OrderedSet<Session>>>();

  add(session: Session): void {
    const byDevice = getOrCreate(this.byPerson, session.holder, () => new Map<string, OrderedSet<Session>>());
    getOrCreate(byDevice, deviceOf(session), () => new OrderedSet<Session>()).add(session);
  }

  delete(session: Session): void {
    const byDevice = this.byPerson.get(session.holder);
    const sessions = byDevice?.get(deviceOf(session));
    if (byDevice === undefined || sessions === undefined) return;
    sessions.delete(session);
    if (sessions.size === 0) byDevice.delete(deviceOf(session));
    if (byDevice.size === 0) this.byPerson.delete(session.holder);
  }

  has(person: string, device: string): boolean {
    return this.byPerson.get(person)?.has(device) ?? false;
  }

  /** Of each device the latest session; of at most so many devices, for a log may make up any number. */
  of(person: string, most: number): Session[] {
    const latest: Session[] = [];
    for (const sessions of this.byPerson.get(person)?.values() ?? []) {
      if (latest.length >= most) break;
      latest.push(sessions.last()!);
    }
    return latest;
  }
}

/** Devices stand where shares do: nothing is merged here. */
export function deviceOf({ share }: { share: string | undefined }): string {
  return share!;
}
