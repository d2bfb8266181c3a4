/**
 * Equal lines of one second: two check-outs of one person in the same second are two, and must not pass for one line that
 * was exported twice. So the second is told to be the second, which it is in every copy of the log.
 */

/** Lines that are out of order are so by less: equal ones are sought among those of this many seconds and as many before. */
const WINDOW_SECONDS = 64;

function windowOf(second: number): number {
  return Math.floor(second / WINDOW_SECONDS);
}

export class Repeats {
  private window = Number.NEGATIVE_INFINITY;
  private pass = 1;
  /** Windows that began so far, and whether the last one follows the one before: then the lines of that one still count. */
  begun = 0;
  follows = false;
  private current = new CountedTexts();
  private before = new CountedTexts();
  private scratch = new TextWords(Buffer.allocUnsafeSlow(1024));

  /** Whether a line of this time would begin a window. */
  turnsAt(second: number, pass: number): boolean {
    return windowOf(second) > this.window || pass !== this.pass;
  }

  /** How often `line`, which names its second, was there up to now, this time included. */
  count(line: string, second: number, pass: number): number {
    const most = line.length * BYTES_PER_UNIT + WORD;
    if (most > this.scratch.bytes.length) this.scratch = new TextWords(Buffer.allocUnsafeSlow(most * 2));
    const { bytes } = this.scratch;
    return this.countText(this.scratch, bytes.write(line, 0), second, pass);
  }

  /** The same for the first `length` bytes of `text`. */
  countText(text: TextWords, length: number, second: number, pass: number): number {
    // A line that is late by some seconds finds its equals all the same: it names its second.
    if (this.turnsAt(second, pass)) this.turn(second, pass);
    return (windowOf(second) === this.window ? this.current : this.before).count(text, length);
  }

  private turn(second: number, pass: number): void {
    const { before } = this;
    this.follows = windowOf(second) === this.window + 1 && pass === this.pass;
    this.begun++;
    before.clear();
    if (!this.follows) this.current.clear();
    this.before = this.current;
    this.current = before;
    this.window = windowOf(second);
    this.pass = pass;
  }
}

/** UTF-8 takes at most this many bytes for a unit of UTF-16. */
const BYTES_PER_UNIT = 3;
const WORD = 4;

/** Memory for one text at a time, and the same memory by words. */
export class TextWords {
  readonly bytes: Buffer;
  readonly words: Int32Array;

  /** `bytes` begin at a whole word, as whole allocations do. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  }

  /** How many words `length` bytes take; those behind them in the last word become zeros. */
  fill(length: number): number {
    const count = (length + WORD - 1) >> 2;
    for (let index = length; index < count * WORD; index++) this.bytes[index] = 0;
    return count;
  }
}

/** Looks at the table for one text: chance never needs so many, and where texts are made to collide a Map counts them. */
const MAX_LOOKS = 64;
/** Places of a table for the lines of a quiet minute. */
const FIRST_PLACES = 256;
const FIRST_WORDS = 4096;

/** How often each of some texts was met, by their words: with a Map of strings it was a sixth of reading a log (measured). */
class CountedTexts {
  /** At a place that the hash chooses: the number of a text and one, or zero. */
  private places = new Int32Array(FIRST_PLACES);
  /** By text: its hash, its length in bytes, where its words begin, how often it was met. */
  private hashes = new Int32Array(FIRST_PLACES / 2);
  private lengths = new Int32Array(FIRST_PLACES / 2);
  private starts = new Int32Array(FIRST_PLACES / 2);
  private times = new Int32Array(FIRST_PLACES / 2);
  private words = new Int32Array(FIRST_WORDS);
  private used = 0;
  private size = 0;
  /** From the first text on that found no place. */
  private byText: Map<string, number> | undefined;

