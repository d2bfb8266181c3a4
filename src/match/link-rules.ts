/** Joins the documents of all rule files to one rule set: placeholders are filled, correlations linked, filters applied. */
import type { Problem } from '../model/problem.ts';
import type { Detection, RuleSet } from '../model/rule.ts';
import { applyFilters } from './apply-filters.ts';
import { expandDetection } from './expand-detection.ts';
import { Linker, referencesOf } from './link-correlation.ts';
import type { RuleDocument } from './parse-rules.ts';
import { identifiersOf, RuleIndex } from './rule-index.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** The order of rules is the order of `documents`. A duplicate id and an unresolved reference are problems of the user's. */
export function linkRules(documents: readonly RuleDocument[]): { ruleSet: RuleSet; problems: Problem[] } {
  const problems: Problem[] = [];
  const index = new RuleIndex(documents, problems);
  const linker = new Linker(index, problems);
  const steps = stepRules(index);
  const ruleSet: RuleSet = { rules: [], errors: [] };
  const filters: Extract<RuleDocument, { kind: 'filter' }>[] = [];
  for (const document of index.documents) {
    if (document.kind === 'refused') ruleSet.errors.push(document.error);
    else if (document.kind === 'detection') {
      const { detection, generate } = document;
      linkDetection({ ...detection, speaks: generate || !steps.silenced.has(detection.id) }, linker, ruleSet);
    } else if (document.kind === 'correlation') linkCorrelation(document, linker, ruleSet, steps);
    else if (document.kind === 'filter') filters.push(document);
  }
  applyFilters(filters, index, ruleSet, linker.tables, ({ file }, reference) =>
    problems.push(linker.unknown(reference, file)),
  );
  return { ruleSet, problems };
}

type CorrelationDocument = Extract<RuleDocument, { kind: 'correlation' }>;

function linkDetection(detection: Detection, { tables }: Linker, ruleSet: RuleSet): void {
  try {
    const { levels } = detection;
    const condition = expandDetection(detection.condition, tables);
    const expanded = levels?.map(({ level, when }) => ({ level, when: expandDetection(when, tables) }));
    ruleSet.rules.push({ ...detection, condition, ...(expanded !== undefined && { levels: expanded }) });
  } catch (error) {
    if (!(error instanceof RuleRefusal)) throw error;
    const { id, title, file, line } = detection;
    ruleSet.errors.push({ id, title, file, line, message: error.message });
  }
}

function linkCorrelation(
  document: CorrelationDocument,
  linker: Linker,
  ruleSet: RuleSet,
  { all, silenced }: StepRules,
): void {
  const { file, line, draft } = document;
  const { id, title } = draft.head;
  const linked = linker.link(document);
  if (linked instanceof RuleRefusal) ruleSet.errors.push({ id, title, file, line, message: linked.message });
  else if (linked !== undefined)
    ruleSet.rules.push({
      ...linked,
      ...(all.has(id) && { isStep: true }),
      ...(silenced.has(id) && !draft.generate && { silent: true }),
    });
}

/** Ids of rules that some correlation refers to. `silenced`: unless one of those says `generate: true`. */
type StepRules = { all: ReadonlySet<string>; silenced: ReadonlySet<string> };

function stepRules(index: RuleIndex): StepRules {
  const silenced = new Set<string>();
  const generated = new Set<string>();
  for (const document of index.documents) {
    if (document.kind !== 'correlation' && document.kind !== 'refused') continue;
    const names =
      document.kind === 'refused' ? document.refersTo : referencesOf(document.draft).map(({ name }) => name);
    const target = document.kind === 'correlation' && document.draft.generate ? generated : silenced;
    for (const name of names) {
      const referred = index.find(name);
      if (referred !== undefined) target.add(identifiersOf(referred).id);
    }
  }
  const all = new Set([...silenced, ...generated]);
  for (const id of generated) silenced.delete(id);
  return { all, silenced };
}
