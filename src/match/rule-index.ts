/** Documents of all rule files by id and name, and the versions of one rule: documents of one id that are in force one after another. */
import { formatInstant } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import type { Problem } from '../model/problem.ts';
import type { RuleHead, Validity } from '../model/rule.ts';
import type { RuleDocument } from './parse-rules.ts';

export type Named = { id: string; name: string | undefined };

export function identifiersOf(document: RuleDocument): Named {
  switch (document.kind) {
    case 'detection':
      return { id: document.detection.id, name: document.detection.name };
    case 'correlation':
    case 'filter':
      return { id: document.draft.head.id, name: document.draft.head.name };
    case 'table':
      return { id: document.table.name, name: undefined };
    case 'refused':
      return { id: document.error.id, name: document.name };
  }
}

/** Rules are found by id and by name. Tables have names of their own: a rule and a table may be called alike. */
export class RuleIndex {
  readonly documents: readonly RuleDocument[];
  private readonly byName = new Map<string, RuleDocument>();
  /** Of rules that have versions, what to name instead. */
  private readonly versions = new Map<string, string[]>();

  /** Of two documents with one id that are no versions the first stays. */
  constructor(documents: readonly RuleDocument[], problems: Problem[]) {
    this.documents = this.nameVersions(documents, problems);
    const tables = new Map<string, RuleDocument>();
    for (const document of this.documents) {
      const { id, name } = identifiersOf(document);
      const index = document.kind === 'table' ? tables : this.byName;
      const noun = document.kind === 'table' ? 'table' : 'rule id';
      enter(index, noun, id, document, problems);
      if (name !== undefined && name !== id && !this.versions.has(name))
        enter(index, 'rule name', name, document, problems);
    }
  }

  find(name: string): RuleDocument | undefined {
    return this.byName.get(name);
  }

  versionsOf(name: string): readonly string[] {
    return this.versions.get(name) ?? [];
  }

  names(): Iterable<string> {
    return this.byName.keys();
  }

  /** Versions get an id of their own: `ID@2026-03-01`. */
  private nameVersions(documents: readonly RuleDocument[], problems: Problem[]): RuleDocument[] {
    const groups = groupById(documents);
    return documents.map((document) => {
      const group = groups.get(identifiersOf(document).id) ?? [];
      if (group.length < 2 || !group.every(isDated)) return document;
      reportOverlap(document, group, problems);
      const { id, name } = identifiersOf(document);
      const version = `${id}@${dayOf(effectiveOf(document)?.from)}`;
      for (const key of name === undefined ? [id] : [id, name]) {
        const known = this.versions.get(key);
        if (known === undefined) this.versions.set(key, [version]);
        else known.push(version);
      }
      return withId(document, version);
    });
  }
}

function groupById(documents: readonly RuleDocument[]): Map<string, RuleDocument[]> {
  const groups = new Map<string, RuleDocument[]>();
  for (const document of documents) {
    if (document.kind === 'table' || document.kind === 'refused') continue;
    const { id } = identifiersOf(document);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [document]);
    else group.push(document);
  }
  return groups;
}

function headOf(document: RuleDocument): RuleHead | undefined {
  if (document.kind === 'detection') return document.detection as RuleHead;
  return document.kind === 'correlation' || document.kind === 'filter' ? document.draft.head : undefined;
}

function effectiveOf(document: RuleDocument): Validity | undefined {
  return headOf(document)?.effective;
}

function isDated(document: RuleDocument): boolean {
  return effectiveOf(document) !== undefined;
}

function dayOf(from: bigint | undefined): string {
  return from === undefined ? 'ever' : formatInstant(from).replace('T00:00:00Z', '');
}

function reportOverlap(document: RuleDocument, group: readonly RuleDocument[], problems: Problem[]): void {
  const own = effectiveOf(document)!;
  const other = group.slice(0, group.indexOf(document)).find((each) => overlaps(own, effectiveOf(each)!));
  if (other === undefined) return;
  const { file, line, column } = document;
  const message = `this version of ${quote(identifiersOf(document).id)} is in force at times when that of ${other.file}:${other.line} is too`;
  problems.push({ file, line, column, message });
}

function overlaps(left: Validity, right: Validity): boolean {
  const begins = (one: Validity, other: Validity) =>
    one.from === undefined || other.to === undefined || one.from < other.to;
  return begins(left, right) && begins(right, left);
}

function withId(document: RuleDocument, id: string): RuleDocument {
  if (document.kind === 'detection') return { ...document, detection: { ...document.detection, id } };
  if (document.kind === 'correlation')
    return { ...document, draft: { ...document.draft, head: { ...document.draft.head, id } } };
  if (document.kind === 'filter')
    return { ...document, draft: { ...document.draft, head: { ...document.draft.head, id } } };
  return document;
}

function enter(
  index: Map<string, RuleDocument>,
  noun: string,
  identifier: string,
  document: RuleDocument,
  problems: Problem[],
): void {
  const first = index.get(identifier);
  if (first === undefined) {
    index.set(identifier, document);
    return;
  }
  const { file, line, column } = document;
  const message = `the ${noun} ${quote(identifier)} stands already in ${first.file}:${first.line}`;
  problems.push({ file, line, column, message });
}
