/**
 * The log of a license server that never was, with the truth beside it: what was in use after each event. As records in
 * canonical words, in the order of the log; whoever tests a text format renders them. Tests only.
 */

export type ServerLogPlan = {
  seed: number;
  sessions: number;
  /** Seats that the server has. */
  capacity: number;
  /** Milliseconds since 1970; a whole second. */
  start?: number;
  /** Sessions carry an id. Without one a user's sessions on one host are told by their order alone. */
  handles?: boolean;
  /** Every record carries the server's counter after it. */
  counters?: boolean;
  /** Refusals state the capacity. */
  statesCapacity?: boolean;
  /** Seconds that a seat stays taken after its check-in. */
  linger?: number;
  /** Sessions of one user on one host count once, with the largest of them. */
  shared?: boolean;
  /** Sessions change their quantity, and give back a part of it. */
  changes?: boolean;
  /** Share of restarts that close their sessions without a word; the others log each check-in. Default 0. */
  crashes?: number;
  /**
   * Times will be written without an offset: nobody could tell what a clock showed that was set while an hour repeats, nor which
   * of its two the log means where it is silent in one. So the clock is not set near it, and the server writes every ten minutes.
   */
  wallClock?: boolean;
};

export type ServerRecord = {
  time: string;
  id: string;
  actor: string;
  action: string;
  outcome: 'success' | 'failure';
  feature?: string;
  host?: string;
  session?: string;
  quantity?: number;
  in_use?: number;
  reason?: string;
  capacity?: number;
};

export type MadeServerLog = {
  records: ServerRecord[];
  /** After each record of `records`, and when a seat stops lingering: instant in milliseconds, seats in use. In order of time. */
  truth: { at: number; inUse: number }[];
  /** Session that each record is of, by its number; undefined for the server's own and refusals. */
  sessionOf: (number | undefined)[];
};

/** Three days before the hour that Berlin repeats in 2025: the log crosses it. */
const SERVER_LOG_START = Date.UTC(2025, 9, 23, 22, 0, 0);

/** When Berlin puts its clocks back. */
const SUMMER_END = Date.UTC(2025, 9, 26, 1);
const REPEATED_NEAR_MS = 4 * 3_600_000;

const FULL = 'Licensed number of users already reached. (-4,342)';
const OTHER_REASONS = [
  'Feature removed during lmreread, or wrong SERVER line hostid. (-13,66)',
  'License server does not support this feature. (-18,327)',
];

/** `accompanied`: its user had another session on its host meanwhile. */
type Held = { number: number; user: string; host: string; quantity: number; accompanied?: boolean };
type Job = { at: number; serial: number; run: () => void };

export function makeServerLog(plan: ServerLogPlan): MadeServerLog {
  return new MadeServer(plan).run();
}

class MadeServer {
  private readonly plan: ServerLogPlan;
  private readonly random: () => number;
  private readonly records: ServerRecord[] = [];
  private readonly truth: MadeServerLog['truth'] = [];
  private readonly sessionOf: MadeServerLog['sessionOf'] = [];
  private readonly held = new Map<number, Held>();
  private lingering: (Held & { until: number })[] = [];
  private jobs: Job[] = [];
  private serial = 0;
  private now: number;
  /** The server's clock minus ours. */
  private skew = 0;
  private lastWritten = 0;

  constructor(plan: ServerLogPlan) {
    this.plan = plan;
    this.random = mulberry32(plan.seed);
    this.now = plan.start ?? SERVER_LOG_START;
  }

