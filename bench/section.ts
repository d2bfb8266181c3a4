/** What a section of the bench is given, and what it hands back to be printed. */
import type { Row } from './measure.ts';

export type Settings = {
  runs: number;
  /** Events of `chained`, and of the larger sections. */
  events: number;
  cloudtrailEvents: number;
  windowsEvents: number;
  m365Events: number;
  rulesEvents: number;
  gzipFiles: number;
  growthEvents: number[];
  workersEvents: number;
  incrementalEvents: number;
  licensesEvents: number;
};

/** One thing that was wanted. `held` is undefined when this run cannot tell. */
export type Want = { wanted: string; measured: string; held: boolean | undefined };

export type SectionResult = {
  title: string;
  rows: Row[];
  /** Rows that the others are divided by, a column each: a short heading and the name of the row. */
  references: { heading: string; row: string }[];
  wants: Want[];
  notes: string[];
};

/** A section measures; it asserts nothing. */
export type Section = {
  name: string;
  about: string;
  run: (settings: Settings) => Promise<SectionResult>;
};

/** `measured` against `limit`, both in `unit`; nothing is judged when there is no measurement. */
export function atMost(what: string, limit: number, measured: number | undefined, unit: string): Want {
  return judge(what, `<= ${toDigits(limit)} ${unit}`, measured, unit, (value) => value <= limit);
}

export function below(what: string, limit: number, measured: number | undefined, unit: string): Want {
  return judge(what, `< ${toDigits(limit)} ${unit}`, measured, unit, (value) => value < limit);
}

export function atLeast(what: string, limit: number, measured: number | undefined, unit: string): Want {
  return judge(what, `>= ${toDigits(limit)} ${unit}`, measured, unit, (value) => value >= limit);
}

function judge(
  what: string,
  bound: string,
  measured: number | undefined,
  unit: string,
  holds: (value: number) => boolean,
): Want {
  const wanted = `${what}: ${bound}`;
  if (measured === undefined || Number.isNaN(measured))
    return { wanted, measured: 'not measured', held: undefined };
  return { wanted, measured: `${toDigits(measured)} ${unit}`, held: holds(measured) };
}

/** Three significant digits at least, and no zeros after the point. */
function toDigits(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en');
}

/** Rows divided, in seconds; undefined when one is missing. */
export function timesOf(row: Row | undefined, reference: Row | undefined): number | undefined {
  return row === undefined || reference === undefined ? undefined : row.seconds / reference.seconds;
}

export function rateOf(row: Row | undefined): number | undefined {
  return row === undefined ? undefined : row.events / row.seconds;
}
