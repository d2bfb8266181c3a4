/**
 * `licenses.yaml` to a contract. Everything that is wrong is said at once, with its place, what was expected and what was
 * found; keys of the design that this version cannot honor are refused, for an ignored clause would be a wrong verdict.
 * Longer than 250 lines: one function a clause of the contract, in the order of the file.
 */
import { parseDuration } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { isTimeZone, parseDate, startOfDay } from '../base/time-zone.ts';
import type { Problem } from '../model/problem.ts';
import { parseAmount } from './amount.ts';
import type {
  Contract,
  ContractDate,
  EventWords,
  License,
  LicenseFields,
  Measure,
  MissingCheckin,
  People,
  QuantityEntry,
  ShareKey,
  Term,
} from './contract.ts';
import { DEFAULT_COVERAGE, DEFAULT_EVENTS, DEFAULT_FIELDS, DEFAULT_PERSON } from './contract.ts';
import { ContractText, type Entry, type Value } from './contract-text.ts';
import { parseMeasure, toFieldRef } from './parse-measure.ts';
import { parseVersionBound } from './versions.ts';

type Entries = Map<string, Entry>;

const CONTRACT_KEYS = {
  owner: 'the contract file',
  known: ['contract', 'term', 'people', 'events', 'fields', 'measures', 'licenses', 'evidence'],
  later: ['tiers', 'bundles', 'devices', 'countries'],
};
const LICENSE_KEYS = {
  owner: 'the license',
  known: [
    'id',
    'covers',
    'measure',
    'share',
    'linger',
    'missingCheckin',
    'quantity',
    'unlimited',
    'expires',
    'term',
  ],
  later: [
    'borrow',
    'reserve',
    'overage',
    'reassign',
    'devices',
    'countries',
    'rollover',
    'late',
    'trueDown',
    'tiers',
    'bundles',
  ],
};
const TERM_KEYS = { owner: '"term"', known: ['from', 'until', 'grace'] };

/** Without problems there is a contract; with a problem there is none. */
export function parseContract(file: string, text: string): { contract?: Contract; problems: Problem[] } {
  const parser = new ContractParser(file, new ContractText(file, text));
  const contract = parser.parse();
  const problems = parser.text.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return contract === undefined || problems.length > 0 ? { problems } : { contract, problems };
}

class ContractParser {
  readonly text: ContractText;
  private readonly file: string;
  /** Dates wait for the zone: without a valid one they are checked as if in UTC. */
  private zone = 'UTC';
  /** Whom each other name stands for, by the name in lower case. */
  private readonly personByName = new Map<string, string>();

  constructor(file: string, text: ContractText) {
    this.file = file;
    this.text = text;
  }

  parse(): Contract | undefined {
    if (this.text.root === undefined && this.text.problems.length > 0) return undefined;
    const root = this.text.mapping(
      this.text.root,
      'a contract (contract, term, people, measures, licenses)',
      CONTRACT_KEYS,
    );
    if (root === undefined) return undefined;
    const head = this.head(root);
    const term = this.optional(root, 'term', (node) => this.term(node));
    const measures = this.measures(root);
    const people = this.people(root.get('people')?.value);
    const events = this.events(root.get('events')?.value);
    const fields = this.fields(root.get('fields')?.value);
    const coverage = this.evidence(root.get('evidence')?.value);
    const licenses = this.licenses(root, measures, term);
    if (head === undefined) return undefined;
    return {
      file: this.file,
      ...head,
      timezone: this.zone,
      ...(term && { term }),
      people,
      events,
      fields,
      licenses,
      coverage,
    };
  }

  private head(root: Entries): { id: string; licensor?: string } | undefined {
    const node = this.required(root, 'contract', this.text.root, 'the contract file');
    const head =
      node &&
      this.text.mapping(node, 'a mapping with "id" and "timezone"', {
        owner: '"contract"',
        known: ['id', 'licensor', 'timezone'],
      });
    if (head === undefined) return undefined;
    const zoneNode = this.required(head, 'timezone', node, '"contract"');
    const zone = zoneNode && this.text.text(zoneNode, 'an IANA time zone such as Europe/Berlin');
    if (zone !== undefined && isTimeZone(zone)) this.zone = zone;
    else if (zone !== undefined) {
      const nearest = didYouMean(zone, Intl.supportedValuesOf('timeZone'));
      this.text.problem(
        zoneNode,
        `expected an IANA time zone such as Europe/Berlin, found ${quote(zone)}${nearest}`,
      );
    }
    const idNode = this.required(head, 'id', node, '"contract"');
    const id = idNode && this.text.text(idNode, 'the id of the contract');
    const licensor = this.optional(head, 'licensor', (value) =>
      this.text.text(value, 'the name of the licensor'),
    );
    return id === undefined ? undefined : { id, ...(licensor !== undefined && { licensor }) };
  }