  run(): MadeServerLog {
    this.write('server.start', 'lmgrd', undefined);
    let at = this.now;
    // What lingers over a restart or a new time of day is nobody's to say.
    const steady = this.plan.linger === undefined;
    for (let number = 0; number < this.plan.sessions; number++) {
      at += this.seconds(0, 900);
      const begin = at;
      this.later(begin, () => this.request(number, 3));
      if (this.chance(0.02))
        this.later(begin + this.seconds(0, 60), () => this.write('server.reread', 'lmgrd', undefined));
      if (steady && this.chance(0.004)) this.later(begin + this.seconds(0, 60), () => this.restart());
      if (steady && this.chance(0.01)) this.later(begin + this.seconds(0, 60), () => this.setClock());
    }
    if (this.plan.wallClock) {
      // The clock of the server may be hours ahead by then.
      for (let minutes = -720; minutes < 120; minutes += 10)
        this.later(SUMMER_END + minutes * 60_000, () => this.write('server.reread', 'lmgrd', undefined));
    }
    for (;;) {
      const next = this.jobs.shift();
      if (next === undefined) break;
      this.pass(next.at);
      next.run();
    }
    this.pass(this.now + (this.plan.linger ?? 0) * 1000 + 1000);
    this.write('server.stop', 'lmgrd', undefined);
    const { records, truth, sessionOf } = this;
    return { records, truth, sessionOf };
  }

  private request(number: number, tries: number): void {
    const user = `user${this.integer(1, 9)}`;
    const host = `ws${this.integer(1, 4)}`;
    const wanted: Held = { number, user, host, quantity: this.chance(0.8) ? 1 : this.integer(2, 4) };
    this.ask(wanted, tries);
  }

  private ask(wanted: Held, tries: number): void {
    if (this.plan.linger !== undefined && this.isAmbiguous(wanted)) return;
    if (this.chance(0.03)) {
      this.refuse(wanted, OTHER_REASONS[this.integer(0, 1)]!);
      return;
    }
    const again = this.lingering.findIndex(
      ({ user, host, quantity }) =>
        user === wanted.user && host === wanted.host && quantity === wanted.quantity,
    );
    const [revived] = again === -1 ? [] : this.lingering.splice(again, 1);
    this.held.set(wanted.number, wanted);
    if (this.inUse() > this.plan.capacity) {
      this.held.delete(wanted.number);
      if (revived !== undefined) this.lingering.push(revived);
      this.refuse(wanted, FULL);
      if (tries > 0) this.later(this.now + this.seconds(5, 90), () => this.ask(wanted, tries - 1));
      return;
    }
    for (const each of this.held.values())
      if (each.number !== wanted.number && each.user === wanted.user && each.host === wanted.host) {
        each.accompanied = true;
        wanted.accompanied = true;
      }
    this.write('license.checkout', wanted.user, wanted);
    const end = this.now + this.seconds(0, this.chance(0.1) ? 90_000 : 5_000);
    this.later(end, () => this.giveBack(wanted.number, wanted.quantity));
    if (this.plan.changes && this.chance(0.3)) {
      this.later(this.now + this.seconds(0, 3_000), () => this.change(wanted.number));
    }
  }

  private change(number: number): void {
    const held = this.held.get(number);
    if (held === undefined) return;
    if (held.quantity > 1 && this.chance(0.5)) this.giveBack(number, this.integer(1, held.quantity - 1));
    // An upgrade names no session: without a handle it says which only where there is one, and where there were two, which
    // of them was given back is not told either.
    else if (this.plan.handles || !held.accompanied) {
      const before = held.quantity;
      held.quantity = this.integer(1, 6);
      if (held.quantity === before || this.inUse() > this.plan.capacity) held.quantity = before;
      else this.write('license.upgrade', held.user, held);
    }
  }

  private giveBack(number: number, quantity: number): void {
    const held = this.held.get(number);
    if (held === undefined) return;
    const rest = Math.max(0, held.quantity - quantity);
    const returned = { ...held, quantity: held.quantity - rest };
    held.quantity = rest;
    if (rest === 0) this.held.delete(number);
    else this.later(this.now + this.seconds(0, 4_000), () => this.giveBack(number, rest));
    if (this.plan.linger !== undefined) {
      this.lingering.push({ ...returned, until: this.now + this.plan.linger * 1000 });
    }
    this.write('license.checkin', held.user, returned);
  }

  private restart(): void {
    const crashed = this.chance(this.plan.crashes ?? 0);
    for (const held of [...this.held.values()]) {
      this.held.delete(held.number);
      if (!crashed) this.write('license.checkin', held.user, held, { reason: 'SHUTDOWN' });
    }
    this.write('server.stop', 'lmgrd', undefined);
    this.write('server.start', 'lmgrd', undefined);
  }

