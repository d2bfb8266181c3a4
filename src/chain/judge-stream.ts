/**
 * What the segments of one stream prove: every break with its name, the ranges, the head.
 * Over 250 lines because one alteration must give one break: the rules that explain a joint have to be read together.
 */
import { sha256Hex } from '../base/digest.ts';
import { count, escapeControls, formatNumber, quote, truncate } from '../base/text-safety.ts';
import { formatPlace, type Place } from '../model/place.ts';
import type { StreamRange } from '../model/report.ts';
import type { BareStretch } from './bare-records.ts';
import { type ChainNode, orderSegments } from './chain-order.ts';
import type { LinkSample } from './hash-index.ts';
import { interleavedChains } from './interleaved-chains.ts';
import type { ChainLayout } from './layout.ts';
import { keyOf } from './profile.ts';
import { isBadSignature, mismatchOf, reasonOf } from './record-hash.ts';
import { type AlteredRun, isKeyless, MAX_BREAKS, type StreamState } from './segment.ts';
import type { Shared, SharedRecords } from './shared-records.ts';
import {
  type BrokenNodes,
  breakScattered,
  nodeOfRun,
  type ScatteredRecords,
  streamRanges,
  unverifiableRanges,
} from './stream-ranges.ts';

export type BreakCode =
  | 'altered-record'
  | 'bad-signature'
  | 'broken-link'
  | 'chain-not-recomputable'
  | 'downgraded-record'
  | 'forked-chain'
  | 'inserted-record'
  | 'missing-genesis'
  | 'missing-key'
  | 'narrowed-record'
  | 'not-canonicalizable'
  | 'reordered-record'
  | 'repeated-record'
  | 'second-genesis'
  | 'sequence-gap'
  | 'stripped-hash'
  | 'too-many-breaks'
  | 'unknown-chain';

type ChainBreak = {
  code: BreakCode;
  place: Place;
  related: Place[];
  message: string;
  /** Records it stands for. */
  count: number;
  /** Hashes that make it the same break in the next run. */
  identity: string;
};

type StreamJudgement = {
  breaks: ChainBreak[];
  ranges: StreamRange[];
  /** Whether hashes were recomputed: without that, links alone prove nothing. */
  recomputed: boolean;
  /** Position of the profile among those of the layout. */
  profile: number;
  /** The hash of the last record of the chain. */
  head: string | undefined;
};

/** Stretches without chain fields by file; those that explain a broken link are added to `explaining`. */
type BareByFile = { stretches: Map<number, BareStretch[]>; explaining: Set<BareStretch> };

export function judgeStream(
  stream: StreamState,
  layout: ChainLayout,
  missingKeys: readonly string[],
  bare: BareByFile,
  sample: LinkSample,
): StreamJudgement {
  return new StreamJudge(stream, layout, missingKeys, bare, sample).judge();
}

/** The one with the most votes; without votes the first that has a key if the records have one, and none if not. */
function chosenProfile({ votes, keyed }: StreamState, { profiles }: ChainLayout): number {
  const most = Math.max(...votes);
  if (most > 0) return votes.indexOf(most);
  return Math.max(
    0,
    profiles.findIndex(({ digest }) => (keyOf(digest) !== null) === keyed > 0),
  );
}

/** Also the identity of a finding about a whole stream. */
export function chainFields({ members: { previous, own } }: ChainLayout): string {
  return [previous, own]
    .filter((name) => name !== null)
    .map(quote)
    .join(' and ');
}

/** No writer changes the case of its digests, so somebody did; what is hashed is untouched all the same. */
function isSameHex(expected: string, found: string): boolean {
  return /^[0-9a-f]+$/i.test(expected) && expected.toLowerCase() === found.toLowerCase();
}

class StreamJudge {
  readonly stream: StreamState;
  readonly layout: ChainLayout;
  readonly missingKeys: readonly string[];
  readonly bare: BareByFile;
  readonly nodes: ChainNode[];
  readonly records: SharedRecords;
  readonly sample: LinkSample;
  readonly profile: number;
  readonly breaks: ChainBreak[] = [];
  /** Records of a node that are broken for its joint; all of them for a node in the wrong place. */
  private readonly broken: BrokenNodes = new Map();
  private readonly inserted = new Set<ChainNode>();
  /** Joints that another finding already explains. */
  private readonly explained = new Set<ChainNode>();