  count(text: TextWords, length: number): number {
    if (this.byText !== undefined) return countIn(this.byText, toLatin1(text.words, 0, length));
    const count = text.fill(length);
    const hash = hashOf(text.words, count);
    const mask = this.places.length - 1;
    let place = hash & mask;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const known = this.places[place]! - 1;
      if (known < 0) return this.add(text, length, count, hash, place);
      if (this.hashes[known] === hash && this.isSame(known, text, length, count)) return ++this.times[known]!;
      place = (place + 1) & mask;
    }
    this.byText = this.toMap();
    return countIn(this.byText, toLatin1(text.words, 0, length));
  }

  clear(): void {
    // What one busy minute needed no quiet one fills with zeros.
    if (this.places.length > FIRST_PLACES && this.size * 16 < this.places.length) {
      this.places = new Int32Array(FIRST_PLACES);
      this.hashes = new Int32Array(FIRST_PLACES / 2);
      this.lengths = new Int32Array(FIRST_PLACES / 2);
      this.starts = new Int32Array(FIRST_PLACES / 2);
      this.times = new Int32Array(FIRST_PLACES / 2);
      this.words = new Int32Array(FIRST_WORDS);
    } else this.places.fill(0);
    this.used = 0;
    this.size = 0;
    this.byText = undefined;
  }

  private isSame(known: number, { words }: TextWords, length: number, count: number): boolean {
    if (this.lengths[known] !== length) return false;
    const own = this.words;
    const start = this.starts[known]!;
    let index = 0;
    while (index < count && own[start + index] === words[index]) index++;
    return index === count;
  }

  private add({ words }: TextWords, length: number, count: number, hash: number, place: number): 1 {
    const text = this.size++;
    const start = this.used;
    this.used = start + count;
    if (this.used > this.words.length) this.words = grown(this.words, this.used * 2);
    const own = this.words;
    for (let index = 0; index < count; index++) own[start + index] = words[index]!;
    this.places[place] = text + 1;
    this.hashes[text] = hash;
    this.lengths[text] = length;
    this.starts[text] = start;
    this.times[text] = 1;
    if (this.size === this.hashes.length) this.grow();
    return 1;
  }

  private grow(): void {
    const size = this.hashes.length * 2;
    this.hashes = grown(this.hashes, size);
    this.lengths = grown(this.lengths, size);
    this.starts = grown(this.starts, size);
    this.times = grown(this.times, size);
    this.places = new Int32Array(size * 2);
    const mask = this.places.length - 1;
    for (let text = 0; text < this.size; text++) {
      let place = this.hashes[text]! & mask;
      while (this.places[place] !== 0) place = (place + 1) & mask;
      this.places[place] = text + 1;
    }
  }

  private toMap(): Map<string, number> {
    const byText = new Map<string, number>();
    for (let text = 0; text < this.size; text++)
      byText.set(toLatin1(this.words, this.starts[text]!, this.lengths[text]!), this.times[text]!);
    return byText;
  }
}

function countIn(byText: Map<string, number>, text: string): number {
  const times = (byText.get(text) ?? 0) + 1;
  byText.set(text, times);
  return times;
}

/** One character a byte: texts are equal where their bytes are. */
function toLatin1(words: Int32Array, start: number, length: number): string {
  return Buffer.from(words.buffer, words.byteOffset + start * WORD, length).toString('latin1');
}

/** Two words a step, each in a lane of its own: it is the multiplications, one after another, that take the time. */
function hashOf(words: Int32Array, count: number): number {
  let even = count;
  let odd = 0;
  for (let index = 0; index < count - 1; index += 2) {
    even = Math.imul(even ^ words[index]!, 0x9e3779b1);
    odd = Math.imul(odd ^ words[index + 1]!, 0x85ebca6b);
    even ^= even >>> 15;
    odd ^= odd >>> 13;
  }
  if ((count & 1) === 1) even = Math.imul(even ^ words[count - 1]!, 0x9e3779b1);
  const hash = Math.imul(even ^ (even >>> 16) ^ odd, 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}

function grown(from: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
