/** Events that nobody can place in time: those of a source that has others, and sources of which no time at all can be read. */
import { quote } from '../base/text-safety.ts';
import type { Report } from '../model/report.ts';

export function countUntimed(report: Report): number {
  const inTimedSources = (report.activity ?? []).reduce((sum, { untimed }) => sum + untimed, 0);
  return untimedSources(report).reduce((sum, { events }) => sum + events, inTimedSources);
}

export type UntimedSource = { source: string | null; events: number };

/** By their inputs, for activity is of times alone: a source without any is in it nowhere. */
export function untimedSources({ inputs, activity = [] }: Report): UntimedSource[] {
  const timed = new Set(activity.map(({ source }) => source));
  const events = new Map<string | null, number>();
  for (const { source, records } of inputs)
    if (records.audited > 0 && !timed.has(source))
      events.set(source, (events.get(source) ?? 0) + records.audited);
  return [...events].map(([source, amount]) => ({ source, events: amount }));
}

/** Undefined where every source has times. */
export function sayUntimedSource(report: Report): string | undefined {
  const [first] = untimedSources(report);
  return first && `no event of ${nameOfSource(first.source)} has a readable time`;
}

export function nameOfSource(source: string | null): string {
  return source === null ? 'records of no known source' : quote(source);
}
