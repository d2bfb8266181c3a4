/** Events in order of time, so that those within a window before or after another event are counted in logarithmic time. */
import type { Instant } from '../base/instant.ts';
import { compareText } from '../base/text-safety.ts';

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

/** Events by start and by end. Both orders are those they come in, unless some are intervals. */
export class EventList {
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