  private term(node: Value): Term | undefined {
    const entries = this.text.mapping(node, 'a term with "from" and "until"', TERM_KEYS);
    if (entries === undefined) return undefined;
    const from = this.optional(entries, 'from', (value) => this.date(value));
    const untilNode = this.required(entries, 'until', node, '"term"');
    const until = untilNode && this.date(untilNode);
    const grace = this.optional(entries, 'grace', (value) => this.duration(value)) ?? 0n;
    if (from !== undefined && until !== undefined && until.instant <= from.instant) {
      this.text.problem(
        untilNode,
        `expected a day after ${from.text}, for terms are half-open, found ${quote(until.text)}`,
      );
    }
    return until && { ...(from && { from }), until, grace };
  }

  private people(node: Value): People {
    const people: People = { key: DEFAULT_PERSON, same: [], exclude: [] };
    if (node === undefined) return people;
    const entries = this.text.mapping(node, 'a mapping of "key", "same", "exclude"', {
      owner: '"people"',
      known: ['key', 'same', 'exclude'],
      later: ['teams'],
    });
    const key =
      entries &&
      this.optional(entries, 'key', (value) => this.text.texts(value, 'the field that names the person'));
    if (key !== undefined) people.key = key.map(toFieldRef);
    for (const each of this.listAt(entries, 'same', 'a list of {person, as}')) this.same(each, people);
    for (const each of this.listAt(entries, 'exclude', 'a list of {match, because}')) {
      const rule = this.text.mapping(each, 'a mapping of "match" and "because"', {
        owner: '"exclude"',
        known: ['match', 'because'],
      });
      const matchNode = rule && this.required(rule, 'match', each, '"exclude"');
      const match = matchNode && this.text.text(matchNode, 'a name or pattern such as "svc-*"');
      const because =
        rule &&
        this.optional(rule, 'because', (value) => this.text.text(value, 'the clause that excludes them'));
      if (match !== undefined) people.exclude.push({ match, ...(because !== undefined && { because }) });
    }
    return people;
  }

  private same(node: Value, people: People): void {
    const entries = this.text.mapping(node, 'a mapping of "person" and "as"', {
      owner: '"same"',
      known: ['person', 'as'],
      later: ['from'],
    });
    const personNode = entries && this.required(entries, 'person', node, '"same"');
    const person = personNode && this.text.text(personNode, 'the name of the person');
    const namesNode = entries && this.required(entries, 'as', node, '"same"');
    const names = namesNode && this.text.texts(namesNode, 'other names of the person');
    if (person === undefined || names === undefined) return;
    for (const name of names) {
      const other = this.personByName.get(name.toLowerCase());
      if (other === undefined) this.personByName.set(name.toLowerCase(), person);
      else if (other.toLowerCase() !== person.toLowerCase()) {
        this.text.problem(namesNode, `${quote(name)} cannot be both ${quote(other)} and ${quote(person)}`);
      }
    }
    people.same.push({ person, as: names });
  }

  private events(node: Value): EventWords {
    const keys = ['open', 'close', 'use', 'denied', 'upgrade'] as const;
    const entries =
      node &&
      this.text.mapping(node, 'a mapping of "open", "close", "use", "denied", "upgrade"', {
        owner: '"events"',
        known: keys,
      });
    const words = { ...DEFAULT_EVENTS };
    for (const key of keys)
      words[key] = (entries && this.globs(entries, key, 'patterns of actions')) ?? words[key];
    if (words.open.length + words.use.length === 0)
      this.text.problem(node, 'expected a pattern of actions for "open" or "use", found none');
    return words;
  }

  private globs(entries: Entries, key: string, what: string): string[] | undefined {
    return this.optional(entries, key, (value) => this.text.texts(value, what));
  }

