/**
 * JSON texts by the million: seeded, structure-aware, mutated at the level of bytes. For twins that must agree on any
 * bytes at all, where a property test's shrinking would cost more than it tells.
 */

/** Mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c): 32 bits of state are plenty here. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  oneIn(bound: number): boolean {
    return this.below(bound) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** Keys in the order of RFC 8785: short ones, such as share their first 8, 16 or 32 bytes, and prefixes of one another. */
const KEYS = [
  '',
  '!',
  ' a',
  '__proto__',
  'a',
  'a!',
  'a.b',
  'aa',
  'b',
  'c',
  'eventName',
  'eventNames',
  'eventTime',
  'id',
  'key.with.dots',
  'list',
  'n',
  'prev_has',
  'prev_hash',
  'prev_hash_of_15',
  'prev_hash_of_16.',
  'prev_hash_of_16.a',
  'prev_hash_of_16.ab',
  'prev_hash_of_the_record_before_!',
  'prev_hash_of_the_record_before_!!',
  'prev_hash_of_the_record_before_this_one',
  'prev_hash_of_the_record_before_thisone',
  'request',
  'user',
  '~',
];
const ODD_KEYS = ['é', 'k\u{1f600}', 'a\\u0062', 'x\\"y', '\\u0061', 'BB', 'Aa', '\\'];

export const WANTED: readonly string[] = [
  'a',
  'b',
  'a.b',
  'a.b.c',
  'c',
  'key.with.dots',
  'é',
  'list',
  'list.id',
  'request.user.id',
  'request.n',
  'prev_hash',
  'prev_hash_of_15',
  'prev_hash_of_16\\.',
  'prev_hash_of_16\\.a',
  'prev_hash_of_the_record_before_!',
  'prev_hash_of_the_record_before_this_one',
  'eventName',
  '__proto__',
  '',
];

const NUMBERS = (
  '0 -0 1 12 -12 1.0 1.50 0.5 -0.5 0.1 12.25 1e5 1E5 1e+21 1e-7 1.5e300 0.000001 0.0000001 0.00001234 0.00000123 ' +
  '123456789012345 1234567890123456 9007199254740991 9007199254740993 1234567890123456789 100000000000000000000 ' +
  '1000000000000000000000 0.123456789012345 1.23456789012345 0.30000000000000004 1.7976931348623157e308 1e400 5e-324 ' +
  '0.1000000000000001 1234567.12345678 12345678.12345678 -0.0 -1.25 00 01 -01 1. .5 1e 1e+ - -a +1 1e5.5 0x10 1_000'
).split(' ');
const WORDS = ['true', 'false', 'null', 'tru', 'nul', 'falsy', 'True', 'NaN', 'nullx'];
const PIECES = [
  '\\n',
  '\\"',
  '\\\\',
  '\\/',
  '\\u0041',
  '\\ud83d\\ude00',
  '\\ud800',
  '\\uDFFF',
  '\\b\\f\\r\\t',
  'é',
  'ÿĀ',
  '漢字',
  '\u{1f600}',
  '\u{10ffff}',
  '\ufeff',
  '\u2028',
  '\x7f',
];
const BAD_PIECES = ['\\x', '\\u12', '\\u12g4', '\\', '\t', '\n', '\0', '\x1f'];
/** Not UTF-8: bare continuation, overlong, surrogate, beyond U+10FFFF, cut short. */
const BAD_BYTES = [
  [0x80],
  [0xc0, 0x80],
  [0xc3],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x82],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xff],
];
const TELLING_BYTES = Buffer.from(
  '{}[]":,\\/0-9.eE+tfnu \t\r\n\0\x1f\x7f\x80\xbf\xc2\xe0\xed\xf0\xf4\xff',
  'latin1',
);
const FILL = Buffer.from(
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@ !#$%&()*+,;<=>?[]^`{|}~ {"a":1,"b":[2]}'.replaceAll(
    '"',
    "'",
  ),
);

/** One text after another; each is valid until the next one. */
export class MadeJson {
  readonly chance: Chance;
  readonly bytes: Buffer = Buffer.alloc(1 << 18);
  length = 0;
  private blanks = 0;
  private oddities = 0;
  private ascending = false;
  private budget = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  /** An object nine times in ten; well-formed unless odd words were drawn. */
  next(): void {
    const { chance } = this;
    this.length = 0;
    this.blanks = chance.pick([0, 0, 0, 3, 12]);
    this.oddities = chance.pick([0, 0, 400, 60, 10]);
    this.ascending = chance.oneIn(2);
    this.budget = chance.pick([8, 20, 60]);
    if (chance.oneIn(2000)) this.deep();
    else if (chance.oneIn(500)) this.wide();
    else if (chance.oneIn(10)) this.value(0);
    else this.object(0);
  }

