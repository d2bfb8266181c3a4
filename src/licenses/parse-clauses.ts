/** Clauses of one license about who may hold its seats, and what may be used beyond its quantity. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { formatAmount } from './amount.ts';
import type { License, Measure, Overage, People, Reservation, Term } from './contract.ts';
import type { ContractReader, Entries } from './contract-reader.ts';
import type { Value } from './contract-text.ts';
import { parseRate } from './parse-quantity.ts';
import { formatLimit, toLimits } from './quantities.ts';

/** Of the license and of the file, as far as they are readable. */
export type ClauseContext = { measure: Measure | undefined; term: Term | undefined; people: People };

export function parseOverage(
  reader: ContractReader,
  node: Value,
  { measure, term }: ClauseContext,
): Overage | undefined {
  const entries = reader.mapping(node, 'an overage such as {allow: 10%, for: P3D, then: true-up}', {
    owner: '"overage"',
    known: ['allow', 'round', 'for', 'then', 'rate'],
  });
  if (entries === undefined) return undefined;
  const allowNode = reader.required(entries, 'allow', node, '"overage"');
  const what = 'a share such as 10%, or a number';
  const allowed = allowNode && reader.shareOrAmount(allowNode, what);
  const round = reader.optional(entries, 'round', (value) =>
    reader.word(value, ['down', 'up', 'half'] as const),
  );
  if (entries.has('round') && allowed !== undefined && 'amount' in allowed)
    reader.problem(entries.get('round'), 'expected no "round" beside a number: only shares are rounded');
  const time = reader.optional(entries, 'for', (value) => reader.duration(value));
  if (time !== undefined && measure !== undefined && measure.count.what !== 'seats') {
    reader.problem(
      entries.get('for'),
      `expected no "for" beside ${quote(measure.sentence)}: only "count seats" tells how long use lasted`,
    );
  }
  const then = reader.optional(entries, 'then', (value) => reader.word(value, ['true-up', 'deny'] as const));
  const rate = reader.optional(entries, 'rate', (value) => parseRate(reader, value, term));
  return (
    allowed && {
      allow: 'share' in allowed ? { ...allowed, round: round ?? 'down' } : allowed,
      ...(time !== undefined && { for: time }),
      beyond: then ?? 'deny',
      ...(rate && { rate }),
    }
  );
}

export function parseReserve(
  reader: ContractReader,
  node: Value,
  { measure, people }: ClauseContext,
): Reservation[] {
  if (measure !== undefined && measure.count.what !== 'seats') {
    reader.problem(
      node,
      `expected no "reserve" beside ${quote(measure.sentence)}: only "count seats" tells who holds what at once`,
    );
  }
  const entries: Entries | undefined = reader.mapping(node, 'a mapping of teams to seats', undefined);
  return [...(entries?.values() ?? [])].flatMap((entry) => {
    const team = entry.key;
    const teams = people.teams.map((each) => each.team);
    if (!teams.includes(team)) {
      reader.problem(entry, `expected a team of "people", found ${quote(team)}${didYouMean(team, teams)}`);
    }
    const seats = reader.amount(entry.value, 'the seats that are kept for the team');
    return seats === undefined ? [] : [{ team, seats }];
  });
}

/** What is reserved must be there at any time: else a team would be owed what nobody bought. */
export function checkReserve(
  reader: ContractReader,
  entries: Entries,
  license: Pick<License, 'unlimited' | 'quantity' | 'reserve'>,
): void {
  const reserved = license.reserve.reduce((sum, { seats }) => sum + seats, 0n);
  const short = toLimits(license).find(({ amount }) => amount !== 'unlimited' && amount < reserved);
  if (short === undefined) return;
  reader.problem(
    entries.get('reserve'),
    `expected at most the quantity to be reserved, found ${formatAmount(reserved)} of ${formatLimit(short)}`,
  );
}
