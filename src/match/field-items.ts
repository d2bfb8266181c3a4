/**
 * The items of all rules that look at one field, and which of them hold for its value: a class of values is one set of items
 * that hold. Values that no rule names, which are nearly all, are of one class, so what follows from it is found once.
 */
import type { Event, Fields, Slot } from '../model/event.ts';
import type { DetectionItem } from '../model/rule.ts';
import { compileItem, type EventTest } from './compile-detection.ts';
import { type Literals, literalsOfItem } from './item-literals.ts';
import { LiteralIndex } from './literal-index.ts';
import { comparisonOf } from './modifiers.ts';

/** How a class tells whether an item holds. `asked`: it does not, each event has to be asked. */
type Sort = 'literal' | 'presence' | 'asked';

export type FieldItem = {
  readonly item: DetectionItem;
  readonly on: FieldItems;
  readonly sort: Sort;
  /** Answers are kept by value. */
  readonly test: EventTest;
};

/** `number`: -1 of a class that is not kept. `items`: those of a class that hold, none of sort `asked` among them. */
export type ValueClass = { readonly number: number; readonly items: ReadonlySet<FieldItem> };

/** What the engine's cursor can do beyond an event: see `EventCursor.findText`. */
export type TextBytes = {
  findText(slot: Slot): number;
  readonly textBytes: Uint8Array;
  readonly textStart: number;
};

/** Classes of one field that are kept; of a field with more, no step is taken. */
const MAX_CLASSES = 1 << 12;
/** Ids of values whose class is kept, 2 bytes each. */
const MAX_IDS = 1 << 20;
/** Values that tell whether a field repeats its values. */
const SAMPLE = 4096;

const NO_ITEMS: ReadonlySet<FieldItem> = new Set();

export class FieldItems {
  readonly slot: Slot;
  /** The set of this one. */
  readonly alone: ReadonlySet<FieldItems> = new Set([this]);
  private readonly fields: Fields;
  private readonly items = new Map<string, FieldItem>();
  private readonly index = new LiteralIndex<FieldItem>();
  /** Items that hold by what the value is, and not by its text alone: asked of each class. */
  private readonly presence: FieldItem[] = [];
  private readonly tests = new Map<FieldItem, EventTest>();
  private readonly numbers = new Map<FieldItem, number>();
  private readonly classes = new Map<string, ValueClass>();
  private readonly byNumber: ValueClass[] = [];
  /** Class number + 1 by value id. */
  private byId = new Uint16Array(1 << 10);
  private missing: ValueClass | undefined;
  private classOfSeveral: ((event: Event) => ValueClass) | undefined;
  /** Of values that are neither null nor named by a rule. */
  private plain: ValueClass | undefined;
  /** Values of the sample with their classes, of which only those of strings are told by the text. */
  private sampled: Map<string, ValueClass | undefined> | undefined = new Map();
  private samples = 0;
  private novel = 0;
  private repeats = false;

  constructor(slot: Slot, fields: Fields) {
    this.slot = slot;
    this.fields = fields;
  }

  /** Equal items are one. Before the first event. */
  add(item: DetectionItem): FieldItem {
    const key = keyOf(item);
    let known = this.items.get(key);
    if (known === undefined) {
      known = this.newItem(item);
      this.items.set(key, known);
    }
    return known;
  }

  private newItem(item: DetectionItem): FieldItem {
    const literals = literalsOfItem(withoutNulls(item));
    const sort = sortOf(item, literals);
    let test: EventTest | undefined;
    const added: FieldItem = {
      item,
      on: this,
      sort,
      // Of thousands of items a log meets few.
      test: (event) => {
        test ??= this.ofAllFacets(compileItem(item, this.fields, true));
        return test(event);
      },
    };
    this.numbers.set(added, this.numbers.size);
    if (sort !== 'asked' && literals !== undefined) this.index.add(literals, added);
    if (sort === 'presence') this.presence.push(added);
    return added;
  }

  /** `bytes`: the event itself, where it has them. */
  classOf(event: Event, bytes: TextBytes | undefined): ValueClass {
    const size = event.size(this.slot);
    if (size === 0) {
      this.missing ??= this.judged(event, this.presence);
      return this.missing;
    }
    if (size > 1) {
      this.classOfSeveral ??= this.ofAllFacets((several) =>
        this.classOfText(several, several.size(this.slot)),
      );
      return this.classOfSeveral(event);
    }
    if (this.sampled !== undefined) return this.sampledClass(event, bytes, this.sampled);
    if (this.repeats) return this.classById(event);
    return this.isPlain(event, bytes) ? this.plain! : this.classOfText(event, 1);
  }

  /**
   * What is said of a raw field is said of all facets of a record. To look at a thousand values once for each of a thousand facets
   * took five seconds for one record (measured).
   */
  private ofAllFacets<Answer>(look: (event: Event) => Answer): (event: Event) => Answer {
    if (this.slot < 0) return look;
    let known: { on: Event; standing: number; answer: Answer } | undefined;
    return (event) => {
      const { selected, standing } = event;
      if (selected === undefined || standing === undefined) return look(event);
      if (known?.on !== event || known.standing !== standing)
        known = { on: event, standing, answer: look(event) };
      return known.answer;
    };
  }

