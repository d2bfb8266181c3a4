/**
 * Which detectors an event has to meet. What all rules together say of an event is a tree that grows as events come: each of
 * its steps takes one field, whose value leaves of every rule that is still open less, or nothing, or the answer.
 * Long: growing a step, following it and ending it are one algorithm over one state.
 */
import type { EventTest } from '../match/compile-detection.ts';
import { addAsked, type Condition, ConditionPool, gateOf, type Rest } from '../match/condition-pool.ts';
import type { FieldItem, FieldItems, TextBytes, ValueClass } from '../match/field-items.ts';
import type { Event, Fields } from '../model/event.ts';
import type { Detection } from '../model/rule.ts';

/** What an event may bring beyond what rules ask for. */
type ScannedEvent = Event & Partial<TextBytes>;

/** Called for a detector that may hold: it does where `rest` is undefined or passes. */
export type OnMeet<T> = (detector: T, rest: EventTest | undefined) => void;

/** `number`: the place among all detectors, in whose order an event meets them. */
type Entry<T> = { detector: T; number: number };

/** A detector and what is still open of it. */
type Open<T> = { entry: Entry<T>; condition: Condition };

/** A detector to meet. `metBy`: the event that met it last, where it stands behind several gates. */
type Met<T> = { entry: Entry<T>; test: EventTest | undefined; metBy: number };

/** Children of one step before it has to show that they are few for the events that pass. */
const FEW_CHILDREN = 64;
/** Then one child for so many events is too many: the values differ too much to be worth a step. */
const EVENTS_A_CHILD = 16;
const MAX_STEPS = 1 << 13;
/** Conditions that growing looks at, all in all: some two seconds. */
const MAX_GROWTH = 1 << 22;
/**
 * `asked` items of one field that a step tells apart by their answers. Where 41 of `action` were too many, other fields came
 * first, whose values never end, and asking all rules took a third longer (measured). What values that seldom repeat would
 * cost here, they cost at the end, too.
 */
const MAX_ASKED = 256;
/** Answers in one number of a key: with 12 bits of class 52, which a number holds exactly. */
const ANSWERS_A_NUMBER = 40;
/** Values that all steps together keep a way for. */
const MAX_VALUES = 1 << 18;

/** A step takes `field`; without one, it is an end. */
type Step<T> = {
  readonly open: readonly Open<T>[];
  /** Those of which nothing is open: they hold. */
  readonly held: readonly Met<T>[];
  field: FieldItems | undefined;
  asked: readonly FieldItem[];
  events: number;
  children: number;
  /** By class, where nothing is asked; else by class and answers. */
  byClass: (Step<T> | undefined)[];
  byAnswers: Map<number | string, Step<T>>;
  /** The same by the value's id, where something is asked and values repeat: to ask anew took longest (measured, 16 items). */
  byValue: Map<number, Step<T>>;
  end: End<T> | undefined;
};

/** What is open there is behind gates: items of which one holds where the detector does. */
type End<T> = { ungated: readonly Met<T>[]; gates: readonly Gates<T>[] };

/** By item of the field. */
type Gates<T> = { field: FieldItems; byItem: Map<FieldItem, Met<T>[]> };

export class DetectorIndex<T> {
  private pool: ConditionPool | undefined;
  private readonly open: Open<T>[] = [];
  private root: Step<T> | undefined;
  private readonly steps = new Map<string, Step<T>>();
  /** Fields whose values fall into too many classes for a step. */
  private readonly diverse = new Set<FieldItems>();
  private growth = 0;
  private events = 0;
  private values = 0;
  /**
   * The detectors that the event at hand meets: the first `met` of a list for all events, which is never shortened, for to
   * fill it up again allocates (100 bytes an event, measured).
   */
  private readonly meeting: Met<T>[] = [];
  private met = 0;

  /** Before the first event. */
  add(detector: T, detection: Detection, fields: Fields): void {
    this.pool ??= new ConditionPool(fields);
    const entry = { detector, number: this.open.length };
    this.open.push({ entry, condition: this.pool.add(detection.condition) });
    this.root = undefined;
  }