  constructor(
    stream: StreamState,
    layout: ChainLayout,
    missingKeys: readonly string[],
    bare: BareByFile,
    sample: LinkSample,
  ) {
    this.stream = stream;
    this.layout = layout;
    this.missingKeys = missingKeys;
    this.bare = bare;
    this.sample = sample;
    const { nodes, records } = orderSegments(stream, sample);
    this.nodes = nodes;
    this.records = records;
    this.profile = chosenProfile(stream, layout);
  }

  judge(): StreamJudgement {
    const { stream, missingKeys } = this;
    const unlinked = this.layout.members.previous === null;
    const linked = unlinked ? 0 : stream.records - this.segmentCount();
    const ownless = this.layout.members.own === null;
    const allErased = stream.erased?.records === stream.records;
    const recomputed = ownless ? linked > 0 : allErased || stream.keyed + stream.plain > 0;
    // A record without a hash of its own that nothing follows: there is nothing to recompute, and nothing wrong.
    const unfollowed = ownless && stream.records === 1;
    if (unlinked) this.judgeSequences();
    else if (recomputed || unfollowed || linked * 2 >= Math.max(1, stream.records - 1)) this.judgeLinks();
    if (recomputed) this.judgeRecords();
    else if (!unfollowed) this.judgeUnknown(linked);
    const breaks = this.breaks;
    const ranges = recomputed
      ? breakScattered(streamRanges(stream, this.nodes, this.broken, unlinked), [
          ...this.foreign(),
          ...(ownless ? this.ends() : []),
        ])
      : unverifiableRanges(stream, this.nodes, missingKeys, unfollowed);
    return { breaks, ranges, recomputed, profile: this.profile, head: unlinked ? undefined : this.head() };
  }

  /** Records that recompute, and not as the rest of their stream does: anyone could have made them. */
  private foreign(): ScatteredRecords[] {
    const { keyed, plain, firstPlain, firstOlder, whole, narrow, firstNarrow } = this.stream;
    const until = this.nodes.at(-1)!.segment.until;
    const found: ScatteredRecords[] = [];
    const assurance = 'broken';
    if (keyed > 0 && firstPlain !== null && firstOlder === null)
      found.push({ assurance, records: plain, from: firstPlain, until, reason: 'hashed without the key' });
    else if (whole > 0 && firstNarrow !== null)
      found.push({ assurance, records: narrow, from: firstNarrow, until, reason: 'hashed in part' });
    return found;
  }

  /** The last record of each chain without own hashes: none after it names its hash. */
  private ends(): ScatteredRecords[] {
    const assurance = 'unverifiable';
    const reason = 'no record follows it that would name its hash';
    return this.nodes
      .filter(({ child, repeats }) => child === null && repeats === null)
      .map(({ segment: { until } }) => ({ assurance, records: 1, from: until, until, reason }));
  }

  private segmentCount(): number {
    return this.stream.runs.reduce((sum, run) => sum + run.segments.length + run.dropped.segments, 0);
  }

  private say(code: BreakCode, place: Place, message: string, more: Partial<ChainBreak> = {}): void {
    this.breaks.push({ code, place, related: [], message, count: 1, identity: '', ...more });
  }

  private judgeLinks(): void {
    this.findInserted();
    for (const node of this.nodes) this.judgeRepeat(node);
    for (const node of this.nodes) if (node.moved) this.judgeMoved(node);
    this.findAlteredWithoutHash();
    let begun = false;
    for (const node of this.nodes) {
      if (node.repeats !== null || node.parent !== null || this.inserted.has(node)) continue;
      this.judgeRoot(node, begun);
      begun = true;
    }
    this.judgeSequences();
    const dropped = this.stream.runs.filter((run) => run.dropped.segments > 0);
    if (dropped.length > 0) {
      // The joint of the segment after the dropped ones goes unlisted with theirs.
      const segments = dropped.reduce((sum, run) => sum + run.dropped.segments + 1, 0);
      const message = `expected an unbroken chain, found ${count(segments, 'further break')} beyond the first ${count(MAX_BREAKS, 'break')}, not listed`;
      this.say('too-many-breaks', dropped[0]!.segments.at(-1)!.from, message, { count: segments });
    }
  }

