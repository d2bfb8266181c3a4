/**
 * Records that look like those of a protocol, in a file whose chain is another one: whoever has no part in that chain can
 * still make and sign a protocol of his own. To the chain of their file they are records without its fields.
 */
import { groupBy } from '../base/group-by.ts';
import {
  type BareState,
  type BareStretch,
  insertStretches,
  MAX_STRETCHES,
  startBare,
  toContent,
} from './bare-records.ts';
import type { ChainState } from './chain-state.ts';
import type { KeptRecord, ProtocolRecords } from './protocol-records.ts';

/** Stands for all chains that profiles describe, beside the names of protocols. */
const PROFILES = '';

/** The state with strayed records among those without a chain; the one that was given stays as it is. */
export function returnStrayedRecords(state: ChainState): ChainState {
  const counts = countByFile(state);
  const isMixed = [...counts.values()].some((byChain) => byChain.size > 1);
  if (!isMixed) return state;
  const owners = new Map([...counts].map(([fileIndex, byChain]) => [fileIndex, largestOf(byChain)]));
  const beginnings = beginningsByFile(state);
  const bare: Record<string, BareState> = structuredClone(state.bare);
  const protocols: Record<string, ProtocolRecords> = {};
  for (const [name, records] of Object.entries(state.protocols)) {
    const isStrayed = ({ fileIndex }: KeptRecord) => owners.get(fileIndex) !== name;
    protocols[name] = { ...records, kept: records.kept.filter((record) => !isStrayed(record)) };
    for (const [source, strayed] of groupBy(records.kept.filter(isStrayed), (record) => record.source)) {
      bare[source] ??= startBare();
      addBare(bare[source], strayed, beginnings);
    }
  }
  return { ...state, bare, protocols };
}

/** By file, how many records each chain has in it. */
function countByFile({ streams, protocols }: ChainState): Map<number, Map<string, number>> {
  const counts = new Map<number, Map<string, number>>();
  const add = (fileIndex: number, name: string, records: number) => {
    const byChain = counts.get(fileIndex) ?? new Map<string, number>();
    counts.set(fileIndex, byChain.set(name, (byChain.get(name) ?? 0) + records));
  };
  const names = Object.keys(protocols);
  if (names.length === 0) return counts;
  for (const { runs } of Object.values(streams))
    for (const { fileIndex, records } of runs) add(fileIndex, PROFILES, records);
  for (const name of names) for (const { fileIndex } of protocols[name]!.kept) add(fileIndex, name, 1);
  return counts;
}

/** Of as many records the chain of a profile: that of a protocol needs nothing that others do not have. */
function largestOf(byChain: ReadonlyMap<string, number>): string {
  return [...byChain].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** By file, where what is known of its chain begins anew. */
function beginningsByFile({ streams }: ChainState): Map<number, number[]> {
  const runs = Object.values(streams).flatMap((stream) => stream.runs);
  return new Map(
    [...groupBy(runs, ({ fileIndex }) => fileIndex)].map(([fileIndex, own]) => [
      fileIndex,
      own.flatMap(({ segments }) => segments.map(({ from }) => from.offset)),
    ]),
  );
}

function addBare(
  bare: BareState,
  records: readonly KeptRecord[],
  beginnings: ReadonlyMap<number, readonly number[]>,
): void {
  for (const [fileIndex, own] of groupBy(records, (record) => record.fileIndex)) {
    const stretches = toStretches(own, beginnings.get(fileIndex) ?? []);
    const kept = stretches.slice(0, MAX_STRETCHES);
    const dropped = stretches.slice(MAX_STRETCHES).reduce((sum, stretch) => sum + stretch.records, 0);
    insertStretches(bare, fileIndex, kept, dropped);
  }
}

/** Records with no beginning of a chain between them are one stretch. */
function toStretches(records: readonly KeptRecord[], beginnings: readonly number[]): BareStretch[] {
  const sorted = beginnings.toSorted((left, right) => left - right);
  const stretches: BareStretch[] = [];
  let passed = 0;
  for (const { place, identity, text } of records) {
    const before = passed;
    while (passed < sorted.length && sorted[passed]! < place.offset) passed++;
    const last = stretches.at(-1);
    if (last !== undefined && passed === before) {
      last.records++;
      last.until = place;
      last.contents.push(toContent(text));
    } else stretches.push({ records: 1, from: place, until: place, identity, contents: [toContent(text)] });
  }
  return stretches;
}