  /** The text with up to four of its bytes changed, dropped or added, or cut off. */
  mutate(): void {
    const { chance, bytes } = this;
    for (let left = 1 + chance.below(4); left > 0 && this.length > 0; left--) {
      const at = chance.below(this.length);
      switch (chance.below(8)) {
        case 0:
          bytes[at]! ^= 1 << chance.below(8);
          break;
        case 1:
          bytes[at] = TELLING_BYTES[chance.below(TELLING_BYTES.length)]!;
          break;
        case 2:
          this.insert(at, [TELLING_BYTES[chance.below(TELLING_BYTES.length)]!]);
          break;
        case 3:
          this.insert(at, chance.pick(BAD_BYTES));
          break;
        case 4:
          this.remove(at, 1 + chance.below(3));
          break;
        case 5:
          if (chance.oneIn(4)) this.length = at;
          break;
        case 6: {
          // Members that stand twice, brackets that do not close.
          const from = chance.below(this.length);
          const piece = Buffer.from(bytes.subarray(from, Math.min(this.length, from + 1 + chance.below(24))));
          this.insert(at, piece);
          break;
        }
        default:
          bytes[at] = chance.below(256);
      }
    }
  }

  private insert(at: number, piece: ArrayLike<number>): void {
    if (this.length + piece.length > this.bytes.length) return;
    this.bytes.copyWithin(at + piece.length, at, this.length);
    this.bytes.set(piece, at);
    this.length += piece.length;
  }

  private remove(at: number, count: number): void {
    const kept = Math.min(count, this.length - at);
    this.bytes.copyWithin(at, at + kept, this.length);
    this.length -= kept;
  }

  private put(text: string): void {
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  private isOdd(): boolean {
    return this.oddities > 0 && this.chance.oneIn(this.oddities);
  }

  private blank(): void {
    if (this.blanks === 0) return;
    if (this.chance.oneIn(this.blanks))
      this.put(this.chance.pick([' ', ' ', ' ', '\n  ', '\t', '\r\n', '    ']));
  }

  private value(depth: number): void {
    const { chance } = this;
    const choice = this.budget-- <= 0 || depth > 8 ? chance.below(9) : chance.below(13);
    if (choice < 5) this.string();
    else if (choice < 8)
      this.put(this.isOdd() || chance.oneIn(3) ? chance.pick(NUMBERS.slice(0, 41)) : `${chance.below(1e6)}`);
    else if (choice < 9)
      this.put(this.isOdd() ? chance.pick([...WORDS, ...NUMBERS]) : chance.pick(WORDS.slice(0, 3)));
    else if (choice < 11) this.object(depth);
    else this.array(depth);
  }

  private object(depth: number): void {
    const { chance } = this;
    this.put('{');
    this.blank();
    const count = chance.below(9);
    // Steps of 7 through 30 keys meet none twice.
    let key = chance.below(this.ascending ? 4 : KEYS.length);
    for (let member = 0; member < count; member++) {
      if (member > 0) {
        this.put(',');
        this.blank();
      }
      this.put('"');
      if (this.isOdd()) this.length += this.bytes.write(chance.pick(ODD_KEYS), this.length);
      else if (this.ascending && key < KEYS.length) {
        this.put(KEYS[key]!);
        key += 1 + chance.below(5);
      } else if (this.ascending) this.put(`~~${member}`);
      else if (chance.oneIn(30)) this.put(chance.pick(KEYS));
      else this.put(KEYS[(key + member * 7) % KEYS.length]!);
      this.put('"');
      this.blank();
      this.put(':');
      this.blank();
      this.value(depth + 1);
      this.blank();
    }
    this.put('}');
  }

  private array(depth: number): void {
    this.put('[');
    this.blank();
    for (let left = this.chance.below(5); left > 0; left--) {
      this.value(depth + 1);
      this.blank();
      if (left > 1) this.put(',');
      this.blank();
    }
    this.put(']');
  }

  private string(): void {
    const { chance, bytes } = this;
    this.put('"');
    const pieces = chance.pick([1, 1, 1, 2, 4]);
    for (let piece = 0; piece < pieces; piece++) {
      if (pieces > 1 || this.isOdd()) {
        const odd = this.isOdd();
        if (odd && chance.oneIn(2)) {
          const bad = chance.pick(BAD_BYTES);
          bytes.set(bad, this.length);
          this.length += bad.length;
        } else this.length += bytes.write(chance.pick(odd ? BAD_PIECES : PIECES), this.length);
      }
      const length = chance.oneIn(4) ? chance.below(70) : chance.below(18);
      const from = chance.below(FILL.length - 70);
      this.length += FILL.copy(bytes, this.length, from, from + length);
    }
    this.put('"');
  }

  /** Around the depths at which the fast limit and the strict one lie. */
  private deep(): void {
    const depth = this.chance.pick([60, 63, 64, 65, 66, 200, 999, 1000, 1001]);
    const [open, close] = this.chance.pick([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    this.put(`${open.repeat(depth)}1${close.repeat(depth)}`);
  }

  /** Many keys in one object, many values of one field; now and then one stands twice. */
  private wide(): void {
    const { chance } = this;
    const width = chance.pick([30, 64, 254, 255, 256, 257, 300, 1000]);
    if (chance.oneIn(4)) {
      this.put(`{"list":[${Array.from({ length: width * 9 }, (_, index) => `"${index}"`).join(',')}]}`);
      return;
    }
    const numbers = Array.from({ length: width }, (_, index) => index + 10_000);
    if (chance.oneIn(2)) numbers.reverse();
    if (chance.oneIn(3)) numbers.push(numbers[chance.below(width)]!);
    if (chance.oneIn(3)) numbers.unshift(1);
    const prefix = chance.pick(['k', 'a-key-of-more-than-sixteen-bytes-']);
    this.put(`{${numbers.map((number) => `"${prefix}${number}":${number}`).join(',')}}`);
  }
}
