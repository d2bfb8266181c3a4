/** Which detectors an event has to meet: those with a gate that its value passes, found once for each distinct value. */
import { compileDetection, type EventTest, toSlot } from '../match/compile-detection.ts';
import { type Gate, gatesOf } from '../match/gate.ts';
import { literalsOf } from '../match/gate-literals.ts';
import { LiteralIndex } from '../match/literal-index.ts';
import { PartialDetection } from '../match/partial-detection.ts';
import type { Event, Fields, Slot } from '../model/event.ts';
import type { Detection } from '../model/rule.ts';

/** Distinct values of one gate field that are remembered; for others the literals are looked up anew. */
const MAX_REMEMBERED = 1 << 16;

/** As good as a gate that so many others share is one without a literal. */
const CROWD = 4;

/** `metBy`: the event that met it last, where it stands behind gates of several fields. */
type Entry<T> = { detector: T; detection: PartialDetection; fields: number; metBy: number };

/** A detector that an event meets, and what is left to ask of the event; nothing where it holds. */
type Met<T> = { entry: Entry<T>; rest: EventTest | undefined };

/** Called for a detector that may hold: it does where `rest` is undefined or passes. */
export type OnMeet<T> = (detector: T, rest: EventTest | undefined) => void;

type Gated<T> = { entry: Entry<T>; passes: EventTest };

/** Detectors whose gates look at one slot. */
type SlotGates<T> = {
  slot: Slot;
  literals: LiteralIndex<Gated<T>>;
  /** Gates without literals. */
  others: Gated<T>[];
  byValue: (readonly Met<T>[] | undefined)[];
};

export class DetectorIndex<T> {
  private readonly ungated: { detector: T; detection: PartialDetection }[] = [];
  private readonly gates: SlotGates<T>[] = [];
  private events = 0;

  /** Adds a detector under a gate of its detection. */
  add(detector: T, detection: Detection, fields: Fields): void {
    const gate = this.choose(gatesOf(detection), fields);
    const partial = new PartialDetection(detection, fields);
    if (gate === undefined) {
      this.ungated.push({ detector, detection: partial });
      return;
    }
    const entry = { detector, detection: partial, fields: gate.length, metBy: 0 };
    for (const { field, condition } of gate) {
      const gates = this.gatesOn(toSlot(field, fields));
      const passes = compileDetection({ ...detection, condition }, fields, false);
      const literals = literalsOf(condition);
      if (literals === undefined) gates.others.push({ entry, passes });
      else gates.literals.add(literals, { entry, passes });
    }
  }

  /** Calls `meet` once for each detector that may hold for the event. */
  forEach(event: Event, meet: OnMeet<T>): void {
    const { ungated, gates } = this;
    this.events++;
    for (let index = 0; index < ungated.length; index++)
      meet(ungated[index]!.detector, ungated[index]!.detection.test);
    for (let index = 0; index < gates.length; index++) {
      const gate = gates[index]!;
      const size = event.size(gate.slot);
      if (size === 0) continue;
      const id = size === 1 ? event.id(gate.slot) : -1;
      const known = id < 0 ? undefined : gate.byValue[id];
      const passing = known ?? passingOf(gate, event, size, id);
      for (let at = 0; at < passing.length; at++) {
        const { entry, rest } = passing[at]!;
        if (entry.fields > 1) {
          if (entry.metBy === this.events) continue;
          entry.metBy = this.events;
        }
        meet(entry.detector, rest);
      }
    }
  }

  /** The first gate that few detectors share: with thousands on one event id, other fields tell them apart. */
  private choose(candidates: readonly Gate[], fields: Fields): Gate | undefined {
    let chosen: Gate | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const gate of candidates) {
      const crowds = gate.map(({ field, condition }) => {
        const literals = literalsOf(condition);
        const slot = toSlot(field, fields);
        const gates = this.gates.find((each) => each.slot === slot);
        if (literals === undefined) return CROWD + (gates?.others.length ?? 0);
        return gates?.literals.crowd(literals) ?? 0;
      });
      const crowd = Math.max(...crowds);
      if (crowd >= least) continue;
      chosen = gate;
      least = crowd;
      if (crowd < CROWD) break;
    }
    return chosen;
  }

  private gatesOn(slot: Slot): SlotGates<T> {
    let gates = this.gates.find((each) => each.slot === slot);
    if (gates === undefined) {
      gates = { slot, literals: new LiteralIndex(), others: [], byValue: [] };
      this.gates.push(gates);
    }
    return gates;
  }
}

function passingOf<T>(gate: SlotGates<T>, event: Event, size: number, id: number): readonly Met<T>[] {
  const candidates = candidatesOf(gate, event, size);
  if (id < 0 || id >= MAX_REMEMBERED)
    return candidates.map(({ entry }) => ({ entry, rest: entry.detection.test }));
  const passing = candidates.flatMap(({ entry, passes }): Met<T>[] => {
    const rest = passes(event) && entry.detection.given(gate.slot, event);
    return rest === false ? [] : [{ entry, rest: rest === true ? undefined : rest }];
  });
  // Without holes the array stays an array.
  while (gate.byValue.length <= id) gate.byValue.push(undefined);
  gate.byValue[id] = passing.length === 0 ? NONE : passing;
  return passing;
}

const NONE: readonly never[] = [];

/** Those whose literals are among the values, and those without literals. */
function candidatesOf<T>({ slot, literals, others }: SlotGates<T>, event: Event, size: number): Gated<T>[] {
  const found = new Set<Gated<T>>();
  for (let at = 0; at < size; at++) {
    const text = event.text(slot, at);
    if (text !== undefined) literals.find(text, event.kind(slot, at) === 'number', found);
  }
  return [...found, ...others];
}
