/** Which records every profile is tried on, so that the stream can be named. It depends on the record alone. */
import type { Event } from '../model/event.ts';

/**
 * Those at the head of each file: that begin on its first lines, and within its first bytes where it is one array on one
 * line or its records span lines. A worker that begins inside a file knows line and offset of a record, but not how many
 * stand before it.
 */
const HEAD_LINES = 20;
const HEAD_BYTES = 4 * 1024;
/** Nothing behind this many bytes is at the head, however few lines stand before it. */
const MAX_HEAD_BYTES = 64 * 1024;

export function isAtHead({ offset, line }: Event): boolean {
  return offset < HEAD_BYTES || (line <= HEAD_LINES && offset < MAX_HEAD_BYTES);
}

/**
 * One hash in 4,096 begins with three zeros: long logs are sampled throughout, whatever was done to their heads. At one
 * in 256, trying every profile took a fifth of the check (measured).
 */
export function isSampled(own: string): boolean {
  return own.charCodeAt(0) === 0x30 && own.startsWith('000');
}
