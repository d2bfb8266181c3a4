/** How the statement says its figures, the same in text and HTML. Names of the log are not escaped here. */
import { count, formatDecimal, formatNumber } from '../../base/text-safety.ts';
import type {
  BillFigures,
  Cure,
  DenialFigures,
  Forecast,
  IdleFigures,
  LimitInForce,
  OwedFigures,
  TeamShare,
} from '../../model/license-figures.ts';
import { formatPlace, type Place } from '../../model/place.ts';
import type { LicenseEntry, Statement, StatementPeriod } from './statement.ts';

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `12`, `12 to 14`, `12 or more`. */
export function showBounds(lower: number | null, upper: number | null): string {
  if (lower === null) return 'unknown';
  if (upper === null) return `${formatDecimal(lower)} or more`;
  return lower === upper ? formatDecimal(upper) : `${formatDecimal(lower)} to ${formatDecimal(upper)}`;
}

/** Bounds of a period, of which the log may span nothing. */
export function showUse({
  lower,
  upper,
  spanned,
}: Pick<StatementPeriod, 'lower' | 'upper' | 'spanned'>): string {
  return isUnlogged({ lower, spanned }) ? 'no log' : showBounds(lower, upper);
}

/** With the unit, as in `12 to 14 seats`. */
export function showUseOf(period: StatementPeriod | undefined, unit: string): string {
  if (period === undefined) return 'unknown';
  return isUnlogged(period) ? 'unknown (no log)' : `${showBounds(period.lower, period.upper)} ${unit}`;
}

/** Whether nothing is known of the period since there is no log of it. */
export function isUnlogged({ lower, spanned }: Pick<StatementPeriod, 'lower' | 'spanned'>): boolean {
  return lower === null && spanned === 0;
}

/** `25, then 35 from 2025-07-01`. */
export function showLimits({ limits }: Pick<StatementPeriod, 'limits'>): string {
  if (limits.length === 0) return 'unknown';
  return limits
    .map(({ amount, from }, at) => {
      const text = amount === null ? 'unknown' : amount === 'unlimited' ? amount : formatDecimal(amount);
      return at === 0 ? text : `${text} from ${from ?? ''}`;
    })
    .join(', then ');
}

/** `cae 3, dev 1, no team 1`. */
export function showTeams(teams: readonly TeamShare[], name: (team: string) => string): string {
  return teams
    .map(({ team, amount }) => `${team === null ? 'no team' : name(team)} ${formatDecimal(amount)}`)
    .join(', ');
}

export function verdictLine({ verdict, incomplete, licenses, uncovered }: Statement): string {
  if (verdict === 'within') return `within: all of ${count(licenses.length, 'license')}`;
  const named = (word: string) => licenses.filter((each) => each.verdict === word).length;
  const parts = ['exceeded', 'undetermined', 'overage', 'within'].flatMap((word) =>
    named(word) === 0 ? [] : [`${named(word)} ${word}`],
  );
  const judged = parts.join(', ');
  const without = `uncovered use: ${count(uncovered.length, 'feature or version', 'features or versions')}`;
  if (verdict === 'uncovered') return `${without}; of ${count(licenses.length, 'license')} ${judged}`;
  const all = uncovered.length === 0 ? judged : `${judged}; ${without}`;
  if (verdict === 'incomplete') return `incomplete: ${incomplete ?? ''}; of what was read: ${all}`;
  return `${verdict}: ${all}`;
}

/** Share of the quantity in force in whole percent, for narrow cells: half up. */
export function percent(share: number): number {
  return Math.round(share * 100);
}