  /** Each closes over records of the others wherever they alternate: that is one thing to say, and not proven to be harmless. */
  private judgeInterleaved(chains: readonly ChainNode[][]): void {
    const recordsOf = (chain: readonly ChainNode[]) =>
      chain.reduce((sum, { segment }) => sum + segment.records, 0);
    const [main, ...others] = chains.toSorted((a, b) => recordsOf(b) - recordsOf(a)) as [
      ChainNode[],
      ...ChainNode[][],
    ];
    for (const node of others.flat()) {
      this.inserted.add(node);
      this.breakAll(node, 'of another chain, interleaved with the longest');
    }
    const begins = [main, ...others].map(([first]) => first!.segment.from);
    const amounts = [main, ...others].map((chain) => formatNumber(recordsOf(chain))).join(' and ');
    const message = `expected one chain, found that ${formatNumber(chains.length)} chains of ${amounts} records are interleaved, which begin at ${begins.map(formatPlace).map(quote).join(' and ')}: if they have several writers, name the field that tells them apart as "stream" of a chain profile`;
    const [first] = others[0]!;
    this.say('inserted-record', first!.segment.from, message, {
      related: begins.filter((place) => place !== first!.segment.from),
      count: others.reduce((sum, chain) => sum + recordsOf(chain), 0),
      identity: chains.map(([first]) => first!.segment.first[0] ?? '').join(' '),
    });
  }

  /** A chain that closes over foreign records between two linked ones proves that those do not belong to it. */
  private findInserted(): void {
    const interleaved = this.stream.altered.length === 0 ? interleavedChains(this.nodes) : undefined;
    if (interleaved !== undefined) {
      this.judgeInterleaved(interleaved);
      return;
    }
    const weight = new Map<number, number>();
    for (const { root, segment } of this.nodes) weight.set(root, (weight.get(root) ?? 0) + segment.records);
    for (const node of this.nodes) {
      const { parent } = node;
      if (parent === null || parent.fileIndex !== node.fileIndex || parent.id > node.id) continue;
      for (let id = parent.id + 1; id < node.id; id++) {
        const between = this.nodes[id]!;
        if (between.repeats !== null || between.root === node.root) continue;
        if (weight.get(between.root)! <= weight.get(node.root)!) this.inserted.add(between);
      }
    }
    for (const node of this.inserted) {
      const { from, records, previous, last } = node.segment;
      const next = this.nodes.find(
        ({ id, parent, fileIndex }) =>
          fileIndex === node.fileIndex && id > node.id && parent !== null && parent.id < node.id,
      );
      const related = next === undefined ? [] : [next.parent!.segment.until, next.segment.from];
      const where = related.map(formatPlace).map(quote).join(' and ');
      this.breakAll(node, 'inserted: the chain closes over it');
      this.say(
        'inserted-record',
        from,
        `expected no record between ${where}, which follow each other in the chain, found ${count(records, 'record')}`,
        { related, count: records, identity: `${previous} ${last[0]}` },
      );
    }
  }

  private breakAll(node: ChainNode, reason: string): void {
    this.broken.set(node, { records: node.segment.records, reason });
  }

  private breakFirst(node: ChainNode, reason: string): void {
    if (!node.segment.firstAltered && !this.broken.has(node)) this.broken.set(node, { records: 1, reason });
  }

  private judgeRepeat(node: ChainNode): void {
    const shared = node.repeats ?? node.shares;
    if (shared === null || shared.records === 0 || this.inserted.has(node)) return;
    const { outer, shift, records, sure } = shared;
    if (node.repeats === null) this.breakLeading(node, records, 'repeated');
    else this.breakAll(node, 'repeated');
    const there = this.records.place(outer, shift);
    const here = node.segment.from;
    const stands = records === 1 ? 'stands' : 'stand';
    const doubt = sure ? '' : ', as far as the kept links show';
    const say = (place: Place, before: Place, where: string) =>
      this.say(
        'repeated-record',
        place,
        `expected every record once, found ${count(records, 'record')} again that already ${stands} ${where}${doubt}`,
        { related: [before], count: records, identity: node.segment.first[0] ?? '' },
      );
    if (node.id < outer.id) say(there ?? outer.segment.from, here, `at ${quote(formatPlace(here))}`);
    else if (there === undefined) say(here, outer.segment.from, this.within(outer));
    else say(here, there, `at ${quote(formatPlace(there))}`);
  }

