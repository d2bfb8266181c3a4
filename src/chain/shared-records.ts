/**
 * Which segments hold the same records, and where two that begin alike part: from the kept links of a stream.
 * Two records with one hash are one record, and so are all before them; so segments are laid over each other, not sought.
 */
import type { Place } from '../model/place.ts';
import type { ChainNode } from './chain-order.ts';
import {
  entryFrom,
  type HashIndex,
  type HashKey,
  isLink,
  isSameLink,
  isSampled,
  type LinkSample,
  linkHigh,
  linkKey,
  linkPlace,
  linkPosition,
  toHashKey,
} from './hash-index.ts';
import { isHash } from './record-hash.ts';

/** Segments that one is compared with: exports of the last day, made every hour, hold each record 24 times. */
const MAX_CANDIDATES = 64;
/** Kept links of a segment that are sought in the others where not all are kept. */
const SAMPLED_PROBES = 8;

/** The record at `shift` in `outer` is the first of the other segment, if it is the same at all; both from 0. */
type Candidate = { outer: ChainNode; shift: number };

export type Shared = Candidate & {
  /** Leading records that are the same. */
  records: number;
  /** What ends them: the segment, the outer one, or records that differ. */
  end: 'inner' | 'outer' | 'fork';
  /** Whether the kept links show every one of them; else some of the last are only likely. */
  sure: boolean;
};

/** A hash sought among the links: that of the record before `local`, or of the last one. */
type Probe = { node: ChainNode; local: number; key: HashKey };

export class SharedRecords {
  private readonly nodes: readonly ChainNode[];
  private readonly index: HashIndex;
  private readonly sample: LinkSample;
  private readonly candidates = new Map<ChainNode, Candidate[]>();

  constructor(nodes: readonly ChainNode[], index: HashIndex, sample: LinkSample) {
    this.nodes = nodes;
    this.index = index;
    this.sample = sample;
    if (nodes.length < 2) return;
    this.findSameBeginnings();
    this.findLinks();
  }

  /** Of all segments that hold leading records of this one: first that which holds them all, then the most. */
  of(inner: ChainNode, isOuter: (node: ChainNode) => boolean): Shared | undefined {
    let best: Shared | undefined;
    for (const candidate of this.candidates.get(inner) ?? []) {
      if (!isOuter(candidate.outer)) continue;
      const shared = this.compare(inner, candidate);
      if (shared.records === 0 && !this.followsWithin(inner, candidate)) continue;
      if (best === undefined || isBetter(shared, best)) best = shared;
    }
    return best;
  }

  /** Whether the first record of the segment names the same predecessor as a record inside the outer one. */
  private followsWithin({ segment }: ChainNode, { outer, shift }: Candidate): boolean {
    if (shift === 0 || segment.genesis || segment.previous === '') return false;
    const entry = this.entryAt(outer, shift);
    return entry >= 0 && isLink(this.index, entry, toHashKey(segment.previous));
  }

  /** Where a record of the segment stands; undefined where its link was not kept. */
  place(node: ChainNode, local: number): Place | undefined {
    const { segment } = node;
    if (local === 0) return segment.from;
    if (local === segment.records - 1) return segment.until;
    const entry = this.entryAt(node, local);
    return entry < 0 ? undefined : linkPlace(this.index, entry, segment.from.file);
  }

  private entryAt({ start }: ChainNode, local: number): number {
    const entry = entryFrom(this.index, start + local);
    return entry < this.index.size && linkPosition(this.index, entry) === start + local ? entry : -1;
  }

  private add(inner: ChainNode, outer: ChainNode, shift: number): void {
    const list = this.candidates.get(inner);
    if (list === undefined) this.candidates.set(inner, [{ outer, shift }]);
    else if (list.length < MAX_CANDIDATES && !list.some((one) => one.outer === outer && one.shift === shift))
      list.push({ outer, shift });
  }

  /** `shift` is that of `one` in `other`; whichever begins within the other is the inner one. */
  private pair(one: ChainNode, other: ChainNode, shift: number): void {
    if (one === other) return;
    const records = one.segment.records - other.segment.records;
    const isInner = shift > 0 || (shift === 0 && (records < 0 || (records === 0 && one.id > other.id)));
    if (isInner) this.add(one, other, shift);
    else if (-shift < one.segment.records) this.add(other, one, -shift);
  }

