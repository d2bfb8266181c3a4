/**
 * Collections of rules in one file, as Sigma had them before correlations: `action: global` is a template for the documents
 * after it, `repeat` the document before it with changes, `reset` ends the template. Merged as pySigma's loader does.
 */
import { didYouMean } from '../base/nearest-name.ts';
import { describe, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../base/yaml-tree.ts';

const ACTIONS = ['global', 'repeat', 'reset'];

/** Entries of all rules that a collection makes of its templates: a large one before thousands of documents is no rule set. */
const MAX_ENTRIES = 1_000_000;

type Report = (node: { line: number; column: number }, message: string) => void;

/** The documents that are rules: those of a collection completed, all others as they are. */
export function expandCollection(roots: readonly YamlNode[], report: Report): YamlNode[] {
  if (!roots.some((root) => actionOf(root) !== undefined)) return [...roots];
  const collection = new Collection(report);
  const rules = roots.flatMap((root) => collection.add(root));
  collection.finish();
  return rules;
}

function actionOf(root: YamlNode): YamlEntry | undefined {
  return root.kind === 'map' ? root.entries.find(({ key }) => key === 'action') : undefined;
}

class Collection {
  private template: YamlMap | undefined;
  private previous: YamlMap | undefined;
  private readonly report: Report;
  private isUsed = false;
  /** How many rules have an id, name or title so far: those that take it from the template share it. */
  private readonly taken = new Map<string, number>();
  private entries = 0;

  constructor(report: Report) {
    this.report = report;
  }

  add(root: YamlNode): YamlNode[] {
    if (root.kind !== 'map') return [root];
    const entry = actionOf(root);
    if (entry === undefined) return this.rule(root);
    const action = scalarText(entry.value)?.toLowerCase();
    const own = { ...root, entries: root.entries.filter((each) => each !== entry) };
    switch (action) {
      case 'global':
        this.finish();
        this.template = own;
        this.previous = own;
        this.isUsed = false;
        return [];
      case 'reset':
        this.finish();
        this.template = undefined;
        return [];
      case 'repeat':
        if (this.entries > MAX_ENTRIES) return [];
        if (this.previous !== undefined) return this.complete(merged(this.previous, own), own);
        this.report(entry, '"action: repeat" repeats the document before it, and there is none');
        return [];
      default: {
        const hint = action === undefined ? '' : didYouMean(action, ACTIONS);
        this.report(
          entry.value,
          `"action" must be one of ${ACTIONS.join(', ')}, found ${describe(entry.value)}${hint}`,
        );
        return [];
      }
    }
  }

  /** Correlations, filters and tables are no templates' business: they came after collections. */
  private rule(root: YamlMap): YamlNode[] {
    const isOther = root.entries.some(
      ({ key }) => key === 'correlation' || key === 'filter' || key === 'table',
    );
    if (this.entries > MAX_ENTRIES) return [];
    if (isOther || this.template === undefined) {
      if (!isOther) this.previous = root;
      return [root];
    }
    return this.complete(merged(root, this.template), root);
  }

  /** `rule` stands where `own`, the document it was made for, does. */
  private complete(rule: YamlMap, own: YamlMap): YamlNode[] {
    this.isUsed = true;
    this.entries += countEntries(rule);
    if (this.entries > MAX_ENTRIES) {
      this.report(
        own,
        `the collection makes rules of more than ${MAX_ENTRIES} entries, write fewer documents`,
      );
      return [];
    }
    this.previous = rule;
    return [this.withOwnId({ ...rule, line: own.line, column: own.column })];
  }

  /** A template that nothing follows would be a rule that nobody runs. */
  finish(): void {
    if (this.template !== undefined && !this.isUsed && this.entries <= MAX_ENTRIES)
      this.report(this.template, '"action: global" is a template, and no document after it uses it');
  }

  /** The second rule of an id is `ID-2`: one id is one rule. */
  private withOwnId(rule: YamlMap): YamlMap {
    return ['id', 'name', 'title'].reduce((each, key) => this.withOwn(each, key), rule);
  }

  private withOwn(rule: YamlMap, key: string): YamlMap {
    const entry = rule.entries.find((each) => each.key === key);
    const text = entry && scalarText(entry.value);
    if (entry === undefined || text === undefined) return rule;
    const count = (this.taken.get(`${key}:${text}`) ?? 0) + 1;
    this.taken.set(`${key}:${text}`, count);
    if (count === 1) return rule;
    const { line, column } = entry;
    const value: YamlNode = { kind: 'text', text: `${text}-${count}`, line, column };
    if (key !== 'title')
      return { ...rule, entries: rule.entries.map((each) => (each === entry ? { ...each, value } : each)) };
    // Two rules may share a title, unless it is all that names them.
    const isNamed = rule.entries.some((each) => each.key === 'id' || each.key === 'name');
    if (isNamed) return rule;
    const id: YamlEntry = {
      key: 'id',
      value: { ...value, text: value.text.replace(/\s+/g, '-') },
      line,
      column,
    };
    return { ...rule, entries: [...rule.entries, id] };
  }
}

/** `base` with everything that `changes` says: maps are merged, all else is replaced. */
function merged(base: YamlMap, changes: YamlMap): YamlMap {
  const entries = new Map(base.entries.map((entry) => [entry.key, entry]));
  for (const entry of changes.entries) {
    const known = entries.get(entry.key);
    const both = known?.value.kind === 'map' && entry.value.kind === 'map';
    entries.set(
      entry.key,
      both ? { ...entry, value: merged(known.value as YamlMap, entry.value as YamlMap) } : entry,
    );
  }
  return { ...base, entries: [...entries.values()] };
}

function countEntries(node: YamlNode): number {
  if (node.kind === 'list') return node.items.reduce((sum, item) => sum + countEntries(item), 1);
  return node.kind === 'map' ? node.entries.reduce((sum, { value }) => sum + countEntries(value), 1) : 1;
}
