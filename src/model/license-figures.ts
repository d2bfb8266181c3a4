/**
 * What a statement tells of a license beside its verdicts, as a relation hands it out: plain data. Amounts are the nearest
 * doubles, instants RFC 3339 in UTC, days and months those of the contract's time zone.
 */
import type { Place } from './place.ts';

/** `upper` null: nothing bounds it. */
export type UseBounds = { lower: number; upper: number | null };

/** `amount` null: unknown. `from` is a day of the contract; null: always. */
export type LimitInForce = { from: string | null; amount: number | 'unlimited' | null; by: string | null };

/** `team` null: those who belong to none. */
export type TeamShare = { team: string | null; amount: number };

/** Who made a figure up: of seats at the one instant `at`, of everything else in all of the period. */
export type TeamUse = { amount: number; at: string | null; teams: TeamShare[] };

/** `lower` null: the log spans nothing of the period, and nothing is known of it. */
export type PeriodFigures = Omit<UseBounds, 'lower'> & {
  lower: number | null;
  period: string;
  from: string;
  /** Not within the period any more. */
  until: string;
  /** When `upper` was reached; null for sums. */
  at: string | null;
  /** In order of time; more than one where the quantity changed in the period. */
  limits: LimitInForce[];
  /** Percent of the period that lies between the log's first and last event. */
  spanned: number;
  /** Absent where the period has no use. */
  teams?: TeamUse;
};

/** One of the sessions that together are the peak. `until` and `closed` null: the log shows no end. */
export type WitnessSession = {
  holder: string;
  team: string | null;
  feature: string;
  quantity: number;
  from: string;
  until: string | null;
  opened: Place;
  closed: Place | null;
};

/** The most seats that were open at once, and the sessions that were. `omitted`: those beyond the list. */
export type PeakFigures = TeamUse & { at: string; sessions: WitnessSession[]; omitted: number };

/**
 * Seven days from Monday on by 24 hours. Null: the log does not reach into the hour, or for shares, no quantity is in force.
 * A share is of the quantity in force, 1 all of it.
 */
export type HeatMap = Record<'mean' | 'max' | 'meanShare' | 'maxShare', (number | null)[][]>;

/** Denials in a row, none of them followed by what was asked for within the interval. */
export type DenialIncident = {
  holder: string;
  team: string | null;
  feature: string;
  quantity: number | null;
  reason: string | null;
  denials: number;
  first: string;
  last: string;
  /** The last denial. */
  place: Place;
  /** The log ends within the interval: it may have been granted after all. */
  openEnded: boolean;
};

export type DenialCounts = { denied: number; incidents: number; granted: number };

/** `granted`: series of denials that a check-out ended in time. Retries are `denied - incidents - granted - untimed`. */
export type DenialFigures = DenialCounts & {
  /** Nanoseconds would not survive JSON: `10m`. */
  interval: string;
  /** Denials without a readable time: which follow on each other cannot be told. */
  untimed: number;
  months: (DenialCounts & { month: string })[];
  reasons: { reason: string | null; incidents: number }[];
  list: DenialIncident[];
};

export type IdleHolder = { holder: string; team: string | null; last: string; days: number; place: Place };

export type HeldSeat = {
  holder: string;
  team: string | null;
  quantity: number;
  since: string;
  days: number;
  place: Place;
};

export type IdleFigures = {
  /** Days without use after which somebody is idle. */
  days: number;
  /** The end of the log, from which they are counted back. */
  asOf: string | null;
  /** Everyone the log names. */
  holders: number;
  idle: number;
  /** The first of them, those idle longest before others. */
  list: IdleHolder[];
  /** Sessions without a check-in that are open for as long. */
  held: number;
  heldList: HeldSeat[];
  /** What nobody can have used since, of the quantity in force at the end; null where that is unknown. */
  spare: { amount: number; limit: number; highest: number; since: string } | null;
  /** Why it cannot be told, where the log lacks a part of those days; null otherwise. */
  spareDoubt: string | null;
  /** Why idleness cannot be told, or only in part. */
  doubt: string | null;
};

/** Months are counted on from the last whole one of the log. Null: not within the horizon. */
export type Forecast =
  | { known: false; reason: string }
  | {
      known: true;
      months: number;
      /** Use that a month adds: the median of the slopes of all pairs, and the interval around it. */
      slope: { estimate: number; low: number; high: number };
      exhausted: { estimate: string | null; earliest: string | null; latest: string | null };
      horizon: string;
    };

export type Cure = {
  what: 'shorten-linger' | 'reclaim' | 'buy';
  /** What it takes off the excess. */
  amount: number;
  /** Its price as the contract has it; null where it states none. */
  cost: string | null;
  /** How the amount comes about, in words. */
  arithmetic: string;
};

/** One line of a bill. Money is exact text such as `65.81 EUR`. */
export type CostLineFigures = {
  quantity: number;
  /** The day since which it is contracted, or missing. */
  since: string;
  /** The document. */
  by: string | null;
  /** Null: paid once. */
  period: string | null;
  /** What is charged of the period: `17/31 days`; null: all of it. */
  part: string | null;
  rate: string | null;
  amount: string | null;
  arithmetic: string;
};

/** `totals`: one a currency, of all lines. `complete`: every line has a price. */
export type BillFigures = { lines: CostLineFigures[]; omitted: number; totals: string[]; complete: boolean };

/** Half-open days. */
export type ContractCost = { from: string; until: string; bill: BillFigures };

/** What use owes until a day: as far as the log proves it, and at most. Null: not known, for a reason. */
export type OwedFigures = {
  until: string;
  proven: BillFigures | null;
  possible: BillFigures | null;
  reason: string | null;
};

/** How far the quantity may fall on a day. `to` null: not known, for a reason. */
export type TrueDownFigures = {
  on: string;
  to: number | null;
  quantity: number | null;
  peak: number | null;
  floor: number | null;
  reason: string | null;
};

/**
 * `excess` above the quantity then in force: proven, and at most. `tolerated`: all of it is overage that the contract allows. `owed`: its price; null where the contract states none, or
 * nothing is above. `cures`: the least that keep such use within the quantity in force at the end of the log, in the order of
 * what they cost; `instead`: what it were to buy it all. `covered`: that quantity, where it is enough.
 */
export type TrueUpFigures = {
  excess: UseBounds;
  periods: (UseBounds & { period: string; limit: number })[];
  tolerated: boolean;
  owed: OwedFigures | null;
  cures: Cure[];
  instead: Cure | null;
  covered: LimitInForce | null;
};

export type LicenseFigures = {
  license: string;
  measure: string;
  /** `seats`, `people`, `hosts`, `events`, or the name of the field that is summed. */
  unit: string;
  periods: PeriodFigures[];
  /** Calendar months, whatever the measure's own period is. */
  months: PeriodFigures[];
  /** For seats only, as the heat map and the days are. */
  peak: PeakFigures | null;
  days: { day: string; peak: number }[];
  heat: HeatMap | null;
  denials: DenialFigures;
  idle: IdleFigures;
  forecast: Forecast;
  /** Of the quantities that were bought; null where the contract states no price. */
  cost: ContractCost | null;
  trueUp: TrueUpFigures;
  /** Null where the contract allows none. */
  trueDown: TrueDownFigures | null;
};