  private within({ segment: { from, until } }: ChainNode): string {
    return `between ${quote(formatPlace(from))} and ${quote(formatPlace(until))}`;
  }

  private breakLeading(node: ChainNode, records: number, reason: string): void {
    const { segment } = node;
    const unaltered = records - (segment.firstAltered ? 1 : 0);
    if (unaltered === 0 || this.broken.has(node)) return;
    const until = this.records.place(node, records - 1) ?? segment.from;
    this.broken.set(node, { records: unaltered, reason, until });
  }

  private judgeMoved(node: ChainNode): void {
    const { segment, parent, child } = node;
    const before = parent?.segment.until;
    const after = child?.segment.from;
    const expected =
      before !== undefined
        ? `after ${quote(formatPlace(before))}`
        : `before ${quote(formatPlace(after ?? segment.from))}`;
    this.breakAll(node, 'out of order');
    this.say(
      'reordered-record',
      segment.from,
      `expected ${count(segment.records, 'record')} ${expected}, where the links put ${segment.records === 1 ? 'it' : 'them'}, found ${segment.records === 1 ? 'it' : 'them'} here`,
      {
        related: [before, after].filter((place) => place !== undefined),
        count: segment.records,
        identity: segment.first[0] ?? '',
      },
    );
  }

  /** Without own hashes an altered record shows in the link after it; unbroken numbers tell it from a removed one. */
  private findAlteredWithoutHash(): void {
    if (this.layout.members.own !== null) return;
    const step = this.layout.profiles[0]!.sequence?.step ?? 1;
    for (const node of this.nodes) {
      const before = this.nodeBefore(node);
      if (!this.isOpenJoint(node) || before === undefined || before.segment.lastSequence === null) continue;
      if (node.segment.firstSequence !== before.segment.lastSequence + step) continue;
      const { until, last } = before.segment;
      const { previous, from } = node.segment;
      this.explained.add(node);
      if (before.segment.records === 1) this.explained.add(before);
      const reason = 'the next record names another hash';
      const known = this.broken.get(before);
      this.broken.set(before, {
        records: Math.min(before.segment.records, (known?.records ?? 0) + 1),
        reason,
      });
      this.say(
        'altered-record',
        until,
        `expected the hash ${quote(previous)}, which the next record names, found ${quote(last[this.profile] ?? '')}`,
        { related: [from], identity: previous },
      );
    }
  }

  private isOpenJoint(node: ChainNode): boolean {
    const { repeats, shares, parent, forkOf, segment, afterDropped } = node;
    if (repeats !== null || shares !== null || parent !== null || forkOf !== null) return false;
    return !segment.genesis && !afterDropped && !this.inserted.has(node);
  }

  /** The nearest node before it that is the end of its chain: in its file, else in an earlier one. */
  private nodeBefore(node: ChainNode): ChainNode | undefined {
    for (let id = node.id - 1; id >= 0; id--) {
      const other = this.nodes[id]!;
      if (other.repeats !== null || this.inserted.has(other)) continue;
      if (other.fileIndex === node.fileIndex || other.child === null) return other;
    }
    return undefined;
  }

  /** Judges a node that follows no other: only one may, the first. */
  private judgeRoot(node: ChainNode, begun: boolean): void {
    if (node.afterDropped || this.explained.has(node)) return;
    const { segment, forkOf } = node;
    const before = this.nodeBefore(node);
    const opensFile = before?.fileIndex !== node.fileIndex;
    const restarts = this.layout.profiles[0]!.restart === 'per-file' && opensFile;
    if (node.shares?.end === 'fork' && this.isBranch(node, node.shares, before)) {
      this.sayBranch(node, node.shares);
      return;
    }
    if (segment.firstAltered) return;
    if (segment.genesis) {
      if (begun && !restarts) this.saySecondGenesis(node, before);
      return;
    }
    if (before?.segment.lastAltered === true || this.isAfterBare(node, before)) return;
    if (forkOf !== null) this.sayFork(node, forkOf);
    else if (before !== undefined && this.sayInsertedBefore(node, before)) return;
    else if (restarts || (!begun && opensFile && !this.hasGenesis())) this.sayMissingGenesis(node);
    else this.sayBrokenLink(node, before);
  }

