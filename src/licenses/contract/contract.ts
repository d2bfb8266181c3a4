/**
 * The contract as plain data: what `licenses.yaml` says, with every date an instant. Structured clone keeps it whole.
 * One vocabulary, a type a word, so one file of 270 lines.
 */
import type { Instant } from '../../base/instant.ts';
import type { FieldRef } from '../../model/mark.ts';
import type { Amount } from './amount.ts';
import type { CalendarSpan, Wait } from './calendar-span.ts';
import type { Money } from './money.ts';

/** A date as the contract writes it, and the instant its day begins in the contract's time zone. */
export type ContractDate = { text: string; instant: Instant };

/**
 * Half-open. Use is still allowed for `grace` nanoseconds after `until`, which are `graceDays` of the calendar where the contract
 * says it in days. A license that only expires has no `from`.
 */
export type Term = { from?: ContractDate; until: ContractDate; grace: bigint; graceDays?: number };

/** Who or what is told apart: people and hosts as the contract names them, or the values of a field. */
export type CountKey = 'person' | 'host' | FieldRef;

export type Count =
  | { what: 'seats' }
  /** `soFar`: who was counted once in the period counts until it ends. `per`: for each of those, on the average. */
  | { what: 'distinct'; key: CountKey; soFar?: true; per?: 'person' | 'host' }
  /** `by`: each counts as the kind whose factor stands first among those that it holds. */
  | { what: 'assigned'; key: CountKey; soFar?: true; by?: FieldRef }
  /** `beyond`: of each bucket, what is more than so much (a share of ONE) of what the other field adds up to in it. */
  | { what: 'sum'; field: FieldRef; by?: FieldRef; beyond?: { share: Amount; field: FieldRef } }
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
type MeasureVersion = { from: ContractDate | undefined; measure: Measure; unknown?: string };

/** `set` states the total, `supersede` states it anew and voids what came before, `add` raises it. */
export type QuantityEntry = {
  from: ContractDate;
  verb: 'set' | 'add' | 'supersede';
  amount: Amount | 'unlimited';
  /** The document: an amendment, a purchase order. */
  by?: string;
  /** What it costs; no verdict depends on it. */
  cost?: Cost;
};

/** Months and quarters are those of the calendar, years run from the day of the year on which the term began. */
export type PricePeriod = 'month' | 'quarter' | 'year' | 'term';

/** The price of one unit: for each period, or once (`period` undefined). No rate: the price is not known here. */
export type Cost = {
  /** As written: `seat-month`. */
  per: string;
  period?: PricePeriod;
  /** Whether a part of a period costs its days, the months that it begins, or all of it. */
  prorate: 'day' | 'month' | 'none';
  rate?: Money;
};

/** `decimal`: versions may also be read as decimal numbers. */
export type VersionBound = { comparison: '<' | '<=' | '=' | '>=' | '>'; version: string; decimal?: true };

/**
 * What a check-out without a check-in means. `keep-open`: perhaps in use until the log ends, a doubt.
 * `in-use`: in use until the log ends, by contract. `after`: over after so many nanoseconds, by contract.
 * `close-at-restart`: in use until the server that gave it restarts; after the last restart a doubt, as `keep-open`.
 */
export type MissingCheckin = 'keep-open' | 'in-use' | 'close-at-restart' | { after: bigint };

/** Use beyond the quantity that is allowed, for a price. `share` of ONE: of the quantity then in force, rounded. */
export type Overage = {
  allow: { share: Amount; round: 'down' | 'up' | 'half' } | { amount: Amount };
  /** How long in all, in nanoseconds, a period may lie in overage. Undefined: always. */
  for?: bigint;
  /** What follows on use beyond it. */
  beyond: 'true-up' | 'deny';
  rate?: Cost;
};

/** Seats of the quantity that are kept for a team. */
export type Reservation = { team: string; seats: Amount };

/** For each person: how many devices in a period of the measure, and how many at once. */
export type Devices = { max?: number; atOnce?: number };

/** ISO 3166-1 alpha-2, in capitals: the only countries of use, or those of no use. */
export type Countries = { rule: 'only' | 'not'; names: string[] };

/** A seat that was assigned to one person goes to no other for so long, unless for one of these reasons. */
export type Reassign = { hold: Wait; unless: string[] };

/** What a period leaves unused may be used later: at most so much of the quantity in one period, until it expires. */
export type Rollover = { max: { share: Amount } | { amount: Amount }; for: CalendarSpan };