  /** Calls `meet` once for each detector that may hold for the event, in the order they were added. */
  forEach(event: ScannedEvent, meet: OnMeet<T>): void {
    if (this.open.length === 0) return;
    this.root ??= this.newStep(this.open, []);
    this.events++;
    const bytes = event.findText === undefined ? undefined : (event as TextBytes);
    let step = this.root;
    while (step.field !== undefined) {
      step.events++;
      if (step.asked.length > 0) {
        step = this.afterAsked(step, event, bytes);
        continue;
      }
      const value = step.field.classOf(event, bytes);
      // A step that turns out to be no good changes in place, and is taken anew.
      step = step.byClass[value.number] ?? this.follow(step, value, event) ?? step;
    }
    const { meeting } = this;
    this.met = 0;
    for (let index = 0; index < step.held.length; index++) meeting[this.met++] = step.held[index]!;
    this.collect(step, event, bytes);
    const { met } = this;
    sortFew(meeting, met);
    for (let index = 0; index < met; index++) {
      const { entry, test } = meeting[index]!;
      meet(entry.detector, test);
    }
  }

  private collect(step: Step<T>, event: Event, bytes: TextBytes | undefined): void {
    if (step.open.length === 0) return;
    step.end ??= this.newEnd(step);
    const { ungated, gates } = step.end;
    const { meeting } = this;
    for (let index = 0; index < ungated.length; index++) meeting[this.met++] = ungated[index]!;
    for (let index = 0; index < gates.length; index++) {
      const { field, byItem } = gates[index]!;
      const { items } = field.classOf(event, bytes);
      if (items.size === 0) continue;
      for (const item of items) {
        const behind = byItem.get(item);
        if (behind === undefined) continue;
        for (const met of behind) {
          if (met.metBy === this.events) continue;
          met.metBy = this.events;
          meeting[this.met++] = met;
        }
      }
    }
  }

  private afterAsked(step: Step<T>, event: Event, bytes: TextBytes | undefined): Step<T> {
    const field = step.field!;
    const id = field.repeatingId(event);
    const after = id < 0 ? undefined : step.byValue.get(id);
    if (after !== undefined) return after;
    const value = field.classOf(event, bytes);
    const known = value.number < 0 ? undefined : step.byAnswers.get(answersKey(step, value, event));
    if (known === undefined) return this.follow(step, value, event) ?? step;
    if (id >= 0 && this.values < MAX_VALUES) {
      this.values++;
      step.byValue.set(id, known);
    }
    return known;
  }

  /** The step after this one; undefined when this one became another, because its field's values differ too much. */
  private follow(step: Step<T>, value: ValueClass, event: Event): Step<T> | undefined {
    const field = step.field!;
    const areMany = step.children >= FEW_CHILDREN && step.children * EVENTS_A_CHILD > step.events;
    if (value.number < 0 || areMany) this.diverse.add(field);
    if (this.diverse.has(field) || this.isGrown) {
      this.choose(step);
      return undefined;
    }
    const child = this.grow(step, field, value, event);
    step.children++;
    if (step.asked.length > 0) step.byAnswers.set(answersKey(step, value, event), child);
    else {
      // Without holes the array stays an array.
      while (step.byClass.length <= value.number) step.byClass.push(undefined);
      step.byClass[value.number] = child;
    }
    return child;
  }

  private get isGrown(): boolean {
    return this.steps.size >= MAX_STEPS || this.growth >= MAX_GROWTH;
  }