  private hasGenesis(): boolean {
    return this.nodes.some(({ segment, repeats }) => segment.genesis && repeats === null);
  }

  private isAfterBare(node: ChainNode, before: ChainNode | undefined): boolean {
    const from = before?.fileIndex === node.fileIndex ? before.segment.until.offset : -1;
    const stretches = this.bare.stretches.get(node.fileIndex) ?? [];
    const between = stretches.filter(
      ({ until, from: start }) => start.offset > from && until.offset < node.segment.from.offset,
    );
    for (const stretch of between) this.bare.explaining.add(stretch);
    // The link holds where the record before it has that hash and lacks no more than a link of its own.
    const holds = between.some(({ lone }) => lone !== undefined && lone.own === node.segment.previous);
    if (between.length > 0 && !holds) this.breakFirst(node, 'the record before it carries no hash');
    return between.length > 0;
  }

  private saySecondGenesis(node: ChainNode, before: ChainNode | undefined): void {
    const { from, first } = node.segment;
    const related = before === undefined ? [] : [before.segment.until];
    const found = node.segment.previous === '' ? 'none' : quote(node.segment.previous);
    this.breakFirst(node, 'a second beginning');
    this.say(
      'second-genesis',
      from,
      `expected the previous hash ${quote(before?.segment.last[this.hashIndex()] ?? '')}, found ${found}: a second chain begins here`,
      { related, identity: first[0] ?? '' },
    );
  }

  private sayFork(node: ChainNode, parent: ChainNode): void {
    const related = [parent.segment.until, ...(parent.child === null ? [] : [parent.child.segment.from])];
    this.breakFirst(node, 'a second successor');
    this.say(
      'forked-chain',
      node.segment.from,
      `expected one successor of ${quote(node.segment.previous)}, found a second one here`,
      { related, identity: `${node.segment.previous} ${node.segment.first[0]}` },
    );
  }

  /** A record right behind the one that it should replace is an inserted one, unless nothing tells which of them is. */
  private isBranch(node: ChainNode, { records }: Shared, before: ChainNode | undefined): boolean {
    const { segment, child } = node;
    if (records > 0) return true;
    if (segment.firstAltered) return false;
    if (before === undefined || before.segment.lastPrevious !== segment.previous) return true;
    return segment.records === 1 && child === null && !before.segment.lastAltered;
  }

  /** Two records follow one that stands inside a segment. */
  private sayBranch(node: ChainNode, { outer, shift, records, sure }: Shared): void {
    const { segment } = node;
    const parting = shift + records;
    const before = this.records.place(outer, parting - 1);
    const next =
      parting < outer.segment.records ? this.records.place(outer, parting) : this.successorOf(outer);
    const place = this.records.place(node, records);
    const reason = records === 0 ? 'a second successor' : 'repeated, then a second successor';
    this.broken.delete(node);
    this.breakLeading(node, records + 1, reason);
    const branch = before === undefined ? this.within(outer) : `at ${quote(formatPlace(before))}`;
    const first = next === undefined ? '' : `; the first stands at ${quote(formatPlace(next))}`;
    const found =
      place !== undefined && sure
        ? 'a second one here'
        : `a second one in the ${count(segment.records - records, 'record')} behind the ${count(records, 'record')} known to be the same`;
    this.say(
      'forked-chain',
      place ?? segment.from,
      `expected one successor of the record ${branch}, found ${found}${first}`,
      {
        related: [before ?? outer.segment.from, ...(next === undefined ? [] : [next])],
        identity: `${segment.previous} ${segment.last[0] ?? ''}`,
      },
    );
  }

  private successorOf({ child }: ChainNode): Place | undefined {
    if (child === null) return undefined;
    return this.records.place(child, child.shares?.end === 'outer' ? child.shares.records : 0);
  }

  /** The record before it and this one claim the same predecessor: the one that has no successor was put in. */
  private sayInsertedBefore(node: ChainNode, before: ChainNode): boolean {
    const { segment } = node;
    if (segment.previous !== '' && before.segment.lastPrevious === segment.previous) {
      const known = this.broken.get(before);
      const records = Math.min(before.segment.records, (known?.records ?? 0) + 1);
      this.broken.set(before, { records, reason: 'inserted: the next record follows the one before it' });
      this.say(
        'inserted-record',
        before.segment.until,
        `expected the next record to follow ${quote(before.segment.last[this.hashIndex()] ?? '')}, found that it follows ${quote(segment.previous)}, the record before`,
        { related: [segment.from], identity: before.segment.last[0] ?? '' },
      );
      return true;
    }
    return false;
  }

