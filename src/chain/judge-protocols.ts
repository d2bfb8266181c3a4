/** What the records of protocols amount to: conclusions and stream summaries, in the words of the chain check. */
import { groupBy } from '../base/group-by.ts';
import { count } from '../base/text-safety.ts';
import type { Place } from '../model/place.ts';
import { type Assurance, type StreamRange, type StreamSummary, weakestOf } from '../model/report.ts';
import { toldPlaces } from '../model/told-places.ts';
import { type BareState, identityOf, toContent } from './bare-records.ts';
import { CHAIN_KINDS, type ChainCode, UNDETERMINED } from './break-kinds.ts';
import type { ChainConclusion } from './chain-conclusion.ts';
import type { ChainState } from './chain-state.ts';
import type { ProtocolContext, ProtocolRecord, ProtocolStreamVerdict } from './protocol.ts';
import { MAX_PROTOCOL_TEXT, type ProtocolRecords, toProtocolRecords } from './protocol-records.ts';
import { PROTOCOLS } from './protocols/index.ts';
import type { StreamState } from './segment.ts';

type ProtocolsVerdict = { conclusions: ChainConclusion[]; streams: StreamSummary[] };

export function judgeProtocols(
  { protocols, bare, streams }: ChainState,
  contexts: readonly ProtocolContext[],
): ProtocolsVerdict {
  const verdict: ProtocolsVerdict = { conclusions: [], streams: [] };
  for (const context of contexts) {
    const state = protocols[context.profile.name];
    if (state === undefined) continue;
    const records = toProtocolRecords(state);
    for (const stream of PROTOCOLS[context.profile.protocol]!.judge(records, context))
      addStream(verdict, stream, records, state, context);
    addDropped(verdict, state, context);
    addBare(verdict, records, bare, context);
    addOtherChains(verdict, records, Object.values(streams), context);
  }
  return verdict;
}

function addStream(
  verdict: ProtocolsVerdict,
  { stream, records, breaks, head, limits, unverified, unproven }: ProtocolStreamVerdict,
  all: readonly ProtocolRecord[],
  state: ProtocolRecords,
  { profile }: ProtocolContext,
): void {
  for (const { code, record, message, related = [], identity } of breaks) {
    verdict.conclusions.push({
      code,
      place: all[record]!.place,
      related: related.map((index) => all[index]!.place),
      message,
      count: 1,
      // Its content too: what was altered once can be altered again.
      identity: JSON.stringify([identity ?? message, toContent(state.kept[record]!.text)]),
      stream,
    });
  }
  const reasons = new Map<number, string>();
  for (const { code, record } of breaks)
    if (!UNDETERMINED.has(code) && !reasons.has(record)) reasons.set(record, titleOf(code));
  const ranges = toRanges(records, all, [
    { assurance: 'broken', reasons },
    { assurance: 'unverifiable', reasons: unverified ?? new Map() },
    { assurance: 'unprotected', reasons: unproven ?? new Map() },
  ]);
  verdict.streams.push({
    stream,
    profile: profile.name,
    records: records.length,
    status: weakestOf(ranges),
    ranges,
    ...(head !== undefined && { head }),
    limits: [...limits],
  });
}

/** Why records are worth less than their chain, by their positions. */
type Weakened = { assurance: Assurance; reasons: ReadonlyMap<number, string> };

/** Records in a row with the same to say of them. `weakened`: the worst first. */
function toRanges(
  records: readonly number[],
  all: readonly ProtocolRecord[],
  weakened: readonly Weakened[],
): StreamRange[] {
  const ranges: StreamRange[] = [];
  for (const index of records) {
    const { place } = all[index]!;
    const found = weakened.find(({ reasons }) => reasons.has(index));
    const assurance = found?.assurance ?? 'chained';
    const reason = found?.reasons.get(index);
    const last = ranges.at(-1);
    if (last?.assurance === assurance && last.reason === reason) {
      last.records++;
      last.until = place;
    } else
      ranges.push({
        assurance,
        records: 1,
        from: place,
        until: place,
        ...(reason !== undefined && { reason }),
      });
  }
  return ranges;
}

function titleOf(code: ChainCode): string {
  return CHAIN_KINDS.find((kind) => kind.code === code)!.title;
}

/** Records that belong to no chain, in a file that holds one: they can be added, changed and removed at will. */
function addBare(
  verdict: ProtocolsVerdict,
  records: readonly ProtocolRecord[],
  bare: Readonly<Record<string, BareState>>,
  { profile }: ProtocolContext,
): void {
  const files = new Set(records.map(({ fileIndex }) => fileIndex));
  for (const { files: all } of Object.values(bare)) {
    for (const { fileIndex, records: found, stretches } of all) {
      if (!files.has(fileIndex)) continue;
      const [first, ...rest] = stretches;
      verdict.conclusions.push({
        code: 'unhashed-record',
        place: first!.from,
        related: toldPlaces(
          first!.from,
          rest.map(({ from }) => from),
        ),
        message: `expected records of ${profile.name} alone, found ${count(found, 'record')} outside it`,
        count: found,
        identity: identityOf(stretches),
        stream: first!.from.file,
      });
    }
  }
}

/** Records of another chain in a file that holds more of the protocol's. */
function addOtherChains(
  verdict: ProtocolsVerdict,
  records: readonly ProtocolRecord[],
  streams: readonly StreamState[],
  { profile }: ProtocolContext,
): void {
  const files = new Map<number, Place>();
  for (const { fileIndex, place } of records) if (!files.has(fileIndex)) files.set(fileIndex, place);
  const runs = streams.flatMap((stream) => stream.runs).filter(({ fileIndex }) => files.has(fileIndex));
  for (const [fileIndex, own] of groupBy(runs, (run) => run.fileIndex)) {
    const begins = own.map(({ segments }) => segments[0]!);
    const first = begins.reduce((least, one) => (one.from.offset < least.from.offset ? one : least));
    const found = own.reduce((sum, run) => sum + run.records, 0);
    verdict.conclusions.push({
      code: 'second-genesis',
      place: first.from,
      related: [files.get(fileIndex)!],
      message: `expected records of ${profile.name} alone, found ${count(found, 'record')} of another chain`,
      count: found,
      identity: first.first[0] ?? '',
      stream: first.from.file,
    });
  }
}

function addDropped(verdict: ProtocolsVerdict, { dropped }: ProtocolRecords, context: ProtocolContext): void {
  const { records, first } = dropped;
  if (first === null) return;
  const stream = `further records of ${context.profile.name}`;
  const bound = `${count(MAX_PROTOCOL_TEXT / 2 ** 20, 'MiB', 'MiB')} of records`;
  verdict.conclusions.push({
    code: 'too-many-streams',
    place: first,
    related: [],
    message: `expected at most ${bound} of the protocol ${context.profile.protocol}, found ${count(records, 'record')} behind them, not verified`,
    count: records,
    identity: '',
    stream,
  });
  verdict.streams.push({
    stream,
    profile: context.profile.name,
    records,
    status: 'unverifiable',
    ranges: [{ assurance: 'unverifiable', records, from: first, until: first, reason: `more than ${bound}` }],
    limits: [],
  });
}
