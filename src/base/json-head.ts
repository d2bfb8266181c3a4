/**
 * The tree of a JSON value that is looked at for what it begins with, such as the head of a file: of a long list the elements
 * behind the first ones are validated, and made only where somebody asks for them.
 */
import { JsonArray, type JsonValue, type ParsedJson, TreeParser } from './json.ts';
import { CLOSE_BRACKET } from './lexical.ts';
import { SlotScanner } from './slot-scanner.ts';

/** Elements that are made at once: as many records as are looked at to tell the source of a file. */
export const HEAD_ELEMENTS = 20;

/** As `parseJsonAt`, with the same value, and the same errors. What is made later is of the bytes as they are now. */
export function parseHeadAt(bytes: Uint8Array, start: number, limit: number): ParsedJson {
  return new HeadParser(bytes, limit).parse(start);
}

/** The index behind the value at `start`, which is valid; nothing is made of it. @throws {JsonSyntaxError} as `parseJsonAt` */
export function skipJson(bytes: Uint8Array, start: number, limit: number, depth = 0): number {
  return skipper.scan(bytes, start, limit, depth);
}

/** It wants no fields. */
const skipper = new SlotScanner();

class HeadParser extends TreeParser {
  /** A copy of the bytes, once one is needed: a reader overwrites its own. */
  private kept: Uint8Array | undefined;

  protected override array(depth: number): JsonArray {
    const elements: JsonValue[] = [];
    if (this.opens(CLOSE_BRACKET, depth)) return new JsonArray(elements);
    while (elements.length < HEAD_ELEMENTS) {
      elements.push(this.value(depth));
      if (this.closesList()) return new JsonArray(elements);
    }
    const from = this.at;
    do this.at = skipJson(this.bytes, this.at, this.end, depth);
    while (!this.closesList());
    this.kept ??= Uint8Array.prototype.slice.call(this.bytes, 0, this.end);
    const { kept } = this;
    return new JsonArray(elements, () => new RestParser(kept, kept.length).rest(from, depth));
  }

  private closesList(): boolean {
    return this.closes(CLOSE_BRACKET, '"," or "]"');
  }
}

/** Makes the elements of a list from one of them on. */
class RestParser extends TreeParser {
  rest(from: number, depth: number): JsonValue[] {
    const elements: JsonValue[] = [];
    this.at = from;
    do elements.push(this.value(depth));
    while (!this.closes(CLOSE_BRACKET, '"," or "]"'));
    return elements;
  }
}
