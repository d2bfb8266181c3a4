/** The marks of a relation from the events of a test, grouped as those of a log. */
import { getOrCreate } from '../base/get-or-create.ts';
import { groupBy } from '../base/group-by.ts';
import { compileDetection, slotsOf, toSlot } from '../match/compile-detection.ts';
import { forSource } from '../match/logsource.ts';
import type { Event, Fields } from '../model/event.ts';
import { heldFacets } from '../model/facets.ts';
import type { FieldRef, Mark } from '../model/mark.ts';
import type { Coverage, Relation } from '../model/relation.ts';
import type { Detection, LogsourceOffer, RuleSet } from '../model/rule.ts';
import { addGroupless, type GrouplessEvents, startGrouplessStep } from './groupless-events.ts';
import { listText, togetherText } from './list-text.ts';
import { combinationsOf, memberLists } from './members.ts';

/** The events of a test as its source shows them; an event need be valid only until the next one is asked for. */
export type TestEvents = { fields: Fields; logsource: LogsourceOffer; events: Iterable<Event> };

type Made = { group: (string | null)[]; mark: Mark; texts: readonly (string | undefined)[] };

type Collected = {
  step: number;
  /** Undefined of an event that is none of it. Each of several values makes one, as in a log; none where a field to group by is absent. */
  make: (event: Event) => Made[] | undefined;
};

export class MarkCollector {
  readonly groups = new Map<string, Mark[]>();
  coverage: Coverage;
  /** By step. */
  readonly groupless: GrouplessEvents[];
  private readonly inputs: Collected[];

  constructor(relation: Relation, { fields, logsource }: TestEvents, { rules }: RuleSet) {
    this.groupless = relation.inputs.map(startGrouplessStep);
    this.inputs = relation.inputs.flatMap((input, step): Collected[] => {
      const detection = rules.find(
        (rule): rule is Detection => rule.kind === 'detection' && rule.id === input.detection,
      );
      const narrowed = detection && forSource(detection, logsource);
      if (narrowed === undefined) return [];
      const slots = (refs: readonly FieldRef[]) => refs.map((field) => toSlot(field, fields));
      const groupSlots = slots(input.groupBy);
      const persons = input.groupBy.map(({ person }) => person === true);
      const valueSlots = slots(input.values);
      const subject = fields.audit('actor');
      const each = input.each ?? [];
      const eachSlots = each.map((index) => valueSlots[index]!);
      const makeOne = (event: Event): Made[] => {
        const { time, place, identity } = event;
        const plain = valueSlots.map((slot, index) =>
          input.lists?.includes(index)
            ? listText(event, slot)
            : input.takesTogether
              ? togetherText(event, slot)
              : event.text(slot),
        );
        return combinationsOf(memberLists(event, groupSlots, eachSlots, persons)).flatMap((texts) => {
          const group = groupSlots.map((_, index) => texts[index] ?? null);
          if (group.some((value, index) => value === null && !input.groupBy[index]!.optional)) return [];
          const members = texts.slice(groupSlots.length);
          const values = plain.map((text, index) =>
            each.includes(index) ? members[each.indexOf(index)] : text,
          );
          return [
            {
              group,
              texts,
              mark: {
                step,
                time,
                place,
                identity,
                subject: togetherText(event, subject),
                values,
              },
            },
          ];
        });
      };
      const makeOf = (event: Event, alike: readonly number[]): Made[] => {
        event.select!(alike);
        return makeOne(event);
      };
      const madeIn = fields.facetSlots?.([...groupSlots, ...eachSlots]);
      const apart = (event: Event, held: readonly number[]): Made[] => {
        const byKey = groupBy(held, (facet) => (madeIn === undefined ? '' : event.facetKey!(facet, madeIn)));
        const made = [...byKey.values()].flatMap((alike) => makeOf(event, alike));
        return each.length === 0 ? distinct(made) : made;
      };
      const { when, whenEach = false } = input;
      const conditions = when === undefined ? [narrowed.condition] : [narrowed.condition, when];
      const looked = new Set(conditions.flatMap((condition) => [...slotsOf(condition, fields)]));
      for (const slot of [...groupSlots, ...valueSlots]) looked.add(slot);
      const facets = fields.facetSlots?.(looked);
      const [matches, fulfills] = conditions.map((condition) => compileDetection({ condition }, fields));
      /** None where the detection does not hold; of several facets those of which it does. */
      const make = (event: Event): Made[] | undefined => {
        const met = heldFacets(event, facets, matches!);
        if (met === null) return undefined;
        event.select?.(met);
        const held = fulfills === undefined ? met : heldFacets(event, facets, fulfills);
        if (held === null || (whenEach && held?.length !== met?.length)) return undefined;
        event.select?.(held);
        const isApart = held !== undefined && held.length > 1 && groupSlots.length + each.length > 0;
        return isApart ? apart(event, held) : makeOne(event);
      };
      return [{ step, make }];
    });
  }

  get detections(): number {
    return this.inputs.length;
  }

  collect(event: Event): void {
    const { time } = event;
    if (time !== undefined) {
      this.coverage ??= { from: time, until: time };
      if (time < this.coverage.from) this.coverage.from = time;
      if (time > this.coverage.until) this.coverage.until = time;
    }
    for (const { step, make } of this.inputs) {
      const made = make(event);
      event.select?.();
      if (made === undefined) continue;
      if (made.length === 0) addGroupless(this.groupless[step]!, event.timeMs, event.timeNanos);
      for (const { group, mark } of made)
        getOrCreate(this.groups, JSON.stringify(group), () => []).push(mark);
    }
  }
}

/** Those of equal values once. */
function distinct(made: readonly Made[]): Made[] {
  return [
    ...new Map(made.map((each) => [JSON.stringify(each.texts), each] as const).toReversed()).values(),
  ].toReversed();
}
