/** The contract as plain data: what `licenses.yaml` says, with every date an instant. Structured clone keeps it whole. */
import type { Instant } from '../base/instant.ts';
import type { FieldRef } from '../model/mark.ts';
import type { Amount } from './amount.ts';

/** A date as the contract writes it, and the instant its day begins in the contract's time zone. */
export type ContractDate = { text: string; instant: Instant };

/** Half-open. Use is still allowed for `grace` nanoseconds after `until`. A license that only expires has no `from`. */
export type Term = { from?: ContractDate; until: ContractDate; grace: bigint };

export type Count =
  | { what: 'seats' }
  | { what: 'distinct'; key: 'person' | 'host' }
  | { what: 'sum'; field: FieldRef }
  | { what: 'events' };

export type PeriodKind = 'month' | 'quarter' | 'term';

/** One sentence of the contract: count WHAT each BUCKET take STATISTIC over PERIOD. */
export type Measure = { name: string; sentence: string; count: Count; over: PeriodKind };

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

/** Globs over `action`. `denied`: a request that got no license, which no figure counts and a statement tells. */
export type EventWords = {
  open: string[];
  close: string[];
  use: string[];
  denied: string[];
  /** The session goes on with another quantity. */
  upgrade: string[];
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
  denied: ['license.denied'],
  upgrade: ['license.upgrade'],
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
