/** One license of the contract file: what it covers, how it is measured, and the clauses that count for it alone. */
import { parseDuration } from '../../base/instant.ts';
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import type {
  Covers,
  License,
  Measure,
  MissingCheckin,
  People,
  ShareKey,
  Term,
  Tier,
} from '../contract/contract.ts';
import { graceMoved } from '../contract/grace.ts';
import type { ContractReader, Entries } from './contract-reader.ts';
import type { Value } from './contract-text.ts';
import {
  type ClauseContext,
  checkReserve,
  parseCountries,
  parseDevices,
  parseLate,
  parseOverage,
  parseReassign,
  parseReserve,
  parseRollover,
} from './parse-clauses.ts';
import { parseCovers } from './parse-covers.ts';
import { parseMeasure } from './parse-measure.ts';
import { isPreset, parsePreset, presetNames } from './parse-preset.ts';
import { checkFalls, parseQuantity, parseTrueDown } from './parse-quantity.ts';
import { parseTerm } from './parse-term.ts';
import type { Bundles } from './parse-tiers.ts';

const LICENSE_KEYS = {
  owner: 'the license',
  known: [
    'id',
    'covers',
    'measure',
    'share',
    'linger',
    'missingCheckin',
    'borrow',
    'quantity',
    'unlimited',
    'expires',
    'term',
    'overage',
    'reserve',
    'reassign',
    'devices',
    'countries',
    'rollover',
    'late',
    'trueDown',
  ],
};

/** What the rest of the file says that a license refers to. */
export type Surroundings = {
  measures: Map<string, Measure | undefined>;
  term: Term | undefined;
  tiers: readonly Tier[];
  bundles: Bundles;
  people: People;
};

export function parseLicense(
  reader: ContractReader,
  node: Value,
  surroundings: Surroundings,
): License | undefined {
  const entries = reader.mapping(node, 'a license (id, covers, measure, quantity)', LICENSE_KEYS);
  if (entries === undefined) return undefined;
  const idNode = reader.required(entries, 'id', node, 'the license');
  const id = idNode && reader.text(idNode, 'the id of the license');
  const covers = parseCovers(reader, entries, node, surroundings);
  const measure = measureOf(reader, entries, node, surroundings.measures);
  const share = parseShare(reader, entries);
  const linger = reader.optional(entries, 'linger', (value) => reader.duration(value)) ?? 0n;
  const missingCheckin =
    reader.optional(entries, 'missingCheckin', (value) => parseMissingCheckin(reader, value)) ?? 'keep-open';
  const borrow = reader.optional(entries, 'borrow', (value) => reader.duration(value));
  if (borrow === 0n)
    reader.problem(entries.get('borrow')!.value, 'expected a duration above zero, found none');
  const unlimited =
    reader.optional(entries, 'unlimited', (value) => reader.boolean(value, 'true or false')) ?? false;
  if (unlimited && entries.has('quantity'))
    reader.problem(entries.get('quantity'), 'expected no "quantity" beside "unlimited: true"');
  const term = licenseTerm(reader, entries, surroundings.term);
  const quantity = parseQuantity(reader, entries, term);
  const context: ClauseContext = { measure, term, people: surroundings.people };
  const clauses = parseClauses(reader, entries, context, { unlimited, quantity });
  checkMeasure(reader, entries, { covers, measure, term });
  if (id === undefined || covers === undefined || measure === undefined) return undefined;
  return {
    id,
    line: node!.line,
    covers,
    measure,
    share,
    linger,
    missingCheckin,
    ...(borrow !== undefined && { borrow }),
    unlimited,
    quantity,
    ...(term && { term }),
    ...clauses,
  };
}

type Clauses = Pick<
  License,
  'overage' | 'reserve' | 'devices' | 'countries' | 'reassign' | 'rollover' | 'late' | 'trueDown'
>;