  private findSameBeginnings(): void {
    const longest = new Map<string, ChainNode>();
    const groups = new Map<string, ChainNode[]>();
    for (const node of this.nodes) {
      const key = node.segment.firstAltered ? '' : node.segment.first.join(' ').trim();
      if (key === '') continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [node]);
      else group.push(node);
      const known = longest.get(key);
      if (known === undefined || node.segment.records > known.segment.records) longest.set(key, node);
    }
    for (const [key, group] of groups) for (const node of group) this.pair(node, longest.get(key)!, 0);
  }

  private findLinks(): void {
    const probes = new Map<number, Probe[]>();
    for (const node of this.nodes) {
      for (const probe of this.probesOf(node)) {
        const known = probes.get(probe.key.high);
        if (known === undefined) probes.set(probe.key.high, [probe]);
        else if (known.length < MAX_CANDIDATES) known.push(probe);
      }
    }
    const { nodes, index } = this;
    let at = 0;
    for (let entry = 0; entry < index.size; entry++) {
      const wanted = probes.get(linkHigh(index, entry));
      if (wanted === undefined) continue;
      const position = linkPosition(index, entry);
      while (at + 1 < nodes.length && nodes[at + 1]!.start <= position) at++;
      const other = nodes[at]!;
      const local = position - other.start;
      // Dropped segments stand between two nodes.
      if (local < 0 || local >= other.segment.records) continue;
      for (const probe of wanted) {
        if (isLink(index, entry, probe.key)) this.pair(probe.node, other, local - probe.local);
      }
    }
  }

  private probesOf(node: ChainNode): Probe[] {
    const { segment, start } = node;
    const probes: Probe[] = [];
    const seek = (local: number, hash: string) => {
      if (isHash(hash)) probes.push({ node, local, key: toHashKey(hash) });
    };
    if (!segment.genesis && !segment.firstAltered) seek(0, segment.previous);
    if (!segment.lastAltered) for (const hash of segment.last) seek(segment.records, hash);
    if (this.sample.level === 0) return probes;
    let entry = entryFrom(this.index, start + 1);
    for (let probe = 0; probe < SAMPLED_PROBES && entry < this.index.size; probe++, entry++) {
      const local = linkPosition(this.index, entry) - start;
      if (local >= segment.records) break;
      probes.push({ node, local, key: linkKey(this.index, entry) });
    }
    return probes;
  }

  /**
   * Goes along the links within both segments. The sample is chosen by the hashes: where one has a link that the other
   * lacks, they differ.
   */
  private compare(inner: ChainNode, candidate: Candidate): Shared {
    const { outer, shift } = candidate;
    const { index } = this;
    const room = outer.segment.records - shift;
    const limit = Math.min(inner.segment.records, room);
    let records = 0;
    let one = entryFrom(index, inner.start + 1);
    let other = entryFrom(index, outer.start + shift + 1);
    for (;;) {
      const here = one < index.size ? linkPosition(index, one) - inner.start : limit;
      const there = other < index.size ? linkPosition(index, other) - outer.start - shift : limit;
      if (here >= limit && there >= limit) break;
      if (here !== there || !isSameLink(index, one, other)) return this.toFork(candidate, records);
      records = here;
      one++;
      other++;
    }
    const same = this.isSameEnd(inner, outer, shift, limit);
    if (same === false) return this.toFork(candidate, records);
    const end = limit === inner.segment.records ? 'inner' : 'outer';
    return { ...candidate, records: limit, end, sure: same === true };
  }

  private toFork(candidate: Candidate, records: number): Shared {
    return { ...candidate, records, end: 'fork', sure: this.sample.level === 0 };
  }

  /** Whether the last of `limit` records is the same; undefined where that was not kept. */
  private isSameEnd(inner: ChainNode, outer: ChainNode, shift: number, limit: number): boolean | undefined {
    const [one, other] = [endsOf(inner, limit), endsOf(outer, shift + limit)];
    if (one !== undefined && other !== undefined) return one.some((hash) => other.includes(hash));
    const hashes = (one ?? other ?? []).map(toHashKey);
    const entry = one === undefined ? this.entryAt(inner, limit) : this.entryAt(outer, shift + limit);
    if (hashes.length === 0) return undefined;
    if (entry >= 0) return hashes.some((key) => isLink(this.index, entry, key));
    return hashes.some((key) => !isSampled(this.sample, key)) ? undefined : false;
  }
}

/** The hashes of the last record; of an altered one, those it should have too. */
function endsOf({ segment }: ChainNode, records: number): string[] | undefined {
  if (segment.records !== records) return undefined;
  return [...segment.last, ...segment.lastExpected].filter(isHash);
}

const RANK: Record<Shared['end'], number> = { inner: 2, outer: 1, fork: 0 };

function isBetter(one: Shared, other: Shared): boolean {
  if ((one.end === 'inner') !== (other.end === 'inner')) return one.end === 'inner';
  if (one.records !== other.records) return one.records > other.records;
  if (one.end !== other.end) return RANK[one.end] > RANK[other.end];
  return one.outer.segment.records > other.outer.segment.records;
}