  private fields(node: Value): LicenseFields {
    const keys = ['feature', 'session', 'host', 'quantity', 'version'] as const;
    const entries =
      node &&
      this.text.mapping(node, `a mapping of ${keys.map(quote).join(', ')}`, {
        owner: '"fields"',
        known: keys,
      });
    const fields = { ...DEFAULT_FIELDS };
    for (const key of keys) {
      const names = entries && this.globs(entries, key, 'field names');
      if (names !== undefined && names.length === 0 && key === 'feature') {
        this.text.problem(
          entries!.get(key)!.value,
          'expected at least one field that names the feature, found none',
        );
      }
      if (names !== undefined) fields[key] = names.map(toFieldRef);
    }
    return fields;
  }

  private evidence(node: Value): number {
    if (node === undefined) return DEFAULT_COVERAGE;
    const entries = this.text.mapping(node, 'a mapping of "coverage"', {
      owner: '"evidence"',
      known: ['coverage', 'ifMissing'],
      later: ['keep'],
    });
    const missing = entries?.get('ifMissing');
    if (missing !== undefined && this.text.text(missing.value, 'indeterminate') !== 'indeterminate') {
      this.text.problem(missing.value, 'only "indeterminate" is supported yet for "ifMissing"');
    }
    const coverage = entries?.get('coverage');
    if (coverage === undefined) return DEFAULT_COVERAGE;
    const text = this.text.text(coverage.value, 'a percentage such as 99%');
    const percent = text === undefined ? undefined : /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
    if (percent !== undefined && Number(percent) <= 100) return Number(percent);
    if (text !== undefined) this.text.expected(coverage.value, 'a percentage between 0% and 100%');
    return DEFAULT_COVERAGE;
  }

  private measures(root: Entries): Map<string, Measure | undefined> {
    const node = root.get('measures')?.value;
    const entries = node && this.text.mapping(node, 'a mapping of measures by name', undefined);
    const measures = new Map<string, Measure | undefined>();
    for (const { key, value } of entries?.values() ?? []) measures.set(key, this.measure(key, value));
    return measures;
  }

  private measure(name: string, node: Value): Measure | undefined {
    const sentence = this.text.text(
      node,
      'a sentence such as "count seats each instant take max over month"',
    );
    if (sentence === undefined) return undefined;
    return parseMeasure(name, sentence, (column, message) => this.text.problemWithin(node, column, message));
  }

  private licenses(
    root: Entries,
    measures: Map<string, Measure | undefined>,
    term: Term | undefined,
  ): License[] {
    const node = this.required(root, 'licenses', this.text.root, 'the contract file');
    const items = node && this.text.list(node, 'a list of licenses');
    if (items?.length === 0) this.text.problem(node, 'expected at least one license, found none');
    const ids = new Set<string>();
    return (items ?? []).flatMap((item) => {
      const license = this.license(item, measures, term);
      if (license === undefined) return [];
      if (ids.has(license.id)) this.text.problem(item, `the license ${quote(license.id)} stands twice`);
      ids.add(license.id);
      return [license];
    });
  }

  private license(
    node: Value,
    measures: Map<string, Measure | undefined>,
    contractTerm: Term | undefined,
  ): License | undefined {
    const entries = this.text.mapping(node, 'a license (id, covers, measure, quantity)', LICENSE_KEYS);
    if (entries === undefined) return undefined;
    const idNode = this.required(entries, 'id', node, 'the license');
    const id = idNode && this.text.text(idNode, 'the id of the license');
    const covers = this.covers(entries, node);
    const measure = this.measureOf(entries, node, measures);
    const share = this.share(entries);
    const linger = this.optional(entries, 'linger', (value) => this.duration(value)) ?? 0n;
    const missingCheckin =
      this.optional(entries, 'missingCheckin', (value) => this.missingCheckin(value)) ?? 'keep-open';
    const unlimited =
      this.optional(entries, 'unlimited', (value) => this.text.boolean(value, 'true or false')) ?? false;
    if (unlimited && entries.has('quantity')) {
      this.text.problem(entries.get('quantity'), 'expected no "quantity" beside "unlimited: true"');
    }
    const quantity = this.quantity(entries);
    const term = this.licenseTerm(entries, contractTerm);
    if (measure?.over === 'term' && term?.from === undefined) {
      this.text.problem(
        entries.get('measure')!.value,
        `the measure ${quote(measure.name)} runs over the term, but no "term" with "from" is stated`,
      );
    }
    if (id === undefined || covers === undefined || measure === undefined) return undefined;
    return {
      id,
      line: node!.line,
      covers,
      measure,
      share,
      linger,
      missingCheckin,
      unlimited,
      quantity,
      ...(term && { term }),
    };
  }

