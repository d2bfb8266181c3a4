/** What is owed, and the cheapest cure: what costs nothing goes before what has to be bought. */
import { count as countOf } from '../../base/text-safety.ts';
import type { Cure, TrueUpFigures } from '../../model/license-figures.ts';
import { type Amount, formatAmount, ONE, toNumber } from '../amount.ts';
import type { License } from '../contract.ts';
import type { SegmentUse } from '../measure-fold.ts';
import { formatUse } from '../usage-words.ts';

/** What `quantity` more of a license costs, as its contract has it; undefined where that states no price. */
export type CostOf = (license: License, quantity: Amount) => { cost: string; arithmetic: string } | undefined;

/** A cure that needs no money, as far as the log shows it. */
export type FreeCure = {
  what: Exclude<Cure['what'], 'buy'>;
  /** How much it takes off the excess of the segment. */
  amount: (worst: SegmentUse, excess: Amount) => Amount;
  arithmetic: (amount: Amount) => string;
};

type Excess = { use: SegmentUse; limit: Amount; lower: Amount; upper: Amount | undefined };

export function trueUp(
  license: License,
  uses: readonly SegmentUse[],
  freeCures: readonly FreeCure[],
  costOf: CostOf,
): TrueUpFigures {
  const all = uses.flatMap(toExcess);
  const over = all.filter(({ upper }) => upper === undefined || upper > 0n);
  const lower = over.reduce((most, each) => (each.lower > most ? each.lower : most), 0n);
  const isBounded =
    uses.length > 0 && !uses.some(hasUnknownLimit) && over.every(({ upper }) => upper !== undefined);
  const upper = over.reduce((most, each) => (each.upper! > most ? each.upper! : most), 0n);
  const byPeriod = new Map<string, Excess>();
  for (const excess of over) {
    const known = byPeriod.get(excess.use.segment.period!.label);
    if (known === undefined || isWorse(excess, known)) byPeriod.set(excess.use.segment.period!.label, excess);
  }
  const worst = over.reduce<Excess | undefined>(
    (a, b) => (a === undefined || isWorse(b, a) ? b : a),
    undefined,
  );
  return {
    excess: { lower: toNumber(lower), upper: isBounded ? toNumber(upper) : null },
    periods: [...byPeriod].map(([period, each]) => ({
      period,
      limit: toNumber(each.limit),
      lower: toNumber(each.lower),
      upper: each.upper === undefined ? null : toNumber(each.upper),
    })),
    cures: worst === undefined ? [] : curesOf(license, worst, freeCures, costOf),
  };
}

function toExcess(use: SegmentUse): Excess[] {
  const limit = use.segment.limit?.amount;
  if (use.segment.period === undefined || limit === undefined || limit === 'unlimited') return [];
  const lower = use.lower.amount > limit ? use.lower.amount - limit : 0n;
  return [
    { use, limit, lower, upper: use.upper.amount === undefined ? undefined : use.upper.amount - limit },
  ];
}

/** Used while nobody knows how much was allowed: then nothing can be said to be within. */
function hasUnknownLimit({ segment, upper }: SegmentUse): boolean {
  return (
    segment.period !== undefined &&
    segment.limit === undefined &&
    (upper.amount === undefined || upper.amount > 0n)
  );
}

/** What is proven goes before what is possible. */
function isWorse(left: Excess, right: Excess): boolean {
  if (left.lower !== right.lower) return left.lower > right.lower;
  if (left.upper === undefined || right.upper === undefined)
    return left.upper === undefined && right.upper !== undefined;
  return left.upper > right.upper;
}

function curesOf(
  license: License,
  { use, limit, lower, upper }: Excess,
  freeCures: readonly FreeCure[],
  costOf: CostOf,
): Cure[] {
  const target = lower > 0n ? lower : (upper ?? 0n);
  const cures: Cure[] = [];
  let rest = target;
  for (const { what, amount, arithmetic } of freeCures) {
    const possible = amount(use, target);
    const taken = possible < rest ? possible : rest;
    if (taken <= 0n) continue;
    rest -= taken;
    cures.push({ what, amount: toNumber(taken), cost: null, arithmetic: arithmetic(taken) });
  }
  if (rest <= 0n) return cures;
  const whole = ((rest + ONE - 1n) / ONE) * ONE;
  const price = costOf(license, whole);
  const used = lower > 0n ? use.lower.amount : use.upper.amount!;
  const doubt = lower > 0n ? '' : ' if all that is possible was used';
  const less = rest === target ? '' : ` - ${formatAmount(target - rest)} as above`;
  const rounded = whole === rest ? '' : `, rounded up to ${formatAmount(whole)}`;
  const sum = `${formatUse(used, license.measure.count)} in ${use.segment.period!.label}${doubt} - ${formatAmount(limit)} in force${less} = ${formatAmount(rest)}${rounded}`;
  const cost = price === undefined ? 'the contract states no price' : price.arithmetic;
  cures.push({
    what: 'buy',
    amount: toNumber(whole),
    cost: price?.cost ?? null,
    arithmetic: `${sum}; ${cost}`,
  });
  return cures;
}

/** Seats that were held for `days` without a check-in when the peak was reached. */
export function heldWords(amount: Amount, days: number): string {
  return `${formatAmount(amount)} of the seats at the peak ${amount === ONE ? 'was' : 'were'} held for more than ${countOf(days, 'day')}`;
}
