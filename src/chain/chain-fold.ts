/** The fold of the chain check: finds the chain fields of each record, recomputes its hash and appends it to its stream. */
import type { Event, Fields, Slot } from '../model/event.ts';
import { appendBare, startBare } from './bare-records.ts';
import {
  type ChainState,
  indexesOf,
  noteLast,
  openStream,
  renewLast,
  type StreamName,
} from './chain-state.ts';
import { countLink, isOverfull, keepLink, thinOut } from './hash-index.ts';
import { BoundLayout, type ChainLayout } from './layout.ts';
import { type LoneHash, loneHash } from './lone-hash.ts';
import type { ProtocolProfile } from './protocol.ts';
import { compileProtocolStep, protocolSlots } from './protocol-fold.ts';
import { isHash } from './record-hash.ts';
import {
  appendRecord,
  ERASED_HASH,
  type Link,
  type LinkRule,
  noteErased,
  type StreamState,
} from './segment.ts';
import { isAtHead, isSampled } from './tried-records.ts';
import { UnbrokenRun } from './unbroken-run.ts';
import { keepUnfitted } from './unfitted-records.ts';

export function toLinkRule(layout: ChainLayout): LinkRule {
  const { sequence } = layout.profiles[0]!;
  return {
    ownless: layout.members.own === null,
    unlinked: layout.members.previous === null,
    step: sequence === null || sequence.gaps ? null : sequence.step,
  };
}

/** Binds the layouts to one source. */
export function compileChainStep(
  layouts: readonly ChainLayout[],
  rules: readonly LinkRule[],
  keys: Record<string, Uint8Array>,
  fields: Fields,
  protocols: readonly ProtocolProfile[] = [],
): (state: ChainState, event: Event) => void {
  const { source } = fields;
  const takeProtocol = compileProtocolStep(protocols, fields);
  const bound = layouts.map((layout) => new BoundLayout(layout, fields, keys));
  const names = bound.map((layout, index) => compileStreamName(layout, index, source));
  const runs = bound.map((layout, index) => new UnbrokenRun(layout, rules[index]!, names[index]!));
  const steps = bound.map((layout, index) =>
    compileLayoutStep(layout, rules[index]!, names[index]!, runs[index]!),
  );
  // Layouts share their few fields: a record that has none of them is known by those, not by asking each layout.
  const slots = [...new Set(bound.flatMap(({ ownSlot, previousSlot }) => [ownSlot, previousSlot]))];
  const chainSlots = slots.filter((slot) => slot >= 0);
  const layoutOf = (event: Event): number => {
    for (let index = 0; index < bound.length; index++) if (bound[index]!.holds(event)) return index;
    return beginning(bound, event);
  };
  const first = bound[0];
  const firstRun = runs[0];
  const signs = protocolSlots(protocols, fields);
  const needsSlot = first === undefined || first.ownSlot >= 0 || first.previousSlot >= 0;
  /** By shape: whether its records have none of all fields that somebody looks at here. */
  const bareShapes: boolean[] = [];
  const takeBare = (state: ChainState, event: Event, lone?: LoneHash): void => {
    const adjoins = noteLast(state, event.fileIndex, true);
    state.bare[source] ??= startBare();
    appendBare(state.bare[source], event, adjoins, lone);
  };
  return (state, event) => {
    // What follows a record of the first layout is one: nothing else needs to be asked.
    if (firstRun?.append(state, event) === true) return thinOutIfOverfull(state);
    const { shape = -1 } = event;
    if (shape >= 0 && bareShapes[shape] === true) return takeBare(state, event);
    const inFirst = first?.holds(event) === true;
    if (!inFirst && takeProtocol(state.protocols, event)) {
      noteLast(state, event.fileIndex, false);
      return;
    }
    const isBare = !inFirst && hasNone(event, chainSlots);
    const layout = inFirst ? 0 : isBare ? -1 : layoutOf(event);
    if (layout > 0 && runs[layout]!.append(state, event)) return thinOutIfOverfull(state);
    if (layout >= 0) {
      noteLast(state, event.fileIndex, false);
      return steps[layout]!(state, event);
    }
    if (isBare && shape >= 0 && needsSlot && hasNone(event, signs)) noteShape(bareShapes, shape);
    return takeBare(state, event, isBare ? undefined : loneHash(bound, event));
  };
}

/** A lone "hash" is a common field of other meaning: it begins a chain only if it recomputes. */
function beginning(bound: readonly BoundLayout[], event: Event): number {
  return bound.findIndex(
    (layout) => layout.mayBegin(event) && typeof layout.fit(event, '', layout.own(event)) === 'number',
  );
}

function thinOutIfOverfull(state: ChainState): void {
  if (isOverfull(state.sample)) thinOut(state.sample, indexesOf(state));
}

function noteShape(shapes: boolean[], shape: number): void {
  // Without holes the array stays an array.
  while (shapes.length <= shape) shapes.push(false);
  shapes[shape] = true;
}

function hasNone(event: Event, slots: readonly Slot[]): boolean {
  for (let index = 0; index < slots.length; index++) if (event.size(slots[index]!) > 0) return false;
  return true;
}

function compileLayoutStep(
  bound: BoundLayout,
  rule: LinkRule,
  nameOf: (event: Event) => StreamName,
  unbroken: UnbrokenRun,
): (state: ChainState, event: Event) => void {
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
    const name = nameOf(event);
    const stream = openStream(state, name, event);
    if (stream === undefined) {
      const previous = bound.previous(event, '');
      if (previous !== '' && !bound.isGenesis(event, previous)) countLink(state.sample, previous);
      return thinOutIfOverfull(state);
    }
    const before = rule.ownless ? '' : lastOwn(stream);
    link.previous = bound.previous(event, before);
    link.genesis = bound.isGenesis(event, link.previous);
    link.sequence = bound.sequence(event);
    link.expected = null;
    if (event.erased === true) {
      noteErased(stream, event);
      if (rule.ownless) link.hashes = [ERASED_HASH];
      else link.own = bound.own(event);
    } else if (rule.ownless) link.hashes = bound.expected(event, link.previous, 0);
    else judgeOwnHash(bound, stream, link, event, before);
    if (link.expected !== null && isAtHead(event)) keepUnfitted(state.unfitted, name.layout, event);
    if (appendRecord(stream, link, event, rule)) renewLast(state);
    if (!rule.ownless) unbroken.remember(state, name, stream);
    // A genesis follows nothing that could stand elsewhere.
    if (link.genesis || link.previous === '') return;
    keepLink(state.sample, stream.index, link.previous, stream.records - 1, event);
    thinOutIfOverfull(state);
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

/**
 * Whether a record recomputes depends on the record alone; so a fold in parts gives the same answer as a fold of the
 * whole, although a part does not know which profile fitted before.
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
  const isGuessed = isHash(guess) && event.equals(bound.ownSlot, guess);
  const own = isGuessed ? guess : bound.own(event);
  link.own = own;
  let fit = -1;
  if (atHead || isSampled(own)) {
    const expected = bound.expected(event, previous, own.length);
    for (let index = 0; index < expected.length; index++) {
      if (expected[index] !== own || !isHash(own)) continue;
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
  if (fit >= 0) bound.countFit(stream, fit, event);
}
