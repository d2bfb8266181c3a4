/**
 * Sessions of names that stand for somebody else from a date on (`people.same` with `from`): whoever the name stands for then
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

type Open = { name: string; at: Instant; quantity: Amount; mark: Mark };

export class RenamedSessions {
  private readonly turns: { at: Instant; names: ReadonlySet<string> }[];
  private readonly names: ReadonlySet<string>;
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
    this.names = new Set(this.turns.flatMap(({ names }) => [...names]));
  }

  /** After what happens at the instant; `name` as the log has it. */
  note(name: string | undefined, use: TimedUse, mark: Mark): void {
    if (name === undefined || use.featureless || !this.names.has(foldName(name))) return;
    const key = JSON.stringify([use.named ? use.key : [foldName(name), use.host ?? null], use.feature]);
    const known = this.open.get(key);
    const quantity = use.seats ?? ONE;
    if (use.kind === 'open') {
      if (known === undefined && this.open.size >= MAX_OPEN) return;
      const { at, quantity: before } = known ?? { at: use.time, quantity: 0n };
      this.open.set(key, { name: foldName(name), at, quantity: before + quantity, mark });
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

  /** What is open at each date before `now`, as use by whom its name stands for then. */
  *reach(now: Instant): Generator<TimedUse> {
    for (let turn = this.turns[0]; turn !== undefined && turn.at < now; turn = this.turns[0]) {
      this.turns.shift();
      for (const { name, at, mark } of this.open.values()) {
        if (at >= turn.at || !turn.names.has(name)) continue;
        const use = this.read({ ...mark, time: turn.at });
        if (use !== undefined && !use.excluded) yield { ...use, kind: 'open', time: turn.at };
      }
    }
  }
}
