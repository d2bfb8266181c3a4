/** The TIMEZONE line of an RLM report log: minutes west of UTC, daylight rules, and the same for people behind a `#`. */
import type { ZoneOffsets } from './zone-offsets.ts';

type StatedZone = {
  minutesWest: number;
  /** Whether clocks are set twice a year. When, the line says in a form that its maker does not describe. */
  hasRules: boolean;
};

/** Beyond these no zone ever was. */
const MAX_MINUTES = 14 * 60;

/** Undefined for a line of another form. */
export function readTimeZone(text: string): StatedZone | undefined {
  const hash = text.indexOf('#');
  const [minutes = '', ...rules] = (hash < 0 ? text : text.slice(0, hash)).trim().split(/\s+/, 20);
  if (!/^-?\d{1,4}$/.test(minutes) || Math.abs(Number(minutes)) > MAX_MINUTES) return undefined;
  return { minutesWest: Number(minutes), hasRules: rules.some((rule) => !/^0+$/.test(rule)) };
}

/** Hours of which at least one has the standard time of the zone, whatever its hemisphere: any year does, rules change rarely. */
const PROBES = [1, 7].map((month) => ({ month, day: 15, hour: 12 }));

/** Whether the zone has, at some time of a year, the offset that the line states. */
export function offsetsStated({ minutesWest }: StatedZone, zone: ZoneOffsets): boolean {
  return YEARS.some((year) =>
    PROBES.some(({ month, day, hour }) =>
      zone.at(Date.UTC(year, month - 1, day, hour)).includes(minutesWest === 0 ? 0 : -minutesWest),
    ),
  );
}

/** RLM states its zone since 2018. */
const YEARS = [2018, 2022, 2026];
