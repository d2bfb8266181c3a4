/** The fold of the chain check: finds the chain fields of each record, recomputes its hash and appends it to its stream. */
import type { Event, Fields, Slot } from '../model/event.ts';
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
  const { source } = fields;
  // Layouts share their few fields: a record that has none of them is known by those, not by asking each layout.
  const slots = [...new Set(bound.flatMap(({ ownSlot, previousSlot }) => [ownSlot, previousSlot]))];
  const chainSlots = slots.filter((slot) => slot >= 0);
  const layoutOf = (event: Event): number => {
    if (hasNone(event, chainSlots)) return -1;
    for (let index = 0; index < bound.length; index++) if (bound[index]!.holds(event)) return index;
    // A lone "hash" is a common field of other meaning: it begins a chain only if it recomputes.
    return bound.findIndex(
      (layout) => layout.mayBegin(event) && typeof layout.fit(event, '', layout.own(event)) === 'number',
    );
  };
  return (state, event) => {
    const layout = bound[0]?.holds(event) === true ? 0 : layoutOf(event);
    const adjoins = noteLast(state, event.fileIndex, layout < 0);
    if (layout >= 0) return steps[layout]!(state, event);
    state.bare[source] ??= startBare();
    appendBare(state.bare[source], event, adjoins);
  };
}

function hasNone(event: Event, slots: readonly Slot[]): boolean {
  for (let index = 0; index < slots.length; index++) if (event.size(slots[index]!) > 0) return false;
  return true;
}

function compileLayoutStep(
  bound: BoundLayout,
  layout: number,
  rule: LinkRule,
  source: string,
): (state: ChainState, event: Event) => void {
  const nameOf = compileStreamName(bound, layout, source);
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
    const stream = openStream(state, nameOf(event), event);
    if (stream === undefined) {
      const previous = bound.previous(event, '');
      if (previous !== '' && !bound.isGenesis(event, previous)) countLink(state.sample, previous);
      if (isOverfull(state.sample)) thinOut(state.sample, indexesOf(state));
      return;
    }
    const before = rule.ownless ? '' : lastOwn(stream);
    link.previous = bound.previous(event, before);
    link.genesis = bound.isGenesis(event, link.previous);
    link.sequence = bound.sequence(event);
    link.expected = null;
    if (rule.ownless) link.hashes = bound.expected(event, link.previous, 0);
    else judgeOwnHash(bound, stream, link, event, before);
    appendRecord(stream, link, event, rule);
    // A genesis follows nothing that could stand elsewhere.
    if (link.genesis || link.previous === '') return;
    keepLink(state.sample, stream.index, link.previous, stream.records - 1, event.place);
    if (isOverfull(state.sample)) thinOut(state.sample, indexesOf(state));
  };
}

/** The own hash of the stream's last record; nothing where there is none. */
function lastOwn({ runs }: StreamState): string {
  const segments = runs[runs.length - 1]?.segments;
  return segments?.[segments.length - 1]?.last[0] ?? '';
}

/** Names of streams that one source's step remembers; further ones are spelled out for each record. */
const MAX_REMEMBERED = 1024;

function compileStreamName(
  { streamSlots, layout: { profiles } }: BoundLayout,
  layout: number,
  source: string,
): (event: Event) => StreamName {
  const toName = (values: string[]): StreamName => ({
    key: JSON.stringify([layout, source, ...values]),
    layout,
    source,
    values,
    profiles: profiles.length,
  });
  const unnamed = toName([]);
  const [only] = streamSlots;
  const known = new Map<string, StreamName>();
  return (event) => {
    if (hasNone(event, streamSlots)) return unnamed;
    if (streamSlots.length > 1) return toName(streamSlots.map((slot) => event.text(slot) ?? ''));
    const value = event.text(only!) ?? '';
    let name = known.get(value);
    if (name === undefined) {
      name = toName([value]);
      if (known.size < MAX_REMEMBERED) known.set(value, name);
    }
    return name;
  };
}

/** One hash in 4,096 begins with three zeros. */
function isSampled(own: string): boolean {
  return own.charCodeAt(0) === 0x30 && own.startsWith('000');
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
  const { previous } = link;
  const atHead = isAtHead(event);
  const guess = atHead ? '' : bound.guess(event, previous, before.length);
  // Without decoding it, as nearly always.
  const isGuessed = guess !== '' && event.equals(bound.ownSlot, guess);
  const own = isGuessed ? guess : bound.own(event);
  link.own = own;
  let fit = -1;
  // Long logs are sampled throughout, whatever was done to their heads.
  // At one in 256, trying every profile took a fifth of the check (measured).
  if (atHead || isSampled(own)) {
    const expected = bound.expected(event, previous, own.length);
    for (let index = 0; index < expected.length; index++) {
      if (expected[index] !== own || own === '') continue;
      stream.votes[index]!++;
      if (fit < 0) fit = index;
    }
    if (fit < 0) link.expected = expected;
  } else if (isGuessed) fit = bound.likely;
  else {
    const found = bound.fit(event, previous, own, before.length === own.length ? guess : undefined);
    if (typeof found === 'number') fit = found;
    else link.expected = found;
  }
  if (fit < 0) return;
  if (bound.isKeyed(fit)) stream.keyed++;
  else {
    stream.plain++;
    stream.firstPlain ??= event.place;
  }
}
