/** One event of license use as a mark carries it, read by the words of the contract: who, where, what, how much. */
import type { Instant } from '../base/instant.ts';
import { EARLIEST, LATEST } from '../base/time-zone.ts';
import type { FieldRef, Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import { type Amount, ONE, parseAmount } from './amount.ts';
import type { Contract, License } from './contract.ts';
import { compilePeople, EXCLUDED } from './people.ts';
import type { SessionEvent } from './sessions.ts';
import { isVersionCovered } from './versions.ts';

/**
 * The inputs of a license's relation, in this order. The last three: events that name no feature, so may be any license's.
 * A denial or an upgrade that names none says nothing of any license.
 */
export const USE_STEPS = [
  { kind: 'open', featureless: false },
  { kind: 'close', featureless: false },
  { kind: 'use', featureless: false },
  { kind: 'denied', featureless: false },
  { kind: 'upgrade', featureless: false },
  { kind: 'open', featureless: true },
  { kind: 'close', featureless: true },
  { kind: 'use', featureless: true },
] as const;

/** Why a server refused: as the source's mapping has it, else in the record's own words. */
const REASONS: readonly FieldRef[] = [
  { taxonomy: 'audit', name: 'reason' },
  { taxonomy: 'raw', name: 'reason' },
];

export type LicenseUse = {
  kind: (typeof USE_STEPS)[number]['kind'];
  featureless: boolean;
  /** Undefined when absent, unreadable or not between 1990 and 2200. */
  time: Instant | undefined;
  person: string | undefined;
  host: string | undefined;
  /** For seats: 1 where the log states none. Undefined when it states what is no positive number. */
  seats: Amount | undefined;
  /** Whether the event states how many. */
  stated: boolean;
  /** False: somebody whom the contract leaves out. The license server counts them all the same. */
  counted: boolean;
  /** What the license server itself states: its counter after the event, its capacity, why it refused. */
  server: ServerWords | undefined;
  /** For sums: the field that the measure adds. Undefined when absent or no number. */
  amount: Amount | undefined;
  key: string;
  named: boolean;
  feature: string | undefined;
  share: string | undefined;
  place: Place;
  identity: string;
};

export type ServerWords = {
  inUse: Amount | undefined;
  capacity: Amount | undefined;
  reason: string | undefined;
};

export type TimedUse = LicenseUse & { time: Instant };

/** Columns of `Mark.values`: for each concept, where its fields stand. */
export class UseReader {
  readonly values: readonly FieldRef[];
  private readonly license: License;
  private readonly toPerson: (name: string) => string | typeof EXCLUDED;
  private readonly columns: Record<
    | 'person'
    | 'session'
    | 'host'
    | 'feature'
    | 'quantity'
    | 'version'
    | 'sum'
    | 'inUse'
    | 'capacity'
    | 'reason',
    number[]
  >;

  constructor({ people, fields }: Contract, license: License) {
    const values: FieldRef[] = [];
    const isSeats = license.measure.count.what === 'seats';
    const column = (refs: readonly FieldRef[]) => refs.map((ref) => values.push(ref) - 1);
    this.columns = {
      person: column(people.key),
      session: column(fields.session),
      host: column(fields.host),
      feature: column(fields.feature),
      quantity: column(fields.quantity),
      version: column(fields.version),
      sum: license.measure.count.what === 'sum' ? column([license.measure.count.field]) : [],
      // Servers count seats; nobody counts people or amounts for us.
      inUse: isSeats ? column([{ taxonomy: 'raw', name: 'in_use' }]) : [],
      capacity: isSeats ? column([{ taxonomy: 'raw', name: 'capacity' }]) : [],
      reason: isSeats ? column(REASONS) : [],
    };
    this.values = values;
    this.license = license;
    this.toPerson = compilePeople(people);
  }

  /** Undefined for versions that the license does not cover. */
  read(mark: Mark): LicenseUse | undefined {
    const { values } = mark;
    const { columns } = this;
    const name = firstText(values, columns.person);
    const counted = name === undefined ? undefined : this.toPerson(name);
    const person = counted === EXCLUDED ? name : counted;
    if (!isVersionCovered(firstText(values, columns.version), this.license.covers.version)) return undefined;
    const { kind, featureless } = USE_STEPS[mark.step]!;
    const session = firstText(values, columns.session);
    const host = firstText(values, columns.host);
    const sum = firstText(values, columns.sum);
    const quantity = firstText(values, columns.quantity);
    return {
      kind,
      featureless,
      time: mark.time !== undefined && mark.time >= EARLIEST && mark.time < LATEST ? mark.time : undefined,
      person,
      host,
      seats: toSeats(quantity),
      stated: quantity !== undefined,
      counted: counted !== EXCLUDED,
      server: this.serverWords(values),
      amount: sum === undefined ? undefined : parseAmount(sum),
      key: session === undefined ? JSON.stringify([person ?? null, host ?? null]) : toSessionKey(session),
      named: session !== undefined,
      feature: featureless ? undefined : (firstText(values, columns.feature)?.toLowerCase() ?? ''),
      share: this.shareOf(person, host),
      place: mark.place,
      identity: mark.identity,
    };
  }

  private serverWords(values: Mark['values']): ServerWords | undefined {
    const inUse = firstText(values, this.columns.inUse);
    const capacity = firstText(values, this.columns.capacity);
    const reason = firstText(values, this.columns.reason);
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

/** What JSON.stringify makes of `[session]`; ids of sessions hardly ever need escapes. */
function toSessionKey(session: string): string {
  for (let index = 0; index < session.length; index++) {
    const code = session.charCodeAt(index);
    if (code < 0x20 || code >= 0x7f || code === 0x22 || code === 0x5c) return JSON.stringify([session]);
  }
  return `["${session}"]`;
}

/** A license server writes how many; where it writes zero or less, or no number, we know nothing. */
function toSeats(quantity: string | undefined): Amount | undefined {
  if (quantity === undefined) return ONE;
  const amount = parseAmount(quantity);
  return amount !== undefined && amount > 0n ? amount : undefined;
}

function toCount(text: string | undefined): Amount | undefined {
  const amount = text === undefined ? undefined : parseAmount(text);
  return amount !== undefined && amount >= 0n ? amount : undefined;
}

export function toSessionEvent(use: TimedUse, holder = holderOf(use)): SessionEvent {
  const { time: at, key, named, feature, share, stated, place, identity } = use;
  const unreadable = use.seats === undefined;
  const quantity = use.seats ?? ONE;
  return { at, key, named, feature, share, stated, place, identity, unreadable, holder, quantity };
}

export function holderOf({ person, host, key }: LicenseUse): string {
  return person ?? host ?? key;
}
