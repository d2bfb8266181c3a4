/** The piece of a record that a finding shows: a window around the value, safe to print, with the caret's place in it. */
import { escapeControls } from '../base/text-safety.ts';
import type { Excerpt } from './finding.ts';

/** Characters of a window: about two lines of a terminal. */
export const MAX_EXCERPT = 160;
/** Characters of the value itself; a longer one is cut, and the caret underlines what is left. */
const MAX_VALUE = 100;
/** UTF-8 takes at most 4 bytes a character, so this many bytes always fill the window. */
const WINDOW_BYTES = MAX_EXCERPT * 4;

/** The record's text around bytes [start, end) of `bytes`; line breaks of a pretty-printed record become one space. */
export function excerptAt(bytes: Uint8Array, start: number, end: number): Excerpt {
  const from = Math.min(Math.max(start, 0), bytes.length);
  const until = Math.min(Math.max(end, from), bytes.length);
  const value = cutEnd(
    printable(bytes, from, Math.min(until, from + WINDOW_BYTES)),
    MAX_VALUE,
    until - from > WINDOW_BYTES,
  );
  const before = printable(bytes, Math.max(0, from - WINDOW_BYTES), from);
  const after = printable(bytes, until, Math.min(bytes.length, until + WINDOW_BYTES));
  const room = MAX_EXCERPT - value.length;
  const roomAfter = Math.max(room - before.length, Math.floor(room / 2));
  const tail = cutEnd(after, roomAfter, bytes.length - until > WINDOW_BYTES);
  const head = cutStart(before, room - tail.length, from > WINDOW_BYTES);
  return { text: head + value + tail, start: head.length, end: head.length + value.length };
}

/** Raw controls can only be white space between tokens (RFC 8259 §7), so folding them changes no value. */
function printable(bytes: Uint8Array, start: number, end: number): string {
  let from = start;
  while (from < end && (bytes[from]! & 0xc0) === 0x80) from++;
  let until = end;
  // A window may end inside a character: step back to its first byte.
  if (until < bytes.length && (bytes[until]! & 0xc0) === 0x80) {
    while (until > from && (bytes[until]! & 0xc0) === 0x80) until--;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, until - from).toString('utf8');
  return escapeControls(text.replace(/[\t\n\r][\t\n\r ]*/g, ' '));
}

function cutEnd(text: string, limit: number, more: boolean): string {
  if (text.length <= limit && !more) return text;
  return limit < 1 ? '' : `${wellFormed(text.slice(0, limit - 1))}…`;
}

function cutStart(text: string, limit: number, more: boolean): string {
  if (text.length <= limit && !more) return text;
  return limit < 1 ? '' : `…${wellFormed(text.slice(Math.max(0, text.length - limit + 1)))}`;
}

/** Drops the half of a surrogate pair that a cut left behind. */
function wellFormed(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
