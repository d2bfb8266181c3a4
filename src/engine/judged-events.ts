/**
 * How many events each rule had to judge: what a control needs that is to pass because its rules found nothing. Counted where
 * packs ask, by detections beside those of the rules, which make no marks.
 */
import { type JudgedKind, judgedKind, type Meaning } from '../match/judged-kind.ts';
import type { AuditField } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { AuditRequest } from '../model/request.ts';
import type { ConditionNode, Correlation, Detection, Logsource, Rule } from '../model/rule.ts';
import type { Mapping } from '../sources/mapping.ts';

/** The source that describes itself: which kinds of events such a log records, only its events tell. */
const SELF_DESCRIBED = 'audit';

const NAMES: readonly AuditField[] = ['action', 'service'];
const ENDS: readonly AuditField[] = ['outcome', 'decision', 'error'];

const EVERY_EVENT: ConditionNode = { kind: 'and', nodes: [] };

/** What is counted for the rules of a request: each detection once, however many rules share it. None where no pack asks. */
export function kindDetections(request: AuditRequest): Detection[] {
  if (request.packs === undefined) return [];
  const kinds = new KindNames(request);
  const byId = new Map<string, Detection>();
  for (const rule of request.rules.rules) {
    if (rule.kind !== 'detection' || !rule.speaks) continue;
    const id = kinds.idOf(rule);
    if (!byId.has(id)) byId.set(id, toCounted(rule, id, kinds.conditionOf(rule)));
  }
  return [...byId.values()];
}

/** By rule; undefined where nobody counts. `seen`: how often a detection held, by its id. */
export function judgedCounter(
  request: AuditRequest,
  seen: (id: string) => number,
): (rule: Rule) => number | undefined {
  if (request.packs === undefined) return () => undefined;
  const kinds = new KindNames(request);
  const byId = new Map(request.rules.rules.map((rule) => [rule.id, rule]));
  const ofStep = (id: string, above: readonly string[]): number => {
    const rule = byId.get(id);
    if (rule?.kind !== 'correlation') return seen(id);
    // A circle is refused when rules are linked.
    return above.includes(id) ? 0 : ofCorrelation(rule, [...above, id]);
  };
  /** What begins an episode, each of its kinds: where one is never there, nothing could have come together. */
  const ofCorrelation = ({ steps, rules }: Correlation, above: readonly string[]): number => {
    const first = steps.rules ?? steps.opens ?? [...rules.keys()];
    return Math.min(...first.map((step) => ofStep(rules[step]!, above)));
  };
  const byName = new Map(
    request.rules.rules.flatMap((rule) => (rule.name === undefined ? [] : [[rule.name, rule]])),
  );
  const shown = ({ shownBy = [] }: Rule) =>
    shownBy.reduce((sum, name) => sum + ofStep(byName.get(name)?.id ?? name, []), 0);
  return (rule) =>
    shown(rule) + (rule.kind === 'correlation' ? ofCorrelation(rule, [rule.id]) : seen(kinds.idOf(rule)));
}

/** What is counted for a rule: events of its kind, or every event of its log source. */
class KindNames {
  private readonly names: ReadonlySet<string>;
  private readonly ends: ReadonlySet<string>;
  private readonly kinds = new Map<Detection, JudgedKind>();

  constructor({ sources }: AuditRequest) {
    const mappings = Object.values(sources) as Mapping[];
    this.names = rawNames(mappings, NAMES);
    this.ends = rawNames(mappings, ENDS);
  }

  idOf(rule: Detection): string {
    return this.isOfEvery(rule) ? `events of ${sourceWords(rule.logsource)}` : `kind of ${rule.id}`;
  }

  conditionOf(rule: Detection): ConditionNode {
    return this.isOfEvery(rule) ? EVERY_EVENT : this.kindOf(rule).names!;
  }

  /**
   * A rule that asks for a name alone, each of whose events is a breach, has none to judge in a good log. That of a product
   * records such events by design, so all that it records shows that there was none; a log in its own words shows nothing.
   */
  private isOfEvery(rule: Detection): boolean {
    const { names, isBreach } = this.kindOf(rule);
    const { product } = rule.logsource;
    const isOfProduct = product !== undefined && product.toLowerCase() !== SELF_DESCRIBED;
    return names === undefined || (isBreach && isOfProduct);
  }

  private readonly meaningOf = ({ taxonomy, name }: FieldRef): Meaning => {
    const isOneOf = (fields: readonly string[], raw: ReadonlySet<string>) =>
      taxonomy === 'audit' ? fields.includes(name) : raw.has(name);
    if (isOneOf(NAMES, this.names)) return 'name';
    return isOneOf(ENDS, this.ends) ? 'end' : undefined;
  };

  private kindOf(rule: Detection): JudgedKind {
    let kind = this.kinds.get(rule);
    if (kind === undefined) {
      kind = judgedKind(rule.condition, this.meaningOf);
      this.kinds.set(rule, kind);
    }
    return kind;
  }
}

/** The raw fields that sources take such a canonical one from. */
function rawNames(mappings: readonly Mapping[], fields: readonly AuditField[]): ReadonlySet<string> {
  const names = mappings.flatMap(({ fields: mapped, paths }) =>
    fields.flatMap((field) =>
      (mapped[field]?.alternatives ?? []).flatMap((alternative) => {
        const guards = alternative.guards.map(({ path }) => path);
        if (alternative.kind === 'path') return [...guards, alternative.path].map((path) => paths[path]!);
        return (alternative.kind === 'join' ? [...guards, ...alternative.paths] : guards).map(
          (path) => paths[path]!,
        );
      }),
    ),
  );
  return new Set(names);
}

function sourceWords({ product, service, category }: Logsource): string {
  return JSON.stringify([product, service, category]);
}

function toCounted(rule: Detection, id: string, condition: ConditionNode): Detection {
  const { kind, taxonomy, logsource, level, title, file, line } = rule;
  const lists = { references: [], tags: [], falsepositives: [], controls: [], tests: [] };
  const head = { id, title, file, line, level, ...lists };
  return { ...head, kind, taxonomy, logsource, condition, speaks: false, counted: true };
}