/** What a license says besides its quantity. */
function parseClauses(
  reader: ContractReader,
  entries: Entries,
  context: ClauseContext,
  bought: Pick<License, 'unlimited' | 'quantity'>,
): Clauses {
  const overage = reader.optional(entries, 'overage', (value) => parseOverage(reader, value, context));
  const reserve = reader.optional(entries, 'reserve', (value) => parseReserve(reader, value, context)) ?? [];
  checkReserve(reader, entries, { ...bought, reserve });
  const devices = reader.optional(entries, 'devices', (value) => parseDevices(reader, value));
  const countries = reader.optional(entries, 'countries', (value) => parseCountries(reader, value));
  const reassign = reader.optional(entries, 'reassign', (value) => parseReassign(reader, value));
  const rollover = reader.optional(entries, 'rollover', (value) => parseRollover(reader, value, context));
  const late = reader.optional(entries, 'late', (value) => parseLate(reader, value));
  const trueDown = reader.optional(entries, 'trueDown', (value) => parseTrueDown(reader, value));
  if (trueDown !== undefined) checkFalls(reader, entries, { ...bought, trueDown, term: context.term });
  return {
    ...(overage && { overage }),
    reserve,
    ...(devices && { devices }),
    ...(countries && { countries }),
    ...(reassign && { reassign }),
    ...(rollover && { rollover }),
    ...(late && { late }),
    ...(trueDown && { trueDown }),
  };
}

/** Measures that the rest of the license has no meaning for. */
function checkMeasure(
  reader: ContractReader,
  entries: Entries,
  {
    covers,
    measure,
    term,
  }: { covers: Covers | undefined; measure: Measure | undefined; term: Term | undefined },
): void {
  if (measure?.over === 'term' && term?.from === undefined) {
    reader.problem(
      entries.get('measure')!.value,
      `the measure ${quote(measure.name)} runs over the term, but no "term" with "from" is stated`,
    );
  }
  if (covers?.weights !== undefined && measure !== undefined && measure.count.what !== 'seats') {
    reader.problem(
      entries.get('covers')!.value,
      `the tokens of a bundle are counted by "count seats" only, found ${quote(measure.sentence)}`,
    );
  }
}

export function parseMeasureSentence(reader: ContractReader, name: string, node: Value): Measure | undefined {
  const sentence = reader.text(node, 'a sentence such as "count seats each instant take max over month"');
  if (sentence === undefined) return undefined;
  const problem = (column: number, message: string) => reader.problemWithin(node, column, message);
  if (isPreset(sentence)) return parsePreset(name, sentence, reader.zone, problem);
  return parseMeasure(name, sentence, problem);
}

function measureOf(
  reader: ContractReader,
  entries: Entries,
  license: Value,
  measures: Map<string, Measure | undefined>,
): Measure | undefined {
  const node = reader.required(entries, 'measure', license, 'the license');
  const name = node && reader.text(node, 'the name of a measure');
  if (name === undefined) return undefined;
  const isNamed = measures.has(name);
  if (/^count\s/.test(name) || (!isNamed && isPreset(name))) return parseMeasureSentence(reader, name, node);
  if (!isNamed) {
    reader.problem(
      node,
      `expected the name of a measure of this file, found ${quote(name)}${didYouMean(name, [...measures.keys(), ...presetNames()])}`,
    );
  }
  return measures.get(name);
}

function parseShare(reader: ContractReader, entries: Entries): ShareKey[] {
  const entry = entries.get('share');
  const keys = entry && reader.texts(entry.value, 'a list of person and host');
  return (keys ?? []).flatMap((key): ShareKey[] => {
    if (key === 'person' || key === 'host') return [key];
    reader.problem(
      entry!.value,
      `expected person or host, found ${quote(key)}${didYouMean(key, ['person', 'host'])}`,
    );
    return [];
  });
}

const MISSING_CHECKINS = ['keep-open', 'in-use', 'close-at-restart'] as const;

function parseMissingCheckin(reader: ContractReader, node: Value): MissingCheckin | undefined {
  const what = `${MISSING_CHECKINS.join(', ')} or a duration such as PT12H`;
  const text = reader.text(node, what);
  if (text === undefined) return undefined;
  const known = MISSING_CHECKINS.find((each) => each === text);
  if (known !== undefined) return known;
  const after = parseDuration(text);
  if (after !== undefined && after !== 0n) return { after };
  return reader.problem(node, `expected ${what}, found ${quote(text)}${didYouMean(text, MISSING_CHECKINS)}`);
}

function licenseTerm(
  reader: ContractReader,
  entries: Entries,
  contractTerm: Term | undefined,
): Term | undefined {
  const expires = entries.get('expires');
  const term = reader.optional(entries, 'term', (value) => parseTerm(reader, value));
  if (expires === undefined) return term ?? contractTerm;
  if (entries.has('term')) return reader.problem(expires, 'expected either "expires" or "term", found both');
  const until = reader.date(expires.value);
  return (
    until && {
      ...(contractTerm?.from && { from: contractTerm.from }),
      until,
      ...graceMoved(until.instant, contractTerm, reader.zone),
    }
  );
}
