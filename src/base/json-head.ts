/**
 * The tree of a JSON value that is looked at for what it begins with: of a long list the elements behind the first ones are
 * validated, and made only where somebody asks for them.
 */
import { JsonArray, type JsonValue, type ParsedJson, TreeParser } from './json.ts';
import { CLOSE_BRACKET } from './lexical.ts';
import { SlotScanner } from './slot-scanner.ts';

/** Elements of a list that are made at once. */
export const HEAD_ELEMENTS = 20;

/**
 * Bytes of which something may be made later, when whoever read them has read others into their place. One copy for all that is
 * made of them: a copy for each list took gigabytes where lists are many (measured).
 */
export class KeptBytes {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private copy: Uint8Array | undefined;

  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.end = end;
  }

  /** As they are when this is asked for first. */
  get kept(): Uint8Array {
    // A buffer's own `slice` copies nothing.
    this.copy ??= Uint8Array.prototype.slice.call(this.bytes, 0, this.end);
    return this.copy;
  }
}

/** As `parseJsonAt`, with the same value and the same errors. `source`: of the same bytes, to `limit` or beyond. */
export function parseHeadAt(
  bytes: Uint8Array,
  start: number,
  limit: number,
  source = new KeptBytes(bytes, limit),
): ParsedJson {
  return new HeadParser(bytes, limit, source).parse(start);
}

/** The index behind the value at `start`, which is valid; nothing is made of it. @throws {JsonSyntaxError} as `parseJsonAt` */
export function skipJson(bytes: Uint8Array, start: number, limit: number, depth = 0): number {
  const after = skipper.scan(bytes, start, limit, depth);
  if (after - start > MAX_REMEMBERED) skipper = new SlotScanner();
  return after;
}

/** It wants no fields. Made anew after a large value, of which it would keep the bytes and what it noted of the keys. */
let skipper = new SlotScanner();
const MAX_REMEMBERED = 1024 * 1024;

class HeadParser extends TreeParser {
  private readonly source: KeptBytes;

  constructor(bytes: Uint8Array, end: number, source: KeptBytes) {
    super(bytes, end);
    this.source = source;
  }

  protected override array(depth: number): JsonArray {
    const elements: JsonValue[] = [];
    if (this.opens(CLOSE_BRACKET, depth) || this.addElements(elements, depth, HEAD_ELEMENTS))
      return new JsonArray(elements);
    const from = this.at;
    do this.at = skipJson(this.bytes, this.at, this.end, depth);
    while (!this.closesList());
    const { kept } = this.source;
    const { end } = this;
    return new JsonArray(elements, () => new TreeParser(kept, end).elementsFrom(from, depth));
  }
}
