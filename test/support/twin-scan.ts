/** Both scanners over the same bytes of the kernel's block, and where they disagree. */
import { fieldPathReadings } from '../../src/base/field-path.ts';
import { type FoundValues, KIND, NO_ID } from '../../src/base/found-values.ts';
import { hasDuplicateKeys, JsonArray, JsonObject, type JsonValue, parseJson } from '../../src/base/json.ts';
import { JsonSyntaxError } from '../../src/base/lexical.ts';
import { type KernelTrie, type ScanKernel, UNUSUAL } from '../../src/base/scan-kernel.ts';
import { SlotScanner } from '../../src/base/slot-scanner.ts';

/** The kernel's limits, restated: `assembly/layout.ts` may not change them unnoticed. */
const FAST_DEPTH = 64;
const FAST_KEYS = 256;
const FAST_VALUES = 8192;
/** A value may lie in the slot of its name and in three with later names. */
const SLOTS_OF_A_VALUE = 4;

export class TwinScan {
  readonly kernel: ScanKernel;
  readonly trie: KernelTrie;
  readonly scanner = new SlotScanner();
  readonly slots: readonly number[];
  /** By shape: the first values that its records have, as the slow twin found them. */
  private readonly shapes = new Map<number, string>();
  /** Records that the kernel read, and that it left to its slow twin though they are JSON. */
  read = 0;
  left = 0;

  /** A slot for each of `names`, and one for each with the two before it as its later names. */
  constructor(kernel: ScanKernel, names: readonly string[]) {
    this.kernel = kernel;
    this.trie = kernel.newTrie()!;
    const lists = [
      ...names.map((name) => [name]),
      ...names.map((name, at) => [name, ...names.slice(Math.max(0, at - 2), at).reverse()]),
    ];
    this.slots = lists.map((list) => {
      const slot = this.scanner.add(list);
      this.trie.add(slot, list.flatMap(fieldPathReadings));
      if (slot % 2 === 0) this.trie.wantId(slot);
      return slot;
    });
  }

  /** What is wrong with the kernel's reading of the value at `start`; undefined when nothing is. */
  disagreement(start: number, end: number): string | undefined {
    const slow = this.slowScan(start, end);
    const fast = this.trie.scan(start, end);
    if (fast === UNUSUAL) return slow === undefined ? this.strayField() : this.refusal(start, slow);
    this.read++;
    if (fast !== slow) return `read to ${fast}, not to ${slow}`;
    return this.difference(start, fast) ?? this.strayField();
  }

  /** The same for `scanLine`, against its definition. */
  lineDisagreement(start: number, end: number): string | undefined {
    const { block } = this.kernel;
    const firstNewline = block.subarray(start, Math.max(start, end)).indexOf(0x0a);
    const lineEnd = firstNewline < 0 ? end : start + firstNewline;
    const skipBlanks = (from: number) => {
      let at = from;
      while (at < lineEnd && (block[at] === 0x20 || block[at] === 0x09 || block[at] === 0x0d)) at++;
      return at;
    };
    const first = skipBlanks(start);
    const after = first < lineEnd && block[first] === 0x7b ? this.slowScan(first, lineEnd) : undefined;
    const isWhole = after !== undefined && firstNewline >= 0 && skipBlanks(after) === lineEnd;
    const expected = isWhole ? lineEnd : UNUSUAL;
    const fast = this.trie.scanLine(start, end);
    if (fast === UNUSUAL) return expected === UNUSUAL ? this.strayField() : this.refusal(first, after!);
    this.read++;
    if (fast !== expected) return `line read to ${fast}, not to ${expected}`;
    if (this.trie.recordStart !== first || this.trie.recordEnd !== after)
      return 'the record of the line lies elsewhere';
    return this.difference(first, after!);
  }

  private slowScan(start: number, end: number): number | undefined {
    try {
      return this.scanner.scan(this.kernel.block, start, end);
    } catch (error) {
      if (error instanceof JsonSyntaxError) return undefined;
      throw error;
    }
  }

  /** Why the kernel may leave a record that its slow twin reads. */
  private refusal(start: number, end: number): string | undefined {
    this.left++;
    if (this.scanner.found.needsTree) return undefined;
    const first = this.kernel.block[start]!;
    // A number that no bracket ends may seem to go on in what stands behind it.
    if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return undefined;
    const tree = parseJson(this.kernel.block.subarray(start, end));
    return isBeyondFast(tree) ? undefined : 'left to the slow twin for no reason';
  }

