/** What is owed, and the cheapest cure: what costs nothing goes before what has to be bought. */
import type { Cure, TrueUpFigures } from '../../model/license-figures.ts';
import { type Amount, formatAmount, ONE, toNumber } from '../contract/amount.ts';
import type { License } from '../contract/contract.ts';
import { type Limit, toLimitInForce } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { formatUse } from '../verdict/usage-words.ts';

/** What `quantity` more of a license costs, as its contract has it; undefined where that states no price. */
type CostOf = (license: License, quantity: Amount) => { cost: string; arithmetic: string } | undefined;

/** A cure that needs no money, as far as the log shows it. */
export type FreeCure = {
  what: Exclude<Cure['what'], 'buy'>;
  /** How much it takes off what `worst` has above `inForce`, of which there is `excess`. */
  amount: (worst: SegmentUse, excess: Amount, inForce: Amount) => Amount;
  arithmetic: (amount: Amount) => string;
};

type Excess = { use: SegmentUse; limit: Amount; lower: Amount; upper: Amount | undefined };

/** `inForce`: the limit at the end of the log, which is what has to be enough from now on. */
export function trueUp(
  license: License,
  uses: readonly SegmentUse[],
  inForce: Limit | undefined,
  freeCures: readonly FreeCure[],
  costOf: CostOf,
): TrueUpFigures {
  const over = uses.flatMap(toExcess).filter(({ upper }) => upper === undefined || upper > 0n);
  const isBounded =
    uses.length > 0 && !uses.some(hasUnknownLimit) && over.every(({ upper }) => upper !== undefined);
  const byPeriod = new Map<string, Excess>();
  for (const excess of over) {
    const { label } = excess.use.segment.period!;
    const known = byPeriod.get(label);
    if (known === undefined || isWorse(excess, known)) byPeriod.set(label, excess);
  }
  return {
    excess: {
      lower: toNumber(largest(over.map(({ lower }) => lower))),
      upper: isBounded ? toNumber(largest(over.map(({ upper }) => upper!))) : null,
    },
    periods: [...byPeriod].map(([period, { limit, lower, upper }]) => ({
      period,
      limit: toNumber(limit),
      lower: toNumber(lower),
      upper: upper === undefined ? null : toNumber(upper),
    })),
    ...curesOf(license, over, inForce, freeCures, costOf),
  };
}

/** Whether use lies above the quantity in force, or may. */
export function mayBeOver({ segment, upper }: SegmentUse): boolean {
  const limit = segment.limit?.amount;
  if (segment.period === undefined || limit === undefined || limit === 'unlimited') return false;
  return upper.amount === undefined || upper.amount > limit;
}

function largest(amounts: readonly Amount[]): Amount {
  return amounts.reduce((most, each) => (each > most ? each : most), 0n);
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

/** Of the stretch with the most use among those that were over: what is proven, or where nothing is, what is possible. */
function curesOf(
  license: License,
  over: readonly Excess[],
  inForce: Limit | undefined,
  freeCures: readonly FreeCure[],
  costOf: CostOf,
): Pick<TrueUpFigures, 'cures' | 'covered'> {
  const proven = over.filter(({ lower }) => lower > 0n);
  const amountOf = ({ use }: Excess) => (proven.length > 0 ? use.lower.amount : use.upper.amount);
  const candidates = proven.length > 0 ? proven : over;
  if (
    candidates.length === 0 ||
    inForce === undefined ||
    candidates.some((each) => amountOf(each) === undefined)
  )
    return { cures: [], covered: null };
  const worst = candidates.reduce((a, b) => (amountOf(b)! > amountOf(a)! ? b : a));
  const used = amountOf(worst)!;
  if (inForce.amount === 'unlimited' || used <= inForce.amount)
    return { cures: [], covered: toLimitInForce(inForce) };
  const limit = inForce.amount;
  const cures: Cure[] = [];
  let rest = used - limit;
  for (const { what, amount, arithmetic } of freeCures) {
    const possible = amount(worst.use, used - limit, limit);
    const taken = possible < rest ? possible : rest;
    if (taken <= 0n) continue;
    rest -= taken;
    cures.push({ what, amount: toNumber(taken), cost: null, arithmetic: arithmetic(taken) });
  }
  if (rest > 0n) {
    const doubt = proven.length > 0 ? '' : ' if all that is possible was used';
    const sum = `${formatUse(used, license.measure)} in ${worst.use.segment.period!.label}${doubt} - ${formatAmount(limit)} in force`;
    cures.push(buy(license, rest, used - limit - rest, sum, costOf));
  }
  return { cures, covered: null };
}

/** Whole licenses. `free`: what other cures have taken off already. */
function buy(license: License, rest: Amount, free: Amount, sum: string, costOf: CostOf): Cure {
  const whole = ((rest + ONE - 1n) / ONE) * ONE;
  const price = costOf(license, whole);
  const less = free === 0n ? '' : ` - ${formatAmount(free)} as above`;
  const rounded = whole === rest ? '' : `, rounded up to ${formatAmount(whole)}`;
  return {
    what: 'buy',
    amount: toNumber(whole),
    cost: price?.cost ?? null,
    arithmetic: `${sum}${less} = ${formatAmount(rest)}${rounded}; ${price?.arithmetic ?? 'the contract states no price'}`,
  };
}