  private sayMissingGenesis(node: ChainNode): void {
    const { from, previous, firstSequence } = node.segment;
    const number = firstSequence === null ? '' : ` (its number is ${firstSequence})`;
    this.say(
      'missing-genesis',
      from,
      `expected a first record without a predecessor, found one that follows ${quote(previous)}${number}: earlier records are not in this log`,
      { identity: previous },
    );
  }

  private sayBrokenLink(node: ChainNode, before: ChainNode | undefined): void {
    const { from, previous, firstSequence } = node.segment;
    const end = before?.segment;
    const step = this.layout.profiles[0]!.sequence?.step ?? 1;
    const numbers =
      end === undefined || end.lastSequence === null || firstSequence === null
        ? ''
        : firstSequence === end.lastSequence + step
          ? '; no number is missing, so the record before was rewritten with its hash'
          : `; the numbers go from ${end.lastSequence} to ${firstSequence}`;
    const { level } = this.sample;
    const unsure =
      level === 0
        ? ''
        : `; of so long a log one link in ${formatNumber(2 ** level)} is kept, so the record it follows may stand elsewhere in it`;
    const expected =
      end === undefined
        ? 'a known predecessor'
        : `the previous hash ${quote(end.last[this.hashIndex()] ?? '')}`;
    this.breakFirst(node, 'its previous hash is the hash of no record before it');
    this.say('broken-link', from, `expected ${expected}, found ${quote(previous)}${numbers}${unsure}`, {
      related: end === undefined ? [] : [end.until],
      identity: `${end?.last[0] ?? ''} ${previous}`,
    });
  }

  /** Records without own hashes hold one hash a profile. */
  private hashIndex(): number {
    return this.layout.members.own === null ? this.profile : 0;
  }

  private judgeSequences(): void {
    const rule = this.layout.profiles[0]!.sequence;
    if (rule === null || rule.gaps) return;
    const gap = (place: Place, before: Place[], expected: number, found: number | null) =>
      this.say(
        'sequence-gap',
        place,
        `expected number ${expected}, found ${found ?? 'none'}, although the link holds`,
        {
          related: before,
          identity: `${expected} ${found}`,
        },
      );
    for (const { place, before, expected, found } of this.stream.gaps) gap(place, [before], expected, found);
    for (const { segment, parent, repeats, shares } of this.nodes) {
      const before = shares === null ? parent?.segment : undefined;
      if (
        before !== undefined &&
        before.lastSequence !== null &&
        segment.firstSequence !== before.lastSequence + rule.step
      ) {
        gap(segment.from, [before.until], before.lastSequence + rule.step, segment.firstSequence);
      }
      if (
        segment.genesis &&
        repeats === null &&
        rule.start !== null &&
        segment.firstSequence !== rule.start
      ) {
        gap(segment.from, [], rule.start, segment.firstSequence);
      }
    }
    if (this.stream.gapsDropped > 0) {
      const place = this.stream.gaps.at(-1)!.place;
      const message = `expected numbers without gaps, found ${count(this.stream.gapsDropped, 'further gap')}, not listed`;
      this.say('too-many-breaks', place, message, { count: this.stream.gapsDropped });
    }
  }

  private judgeRecords(): void {
    const { stream } = this;
    for (const run of stream.altered) {
      const node = nodeOfRun(this.nodes, run);
      if (node === undefined || !this.inserted.has(node)) this.sayAltered(run);
    }
    if (stream.alteredDropped > 0) {
      const message = `expected records that their hashes vouch for, found ${count(stream.alteredDropped, 'further altered record')}, not listed`;
      this.say('too-many-breaks', stream.altered.at(-1)!.until, message, {
        count: stream.alteredDropped,
      });
    }
    const plain = stream.firstPlain ?? stream.lateOlder;
    if (stream.keyed > 0 && plain !== null) {
      const message = `expected a keyed hash, as ${count(stream.keyed, 'record')} of the stream have it, found ${count(stream.plain, 'record')} hashed without the key`;
      this.say('downgraded-record', plain, message, { count: stream.plain, identity: 'keyed' });
    }
    if (stream.whole > 0 && stream.firstNarrow !== null) {
      const message = `expected hashes over the whole record, as ${count(stream.whole, 'record')} of the stream have them, found ${count(stream.narrow, 'record')} of which only some fields are hashed`;
      this.say('narrowed-record', stream.firstNarrow, message, { count: stream.narrow, identity: 'whole' });
    }
  }

