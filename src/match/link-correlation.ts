/** A correlation's references resolved: names become ids, aliases become fields, tables are at hand. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { FieldRef } from '../model/mark.ts';
import type { Problem } from '../model/problem.ts';
import {
  type Comparison,
  type Correlation,
  REFERENCE_KEYS,
  type ReferenceKey,
  type Table,
  type Validity,
} from '../model/rule.ts';
import type { CorrelationDraft, Reference } from './parse-correlation.ts';
import { toFieldRef } from './parse-detection.ts';
import type { RuleDocument } from './parse-rules.ts';
import { toSteps } from './parse-step-condition.ts';
import { identifiersOf, type RuleIndex } from './rule-index.ts';
import { RuleRefusal } from './rule-refusal.ts';

type CorrelationDocument = Extract<RuleDocument, { kind: 'correlation' }>;

/** Everything that a correlation refers to, in the order of its steps. */
export function referencesOf(draft: CorrelationDraft): Reference[] {
  return REFERENCE_KEYS.flatMap((key) => draft.references[key] ?? []);
}

/** What a correlation refers to: where its marks come from, and what a name means there. */
type Referred = {
  id: string;
  title: string;
  taxonomy: 'audit' | 'raw';
  effective?: Validity | undefined;
  toField: (name: string) => FieldRef;
};

/** Correlations of correlations of correlations: deeper than anybody can follow, and far from what the stack holds. */
const MAX_CHAIN = 16;

/** Links one correlation after the other, each after those that it stands on. */
export class Linker {
  private readonly index: RuleIndex;
  private readonly problems: Problem[];
  readonly tables: Readonly<Record<string, Table>>;
  private readonly linked = new Map<CorrelationDocument, Correlation | RuleRefusal | undefined>();
  /** From the correlation that is linked to the one that it needs first. */
  private readonly path: CorrelationDocument[] = [];

  constructor(index: RuleIndex, problems: Problem[]) {
    this.index = index;
    this.problems = problems;
    const tables = index.documents.flatMap((document) => (document.kind === 'table' ? [document.table] : []));
    this.tables = Object.fromEntries(tables.map((table) => [table.name, table]));
  }

  unknown({ name, line, column }: Reference, file: string): Problem {
    const versions = this.index.versionsOf(name);
    const message =
      versions.length > 0
        ? `the rule ${quote(name)} has versions, name one of them: ${versions.map(quote).join(', ')}`
        : `no rule has the id or name ${quote(name)}${didYouMean(name, this.index.names())}`;
    return { file, line, column, message };
  }

  /** Undefined when a reference leads nowhere, which is then a problem; a refusal is handed on to whoever refers to it. */
  link(document: CorrelationDocument): Correlation | RuleRefusal | undefined {
    if (this.linked.has(document)) return this.linked.get(document);
    this.path.push(document);
    let linked: Correlation | RuleRefusal | undefined;
    try {
      linked = this.build(document);
    } catch (error) {
      if (!(error instanceof RuleRefusal)) throw error;
      linked = error;
    }
    this.path.pop();
    this.linked.set(document, linked);
    return linked;
  }

  private build(document: CorrelationDocument): Correlation | undefined {
    const { draft, file } = document;
    const { head, type, timespan, window, calendarUnit, timezone, condition, expression, extra, levels } =
      draft;
    const before = this.problems.length;
    const referred: Referred[] = [];
    const steps: Partial<Record<ReferenceKey, number[]>> = {};
    for (const key of REFERENCE_KEYS) {
      for (const reference of draft.references[key] ?? []) {
        const rule = this.refer(reference, file);
        if (rule === undefined) continue;
        steps[key] ??= [];
        steps[key].push(referred.push(rule) - 1);
      }
    }
    const aliases = this.aliases(draft, referred, file);
    const limits = this.limits(draft, file);
    if (this.problems.length > before) return undefined;
    const resolve = (name: string): FieldRef[] =>
      referred.map((rule, step) => aliases[name]?.[step] ?? rule.toField(name));
    const stray = head.suppress?.by.find((name) => !draft.groupBy.some((group) => group.name === name));
    if (stray !== undefined)
      throw new RuleRefusal(`"suppress" is by group-by fields of the correlation, found ${quote(stray)}`);
    const groups = draft.groupBy.map(({ name, optional, person }) =>
      resolve(name).map((field) => ({ ...field, ...(optional && { optional }), ...(person && { person }) })),
    );
    const stepOf = (name: string) => (draft.references.rules ?? []).findIndex((rule) => rule.name === name);
    const counted = draft.fields.map(resolve);
    const dated = referred.flatMap(({ id, effective }) => (effective === undefined ? [] : [[id, effective]]));
    return {
      ...head,
      kind: 'correlation',
      type,
      rules: referred.map(({ id }) => id),
      titles: referred.map(({ title }) => title),
      steps,
      ...(dated.length > 0 && { inForce: Object.fromEntries(dated) }),
      groupBy: referred.map((_, step) => groups.map((group) => group[step]!)),
      groupNames: draft.groupBy.map(({ name }) => name),
      ...(timespan !== undefined && { timespan }),
      ...(window !== undefined && { window }),
      ...(calendarUnit !== undefined && { calendarUnit }),
      ...(timezone !== undefined && { timezone }),
      condition,
      ...(Object.keys(limits).length > 0 && { limits }),
      ...(expression !== undefined && { expression: toSteps(expression, stepOf) }),
      tables: this.tables,
      ...(counted.length > 0 && {
        fields: referred.map((_, step) => counted.map((field) => field[step]!)),
      }),
      ...(levels !== undefined && { levels }),
      extra,
      taxonomies: referred.map(({ taxonomy }) => taxonomy),
      aliases,
    };
  }