  /**
   * The clock is set: on by up to an hour, or back by some seconds if nothing happened in them. An instant that is lived through
   * twice has no one truth.
   */
  private setClock(): void {
    if (this.plan.wallClock && Math.abs(this.now + this.skew - SUMMER_END) < REPEATED_NEAR_MS) return;
    const back = this.seconds(1, 5);
    if (this.chance(0.5)) this.skew += this.seconds(60, 3600);
    else if (this.lastWritten < this.now + this.skew - back) this.skew -= back;
    else return;
    this.write('clock.jump', 'lmgrd', undefined);
  }

  private refuse(wanted: Held, reason: string): void {
    const capacity = this.plan.statesCapacity && reason === FULL ? { capacity: this.plan.capacity } : {};
    this.write('license.denied', wanted.user, { ...wanted, number: -1 }, { reason, ...capacity });
  }

  /** Brute force: the sum over all that is held and all that lingers. */
  private inUse(): number {
    const seats = [...this.held.values(), ...this.lingering];
    if (!this.plan.shared) return seats.reduce((sum, { quantity }) => sum + quantity, 0);
    const largest = new Map<string, number>();
    for (const { user, host, quantity } of seats) {
      const key = `${user} ${host}`;
      largest.set(key, Math.max(largest.get(key) ?? 0, quantity));
    }
    return [...largest.values()].reduce((sum, quantity) => sum + quantity, 0);
  }

  /** Whether it is the server's own affair which of several lingering seats are taken again. */
  private isAmbiguous({ user, host, quantity }: Held): boolean {
    const own = this.lingering.filter((each) => each.user === user && each.host === host);
    const isBusy = [...this.held.values()].some((each) => each.user === user && each.host === host);
    return isBusy || own.length > 1 || own.some((each) => each.quantity !== quantity);
  }

  private pass(at: number): void {
    const over = this.lingering.filter(({ until }) => until <= at).sort((a, b) => a.until - b.until);
    for (const each of over) {
      this.lingering = this.lingering.filter((other) => other !== each);
      this.truth.push({ at: each.until, inUse: this.inUse() });
    }
    this.now = at;
  }

  private write(
    action: string,
    actor: string,
    session: Held | undefined,
    more: Pick<ServerRecord, 'reason' | 'capacity'> = {},
  ): void {
    const at = this.now + this.skew;
    this.lastWritten = at;
    const outcome = action === 'license.denied' ? 'failure' : 'success';
    const record: ServerRecord = {
      time: berlinTime(at),
      id: `r${this.records.length}`,
      actor,
      action,
      outcome,
    };
    if (session !== undefined) {
      record.feature = 'solver';
      record.host = session.host;
      record.quantity = session.quantity;
      if (this.plan.handles && session.number >= 0) record.session = `h${session.number}`;
      if (this.plan.counters) record.in_use = this.inUse();
    }
    this.records.push({ ...record, ...more });
    this.sessionOf.push(session === undefined || session.number < 0 ? undefined : session.number);
    this.truth.push({ at, inUse: this.inUse() });
  }

  private later(at: number, run: () => void): void {
    const job = { at: Math.max(at, this.now), serial: this.serial++, run };
    let [low, high] = [0, this.jobs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.jobs[middle]!.at <= job.at) low = middle + 1;
      else high = middle;
    }
    this.jobs.splice(low, 0, job);
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private integer(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** In milliseconds. */
  private seconds(least: number, most: number): number {
    return this.integer(least, most) * 1000;
  }
}

/** RFC 3339 with the offset of Berlin: summer time ended on 2025-10-26 and began on 2026-03-29, at 01:00 UTC. */
function berlinTime(at: number): string {
  const isSummer = at < SUMMER_END || (at >= Date.UTC(2026, 2, 29, 1) && at < Date.UTC(2026, 9, 25, 1));
  const hours = isSummer ? 2 : 1;
  return `${new Date(at + hours * 3_600_000).toISOString().slice(0, 19)}+0${hours}:00`;
}

/** A small generator of equal sequences everywhere (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
