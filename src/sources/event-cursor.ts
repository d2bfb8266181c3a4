/**
 * The event cursor: one record at a time, seen through its source's mapping, its fields found by the slot scanner.
 * Nothing is allocated per event until somebody asks for a text. Its slow twin is `test/support/tree-event.ts`.
 *
 * Over 250 lines: the cursor is one object by design; what could leave it (scanning, ids, mapping) has left it.
 */
import { sha256Hex } from '../base/digest.ts';
import { fieldPathReadings, findValues } from '../base/field-path.ts';
import { type FoundValues, KIND, type KindCode, NO_ID } from '../base/found-values.ts';
import {
  type Instant,
  NANOS_PER_MS,
  nanosBeyondMs,
  parsePlainTimestamp,
  parseTimestamp,
  plainOffsetMs,
  wholeMs,
} from '../base/instant.ts';
import {
  compactJsonAt,
  hasDuplicateKeys,
  type JsonValue,
  parseJson,
  toCompactJson,
  treeText,
} from '../base/json.ts';
import {
  asciiText,
  BACKSLASH,
  CLOSE_BRACKET,
  COMMA,
  decodeString,
  decodeUtf8,
  JsonSyntaxError,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../base/lexical.ts';
import { type KernelTrie, type ScanKernel, UNUSUAL } from '../base/scan-kernel.ts';
import { SlotScanner } from '../base/slot-scanner.ts';
import { wholeNumberAt, wholeNumberOf } from '../base/whole-number.ts';
import type { AuditField, Event, FacetSlots, Fields, Slot, Span, ValueKind } from '../model/event.ts';
import type { Place } from '../model/place.ts';
import { AskedFields } from './asked-fields.ts';
import { ComputedField, type ComputedValue } from './computed-field.ts';
import {
  FACET_BOUNDS,
  type Facets,
  type FieldValue,
  type Found,
  facetsOfPaths,
  RecordPaths,
} from './field-elements.ts';
import { hashBytes } from './hash-bytes.ts';
import {
  isEmpty,
  type MappedField,
  type Mapping,
  mapField,
  mapIdentity,
  toOwnPaths,
  toRawPaths,
} from './mapping.ts';
import { seenRecord } from './seen-record.ts';
import { KnownShapes, type ShapeFacts, UNDECIDED, UNSETTLED } from './shape-facts.ts';
import { SplicedLists } from './spliced-lists.ts';
import { SplicedTexts } from './spliced-texts.ts';
import { kindOf, pathsOfSeen, treeSpan } from './tree-values.ts';
import type { ValueIds } from './value-ids.ts';

const KIND_NAMES: readonly ValueKind[] = [
  'missing',
  'null',
  'boolean',
  'number',
  'string',
  'array',
  'object',
];

/** From this length on a comparison by the kernel is faster than one by characters (measured). */
const SHORT_TEXT = 24;

const NO_TEXTS: readonly string[] = [];

/** Stands for "this record has none of the choices". */
const NO_SLOT = -1;
/** Stands for "this field is not a choice of one raw value: what it is must be found". */
const NO_CHOICE = -3;

export class EventCursor implements Event, Fields {
  readonly source: string;
  private readonly mapping: Mapping;
  private readonly scanner = new SlotScanner();
  private readonly kernel: ScanKernel | undefined;
  /** The kernel's twin of `scanner`: the same fields under the same slots. */
  private readonly trie: KernelTrie | undefined;
  /** What the scanner that read this record found. */
  private found: FoundValues = this.scanner.found;
  private readonly ids: ValueIds;

  private readonly slots = new Map<string, Slot>();
  private readonly rawSlots = new Map<string, Slot>();
  private readonly auditSlots = new Map<AuditField, Slot>();
  private readonly pathSlots: Slot[] = [];
  /** Scanner slot names, for the tree path. */
  private readonly names: string[][] = [];
  /** Computed slots are numbered from -2 downwards, so that scanner slots stay what they are. */
  private readonly computed: ComputedField[] = [];
  private readonly timeSlot: Slot;
  /** Slots of `mapping.identity`, and where the hash of an identity begins. */
  private readonly identityLists: readonly (readonly Slot[])[];
  private readonly identitySeed: number;

  private file = '';
  fileIndex = 0;
  line = 0;
  offset = 0;
  length = 0;
  erased = false;
  /** Where `findText` found one. */
  textStart = 0;
  private knownPlace: Place | undefined;
  /** Where its values lie, and where it stands itself: another place where the mapping sees it otherwise. */
  private buffer: Uint8Array = new Uint8Array(0);
  private origin: Uint8Array = this.buffer;
  private start = 0;
  private end = 0;
  /** Where in `buffer` it lies as it is seen. */
  private seenStart = 0;
  private seenEnd = 0;
  /** Whether `buffer` is the kernel's memory. */
  private isHere = false;
  private tree: JsonValue | undefined;
  /** Whether the mapping sees it otherwise than it stands; then its tree as it is seen, once somebody asked. */
  private isSeenOtherwise = false;
  private seenTree: JsonValue | undefined;
  /** Whether a key of it may stand twice, as it stands. */
  private mayRepeatKeys = false;
  unopened: readonly string[] = NO_TEXTS;
  /** Whether values come from a tree, for a key may be there twice or was escaped; and what was found there. */
  private needsTree = false;
  private readonly treeFound = new Map<Slot, readonly JsonValue[]>();
  /** Texts that the mapping may see as what they say, and lists whose names it sees as members. */
  private readonly texts: SplicedTexts;
  private readonly lists: SplicedLists;
  private readonly mayBeSeenOtherwise: boolean;
  private knownBytes: Uint8Array | undefined;
  private timeIsKnown = false;
  private knownTime: Instant | undefined;
  private knownTimeMs = Number.NaN;
  private knownTimeNanos = 0;
  /** Of the shape of this record; of this record alone where the shape is not known. */
  private facts: ShapeFacts;
  private readonly shapes = new KnownShapes();
  /** For each computed slot its value in this record; valid while `computedFor` is this record. */
  private readonly computedValues: ComputedValue[] = [];
  private readonly computedFor: number[] = [];
  /** For each computed slot its values in this record, where elements of lists make several; valid as above. */
  private readonly listedValues: (readonly FieldValue[] | undefined)[] = [];
  private readonly listedFor: number[] = [];
  /** Of this record, once somebody asked. */
  private knownPaths: RecordPaths | undefined;
  private knownFacets: Facets | undefined;
  private selectedFacets: readonly number[] | undefined;
  /** Whether the record has more facets, or larger ones, than are looked at. */
  isCrowded = false;
  /** Others in tests. */
  bounds = FACET_BOUNDS;
  /** Ids of this record's first values, by slot; valid where `idsFor` is this record. */
  private readonly knownIds: number[] = [];
  private readonly idsFor: number[] = [];
  private readonly asked = new AskedFields();
  /** Of the records that the cursor has stood on, and of what was selected of them: another one for whatever the fields have. */
  recordNumber = 0;
  standing = 0;
  /** Closures for the cursor's life; mappings number their paths. */
  private readonly readPath = (path: number): string | undefined => this.text(this.path(path));
  private readonly readTexts = (path: number): readonly string[] => {
    const text = this.text(this.path(path));
    return text === undefined ? NO_TEXTS : [text];
  };

  /** With a kernel, whose ids `ids` should be, records in its block are read by it. */
  constructor(mapping: Mapping, ids: ValueIds, kernel?: ScanKernel) {
    this.source = mapping.name;
    this.kernel = kernel;
    this.trie = kernel?.newTrie();
    this.mapping = mapping;
    this.ids = ids;
    this.facts = this.shapes.of(-1);
    this.timeSlot = this.audit('time');
    const { inside, texts, named } = mapping;
    this.texts = new SplicedTexts(mapping, (path) => this.slotsOfReadings(path));
    this.lists = new SplicedLists(named, (path) => this.slotsOfReadings(path));
    this.mayBeSeenOtherwise = inside.length + texts.length + named.length > 0;
    this.identityLists = mapping.identity.map((paths) => paths.map((path) => this.path(path)));
    const seed = new Uint32Array([0x811c9dc5, 0]);
    const name = Buffer.from(mapping.name);
    hashBytes(name, 0, name.length, seed);
    this.identitySeed = seed[0]!;
  }

  // Fields

  audit(field: AuditField): Slot {
    let slot = this.auditSlots.get(field);
    if (slot === undefined) {
      slot = this.compileField(this.mapping.fields[field]);
      this.auditSlots.set(field, slot);
    }
    return slot;
  }

  raw(path: string): Slot {
    let slot = this.rawSlots.get(path);
    if (slot === undefined) {
      slot = this.slotFor(toRawPaths(this.mapping, path));
      this.rawSlots.set(path, slot);
    }
    return slot;
  }

  /** One slot for each list of names, whoever asks. */
  private slotFor(names: string[]): Slot {
    const key = JSON.stringify(names);
    let slot = this.slots.get(key);
    if (slot === undefined) {
      slot = this.newSlot(names.flatMap(fieldPathReadings));
      this.names[slot] = names;
      this.slots.set(key, slot);
    }
    return slot;
  }

  /** A slot for each way to read the path: a record may have it in several, and none must hide another. */
  private slotsOfReadings(path: string): Slot[] {
    return fieldPathReadings(path).map((keys) => this.newSlot([keys]));
  }

  private newSlot(readings: readonly string[][]): Slot {
    const slot = this.scanner.addReadings(readings);
    this.trie?.add(slot, readings);
    this.names[slot] = [];
    return slot;
  }

  /** Whether some record so far carried the field; for a computed one, something that it is computed from. */
  occurred(slot: Slot): boolean {
    if (slot >= 0) return this.everFound(slot);
    const computed = slot < NO_SLOT ? this.computed[-2 - slot] : undefined;
    if (computed === undefined) return false;
    const isLiteral = computed.field.alternatives.some(({ kind }) => kind === 'literal');
    return isLiteral || computed.slots.some((origin) => origin >= 0 && this.everFound(origin));
  }

  /** `occurred` begins anew; stands on no record afterwards. */
  forgetOccurred(): void {
    this.scanner.found.forget();
    this.trie?.found.forget();
  }

  private everFound(slot: Slot): boolean {
    return this.scanner.found.everFound(slot) || (this.trie?.found.everFound(slot) ?? false);
  }

  lacks(field: AuditField): boolean {
    return this.mapping.lacks.includes(field);
  }

  get severalActors(): boolean {
    return this.mapping.actorsSeveral;
  }

  private path(index: number): Slot {
    this.pathSlots[index] ??= this.slotFor(toOwnPaths(this.mapping, index));
    return this.pathSlots[index];
  }

  private compileField(field: MappedField | undefined): Slot {
    const mapped = field ?? { alternatives: [] };
    this.computed.push(new ComputedField(mapped, this.mapping.paths.length, (path) => this.path(path)));
    this.shapes.restart(this.computed.length);
    this.facts = this.shapes.of(-1);
    return -1 - this.computed.length;
  }

  // Moving

  /** Scans the record at `start` of `buffer` and stands on it. @returns the index after it @throws {JsonSyntaxError} */
  scan(buffer: Uint8Array, start: number, end: number): number {
    if (this.trie !== undefined && buffer === this.kernel!.block) {
      const after = this.trie.scan(start, end);
      if (after >= 0) {
        this.standOn(this.trie.found, buffer, start, after);
        return after;
      }
    }
    // Before it throws, if it does: a record that cannot be read leaves nothing of the one before.
    this.standOn(this.scanner.found, buffer, start, start);
    this.end = this.scanner.scan(buffer, start, end);
    this.seenEnd = this.end;
    this.look();
    return this.end;
  }

  /**
   * The fast road of NDJSON: stands on the record of the line at `start` and returns the index of its newline, when the
   * line lies in the kernel's block and is one object between blanks; else UNUSUAL: the cursor stands on no record
   * then, and the line must go to `scan`.
   */
  scanLine(buffer: Uint8Array, start: number, end: number): number {
    const { trie } = this;
    if (trie === undefined || buffer !== this.kernel!.block) return UNUSUAL;
    const newline = trie.scanLine(start, end);
    if (newline >= 0) this.standOn(trie.found, buffer, trie.recordStart, trie.recordEnd);
    return newline;
  }

  /** Where in the scanned buffer the record lies. */
  get scannedStart(): number {
    return this.start;
  }

  get scannedEnd(): number {
    return this.end;
  }

  private standOn(found: FoundValues, buffer: Uint8Array, start: number, end: number): void {
    this.found = found;
    this.buffer = buffer;
    this.isHere = this.kernel?.holds(buffer) === true;
    this.origin = buffer;
    this.start = start;
    this.end = end;
    this.seenStart = start;
    this.seenEnd = end;
    this.tree = undefined;
    this.knownBytes = undefined;
    this.timeIsKnown = false;
    this.recordNumber++;
    this.standing++;
    this.knownPaths = undefined;
    this.knownFacets = undefined;
    this.selectedFacets = undefined;
    this.isCrowded = false;
    this.needsTree = false;
    this.isSeenOtherwise = false;
    this.seenTree = undefined;
    this.mayRepeatKeys = false;
    this.unopened = NO_TEXTS;
    // What the slow scanner finds is known when it has scanned.
    if (!this.isUnusual) this.look();
  }

  /** A record that the mapping sees otherwise than it stands is written as it is seen, and scanned anew. */
  private look(): void {
    this.mayRepeatKeys = this.found.needsTree;
    if (this.mayBeSeenOtherwise && !this.lookAtBytes()) this.lookAtTree();
    this.needsTree = this.found.needsTree;
    if (this.needsTree) this.treeFound.clear();
    this.facts = this.shapes.of(this.found.shape);
  }

  /** False where only the tree tells what is seen. */
  private lookAtBytes(): boolean {
    const opened = this.splice(this.texts);
    // A text in a text: which of them are opened is a matter of the order.
    const isSettled = opened !== undefined && (opened === null || this.splice(this.texts) === null);
    if (isSettled && this.splice(this.lists) !== undefined && !this.found.needsTree) return true;
    if (this.isSeenOtherwise) this.rescan();
    return false;
  }

  /** Stands on the record as it then is, if it is another; the answer is as that of the splicer. */
  private splice(splicer: SplicedTexts | SplicedLists): Buffer | null | undefined {
    const { found } = this;
    if (found.needsTree) return undefined;
    const seen = splicer.of(found, this.buffer, this.seenStart, this.seenEnd);
    if (seen) this.scanSeen(seen);
    return seen;
  }

  private lookAtTree(): void {
    const unopened = new Set<string>();
    const seen = seenRecord(this.json(), this.mapping, (path) => unopened.add(path));
    try {
      if (seen !== this.json()) this.scanSeen(Buffer.from(toCompactJson(seen)), seen);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      // What texts hold may be nested too deep for where they stand: then they stay texts.
      this.rescan();
      for (const path of [...this.mapping.inside, ...this.mapping.texts]) unopened.add(path);
    }
    if (unopened.size > 0) this.unopened = [...unopened];
  }

  /** `tree`: the same, where it is at hand. @throws {JsonSyntaxError} */
  private scanSeen(text: Buffer, tree?: JsonValue): void {
    this.isSeenOtherwise = true;
    this.seenTree = tree;
    const { kernel, trie } = this;
    if (
      kernel !== undefined &&
      trie !== undefined &&
      text.length <= kernel.reach.length - kernel.asideStart
    ) {
      const { reach, asideStart } = kernel;
      reach.set(text, asideStart);
      this.buffer = reach;
      this.seenStart = asideStart;
      this.seenEnd = asideStart + text.length;
      this.isHere = true;
      this.found = trie.found;
      if (trie.scan(asideStart, this.seenEnd) >= 0) return;
    }
    this.buffer = text;
    this.seenStart = 0;
    this.seenEnd = text.length;
    this.isHere = false;
    this.found = this.scanner.found;
    this.scanner.scan(text, 0, text.length);
  }

  /** The record as it stands is what is seen after all. */
  private rescan(): void {
    this.isSeenOtherwise = false;
    this.seenTree = undefined;
    this.buffer = this.origin;
    this.seenStart = this.start;
    this.seenEnd = this.end;
    this.isHere = this.kernel?.holds(this.origin) === true;
    this.found = this.scanner.found;
    this.scanner.scan(this.origin, this.start, this.end);
  }

  /** Says where the scanned record stands. */
  locate(file: string, fileIndex: number, line: number, offset: number, length: number): void {
    this.file = file;
    this.fileIndex = fileIndex;
    this.line = line;
    this.offset = offset;
    this.length = length;
    this.knownPlace = undefined;
  }

  // Event

  get place(): Place {
    this.knownPlace ??= { file: this.file, line: this.line, offset: this.offset, length: this.length };
    return this.knownPlace;
  }

  /** Set by who reads a text log. */
  writtenLine: (() => string) | undefined;

  get bytes(): Uint8Array {
    this.knownBytes ??= this.origin.subarray(this.start, this.end);
    return this.knownBytes;
  }

  /** Whether the slow scanner read the record: something in it is unusual, or there is no kernel. */
  get isUnusual(): boolean {
    return this.found === this.scanner.found;
  }

  get shape(): number {
    return this.found.shape;
  }

  get byteLength(): number {
    return this.end - this.start;
  }

  get canonical(): boolean {
    return !this.isSeenOtherwise && this.found.canonical && !this.needsTree;
  }

  get duplicateKeys(): boolean {
    return this.mayRepeatKeys && hasDuplicateKeys(this.json());
  }

  get repeatsKeyWithin(): boolean {
    return this.isSeenOtherwise && this.needsTree && !this.duplicateKeys && hasDuplicateKeys(this.seen());
  }

  get isObject(): boolean {
    return this.origin[this.start] === OPEN_BRACE;
  }

  get timeMs(): number {
    this.readTime();
    return this.knownTimeMs;
  }

  get timeNanos(): number {
    this.readTime();
    return this.knownTimeNanos;
  }

  /** A bigint only for who asks: what the kernel reads are two numbers. */
  get time(): Instant | undefined {
    this.readTime();
    if (this.knownTime === undefined && !Number.isNaN(this.knownTimeMs))
      this.knownTime = BigInt(this.knownTimeMs) * NANOS_PER_MS + BigInt(this.knownTimeNanos);
    return this.knownTime;
  }

  private readTime(): void {
    if (this.timeIsKnown) return;
    this.timeIsKnown = true;
    this.knownTime = undefined;
    const slot = this.chosenSlot(this.timeSlot);
    const value = slot < 0 || this.needsTree ? -1 : this.found.first(slot);
    const isString = value >= 0 && this.found.kind(value) === KIND.string;
    const start = isString ? this.found.start(value) + 1 : 0;
    const end = isString ? this.found.endOf(value) - 1 : 0;
    if (this.isHere) {
      const { kernel } = this;
      this.knownTimeMs = kernel!.plainInstant(start, end);
      this.knownTimeNanos = Number.isNaN(this.knownTimeMs) ? 0 : kernel!.nanos;
      if (!Number.isNaN(this.knownTimeMs)) return;
      this.knownTimeMs = plainOffsetMs(this.buffer, start, end);
      if (!Number.isNaN(this.knownTimeMs)) return;
    } else this.knownTime = parsePlainTimestamp(this.buffer, start, end);
    const time = this.knownTime ?? this.parsedTime();
    this.knownTime = time;
    this.knownTimeMs = time === undefined ? Number.NaN : wholeMs(time);
    this.knownTimeNanos = time === undefined ? 0 : nanosBeyondMs(time);
  }

  private parsedTime(): Instant | undefined {
    const text = this.text(this.timeSlot);
    const parsed = text === undefined ? undefined : parseTimestamp(text, this.mapping.time);
    return parsed?.problem === undefined ? parsed?.instant : undefined;
  }

  get identity(): string {
    return this.ownIdentity ?? sha256Hex(this.bytes);
  }

  /** The name that the source itself gives the record, if it does. */
  get ownIdentity(): string | undefined {
    for (const slots of this.identityLists) {
      if (slots.length === 1 && this.holdsText(slots[0]!)) return this.text(slots[0]!);
      if (slots.length > 1) break;
    }
    return mapIdentity(this.mapping, this.readPath);
  }

  /**
   * Two hashes of the record's own identity into `key`, straight from its bytes; false when it has none.
   * Equal identities of one source have equal hashes, however they were escaped.
   */
  hashOwnIdentity(key: Uint32Array): boolean {
    const slots = this.namingSlots();
    if (slots === undefined) return false;
    key[0] = this.identitySeed;
    key[1] = ~this.identitySeed;
    for (let index = 0; index < slots.length; index++) this.hashText(slots[index]!, key);
    return true;
  }

  /** The first of `identityLists` of which the record has all; undefined where it has none. */
  private namingSlots(): readonly Slot[] | undefined {
    const { facts } = this;
    if (facts.identity === UNDECIDED)
      facts.identity = this.identityLists.findIndex((slots) => this.holdTexts(slots));
    return this.identityLists[facts.identity];
  }

  private holdTexts(slots: readonly Slot[]): boolean {
    for (const slot of slots) if (!this.holdsText(slot)) return false;
    return true;
  }

  private hashText(slot: Slot, key: Uint32Array): void {
    const value = this.needsTree ? -1 : this.found.first(slot);
    if (value < 0 || this.found.isEscaped(value)) {
      const bytes = Buffer.from(this.text(slot)!);
      hashBytes(bytes, 0, bytes.length, key);
      return;
    }
    const quotes = this.found.kind(value) === KIND.string ? 1 : 0;
    const start = this.found.start(value) + quotes;
    const end = this.found.endOf(value) - quotes;
    if (this.isHere) this.kernel!.hash(key, start, end);
    else hashBytes(this.buffer, start, end, key);
  }

  size(slot: Slot): number {
    if (slot < NO_SLOT) {
      const chosen = this.chosenSlot(slot);
      if (chosen !== NO_CHOICE) return chosen === NO_SLOT ? 0 : 1;
      const listed = this.listed(slot);
      return listed !== undefined ? listed.length : this.compute(slot).text === undefined ? 0 : 1;
    }
    return this.needsTree ? this.treeValues(slot).length : this.found.size(slot);
  }

  kind(slot: Slot, at = 0): ValueKind {
    return KIND_NAMES[this.kindCode(slot, at)]!;
  }

  text(slot: Slot, at = 0): string | undefined {
    if (slot < NO_SLOT) {
      const chosen = this.chosenSlot(slot);
      if (chosen !== NO_CHOICE) return this.text(chosen, at);
      return at === 0 ? this.compute(slot).text : this.listed(slot)?.[at]?.text;
    }
    if (slot === NO_SLOT) return undefined;
    if (this.needsTree) return treeText(this.treeValues(slot)[at]);
    const value = this.found.valueAt(slot, at);
    if (value < 0) return undefined;
    return at === 0 ? this.firstText(slot, value) : this.valueText(value);
  }

  /** Values repeat: a text that was decoded before is found by its id, in a sixth of the time (measured). */
  private firstText(slot: Slot, value: number): string | undefined {
    let id = this.found.ids[value]!;
    if (id === NO_ID) {
      const repeats = this.asked.repeats[slot];
      if (repeats === false || !this.isScalar(value)) return this.valueText(value);
      if (repeats) this.wish(slot);
      id = this.scalarId(value, this.found.kind(value));
    }
    const known = id < 0 ? undefined : this.ids.textOf(id);
    if (this.asked.repeats[slot] === undefined)
      this.asked.sampleText(slot, this.recordNumber, known === undefined);
    if (known !== undefined) return known;
    const text = this.valueText(value);
    if (text !== undefined && id >= 0) this.ids.keepText(id, text);
    return text;
  }

  /** Somebody asks for the first id of a field. Who asks of most records shall have it from the scan. */
  private wish(slot: Slot): void {
    if (this.trie === undefined || this.ids.kernel !== this.kernel) return;
    if (this.asked.isIdWanted(slot, this.recordNumber)) this.trie.wantId(slot);
  }

  private isScalar(value: number): boolean {
    const kind = this.found.kind(value);
    return kind !== KIND.null && kind < KIND.array && !this.found.isEscaped(value);
  }

  equals(slot: Slot, text: string): boolean {
    const { found } = this;
    const value = slot < 0 || this.needsTree ? -1 : found.first(slot);
    if (value < 0) return this.kind(slot) === 'string' && this.text(slot) === text;
    if (found.kind(value) !== KIND.string) return false;
    if (!found.isPlain(value)) return this.text(slot) === text;
    const start = found.start(value) + 1;
    const { length } = text;
    if (found.endOf(value) - 1 - start !== length) return false;
    if (length >= SHORT_TEXT && this.isHere) return this.kernel!.equalsText(text, start);
    for (let index = 0; index < length; index++) {
      if (this.buffer[start + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  without(slot: Slot): Uint8Array | undefined {
    const { found } = this;
    if (!this.isHere || this.isSeenOtherwise || slot < 0) return undefined;
    if (!found.canonical || found.needsTree) return undefined;
    const value = found.first(slot);
    const from = value < 0 ? -1 : found.keyStart(value);
    if (from < 0) return this.bytes;
    return this.kernel!.copyWithout(this.start, this.end, from, found.endOf(value));
  }

  /** Straight from the bytes: sequence numbers never repeat, and to decode one took 200 ns (measured). */
  wholeNumber(slot: Slot): number {
    const { found } = this;
    const value = slot < 0 || this.needsTree ? -1 : found.first(slot);
    if (value < 0) return wholeNumberOf(this.text(slot) ?? '');
    const kind = found.kind(value);
    const start = found.start(value);
    const end = found.endOf(value);
    if (kind === KIND.number) return wholeNumberAt(this.buffer, start, end);
    if (kind !== KIND.string) return Number.NaN;
    if (found.isEscaped(value)) return wholeNumberOf(this.text(slot)!);
    return wholeNumberAt(this.buffer, start + 1, end - 1);
  }

  id(slot: Slot, at = 0): number {
    const raw = slot < NO_SLOT ? this.chosenSlot(slot) : slot;
    if (raw === NO_CHOICE) return at === 0 ? this.compute(slot).id : this.idOf(this.listed(slot)?.[at]);
    if (raw === NO_SLOT) return this.ids.ofMissing;
    if (at > 0) return this.findId(raw, at);
    const value = this.found.first(raw);
    if (value >= 0) {
      const id = this.found.ids[value]!;
      if (id !== NO_ID) return id;
    }
    // Many rules ask for the same few fields of a record.
    if (this.idsFor[raw] !== this.recordNumber) {
      this.idsFor[raw] = this.recordNumber;
      this.knownIds[raw] = this.findId(raw, 0);
    }
    return this.knownIds[raw]!;
  }

  private findId(slot: Slot, at: number): number {
    const { found } = this;
    if (this.needsTree) {
      const text = this.text(slot, at);
      return this.ids.idOfText(this.kindCode(slot, at), text ?? '');
    }
    const value = at === 0 ? found.first(slot) : found.valueAt(slot, at);
    if (value < 0) return this.ids.ofMissing;
    if (at === 0) this.wish(slot);
    const kind = found.kind(value);
    if (kind >= KIND.array || found.isEscaped(value))
      return this.ids.idOfText(kind, this.valueText(value) ?? '');
    return this.scalarId(value, kind);
  }

  /** Of a value whose bytes are its text. */
  private scalarId(value: number, kind: KindCode): number {
    const { found } = this;
    const quotes = kind === KIND.string ? 1 : 0;
    return this.ids.idOfBytes(kind, this.buffer, found.start(value) + quotes, found.endOf(value) - quotes);
  }

  span(slot: Slot, at = 0): Span | undefined {
    if (slot < NO_SLOT) {
      const chosen = this.chosenSlot(slot);
      // What is said of one facet must not be shown at another.
      if (this.selectedFacets !== undefined && chosen === NO_CHOICE) return undefined;
      const origin = chosen === NO_CHOICE ? this.originSlot(slot) : chosen;
      return origin === undefined ? undefined : this.span(origin, at);
    }
    if (slot === NO_SLOT) return undefined;
    if (this.isSeenOtherwise || this.needsTree) return treeSpan(this.json(), this.names[slot] ?? []);
    const value = this.found.valueAt(slot, at);
    if (value < 0) return undefined;
    const keyStart = this.found.keyStart(value);
    return {
      keyStart: keyStart < 0 ? -1 : keyStart - this.start,
      start: this.found.start(value) - this.start,
      end: this.found.endOf(value) - this.start,
    };
  }

  json(): JsonValue {
    this.tree ??= parseJson(this.bytes);
    return this.tree;
  }

  seen(): JsonValue {
    if (!this.isSeenOtherwise) return this.json();
    this.seenTree ??= seenRecord(this.json(), this.mapping);
    return this.seenTree;
  }

  private kindCode(slot: Slot, at: number): KindCode {
    if (slot < NO_SLOT) {
      const chosen = this.chosenSlot(slot);
      if (chosen !== NO_CHOICE) return this.kindCode(chosen, at);
      const listed = this.listed(slot);
      if (listed !== undefined) return listed[at]?.kind ?? KIND.missing;
      return at === 0 && this.compute(slot).text !== undefined ? KIND.string : KIND.missing;
    }
    if (slot === NO_SLOT) return KIND.missing;
    if (this.needsTree) return kindOf(this.treeValues(slot)[at]);
    const value = this.found.valueAt(slot, at);
    return value < 0 ? KIND.missing : this.found.kind(value);
  }

  private valueText(value: number): string | undefined {
    const start = this.found.start(value);
    const end = this.found.endOf(value);
    switch (this.found.kind(value)) {
      case KIND.string:
        if (this.found.isEscaped(value)) return decodeString(this.buffer, start + 1, end - 1);
        if (!this.found.isPlain(value)) return decodeUtf8(this.buffer, start + 1, end - 1);
        return asciiText(this.buffer, start + 1, end - 1);
      case KIND.number:
      case KIND.boolean:
        return asciiText(this.buffer, start, end);
      case KIND.object:
      case KIND.array:
        return compactJsonAt(this.buffer, start, end);
      default:
        return undefined;
    }
  }

  /**
   * The values of a computed field that elements of lists give, or records that need the tree; undefined where one value says
   * it all. Once `chosenSlot` was asked.
   */
  private listed(slot: Slot): readonly FieldValue[] | undefined {
    const index = -2 - slot;
    if (this.facts.chosen[index] !== UNSETTLED) return undefined;
    if (this.listedFor[index] !== this.recordNumber) {
      this.listedFor[index] = this.recordNumber;
      this.listedValues[index] = this.isListed(index) ? this.listValues(index) : undefined;
    }
    return this.listedValues[index];
  }

  /** Whether what the field is made of stands in several elements, or in one of them several times, or not in each facet. */
  private isListed(index: number): boolean {
    const { found } = this;
    if (this.needsTree || this.selectedFacets !== undefined) return true;
    let element = -1;
    for (const slot of this.computed[index]!.listable) {
      const value = found.first(slot);
      if (value < 0 || found.lists[value]! < 0) continue;
      if (found.isFollowed(value) || (element >= 0 && found.elements[value] !== element)) return true;
      element = found.elements[value]!;
    }
    return false;
  }

  private listValues(index: number): readonly FieldValue[] {
    const { knownFacets } = this;
    const facets = this.selectedFacets?.map((facet) => knownFacets!.at(facet));
    return this.recordPaths.values(this.computed[index]!.field, facets);
  }

  private get recordPaths(): RecordPaths {
    this.knownPaths ??= this.needsTree
      ? pathsOfSeen(this.seen(), this.mapping)
      : new RecordPaths((path) => this.foundAt(this.path(path)));
    return this.knownPaths;
  }

  facetSlots(slots: Iterable<Slot>, isApart = false): FacetSlots | undefined {
    const fields = [...slots].filter((slot) => slot < NO_SLOT).map((slot) => this.computed[-2 - slot]!);
    const paths = [...new Set(fields.flatMap(({ listablePaths }) => listablePaths))];
    if (paths.length === 0) return undefined;
    return { paths, slots: paths.map((path) => this.path(path)), byShape: [], isApart };
  }

  countFacets(of: FacetSlots): number {
    this.knownFacets = undefined;
    if (this.countLists(of) === 0) return 1;
    const facetsAt = (paths: readonly number[]) =>
      facetsOfPaths(
        paths.map((path) => this.recordPaths.of(path)),
        this.bounds,
        of.isApart,
      );
    let made = facetsAt(this.inLists(of).map((place) => of.paths[place]!));
    // Each facet looks at what stands beside the lists, too: those values are asked for where they may be too many.
    const most = (made.facets?.count ?? 0) + 1;
    if (most > 1 && most * this.countFound(of.slots) > this.bounds.looks) made = facetsAt(of.paths);
    const { facets, isWhole } = made;
    this.knownFacets = facets;
    if (!isWhole) this.isCrowded = true;
    return facets?.count ?? 1;
  }

  /** Values at the slots, those that say nothing included. */
  private countFound(slots: readonly Slot[]): number {
    let count = 0;
    for (let index = 0; index < slots.length; index++) count += this.size(slots[index]!);
    return count;
  }

  /** Lists of the record of which several elements have something that is looked at; 2 where there may be as many. */
  countLists(of: FacetSlots): number {
    const places = this.inLists(of);
    if (places.length === 0) return 0;
    return this.needsTree ? 2 : this.listsOfSeveral(of.slots, places);
  }

  /** Places among `of` of what stands in a list here: a few of the hundred paths of a mapping. All where only the tree tells. */
  private inLists(of: FacetSlots): readonly number[] {
    const { shape } = this.found;
    const known = shape < 0 ? undefined : of.byShape[shape];
    if (known !== undefined) return known;
    const places: number[] = [];
    for (let place = 0; place < of.slots.length; place++)
      if (this.needsTree || this.isInList(of.slots[place]!)) places.push(place);
    if (shape >= 0) of.byShape[shape] = places;
    return places;
  }

  private isInList(slot: Slot): boolean {
    const value = this.found.first(slot);
    return value >= 0 && this.found.lists[value]! >= 0;
  }

  private listsOfSeveral(slots: readonly Slot[], places: readonly number[]): number {
    const { found } = this;
    const known = new Map<number, number>();
    const several = new Set<number>();
    for (const place of places) {
      for (let value = found.first(slots[place]!); value >= 0; value = found.next[value]!) {
        const list = found.lists[value]!;
        if (list < 0) break;
        const element = known.get(list);
        if (element === undefined) known.set(list, found.elements[value]!);
        else if (element !== found.elements[value]) several.add(list);
      }
    }
    return several.size;
  }

  facetKey(facet: number, of: FacetSlots): string {
    const chosen = this.knownFacets!.at(facet);
    const lists = new Set(this.inLists(of).map((place) => this.recordPaths.of(of.paths[place]!).list));
    return [...lists].map((list) => chosen.get(list) ?? '').join();
  }

  select(facets?: readonly number[]): void {
    this.selectedFacets = facets;
    this.recordNumber++;
  }

  get selected(): readonly number[] | undefined {
    return this.selectedFacets;
  }

  /** What stands at a scanner slot. */
  private foundAt(slot: Slot): Found[] {
    const { found } = this;
    const values: Found[] = [];
    for (let value = found.first(slot); value >= 0; value = found.next[value]!) {
      const place = { list: found.lists[value]!, element: found.elements[value]! };
      values.push({ kind: found.kind(value), text: this.valueText(value) ?? '', ...place });
    }
    return values;
  }

  private idOf(value: FieldValue | undefined): number {
    return value === undefined ? this.ids.ofMissing : this.ids.idOfText(value.kind, value.text);
  }

  private compute(slot: Slot): ComputedValue {
    const index = -2 - slot;
    const listed = this.listed(slot);
    if (listed !== undefined) return { text: listed[0]?.text, id: this.idOf(listed[0]) };
    const fixed = this.facts.fixed[index];
    if (fixed !== undefined) return fixed;
    if (this.computedFor[index] !== this.recordNumber) {
      this.computedFor[index] = this.recordNumber;
      this.computedValues[index] = this.recentValue(index);
    }
    return this.computedValues[index]!;
  }

  /** Most computed fields come from one value or two. */
  private recentValue(index: number): ComputedValue {
    const { facts } = this;
    const computed = this.computed[index]!;
    if (facts.shape < 0) return this.rememberedValue(computed);
    const inputs = facts.inputs[index] ?? this.findInputs(index);
    if (inputs.length === 0) {
      const value = this.rememberedValue(computed);
      facts.fixed[index] = value;
      return value;
    }
    if (inputs.length > 2) return this.rememberedValue(computed);
    const first = this.id(inputs[0]!);
    const second = inputs.length > 1 ? this.id(inputs[1]!) : NO_ID;
    const recent = computed.recent(facts.shape, first, second);
    if (recent !== undefined) return recent;
    const value = this.rememberedValue(computed);
    // Beyond the bound an id does not tell values apart.
    if (first !== -1 && second !== -1) computed.keepRecent(facts.shape, first, second, value);
    return value;
  }

  private findInputs(index: number): readonly Slot[] {
    const computed = this.computed[index]!;
    const inputs = computed.used.filter((slot) => this.isInput(slot, computed));
    this.facts.inputs[index] = inputs;
    return inputs;
  }

  /** Whether records of this shape may differ in the computed field by what the slot holds. */
  private isInput(slot: Slot, { textual }: ComputedField): boolean {
    const value = textual.has(slot) ? this.found.first(slot) : -1;
    return value >= 0 && this.found.kind(value) !== KIND.null;
  }

  /** What a mapping computes depends on the values at its paths alone: for up to two of them it is computed once. */
  private rememberedValue(computed: ComputedField): ComputedValue {
    const key = this.needsTree ? -1 : this.inputKey(computed.used);
    const known = key < 0 ? undefined : computed.remembered(key);
    if (known !== undefined) return known;
    const value = this.computedValue(computed);
    if (key >= 0) computed.remember(key, value);
    return value;
  }

  private computedValue({ field }: ComputedField): ComputedValue {
    const [text] = mapField(field, this.readTexts);
    const id = this.ids.idOfText(text === undefined ? KIND.missing : KIND.string, text ?? '');
    return { text, id };
  }

  /** Position and id of each value that is there, 26 bits each; -1 where that does not say it all. */
  private inputKey(used: readonly Slot[]): number {
    let key = 0;
    let present = 0;
    for (let position = 0; position < used.length; position++) {
      if (this.found.first(used[position]!) < 0) continue;
      const id = this.id(used[position]!);
      if (id < 0 || ++present > 2 || position >= 63) return -1;
      key = key * 2 ** 26 + (position + 1) * 2 ** 20 + id;
    }
    return key;
  }

  /**
   * For a choice of raw fields: the first that holds a scalar, or NO_SLOT. For what a mapping computes NO_CHOICE, or the raw
   * field that it is in all records of this shape.
   */
  private chosenSlot(slot: Slot): Slot {
    const chosen = this.facts.chosen[-2 - slot]!;
    if (chosen === UNDECIDED) return this.choose(-2 - slot);
    return chosen === UNSETTLED ? this.chooseHere(slot) : chosen;
  }

  private choose(index: number): Slot {
    if (this.mayBeListed(index)) {
      this.facts.chosen[index] = UNSETTLED;
      return this.chooseHere(-2 - index);
    }
    const chosen = this.chooseOne(index);
    this.facts.chosen[index] = chosen;
    return chosen;
  }

  /** For this record alone: how many elements a list has no shape tells. */
  private chooseHere(slot: Slot): Slot {
    return this.listed(slot) === undefined ? this.chooseOne(-2 - slot) : NO_CHOICE;
  }

  private chooseOne(index: number): Slot {
    const { choices, leading } = this.computed[index]!;
    return choices === undefined ? this.leadingSlot(leading) : this.firstWithText(choices);
  }

  private mayBeListed(index: number): boolean {
    if (this.needsTree) return true;
    return this.computed[index]!.listable.some((slot) => this.isInList(slot));
  }

  /** Texts alone: what a mapping computes is of that kind. */
  private leadingSlot(leading: readonly Slot[]): Slot {
    const { found } = this;
    if (this.shape < 0 || leading.length === 0) return NO_CHOICE;
    const slot = this.firstWithText(leading);
    return slot !== NO_SLOT && found.kind(found.first(slot)) === KIND.string ? slot : NO_CHOICE;
  }

  private firstWithText(choices: readonly Slot[]): Slot {
    const { found } = this;
    for (let index = 0; index < choices.length; index++) {
      const choice = choices[index]!;
      // Most choices of a mapping are absent from a record: pass them by before asking more.
      if (!this.needsTree && found.first(choice) < 0) continue;
      if (this.holdsText(choice)) return choice;
    }
    return NO_SLOT;
  }

  /** As `mapField` sees it: empty texts, objects and empty arrays answer nothing. */
  private holdsText(slot: Slot): boolean {
    if (this.needsTree) {
      const kind = kindOf(this.treeValues(slot)[0]);
      return (
        (kind === KIND.string && !isEmpty(this.text(slot))) || kind === KIND.number || kind === KIND.boolean
      );
    }
    const value = this.found.first(slot);
    if (value < 0) return false;
    const kind = this.found.kind(value);
    if (kind === KIND.string) {
      const start = this.found.start(value) + 1;
      const first = this.buffer[start];
      // A text that begins like JSON may be what `mapField` takes for none; such records have no shape.
      if (first === OPEN_BRACE || first === OPEN_BRACKET || first === BACKSLASH)
        return !isEmpty(this.text(slot));
      return this.found.endOf(value) > start + 1;
    }
    return kind === KIND.number || kind === KIND.boolean;
  }

  /** The raw slot that a computed value most likely came from: for carets only. */
  private originSlot(slot: Slot): Slot | undefined {
    const { field, slots } = this.computed[-2 - slot]!;
    return field.alternatives
      .filter((alternative) => alternative.kind === 'path')
      .map((alternative) => slots[alternative.path]!)
      .find((origin) => this.text(origin) !== undefined);
  }

  private treeValues(slot: Slot): readonly JsonValue[] {
    let values = this.treeFound.get(slot);
    if (values === undefined) {
      values = findValues(this.seen(), ...(this.names[slot] ?? []));
      this.treeFound.set(slot, values);
    }
    return values;
  }

  // Copying: what is kept of a record, without a string made of it

  /** Of `place`, without making one. */
  get placeLine(): number {
    return this.line;
  }

  get placeLength(): number {
    return this.length;
  }

  /**
   * Whether the text of the only value stands in `textBytes` as it is, in ASCII, from `textStart` on. @returns its length;
   * ABSENT where `text` is undefined; ASK_TEXT where `text` must be asked
   */
  findText(slot: Slot): number {
    const { found } = this;
    const chosen = slot < NO_SLOT ? this.chosenSlot(slot) : slot;
    if (chosen === NO_CHOICE) return ASK_TEXT;
    if (chosen === NO_SLOT) return ABSENT;
    if (this.needsTree) return ASK_TEXT;
    const value = found.first(chosen);
    if (value < 0) return ABSENT;
    if (!found.isPlain(value)) return ASK_TEXT;
    const start = found.start(value);
    const end = found.endOf(value);
    switch (found.kind(value)) {
      case KIND.string:
        this.textStart = start + 1;
        return end - start - 2;
      case KIND.null:
        return ABSENT;
      case KIND.array:
      case KIND.object:
        return ASK_TEXT;
      default:
        this.textStart = start;
        return end - start;
    }
  }

  /** Valid until the next record. */
  get textBytes(): Uint8Array {
    return this.buffer;
  }

  /**
   * Puts the text of the only value into `target` at `at`, where it is ASCII, takes a copy of its bytes and has at most
   * `most` of them. @returns as `findText`
   */
  copyText(slot: Slot, target: Uint8Array, at: number, most: number): number {
    const length = this.findText(slot);
    if (length > most) return ASK_TEXT;
    const { buffer, textStart } = this;
    for (let index = 0; index < length; index++) target[at + index] = buffer[textStart + index]!;
    return length;
  }

  /** Whether `copyText` answers ABSENT for all records of the shape of this one, which has one. */
  neverHolds(slot: Slot): boolean {
    const { found } = this;
    const chosen = slot < NO_SLOT ? this.chosenSlot(slot) : slot;
    if (slot < NO_SLOT && this.facts.chosen[-2 - slot] === UNSETTLED) return false;
    if (chosen === NO_CHOICE || chosen === NO_SLOT) return chosen === NO_SLOT;
    // A null may be the first of several values, in some records of the shape.
    return found.first(chosen) < 0;
  }

  /** The same of `identity`: of several texts their JSON, as `mapIdentity` writes it. */
  copyIdentity(target: Uint8Array, at: number, most: number): number {
    const slots = this.namingSlots();
    if (slots === undefined) return ASK_TEXT;
    if (slots.length === 1) return this.copyText(slots[0]!, target, at, most);
    let to = at;
    for (let index = 0; index < slots.length; index++) {
      target[to++] = index === 0 ? OPEN_BRACKET : COMMA;
      target[to++] = QUOTE;
      // What is copied stands in JSON as it is; behind it come two bytes.
      const length = this.copyText(slots[index]!, target, to, most - (to - at) - 2);
      if (length < 0) return ASK_TEXT;
      to += length;
      target[to++] = QUOTE;
    }
    target[to++] = CLOSE_BRACKET;
    return to - at;
  }

  /**
   * `id` of the only value of a field whose values repeat; -1 where they hardly do, for to keep them all would fill the table of
   * ids, and where there are several.
   */
  repeatingId(slot: Slot): number {
    const chosen = slot < NO_SLOT ? this.chosenSlot(slot) : slot;
    if (chosen === NO_CHOICE) return this.size(slot) > 1 ? -1 : this.id(slot);
    if (chosen === NO_SLOT) return this.ids.ofMissing;
    if (this.needsTree) return -1;
    const value = this.found.first(chosen);
    if (value < 0) return this.ids.ofMissing;
    if (this.found.isFollowed(value)) return -1;
    const id = this.found.ids[value]!;
    if (id !== NO_ID) return id;
    // To be asked for texts is what tells whether they repeat.
    if (this.asked.repeats[chosen] === undefined) this.text(chosen);
    return this.asked.repeats[chosen] === true ? this.id(chosen) : -1;
  }
}

/** Answers of `copyText`. */
export const ABSENT = -1;
export const ASK_TEXT = -2;
