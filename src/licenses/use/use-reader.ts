/**
 * Reads one event of license use from a mark, by the words of the contract. One reader of all columns, so one file of 366 lines.
 */
import type { Instant } from '../../base/instant.ts';
import { EARLIEST, LATEST } from '../../base/time-zone.ts';
import type { FieldRef, Mark } from '../../model/mark.ts';
import type { ServerLogFiles } from '../../model/relation.ts';
import { type Amount, ONE, parseAmount } from '../contract/amount.ts';
import type { Contract, License } from '../contract/contract.ts';
import { compileExclusions, compilePeople, EXCLUDED, foldName } from '../contract/people.ts';
import { compileEnvironments, isVersionCovered } from '../contract/versions.ts';
import type { Assignment, LicenseUse, ServerRestart, ServerWords } from './license-use.ts';
import { eachValue } from './several-values.ts';
import { isUnsaid } from './unsaid-text.ts';
import type { UseStep } from './use-steps.ts';

type Logs = ServerLogFiles | undefined;

/** Of a denial, after those that the contract names: as the source's mapping has it, else in the record's own words. */
const REASON_FIELDS: readonly FieldRef[] = [
  { taxonomy: 'audit', name: 'reason' },
  { taxonomy: 'raw', name: 'reason' },
];

type Concept =
  | 'person'
  | 'session'
  | 'host'
  | 'feature'
  | 'meter'
  | 'environment'
  | 'quantity'
  | 'version'
  | 'amount'
  | 'whole'
  | 'id'
  | 'canceled'
  | 'key'
  | 'group'
  | 'daemon'
  | 'device'
  | 'country'
  | 'received'
  | 'assignee'
  | 'seat'
  | 'inUse'
  | 'capacity'
  | 'reason';

/** Of which several values are a value of its own: no number, and another name. */
const SEVERAL_KEPT: ReadonlySet<Concept> = new Set<Concept>([
  'amount',
  'whole',
  'quantity',
  'inUse',
  'capacity',
  'received',
  'reason',
  'feature',
  'meter',
  'id',
]);

const TAKING: ReadonlySet<string> = new Set(['close', 'revoke', 'cancel', 'upgrade', 'restart']);

/** Columns of `Mark.values`: for each concept, where its fields stand. */
export class UseReader {
  readonly values: readonly FieldRef[];
  /** From then on no time is believed. */
  latest: Instant = LATEST;
  /** Of denials, which carry their reason as well: nothing is paid for it on other events. */
  readonly denialValues: readonly FieldRef[];
  private readonly license: License;
  private readonly reasons: readonly number[];
  private readonly isServed: boolean;
  private readonly toPerson: ReturnType<typeof compilePeople>;
  private readonly toClause: ReturnType<typeof compileExclusions>;
  private readonly steps: readonly UseStep[];
  private readonly columns: Record<Concept, number[]>;
  private readonly isEnvironmentCovered: (environment: string | undefined) => boolean;
  private readonly weights: ReadonlyMap<string, Amount>;

  constructor({ people, fields }: Contract, license: License, steps: readonly UseStep[]) {
    const values: FieldRef[] = [];
    const column = (refs: readonly FieldRef[]) => refs.map((ref) => values.push(ref) - 1);
    const { count } = license.measure;
    const key = 'key' in count && typeof count.key !== 'string' ? [count.key] : [];
    const isSummed = count.what === 'sum' || count.what === 'events';
    // Servers count seats; nobody counts people, amounts or the tokens of a bundle for us.
    const isServed = count.what === 'seats' && license.covers.weights === undefined;
    this.columns = {
      person: column(people.key),
      session: column(fields.session),
      host: column(fields.host),
      feature: column(fields.feature),
      quantity: column(fields.quantity),
      version: column(fields.version),
      amount: column('field' in count ? [count.field] : []),
      whole: column('beyond' in count && count.beyond !== undefined ? [count.beyond.field] : []),
      id: column(isSummed ? [{ taxonomy: 'audit', name: 'id' }] : []),
      canceled: column(isSummed ? fields.canceled : []),
      key: column(key),
      group: column('by' in count && count.by !== undefined ? [count.by] : []),
      meter: license.covers.meters.length > 0 ? column(fields.meter) : [],
      environment: license.covers.environments === undefined ? [] : column(fields.environment),
      device: license.devices === undefined ? [] : column(fields.device),
      country: license.countries === undefined ? [] : column(fields.country),
      received: license.late === undefined ? [] : column(fields.received),
      assignee: license.reassign !== undefined || count.what === 'assigned' ? column(fields.assignee) : [],
      seat: license.reassign !== undefined || count.what === 'assigned' ? column(fields.seat) : [],
      reason: license.reassign === undefined ? [] : column(fields.reason),
      daemon: license.missingCheckin === 'close-at-restart' ? column(fields.daemon) : [],
      inUse: isServed ? column([{ taxonomy: 'raw', name: 'in_use' }]) : [],
      capacity: isServed ? column([{ taxonomy: 'raw', name: 'capacity' }]) : [],
    };
    this.isEnvironmentCovered = compileEnvironments(license.covers.environments);
    this.weights = new Map(license.covers.weights?.map(({ feature, weight }) => [feature, weight]));
    this.steps = steps;
    this.values = values;
    const reasons = [...fields.reason, ...REASON_FIELDS];
    this.denialValues = [...values, ...reasons];
    this.reasons = reasons.map((_, index) => values.length + index);
    this.isServed = isServed;
    this.license = license;
    this.toPerson = compilePeople(people);
    this.toClause = compileExclusions(people);
  }

