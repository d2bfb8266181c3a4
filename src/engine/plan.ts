/** What a run will do, compiled from the request: checks, detections, relations, and for each source the slots they need. */
import { type Checksum, plainChecksum } from '../base/checksum.ts';
import { getOrCreate } from '../base/get-or-create.ts';
import type { ScanKernel } from '../base/scan-kernel.ts';
import { CHECKS } from '../checks/index.ts';
import { compileLicenses } from '../licenses/compile-licenses.ts';
import type { Contract } from '../licenses/contract/contract.ts';
import { compileDetection, type EventTest, slotsOf, toSlot } from '../match/compile-detection.ts';
import { appliesTo, forSource } from '../match/logsource.ts';
import { requiredFields } from '../match/required-fields.ts';
import type { Check, CheckDefinition } from '../model/check.ts';
import type { Event, FacetSlots, Slot } from '../model/event.ts';
import type { FieldRef } from '../model/mark.ts';
import type { Relation } from '../model/relation.ts';
import type { AuditRequest } from '../model/request.ts';
import type { Detection, Rule, RuleError } from '../model/rule.ts';
import { loadKernel } from '../read/kernel/load-kernel.ts';
import { EventCursor } from '../sources/event-cursor.ts';
import { type Mapping, UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { ValueIds } from '../sources/value-ids.ts';
import { DetectorIndex } from './detector-index.ts';
import { kindDetections } from './judged-events.ts';
import { toRelation } from './rule-relation.ts';

export type PlannedCheck = { definition: CheckDefinition<unknown>; check: Check<unknown> };

/** A relation and the document that speaks through it: a rule, or a license by its id. */
export type PlannedRelation = { relation: Relation; rule?: Rule; license?: string };

export type Plan = {
  request: AuditRequest;
  mappings: Mapping[];
  checks: PlannedCheck[];
  detections: Detection[];
  relations: PlannedRelation[];
  errors: RuleError[];
  /** For `rules match`: every detection runs, whether or not a relation wants its marks. */
  matching?: { ignoreLogsource: boolean };
};

export function compilePlan(request: AuditRequest): Plan {
  const plan: Plan = {
    request,
    mappings: Object.values(request.sources) as Mapping[],
    checks: [],
    detections: [],
    relations: [],
    errors: [...request.rules.errors],
  };
  for (const definition of CHECKS) {
    const check = request.disabled.includes(definition.name) ? undefined : definition.create(request);
    if (check !== undefined) plan.checks.push({ definition, check });
  }
  for (const rule of innerFirst(request.rules.rules)) addRule(plan, rule);
  plan.detections.push(...kindDetections(request));
  if (request.licenses !== undefined) {
    const { detections, relations } = compileLicenses(request.licenses as Contract, request.statement);
    plan.detections.push(...detections);
    plan.relations.push(...relations);
  }
  return plan;
}

/** A correlation comes after those it stands on: relations are judged in their order. */
function innerFirst(rules: readonly Rule[]): Rule[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const depths = new Map<string, number>();
  const depthOf = (rule: Rule | undefined): number => {
    if (rule?.kind !== 'correlation') return 0;
    const known = depths.get(rule.id);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...rule.rules.map((id) => depthOf(byId.get(id))));
    depths.set(rule.id, depth);
    return depth;
  };
  return rules
    .map((rule) => ({ rule, depth: depthOf(rule) }))
    .sort((left, right) => left.depth - right.depth)
    .map(({ rule }) => rule);
}

function addRule(plan: Plan, rule: Rule): void {
  if (rule.kind === 'detection') plan.detections.push(rule);
  if (rule.kind === 'detection' && !rule.speaks) return;
  const relation = toRelation(rule, (message) => {
    plan.errors.push({ id: rule.id, title: rule.title, file: rule.file, line: rule.line, message });
  });
  if (relation !== undefined) plan.relations.push({ relation, rule });
}

