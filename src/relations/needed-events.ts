/**
 * The events that could fulfill what others owe, held so that those within a window are counted in logarithmic time:
 * an episode of a hundred thousand approvals must not make a hundred thousand accesses quadratic.
 */
import type { Instant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';
import type { Mark } from '../model/mark.ts';

/** One event, whatever number of rules it matched. `file` is empty for an interval: its place tells no order. */
export type NeededEvent = {
  start: Instant;
  end: Instant;
  file: string;
  offset: number;
  /** The value that must differ, where all its marks that have one have the same. */
  value: string | undefined;
  /** Its marks have several values, so one of them differs from any other value. */
  varied: boolean;
  /** One of its marks lacks the value. */
  incomplete: boolean;
};

/** Where what is owed lies; `file` is undefined for an interval. */
export type Owing = { start: Instant; end: Instant; file: string | undefined; offset: number };

/** `before`: ends at or before it. `after`: starts at or after it. `around`: touches the window at all. */
export type Side = 'before' | 'after' | 'around';

export type Window = { side: Side; from: Instant; until: Instant; owing: Owing };

/** `tied`: of the owing event's own instant, where no file tells the order. */
export type Found = { sure: number; tied: number };

/** `marks` are all of one event. Without a readable time, `start` and `end` mean nothing. */
export function toNeededEvent(marks: readonly Mark[]): NeededEvent {
  const [mark] = marks;
  const { time, until, place } = mark!;
  const known = new Set(marks.map(({ values }) => values[0]).filter((value) => value !== undefined));
  const [value] = known;
  return {
    start: time ?? 0n,
    end: until ?? time ?? 0n,
    file: until === undefined ? place.file : '',
    offset: place.offset,
    value: known.size === 1 ? value : undefined,
    varied: known.size > 1,
    incomplete: marks.some(({ values }) => values[0] === undefined),
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

/** Events by start and by end. Both orders are those they come in, unless some are intervals. */
class EventList {
  private byStart: NeededEvent[] = [];
  private byEnd: NeededEvent[] = [];

  get size(): number {
    return this.byStart.length;
  }

  insert(event: NeededEvent): void {
    insertBy('start', this.byStart, event);
    insertBy('end', this.byEnd, event);
  }

  count({ side, from, until, owing }: Window): Found {
    if (side === 'around') {
      const within = upTo('start', this.byStart, until) - below('end', this.byEnd, from);
      const own =
        owing.file === undefined
          ? 0
          : upToPlace('start', this.byStart, owing.start, owing.file, owing.offset + 1) -
            upToPlace('start', this.byStart, owing.start, owing.file, owing.offset);
      return { sure: within - own, tied: 0 };
    }
    return side === 'before' ? this.countBefore(from, owing) : this.countAfter(until, owing);
  }

  private countBefore(from: Instant, { start, file, offset }: Owing): Found {
    const strictly = below('end', this.byEnd, start);
    const sure = strictly - below('end', this.byEnd, from);
    const ties = upTo('end', this.byEnd, start) - strictly;
    if (file === undefined || ties === 0) return { sure, tied: ties };
    const first = upToPlace('end', this.byEnd, start, file, 0);
    const earlier = upToPlace('end', this.byEnd, start, file, offset) - first;
    const inFile = upToPlace('end', this.byEnd, start, file, Number.POSITIVE_INFINITY) - first;
    return { sure: sure + earlier, tied: ties - inFile };
  }

  private countAfter(until: Instant, { end, file, offset }: Owing): Found {
    const reached = upTo('start', this.byStart, end);
    const sure = upTo('start', this.byStart, until) - reached;
    const ties = reached - below('start', this.byStart, end);
    if (file === undefined || ties === 0) return { sure, tied: ties };
    const last = upToPlace('start', this.byStart, end, file, Number.POSITIVE_INFINITY);
    const later = last - upToPlace('start', this.byStart, end, file, offset + 1);
    const inFile = last - upToPlace('start', this.byStart, end, file, 0);
    return { sure: sure + later, tied: ties - inFile };
  }

  lastWithin({ side, from, until, owing }: Window): NeededEvent | undefined {
    const event =
      side === 'before'
        ? this.byEnd[below('end', this.byEnd, owing.start) - 1]
        : this.byStart[upTo('start', this.byStart, until) - 1];
    return event !== undefined && event.end >= from ? event : undefined;
  }

  lastEndingBefore(instant: Instant): NeededEvent | undefined {
    return this.byEnd[below('end', this.byEnd, instant) - 1];
  }

  firstStartingAfter(instant: Instant): NeededEvent | undefined {
    return this.byStart[upTo('start', this.byStart, instant)];
  }

  endingFrom(instant: Instant): EventList {
    const kept = new EventList();
    kept.byEnd = this.byEnd.slice(below('end', this.byEnd, instant));
    kept.byStart = this.byStart.filter(({ end }) => end >= instant);
    return kept;
  }
}

type Edge = 'start' | 'end';

function insertBy(edge: Edge, events: NeededEvent[], event: NeededEvent): void {
  const last = events.at(-1);
  if (last === undefined || compareBy(edge, last, event) <= 0) events.push(event);
  else
    events.splice(
      countWhile(events, (each) => compareBy(edge, each, event) <= 0),
      0,
      event,
    );
}

function compareBy(edge: Edge, left: NeededEvent, right: NeededEvent): number {
  if (left[edge] !== right[edge]) return left[edge] < right[edge] ? -1 : 1;
  return compareText(left.file, right.file) || left.offset - right.offset;
}

function below(edge: Edge, events: readonly NeededEvent[], instant: Instant): number {
  return countWhile(events, (event) => event[edge] < instant);
}

function upTo(edge: Edge, events: readonly NeededEvent[], instant: Instant): number {
  return countWhile(events, (event) => event[edge] <= instant);
}

/** How many come before `offset` of `file` at `instant`. */
function upToPlace(
  edge: Edge,
  events: readonly NeededEvent[],
  instant: Instant,
  file: string,
  offset: number,
): number {
  return countWhile(events, (event) => {
    if (event[edge] !== instant) return event[edge] < instant;
    const order = compareText(event.file, file);
    return order < 0 || (order === 0 && event.offset < offset);
  });
}

/** `holds` is true for a beginning of the events, and false for the rest. */
function countWhile(events: readonly NeededEvent[], holds: (event: NeededEvent) => boolean): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(events[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
