/** The keys that only one relation knows, read with a reason for each that is wrong. */
import { parseDuration } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { Correlation } from '../model/rule.ts';

type Problem = (message: string) => void;

/** Keys of the correlation that a relation may have no use for, although the language knows them. */
type Unused = 'timespan' | 'field' | 'condition' | 'opens' | 'closes' | 'needs' | 'window';

export function refuseOtherKeys(
  correlation: Correlation,
  known: readonly string[],
  unused: readonly Unused[],
  problem: Problem,
): void {
  const { type, extra } = correlation;
  for (const key of Object.keys(extra)) {
    if (!known.includes(key)) problem(`"${type}" has no key ${quote(key)}${didYouMean(key, known)}`);
  }
  for (const key of unused) {
    if (isGiven(correlation, key)) problem(`"${type}" takes no ${quote(key)}`);
  }
}

function isGiven(correlation: Correlation, key: Unused): boolean {
  const { timespan, fields, condition, limits, expression, steps, window } = correlation;
  switch (key) {
    case 'timespan':
      return timespan !== undefined;
    case 'field':
      return fields !== undefined;
    case 'condition':
      return Object.keys(condition).length > 0 || limits !== undefined || expression !== undefined;
    case 'window':
      return window !== undefined;
    default:
      return (steps[key] ?? []).length > 0;
  }
}

/** Nanoseconds; undefined when the key is not given, or wrong, which is then told. */
export function durationKey({ extra }: Correlation, key: string, problem: Problem): bigint | undefined {
  if (!(key in extra)) return undefined;
  const written = extra[key];
  const duration = typeof written === 'string' ? parseDuration(written) : undefined;
  if (duration !== undefined && duration > 0n) return duration;
  problem(`${quote(key)} must be a duration such as 12h, found ${showValue(written)}`);
  return undefined;
}

/** A key's value in a message. */
export function showValue(value: unknown): string {
  return quote(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
}