/** One way out of a detection: the mark it makes for one input of one relation. */
export type MarkOutput = {
  relation: number;
  step: number;
  group: Slot[];
  /** By position in `group`, where some may be absent. */
  optional?: readonly boolean[];
  /** By position in `group`, where all spellings of a name are one. */
  persons?: readonly boolean[];
  values: Slot[];
  /** Positions in `values` that are written as JSON arrays of all values of the slot. */
  lists?: ReadonlySet<number> | undefined;
  /** Whether all values of a slot that has several are written, and that they are several. */
  takesSeveral?: boolean;
  /** Whether all values of a slot that has several are written as one text. */
  takesTogether?: boolean;
  /** Positions in `values` of which each member makes a mark. */
  each?: ReadonlySet<number> | undefined;
  subject: Slot;
  /** By the shape of a record: the positions in `values` that it may hold, as far as such a record was met. */
  held?: (readonly number[] | undefined)[];
  /** What the event must fulfill beside the detection; in each of its facets of which that holds, or in some. */
  when?: EventTest;
  whenEach?: boolean;
  /** What the groups and the counted values stand in. */
  facets?: FacetSlots | undefined;
};

export type Detector = { detection: number; outputs: MarkOutput[] };

/** Few logs have records with several lists: what meets them is made when the first one comes. */
export class DetectorGroup {
  readonly facets: FacetSlots | undefined;
  private readonly cursor: EventCursor;
  private readonly members: { detector: Detector; detection: Detection }[] = [];
  private index: DetectorIndex<Detector> | undefined;

  constructor(facets: FacetSlots | undefined, cursor: EventCursor) {
    this.facets = facets;
    this.cursor = cursor;
  }

  add(detector: Detector, detection: Detection): void {
    this.members.push({ detector, detection });
  }

  get detectors(): DetectorIndex<Detector> {
    if (this.index === undefined) {
      this.index = new DetectorIndex();
      for (const { detector, detection } of this.members) this.index.add(detector, detection, this.cursor);
    }
    return this.index;
  }
}

/** A source's mapping compiled for this plan: what happens to each of its events. */
export type Program = {
  cursor: EventCursor;
  steps: ((state: unknown, event: Event) => void)[];
  detectors: DetectorIndex<Detector>;
  /** What detections look at and marks carry. */
  facets: FacetSlots | undefined;
  /**
   * The same for each detection, those that look at the same fields together: of a record with several lists a detection is asked
   * in the combinations of those alone that it looks at. In the order of the first detection of each.
   */
  groups: readonly DetectorGroup[];
  /** The detections that run on this source. */
  detections: number[];
  /** The fields that detections look at and marks carry, to know which never occur. */
  fields: { field: FieldRef; slot: Slot }[];
};

export function compileProgram(plan: Plan, mapping: Mapping, ids: ValueIds, kernel?: ScanKernel): Program {
  const cursor = new EventCursor(mapping, ids, kernel);
  const fields = new Map<string, { field: FieldRef; slot: Slot }>();
  const detectors = new DetectorIndex<Detector>();
  const detections: number[] = [];
  const looked = new Set<Slot>();
  const groups = new Map<string, DetectorGroup>();
  const inputs = inputsByDetection(plan);
  for (const [index, detection] of plan.detections.entries()) {
    const narrowed = forSource(detection, mapping.logsource, plan.matching);
    if (narrowed === undefined) continue;
    const outputs = plan.matching === undefined ? markOutputs(inputs.get(detection.id) ?? [], cursor) : [];
    const isCounted = detection.counted === true;
    if (outputs.length === 0 && !isCounted && plan.matching === undefined) continue;
    const detector = { detection: index, outputs };
    detectors.add(detector, narrowed, cursor);
    const own = slotsOf(narrowed.condition, cursor);
    for (const { group, values } of outputs) for (const slot of [...group, ...values]) own.add(slot);
    for (const { input } of inputs.get(detection.id) ?? [])
      if (input.when !== undefined) for (const slot of slotsOf(input.when, cursor)) own.add(slot);
    for (const slot of own) looked.add(slot);
    const facets = cursor.facetSlots(own);
    getOrCreate(groups, facets?.paths.toSorted().join() ?? '', () => new DetectorGroup(facets, cursor)).add(
      detector,
      narrowed,
    );
    detections.push(index);
    const read = inputs.get(detection.id)?.flatMap(({ input }) => input.values) ?? [];
    for (const field of [...requiredFields(detection), ...read]) {
      fields.set(fieldKey(field), { field, slot: toSlot(field, cursor) });
    }
  }
  const steps = plan.checks.map(({ check }) => check.compile(cursor));
  const facets = cursor.facetSlots(looked);
  return {
    cursor,
    steps,
    detectors,
    facets,
    groups: [...groups.values()],
    detections,
    fields: [...fields.values()],
  };
}

