/** Joins the documents of all rule files to one rule set: names become ids, aliases become fields. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { FieldRef } from '../model/mark.ts';
import type { Problem } from '../model/problem.ts';
import {
  type Comparison,
  type Correlation,
  type Detection,
  REFERENCE_KEYS,
  type ReferenceKey,
  type RuleError,
  type RuleSet,
} from '../model/rule.ts';
import type { CorrelationDraft, Reference } from './parse-correlation.ts';
import { toFieldRef } from './parse-detection.ts';
import type { RuleDocument } from './parse-rules.ts';
import { toSteps } from './parse-step-condition.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** The order of rules is the order of `documents`. A duplicate id and an unresolved reference are problems of the user's. */
export function linkRules(documents: readonly RuleDocument[]): { ruleSet: RuleSet; problems: Problem[] } {
  const problems: Problem[] = [];
  const linker = new Linker(indexDocuments(documents, problems), problems);
  const silenced = silencedDetections(documents, linker);
  const ruleSet: RuleSet = { rules: [], errors: [] };
  for (const document of documents) {
    if (document.kind === 'refused') ruleSet.errors.push(document.error);
    else if (document.kind === 'detection') {
      const { detection, generate } = document;
      ruleSet.rules.push({ ...detection, speaks: generate || !silenced.has(detection.id) });
    } else linkCorrelation(document, linker, ruleSet);
  }
  return { ruleSet, problems };
}

function linkCorrelation(
  document: Extract<RuleDocument, { kind: 'correlation' }>,
  linker: Linker,
  ruleSet: RuleSet,
): void {
  const { file, line, draft } = document;
  try {
    const correlation = linker.link(document);
    if (correlation !== undefined) ruleSet.rules.push(correlation);
  } catch (error) {
    if (!(error instanceof RuleRefusal)) throw error;
    const refused: RuleError = {
      id: draft.head.id,
      title: draft.head.title,
      file,
      line,
      message: error.message,
    };
    ruleSet.errors.push(refused);
  }
}

/** By id and by name; of two documents with one id the first stays. */
function indexDocuments(documents: readonly RuleDocument[], problems: Problem[]): Map<string, RuleDocument> {
  const index = new Map<string, RuleDocument>();
  for (const document of documents) {
    const { id, name } = identifiers(document);
    for (const [word, identifier] of [
      ['id', id],
      ['name', name],
    ] as const) {
      if (identifier === undefined || (word === 'name' && identifier === id)) continue;
      const first = index.get(identifier);
      if (first === undefined) index.set(identifier, document);
      else {
        const { file, line, column } = document;
        const message = `the rule ${word} ${quote(identifier)} stands already in ${first.file}:${first.line}`;
        problems.push({ file, line, column, message });
      }
    }
  }
  return index;
}

function identifiers(document: RuleDocument): { id: string; name: string | undefined } {
  switch (document.kind) {
    case 'detection':
      return { id: document.detection.id, name: document.detection.name };
    case 'correlation':
      return { id: document.draft.head.id, name: document.draft.head.name };
    case 'refused':
      return { id: document.error.id, name: document.name };
  }
}

/** Detections that some correlation refers to, unless one of those says `generate: true`. */
function silencedDetections(documents: readonly RuleDocument[], linker: Linker): Set<string> {
  const silenced = new Set<string>();
  const generated = new Set<string>();
  for (const document of documents) {
    if (document.kind === 'detection') continue;
    const names =
      document.kind === 'refused' ? document.refersTo : referencesOf(document.draft).map(({ name }) => name);
    const target = document.kind === 'correlation' && document.draft.generate ? generated : silenced;
    for (const name of names) {
      const referred = linker.find(name);
      if (referred !== undefined) target.add(identifiers(referred).id);
    }
  }
  for (const id of generated) silenced.delete(id);
  return silenced;
}

function referencesOf(draft: CorrelationDraft): Reference[] {
  return REFERENCE_KEYS.flatMap((key) => draft.references[key] ?? []);
}

class Linker {
  private readonly index: ReadonlyMap<string, RuleDocument>;
  private readonly problems: Problem[];

  constructor(index: ReadonlyMap<string, RuleDocument>, problems: Problem[]) {
    this.index = index;
    this.problems = problems;
  }

  find(name: string): RuleDocument | undefined {
    return this.index.get(name);
  }