  /** Whether the event may have made use less. */
  takesAway({ step }: Mark): boolean {
    return TAKING.has(this.steps[step]!.kind);
  }

  /** The marks that a mark with several values in some fields stands for; undefined where they are too many. */
  each(mark: Mark, several: readonly number[]): Mark[] | undefined {
    const { what } = this.license.measure.count;
    const { kind } = this.steps[mark.step]!;
    const isGrant = kind === 'assign' || kind === 'revoke';
    const isGauge = what === 'level' || what === 'sampled';
    const isBundle = this.weights.size > 0;
    // Of people or hosts without a session each may have taken a seat.
    const { session, quantity } = this.columns;
    const isSeatOfAll =
      what === 'seats' &&
      firstName(mark.values, session) === undefined &&
      firstText(mark.values, quantity) === undefined;
    const each = new Set<Concept>([
      'canceled',
      ...(isGrant ? (['assignee', 'person', 'seat'] as const) : []),
      ...(what === 'distinct' || what === 'assigned' ? (['person', 'host', 'key'] as const) : []),
      ...(what === 'assigned' ? (['group'] as const) : []),
    ]);
    return eachValue(mark, several, this.columns, {
      each,
      kept: isGauge ? new Set([...SEVERAL_KEPT, 'host']) : SEVERAL_KEPT,
      unclear: new Set([
        'session',
        'group',
        ...(isGauge ? (['host'] as const) : []),
        ...(isBundle ? (['feature'] as const) : []),
        ...(isSeatOfAll ? (['person', 'host'] as const) : []),
      ]),
      quantities: ['quantity', 'amount', 'whole'],
    });
  }

  /** Undefined for events of another kind, and for restarts at an unknown time: those end nothing. */
  readRestart(mark: Mark, logs: Logs): ServerRestart | undefined {
    const time = this.timeOf(mark);
    if (this.steps[mark.step]!.kind !== 'restart' || time === undefined) return undefined;
    return { time, daemon: this.daemonOf(mark), log: logs?.[mark.place.file]?.log };
  }

  /** Undefined for events of another kind, and for accounts that do not count. */
  readAssignment(mark: Mark): Assignment | undefined {
    const { kind, featureless } = this.steps[mark.step]!;
    const time = this.timeOf(mark);
    if (kind !== 'assign' && kind !== 'revoke') return undefined;
    const { values, place, identity } = mark;
    const { seat, reason } = this.columns;
    const name = this.grantedOf(mark);
    const person = name === undefined ? undefined : this.toPerson(name, time);
    if (person === EXCLUDED) return undefined;
    return {
      kind,
      featureless,
      time,
      person,
      seat: firstName(values, seat),
      reason: firstText(values, reason),
      place,
      identity,
    };
  }

  private timeOf({ time }: Mark): Instant | undefined {
    return time !== undefined && time >= EARLIEST && time < this.latest ? time : undefined;
  }

  private daemonOf({ values }: Mark): string | undefined {
    return firstText(values, this.columns.daemon)?.toLowerCase();
  }

  /** Undefined for what is no use, or left out: versions and environments that the license does not cover. */
  read(mark: Mark, logs?: Logs): LicenseUse | undefined {
    const { values } = mark;
    const { columns } = this;
    const { kind, featureless } = this.steps[mark.step]!;
    const isGrant = kind === 'assign' || kind === 'revoke';
    if (kind === 'restart' || (isGrant && !this.countsGrant(mark))) return undefined;
    const name = isGrant ? this.grantedOf(mark) : this.personOf(mark, columns.person);
    const counted = name === undefined ? undefined : this.toPerson(name, mark.time);
    const person = counted === EXCLUDED ? name : counted;
    if (!isVersionCovered(firstText(values, columns.version), this.license.covers.version)) return undefined;
    if (!this.isEnvironmentCovered(firstText(values, columns.environment))) return undefined;
    const feature = this.featureOf(values);
    const session = firstName(values, columns.session);
    // Names of hosts have no case (RFC 4343).
    const host = firstName(values, columns.host)?.toLowerCase();
    const [amount, whole] = [firstText(values, columns.amount), firstText(values, columns.whole)];
    const quantity = firstText(values, columns.quantity);
    const reason = kind === 'denied' ? firstText(values, this.reasons) : undefined;
    return {
      kind: kind === 'borrow' ? 'open' : kind,
      device: firstName(values, columns.device),
      country: firstName(values, columns.country),
      received: firstText(values, columns.received),
      borrowed: kind === 'borrow',
      daemon: this.daemonOf(mark),
      log: logs?.[mark.place.file]?.log,
      featureless,
      time: this.timeOf(mark),
      person,
      host,
      seats: toSeats(quantity, this.weights.get(feature)),
      stated: quantity !== undefined,
      excluded: counted === EXCLUDED,
      server: this.serverWords(values, reason),
      amount: amount === undefined ? undefined : parseAmount(amount),
      statesAmount: amount !== undefined,
      id: firstText(values, columns.id),
      canceled: kind === 'cancel' ? firstText(values, columns.canceled) : undefined,
      whole: whole === undefined ? undefined : parseAmount(whole),
      counted: this.countedOf(values, person, host),
      seat: firstName(values, columns.seat),
      group: firstText(values, columns.group),
      key: session === undefined ? undefined : toSessionKey(session),
      named: session !== undefined,
      feature: featureless ? undefined : feature,
      share: this.shareOf(person, host),
      reason,
      isUnordered: mark.isUnordered,
      place: mark.place,
      origin: mark,
    };
  }

