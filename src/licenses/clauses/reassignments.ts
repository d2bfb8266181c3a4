/**
 * Seats that pass from one person to another before their hold is over. Where events name the seat, by seat. Else by the
 * pool: a seat that was revoked early stays taken until its hold ends, so an assignment that finds none free broke one.
 */
import { formatDuration, formatInstant, type Instant } from '../../base/instant.ts';
import { count as counted, quote } from '../../base/text-safety.ts';
import type { Place } from '../../model/place.ts';
import { type Coverage, type Judgement, MAX_RELATED } from '../../model/relation.ts';
import { ONE } from '../contract/amount.ts';
import { addWait, formatWait } from '../contract/calendar-span.ts';
import type { License, Reassign } from '../contract/contract.ts';
import { isOver, type Limit, limitAt, toLimits } from '../contract/quantities.ts';
import type { Assignment } from '../use/license-use.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { BoundedJudgements } from './bounded-judgements.ts';
import { UnsaidUse } from './unsaid-use.ts';

/** `at` undefined: before the log began. `revoked`: whoever is assigned the seat next holds it anew. */
type Holder = { person: string; at: Instant | undefined; place: Place; excused: boolean; revoked: boolean };

/** A seat of the pool that was revoked before its hold was over. */
type EarlyHolder = Holder & { heldUntil: Instant };

type NamedAssignment = Assignment & { person: string; time: Instant };

export class Reassignments {
  private readonly license: License;
  private readonly reassign: Reassign;
  private readonly zone: string;
  private readonly limits: readonly Limit[];
  private readonly unless: ReadonlySet<string>;
  private readonly found = new BoundedJudgements();
  private readonly bySeat = new Map<string, Holder>();
  /** Of the pool: who holds a seat, and seats that were revoked before their hold was over, by whom they were held. */
  private readonly assigned = new Map<string, Holder>();
  private readonly early = new Map<string, EarlyHolder>();
  private readonly unknown: Place[] = [];
  private unknownCount = 0;
  private begin: Instant | undefined;
  private readonly unsaid: UnsaidUse;
  /** Whether people may hold seats of the pool that were assigned before the log began. */
  private hasEarlier: boolean;

  constructor(license: License, reassign: Reassign, zone: string, coverage: Coverage) {
    this.license = license;
    this.unsaid = new UnsaidUse(license);
    const term = license.term?.from?.instant;
    this.hasEarlier = term !== undefined && coverage !== undefined && term < coverage.from;
    this.reassign = reassign;
    this.zone = zone;
    this.limits = toLimits(license);
    this.unless = new Set(reassign.unless.map((reason) => reason.toLowerCase()));
  }

  /** In order of time. */
  add(event: Assignment): void {
    const { person, time } = event;
    if (event.featureless) this.unsaid.note('feature', event);
    else if (time === undefined) this.unsaid.note('time', event);
    else if (person === undefined) this.unsaid.note('person', event);
    if (event.featureless || time === undefined) return;
    this.begin ??= time;
    if (person === undefined) return;
    const named = { ...event, person, time };
    if (event.seat !== undefined) this.addToSeat(named, event.seat);
    else if (event.kind === 'assign') this.assignFromPool(named);
    else this.revokeToPool(named);
  }

  *finish(): Generator<Judgement> {
    yield* this.found.finish();
    const expected = `each seat to be held for ${formatWait(this.reassign.hold)}`;
    yield* this.unsaid.finish('reassigned-too-soon', 'reassign', expected);
    const [place, ...related] = this.unknown;
    if (place === undefined) return;
    const { id } = this.license;
    const seats = counted(this.unknownCount, 'seat was', 'seats were');
    yield {
      verdict: 'undetermined',
      code: 'reassigned-too-soon',
      message: `license ${quote(id)}: ${seats} passed on that may have been assigned less than ${formatWait(this.reassign.hold)} before: the log does not tell when`,
      place,
      related,
      count: this.unknownCount,
      subject: id,
      identity: [id, 'reassign', 'unknown'],
      severity: 'informational',
    };
  }

  private addToSeat(event: NamedAssignment, seat: string): void {
    const holder = this.bySeat.get(seat);
    const excused = this.isExcused(event);
    const { person, time: at, place, kind } = event;
    if (kind === 'revoke') {
      if (holder === undefined)
        this.bySeat.set(seat, { person, at: undefined, place, excused, revoked: true });
      else {
        holder.excused ||= excused;
        holder.revoked = true;
      }
      return;
    }
    if (holder?.person === person && !holder.revoked) return;
    if (holder !== undefined && holder.person !== person && !holder.excused && !excused)
      this.pass(holder, event, `seat ${quote(seat)}`);
    this.bySeat.set(seat, { person, at, place, excused: false, revoked: false });
  }

  private assignFromPool(event: NamedAssignment): void {
    const { person, time: at, place } = event;
    if (this.assigned.has(person)) return;
    this.release(at);
    const isOwn = this.early.delete(person);
    this.assigned.set(person, { person, at, place, excused: false, revoked: false });
    if (isOwn || this.isExcused(event) || this.early.size === 0) return;
    const limit = limitAt(this.limits, at);
    const taken = BigInt(this.assigned.size + this.early.size) * ONE;
    const isSpare = limit !== undefined && !isOver(taken, limit);
    if (limit === undefined || (isSpare && limit.amount !== 'unlimited' && this.hasEarlier))
      this.noteUnknown(place);
    if (limit === undefined || isSpare) return;
    // The latest revocation is the likeliest to be the seat; any of them is one too few.
    const holder = [...this.early.values()].at(-1)!;
    this.early.delete(holder.person);
    this.pass(holder, event, 'a seat');
  }

  private revokeToPool(event: NamedAssignment): void {
    const holder = this.assigned.get(event.person);
    this.assigned.delete(event.person);
    if (holder === undefined) this.hasEarlier = true;
    if (this.isExcused(event)) return;
    const { person, place } = event;
    const held = holder ?? { person, at: undefined, place, excused: false, revoked: true };
    const heldUntil = this.heldUntil(held);
    if (event.time < heldUntil) this.early.set(person, { ...held, heldUntil });
  }

  /** Drops the seats whose hold is over. */
  private release(now: Instant): void {
    for (const [person, { heldUntil }] of this.early) if (now >= heldUntil) this.early.delete(person);
  }

  private heldUntil({ at }: Holder): Instant {
    return addWait(at ?? this.begin!, this.reassign.hold, this.zone);
  }

  private pass(holder: Holder, event: NamedAssignment, seat: string): void {
    if (event.time >= this.heldUntil(holder)) return;
    if (holder.at === undefined) {
      this.noteUnknown(event.place);
      return;
    }
    const held = event.time - holder.at;
    const { id } = this.license;
    this.found.add(() => ({
      verdict: 'violation',
      code: 'reassigned-too-soon',
      message: `license ${quote(id)}: ${seat} passed from ${quote(holder.person)} to ${quote(event.person)} at ${formatInstant(event.time)}, ${formatDuration(held)} after it was assigned, expected at least ${formatWait(this.reassign.hold)}`,
      place: event.place,
      related: [holder.place],
      count: 1,
      subject: event.person,
      identity: [id, 'reassign', event.identity],
      severity: licenseSeverity('reassigned-too-soon'),
    }));
  }

  private noteUnknown(place: Place): void {
    this.unknownCount++;
    if (this.unknown.length <= MAX_RELATED) this.unknown.push(place);
  }

  private isExcused({ reason }: Assignment): boolean {
    return reason !== undefined && this.unless.has(reason.trim().toLowerCase());
  }
}
