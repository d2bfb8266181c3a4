/** Legal holds: what must not be deleted, however old it is. Where a segment's manifest cannot tell, it is held. */
import { compileGlob } from '../base/glob.ts';
import type { Day } from './calendar-age.ts';

/** A segment as its manifest describes it. */
export type HeldSegment = {
  segment: number;
  file: string;
  source: string | null;
  class: string;
  /** What the file was called when it was collected. */
  name: string;
  records: number;
  /** As stored. */
  bytes: number;
  /** Days of first and last event; undefined where no record has a time that can be believed. */
  from: Day | undefined;
  until: Day | undefined;
  /** Whether records without such a time are among them, or the manifest does not say. */
  mayHaveUntimed: boolean;
};

export type LegalHold = {
  id: string;
  reason: string;
  /** First and last day on which it stands; undefined for from ever and until it is lifted. */
  since?: Day;
  until?: Day;
  /** Empty lists and absent ranges hold whatever it is. */
  sources: readonly string[];
  classes: readonly string[];
  tenants: readonly string[];
  /** Patterns of names of collected files. */
  files: readonly string[];
  /** First and last day of events that are held. */
  events?: { from?: Day; until?: Day };
};

export function isStanding({ since, until }: LegalHold, day: Day): boolean {
  return (since === undefined || day >= since) && (until === undefined || day <= until);
}

/** A pattern without a slash fits in whatever folder the file lay. */
export function isFileOf(pattern: string, name: string): boolean {
  const fits = compileGlob(pattern);
  return fits(name) || (!pattern.includes('/') && fits(name.slice(name.lastIndexOf('/') + 1)));
}

/** Tenants are not in a manifest, so a hold for one holds every segment that its other conditions do not leave out. */
export function isHeldBy(hold: LegalHold, segment: HeldSegment): boolean {
  const { sources, classes, files, events } = hold;
  const { source, name, from, until, mayHaveUntimed } = segment;
  // What was recognized as no source may hold records of any.
  if (sources.length > 0 && source !== null && !sources.includes(source)) return false;
  if (classes.length > 0 && !classes.includes(segment.class)) return false;
  if (files.length > 0 && !files.some((pattern) => isFileOf(pattern, name))) return false;
  if (events === undefined || from === undefined || until === undefined || mayHaveUntimed) return true;
  return (
    (events.from === undefined || until >= events.from) &&
    (events.until === undefined || from <= events.until)
  );
}