  /** The id of the one value of a field whose values repeat, or that of what is not there; -1 where nothing has one. */
  repeatingId(event: Event): number {
    const size = event.size(this.slot);
    return size === 0 || (size === 1 && this.repeats) ? event.id(this.slot) : -1;
  }

  /** Whether the one value is certainly of class `plain`, told by its bytes alone. */
  private isPlain(event: Event, bytes: TextBytes | undefined): boolean {
    if (this.plain === undefined || bytes === undefined) return false;
    const length = bytes.findText(this.slot);
    if (length < 0 || this.index.finds(bytes.textBytes, bytes.textStart, length)) return false;
    return !this.index.hasNumbers || event.kind(this.slot) !== 'number';
  }

  private classById(event: Event): ValueClass {
    const id = event.id(this.slot);
    if (id < 0 || id >= MAX_IDS) return this.classOfText(event, 1);
    const known = id < this.byId.length ? this.byId[id]! : 0;
    if (known !== 0) return this.byNumber[known - 1]!;
    const found = this.classOfText(event, 1);
    if (found.number < 0) return found;
    while (id >= this.byId.length) {
      const { byId } = this;
      this.byId = new Uint16Array(byId.length * 2);
      this.byId.set(byId);
    }
    this.byId[id] = found.number + 1;
    return found;
  }

  private classOfText(event: Event, size: number): ValueClass {
    const { slot, index } = this;
    const found = new Set<FieldItem>();
    let isNull = false;
    for (let at = 0; at < size; at++) {
      const text = event.text(slot, at);
      if (text === undefined) isNull = true;
      else index.find(text, event.kind(slot, at) === 'number', found);
    }
    const isPlain = size === 1 && !isNull && found.size === 0;
    if (isPlain && this.plain !== undefined) return this.plain;
    for (const item of this.presence) found.add(item);
    const judged = this.judged(event, found);
    if (isPlain) this.plain = judged;
    return judged;
  }

  /** The class of the event's value, of whose items all others do not hold. */
  private judged(event: Event, candidates: Iterable<FieldItem>): ValueClass {
    const items: FieldItem[] = [];
    for (const item of candidates) if (this.testOf(item)(event)) items.push(item);
    const key = items
      .map((item) => this.numbers.get(item)!)
      .sort((left, right) => left - right)
      .join();
    let known = this.classes.get(key);
    if (known === undefined) {
      const isKept = this.byNumber.length < MAX_CLASSES;
      known = {
        number: isKept ? this.byNumber.length : -1,
        items: items.length === 0 ? NO_ITEMS : new Set(items),
      };
      if (!isKept) return known;
      this.byNumber.push(known);
      this.classes.set(key, known);
    }
    return known;
  }

  /** Keeps no answers: classes do. */
  private testOf(item: FieldItem): EventTest {
    let test = this.tests.get(item);
    if (test === undefined) {
      test = compileItem(item.item, this.fields, false);
      this.tests.set(item, test);
    }
    return test;
  }

  /** Values that hardly repeat shall get no id: to keep them all takes longer than to look at each. */
  private sampledClass(
    event: Event,
    bytes: TextBytes | undefined,
    sampled: Map<string, ValueClass | undefined>,
  ): ValueClass {
    const text = event.text(this.slot);
    const isString = text !== undefined && event.kind(this.slot) === 'string';
    let found = isString ? sampled.get(text) : undefined;
    if (found === undefined) {
      const { size } = sampled;
      found = this.isPlain(event, bytes) ? this.plain! : this.classOfText(event, 1);
      sampled.set(text ?? '', isString ? found : sampled.get(text ?? ''));
      // The second half tells: in the first, each of some thousand users is new.
      if (this.samples >= SAMPLE / 2 && sampled.size > size) this.novel++;
    }
    this.samples++;
    if (this.samples === SAMPLE) {
      this.repeats = this.novel < SAMPLE / 4;
      this.sampled = undefined;
    }
    return found;
  }
}

/** Control characters keep parts apart; a text that holds some is told apart by its length. */
function keyOf({ modifiers, values, timezone }: DetectionItem): string {
  let key = modifiers.join('|');
  if (timezone !== undefined) key += `\u0006${timezone}`;
  for (const value of values) {
    switch (value.kind) {
      case 'text':
        key += `\u0001${value.written.length}:${value.written}`;
        // What is written may have been encoded or filled in.
        for (const piece of value.pieces)
          key += 'text' in piece ? `\u0002${piece.text.length}:${piece.text}` : piece.wildcard;
        break;
      case 'number':
        key += `\u0003${value.lexeme}`;
        break;
      case 'boolean':
        key += `\u0004${value.value}`;
        break;
      case 'null':
        key += '\u0005';
    }
  }
  return key;
}

function withoutNulls(item: DetectionItem): DetectionItem {
  const values = item.values.filter(({ kind }) => kind !== 'null');
  return values.length === item.values.length ? item : { ...item, values };
}

function sortOf(item: DetectionItem, literals: Literals | undefined): Sort {
  if (comparisonOf(item) === 'exists') return 'presence';
  const hasNull = item.values.some(({ kind }) => kind === 'null');
  if (!hasNull) return literals === undefined ? 'asked' : 'literal';
  if (item.modifiers.length > 0) return 'asked';
  return literals !== undefined || item.values.every(({ kind }) => kind === 'null') ? 'presence' : 'asked';
}
