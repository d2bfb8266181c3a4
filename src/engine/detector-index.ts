/** Which detectors an event has to meet: those whose gate its value passes, found once for each distinct value. */
import { compileDetection, type EventTest, toSlot } from '../match/compile-detection.ts';
import { gateOf } from '../match/gate.ts';
import type { Event, Fields, Slot } from '../model/event.ts';
import type { Detection } from '../model/rule.ts';

/** Distinct values of one gate field that are remembered; beyond, gates are judged anew. */
const MAX_REMEMBERED = 1 << 16;

type Gated<T> = { detector: T; passes: EventTest };

/** Detectors whose gates look at one slot. */
type SlotGates<T> = { slot: Slot; gated: Gated<T>[]; byValue: (readonly T[] | undefined)[] };

const NONE: readonly never[] = [];

export class DetectorIndex<T> {
  private readonly ungated: T[] = [];
  private readonly gates: SlotGates<T>[] = [];

  /** Adds a detector under the gate of its detection. */
  add(detector: T, detection: Detection, fields: Fields): void {
    const gate = gateOf(detection);
    if (gate === undefined) {
      this.ungated.push(detector);
      return;
    }
    const slot = toSlot(gate.field, fields);
    const passes = compileDetection({ ...detection, condition: gate.condition }, fields);
    let gates = this.gates.find((each) => each.slot === slot);
    if (gates === undefined) {
      gates = { slot, gated: [], byValue: [] };
      this.gates.push(gates);
    }
    gates.gated.push({ detector, passes });
  }

  /** Calls `meet` for each detector that may hold for the event. */
  forEach(event: Event, meet: (detector: T) => void): void {
    for (const detector of this.ungated) meet(detector);
    for (const gates of this.gates) for (const detector of this.passing(gates, event)) meet(detector);
  }

  private passing(gates: SlotGates<T>, event: Event): readonly T[] {
    const size = event.size(gates.slot);
    if (size === 0) return NONE;
    const id = size === 1 ? event.id(gates.slot) : -1;
    const known = id < 0 ? undefined : gates.byValue[id];
    if (known !== undefined) return known;
    const passing = gates.gated.filter(({ passes }) => passes(event)).map(({ detector }) => detector);
    if (id >= 0 && id < MAX_REMEMBERED) gates.byValue[id] = passing;
    return passing;
  }
}
