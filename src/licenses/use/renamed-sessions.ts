/**
 * Sessions and assignments of names that stand for somebody else from a date on (`people.same` with `from`): whoever the name stands for then
 * may have gone on with what the one before began.
 */
import type { Instant } from '../../base/instant.ts';
import type { Mark } from '../../model/mark.ts';
import type { Amount } from '../contract/amount.ts';
import { ONE } from '../contract/amount.ts';
import type { People } from '../contract/contract.ts';
import { foldName } from '../contract/people.ts';
import type { LicenseUse, TimedUse } from './license-use.ts';

/** More than people leave open; beyond, the log makes them up. */
const MAX_OPEN = 100_000;

/** Whom a name stood for until now; and whether nobody else's assignments were that person's. */
export type Former = { counted: string | undefined; isOnlyName: boolean };

type Open = { name: string; at: Instant; quantity: Amount; mark: Mark };

export class RenamedSessions {
  private readonly turns: { at: Instant; names: ReadonlySet<string> }[];
  private readonly names: ReadonlySet<string>;
  private readonly persons: ReadonlySet<string>;
  private readonly open = new Map<string, Open>();
  private readonly read: (mark: Mark) => LicenseUse | undefined;

  /** `read`: as the contract reads a mark at its time. */
  constructor({ same }: People, read: (mark: Mark) => LicenseUse | undefined) {
    this.read = read;
    this.turns = same
      .flatMap(({ from, as }) =>
        from === undefined ? [] : [{ at: from.instant, names: new Set(as.map(foldName)) }],
      )
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    this.persons = new Set(same.map(({ person }) => foldName(person)));
    this.names = new Set(this.turns.flatMap(({ names }) => [...names]));
  }

  /** After what happens at the instant; `name` as the log has it. */
  note(name: string | undefined, use: TimedUse, mark: Mark): void {
    if (this.names.size === 0 || name === undefined || use.featureless || !this.names.has(foldName(name)))
      return;
    if (use.kind === 'assign' || use.kind === 'revoke') this.noteAssignment(foldName(name), use, mark);
    else this.noteSession(foldName(name), use, mark);
  }

  private noteAssignment(name: string, use: TimedUse, mark: Mark): void {
    const key = JSON.stringify([name, use.feature, use.group ?? null, use.seat ?? null]);
    if (use.kind === 'revoke') this.open.delete(key);
    else if (this.open.size < MAX_OPEN) this.open.set(key, { name, at: use.time, quantity: ONE, mark });
  }

  private noteSession(name: string, use: TimedUse, mark: Mark): void {
    const key = JSON.stringify([use.named ? use.key : [name, use.host ?? null], use.feature]);
    const known = this.open.get(key);
    const quantity = use.seats ?? ONE;
    if (use.kind === 'open') {
      if (known === undefined && this.open.size >= MAX_OPEN) return;
      const { at, quantity: before } = known ?? { at: use.time, quantity: 0n };
      this.open.set(key, { name, at, quantity: before + quantity, mark });
    } else if (use.kind === 'close' && known !== undefined) {
      const rest = use.stated ? known.quantity - quantity : 0n;
      if (rest > 0n) this.open.set(key, { ...known, quantity: rest });
      else this.open.delete(key);
    }
  }

  /** Whether a date lies before `now`. */
  isDue(now: Instant): boolean {
    return this.turns[0] !== undefined && this.turns[0].at < now;
  }

  /** What is open at each date before `now`, as use by whom its name stands for then, and did before. */
  *reach(now: Instant): Generator<{ use: TimedUse; former: Former }> {
    for (let turn = this.turns[0]; turn !== undefined && turn.at < now; turn = this.turns[0]) {
      this.turns.shift();
      for (const { name, at, mark } of this.open.values()) {
        if (at >= turn.at || !turn.names.has(name)) continue;
        const use = this.read(markAt(mark, turn.at));
        const before = this.read(markAt(mark, turn.at - 1n));
        if (use === undefined || before === undefined || use.excluded) continue;
        const kind = use.kind === 'assign' ? 'assign' : 'open';
        const { counted } = before;
        const isOnlyName = counted === name && !this.persons.has(name);
        yield { use: { ...use, kind, time: turn.at }, former: { counted, isOnlyName } };
      }
    }
  }
}

/** Field by field: a mark may be read from its bytes when it is asked, and a spread of it has nothing. */
function markAt({ step, place, identity, subject, values }: Mark, time: Instant): Mark {
  return { step, time, place, identity, subject, values };
}