  private limits(draft: CorrelationDraft, file: string): NonNullable<Correlation['limits']> {
    const limits: NonNullable<Correlation['limits']> = {};
    for (const [comparison, { table: reference, match, value }] of Object.entries(draft.limits)) {
      const { name, line, column } = reference;
      const table = Object.hasOwn(this.tables, name) ? this.tables[name] : undefined;
      if (table !== undefined) limits[comparison as Comparison] = { table, match, value };
      else {
        const message = `no table has the name ${quote(name)}${didYouMean(name, Object.keys(this.tables))}`;
        this.problems.push({ file, line, column, message });
      }
    }
    return limits;
  }

  private refer(reference: Reference, file: string): Referred | undefined {
    const document = this.index.find(reference.name);
    if (document === undefined) {
      this.problems.push(this.unknown(reference, file));
      return undefined;
    }
    switch (document.kind) {
      case 'detection': {
        const { id, title, taxonomy, effective } = document.detection;
        const toField = (name: string) => toFieldRef(name, taxonomy);
        return { id, title, taxonomy: taxonomy === 'audit' ? 'audit' : 'raw', effective, toField };
      }
      case 'correlation':
        return this.chain(reference, document);
      case 'refused':
        throw new RuleRefusal(`it refers to ${quote(reference.name)}, which cannot run`);
      default:
        throw new RuleRefusal(
          `it refers to ${quote(reference.name)}, a ${document.kind}, which makes no marks`,
        );
    }
  }

  /** Of a correlation only the group is known: its fields are the group-by names. */
  private chain({ name }: Reference, document: CorrelationDocument): Referred | undefined {
    const at = this.path.indexOf(document);
    if (at >= 0) {
      const circle = [...this.path.slice(at), document].map(({ draft }) => quote(draft.head.title));
      throw new RuleRefusal(`it refers to itself: ${circle.join(' needs ')}`);
    }
    if (this.path.length >= MAX_CHAIN)
      throw new RuleRefusal(`it stands on more than ${MAX_CHAIN} correlations, one above the other`);
    const inner = this.link(document);
    if (inner instanceof RuleRefusal)
      throw new RuleRefusal(`it refers to ${quote(name)}, which cannot run: ${inner.message}`);
    if (inner === undefined) throw new RuleRefusal(`it refers to ${quote(name)}, which cannot run`);
    const toField = (field: string): FieldRef => {
      if (inner.groupNames.includes(field)) return { taxonomy: 'raw', name: field };
      const known = inner.groupNames.map(quote).join(', ') || 'none';
      throw new RuleRefusal(
        `${quote(field)} is no group-by field of the correlation ${quote(name)}, which has ${known}`,
      );
    };
    return { id: inner.id, title: inner.title, taxonomy: 'raw', toField };
  }

  private aliases(
    draft: CorrelationDraft,
    referred: readonly Referred[],
    file: string,
  ): Correlation['aliases'] {
    const aliases: Record<string, (FieldRef | undefined)[]> = Object.create(null);
    for (const { alias, fields } of draft.aliases) {
      const resolved: (FieldRef | undefined)[] = referred.map(() => undefined);
      for (const { rule, field } of fields) {
        const document = this.index.find(rule.name);
        const id = document === undefined ? undefined : identifiersOf(document).id;
        const at = referred.flatMap((each, step) => (each.id === id ? [step] : []));
        if (at.length === 0) {
          const message = `the alias ${quote(alias)} names ${quote(rule.name)}, which the correlation does not refer to`;
          this.problems.push({ file, line: rule.line, column: rule.column, message });
        }
        for (const step of at) resolved[step] = referred[step]!.toField(field);
      }
      aliases[alias] = resolved;
    }
    return aliases;
  }
}
