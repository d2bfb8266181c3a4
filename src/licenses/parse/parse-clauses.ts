/** Clauses of one license about who may hold its seats, and what may be used beyond its quantity. */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { formatAmount } from '../contract/amount.ts';
import type {
  Countries,
  Devices,
  Late,
  License,
  Measure,
  Overage,
  People,
  Reassign,
  Reservation,
  Rollover,
  Term,
} from '../contract/contract.ts';
import { isCountry } from '../contract/countries.ts';
import { formatLimit, toLimits } from '../contract/quantities.ts';
import type { ContractReader, Entries } from './contract-reader.ts';
import type { Value } from './contract-text.ts';
import { parseRate } from './parse-quantity.ts';

/** Of the license and of the file, as far as they are readable. */
export type ClauseContext = { measure: Measure | undefined; term: Term | undefined; people: People };

/** Whether the measure is a peak of sessions at instants, as it is: no other is taken apart by time or by team. */
function isPeakOfSeats(measure: Measure | undefined): boolean {
  if (measure === undefined) return true;
  const { count, each, take, adjust, versions } = measure;
  const isPlain = Object.keys(adjust).length === 0 && versions === undefined;
  return count.what === 'seats' && each.kind === 'instant' && take.kind === 'max' && isPlain;
}

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
  if (time !== undefined && !isPeakOfSeats(measure)) {
    reader.problem(
      entries.get('for'),
      `expected no "for" beside ${quote(measure!.sentence)}: only the peak of seats tells how long use lasted`,
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
  if (!isPeakOfSeats(measure)) {
    reader.problem(
      node,
      `expected no "reserve" beside ${quote(measure!.sentence)}: only the peak of seats tells who holds what at once`,
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

export function parseDevices(reader: ContractReader, node: Value): Devices | undefined {
  const entries = reader.mapping(node, 'a mapping of "max" and "atOnce"', {
    owner: '"devices"',
    known: ['max', 'atOnce'],
  });
  if (entries === undefined) return undefined;
  if (entries.size === 0) reader.problem(node, 'expected "max" or "atOnce" in "devices", found none');
  const what = 'a whole number of devices, at least 1';
  const max = reader.optional(entries, 'max', (value) => reader.count(value, what, 1));
  const atOnce = reader.optional(entries, 'atOnce', (value) => reader.count(value, what, 1));
  return { ...(max !== undefined && { max }), ...(atOnce !== undefined && { atOnce }) };
}

export function parseCountries(reader: ContractReader, node: Value): Countries | undefined {
  const rules = ['only', 'not'] as const;
  const what = 'a mapping of "only" or "not", such as {only: [DE, AT]}';
  const entries = reader.mapping(node, what, { owner: '"countries"', known: rules });
  if (entries === undefined) return undefined;
  const stated = rules.filter((rule) => entries.has(rule));
  if (stated.length !== 1) {
    const found = stated.length === 0 ? 'none' : 'both';
    return reader.problem(node, `expected one of "only" and "not" in "countries", found ${found}`);
  }
  const rule = stated[0]!;
  const list = entries.get(rule)!.value;
  const names = reader.texts(list, 'countries by ISO 3166-1 alpha-2, such as DE');
  if (names?.length === 0) reader.problem(list, 'expected at least one country, found none');
  for (const name of names ?? []) {
    if (!isCountry(name.toUpperCase()))
      reader.problem(list, `expected a country by ISO 3166-1 alpha-2, such as DE, found ${quote(name)}`);
  }
  return names && { rule, names: names.map((name) => name.toUpperCase()) };
}

export function parseReassign(reader: ContractReader, node: Value): Reassign | undefined {
  const entries = reader.mapping(node, 'a mapping of "hold" and "unless"', {
    owner: '"reassign"',
    known: ['hold', 'unless'],
  });
  if (entries === undefined) return undefined;
  const holdNode = reader.required(entries, 'hold', node, '"reassign"');
  const hold = holdNode && reader.wait(holdNode);
  const unless = reader.optional(entries, 'unless', (value) =>
    reader.texts(value, 'reasons that the contract accepts, such as leaver'),
  );
  return hold === undefined ? undefined : { hold, unless: unless ?? [] };
}

export function parseRollover(
  reader: ContractReader,
  node: Value,
  { measure }: ClauseContext,
): Rollover | undefined {
  const entries = reader.mapping(node, 'a rollover such as {max: 20%, for: P1M}', {
    owner: '"rollover"',
    known: ['max', 'for'],
  });
  if (entries === undefined) return undefined;
  if (measure !== undefined && !addsUp(measure)) {
    reader.problem(
      node,
      `expected no "rollover" beside ${quote(measure.sentence)}: only what adds up over a period can be left over`,
    );
  }
  const maxNode = reader.required(entries, 'max', node, '"rollover"');
  const max = maxNode && reader.shareOrAmount(maxNode, 'a share such as 20%, or a number');
  const forNode = reader.required(entries, 'for', node, '"rollover"');
  const span = forNode && reader.span(forNode);
  return max && span && { max, for: span };
}

export function parseLate(reader: ContractReader, node: Value): Late | undefined {
  const entries = reader.mapping(node, 'a mapping of "accept" and "then"', {
    owner: '"late"',
    known: ['accept', 'then'],
  });
  if (entries === undefined) return undefined;
  const acceptNode = reader.required(entries, 'accept', node, '"late"');
  const accept = acceptNode && reader.wait(acceptNode);
  const then = reader.optional(entries, 'then', (value) => reader.word(value, ['own-period'] as const));
  return accept === undefined ? undefined : { accept, beyond: then ?? 'own-period' };
}

function addsUp({ count, take }: Measure): boolean {
  return (count.what === 'sum' || count.what === 'events') && take.kind === 'sum';
}
