/** How use is said in a message: `6 seats in use`, `held by "ann", "bob"`. */
import { compareText, formatNumber, quote } from '../base/text-safety.ts';
import { type Amount, formatAmount, ONE, toNumber } from './amount.ts';
import type { Count, License } from './contract.ts';
import type { Witness } from './measure-fold.ts';
import { MAX_WITNESSES } from './peak.ts';
import type { Period } from './periods.ts';

/** How many holders a message names; `usage` lists up to 50. */
const NAMED_HOLDERS = 5;

export function subjectOf({ id }: License, { label }: Period): string {
  return `license ${quote(id)} in ${label}`;
}

/** `6 seats in use`, `12 people`, `1,200.5 of "tokens"`. */
export function formatUse(amount: Amount, count: Count): string {
  const one = amount === ONE;
  const number = formatAmount(amount);
  switch (count.what) {
    case 'seats':
      return `${number} ${one ? 'seat' : 'seats'} in use`;
    case 'distinct':
      if (count.key === 'person') return `${number} ${one ? 'person' : 'people'}`;
      return `${number} ${one ? 'host' : 'hosts'}`;
    case 'sum':
      return `${number} of ${quote(count.field.name)}`;
    case 'events':
      return `${number} ${one ? 'event' : 'events'} of use`;
  }
}

export function formatHolders(witnesses: readonly Witness[], amount: Amount, { what }: Count): string {
  const holders = holdersOf(witnesses);
  if (holders.length === 0) return '';
  const word = what === 'seats' ? 'held by' : 'used by';
  const unnamed = holders.length - NAMED_HOLDERS;
  // Beyond MAX_WITNESSES nobody counted names, unless names are what the measure counts.
  const total = what === 'distinct' ? toNumber(amount) - NAMED_HOLDERS : unnamed;
  const counted = what === 'distinct' || holders.length < MAX_WITNESSES;
  const more = unnamed <= 0 ? '' : counted ? ` and ${formatNumber(total)} more` : ' and others';
  return `, ${word} ${holders.slice(0, NAMED_HOLDERS).map(quote).join(', ')}${more}`;
}

export function holdersOf(witnesses: readonly Witness[]): string[] {
  return [...new Set(witnesses.map(({ holder }) => holder))].sort(compareText).slice(0, MAX_WITNESSES);
}
