/** How much was contracted, since when and by which document, and what it costs. */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { formatAmount } from '../contract/amount.ts';
import type { Cost, License, PricePeriod, QuantityEntry, Term, TrueDown } from '../contract/contract.ts';
import { parseMoney } from '../contract/money.ts';
import { toLimits } from '../contract/quantities.ts';
import { isAnniversary } from '../costs/price-periods.ts';
import type { ContractReader, Entries } from './contract-reader.ts';
import type { Value } from './contract-text.ts';

const VERBS = ['set', 'add', 'supersede'] as const;
const PRICE_PERIODS: readonly PricePeriod[] = ['month', 'quarter', 'year', 'term'];

export function parseQuantity(
  reader: ContractReader,
  entries: Entries,
  term: Term | undefined,
): QuantityEntry[] {
  const items = reader.listAt(entries, 'quantity', 'a list of quantities by date');
  const parsed = items.flatMap((node) => {
    const entry = parseEntry(reader, node, term);
    return entry === undefined ? [] : [{ node, entry }];
  });
  if (parsed.length < items.length) return [];
  const sorted = parsed.toSorted((a, b) => Number(a.entry.from.instant - b.entry.from.instant));
  const first = sorted[0];
  if (first?.entry.verb === 'add') {
    reader.problem(
      first.node,
      `expected "set" or "supersede" as the first quantity, found "add" from ${first.entry.from.text}: there is nothing to add to`,
    );
  }
  for (const [index, { node, entry }] of sorted.entries()) {
    const before = sorted[index - 1]?.entry;
    if (entry.verb !== 'add' && before?.from.instant === entry.from.instant && before.verb !== 'add') {
      reader.problem(node, `two totals are stated for ${entry.from.text}, expected one`);
    }
  }
  return parsed.map(({ entry }) => entry);
}

function parseEntry(reader: ContractReader, node: Value, term: Term | undefined): QuantityEntry | undefined {
  const entries = reader.mapping(node, 'a quantity such as {from: 2025-01-01, set: 25}', {
    owner: 'the quantity',
    known: ['from', ...VERBS, 'by', 'cost'],
  });
  if (entries === undefined) return undefined;
  const fromNode = reader.required(entries, 'from', node, 'the quantity');
  const from = fromNode && reader.date(fromNode);
  const stated = VERBS.filter((verb) => entries.has(verb));
  const cost = reader.optional(entries, 'cost', (value) => parseCost(reader, value, term));
  if (stated.length !== 1) {
    const found = stated.length === 0 ? 'none' : stated.map(quote).join(' and ');
    return reader.problem(node, `expected one of "set", "add", "supersede", found ${found}`);
  }
  const verb = stated[0]!;
  const amount = parseTotal(reader, entries.get(verb)!.value);
  const by = reader.optional(entries, 'by', (value) =>
    reader.text(value, 'the document, such as Amendment-1'),
  );
  if (verb !== 'set' && !entries.has('by'))
    reader.problem(node, `expected "by" with the document that carries the ${quote(verb)}, found none`);
  if (from === undefined || amount === undefined) return undefined;
  return { from, verb, amount, ...(by !== undefined && { by }), ...(cost && { cost }) };
}

function parseTotal(reader: ContractReader, node: Value): QuantityEntry['amount'] | undefined {
  const what = 'a number or "unlimited"';
  const text = reader.text(node, what);
  if (text === undefined || text === 'unlimited') return text;
  return reader.amount(node, what);
}

function parseCost(reader: ContractReader, node: Value, term: Term | undefined): Cost | undefined {
  const entries = reader.mapping(node, 'a cost such as {per: seat-month, prorate: day, rate: 12.50 EUR}', {
    owner: '"cost"',
    known: ['per', 'prorate', 'rate'],
  });
  if (entries === undefined) return undefined;
  const perNode = reader.required(entries, 'per', node, '"cost"');
  const per = perNode && parseUnit(reader, perNode, reader.text(perNode, UNIT), term);
  const prorate = reader.optional(entries, 'prorate', (value) =>
    reader.word(value, ['day', 'month', 'none'] as const),
  );
  const rate = reader.optional(entries, 'rate', (value) => {
    const text = reader.text(value, 'a price such as 12.50 EUR');
    return text === undefined ? undefined : checkedMoney(reader, value, text, 'a price such as 12.50 EUR');
  });
  return per && { ...per, prorate: prorate ?? 'none', ...(rate && { rate }) };
}

