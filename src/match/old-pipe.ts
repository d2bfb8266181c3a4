/**
 * The aggregations that Sigma dropped for correlations (`selection | count() by user > 5`): refused, with the correlation
 * document that says the same. https://github.com/SigmaHQ/sigma-specification, "Correlation Rules"
 */
import { quote } from '../base/text-safety.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** What the rule around the pipe says. `timespan`: its `timeframe`. */
export type OldPipe = { reference: string; timespan: string | undefined };

/** The correlation that says what a pipe said. `timespan` undefined: the rule has no `timeframe`, and somebody must choose. */
export type PipeCorrelation = {
  type: string;
  /** The rule itself, then `selections`. */
  rules: readonly string[];
  groupBy: readonly string[];
  timespan: string | undefined;
  condition?: { field?: string; comparison: string; limit: string };
};

/** What takes the place of a pipe. */
export type PipeReading = {
  /** The condition before the pipe. */
  condition: string;
  /** The aggregation after it. */
  aggregation: string;
} & (
  | {
      correlation: PipeCorrelation;
      /** Selections that become rules of their own (`near`). */
      selections: readonly string[];
    }
  /** No correlation does: the end of a sentence that says what to do. */
  | { advice: string }
);

const COMPARISONS: Readonly<Record<string, string>> = {
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '=': 'eq',
  '==': 'eq',
  '!=': 'neq',
};

/** `count(field) by a, b > 5`. */
const AGGREGATION =
  /^(count|min|max|avg|sum)\s*\(\s*([^()\s]*)\s*\)\s*(?:\bby\s+(\S+(?:\s*,\s*\S+)*)\s*)?(>=|<=|==|!=|>|<|=)\s*(\d{1,15}(?:\.\d{1,15})?)$/i;

/** Longer ones are not read for what they mean: no public rule has more than 90 characters after its pipe. */
const MAX_LENGTH = 1_000;

/** What the pipe of a condition asks for, and what says it now; undefined where the condition has none. */
export function readOldPipe(condition: string, rule: OldPipe): PipeReading | undefined {
  const at = condition.indexOf('|');
  if (at < 0) return undefined;
  const aggregation = condition.slice(at + 1).trim();
  return { condition: condition.slice(0, at).trim(), aggregation, ...replacementOf(aggregation, rule) };
}

/** The refusal of a condition with a pipe. */
export function refusePipe(condition: string, rule: OldPipe): RuleRefusal {
  const reading = readOldPipe(condition, rule)!;
  const start = `the aggregation ${quote(reading.aggregation)} after "|" is no longer Sigma: end the condition before "|"`;
  return new RuleRefusal(`${start}${'advice' in reading ? reading.advice : withDocument(reading)}`);
}

type Replacement = { correlation: PipeCorrelation; selections: readonly string[] } | { advice: string };

function replacementOf(aggregation: string, rule: OldPipe): Replacement {
  if (aggregation.length > MAX_LENGTH) return { advice: ', and count in a document with "correlation"' };
  const near = /^near\s+(.+)$/i.exec(aggregation);
  if (near !== null) return replacementOfNear(near[1]!, rule);
  const [, name, field = '', by, operator, limit] = AGGREGATION.exec(aggregation) ?? [];
  if (name === undefined) {
    const forms =
      '"count(field) by field > number", with min, max, avg or sum for count, or "near selection"';
    return {
      advice: `; it is none of the old forms either (${forms}), so what the correlation in its place is cannot be told`,
    };
  }
  const comparison = COMPARISONS[operator!]!;
  const type = typeOf(name.toLowerCase(), field);
  if (type === undefined) return { advice: adviceOnExtreme(name.toLowerCase(), field, comparison, limit!) };
  const correlation: PipeCorrelation = {
    type,
    rules: [rule.reference],
    groupBy: by === undefined ? [] : by.split(',').map((each) => each.trim()),
    timespan: rule.timespan,
    condition: { ...(field !== '' && { field }), comparison, limit: limit! },
  };
  return { correlation, selections: [] };
}

function typeOf(name: string, field: string): string | undefined {
  if (name === 'count') return field === '' ? 'event_count' : 'value_count';
  if (field === '' || name === 'min' || name === 'max') return undefined;
  return `value_${name}`;
}

/** A lowest value below a limit is some value below it: that needs no correlation, and the other way round there is none. */
function adviceOnExtreme(name: string, field: string, comparison: string, limit: string): string {
  if (field === '') return `, and name the field in "${name}(field)": without one it has no meaning`;
  const isPlain = name === 'min' ? comparison.startsWith('lt') : comparison.startsWith('gt');
  if (isPlain)
    return `, and add "${field}|${comparison}: ${limit}" to the selection, which holds for the same events`;
  return `; correlations have no "${name}", and what comes nearest is "type: value_percentile" with "percentile: ${name === 'min' ? 0 : 100}"`;
}

/** `near a and b`: the selections become rules, and a temporal correlation of them. */
function replacementOfNear(names: string, rule: OldPipe): Replacement {
  const selections = names.split(/\s+and\s+/i);
  if (selections.some((name) => !/^[\w*-]+$/.test(name))) {
    return {
      advice:
        ', make a rule of each selection, and join them in a document with "correlation: {type: temporal, …}"',
    };
  }
  const rules = [rule.reference, ...selections];
  return { correlation: { type: 'temporal', rules, groupBy: [], timespan: rule.timespan }, selections };
}

function withDocument({
  correlation: { type, rules, groupBy, timespan, condition },
  selections,
}: Exclude<Replacement, { advice: string }>): string {
  const parts = [`type: ${type}`, `rules: [${rules.map(toYaml).join(', ')}]`];
  if (groupBy.length > 0) parts.push(`group-by: [${groupBy.map(toYaml).join(', ')}]`);
  parts.push(`timespan: ${toYaml(timespan ?? UNSAID_TIMESPAN)}`);
  if (condition !== undefined) {
    const counted = condition.field === undefined ? '' : `field: ${toYaml(condition.field)}, `;
    parts.push(`condition: {${counted}${condition.comparison}: ${condition.limit}}`);
  }
  const each = selections.map(quote).join(' and ');
  const others = selections.length === 0 ? '' : `, make rules of ${each}, with these names`;
  const choose = timespan === undefined ? '; the rule has no "timeframe", choose the timespan' : '';
  return `${others}, and add the document "{title: …, correlation: {${parts.join(', ')}}}"${choose}`;
}

/** Stands where a rule has no `timeframe`, until somebody chooses. */
export const UNSAID_TIMESPAN = '1h';

/** A text as it stands in a YAML flow collection. */
function toYaml(text: string): string {
  return /^[\w.@$/-]+$/.test(text) && !/^[-@]/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