  private covers(entries: Entries, license: Value): License['covers'] | undefined {
    const node = this.required(entries, 'covers', license, 'the license');
    const covers =
      node &&
      this.text.mapping(node, 'a mapping of "feature"', {
        owner: '"covers"',
        known: ['feature', 'version'],
        later: ['environment', 'tier', 'meter'],
      });
    if (covers === undefined) return undefined;
    const featureNode = this.required(covers, 'feature', node, '"covers"');
    const features = featureNode && this.text.texts(featureNode, 'the features that the license covers');
    if (features?.length === 0) this.text.problem(featureNode, 'expected at least one feature, found none');
    const version = this.optional(covers, 'version', (value) => {
      const text = this.text.text(value, 'a version bound such as "<= 2025.1"');
      const bound = text === undefined ? undefined : parseVersionBound(text);
      return (
        bound ??
        (text === undefined ? undefined : this.text.expected(value, 'a version bound such as "<= 2025.1"'))
      );
    });
    return features && { features, ...(version && { version }) };
  }

  private measureOf(
    entries: Entries,
    license: Value,
    measures: Map<string, Measure | undefined>,
  ): Measure | undefined {
    const node = this.required(entries, 'measure', license, 'the license');
    const name = node && this.text.text(node, 'the name of a measure');
    if (name === undefined) return undefined;
    if (/^count\s/.test(name)) return this.measure(name, node);
    if (!measures.has(name)) {
      this.text.problem(
        node,
        `expected the name of a measure of this file, found ${quote(name)}${didYouMean(name, measures.keys())}`,
      );
    }
    return measures.get(name);
  }

  private share(entries: Entries): ShareKey[] {
    const entry = entries.get('share');
    const keys = entry && this.text.texts(entry.value, 'a list of person and host');
    return (keys ?? []).flatMap((key): ShareKey[] => {
      if (key === 'person' || key === 'host') return [key];
      this.text.problem(
        entry!.value,
        `expected person or host, found ${quote(key)}${didYouMean(key, ['person', 'host'])}`,
      );
      return [];
    });
  }

  private missingCheckin(node: Value): MissingCheckin | undefined {
    const what = 'keep-open, in-use or a duration such as PT12H';
    const text = this.text.text(node, what);
    if (text === undefined || text === 'keep-open' || text === 'in-use') return text;
    if (text === 'close-at-restart')
      return this.text.problem(node, '"close-at-restart" is not supported yet');
    const after = parseDuration(text);
    return after === undefined || after === 0n ? this.text.expected(node, what) : { after };
  }

  private licenseTerm(entries: Entries, contractTerm: Term | undefined): Term | undefined {
    const expires = entries.get('expires');
    const term = this.optional(entries, 'term', (value) => this.term(value));
    if (expires === undefined) return term ?? contractTerm;
    if (entries.has('term'))
      return this.text.problem(expires, 'expected either "expires" or "term", found both');
    const until = this.date(expires.value);
    return (
      until && {
        ...(contractTerm?.from && { from: contractTerm.from }),
        until,
        grace: contractTerm?.grace ?? 0n,
      }
    );
  }

  private quantity(entries: Entries): QuantityEntry[] {
    const items = this.listAt(entries, 'quantity', 'a list of quantities by date');
    const parsed = items.flatMap((node) => {
      const entry = this.quantityEntry(node);
      return entry === undefined ? [] : [{ node, entry }];
    });
    if (parsed.length < items.length) return [];
    const sorted = parsed.toSorted((a, b) => Number(a.entry.from.instant - b.entry.from.instant));
    const first = sorted[0];
    if (first?.entry.verb === 'add') {
      this.text.problem(
        first.node,
        `expected "set" or "supersede" as the first quantity, found "add" from ${first.entry.from.text}: there is nothing to add to`,
      );
    }
    for (const [index, { node, entry }] of sorted.entries()) {
      const before = sorted[index - 1]?.entry;
      if (entry.verb !== 'add' && before?.from.instant === entry.from.instant && before.verb !== 'add') {
        this.text.problem(node, `two totals are stated for ${entry.from.text}, expected one`);
      }
    }
    return parsed.map(({ entry }) => entry);
  }

