/** The fold of the chain check: finds the chain fields of each record, recomputes its hash and appends it to its stream. */
import type { Event, Fields } from '../model/event.ts';
import { appendBare, startBare } from './bare-records.ts';
import { type ChainState, indexesOf, noteLast, openStream, type StreamName } from './chain-state.ts';
import { countLink, isOverfull, keepLink, thinOut } from './hash-index.ts';
import { BoundLayout, type ChainLayout } from './layout.ts';
import { appendRecord, type Link, type LinkRule, type StreamState } from './segment.ts';

/**
 * Of the records at the head of each file every profile is tried, so that the stream can be named: those that begin on
 * its first lines, and within its first bytes where it is one array on one line or its records span lines. A worker that
 * begins inside a file knows line and offset of a record, but not how many stand before it.
 */
const HEAD_LINES = 20;
const HEAD_BYTES = 4 * 1024;
/** Nothing behind this many bytes is at the head, however few lines stand before it. */
const MAX_HEAD_BYTES = 64 * 1024;

function isAtHead(event: Event): boolean {
  const { offset } = event;
  if (offset >= MAX_HEAD_BYTES) return false;
  return offset < HEAD_BYTES || event.place.line <= HEAD_LINES;
}

export function toLinkRule(layout: ChainLayout): LinkRule {
  const { sequence } = layout.profiles[0]!;
  return {
    ownless: layout.members.own === null,
    step: sequence === null || sequence.gaps ? null : sequence.step,
  };
}

/** Binds the layouts to one source. */
export function compileChainStep(
  layouts: readonly ChainLayout[],
  rules: readonly LinkRule[],
  keys: Record<string, Uint8Array>,
  fields: Fields,
): (state: ChainState, event: Event) => void {
  const bound = layouts.map((layout) => new BoundLayout(layout, fields, keys));
  const steps = bound.map((layout, index) => compileLayoutStep(layout, index, rules[index]!, fields.source));
  return (state, event) => {
    for (let index = 0; index < bound.length; index++) {
      if (bound[index]!.holds(event)) {
        noteLast(state, event.fileIndex, false);
        return steps[index]!(state, event);
      }
    }
    for (let index = 0; index < bound.length; index++) {
      const layout = bound[index]!;
      // A lone "hash" is a common field of other meaning: it begins a chain only if it recomputes.
      if (layout.mayBegin(event) && layout.fit(event, '', layout.own(event)) >= 0) {
        noteLast(state, event.fileIndex, false);
        return steps[index]!(state, event);
      }
    }
    state.bare[fields.source] ??= startBare();
    appendBare(state.bare[fields.source]!, event, noteLast(state, event.fileIndex, true));
  };
}

function compileLayoutStep(
  bound: BoundLayout,
  layout: number,
  rule: LinkRule,
  source: string,
): (state: ChainState, event: Event) => void {
  const profiles = bound.layout.profiles.length;
  const unnamed: StreamName = { key: streamKey(layout, source, []), layout, source, values: [], profiles };
  const link: Link = {
    previous: '',
    genesis: false,
    unlinked: false,
    own: '',
    hashes: [],
    expected: null,
    sequence: null,
  };
  return (state, event) => {
    const stream = openStream(state, nameStream(bound, unnamed, event), event);
    if (stream === undefined) {
      const previous = bound.previous(event, '');
      if (previous !== '' && !bound.isGenesis(event, previous)) countLink(state.sample, previous);
      if (isOverfull(state.sample)) thinOut(state.sample, indexesOf(state));
      return;
    }
    const before = rule.ownless ? '' : lastOwn(stream);
    link.previous = bound.previous(event, before);
    link.genesis = bound.isGenesis(event, link.previous);
    link.unlinked = false;
    link.sequence = bound.sequence(event);
    link.expected = null;
    if (rule.ownless) link.hashes = bound.expected(event, link.previous, 0);
    else judgeOwnHash(bound, stream, link, event, before);
    appendRecord(stream, link, event, rule);
    indexLink(state, stream, link);
  };
}

/** A genesis follows nothing that could stand elsewhere. */
function indexLink(state: ChainState, stream: StreamState, link: Link): void {
  if (link.genesis || link.previous === '') return;
  const place = stream.runs.at(-1)!.segments.at(-1)!.until;
  keepLink(state.sample, stream.index, link.previous, stream.records - 1, place);
  if (isOverfull(state.sample)) thinOut(state.sample, indexesOf(state));
}

/** The own hash of the stream's last record; nothing where there is none. */
function lastOwn(stream: StreamState): string {
  return stream.runs.at(-1)?.segments.at(-1)?.last[0] ?? '';
}

function nameStream(bound: BoundLayout, unnamed: StreamName, event: Event): StreamName {
  let named = false;
  for (const slot of bound.streamSlots) if (event.kind(slot) !== 'missing') named = true;
  if (!named) return unnamed;
  const values = bound.streamSlots.map((slot) => event.text(slot) ?? '');
  return { ...unnamed, key: streamKey(unnamed.layout, unnamed.source, values), values };
}

function streamKey(layout: number, source: string, values: readonly string[]): string {
  return JSON.stringify([layout, source, ...values]);
}

/**
 * Which records are sampled, and whether a record recomputes, depends on the record alone; so a fold in parts gives the
 * same answer as a fold of the whole, although a part does not know which profile fitted before.
 */
function judgeOwnHash(
  bound: BoundLayout,
  stream: StreamState,
  link: Link,
  event: Event,
  before: string,
): void {
  const atHead = isAtHead(event);
  const plain = atHead ? undefined : bound.recompute(event, link.previous, before.length);
  const own = plain ?? bound.own(event);
  link.own = own;
  let fit = -1;
  // One hash in 4,096 begins with 000: long logs are sampled throughout, whatever was done to their heads.
  // At one in 256, trying every profile took a fifth of the check (measured).
  if (atHead || own.startsWith('000')) {
    const expected = bound.expected(event, link.previous, own.length);
    for (let index = 0; index < expected.length; index++) {
      if (expected[index] !== own || own === '') continue;
      stream.votes[index]!++;
      if (fit < 0) fit = index;
    }
    if (fit < 0) link.expected = expected;
  } else if (plain !== undefined) {
    fit = bound.fitting;
  } else {
    fit = bound.fit(event, link.previous, own);
    if (fit < 0) link.expected = bound.expected(event, link.previous, own.length);
  }
  if (fit >= 0 && bound.layout.profiles[fit]!.digest.key !== null) stream.keyed++;
  else if (fit >= 0) {
    stream.plain++;
    stream.firstPlain ??= event.place;
  }
}
