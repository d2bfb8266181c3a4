/** A vendor's measure by its name, with the clauses that a contract adds to it: `oracle-nup at least 200`. */
import { quote } from '../../base/text-safety.ts';
import { parseDate, startOfDay } from '../../base/time-zone.ts';
import type { Measure } from '../contract/contract.ts';
import { parseMeasure } from './parse-measure.ts';
import { PRESETS, type Preset } from './presets.ts';
import type { MeasureProblem } from './sentence-words.ts';

const UTC_NAMES: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT']);

export function presetNames(): string[] {
  return Object.keys(PRESETS);
}

function presetOf(text: string): { name: string; preset: Preset } | undefined {
  const name = /^\s*([a-z][a-z0-9-]*)/.exec(text)?.[1];
  return name !== undefined && Object.hasOwn(PRESETS, name) ? { name, preset: PRESETS[name]! } : undefined;
}

export function isPreset(text: string): boolean {
  return presetOf(text) !== undefined;
}

/** `measure`: what the file calls it. Undefined after a problem. */
export function parsePreset(
  measure: string,
  text: string,
  zone: string,
  problem: MeasureProblem,
): Measure | undefined {
  const { name, preset } = presetOf(text)!;
  if (preset.isOfUtc === true && !UTC_NAMES.has(zone))
    return problem(
      text.indexOf(name),
      `expected "timezone: UTC", by which ${quote(name)} counts, found ${quote(zone)}`,
    );
  const end = text.indexOf(name) + name.length;
  const added = `${text.slice(end)}${preset.last === undefined ? '' : ` ${preset.last}`}`;
  let isReported = false;
  const versions = preset.versions.flatMap(({ from, sentence, unknown }) => {
    // The same mistake would stand in each version.
    const report: MeasureProblem = (column, message) => {
      if (isReported) return undefined;
      isReported = true;
      const place = Math.min(Math.max(0, column - sentence.length + end), text.length);
      return problem(column < sentence.length ? 0 : place, message);
    };
    const parsed = parseMeasure(measure, `${sentence}${added}`, report);
    if (parsed === undefined) return [];
    const date = from === undefined ? undefined : { text: from, instant: startOfDay(parseDate(from)!, zone) };
    return [{ from: date, measure: parsed, ...(unknown !== undefined && { unknown }) }];
  });
  if (versions.length < preset.versions.length) return undefined;
  const latest = versions.at(-1)!.measure;
  return versions.length === 1 ? latest : { ...latest, versions };
}