  private quantityEntry(node: Value): QuantityEntry | undefined {
    const verbs = ['set', 'add', 'supersede'] as const;
    const entries = this.text.mapping(node, 'a quantity such as {from: 2025-01-01, set: 25}', {
      owner: 'the quantity',
      known: ['from', ...verbs, 'by', 'cost'],
    });
    if (entries === undefined) return undefined;
    const fromNode = this.required(entries, 'from', node, 'the quantity');
    const from = fromNode && this.date(fromNode);
    const stated = verbs.filter((verb) => entries.has(verb));
    if (stated.length !== 1) {
      const found = stated.length === 0 ? 'none' : stated.map(quote).join(' and ');
      return this.text.problem(node, `expected one of "set", "add", "supersede", found ${found}`);
    }
    const verb = stated[0]!;
    const amount = this.amount(entries.get(verb)!.value);
    const by = this.optional(entries, 'by', (value) =>
      this.text.text(value, 'the document, such as Amendment-1'),
    );
    if (verb !== 'set' && !entries.has('by'))
      this.text.problem(node, `expected "by" with the document that carries the ${quote(verb)}, found none`);
    const cost = this.optional(entries, 'cost', (value) => this.cost(value));
    if (from === undefined || amount === undefined) return undefined;
    return { from, verb, amount, ...(by !== undefined && { by }), ...(cost && { cost }) };
  }

  private amount(node: Value): QuantityEntry['amount'] | undefined {
    const what = 'a number or "unlimited"';
    const text = this.text.text(node, what);
    if (text === undefined || text === 'unlimited') return text;
    const digits = this.text.number(node, what);
    const amount = digits === undefined ? undefined : parseAmount(digits);
    if (digits === undefined || (amount !== undefined && amount >= 0n)) return amount;
    return this.text.expected(node, 'a number of at least 0 in decimal digits');
  }

  private cost(node: Value): QuantityEntry['cost'] | undefined {
    const entries = this.text.mapping(node, 'a cost such as {per: seat-month, prorate: day}', {
      owner: '"cost"',
      known: ['per', 'prorate'],
    });
    const perNode = entries && this.required(entries, 'per', node, '"cost"');
    const per = perNode && this.text.text(perNode, 'the unit of the price, such as seat-month');
    const prorate =
      entries &&
      this.optional(entries, 'prorate', (value) =>
        this.text.text(value, 'the unit of proration, such as day'),
      );
    return per === undefined ? undefined : { per, ...(prorate !== undefined && { prorate }) };
  }

  private date(node: Value): ContractDate | undefined {
    const what = 'a day between 1990-01-01 and 2199-12-31';
    const text = this.text.text(node, what);
    const day = text === undefined ? undefined : parseDate(text);
    if (text === undefined) return undefined;
    if (day === undefined || day.year < 1990 || day.year > 2199) return this.text.expected(node, what);
    return { text, instant: startOfDay(day, this.zone) };
  }

  private duration(node: Value): bigint | undefined {
    const what = 'a duration such as PT30M, P14D or 12h';
    const text = this.text.text(node, what);
    if (text === undefined) return undefined;
    return parseDuration(text) ?? this.text.expected(node, what);
  }

  private required(entries: Entries, key: string, owner: Value, name: string): Value {
    const entry = entries.get(key);
    return entry?.value ?? this.text.problem(owner, `expected "${key}" in ${name}, found none`);
  }

  /** An absent key and one without a value differ: of the second, `parse` says that nothing was found. */
  private optional<Parsed>(
    entries: Entries,
    key: string,
    parse: (node: Value) => Parsed | undefined,
  ): Parsed | undefined {
    const entry = entries.get(key);
    return entry && parse(entry.value);
  }

  private listAt(entries: Entries | undefined, key: string, what: string): Value[] {
    return (entries && this.optional(entries, key, (value) => this.text.list(value, what))) ?? [];
  }
}
