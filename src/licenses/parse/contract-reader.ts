/** What clauses of the contract file are made of: dates, durations, percentages, and keys that must or may be there. */
import { parseDuration } from '../../base/instant.ts';
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import { parseDate, startOfDay } from '../../base/time-zone.ts';
import { type Amount, parseAmount } from '../contract/amount.ts';
import { type CalendarSpan, parseSpan, parseWait, type Wait } from '../contract/calendar-span.ts';
import type { ContractDate } from '../contract/contract.ts';
import { ContractText, type Entry, type Value } from './contract-text.ts';

export type Entries = Map<string, Entry>;

const DURATION = 'a duration such as PT30M, P14D or 12h';

export class ContractReader extends ContractText {
  /** Dates wait for the zone: without a valid one they are checked as if in UTC. */
  zone = 'UTC';

  date(node: Value): ContractDate | undefined {
    const what = 'a day between 1990-01-01 and 2199-12-31';
    const text = this.text(node, what);
    const day = text === undefined ? undefined : parseDate(text);
    if (text === undefined) return undefined;
    if (day === undefined || day.year < 1990 || day.year > 2199) return this.expected(node, what);
    return { text, instant: startOfDay(day, this.zone) };
  }

  duration(node: Value): bigint | undefined {
    const text = this.text(node, DURATION);
    return text === undefined ? undefined : (parseDuration(text) ?? this.expected(node, DURATION));
  }

  /** A duration whose days are those of the calendar. */
  wait(node: Value): Wait | undefined {
    const text = this.text(node, DURATION);
    return text === undefined ? undefined : (parseWait(text) ?? this.expected(node, DURATION));
  }

  span(node: Value): CalendarSpan | undefined {
    const what = 'a span of the calendar such as P2Y, P1M or P90D';
    const text = this.text(node, what);
    return text === undefined ? undefined : (parseSpan(text) ?? this.expected(node, what));
  }

  /** A whole number from `least` to a million. */
  count(node: Value, what: string, least: number): number | undefined {
    const digits = this.number(node, what);
    if (digits === undefined) return undefined;
    const number = Number(digits);
    if (Number.isInteger(number) && number >= least && number <= 1_000_000) return number;
    return this.expected(node, what);
  }

  /** A number of at least 0, exact. */
  amount(node: Value, what: string): Amount | undefined {
    const digits = this.number(node, what);
    const amount = digits === undefined ? undefined : parseAmount(digits);
    if (digits === undefined || (amount !== undefined && amount >= 0n)) return amount;
    return this.expected(node, 'a number of at least 0 in decimal digits');
  }

  /** `10%` as a share (ONE is the whole), or a number. */
  shareOrAmount(node: Value, what: string): { share: Amount } | { amount: Amount } | undefined {
    const percent = node?.kind === 'text' ? /^(\d{1,4}(?:\.\d{1,6})?)%$/.exec(node.text)?.[1] : undefined;
    if (percent !== undefined) return { share: parseAmount(percent)! / 100n };
    if (node?.kind === 'text' && !/^[\d.+-]/.test(node.text)) return this.expected(node, what);
    const amount = this.amount(node, what);
    return amount === undefined ? undefined : { amount };
  }

  /** One of `names`. */
  word<Name extends string>(node: Value, names: readonly Name[]): Name | undefined {
    const what = `${names.slice(0, -1).join(', ')}${names.length > 1 ? ' or ' : ''}${names.at(-1)!}`;
    const text = this.text(node, what);
    if (text === undefined) return undefined;
    const known = names.find((name) => name === text);
    return known ?? this.problem(node, `expected ${what}, found ${quote(text)}${didYouMean(text, names)}`);
  }

  required(entries: Entries, key: string, owner: Value, name: string): Value {
    const entry = entries.get(key);
    return entry?.value ?? this.problem(owner, `expected "${key}" in ${name}, found none`);
  }

  /** An absent key and one without a value differ: of the second, `parse` says that nothing was found. */
  optional<Parsed>(
    entries: Entries,
    key: string,
    parse: (node: Value) => Parsed | undefined,
  ): Parsed | undefined {
    const entry = entries.get(key);
    return entry && parse(entry.value);
  }

  listAt(entries: Entries | undefined, key: string, what: string): Value[] {
    return (entries && this.optional(entries, key, (value) => this.list(value, what))) ?? [];
  }
}
