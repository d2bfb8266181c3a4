/** The documents of the rule language as plain data: what `match/` parses and the engine compiles per source. */
import type { Severity } from './finding.ts';
import type { FieldRef } from './mark.ts';

export type Logsource = { category?: string; product?: string; service?: string };

/** What every rule document may say. `line` is where it begins in `file`. */
export type RuleHead = {
  id: string;
  title: string;
  file: string;
  line: number;
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
  tests: RuleTest[];
};

/** One test in a rule file: the events, and whether the rule must speak. */
export type RuleTest = { name: string; events: unknown[]; source?: string; expect: 'violation' | 'satisfied' | 'undetermined' };

export type Pattern =
  /** A string value with wildcards: pieces between which `*` and `?` stand. */
  | { kind: 'text'; pieces: readonly (string | '*' | '?')[]; literal?: string }
  | { kind: 'number'; lexeme: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' };

/** One `field|modifiers: values` line. `field` undefined: a keyword, sought in every scalar of the record. */
export type DetectionItem = {
  field: FieldRef | undefined;
  modifiers: readonly string[];
  values: readonly Pattern[];
  /** For `fieldref`: the field to compare with. */
  reference?: FieldRef;
};

export type ConditionNode =
  | { kind: 'and' | 'or'; nodes: readonly ConditionNode[] }
  | { kind: 'not'; node: ConditionNode }
  | { kind: 'item'; item: DetectionItem }
  | { kind: 'never' };

export type Detection = RuleHead & {
  kind: 'detection';
  taxonomy: 'audit' | 'sigma';
  logsource: Logsource;
  /** Selections and condition folded into one tree. */
  condition: ConditionNode;
};

export type Comparison = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';

export type Correlation = RuleHead & {
  kind: 'correlation';
  type: string;
  /** Ids of the detections (resolved from id or name), in the order of the document. */
  rules: string[];
  /** For each rule: its group-by fields, aliases applied. */
  groupBy: readonly (readonly FieldRef[])[];
  /** The names of the group-by fields as written, for messages. */
  groupNames: string[];
  /** Nanoseconds. */
  timespan?: bigint;
  condition: Partial<Record<Comparison, number>>;
  /** For each rule, the field that is counted, summed or joined on; what it means is the relation's. */
  field?: readonly FieldRef[];
  /** Keys that only one relation knows (`opens`, `closes`, `session`, `max-open`), as written. */
  extra: Record<string, unknown>;
  /** Makes the field reference of a name in `extra`, for rule number `step`. */
  taxonomies: readonly ('audit' | 'raw')[];
};

export type Rule = Detection | Correlation;

/** A rule that could not be read or compiled: loud, never a silent pass. */
export type RuleError = { id: string; title: string; file: string; line: number; message: string };

export type RuleSet = { rules: Rule[]; errors: RuleError[] };