export function forecastWords(forecast: Forecast, unit: string): string[] {
  if (!forecast.known) return [forecast.reason];
  const { months, slope, exhausted, horizon } = forecast;
  const signed = (number: number) => `${number > 0 ? '+' : ''}${formatDecimal(round(number))}`;
  const until = (month: string | null) => month ?? `not before the end of ${horizon}`;
  const when =
    exhausted.estimate === null && exhausted.earliest === null
      ? `the quantity is not passed until the end of ${horizon}`
      : `the quantity is passed in ${until(exhausted.estimate)}; at the earliest ${until(exhausted.earliest)}, at the latest ${until(exhausted.latest)}`;
  return [
    `${signed(slope.estimate)} ${unit} a month (90 %: ${signed(slope.low)} to ${signed(slope.high)}), by ${months} whole months`,
    when,
  ];
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

export const FORECAST_METHOD =
  'Slope of Theil and Sen over the upper bounds of whole months (the median of the slopes of all pairs), its 90 % interval by Sen (1968); "at the latest" goes by the lower bounds. At least 6 whole months.';

export function denialWords({ denied, incidents, granted, untimed, interval }: DenialFigures): string {
  if (denied === 0) return 'none in the log';
  const retries = denied - incidents - granted - untimed;
  const parts = [
    count(incidents, 'incident'),
    `${formatNumber(granted)} granted within ${interval}`,
    count(retries, 'retry', 'retries'),
    ...(untimed > 0 ? [`${formatNumber(untimed)} without a readable time`] : []),
  ];
  return `${count(denied, 'denial')} = ${parts.join(' + ')}`;
}

/** A line and what it is about. */
export type Labelled = { label: string; text: string };

export function idleWords(
  { days, idle, holders, held, spare, spareDoubt, doubt }: IdleFigures,
  unit: string,
): Labelled[] {
  const lines: Labelled[] = [];
  if (doubt === null || idle > 0) {
    const text = `${formatNumber(idle)} of ${count(holders, 'holder')} without use in the last ${count(days, 'day')}`;
    lines.push({ label: 'idle', text });
  }
  if (held > 0) {
    const text = `${count(held, 'session')} without a check-in for more than ${count(days, 'day')}`;
    lines.push({ label: 'held', text });
  }
  if (spare !== null) {
    const { amount, highest, limit, since } = spare;
    const use = `up to ${formatDecimal(highest)} of ${showUnits(limit, unit)} used since ${since}`;
    lines.push({ label: 'spare', text: `${amount === 0 ? 'nothing' : formatDecimal(amount)}: ${use}` });
  }
  if (spareDoubt !== null) lines.push({ label: 'spare', text: `not told: ${spareDoubt}` });
  if (doubt !== null) lines.push({ label: 'idle', text: `not told for sure: ${doubt}` });
  return lines;
}

const CURE_WORDS = {
  'shorten-linger': 'shorten the linger, which ends',
  reclaim: 'reclaim',
  buy: 'buy',
} as const;

/** `bill`: the lines that the sentence is the sum of. */
export type PricedWords = Labelled & { bill?: BillFigures };

export function costWords({ cost }: Pick<LicenseEntry, 'cost'>): PricedWords[] {
  if (cost === null) return [];
  const { from, until, bill } = cost;
  return [{ label: 'cost', text: `${totalWords(bill)} from ${from} until ${until}`, bill }];
}

/** Sums of currencies that cannot be added, and what has no price. */
function totalWords({ totals, lines, complete }: BillFigures): string {
  if (lines.length === 0) return 'nothing';
  const unpriced = 'what has no price in the contract';
  if (totals.length === 0) return unpriced;
  return `${totals.join(' and ')}${complete ? '' : ` and ${unpriced}`}`;
}

export function trueUpWords({ trueUp, unit }: Pick<LicenseEntry, 'trueUp' | 'unit'>): PricedWords[] {
  const { excess, tolerated, owed, cures, instead, covered } = trueUp;
  if (excess.upper !== null && excess.upper <= 0)
    return [{ label: 'true-up', text: 'nothing in the log is over the quantity' }];
  if (excess.lower === 0 && excess.upper === null)
    return [{ label: 'true-up', text: 'not told: nothing bounds the use, or no quantity is known' }];
  const over =
    excess.lower === excess.upper
      ? showUnits(excess.lower, unit)
      : `${showBounds(excess.lower, excess.upper)} ${unit}`;
  return [
    {
      label: 'true-up',
      text: `${over} over the quantity${tolerated ? ', which the contract allows as overage' : ''}`,
    },
    ...(owed === null ? [] : owedWords(owed)),
    ...(covered === null ? [] : [{ label: 'cure', text: coveredWords(covered) }]),
    ...cures.map((cure) => ({ label: 'cure', text: cureWords(cure) })),
    ...(instead === null ? [] : [{ label: 'instead', text: cureWords(instead) }]),
  ];
}

function cureWords({ what, amount, cost, arithmetic }: Cure): string {
  return `${CURE_WORDS[what]} ${formatDecimal(amount)}${cost === null ? '' : ` for ${cost}`}: ${arithmetic}`;
}

function owedWords({ until, proven, possible, reason }: OwedFigures): PricedWords[] {
  if (proven === null) return [{ label: 'owed', text: `not told: ${reason}` }];
  const isSettled = possible !== null && JSON.stringify(possible) === JSON.stringify(proven);
  if (isSettled) return [{ label: 'owed', text: `${totalWords(proven)} until ${until}`, bill: proven }];
  const known = { label: 'owed', text: `at least ${totalWords(proven)} until ${until}`, bill: proven };
  if (possible === null) return [known, { label: 'owed', text: `at most is not told: ${reason}` }];
  return [known, { label: 'owed', text: `at most ${totalWords(possible)}`, bill: possible }];
}

export function trueDownWords({ trueDown, unit }: Pick<LicenseEntry, 'trueDown' | 'unit'>): Labelled[] {
  if (trueDown === null) return [];
  const { on, to, quantity, peak, floor, reason } = trueDown;
  if (to === null) return [{ label: 'true-down', text: `not told: ${reason}` }];
  const least = floor === null ? '' : `, the floor is ${formatDecimal(floor)}`;
  const because = `up to ${showUnits(peak!, unit)} used in the contract year${least}`;
  const text =
    to === quantity
      ? `none: the ${formatDecimal(quantity)} in force may not fall on ${on}, for ${because}`
      : `from ${formatDecimal(quantity!)} to ${formatDecimal(to)} on ${on}: ${because}`;
  return [{ label: 'true-down', text }];
}

function coveredWords({ amount, from, by }: LimitInForce): string {
  const quantity = typeof amount === 'number' ? `of ${formatDecimal(amount)}` : `(${amount})`;
  return `none is needed: the quantity ${quantity} in force${from === null ? '' : ` from ${from}`}${by === null ? '' : ` by ${by}`} covers it`;
}

const ONE_OF: ReadonlyMap<string, string> = new Map([
  ['seats', 'seat'],
  ['people', 'person'],
  ['hosts', 'host'],
  ['events', 'event'],
]);

/** `1 seat`, `2 seats`, `1,200.5 tokens`. */
export function showUnits(amount: number, unit: string): string {
  return `${formatDecimal(amount)} ${amount === 1 ? (ONE_OF.get(unit) ?? unit) : unit}`;
}

/** Rounded down: 99.99 must not read as all. */
export function showSpanned(percentage: number): string {
  return `${Math.floor(percentage * 10) / 10} %`;
}

/** `logs/app.ndjson:17 and :23`: of one file, its name once. */
export function showPlaces(first: Place, second: Place | null): string {
  if (second === null) return formatPlace(first);
  const other = second.file === first.file ? `:${second.line}` : formatPlace(second);
  return `${formatPlace(first)} and ${other}`;
}

/**
 * Of the periods with the verdict of the license, or of all where it is another's than theirs (of use outside the term), the one
 * with the most use for its quantity; of equals the first. One without a log tells nothing: it comes last.
 */
export function worstPeriod({ verdict, periods }: LicenseEntry): StatementPeriod | undefined {
  const share = (each: StatementPeriod) => {
    const { upper, limit } = each;
    if (isUnlogged(each)) return Number.NEGATIVE_INFINITY;
    return upper === null ? Number.POSITIVE_INFINITY : limit === null ? upper : upper / limit;
  };
  const own = periods.filter((each) => each.verdict === verdict);
  return (own.length > 0 ? own : periods).reduce<StatementPeriod | undefined>(
    (worst, each) => (worst === undefined || share(each) > share(worst) ? each : worst),
    undefined,
  );
}

/** Records that keep a figure open are listed as far as a reader looks them up. */
const SHOWN_RECORDS = 5;

/** Why the figure is open, with the records that keep it so: those of the contract's file are none. */
export function reasonWords({ reason, verdict, places }: StatementPeriod): string {
  if (reason === null) return '';
  const records = verdict === 'undetermined' ? places.filter(({ length }) => length > 0) : [];
  if (records.length === 0) return reason;
  const rest = records.length > SHOWN_RECORDS ? ` and ${count(records.length - SHOWN_RECORDS, 'other')}` : '';
  return `${reason} [${records.slice(0, SHOWN_RECORDS).map(formatPlace).join(', ')}${rest}]`;
}

export function showPeriod({ period, whyNoPeriod }: Statement['evidence']): string {
  return period === null ? (whyNoPeriod ?? '') : `${period.from} to ${period.until}`;
}