const UNIT = 'the unit of the price, such as seat-month, seat-year or seat';

function parseUnit(
  reader: ContractReader,
  node: Value,
  text: string | undefined,
  term: Term | undefined,
): Pick<Cost, 'per' | 'period'> | undefined {
  if (text === undefined) return undefined;
  const match = /^([A-Za-z0-9_.]+)(?:-([A-Za-z]+))?$/.exec(text);
  const period = PRICE_PERIODS.find((each) => each === match?.[2]);
  if (match === null || (match[2] !== undefined && period === undefined)) {
    const nearest = match === null ? '' : didYouMean(match[2]!, PRICE_PERIODS);
    return reader.problem(
      node,
      `expected ${UNIT} (after the hyphen ${PRICE_PERIODS.join(', ')}), found ${quote(text)}${nearest}`,
    );
  }
  if (period === 'term' && term?.from === undefined)
    return reader.problem(node, `the price is per term, but no "term" with "from" is stated`);
  return { per: text, ...(period && { period }) };
}

function checkedMoney(reader: ContractReader, node: Value, text: string, what: string): Cost['rate'] {
  const money = parseMoney(text);
  if (money === undefined) return reader.expected(node, what);
  const currencies = Intl.supportedValuesOf('currency');
  if (currencies.includes(money.currency)) return money;
  const nearest = didYouMean(money.currency, currencies);
  return reader.problem(node, `expected a currency of ISO 4217, found ${quote(money.currency)}${nearest}`);
}

/** A price with its unit in one text: `120 EUR/seat-month`. Prorated by the day, for overage has no natural begin. */
export function parseRate(reader: ContractReader, node: Value, term: Term | undefined): Cost | undefined {
  const what = 'a price with its unit, such as 120 EUR/seat-month';
  const text = reader.text(node, what);
  if (text === undefined) return undefined;
  const [money = '', unit, ...rest] = text.split('/');
  if (unit === undefined || rest.length > 0) return reader.expected(node, what);
  const rate = checkedMoney(reader, node, money, what);
  const per = rate && parseUnit(reader, node, unit.trim(), term);
  return per && { ...per, prorate: 'day', rate };
}

export function parseTrueDown(reader: ContractReader, node: Value): TrueDown | undefined {
  const entries = reader.mapping(node, 'a mapping of "at" and "floor"', {
    owner: '"trueDown"',
    known: ['at', 'floor'],
  });
  if (entries === undefined) return undefined;
  const atNode = reader.required(entries, 'at', node, '"trueDown"');
  const at = atNode && reader.word(atNode, ['anniversary'] as const);
  const floor = reader.optional(entries, 'floor', (value) => reader.amount(value, 'the least quantity'));
  return at && { at, ...(floor !== undefined && { floor }) };
}

type Falling = Pick<License, 'unlimited' | 'quantity'> & { trueDown: TrueDown; term: Term | undefined };

/** A quantity that falls where the contract lets none fall is a mistake of the file: one of the two is not as signed. */
export function checkFalls(reader: ContractReader, entries: Entries, license: Falling): void {
  const { floor } = license.trueDown;
  const limits = toLimits(license);
  for (const [index, { from, amount, date }] of limits.entries()) {
    const before = limits[index - 1]?.amount;
    if (amount === 'unlimited' || before === undefined || from === undefined) continue;
    if (before !== 'unlimited' && amount >= before) continue;
    const found = `${formatAmount(amount)} from ${date}`;
    if (!isAnniversary(license.term, from, reader.zone)) {
      reader.problem(
        entries.get('quantity'),
        `expected a quantity to fall on an anniversary of the term only, as "trueDown" says, found ${found}`,
      );
    }
    if (floor !== undefined && amount < floor) {
      reader.problem(
        entries.get('quantity'),
        `expected no less than the floor of ${formatAmount(floor)} that "trueDown" states, found ${found}`,
      );
    }
  }
}
