/**
 * `count distinct KEY`: how many used the license in a period, compared at each newcomer with the quantity then in
 * force. Memory: the people of one period.
 */
import { type Instant, later } from '../../base/instant.ts';
import { count } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { ONE } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import type { Segment } from '../contract/periods.ts';
import { isOver } from '../contract/quantities.ts';
import { falls, SegmentCursor } from '../contract/segment-cursor.ts';
import {
  holderOf,
  type LicenseUse,
  type ServerRestart,
  type TimedUse,
  toSessionEvent,
} from '../use/license-use.ts';
import { Outliving } from '../use/outliving.ts';
import type { Former } from '../use/renamed-sessions.ts';
import { isOfAnySession } from '../use/seat-sink.ts';
import type { Session } from '../use/session.ts';
import { sessionOptions } from '../use/session-options.ts';
import { Sessions } from '../use/sessions.ts';
import { Doubts, type MeasureFold, type SegmentUse, type Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';

/** Since which fall of the quantity somebody is proven to have used it, and where that is to be read. */
type Proof = { fall: number; place: Place };

export class DistinctMeasure implements MeasureFold {
  private readonly cursor: SegmentCursor;
  /** Only to know who holds a session when a period begins. */
  private readonly sessions: Sessions;
  /** Who was named when a session began, who is named now, and who was of the session that ended last. */
  private readonly names = new WeakMap<Session, string | undefined>();
  private name: string | undefined;
  private released: string | undefined;
  private readonly uses: SegmentUse[] = [];
  /** For each of them who may have held a session all the time, until a check-in proves it. */
  private readonly unproven: Set<string>[] = [];
  private readonly linger: bigint;
  /** Names that passed on with their sessions: those went on as somebody else's. */
  private readonly passedOn = new Set<string>();
  /** For each segment, the check-ins in it that have no check-out: their sessions may be as old as the log. */
  private readonly orphans: number[] = [];
  private readonly anytimeNames = new Set<string>();
  private anytimeNobody = 0;
  private readonly anytimeDoubts = new Doubts();
  private started = false;
  /** Of the current period. */
  private seen = new Map<string, Proof>();
  private possible = new Set<string>();
  private doubts = new Doubts();
  private carried = 0;
  /** Who may hold a session of which no check-in tells when it ends: in all later periods, too. */
  private readonly lasting = new Set<string>();
  private lastingNobody = 0;
  private readonly outliving = new Outliving();
  private nobody = 0;
  private fall = 0;
  private sinceFall = 0;
  /** Of the current segment: those who came when the limit was reached. */
  private beyond: Witness[] = [];
  private firstBeyond: Instant | undefined;
  private latest: Instant;

  constructor(license: License, segments: readonly Segment[]) {
    this.cursor = new SegmentCursor(segments);
    this.linger = license.linger;
    this.latest = segments[0]!.from;
    const orphan = () => {
      this.orphans[this.uses.length] = (this.orphans[this.uses.length] ?? 0) + 1;
    };
    this.sessions = new Sessions(sessionOptions(license), {
      take: (session) => this.names.set(session, this.name),
      release: (session, at) => {
        this.released = this.names.get(session);
        // Seats that linger may be taken up again, and are then released before their time.
        this.proveSession(session, this.linger > 0n ? session.ends - this.linger : at);
      },
      change() {},
      // Its user has others in its stead: `unpaired` says how long they may go on.
      withdraw() {},
      // Whoever checked out under the id of somebody else's session may go on into the next period.
      doubt: (quantity, at, event, reason) => {
        if (reason === 'reused') this.lasting.add(event.holder);
        if (isOfAnySession(reason)) this.outliving.note(quantity, at, event);
      },
      orphan,
    });
  }

  anytime(use: LicenseUse): void {
    const name = use.counted;
    this.anytimeDoubts.note('untimed', { holder: holderOf(use), place: use.place });
    // Segments that are already closed did not know this name: there it counts as one more.
    if (name === undefined || this.started) this.anytimeNobody++;
    else this.anytimeNames.add(name);
  }

  add(use: TimedUse): void {
    this.started = true;
    // A check-in proves use until just before it: at the first instant of a period, for the period before.
    const at = use.kind === 'close' ? use.time - 1n : use.time;
    this.reach(at);
    const name = use.counted;
    const witness = { holder: name ?? holderOf(use), place: use.place };
    if (use.featureless) {
      if (use.kind === 'close') return;
      this.doubts.note('featureless', witness);
      if (name === undefined) this.nobody++;
      else this.possible.add(name);
      if (use.kind === 'open') this.outlast(name);
      return;
    }
    this.name = name;
    // What ends by contract before is not what the event ends.
    if (name === undefined) this.sessions.advance(use.time);
    this.released = undefined;
    if (use.kind !== 'use') this.sessions.follow(use.kind, toSessionEvent(use, witness.holder));
    // A check-in that names its session alone is of whoever checked out.
    const user = name ?? (use.kind === 'close' ? this.released : undefined);
    if (user === undefined) {
      this.doubts.note('nobody', witness);
      this.nobody++;
    } else if (at >= this.cursor.current.from) this.prove(user, at, use.place);
  }

  renamed(use: TimedUse, former: Former): void {
    const { counted: name, time, place } = use;
    if (former.counted !== undefined) this.passedOn.add(former.counted);
    if (name === undefined) return;
    this.reach(time);
    this.doubts.note('renamed', { holder: name, place });
    this.possible.add(name);
    this.outlast(name);
  }

  private outlast(name: string | undefined): void {
    if (name === undefined) this.lastingNobody++;
    else this.lasting.add(name);
  }

  restart({ time, daemon, log }: ServerRestart): void {
    this.reach(time);
    this.sessions.restart(time, daemon, log);
  }

  finish(until: Instant): SegmentUse[] {
    this.reach(until);
    this.leave();
    let orphans = 0;
    for (let index = this.uses.length - 1; index >= 0; index--) {
      const use = this.uses[index]!;
      use.upper.amount! += BigInt(orphans + this.anytimeNobody) * ONE;
      if (orphans > 0) {
        use.doubts.push(
          `${count(orphans, 'later check-in has', 'later check-ins have')} no check-out, so the session may be as old as the log`,
        );
      }
      use.doubts.push(...this.anytimeDoubts.reasons());
      use.doubtful = [...use.doubtful, ...this.anytimeDoubts.places];
      orphans += this.orphans[index] ?? 0;
    }
    return this.uses;
  }

  stillOpen(): Iterable<Session> {
    return this.sessions.stillOpen();
  }

  private prove(name: string, at: Instant, place: Place): void {
    this.latest = at;
    const proof = this.seen.get(name);
    if (proof?.fall === this.fall) return;
    this.seen.set(name, { fall: this.fall, place });
    this.sinceFall++;
    if (!isOver(BigInt(this.sinceFall) * ONE, this.cursor.current.limit)) return;
    this.firstBeyond ??= at;
    if (this.beyond.length < MAX_WITNESSES) this.beyond.push({ holder: name, place });
  }

  /** A check-in proves the periods that lie between it and its check-out, unless it may be of another one. */
  private proveSession(session: Session, until: Instant): void {
    const { at, holder, place, closed, repeats, pairing } = session;
    const isPaired = repeats === 0n && pairing === undefined;
    if (closed === undefined || !isPaired || this.passedOn.has(holder)) return;
    for (let index = this.uses.length - 1; index >= 0 && this.uses[index]!.segment.until > at; index--) {
      const { segment, lower } = this.uses[index]!;
      if (segment.from < at || segment.until > until || !this.unproven[index]!.delete(holder)) continue;
      lower.amount += ONE;
      lower.at = later(lower.at, segment.from);
      if (lower.witnesses.length < MAX_WITNESSES) lower.witnesses = [...lower.witnesses, { holder, place }];
    }
  }

  private reach(at: Instant): void {
    this.cursor.reach(at, (left, entered) => {
      this.leave(left);
      if (entered.period === left.period) {
        if (!falls(left, entered)) return;
        this.fall++;
        this.sinceFall = 0;
        return;
      }
      this.sessions.advance(entered.from);
      this.seen = new Map();
      this.doubts = new Doubts();
      this.possible = new Set([...this.sessions.stillOpen()].map(({ holder }) => holder));
      for (const { event } of this.outliving) this.possible.add(event.holder);
      for (const holder of this.lasting) this.possible.add(holder);
      this.carried = this.possible.size + this.lastingNobody;
      this.nobody = this.lastingNobody;
      this.fall = 0;
      this.sinceFall = 0;
    });
  }

  private leave(segment = this.cursor.current): void {
    const unproven = new Set([...this.possible, ...this.anytimeNames].filter((name) => !this.seen.has(name)));
    const doubts = this.doubts.reasons();
    if (this.carried > 0 && unproven.size + this.lastingNobody > 0) {
      doubts.push(`${count(this.carried, 'session was', 'sessions were')} open when the period began`);
    }
    const at = this.firstBeyond ?? this.latest;
    const witnesses = this.witnesses();
    this.uses.push({
      segment,
      lower: { amount: BigInt(this.sinceFall) * ONE, at, witnesses },
      upper: { amount: BigInt(this.seen.size + unproven.size + this.nobody) * ONE, at, witnesses },
      doubts,
      doubtful: [...this.doubts.places],
    });
    this.unproven.push(unproven);
    this.beyond = [];
    this.firstBeyond = undefined;
  }

  /** Those beyond the limit first, then the others in order of their first use. */
  private witnesses(): Witness[] {
    const witnesses = [...this.beyond];
    const named = new Set(witnesses.map(({ holder }) => holder));
    for (const [holder, { place }] of this.seen) {
      if (witnesses.length >= MAX_WITNESSES) break;
      if (!named.has(holder)) witnesses.push({ holder, place });
    }
    return witnesses;
  }
}
