/**
 * The same as `opened-texts.ts` by bytes: a copy of the record in which what texts say stands in their place. To make a tree of the
 * record and write that again took three times as long (measured), and each event of some exports is such a text.
 */
import { type FoundValues, KIND } from '../base/found-values.ts';
import { skipJson } from '../base/json-head.ts';
import {
  BACKSLASH,
  decodeString,
  JsonSyntaxError,
  MAX_DEPTH,
  OPEN_BRACE,
  OPEN_BRACKET,
  skipWhitespace,
} from '../base/lexical.ts';
import type { Slot } from '../model/event.ts';
import type { Mapping } from './mapping.ts';
import { BEGINS_STRUCTURE, MAX_TEXT_DEPTH } from './opened-texts.ts';

/** Lower bytes than this are blanks, or no JSON. */
const SPACE = 0x20;

/** A text in the record, its quotes among it, and the JSON that it is. */
type Opened = { from: number; until: number; content: Uint8Array };

export class SplicedTexts {
  private readonly inside: readonly Slot[];
  private readonly texts: readonly Slot[];

  /** `slotsOf`: one for each way to read the path. */
  constructor({ inside, texts }: Mapping, slotsOf: (path: string) => readonly Slot[]) {
    this.inside = inside.flatMap(slotsOf);
    this.texts = texts.flatMap(slotsOf);
  }

  /**
   * The record [start, end) of `buffer`, of which `found` tells, as it is seen; null where it is seen as it stands, and undefined
   * where only its tree tells: it may carry a record, or holds a text that begins like JSON and is none.
   */
  of(found: FoundValues, buffer: Uint8Array, start: number, end: number): Buffer | null | undefined {
    const { inside, texts } = this;
    for (let index = 0; index < inside.length; index++) {
      for (let value = found.first(inside[index]!); value >= 0; value = found.next[value]!)
        if (mayBeOpened(found, buffer, value)) return undefined;
    }
    let opened: Opened[] | undefined;
    for (let index = 0; index < texts.length; index++) {
      for (let value = found.first(texts[index]!); value >= 0; value = found.next[value]!) {
        if (!mayBeOpened(found, buffer, value)) continue;
        const content = contentOf(found, buffer, value);
        if (content === undefined) return undefined;
        if (content === null) continue;
        opened ??= [];
        opened.push({ from: found.start(value), until: found.endOf(value), content });
      }
    }
    return opened === undefined ? null : replaced(buffer, start, end, opened);
  }
}

/** Nearly always words or an object. */
function mayBeOpened(found: FoundValues, buffer: Uint8Array, value: number): boolean {
  if (found.kind(value) !== KIND.string) return false;
  const byte = buffer[found.start(value) + 1]!;
  return (
    byte === OPEN_BRACE ||
    byte === OPEN_BRACKET ||
    byte === BACKSLASH ||
    byte <= SPACE ||
    // A byte order mark and other blanks of Unicode.
    byte >= 0x80
  );
}

/** Null for a text that is words after all; undefined where only the tree tells. */
function contentOf(found: FoundValues, buffer: Uint8Array, value: number): Uint8Array | null | undefined {
  // Of the elements of a list some are opened, others not.
  if (found.keyStart(value) < 0) return undefined;
  const text = decodeString(buffer, found.start(value) + 1, found.endOf(value) - 1);
  if (!BEGINS_STRUCTURE.test(text)) return null;
  const content = Buffer.from(text);
  return isWhole(content) ? content : undefined;
}

/** Whether it is one value by itself, whatever stands around it, and no deeper than texts may be. */
function isWhole(content: Buffer): boolean {
  const end = content.length;
  try {
    const after = skipJson(content, skipWhitespace(content, 0, end), end, MAX_DEPTH - MAX_TEXT_DEPTH);
    return skipWhitespace(content, after, end) === end;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** Undefined where one text is found twice. */
function replaced(buffer: Uint8Array, start: number, end: number, opened: Opened[]): Buffer | undefined {
  const pieces: Uint8Array[] = [];
  let copied = start;
  for (const { from, until, content } of opened.sort((left, right) => left.from - right.from)) {
    if (from < copied) return undefined;
    pieces.push(buffer.subarray(copied, from), content);
    copied = until;
  }
  pieces.push(buffer.subarray(copied, end));
  return Buffer.concat(pieces);
}