/** Use that arrives later than so long after its period ended is told; it counts in its own period. */
export type Late = { accept: Wait; beyond: 'own-period' };

/** The quantity may fall at anniversaries of the term only, and not below the floor. */
export type TrueDown = { at: 'anniversary'; floor?: Amount };

export type ShareKey = 'person' | 'host';

/** Globs, any of which covers an event; those of a tier or bundle are among the features. */
export type Covers = {
  features: string[];
  /** Names of meters, for usage that names no feature. */
  meters: string[];
  version?: VersionBound;
  /** Undefined: whatever the environment. */
  environments?: string[];
  tier?: string;
  /** Of a bundle: how many tokens one seat of the feature takes, by the feature's name in lower case. */
  weights?: { feature: string; weight: Amount }[];
};

/** A plan: the features that it adds, and all that it entitles to, those of the tiers that it names included. */
export type Tier = { tier: string; own: string[]; features: string[] };

/**
 * What the contract's own text leaves open, in words: why "exceeded" or "within" is not said where the figures would.
 * Use of at most `upTo` is within all the same.
 */
export type OpenTerms = { exceeded: string[]; within: string[]; upTo?: Amount };

export type License = {
  id: string;
  /** Where it stands in the contract's file. */
  line: number;
  covers: Covers;
  measure: Measure;
  /** Sessions equal in all of these count once, with their largest quantity. Empty: each counts. */
  share: ShareKey[];
  /** Nanoseconds that a seat stays taken after its check-in. */
  linger: bigint;
  missingCheckin: MissingCheckin;
  /** Nanoseconds after which a borrowed seat is free, if it was not given back before. Undefined: borrowing is checking out. */
  borrow?: bigint;
  unlimited: boolean;
  /** Empty and not unlimited: unknown, and every verdict undetermined. */
  quantity: QuantityEntry[];
  term?: Term;
  overage?: Overage;
  /** Empty: any team may hold any seat. */
  reserve: Reservation[];
  devices?: Devices;
  countries?: Countries;
  reassign?: Reassign;
  rollover?: Rollover;
  late?: Late;
  trueDown?: TrueDown;
  open?: OpenTerms;
};

/** Globs over `action`. */
export type EventWords = {
  open: string[];
  close: string[];
  use: string[];
  /** Requests that got no license: no use, but held against what was taken, and told by a statement. */
  denied: string[];
  /** Check-outs for use away from the server. */
  borrow: string[];
  /** A server, or one of its daemons, began or ended: it holds no sessions any more. */
  restart: string[];
  /** A seat is given to a person for good, or taken from one. */
  assign: string[];
  revoke: string[];
  /** The session goes on with another quantity. */
  upgrade: string[];
  /** An event of use is taken back, by its id. */
  cancel: string[];
};

/** Where events say it; the first field that has a value speaks. */
export type LicenseFields = {
  feature: FieldRef[];
  session: FieldRef[];
  host: FieldRef[];
  quantity: FieldRef[];
  version: FieldRef[];
  daemon: FieldRef[];
  environment: FieldRef[];
  meter: FieldRef[];
  device: FieldRef[];
  country: FieldRef[];
  /** Whom a seat is assigned to or revoked from; where none speaks, the person of the event. */
  assignee: FieldRef[];
  seat: FieldRef[];
  reason: FieldRef[];
  /** When the event arrived, as RFC 3339 or a number since the epoch. */
  received: FieldRef[];
  /** The id of the event that is taken back. */
  canceled: FieldRef[];
};

export type People = {
  key: FieldRef[];
  /** From `from` on, where it is given, the other names are the person's. */
  same: { person: string; as: string[]; from?: ContractDate }[];
  exclude: { match: string; because?: string }[];
  /** People or patterns. A name goes before patterns, of which the first that matches counts. */
  teams: { team: string; match: string[] }[];
};

/** What a reader of the report must know about the contract itself. */
export type ContractNote = { code: string; message: string };

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
  tiers: Tier[];
  licenses: License[];
  /** Percent of a period that the log must span before "within" is said of it. */
  coverage: number;
  notes?: ContractNote[];
  /** What holds for a period that the log does not span: nothing is known, or by contract all of the quantity is used. */
  ifMissing: 'indeterminate' | 'full-capacity';
  /** How long records are to be kept. */
  keep?: CalendarSpan;
};
