/** A record's bytes as they were read, without the members that a profile leaves out of its hash. */
import { COMMA, isWhitespace } from '../base/lexical.ts';
import type { Event, Fields, Slot, Span } from '../model/event.ts';

/** The bytes are a view that the next call overwrites. */
export function compileRaw(without: readonly string[], fields: Fields): (event: Event) => Uint8Array {
  if (without.length === 0) return (event) => event.bytes;
  const slots = without.map((path) => fields.raw(path));
  return (event) => bytesWithout(event, slots);
}

let scratch = new Uint8Array(64 * 1024);

/** Views of the scratch buffer by length: making one for each record took as long as the copy it is for (measured). */
const MAX_VIEWS = 4096;
const views = new Array<Uint8Array | undefined>(MAX_VIEWS).fill(undefined);

function scratchView(length: number): Uint8Array {
  if (length >= MAX_VIEWS) return scratch.subarray(0, length);
  const known = views[length];
  if (known !== undefined) return known;
  const view = scratch.subarray(0, length);
  views[length] = view;
  return view;
}

/** The record's bytes without the members in `slots`; each takes one comma along. */
function bytesWithout(event: Event, slots: readonly Slot[]): Uint8Array {
  const { bytes } = event;
  const { length } = bytes;
  if (scratch.length < length) {
    scratch = new Uint8Array(length * 2);
    views.fill(undefined);
  }
  // One copy whole and one move within it: a copy of each piece would need a view of each, dearer than the copy (measured).
  scratch.set(bytes);
  if (slots.length === 1) {
    const span = event.span(slots[0]!);
    return scratchView(span === undefined || span.keyStart < 0 ? length : cut(bytes, span, NO_SPANS));
  }
  const spans: Span[] = [];
  for (const slot of slots) {
    const span = event.span(slot);
    if (span !== undefined && span.keyStart >= 0) spans.push(span);
  }
  spans.sort((left, right) => left.start - right.start);
  const first = spans.shift();
  return scratchView(first === undefined ? length : cut(bytes, first, spans));
}

const NO_SPANS: readonly Span[] = [];

/** Closes up the scratch buffer, which holds `bytes`, over the members in the spans. @returns the length that is left */
function cut(bytes: Uint8Array, first: Span, others: readonly Span[]): number {
  const { length } = bytes;
  let written = 0;
  let copied = 0;
  for (let index = -1; index < others.length; index++) {
    const span = index < 0 ? first : others[index]!;
    let from = span.keyStart;
    // A member of one that was left out already.
    if (from < copied) continue;
    let until = span.end;
    while (isWhitespace(bytes[until])) until++;
    if (bytes[until] === COMMA) {
      until++;
      while (isWhitespace(bytes[until])) until++;
    } else {
      // The last member of its object: its comma stands before it, if an earlier removal has not taken it along.
      until = span.end;
      while (from > copied && isWhitespace(bytes[from - 1])) from--;
      if (from > copied && bytes[from - 1] === COMMA) {
        from--;
        while (from > copied && isWhitespace(bytes[from - 1])) from--;
      } else if (written > 0 && scratch[written - 1] === COMMA) written--;
    }
    if (written < copied) scratch.copyWithin(written, copied, from);
    written += from - copied;
    copied = until;
  }
  if (written < copied) scratch.copyWithin(written, copied, length);
  return written + length - copied;
}
