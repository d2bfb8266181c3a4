/**
 * The events that could fulfill what others owe, held so that those within a window are counted in logarithmic time:
 * an episode of a hundred thousand approvals must not make a hundred thousand accesses quadratic.
 */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import { orderFile } from '../model/order-file.ts';
import { comparedName } from './compared-name.ts';
import { EventList, type Found, type NeededEvent, type Window } from './event-list.ts';

/** `marks` are all of one event. Without a readable time, `start` and `end` mean nothing. */
export function toNeededEvent(marks: readonly Mark[]): NeededEvent {
  const [mark] = marks;
  const { time, until, place } = mark!;
  const names = marks.map(({ values }) => comparedName(values[0]));
  const known = new Set(names.filter((name) => name !== undefined));
  const [value] = known;
  return {
    start: time ?? 0n,
    end: until ?? time ?? 0n,
    file: until === undefined ? orderFile(mark!) : '',
    offset: place.offset,
    value: known.size === 1 ? value : undefined,
    varied: known.size > 1,
    incomplete: names.includes(undefined),
  };
}

export class NeededEvents {
  /** Without it all events are alike. */
  private readonly compares: boolean;
  private all = new EventList();
  /** Those without any value. */
  private unknown = new EventList();
  /** By value: those that have this one only, and whether some of their marks lack it. */
  private same = new Map<string, EventList>();
  private perhaps = new Map<string, EventList>();
  /** Events without a readable time: all, and by the one value that they have. */
  private untimed = 0;
  private readonly untimedSame = new Map<string, number>();
  private forgotten: NeededEvent | undefined;
  private sizeWhenForgot = 0;

  constructor(compares: boolean) {
    this.compares = compares;
  }

  addUntimed(event: NeededEvent): void {
    this.untimed++;
    const { value, incomplete } = event;
    if (value === undefined || incomplete) return;
    this.untimedSame.set(value, (this.untimedSame.get(value) ?? 0) + 1);
  }

  add(event: NeededEvent): void {
    this.all.insert(event);
    if (!this.compares || event.varied) return;
    if (event.value === undefined) this.unknown.insert(event);
    else listOf(event.incomplete ? this.perhaps : this.same, event.value).insert(event);
  }

  /** `sure` fulfill it, `tied` and `incomplete` may. `value`: what theirs must differ from, if they must. */
  count(window: Window, value: string | undefined): Found & { incomplete: number } {
    const { sure, tied } = this.all.count(window);
    if (!this.compares) return { sure, tied, incomplete: 0 };
    if (value === undefined) return { sure: 0, tied, incomplete: sure };
    const unknown = this.unknown.count(window);
    const same = count(this.same.get(value), window);
    const perhaps = count(this.perhaps.get(value), window);
    return {
      sure: sure - unknown.sure - same.sure - perhaps.sure,
      tied: tied - same.tied,
      incomplete: unknown.sure + perhaps.sure,
    };
  }

  /** Events without a readable time that could fulfill it. */
  countUntimed(value: string | undefined): number {
    if (!this.compares || value === undefined) return this.untimed;
    return this.untimed - (this.untimedSame.get(value) ?? 0);
  }

  /** How many events fulfill it or may. */
  mayFulfill(window: Window, value: string | undefined): number {
    const { sure, tied, incomplete } = this.count(window, value);
    return sure + tied + incomplete + this.countUntimed(value);
  }

  /** The last within the window whose value is the one it must differ from. */
  lastSame(window: Window, value: string): NeededEvent | undefined {
    return this.same.get(value)?.lastWithin(window);
  }

  lastEndingBefore(instant: Instant): NeededEvent | undefined {
    return this.all.lastEndingBefore(instant) ?? this.forgotten;
  }

  firstStartingAfter(instant: Instant): NeededEvent | undefined {
    return this.all.firstStartingAfter(instant);
  }

  /** Lets go of what ended before `instant`, once that is half of all: each event is moved twice at most. */
  forget(instant: Instant): void {
    if (this.all.size < 2 * this.sizeWhenForgot + 1_000) return;
    this.forgotten = this.all.lastEndingBefore(instant) ?? this.forgotten;
    this.all = this.all.endingFrom(instant);
    this.unknown = this.unknown.endingFrom(instant);
    this.same = keepFrom(this.same, instant);
    this.perhaps = keepFrom(this.perhaps, instant);
    this.sizeWhenForgot = this.all.size;
  }
}

function listOf(lists: Map<string, EventList>, value: string): EventList {
  const known = lists.get(value);
  if (known !== undefined) return known;
  const list = new EventList();
  lists.set(value, list);
  return list;
}

function keepFrom(lists: Map<string, EventList>, instant: Instant): Map<string, EventList> {
  const kept = [...lists].map(([value, list]) => [value, list.endingFrom(instant)] as const);
  return new Map(kept.filter(([, list]) => list.size > 0));
}

function count(list: EventList | undefined, window: Window): Found {
  return list?.count(window) ?? { sure: 0, tied: 0 };
}
