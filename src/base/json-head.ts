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
 * The bytes of what lists are made of later. Whoever owns them says when others come into their place: one copy then serves all
 * lists, where any of them is still wanted. A copy for each took gigabytes, and one for each file 200 MB (measured).
 */
export class HeadBytes {
  private bytes: Uint8Array | undefined;
  private readonly end: number;
  private isAwaited = false;

  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.end = end;
  }

  /** `make` is called at most once, with the bytes, when somebody asks for the elements. */
  later(make: (bytes: Uint8Array) => JsonValue[]): () => JsonValue[] {
    this.isAwaited = true;
    return () => {
      if (this.bytes === undefined) throw new Error('a list was asked for when its bytes were gone');
      return make(this.bytes);
    };
  }

  /** The bytes are about to change. `isWanted`: somebody may look at what was made of them yet. */
  leave(isWanted: boolean): void {
    // A buffer's own `slice` copies nothing.
    this.bytes =
      isWanted && this.isAwaited ? Uint8Array.prototype.slice.call(this.bytes, 0, this.end) : undefined;
  }
}

/** As `parseJsonAt`, with the same value and the same errors. `source`: of the same bytes; without it they must never change. */
export function parseHeadAt(
  bytes: Uint8Array,
  start: number,
  limit: number,
  source = new HeadBytes(bytes, limit),
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
  private readonly source: HeadBytes;

  constructor(bytes: Uint8Array, end: number, source: HeadBytes) {
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
    const { end } = this;
    const rest = this.source.later((bytes) => new TreeParser(bytes, end).elementsFrom(from, depth));
    return new JsonArray(elements, rest);
  }
}
