/** How use is said in a message: `6 seats in use`, `held by "ann", "bob"`. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import { compareText, formatNumber, quote } from '../../base/text-safety.ts';
import type { TeamHolders } from '../../model/report.ts';
import { type Amount, formatAmount, ONE, toNumber } from '../contract/amount.ts';
import type { Count, CountKey, License, Measure } from '../contract/contract.ts';
import { bucketWord } from '../contract/measure-combinations.ts';
import type { Period } from '../contract/periods.ts';
import { adjustmentWords, divideUp, isAdjusted } from '../measures/adjust.ts';
import type { Witness } from '../measures/measure-fold.ts';
import { MAX_WITNESSES } from '../measures/peak.ts';

/** How many holders a message names; `usage` lists up to 50. */
const NAMED_HOLDERS = 5;

export function subjectOf({ id }: Pick<License, 'id'>, { label }: Pick<Period, 'label'>): string {
  return `license ${quote(id)} in ${label}`;
}

/** `6 seats in use`, `12 people`, `1,200.5 of "tokens"`, `31 hosts (drop-top 1% of each hour)`. */
export function formatUse(amount: Amount, measure: Measure): string {
  const words = [...statisticWords(measure), ...adjustmentWords(measure.adjust)];
  const shown = measure.take.kind === 'mean' ? roundUpForReading(amount) : amount;
  return `${countWords(shown, measure.count)}${words.length === 0 ? '' : ` (${words.join(', ')})`}`;
}

/** To six decimals and up: a figure above the quantity must not read as the quantity. */
function roundUpForReading(amount: Amount): Amount {
  const step = ONE / 1_000_000n;
  return divideUp(amount, step) * step;
}

export function formatFigure(amount: Amount, { take }: Measure): string {
  return formatAmount(take.kind === 'mean' ? roundUpForReading(amount) : amount);
}

/** What is to be said beside the number, unless it is what anyone would expect. */
function statisticWords({ each, take, count }: Measure): string[] {
  const percent = 'percent' in take ? formatAmount(take.percent) : '';
  const words = {
    max: 'max',
    mean: 'mean',
    sum: 'sum',
    last: 'last',
    percentile: `p${percent}`,
    'drop-top': `drop-top ${percent}%`,
  };
  const isUsual =
    take.kind === 'max' || (take.kind === 'sum' && (count.what === 'sum' || count.what === 'events'));
  if (each.kind === 'instant' || each.kind === 'period' || each.kind === 'event')
    return isUsual || (take.kind === 'last' && each.kind === 'period') ? [] : [words[take.kind]];
  const bucket = each.kind === 'rolling' ? `any ${each.days} days` : `each ${bucketWord(each)}`;
  return [`${words[take.kind]} of ${bucket}`];
}

function countWords(amount: Amount, count: Count): string {
  const one = amount === ONE;
  const number = formatAmount(amount);
  switch (count.what) {
    case 'seats':
      return `${number} ${one ? 'seat' : 'seats'} in use`;
    case 'distinct':
      return `${number} ${keyWords(count.key, one)}${count.per === undefined ? '' : ` per ${count.per}`}`;
    case 'assigned':
      return `${number} ${keyWords(count.key, one)} assigned`;
    case 'sum':
      return `${number} of ${quote(count.field.name)}${count.beyond === undefined ? '' : ` beyond ${formatAmount(count.beyond.share * 100n)} % of ${quote(count.beyond.field.name)}`}`;
    case 'level':
    case 'sampled':
      return `${number} of ${quote(count.field.name)}`;
    case 'events':
      return `${number} ${one ? 'event' : 'events'} of use`;
  }
}

function keyWords(key: CountKey, one: boolean): string {
  if (key === 'person') return one ? 'person' : 'people';
  if (key === 'host') return one ? 'host' : 'hosts';
  return `${one ? 'value' : 'values'} of ${quote(key.name)}`;
}

/** Where a highest figure lies: ` at 2025-03-01T10:00:00Z`. Others have no instant. */
export function whenWords({ each, take, count }: Measure, at: Instant): string {
  if (take.kind !== 'max' || each.kind === 'period') return '';
  if (each.kind === 'rolling')
    return ` in the ${each.days} days that end with the day from ${formatInstant(at)}`;
  const isState = count.what === 'seats' || count.what === 'assigned' || count.what === 'level';
  return isState ? ` at ${formatInstant(at)}` : ` in the ${each.kind} from ${formatInstant(at)}`;
}

/** Whether the figure grows with the period, so that there is an instant when it passes the quantity. */
export function isPassed({ each }: Measure): boolean {
  return each.kind === 'period' || each.kind === 'event';
}

/** Whether each of the witnesses is one of those that the figure counts. */
function countsNames({ count, each, take }: Measure): boolean {
  return (
    (count.what === 'distinct' &&
      count.per === undefined &&
      (each.kind === 'period' || take.kind === 'max')) ||
    (count.what === 'assigned' && take.kind === 'max')
  );
}

export function formatHolders(witnesses: readonly Witness[], amount: Amount, measure: Measure): string {
  const holders = holdersOf(witnesses);
  if (holders.length === 0) return '';
  const words = {
    seats: 'held by',
    assigned: 'assigned to',
    distinct: 'used by',
    level: 'on',
    sampled: 'on',
  };
  const { what } = measure.count;
  const word = what in words ? words[what as keyof typeof words] : 'used by';
  const unnamed = holders.length - NAMED_HOLDERS;
  // Beyond MAX_WITNESSES nobody counted names, unless names are what the measure counts, as they are.
  const isCounted = countsNames(measure) && !isAdjusted(measure.adjust);
  const total = isCounted ? toNumber(amount) - NAMED_HOLDERS : unnamed;
  const counted = isCounted || holders.length < MAX_WITNESSES;
  const more = unnamed <= 0 ? '' : counted ? ` and ${formatNumber(total)} more` : ' and others';
  return `, ${word} ${holders.slice(0, NAMED_HOLDERS).map(quote).join(', ')}${more}`;
}

export function holdersOf(witnesses: readonly Witness[]): string[] {
  return [...new Set(witnesses.map(({ holder }) => holder))].sort(compareText).slice(0, MAX_WITNESSES);
}

/** The team with most holders first, those of no team last. */
export function teamHolders(
  holders: readonly string[],
  teamOf: (person: string) => string | undefined,
): TeamHolders[] {
  const amounts = new Map<string | null, number>();
  for (const holder of holders) {
    const team = teamOf(holder) ?? null;
    amounts.set(team, (amounts.get(team) ?? 0) + 1);
  }
  return [...amounts]
    .map(([team, amount]) => ({ team, holders: amount }))
    .sort(
      (a, b) =>
        Number(a.team === null) - Number(b.team === null) ||
        b.holders - a.holders ||
        compareText(a.team ?? '', b.team ?? ''),
    );
}
