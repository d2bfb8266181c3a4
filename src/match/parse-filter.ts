/** `filter:` documents: what Sigma adds to the condition of other rules, and waivers, which keep the finding and mark it. */
import { quote } from '../base/text-safety.ts';
import type { ShapeReader } from '../base/yaml-shape.ts';
import type { YamlMap } from '../base/yaml-tree.ts';
import type { ConditionNode, Logsource, RuleHead } from '../model/rule.ts';
import type { Reference } from './parse-correlation.ts';
import { parseReferences } from './parse-correlation.ts';
import { parseDetection, type Taxonomy } from './parse-detection.ts';
import { readMoment } from './parse-table.ts';
import { RuleRefusal } from './rule-refusal.ts';

export type FilterDraft = {
  head: RuleHead;
  taxonomy: Taxonomy;
  logsource: Logsource;
  /** `any`: every detection of the log source. */
  rules: Reference[] | 'any';
  condition: ConditionNode;
  /** With an owner, a reason and an end it is a waiver. */
  waiver?: { owner: string; reason: string; ticket?: string; approvedBy?: string; expires: bigint };
};

/** Keys that only a waiver has: one of them makes the document one, and then all that are needed must be there. */
const WAIVER_KEYS = ['reason', 'expires', 'ticket', 'approvedBy'] as const;
const NEEDED = ['owner', 'reason', 'expires'] as const;

/** Keys of `filter:` that are no selections. */
const OWN_KEYS = new Set(['rules']);

/** @throws {RuleRefusal} */
export function parseFilter(
  head: RuleHead,
  reader: ShapeReader,
  logsource: Logsource,
  hasArrays: boolean,
): FilterDraft | undefined {
  const body = reader.shape('filter');
  if (body === undefined) return undefined;
  const taxonomy: Taxonomy = reader.choice('taxonomy', ['audit', 'sigma']) ?? 'sigma';
  const isWaiver = WAIVER_KEYS.some((key) => reader.get(key) !== undefined);
  const references = parseReferences(body, 'rules');
  const [only] = references;
  if (only === undefined) {
    body.problem(body.map, 'a filter needs "rules": the ids or names it is for, or "any"');
    return undefined;
  }
  const rules = references.length === 1 && only.name === 'any' ? ('any' as const) : references;
  if (!isWaiver && head.effective !== undefined)
    throw new RuleRefusal(
      'a filter narrows its rules at all times and takes no "effective"; a waiver does, and versions of a rule may have filters of their own',
    );
  if (isWaiver && rules === 'any')
    throw new RuleRefusal('a waiver must name its rules, found "any": what it covers would grow unseen');
  const condition = parseDetection(selectionsOf(body.map), { taxonomy, hasArrays });
  const waiver = isWaiver ? parseWaiver(reader) : undefined;
  if (isWaiver && waiver === undefined) return undefined;
  return { head, taxonomy, logsource, rules, condition, ...(waiver !== undefined && { waiver }) };
}

function selectionsOf(map: YamlMap): YamlMap {
  return { ...map, entries: map.entries.filter(({ key }) => !OWN_KEYS.has(key)) };
}

function parseWaiver(reader: ShapeReader): FilterDraft['waiver'] {
  const texts = Object.fromEntries(
    ['owner', 'reason', 'ticket', 'approvedBy'].map((key) => [key, reader.text(key)?.trim()]),
  );
  for (const key of NEEDED) {
    const isEmpty = reader.get(key) === undefined || (key !== 'expires' && texts[key] === '');
    if (isEmpty) reader.problem(reader.map, `a waiver needs ${quote(key)}`);
  }
  const node = reader.get('expires');
  const expires = node === undefined ? undefined : readMoment('expires', node, reader);
  const { owner, reason, ticket, approvedBy } = texts;
  if (owner === undefined || reason === undefined || expires === undefined) return undefined;
  // A date is a day that is still covered, as people mean it; a time is exact.
  const isDay = node?.kind === 'text' && /^\d{4}-\d{2}-\d{2}$/.test(node.text);
  return {
    owner,
    reason,
    ...(ticket !== undefined && { ticket }),
    ...(approvedBy !== undefined && { approvedBy }),
    expires: isDay ? expires + DAY : expires,
  };
}

const DAY = 86_400_000_000_000n;