  private grow(step: Step<T>, field: FieldItems, value: ValueClass, event: Event): Step<T> {
    const open: Open<T>[] = [];
    const held = [...step.held];
    const known = new Map<Condition, Rest>();
    for (const each of step.open) {
      const rest = this.pool!.given(each.condition, field, value, event, known);
      if (rest === each.condition) open.push(each);
      else if (rest === true) held.push({ entry: each.entry, test: undefined, metBy: 0 });
      else if (rest !== false) open.push({ entry: each.entry, condition: rest });
    }
    this.growth += step.open.length;
    const key = keyOf(open, held);
    let child = this.steps.get(key);
    if (child === undefined) {
      child = this.newStep(open, held);
      this.steps.set(key, child);
    }
    return child;
  }

  private newStep(open: readonly Open<T>[], held: readonly Met<T>[]): Step<T> {
    const step: Step<T> = {
      open,
      held,
      field: undefined,
      asked: [],
      events: 0,
      children: 0,
      byClass: [],
      byAnswers: new Map(),
      byValue: new Map(),
      end: undefined,
    };
    this.choose(step);
    return step;
  }

  /** The field that most of what is open looks at; none where no field is left that is worth a step. */
  private choose(step: Step<T>): void {
    const counts = new Map<FieldItems, number>();
    if (!this.isGrown) {
      for (const { condition } of step.open) {
        for (const field of condition.fields)
          if (!this.diverse.has(field)) counts.set(field, (counts.get(field) ?? 0) + 1);
      }
    }
    step.field = undefined;
    step.asked = [];
    step.byClass = [];
    step.byAnswers = new Map();
    step.byValue = new Map();
    step.events = 0;
    step.children = 0;
    for (const [field] of [...counts].sort(([, left], [, right]) => right - left)) {
      const asked = new Set<FieldItem>();
      for (const { condition } of step.open) addAsked(condition, field, asked);
      if (asked.size > MAX_ASKED) continue;
      step.field = field;
      step.asked = [...asked];
      return;
    }
  }

  private newEnd(step: Step<T>): End<T> {
    const crowds = new Map<FieldItem, number>();
    const crowd = (item: FieldItem) => crowds.get(item) ?? 0;
    const ungated: Met<T>[] = [];
    const gates = new Map<FieldItems, Gates<T>>();
    for (const { entry, condition } of step.open) {
      const met: Met<T> = { entry, test: this.pool!.lazyTest(condition), metBy: 0 };
      const gate = gateOf(condition, crowd);
      if (gate === undefined) {
        ungated.push(met);
        continue;
      }
      for (const item of gate) {
        crowds.set(item, crowd(item) + 1);
        let ofField = gates.get(item.on);
        if (ofField === undefined) {
          ofField = { field: item.on, byItem: new Map() };
          gates.set(item.on, ofField);
        }
        const behind = ofField.byItem.get(item);
        if (behind === undefined) ofField.byItem.set(item, [met]);
        else behind.push(met);
      }
    }
    return { ungated, gates: [...gates.values()] };
  }
}

/** By insertion: mostly they are none to three, in order, and the engine's own sort allocates each time (140 bytes an event, measured). */
function sortFew<T>(few: Met<T>[], count: number): void {
  for (let index = 1; index < count; index++) {
    const one = few[index]!;
    let at = index;
    for (; at > 0 && few[at - 1]!.entry.number > one.entry.number; at--) few[at] = few[at - 1]!;
    few[at] = one;
  }
}

/** Equal where class and answers are. */
function answersKey<T>({ asked }: Step<T>, value: ValueClass, event: Event): number | string {
  let key = value.number;
  let before = '';
  for (let index = 0; index < asked.length; index++) {
    if (index > 0 && index % ANSWERS_A_NUMBER === 0) {
      before += `${key},`;
      key = 0;
    }
    key = key * 2 + (asked[index]!.test(event) ? 1 : 0);
  }
  return before === '' ? key : before + key;
}

/** Equal where the same is open and the same holds, whatever the values before. */
function keyOf<T>(open: readonly Open<T>[], held: readonly Met<T>[]): string {
  let key = '';
  for (const { entry, condition } of open) key += `${entry.number}:${condition.number},`;
  key += '|';
  for (const { entry } of held) key += `${entry.number},`;
  return key;
}
