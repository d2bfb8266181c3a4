/** When and how loud a rule speaks: `effective`, `suppress`, `levels`. Sigma tools ignore these keys. */
import { parseDuration } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader } from '../base/yaml-shape.ts';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import type { Comparison, ConditionNode, RuleHead, Validity } from '../model/rule.ts';
import { parseSearch, type RuleContext } from './parse-detection.ts';
import { readMoment } from './parse-table.ts';

export function parseEffective(reader: ShapeReader): Validity | undefined {
  const shape = reader.shape('effective');
  if (shape === undefined) return undefined;
  refuseOthers(shape, 'effective', ['from', 'to']);
  const validity: Validity = {};
  for (const key of ['from', 'to'] as const) {
    const node = shape.get(key);
    const instant = node === undefined ? undefined : readMoment(key, node, shape);
    if (instant !== undefined) validity[key] = instant;
  }
  if (validity.from !== undefined && validity.to !== undefined && validity.from >= validity.to)
    shape.problem(shape.map, '"effective" must begin before it ends, found "from" at or after "to"');
  return validity;
}

export function parseSuppress(reader: ShapeReader): RuleHead['suppress'] {
  const shape = reader.shape('suppress');
  if (shape === undefined) return undefined;
  refuseOthers(shape, 'suppress', ['by', 'for']);
  const text = shape.text('for');
  const duration = text === undefined ? undefined : parseDuration(text);
  if (duration === undefined || duration <= 0n) {
    const found = text === undefined ? 'nothing' : quote(text);
    shape.problem(
      shape.get('for') ?? shape.map,
      `"for" must be a duration such as 5m, 1h or 7d, found ${found}`,
    );
    return undefined;
  }
  return { by: shape.texts('by'), for: duration };
}

/** Of a detection: `levels: [{when: {actor: root}, level: critical}]`; `when` is written as a selection is. */
export function parseEventLevels(
  reader: ShapeReader,
  context: RuleContext,
): { level: Severity; when: ConditionNode }[] {
  return reader.shapes('levels').flatMap((entry) => {
    refuseOthers(entry, 'levels', ['when', 'level']);
    const level = readLevel(entry);
    const when = entry.get('when');
    if (when === undefined || when.kind === 'null')
      entry.problem(entry.map, 'a level of a detection needs "when", a selection such as {actor: root}');
    if (level === undefined || when === undefined || when.kind === 'null') return [];
    return [{ level, when: parseSearch(when, context, 'when') }];
  });
}

/** Of a correlation: `levels: [{gte: 100, level: critical}]`, by the figure of its condition. */
export function parseFigureLevels(
  reader: ShapeReader,
): { level: Severity; condition: Partial<Record<Comparison, number>> }[] {
  return reader.shapes('levels').flatMap((entry) => {
    const level = readLevel(entry);
    const condition = parseComparisons(entry);
    if (Object.keys(condition).length === 0)
      entry.problem(entry.map, 'a level of a correlation needs a comparison such as {gte: 100}');
    return level === undefined ? [] : [{ level, condition }];
  });
}

const COMPARISONS: readonly Comparison[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'];

function parseComparisons(entry: ShapeReader): Partial<Record<Comparison, number>> {
  refuseOthers(entry, 'levels', ['level', ...COMPARISONS]);
  const condition: Partial<Record<Comparison, number>> = {};
  for (const comparison of COMPARISONS) {
    const node = entry.get(comparison);
    if (node === undefined) continue;
    if (node.kind === 'number') condition[comparison] = Number(node.lexeme);
    else entry.problem(node, `${quote(comparison)} must be a number, found ${describe(node)}`);
  }
  return condition;
}

function readLevel(entry: ShapeReader): Severity | undefined {
  const level = entry.choice('level', SEVERITIES);
  if (level === undefined && entry.get('level') === undefined)
    entry.problem(entry.map, `a level needs "level", one of ${SEVERITIES.join(', ')}`);
  return level;
}

/** A misspelled key would change when a rule speaks, and nobody would know. */
export function refuseOthers(shape: ShapeReader, name: string, known: readonly string[]): void {
  for (const entry of shape.map.entries) {
    if (known.includes(entry.key)) continue;
    const found = `${quote(name)} has no ${quote(entry.key)}${didYouMean(entry.key, known)}`;
    shape.problem(entry, `${found}; it is read with ${known.map(quote).join(', ')}`);
  }
}
