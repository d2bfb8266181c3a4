/** Filters and waivers meet the rules they name: a filter narrows a detection, a waiver is kept beside it. */
import { quote } from '../base/text-safety.ts';
import type {
  ConditionNode,
  Correlation,
  Detection,
  DetectionItem,
  Logsource,
  Rule,
  RuleSet,
  Table,
  Waiver,
} from '../model/rule.ts';
import { expandDetection } from './expand-detection.ts';
import type { FilterDraft } from './parse-filter.ts';
import type { RuleDocument } from './parse-rules.ts';
import { identifiersOf, type RuleIndex } from './rule-index.ts';
import { RuleRefusal } from './rule-refusal.ts';

type FilterDocument = Extract<RuleDocument, { kind: 'filter' }>;

/**
 * Changes the rules of `ruleSet`. A filter that fits none of the rules it names is an error, as a rule that cannot run is:
 * whoever wrote it believes something that is not so. `problem` is told of names that lead nowhere.
 */
export function applyFilters(
  documents: readonly FilterDocument[],
  index: RuleIndex,
  ruleSet: RuleSet,
  tables: Readonly<Record<string, Table>>,
  problem: (document: FilterDocument, reference: { name: string; line: number; column: number }) => void,
): void {
  const position = new Map(ruleSet.rules.map((rule, at) => [rule.id, at]));
  for (const document of documents) {
    const { file, line } = document;
    try {
      const draft = { ...document.draft, condition: expandDetection(document.draft.condition, tables) };
      for (const at of targetsOf(document, index, ruleSet, position, problem))
        ruleSet.rules[at] = applyOne(draft, document, ruleSet.rules[at]!);
    } catch (error) {
      if (!(error instanceof RuleRefusal)) throw error;
      const { id, title } = document.draft.head;
      ruleSet.errors.push({ id, title, file, line, message: error.message });
    }
  }
}

function targetsOf(
  document: FilterDocument,
  index: RuleIndex,
  ruleSet: RuleSet,
  position: ReadonlyMap<string, number>,
  problem: (document: FilterDocument, reference: { name: string; line: number; column: number }) => void,
): number[] {
  const { rules, logsource } = document.draft;
  if (rules === 'any') {
    return ruleSet.rules.flatMap((rule, at) =>
      rule.kind === 'detection' && contains(logsource, rule.logsource) ? [at] : [],
    );
  }
  return rules.flatMap((reference): number[] => {
    const versions = index.versionsOf(reference.name);
    const found = versions.length > 0 ? [...versions] : [reference.name];
    return found.flatMap((name) => {
      const target = index.find(name);
      if (target === undefined) {
        problem(document, reference);
        return [];
      }
      const at = position.get(identifiersOf(target).id);
      // Refused itself, and loud already.
      return at === undefined ? [] : [at];
    });
  });
}

/** Whether a rule of `own` is within what the filter is for. */
function contains(filter: Logsource, own: Logsource): boolean {
  return (['category', 'product', 'service'] as const).every(
    (key) => filter[key] === undefined || filter[key].toLowerCase() === own[key]?.toLowerCase(),
  );
}

function applyOne(draft: FilterDraft, { file, line }: FilterDocument, rule: Rule): Rule {
  if (rule.kind === 'detection' && !contains(draft.logsource, rule.logsource))
    throw new RuleRefusal(`it is for another log source than ${quote(rule.title)}, which it names`);
  if (draft.waiver === undefined) return narrow(draft, rule);
  const { id, title, effective: { from, to } = {} } = draft.head;
  const { condition } = draft;
  // A filter of Sigma keeps what its condition holds for, so `not selection` leaves the selection out; a waiver would keep it alone.
  if (condition.kind === 'not')
    throw new RuleRefusal('its condition is a negation: it would waive everything but what it names');
  const waiver: Waiver = { id, title, file, line, ...draft.waiver, condition };
  if (from !== undefined) waiver.from = from;
  if (to !== undefined && to < waiver.expires) waiver.expires = to;
  if (rule.kind === 'correlation' ? rule.silent : !rule.speaks)
    throw new RuleRefusal(
      `${quote(rule.title)} makes no findings of its own; name the correlation that speaks for it`,
    );
  if (rule.kind === 'correlation') return waiveGroups(waiver, rule);
  return { ...rule, waivers: [...(rule.waivers ?? []), waiver] };
}

function narrow(draft: FilterDraft, rule: Rule): Detection {
  if (rule.kind === 'correlation')
    throw new RuleRefusal(
      `${quote(rule.title)} is a correlation; a filter changes detections, so name those that it correlates`,
    );
  return { ...rule, condition: { kind: 'and', nodes: [rule.condition, draft.condition] } };
}

/** What a correlation finds is a group, not an event: only its group-by names can be asked for. */
function waiveGroups(waiver: Waiver, rule: Correlation): Correlation {
  const condition = mapItems(waiver.condition, (item) => {
    const name = item.field?.name;
    if (name === undefined || !rule.groupNames.includes(name)) {
      const known = rule.groupNames.length === 0 ? 'and it has none' : rule.groupNames.map(quote).join(', ');
      const found = name === undefined ? 'a keyword' : quote(name);
      throw new RuleRefusal(
        `a waiver of the correlation ${quote(rule.title)} looks at its group-by fields (${known}), found ${found}`,
      );
    }
    if (item.references !== undefined)
      throw new RuleRefusal(`a waiver of a correlation cannot compare ${quote(name)} with another field`);
    return { ...item, field: { taxonomy: 'raw', name } };
  });
  return { ...rule, waivers: [...(rule.waivers ?? []), { ...waiver, condition }] };
}

function mapItems(node: ConditionNode, change: (item: DetectionItem) => DetectionItem): ConditionNode {
  if (node.kind === 'item') return { kind: 'item', item: change(node.item) };
  if (node.kind === 'not') return { kind: 'not', node: mapItems(node.node, change) };
  return { kind: node.kind, nodes: node.nodes.map((each) => mapItems(each, change)) };
}
