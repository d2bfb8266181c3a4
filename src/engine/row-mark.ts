/** A mark that lies in a row: what nobody asks it for is never decoded. */
import type { Instant } from '../base/instant.ts';
import type { Mark } from '../model/mark.ts';
import type { Place } from '../model/place.ts';
import { FILE_AT, get32, get48, OFFSET_AT, ORDER_BYTES, STEP_AT } from './row-marks.ts';
import type { RowReader } from './row-reader.ts';

/** What all marks of a run of the program have in common. */
export type MarkContext = { files: readonly string[]; unordered: ReadonlySet<number>; reader: RowReader };

/** Kept by relations for as long as they like, so the bytes must stay as they are. */
export class RowMark implements Mark {
  readonly step: number;
  readonly isSecond: boolean;
  private readonly context: MarkContext;
  private readonly bytes: Buffer;
  private readonly start: number;
  private knownTime: Instant | undefined | typeof UNREAD = UNREAD;
  private knownPlace: Place | undefined;
  private knownIdentity: string | undefined;
  private knownSubject: string | undefined | typeof UNREAD = UNREAD;
  private knownValues: (string | undefined)[] | undefined;
  private knownSeveral: readonly number[] | undefined;
  /** Where the texts begin, once the numbers before them were passed. */
  private textsAt = 0;

  constructor(context: MarkContext, bytes: Buffer, start: number, isSecond = false) {
    this.isSecond = isSecond;
    this.context = context;
    this.bytes = bytes;
    this.start = start;
    this.step = (bytes[start + STEP_AT]! << 8) | bytes[start + STEP_AT + 1]!;
  }

  get time(): Instant | undefined {
    if (this.knownTime === UNREAD) this.knownTime = this.read(0).time();
    return this.knownTime;
  }

  get isUnordered(): boolean {
    const { unordered } = this.context;
    return unordered.size > 0 && unordered.has(get32(this.bytes, this.start + FILE_AT));
  }

  get place(): Place {
    if (this.knownPlace === undefined) {
      const { bytes, start } = this;
      const file = this.context.files[get32(bytes, start + FILE_AT)]!;
      const offset = get48(bytes, start + OFFSET_AT);
      const reader = this.read(ORDER_BYTES);
      reader.varint();
      this.knownPlace = { file, line: reader.varint(), offset, length: reader.varint() };
      this.textsAt = reader.position;
    }
    return this.knownPlace;
  }

  /** By the bytes of file and position: to decode two places for it took longer than the rest of an episode (measured). */
  isOfEventOf(other: Mark): boolean | undefined {
    if (!(other instanceof RowMark)) return undefined;
    const { knownTime } = this;
    // An event has one time, and to look at what may be long ago in memory is what takes the time.
    if (knownTime !== UNREAD && other.knownTime !== UNREAD && knownTime !== other.knownTime) return false;
    const { bytes, start } = this;
    const { bytes: others, start: from } = other;
    for (let index = FILE_AT; index < STEP_AT; index++)
      if (bytes[start + index] !== others[from + index]) return false;
    return true;
  }

  get identity(): string {
    this.knownIdentity ??= this.readTexts().uniqueText()!;
    return this.knownIdentity;
  }

  get subject(): string | undefined {
    if (this.knownSubject === UNREAD) {
      const reader = this.readTexts();
      reader.skipText();
      this.knownSubject = reader.text();
    }
    return this.knownSubject;
  }

  get values(): readonly (string | undefined)[] {
    return this.knownValues ?? this.readValues();
  }

  get several(): readonly number[] | undefined {
    if (this.knownValues === undefined) this.readValues();
    return this.knownSeveral;
  }

  private readValues(): readonly (string | undefined)[] {
    const reader = this.readTexts();
    reader.skipText();
    if (this.knownSubject === UNREAD) this.knownSubject = reader.text();
    else reader.skipText();
    const count = reader.varint();
    this.knownValues = count === 0 ? NO_VALUES : reader.texts(count, this.knownSubject);
    if (count > 0) this.knownSeveral = reader.several;
    return this.knownValues;
  }

  /** Before the identity. */
  private readTexts(): RowReader {
    if (this.textsAt > 0) return this.context.reader.start(this.bytes, this.textsAt);
    const reader = this.read(ORDER_BYTES);
    reader.varint();
    reader.varint();
    reader.varint();
    this.textsAt = reader.position;
    return reader;
  }

  private read(at: number): RowReader {
    return this.context.reader.start(this.bytes, this.start + at);
  }
}

/** Null, for what is not known of an event is undefined. */
const UNREAD = null;
const NO_VALUES: (string | undefined)[] = [];
