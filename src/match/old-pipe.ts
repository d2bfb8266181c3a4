/**
 * The aggregations that Sigma dropped for correlations (`selection | count() by user > 5`): refused, with the correlation
 * document that says the same. https://github.com/SigmaHQ/sigma-specification, "Correlation Rules"
 */
import { quote } from '../base/text-safety.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** What the rule around the pipe says. `timespan`: its `timeframe`. */
export type OldPipe = { reference: string; timespan: string | undefined };

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

/** The refusal of a condition with a pipe. */
export function refusePipe(condition: string, rule: OldPipe): RuleRefusal {
  const at = condition.indexOf('|');
  const aggregation = condition.slice(at + 1).trim();
  const start = `the aggregation ${quote(aggregation)} after "|" is no longer Sigma: end the condition before "|"`;
  return new RuleRefusal(`${start}${replacementOf(aggregation, rule)}`);
}

function replacementOf(aggregation: string, rule: OldPipe): string {
  if (aggregation.length > MAX_LENGTH) return ', and count in a document with "correlation"';
  const near = /^near\s+(.+)$/i.exec(aggregation);
  if (near !== null) return replacementOfNear(near[1]!, rule);
  const [, name, field = '', by, operator, limit] = AGGREGATION.exec(aggregation) ?? [];
  if (name === undefined) {
    const forms =
      '"count(field) by field > number", with min, max, avg or sum for count, or "near selection"';
    return `; it is none of the old forms either (${forms}), so what the correlation in its place is cannot be told`;
  }
  const comparison = COMPARISONS[operator!]!;
  const group = by === undefined ? [] : by.split(',').map((each) => each.trim());
  const type = typeOf(name.toLowerCase(), field);
  if (type === undefined) return replacementOfExtreme(name.toLowerCase(), field, comparison, limit!);
  const counted = field === '' ? '' : `field: ${toYaml(field)}, `;
  const groupBy = group.length === 0 ? '' : `group-by: [${group.map(toYaml).join(', ')}], `;
  return withDocument(
    `type: ${type}, rules: [${toYaml(rule.reference)}], ${groupBy}timespan: ${timespanOf(rule)}, condition: {${counted}${comparison}: ${limit}}`,
    rule,
  );
}

function typeOf(name: string, field: string): string | undefined {
  if (name === 'count') return field === '' ? 'event_count' : 'value_count';
  if (field === '' || name === 'min' || name === 'max') return undefined;
  return `value_${name}`;
}

/** A lowest value below a limit is some value below it: that needs no correlation, and the other way round there is none. */
function replacementOfExtreme(name: string, field: string, comparison: string, limit: string): string {
  if (field === '') return `, and name the field in "${name}(field)": without one it has no meaning`;
  const isPlain = name === 'min' ? comparison.startsWith('lt') : comparison.startsWith('gt');
  if (isPlain)
    return `, and add "${field}|${comparison}: ${limit}" to the selection, which holds for the same events`;
  return `; correlations have no "${name}", and what comes nearest is "type: value_percentile" with "percentile: ${name === 'min' ? 0 : 100}"`;
}

/** `near a and b`: the selections become rules, and a temporal correlation of them. */
function replacementOfNear(names: string, rule: OldPipe): string {
  const selections = names.split(/\s+and\s+/i);
  if (selections.some((name) => !/^[\w*-]+$/.test(name))) {
    return ', make a rule of each selection, and join them in a document with "correlation: {type: temporal, …}"';
  }
  const rules = [rule.reference, ...selections].map(toYaml).join(', ');
  const each = selections.map(quote).join(' and ');
  return `, make rules of ${each}, with these names${withDocument(`type: temporal, rules: [${rules}], timespan: ${timespanOf(rule)}`, rule)}`;
}

function withDocument(correlation: string, rule: OldPipe): string {
  const choose = rule.timespan === undefined ? '; the rule has no "timeframe", choose the timespan' : '';
  return `, and add the document "{title: …, correlation: {${correlation}}}"${choose}`;
}

function timespanOf(rule: OldPipe): string {
  return toYaml(rule.timespan ?? '1h');
}

/** A text as it stands in a YAML flow collection. */
function toYaml(text: string): string {
  return /^[\w.@$/-]+$/.test(text) && !/^[-@]/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