  /** Undefined when a reference leads nowhere, which is then a problem. @throws {RuleRefusal} */
  link(document: Extract<RuleDocument, { kind: 'correlation' }>): Correlation | undefined {
    const { draft, file } = document;
    const { head, type, timespan, window, calendarUnit, timezone, condition, expression, extra } = draft;
    const before = this.problems.length;
    const detections: Omit<Detection, 'speaks'>[] = [];
    const steps: Partial<Record<ReferenceKey, number[]>> = {};
    for (const key of REFERENCE_KEYS) {
      for (const reference of draft.references[key] ?? []) {
        const detection = this.detection(reference, file);
        if (detection === undefined) continue;
        steps[key] ??= [];
        steps[key].push(detections.push(detection) - 1);
      }
    }
    const aliases = this.aliases(draft, detections, file);
    const tables: Correlation['tables'] = {};
    const limits = this.limits(draft, tables, file);
    if (this.problems.length > before) return undefined;
    const resolve = (name: string): FieldRef[] =>
      detections.map((detection, step) => aliases[name]?.[step] ?? toFieldRef(name, detection.taxonomy));
    const groups = draft.groupBy.map(({ name, optional }) =>
      resolve(name).map((field) => (optional ? { ...field, optional } : field)),
    );
    const stepOf = (name: string) => (draft.references.rules ?? []).findIndex((rule) => rule.name === name);
    const counted = draft.fields.map(resolve);
    return {
      ...head,
      kind: 'correlation',
      type,
      rules: detections.map(({ id }) => id),
      steps,
      groupBy: detections.map((_, step) => groups.map((group) => group[step]!)),
      groupNames: draft.groupBy.map(({ name }) => name),
      ...(timespan !== undefined && { timespan }),
      ...(window !== undefined && { window }),
      ...(calendarUnit !== undefined && { calendarUnit }),
      ...(timezone !== undefined && { timezone }),
      condition,
      ...(Object.keys(limits).length > 0 && { limits }),
      ...(expression !== undefined && { expression: toSteps(expression, stepOf) }),
      tables,
      ...(counted.length > 0 && {
        fields: detections.map((_, step) => counted.map((field) => field[step]!)),
      }),
      extra,
      taxonomies: detections.map(({ taxonomy }) => (taxonomy === 'audit' ? 'audit' : 'raw')),
      aliases,
    };
  }

  private limits(
    draft: CorrelationDraft,
    tables: Correlation['tables'],
    file: string,
  ): NonNullable<Correlation['limits']> {
    const limits: NonNullable<Correlation['limits']> = {};
    for (const [comparison, { table: reference, match, value }] of Object.entries(draft.limits)) {
      const { name, line, column } = reference;
      const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
      if (table !== undefined) limits[comparison as Comparison] = { table, match, value };
      else {
        const message = `no table has the name ${quote(name)}${didYouMean(name, Object.keys(tables))}`;
        this.problems.push({ file, line, column, message });
      }
    }
    return limits;
  }

  private detection(reference: Reference, file: string): Omit<Detection, 'speaks'> | undefined {
    const document = this.find(reference.name);
    if (document === undefined) {
      const message = `no rule has the id or name ${quote(reference.name)}${didYouMean(reference.name, this.index.keys())}`;
      this.problems.push({ file, line: reference.line, column: reference.column, message });
      return undefined;
    }
    if (document.kind === 'detection') return document.detection;
    const why =
      document.kind === 'refused'
        ? 'which cannot run'
        : 'a correlation, and chains are not supported by this version';
    throw new RuleRefusal(`it refers to ${quote(reference.name)}, ${why}`);
  }

  private aliases(
    draft: CorrelationDraft,
    detections: readonly Omit<Detection, 'speaks'>[],
    file: string,
  ): Correlation['aliases'] {
    const aliases: Record<string, (FieldRef | undefined)[]> = Object.create(null);
    for (const { alias, fields } of draft.aliases) {
      const resolved: (FieldRef | undefined)[] = detections.map(() => undefined);
      for (const { rule, field } of fields) {
        const document = this.find(rule.name);
        const id = document === undefined ? undefined : identifiers(document).id;
        const at = detections.flatMap((detection, step) => (detection.id === id ? [step] : []));
        if (at.length === 0) {
          const message = `the alias ${quote(alias)} names ${quote(rule.name)}, which the correlation does not refer to`;
          this.problems.push({ file, line: rule.line, column: rule.column, message });
        }
        for (const step of at) resolved[step] = toFieldRef(field, detections[step]!.taxonomy);
      }
      aliases[alias] = resolved;
    }
    return aliases;
  }
}