  private difference(start: number, end: number): string | undefined {
    const fast = this.trie.found;
    const slow = this.scanner.found;
    if (fast.needsTree) return 'the kernel never needs the tree';
    // Hashes of the slow twin's keys may collide where no key stands twice.
    if (slow.needsTree) {
      const tree = parseJson(this.kernel.block.subarray(start, end));
      return hasDuplicateKeys(tree) ? 'a repeated key was not noticed' : undefined;
    }
    if (fast.canonical !== slow.canonical) return `canonical: ${fast.canonical}, not ${slow.canonical}`;
    for (const slot of this.slots) {
      const difference = differentValues(fast, slow, slot) ?? this.differentId(slot);
      if (difference !== undefined) return difference;
    }
    return this.differentShape();
  }

  /** Records of one shape have the same first values by slot, kind, being in an array and being an empty text. */
  private differentShape(): string | undefined {
    const { shape } = this.trie.found;
    // Beyond the bound: made records have thousands of shapes.
    if (shape < 0) return undefined;
    const slow = this.scanner.found;
    const firsts = this.slots.flatMap((slot) => {
      const value = slow.first(slot);
      if (value < 0) return [];
      const isEmpty = slow.kind(value) === KIND.string && slow.endOf(value) - slow.start(value) === 2;
      const where = slow.lists[value]! < 0 ? '' : ' listed';
      return [`${slot}:${slow.kind(value)}${isEmpty ? ' empty' : ''}${where}`];
    });
    const expected = firsts.join();
    const known = this.shapes.get(shape) ?? expected;
    this.shapes.set(shape, known);
    return known === expected ? undefined : `shape ${shape} is ${known}, and this record ${expected}`;
  }

  /** The scan looks up the ids of wanted scalars, first values alone, as they would be looked up later. */
  private differentId(slot: number): string | undefined {
    const { found } = this.trie;
    const value = found.first(slot);
    if (value < 0) return undefined;
    const kind = found.kind(value);
    const quotes = kind === KIND.string ? 1 : 0;
    const isWanted = slot % 2 === 0 && kind < KIND.array && !found.isEscaped(value);
    const expected = isWanted
      ? this.kernel.intern(kind, found.start(value) + quotes, found.endOf(value) - quotes)
      : NO_ID;
    return found.ids[value] === expected
      ? undefined
      : `slot ${slot}: id ${found.ids[value]}, not ${expected}`;
  }

  /** A field that the kernel says to have found once, and the slow twin never. */
  private strayField(): string | undefined {
    for (const slot of this.slots) {
      if (this.trie.found.everFound(slot) && !this.scanner.found.everFound(slot))
        return `slot ${slot} was never there`;
    }
    return undefined;
  }
}

function differentValues(fast: FoundValues, slow: FoundValues, slot: number): string | undefined {
  if (fast.size(slot) !== slow.size(slot))
    return `slot ${slot}: ${fast.size(slot)} values, not ${slow.size(slot)}`;
  let left = fast.first(slot);
  let right = slow.first(slot);
  for (let at = 0; at < slow.size(slot); at++) {
    const same =
      fast.start(left) === slow.start(right) &&
      fast.endOf(left) === slow.endOf(right) &&
      fast.keyStart(left) === slow.keyStart(right) &&
      fast.lists[left] === slow.lists[right] &&
      fast.elements[left] === slow.elements[right] &&
      fast.kinds[left] === slow.kinds[right];
    if (!same) return `slot ${slot}, value ${at} differs`;
    left = fast.next[left]!;
    right = slow.next[right]!;
  }
  return left === right && left === -1 ? undefined : `slot ${slot}: another number of values`;
}

function isBeyondFast(tree: JsonValue): boolean {
  let values = 0;
  const walk = (value: JsonValue, depth: number): boolean => {
    values++;
    if (value instanceof JsonArray)
      return depth >= FAST_DEPTH || value.elements.some((each) => walk(each, depth + 1));
    if (!(value instanceof JsonObject)) return false;
    const keys = value.members.map(({ key }) => key);
    return (
      depth >= FAST_DEPTH ||
      keys.length > FAST_KEYS ||
      keys.some((key) => /[^\0-\x7f]/.test(key)) ||
      value.members.some((member) => walk(member.value, depth + 1))
    );
  };
  return walk(tree, 0) || values * SLOTS_OF_A_VALUE >= FAST_VALUES;
}