export function fieldKey(field: FieldRef): string {
  return `${field.taxonomy}:${field.name}`;
}

/** A place where a relation takes marks: its index in the plan, the step, and what the marks carry. */
type PlannedInput = { relation: number; step: number; input: Relation['inputs'][number] };

/** By detection id, in the order of the relations: seeking them for each detection took 1.4 s with 3,000 rules (measured). */
function inputsByDetection(plan: Plan): ReadonlyMap<string, readonly PlannedInput[]> {
  const inputs = new Map<string, PlannedInput[]>();
  for (const [index, { relation }] of plan.relations.entries()) {
    for (const [step, input] of relation.inputs.entries()) {
      const known = inputs.get(input.detection);
      const planned = { relation: index, step, input };
      if (known === undefined) inputs.set(input.detection, [planned]);
      else known.push(planned);
    }
  }
  return inputs;
}

function markOutputs(inputs: readonly PlannedInput[], cursor: EventCursor): MarkOutput[] {
  return inputs.map(({ relation, step, input }) => {
    const slots = (refs: readonly FieldRef[]) => refs.map((field) => toSlot(field, cursor));
    return {
      relation,
      step,
      group: slots(input.groupBy),
      ...(input.groupBy.some(({ optional }) => optional) && {
        optional: input.groupBy.map(({ optional }) => optional === true),
      }),
      ...(input.groupBy.some(({ person }) => person) && {
        persons: input.groupBy.map(({ person }) => person === true),
      }),
      values: slots(input.values),
      lists: input.lists && new Set(input.lists),
      takesSeveral: input.takesSeveral === true,
      takesTogether: input.takesTogether === true,
      each: input.each && new Set(input.each),
      subject: cursor.audit('actor'),
      ...(input.when !== undefined && { when: compileDetection({ condition: input.when }, cursor) }),
      ...(input.whenEach && { whenEach: true }),
      facets: cursor.facetSlots([
        ...slots(input.groupBy),
        ...slots((input.each ?? []).map((index) => input.values[index]!)),
      ]),
    };
  });
}

/** The detections, by index, that run on the records of a source. */
export function detectionsFor(plan: Plan, source: string | null): number[] {
  const { logsource } = mappingOf(plan, source);
  const wanted = new Set(
    plan.relations.flatMap(({ relation }) => relation.inputs.map((input) => input.detection)),
  );
  return [...plan.detections.keys()].filter((index) => {
    const detection = plan.detections[index]!;
    return (
      appliesTo(detection, logsource, plan.matching) &&
      (plan.matching !== undefined || wanted.has(detection.id) || detection.counted === true)
    );
  });
}

function mappingOf(plan: Plan, source: string | null): Mapping {
  return plan.mappings.find(({ name }) => name === source) ?? UNKNOWN_SOURCE;
}

/** Programs of a thread, one a source, made when the first file of the source is met. */
export class Programs {
  /** Memory that the records of this thread are read into. */
  readonly block: Buffer | undefined;
  readonly checksum: Checksum;
  private readonly plan: Plan;
  private readonly ids: ValueIds;
  private readonly kernel: ScanKernel | undefined;
  private readonly bySource = new Map<string, Program>();

  constructor(plan: Plan, kernel = loadKernel()) {
    this.plan = plan;
    this.kernel = kernel;
    this.ids = new ValueIds(kernel);
    this.block = kernel?.block;
    this.checksum = kernel?.checksum ?? plainChecksum;
  }

  for(source: string | null): Program {
    const mapping = mappingOf(this.plan, source);
    let program = this.bySource.get(mapping.name);
    if (program === undefined) {
      program = compileProgram(this.plan, mapping, this.ids, this.kernel);
      this.bySource.set(mapping.name, program);
    }
    return program;
  }

  get distinctValues(): number {
    return this.ids.size;
  }

  /** `occurring` begins anew. */
  startTask(): void {
    for (const { cursor } of this.bySource.values()) cursor.forgetOccurred();
  }

  /** The keys of the fields that some record of the task carried. */
  occurring(): string[] {
    const keys = new Set<string>();
    for (const { cursor, fields } of this.bySource.values()) {
      for (const { field, slot } of fields) if (cursor.occurred(slot)) keys.add(fieldKey(field));
    }
    return [...keys];
  }
}
