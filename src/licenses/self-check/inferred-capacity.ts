/** The capacity that a license server shows by its refusals, and where a refusal contradicts it. */
import type { Instant } from '../../base/instant.ts';
import type { Amount } from '../contract/amount.ts';

/**
 * Refusals one after another at the same reconstructed use: the server had at least `least` seats, and fewer than one more
 * than `most` (they differ where more than one seat was asked for). `known`: the capacity that the record or the contract states.
 */
export type Refusals = {
  least: Amount;
  most: Amount;
  /** By how much both are higher if the server counts each session of a share. */
  apart: Amount;
  known: Amount | undefined;
  number: number;
  first: Instant;
  last: Instant;
};

/** `inferred`: no one stated it. */
export type Capacity = { amount: Amount; from: Instant; until: Instant; inferred: boolean };

/** So many refusals at one figure make it a capacity that nobody stated; fewer may be lost records. */
const SHOWN_BY = 3;

/**
 * In order of time. `expected`: for each of the refusals what they are held against; undefined where nothing is known.
 * `capacities`: neighbors of one amount as one; between the `until` of one and the `from` of the next the capacity changed.
 */
export function inferCapacity(refusals: readonly Refusals[]): {
  expected: (Amount | undefined)[];
  capacities: Capacity[];
} {
  const shown = refusals.map((each, index) => shownCapacity(refusals, index) ?? known(each));
  const expected: (Amount | undefined)[] = [];
  let before: Amount | undefined;
  // A server that refused as stated so far does so after an amendment too; another goes by what it showed.
  let asStated = true;
  for (const [index, amount] of shown.entries()) {
    if (amount !== undefined) {
      before = amount;
      asStated = amount === refusals[index]!.known;
    }
    expected[index] = amount ?? (asStated ? (refusals[index]!.known ?? before) : before);
  }
  let after: Amount | undefined;
  for (let index = shown.length - 1; index >= 0; index--) {
    expected[index] ??= after;
    after = shown[index] ?? after;
  }
  return { expected, capacities: toCapacities(refusals, shown) };
}

/** The stated capacity, where the refusals show it. */
function known(refusals: Refusals): Amount | undefined {
  const { known } = refusals;
  return known !== undefined && isShownBy(refusals, known) ? known : undefined;
}

/** Whether a server of that capacity would have refused. */
export function isShownBy({ least, most, apart }: Refusals, capacity: Amount): boolean {
  return (least <= capacity && capacity <= most) || (least + apart <= capacity && capacity <= most + apart);
}

/** The use at which neighbors refuse as well, often enough. */
function shownCapacity(refusals: readonly Refusals[], index: number): Amount | undefined {
  const { least, most } = refusals[index]!;
  if (known(refusals[index]!) !== undefined || least !== most) return undefined;
  let number = 0;
  const count = (from: number, step: number) => {
    for (let at = from; number < SHOWN_BY; at += step) {
      const each = refusals[at];
      if (each === undefined || each.least !== least || each.most !== most) return;
      number += each.number;
    }
  };
  count(index, 1);
  count(index - 1, -1);
  return number >= SHOWN_BY ? least : undefined;
}

function toCapacities(refusals: readonly Refusals[], shown: readonly (Amount | undefined)[]): Capacity[] {
  const capacities: Capacity[] = [];
  for (const [index, amount] of shown.entries()) {
    if (amount === undefined) continue;
    const { first, last } = refusals[index]!;
    const inferred = known(refusals[index]!) === undefined;
    const open = capacities.at(-1);
    if (open !== undefined && open.amount === amount && open.inferred === inferred) open.until = last;
    else capacities.push({ amount, from: first, until: last, inferred });
  }
  return capacities;
}
