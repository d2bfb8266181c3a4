/** The documents of the rule language as plain data: what `match/` parses and the engine compiles per source. */

import type { Instant } from '../base/instant.ts';
import { isAuditField } from './event.ts';
import type { Severity } from './finding.ts';
import type { FieldRef } from './mark.ts';

export type Logsource = { category?: string; product?: string; service?: string };

/**
 * A word of logsources that a source offers: for all of its events where `when` is empty, else for those that one of the
 * forms fits, which is when each of its raw fields matches one of the patterns.
 */
export type OfferedWord = { word: string; when: readonly Readonly<Record<string, readonly string[]>>[] };

/** What a source is to rules: a log of Windows offers many services and categories, each for some of its events. */
export type LogsourceOffer = Readonly<Record<keyof Logsource, readonly OfferedWord[]>>;

/** What every rule document may say. `line` is where it begins in `file`. */
export type RuleHead = {
  id: string;
  title: string;
  file: string;
  line: number;
  /** The user's, and not one that comes with us. */
  own?: true;
  name?: string;
  description?: string;
  status?: string;
  level: Severity;
  author?: string;
  references: string[];
  tags: string[];
  falsepositives: string[];
  /** Controls such as `soc2:CC6.1`. */
  controls: string[];
  /** A sentence with `{field}` in it, for the finding; without it the title speaks. */
  message?: string;
  fix?: string;
  /** Names of rules and classes whose events show that the log records what the rule is about, where each of its own is a breach. */
  shownBy?: string[];
  /** When the rule is in force, by the time of the event: from included, to excluded. */
  effective?: Validity;
  /** What of one `by` comes again within `for` (nanoseconds) of the last is the same finding. */
  suppress?: { by: string[]; for: bigint };
  /** Who answers for the rule. */
  owner?: string;
  tests: RuleTest[];
};

export type Validity = { from?: Instant; to?: Instant };

/** An exception that somebody answers for: events that fulfill `condition` before `expires` are findings that do not count. */
export type Waiver = {
  id: string;
  title: string;
  file: string;
  line: number;
  owner: string;
  reason: string;
  ticket?: string;
  approvedBy?: string;
  /** By the time of the event: from when it holds, without it from ever. */
  from?: Instant;
  /** The first instant at which it no longer holds. */
  expires: Instant;
  condition: ConditionNode;
};

/** One test in a rule file: the events, and whether the rule must speak. */
export type RuleTest = {
  name: string;
  /** Where it begins in the rule's file. */
  line: number;
  /** Each a record as exact JSON text. */
  events: string[];
  /** What a correlation gets, in the place of events. */
  marks?: readonly TestMark[];
  /** What the log covers; else, with events, the time between the first and the last, and with marks everything. */
  coverage?: { from?: TestTime; until?: TestTime };
  /** The source they are from; without it the rule's own, or `audit`. */
  source?: string;
  expect: 'violation' | 'satisfied' | 'undetermined';
};

/** Nanoseconds from the first event of the test, or from an arbitrary instant where it has marks; or an instant. */
export type TestTime = { offset: bigint } | { instant: Instant };

/** One mark of a test. `fields` are named as the rule's events name them, or by an alias of the correlation. */
export type TestMark = {
  /** As the correlation refers to the rule. */
  rule: string;
  /** Undefined: it cannot be read. */
  time?: TestTime;
  until?: TestTime;
  fields: readonly { name: string; value: string; line: number; column: number }[];
  line: number;
  column: number;
};

/** A stretch of literal text, or a wildcard: `*` any run of characters, `?` one code point. */
export type Piece = { text: string } | { wildcard: '*' | '?' };

