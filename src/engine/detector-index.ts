/** Which detectors an event has to meet: those with a gate that its value passes, found once for each distinct value. */
import { compileDetection, type EventTest, toSlot } from '../match/compile-detection.ts';
import { type Gate, gatesOf } from '../match/gate.ts';
import { literalsOf } from '../match/gate-literals.ts';
import { LiteralIndex } from '../match/literal-index.ts';
import type { Event, Fields, Slot } from '../model/event.ts';
import type { Detection } from '../model/rule.ts';

/** Distinct values of one gate field that are remembered; for others the literals are looked up anew. */
const MAX_REMEMBERED = 1 << 16;

/** As good as a gate that so many others share is one without a literal. */
const CROWD = 4;

/** `metBy`: the event that met it last, where it stands behind gates of several fields. */
type Entry<T> = { detector: T; fields: number; metBy: number };

type Gated<T> = { entry: Entry<T>; passes: EventTest };

/** Detectors whose gates look at one slot. */
type SlotGates<T> = {
  slot: Slot;
  literals: LiteralIndex<Gated<T>>;
  /** Gates without literals. */
  others: Gated<T>[];
  byValue: (readonly Entry<T>[] | undefined)[];
};

export class DetectorIndex<T> {
  private readonly ungated: T[] = [];
  private readonly gates: SlotGates<T>[] = [];
  private events = 0;

  /** Adds a detector under a gate of its detection. */
  add(detector: T, detection: Detection, fields: Fields): void {
    const gate = this.choose(gatesOf(detection), fields);
    if (gate === undefined) {
      this.ungated.push(detector);
      return;
    }
    const entry = { detector, fields: gate.length, metBy: 0 };
    for (const { field, condition } of gate) {
      const gates = this.gatesOn(toSlot(field, fields));
      const passes = compileDetection({ ...detection, condition }, fields, false);
      const literals = literalsOf(condition);
      if (literals === undefined) gates.others.push({ entry, passes });
      else gates.literals.add(literals, { entry, passes });
    }
  }

  /** Calls `meet` once for each detector that may hold for the event. */
  forEach(event: Event, meet: (detector: T) => void): void {
    const { ungated, gates } = this;
    this.events++;
    for (let index = 0; index < ungated.length; index++) meet(ungated[index]!);
    for (let index = 0; index < gates.length; index++) {
      const size = event.size(gates[index]!.slot);
      if (size === 0) continue;
      const passing = passingOf(gates[index]!, event, size);
      for (let at = 0; at < passing.length; at++) {
        const entry = passing[at]!;
        if (entry.fields > 1) {
          if (entry.metBy === this.events) continue;
          entry.metBy = this.events;
        }
        meet(entry.detector);
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

function passingOf<T>(gates: SlotGates<T>, event: Event, size: number): readonly Entry<T>[] {
  const id = size === 1 ? event.id(gates.slot) : -1;
  if (id < 0 || id >= MAX_REMEMBERED) return candidatesOf(gates, event, size).map(({ entry }) => entry);
  let passing = gates.byValue[id];
  if (passing === undefined) {
    passing = candidatesOf(gates, event, size).flatMap(({ entry, passes }) => (passes(event) ? [entry] : []));
    // Without holes the array stays an array.
    while (gates.byValue.length <= id) gates.byValue.push(undefined);
    gates.byValue[id] = passing;
  }
  return passing;
}

/** Those whose literals are among the values, and those without literals. */
function candidatesOf<T>({ slot, literals, others }: SlotGates<T>, event: Event, size: number): Gated<T>[] {
  const found = new Set<Gated<T>>();
  for (let at = 0; at < size; at++) {
    const text = event.text(slot, at);
    if (text !== undefined) literals.find(text, event.kind(slot, at) === 'number', found);
  }
  return [...found, ...others];
}
