/** Times of a log that states no zone: as RFC 3339, with an offset where one is certain and without one elsewhere. */
import type { ZoneOffsets } from './zone-offsets.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
/** Lines that were written by several threads, and clocks that are corrected, step back by less. */
const SMALL_STEP_MS = 5 * MS_PER_MINUTE;

/** What is known of the zone: nothing, one offset (minutes east of UTC), or an IANA zone. */
export type ZoneKnowledge = number | ZoneOffsets | undefined;

/** Whole seconds, in milliseconds since 1970 as if the clock ran in UTC; undefined for a day or an hour that no calendar has. */
export function toWallMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (hour > 23 || minute > 59 || second > 59 || year < 1970 || year > 9999) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day ? ms : undefined;
}

/** Lines of one day come one after another; a Date for each was a tenth of reading them (measured). */
let lastDay = Number.NaN;
let lastDate = '';

/** `2026-03-02T08:00:00.5+01:00`; `fraction` are the digits behind the point. */
export function formatWall(wallMs: number, fraction: string, offset: number | undefined): string {
  const day = Math.floor(wallMs / MS_PER_DAY);
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
  }
  const seconds = (wallMs - day * MS_PER_DAY) / 1000;
  const minutes = Math.floor(seconds / 60);
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${lastDate}T${time}${fraction === '' ? '' : `.${fraction}`}${offset === undefined ? '' : formatOffset(offset)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/**
 * The times of one log in its order. In the hour that clocks show twice a time is of the second round when the clock was
 * seen to go back within that hour, or when the first round would lie before what was already logged; else nobody knows,
 * and the offset is left out.
 */
export class OrderedOffsets {
  zone: ZoneKnowledge;
  /** The instant before, in milliseconds, where its offset was certain. */
  private instant = Number.NEGATIVE_INFINITY;
  /** The latest wall time of a repeated hour whose round was not known. */
  private undecided: number | undefined;

  constructor(zone: ZoneKnowledge) {
    this.zone = zone;
  }

  /** Minutes east of UTC. */
  next(wallMs: number): number | undefined {
    const offset = this.choose(wallMs);
    if (offset !== undefined) this.instant = wallMs - offset * MS_PER_MINUTE;
    return offset;
  }

  /** For a time that is not of the log's order, such as the beginning of what the log tells of. */
  lone(wallMs: number): number | undefined {
    if (typeof this.zone !== 'object') return this.zone;
    const offsets = this.zone.at(wallMs);
    return offsets.length === 1 ? offsets[0] : undefined;
  }

  private choose(wallMs: number): number | undefined {
    if (typeof this.zone !== 'object') return this.zone;
    const offsets = this.zone.at(wallMs);
    if (offsets.length < 2) {
      this.undecided = undefined;
      return offsets[0];
    }
    const [first, second] = offsets;
    const isPast = wallMs - first! * MS_PER_MINUTE < this.instant;
    const wentBack = this.undecided !== undefined && wallMs < this.undecided - SMALL_STEP_MS;
    if (isPast || wentBack) return second;
    this.undecided = wallMs;
    return undefined;
  }
}