export type Pattern =
  /** A string value: as `written` (for `re`, `cidr`, …), and cut at its unescaped wildcards. */
  | { kind: 'text'; written: string; pieces: readonly Piece[] }
  | { kind: 'number'; lexeme: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' };

/** Which members of an array must fulfil a condition; a number is a position, counted from the end where it is negative. */
export type MemberChoice = 'any' | 'all' | 'all_or_empty' | 'none' | number;

/** One `field|modifiers: values` line. `field` undefined: a keyword, sought in every scalar of the record. */
export type DetectionItem = {
  field: FieldRef | undefined;
  modifiers: readonly string[];
  values: readonly Pattern[];
  /** For `fieldref`: the fields to compare with, in the place of `values`. */
  references?: readonly FieldRef[];
  /**
   * For `ports[any]: {…}` (`sigma-version: 3`): what members of the field's array must fulfil, in the place of `values`. Its
   * fields are a member's own, by their path within it; `.` is the member itself.
   */
  members?: { which: MemberChoice; condition: ConditionNode };
  /** For a part of a time (`hour`): the zone of the rule, an IANA name; without it UTC. */
  timezone?: string;
};

export type ConditionNode =
  | { kind: 'and' | 'or'; nodes: readonly ConditionNode[] }
  | { kind: 'not'; node: ConditionNode }
  | { kind: 'item'; item: DetectionItem };

export type Detection = RuleHead & {
  kind: 'detection';
  taxonomy: 'audit' | 'sigma';
  logsource: Logsource;
  /** Selections and condition folded into one tree. */
  condition: ConditionNode;
  /** Whether its marks are findings of their own; false where only correlations speak for it. */
  speaks: boolean;
  /** Its events are counted although nobody speaks of them: a class of events. Records that are there twice count twice. */
  counted?: true;
  /** Other levels for some of its events; the first that fits counts. */
  levels?: readonly { level: Severity; when: ConditionNode }[];
  waivers?: readonly Waiver[];
};

export type Comparison = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';

export type Correlation = RuleHead & {
  kind: 'correlation';
  type: string;
  /**
   * Ids of the detections (resolved from id or name): those of `rules`, then of the keys in REFERENCE_KEYS, in their order.
   * A position in this list is a step; one id may stand at several.
   */
  rules: string[];
  /** The titles of those rules, for messages. */
  titles?: readonly string[];
  /** Which steps each key referred to: `{ rules: [0, 1], opens: [2] }`. */
  steps: Readonly<Partial<Record<ReferenceKey, readonly number[]>>>;
  /** By id, the detections among them that are in force at some times only. */
  inForce?: Readonly<Record<string, Validity>>;
  /** For each rule: its group-by fields, aliases applied. */
  groupBy: readonly (readonly FieldRef[])[];
  /** The names of the group-by fields as written, for messages. */
  groupNames: string[];
  /** Nanoseconds. */
  timespan?: bigint;
  condition: Partial<Record<Comparison, number>>;
  /** Limits that a table holds, beside those of `condition`. */
  limits?: Partial<Record<Comparison, TableLimit>>;
  /** The condition over rules of a temporal correlation, where it is written as text. */
  expression?: StepCondition;
  /** `calendar`: windows begin at midnight, or at the first of a month, in `timezone`; else they slide. */
  window?: 'calendar';
  /** What `timespan` names where the window is a calendar one; `timespan` is then not given. */
  calendarUnit?: CalendarUnit;
  /** An IANA name; without it UTC. */
  timezone?: string;
  /** The tables of all rule files, by name. */
  tables: Readonly<Record<string, Table>>;
  /** For each step, the fields that are counted or summed (several make a tuple); what it means is the relation's. */
  fields?: readonly (readonly FieldRef[])[];
  /** Only the correlations that refer to it speak for it. */
  silent?: true;
  /** Some correlation refers to it. */
  isStep?: true;
  /** Other levels by the figure that the condition is about; the first that fits counts. */
  levels?: readonly { level: Severity; condition: Partial<Record<Comparison, number>> }[];
  /** Their conditions are over the group-by names. */
  waivers?: readonly Waiver[];
  /** Keys that only one relation knows (`opens`, `closes`, `session`, `max-open`), as written. */
  extra: Record<string, unknown>;
  /** For each step, how its rule names fields. */
  taxonomies: readonly ('audit' | 'raw')[];
  /** For each alias, the field it stands for at each step; undefined where the alias does not name the rule. */
  aliases: Readonly<Record<string, readonly (FieldRef | undefined)[]>>;
};

/** `1h`, `1d`, `1w`, `1mo`, `1y`. */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'year';

/** The keys of a correlation that refer to other rules. */
export const REFERENCE_KEYS = ['rules', 'opens', 'closes', 'needs', 'until'] as const;
export type ReferenceKey = (typeof REFERENCE_KEYS)[number];

/** The field a name in a correlation stands for at `step`: an alias, or the field itself in the taxonomy of that rule. */
export function resolveField(
  correlation: Pick<Correlation, 'aliases' | 'taxonomies'>,
  name: string,
  step: number,
): FieldRef {
  const alias = correlation.aliases[name]?.[step];
  if (alias !== undefined) return alias;
  if (correlation.taxonomies[step] === 'audit' && isAuditField(name)) return { taxonomy: 'audit', name };
  return { taxonomy: 'raw', name };
}

export type Rule = Detection | Correlation;

/**
 * Facts that rules look up: `table: [{tenant: acme, units: 1000, from: 2026-01-01}]`. A bare value is a row with the one
 * column `value`. `from` and `to` of a row say when it holds, by the time of the event: from included, to excluded.
 */
export type Table = {
  /** The document's `name`, else its id. */
  name: string;
  title: string;
  file: string;
  line: number;
  rows: readonly TableRow[];
  /** Of a table of roles, as `roles/` parsed it. */
  roles?: unknown;
};

/** A column may hold several texts. Numbers are as written. */
export type TableRow = { columns: Readonly<Record<string, readonly string[]>>; from?: Instant; to?: Instant };

/** `gt: {table: quotas, match: {tenant: tenant}, value: units}`: the limit that a row holds for the group. */
export type TableLimit = { table: Table; match: Readonly<Record<string, string>>; value: string };

/** `rule_a and not rule_b` over the rules of a temporal correlation, by their steps. */
export type StepCondition =
  | { kind: 'and' | 'or'; nodes: readonly StepCondition[] }
  | { kind: 'not'; node: StepCondition }
  | { kind: 'step'; step: number };

/** A rule that could not be read or compiled: loud, never a silent pass. */
export type RuleError = Pick<RuleHead, 'id' | 'title' | 'file' | 'line' | 'own'> & { message: string };

export type RuleSet = { rules: Rule[]; errors: RuleError[] };