  private countsGrant({ values, step }: Mark): boolean {
    const { what } = this.license.measure.count;
    if (what !== 'sum') return what === 'assigned';
    return this.steps[step]!.kind === 'revoke' && firstText(values, this.columns.amount) !== undefined;
  }

  /** As the log has it. */
  nameOf(mark: Mark, { kind }: LicenseUse): string | undefined {
    const isGrant = kind === 'assign' || kind === 'revoke';
    return isGrant ? this.grantedOf(mark) : this.personOf(mark, this.columns.person);
  }

  private grantedOf(mark: Mark): string | undefined {
    return this.personOf(mark, this.columns.assignee) ?? this.personOf(mark, this.columns.person);
  }

  /** What says that nobody was recorded names somebody only where the contract says whom, or that it does not count. */
  private personOf({ values, time }: Mark, columns: readonly number[]): string | undefined {
    for (const column of columns) {
      const name = values[column];
      if (name === undefined || name === '') continue;
      if (!isUnsaid(name) || this.toPerson(name, time) !== foldName(name)) return name;
    }
    return undefined;
  }

  /** In lower case; of a bundle the one that has a weight, which need not be the first that the event names. */
  private featureOf(values: Mark['values']): string {
    if (this.weights.size > 0) {
      for (const column of this.columns.feature) {
        const feature = values[column]?.toLowerCase();
        if (feature !== undefined && this.weights.has(feature)) return feature;
      }
    }
    return (
      firstText(values, this.columns.feature) ??
      firstText(values, this.columns.meter) ??
      ''
    ).toLowerCase();
  }

  /** The clause by which an account does not count; undefined where the event was left out for another reason. */
  exclusionOf(mark: Mark): string | undefined {
    const name = this.personOf(mark, this.columns.person);
    if (name === undefined || this.toPerson(name, mark.time) !== EXCLUDED) return undefined;
    return this.toClause(name, mark.time);
  }

  private countedOf(
    values: Mark['values'],
    person: string | undefined,
    host: string | undefined,
  ): string | undefined {
    const { count } = this.license.measure;
    if (!('key' in count)) return undefined;
    if (typeof count.key !== 'string') return firstName(values, this.columns.key);
    return count.key === 'person' ? person : host;
  }

  private serverWords(values: Mark['values'], reason: string | undefined): ServerWords | undefined {
    if (!this.isServed) return undefined;
    const inUse = firstText(values, this.columns.inUse);
    const capacity = firstText(values, this.columns.capacity);
    if (inUse === undefined && capacity === undefined && reason === undefined) return undefined;
    return { inUse: toCount(inUse), capacity: toCount(capacity), reason };
  }

  /** Sessions of which a key is unknown are not merged with others: to merge them could hide use. */
  private shareOf(person: string | undefined, host: string | undefined): string | undefined {
    const { share } = this.license;
    if (share.length === 0) return undefined;
    const keys = share.map((key) => (key === 'person' ? person : host));
    return keys.includes(undefined) ? undefined : JSON.stringify(keys);
  }
}

function firstText(values: Mark['values'], columns: readonly number[]): string | undefined {
  for (let index = 0; index < columns.length; index++) {
    const value = values[columns[index]!];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** Of what tells people and things apart: that it was not recorded makes two of them neither one nor proven. */
function firstName(values: Mark['values'], columns: readonly number[]): string | undefined {
  for (let index = 0; index < columns.length; index++) {
    const value = values[columns[index]!];
    if (value !== undefined && value !== '' && !isUnsaid(value)) return value;
  }
  return undefined;
}

function toSessionKey(session: string): string {
  return `${session.length}:${session}`;
}

/** `weight`: the tokens of one seat. A license server writes how many; where it writes zero or less, or no number, we know nothing. */
function toSeats(quantity: string | undefined, weight = ONE): Amount | undefined {
  if (quantity === undefined) return weight;
  const amount = parseAmount(quantity);
  if (amount === undefined || amount <= 0n) return undefined;
  return weight === ONE ? amount : (amount * weight) / ONE;
}

function toCount(text: string | undefined): Amount | undefined {
  const amount = text === undefined ? undefined : parseAmount(text);
  return amount !== undefined && amount >= 0n ? amount : undefined;
}