  private sayAltered(run: AlteredRun): void {
    const expected = run.expected[this.profile] || (run.expected.find((hash) => hash !== '') ?? '');
    const reason = reasonOf(expected);
    const more =
      run.records > 1
        ? ` (and so for ${count(run.records, 'record')} in a row: altered, or written by another serializer)`
        : '';
    const related = run.records > 1 ? [run.until] : [];
    const identity = run.content === '' ? run.found : JSON.stringify([run.found, sha256Hex(run.content)]);
    const about = { related, count: run.records, identity };
    const mismatch = mismatchOf(expected);
    if (isKeyless(run.expected)) {
      const keys = this.missingKeys.map(quote).join(', ');
      const message = `expected hashes that can be recomputed, found ${count(run.records, 'record')} that need the key ${keys}, which was not given`;
      this.say('missing-key', run.from, message, about);
    } else if (isBadSignature(expected)) {
      const signed = this.layout.profiles[run.expected.findIndex(isBadSignature)]!.digest.signature!;
      this.say(
        'bad-signature',
        run.from,
        `expected an ${signed.algorithm} signature under the key ${quote(signed.key)}, found ${quote(run.found)}, which does not hold${more}`,
        about,
      );
    } else if (mismatch !== undefined) {
      this.say('altered-record', run.from, `expected ${mismatch}${more}`, about);
    } else if (run.unlinked) {
      this.say('stripped-hash', run.from, `expected a previous hash, found none${more}`, about);
    } else if (reason !== undefined) {
      this.say(
        'not-canonicalizable',
        run.from,
        `expected a record that can be hashed, found that ${escapeControls(truncate(reason, 160))}${more}`,
        about,
      );
    } else {
      this.say(
        'altered-record',
        run.from,
        `expected the hash ${quote(expected)}, found ${quote(run.found)}${isSameHex(expected, run.found) ? ', the same hash in another case: written anew over content that is as it was' : ''}${more}`,
        about,
      );
    }
  }

  private judgeUnknown(linked: number): void {
    const { stream, layout } = this;
    const place = this.nodes[0]!.segment.from;
    const generic = layout.profiles.filter(({ when }) => when.length === 0);
    const tried = generic.length > 0 ? generic : layout.profiles;
    const names = tried.map(({ name }) => name).join(', ');
    const fields = chainFields(layout);
    const about = { count: stream.records, identity: fields };
    const keys =
      this.missingKeys.length === 0
        ? ''
        : `; the key ${this.missingKeys.map(quote).join(', ')} was not given`;
    const holds = linked * 2 >= Math.max(1, stream.records - 1);
    if (this.missingKeys.length > 0 && layout.profiles.every(({ digest }) => keyOf(digest) !== null)) {
      this.say(
        'missing-key',
        place,
        `expected hashes that can be recomputed, found that they need a key${keys}`,
        about,
      );
    } else if (holds && stream.records > 1) {
      const message = `expected hashes that one of the profiles ${names} recomputes, found none in ${count(stream.records, 'record')}, though ${count(linked, 'link')} hold: serializer drift, not tampering${keys}`;
      this.say('chain-not-recomputable', place, message, about);
    } else {
      const message = `expected a chain in the fields ${fields}, found no hash that the profiles ${names} recompute and ${linked === 0 ? 'no link that holds' : `only ${count(linked, 'link')} of ${stream.records - 1} that hold`}${keys}`;
      this.say('unknown-chain', place, message, about);
    }
  }

  /** Of the last chain in the log: its end is what an anchor would sign. */
  private head(): string | undefined {
    const ends = this.nodes.filter(({ child, repeats }) => child === null && repeats === null);
    return ends.filter((node) => !this.inserted.has(node)).at(-1)?.segment.last[this.hashIndex()];
  }
}
