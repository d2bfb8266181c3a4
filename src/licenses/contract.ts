/** The contract as plain data: what `licenses.yaml` says, with every date an instant. Structured clone keeps it whole. */
import type { Instant } from '../base/instant.ts';
import type { FieldRef } from '../model/mark.ts';
import type { Amount } from './amount.ts';

/** A date as the contract writes it, and the instant its day begins in the contract's time zone. */
export type ContractDate = { text: string; instant: Instant };

/** Half-open. Use is still allowed for `grace` nanoseconds after `until`. A license that only expires has no `from`. */
export type Term = { from?: ContractDate; until: ContractDate; grace: bigint };

/** Who or what is told apart: people and hosts as the contract names them, or the values of a field. */
export type CountKey = 'person' | 'host' | FieldRef;

export type Count =
  | { what: 'seats' }
  | { what: 'distinct' | 'assigned'; key: CountKey }
  | { what: 'sum'; field: FieldRef; by?: FieldRef }
  /** A gauge of each host: `level` holds until the next reading, `sampled` is known at its readings only. */
  | { what: 'level' | 'sampled'; field: FieldRef; by?: FieldRef }
  | { what: 'events' };

/**
 * `days`: a window of so many whole days that ends with each day. `minute`: of each day only what is at that minute, from
 * 0:00, on the clock with which the day ends.
 */
export type Bucket =
  | { kind: 'snapshot'; minute: number }
  | { kind: 'instant' | 'event' | 'minute' | '15min' | 'hour' | 'day' | 'period' }
  | { kind: 'rolling'; days: number };

/** `percent` of the percentile or of the highest buckets that are dropped, as an amount: `1` is one percent. */
export type Statistic =
  | { kind: 'max' | 'mean' | 'sum' | 'last' }
  | { kind: 'percentile' | 'drop-top'; percent: Amount };

export type PeriodKind = 'month' | 'quarter' | 'term';

/** What becomes of a figure before it is held against the quantity, in this order. */
export type Adjustment = {
  /** Less counts as so much. */
  atLeast?: Amount;
  /** `pattern`: the values of the measure's `by` that the factor is for; the first that fits holds. */
  factors?: { factor: Amount; pattern: string }[];
  round?: 'up' | 'down' | 'half';
};

/** One sentence of the contract: count WHAT each BUCKET take STATISTIC over PERIOD, then minimum, factor, rounding. */
export type Measure = {
  name: string;
  sentence: string;
  count: Count;
  each: Bucket;
  /** Each event counts as no less. */
  eachAtLeast?: Amount;
  take: Statistic;
  over: PeriodKind;
  /** The day that months begin with; a shorter month begins with its last day. 1 unless stated. */
  anchor: number;
  adjust: Adjustment;
  /** Definitions by date, where a vendor changed its own: a period is judged by the one in force when it begins. */
  versions?: MeasureVersion[];
};

/** `unknown`: why periods that begin in its time cannot be judged. The first has no `from`. */
export type MeasureVersion = { from: ContractDate | undefined; measure: Measure; unknown?: string };

/** `set` states the total, `supersede` states it anew and voids what came before, `add` raises it. */
export type QuantityEntry = {
  from: ContractDate;
  verb: 'set' | 'add' | 'supersede';
  amount: Amount | 'unlimited';
  /** The document: an amendment, a purchase order. */
  by?: string;
  /** What it costs; no verdict depends on it. */
  cost?: { per: string; prorate?: string };
};

export type VersionBound = { comparison: '<' | '<=' | '=' | '>=' | '>'; version: string };

/**
 * What a check-out without a check-in means. `keep-open`: perhaps in use until the log ends, a doubt.
 * `in-use`: in use until the log ends, by contract. `after`: over after so many nanoseconds, by contract.
 */
export type MissingCheckin = 'keep-open' | 'in-use' | { after: bigint };

export type ShareKey = 'person' | 'host';

export type License = {
  id: string;
  /** Where it stands in the contract's file. */
  line: number;
  covers: { features: string[]; version?: VersionBound };
  measure: Measure;
  /** Sessions equal in all of these count once, with their largest quantity. Empty: each counts. */
  share: ShareKey[];
  /** Nanoseconds that a seat stays taken after its check-in. */
  linger: bigint;
  missingCheckin: MissingCheckin;
  unlimited: boolean;
  /** Empty and not unlimited: unknown, and every verdict undetermined. */
  quantity: QuantityEntry[];
  term?: Term;
};

/** Globs over `action`. */
export type EventWords = {
  open: string[];
  close: string[];
  use: string[];
  assign: string[];
  revoke: string[];
};

/** Where events say it; the first field that has a value speaks. */
export type LicenseFields = {
  feature: FieldRef[];
  session: FieldRef[];
  host: FieldRef[];
  quantity: FieldRef[];
  version: FieldRef[];
};

export type People = {
  key: FieldRef[];
  same: { person: string; as: string[] }[];
  exclude: { match: string; because?: string }[];
};

export type Contract = {
  file: string;
  id: string;
  licensor?: string;
  /** IANA. */
  timezone: string;
  term?: Term;
  people: People;
  events: EventWords;
  fields: LicenseFields;
  licenses: License[];
  /** Percent of a period that the log must span before "within" is said of it. */
  coverage: number;
};

export const DEFAULT_COVERAGE = 99;

export const DEFAULT_EVENTS: EventWords = {
  open: ['license.checkout'],
  close: ['license.checkin'],
  use: ['license.activate', 'license.use'],
  assign: ['license.assign'],
  revoke: ['license.revoke'],
};

const raw = (...names: string[]): FieldRef[] => names.map((name) => ({ taxonomy: 'raw', name }));

export const DEFAULT_FIELDS: LicenseFields = {
  feature: raw('license', 'feature', 'license.feature'),
  session: [{ taxonomy: 'audit', name: 'session' }],
  host: raw('host', 'hostname', 'license.host'),
  quantity: raw('quantity', 'license.quantity'),
  version: raw('version', 'license.version'),
};

export const DEFAULT_PERSON: FieldRef[] = [{ taxonomy: 'audit', name: 'actor' }];
