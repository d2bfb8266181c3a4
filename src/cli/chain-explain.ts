/** `audit-check chain explain`: what was hashed for one record, byte for byte, so that anybody can hash it again. */
import fs from 'node:fs';
import { compareText, quote } from '../base/text-safety.ts';
import { type ExplainedRecord, explainRecord } from '../chain/explain-record.ts';
import { BoundLayout, type ChainLayout, toLayouts } from '../chain/layout.ts';
import type { ChainProfile } from '../chain/profile.ts';
import type { RecordView } from '../chain/record-view.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { toRecordView } from '../sources/record-view.ts';
import { chainExplainJson, chainExplainText } from './chain-explain-report.ts';
import { type ChainOptions, type ChainTools, loadChainTools, profileNamed } from './chain-options.ts';
import { type LogRecord, problem, readLogRecords } from './chain-records.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadChainFile } from './library.ts';
import { writeFileWhole, writeStream } from './write-output.ts';

export type ChainExplainOptions = ChainOptions & {
  profile?: string;
  full: boolean;
  raw?: string;
  format: 'text' | 'json';
};

export type Position = { file: string; line: number; offset: number };

export type ChainExplanation = {
  record: LogRecord;
  profile: ChainProfile;
  layout: ChainLayout;
  explained: ExplainedRecord;
  /** The hash that the log carries for the record: its own, else that of the record after it; undefined where none does. */
  carried: { hash: string; by: Position } | undefined;
  /** The record whose hash this one names. */
  predecessor: Position | undefined;
  /** Profiles that give the same hash. */
  alsoFit: string[];
};

/** Exit 0 when the hash is right and the record before is there, 1 when either is not, 3 when nothing can be computed. */
export async function explainChain(place: string, options: ChainExplainOptions): Promise<ExitCode> {
  const problems: Problem[] = [];
  const tools = loadChainTools(options, problems);
  const profile = options.profile === undefined ? undefined : chosenProfile(options.profile, tools, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const { file, line } = parsePlace(place);
  const mappings = Object.values(tools.mappings);
  let record: LogRecord | undefined;
  const { mapping } = await readLogRecords([file], mappings, options.source, (each) => {
    if (line === undefined || each.line === line) record = each;
    return record === undefined && (line === undefined || each.line <= line);
  });
  if (record === undefined) throw new ProblemsError([problem(place, 'no record begins there')]);
  const view = toRecordView(mapping);
  const profiles = profile === undefined ? shippedOrder(tools) : [profile];
  const chosen = await chooseLayout(record, profiles, view, tools, (visit) =>
    readLogRecords([file], mappings, options.source, visit),
  );
  if (chosen === undefined) throw new ProblemsError([problem(place, noChain(profiles))]);
  if (options.raw !== undefined) {
    const { preimage } = chosen.explained;
    if (preimage === undefined)
      throw new ProblemsError([problem(place, `it has no pre-image: ${chosen.explained.reason}`)]);
    writeFileWhole(options.raw, preimage);
  }
  const report =
    options.format === 'json' ? chainExplainJson(chosen) : chainExplainText(chosen, options.full);
  await writeStream(process.stdout, report);
  return exitOf(chosen);
}

function exitOf({ explained, carried, predecessor }: ChainExplanation): ExitCode {
  if (explained.computed === '') return EXIT.incomplete;
  const linked = explained.genesis || predecessor !== undefined;
  const isLast = carried === undefined && explained.own === null;
  return linked && (isLast || carried?.hash === explained.computed) ? EXIT.clean : EXIT.findings;
}

/** `log.ndjson:12`; a file whose own name ends so is taken as it is. */
function parsePlace(place: string): { file: string; line: number | undefined } {
  const at = /^(.+):(\d{1,15})$/.exec(place);
  if (at === null || fs.existsSync(place)) return { file: place, line: undefined };
  return { file: at[1]!, line: Number(at[2]) };
}

function chosenProfile(name: string, tools: ChainTools, problems: Problem[]): ChainProfile | undefined {
  if (/\.ya?ml$/i.test(name)) return loadChainFile(name, problems);
  return profileNamed(name, tools.profiles, problems);
}

function shippedOrder({ profiles }: ChainTools): ChainProfile[] {
  return Object.keys(profiles)
    .sort(compareText)
    .map((name) => profiles[name]!);
}

function noChain(profiles: readonly ChainProfile[]): string {
  const fields = [
    ...new Set(profiles.flatMap(({ members }) => members.map(({ previous, own }) => own ?? previous))),
  ];
  const names = fields.slice(0, 12).map((field) => quote(field ?? ''));
  return `the record carries none of the chain fields ${names.join(', ')}; "audit-check chain infer" finds out which fields hold a chain`;
}

type ReadAll = (visit: (record: LogRecord) => boolean) => Promise<unknown>;

/** The layout whose profile gives the hash that the log carries; else the first whose fields the record has. */
async function chooseLayout(
  record: LogRecord,
  profiles: readonly ChainProfile[],
  view: RecordView,
  { keys }: ChainTools,
  readAll: ReadAll,
): Promise<ChainExplanation | undefined> {
  let best: ChainExplanation | undefined;
  for (const layout of toLayouts(profiles)) {
    const bound = new BoundLayout(layout, view.fields, keys);
    const event = view.at(record.bytes);
    if (!bound.holds(event) && !bound.mayBegin(event)) continue;
    const around = await lookAround(record, layout, bound, view, readAll);
    const right = around.expected.flatMap((hash, index) =>
      hash === around.carried?.hash && hash !== '' ? [index] : [],
    );
    const at = right[0] ?? 0;
    const profile = layout.profiles[at]!;
    const explained = explainRecord(record.bytes, layout, profile, view, keys);
    const alsoFit = right.slice(1).map((index) => layout.profiles[index]!.name);
    const found = {
      record,
      profile,
      layout,
      explained,
      carried: around.carried,
      predecessor: around.predecessor,
      alsoFit,
    };
    if (right.length > 0) return found;
    best ??= found;
  }
  return best;
}

type Around = Pick<ChainExplanation, 'carried' | 'predecessor'> & { expected: string[] };

/** Reads the log for the record that is named, and where hashes stand in the next record for the one that names it. */
async function lookAround(
  record: LogRecord,
  layout: ChainLayout,
  bound: BoundLayout,
  view: RecordView,
  readAll: ReadAll,
): Promise<Around> {
  const ownless = layout.members.own === null;
  const event = view.at(record.bytes);
  const previous = bound.previous(event, '');
  const own = ownless ? '' : bound.own(event);
  const expected = bound.expected(event, previous, own.length);
  let carried: Around['carried'] = ownless ? undefined : { hash: own, by: record };
  let predecessor: Position | undefined;
  let isNext = false;
  await readAll((each) => {
    const isRecord = each.offset === record.offset;
    const other = view.at(each.bytes);
    if (!bound.holds(other) && !bound.mayBegin(other)) return true;
    const named = bound.previous(other, '');
    if (!isRecord && previous !== '') {
      const hashes = ownless ? bound.expected(other, named, 0) : [bound.own(other)];
      if (hashes.includes(previous)) predecessor ??= each;
    }
    // The record that names this one; else the next, which names another.
    if (
      ownless &&
      !isRecord &&
      named !== '' &&
      (expected.includes(named) || (isNext && carried === undefined))
    )
      carried = { hash: named, by: each };
    isNext = isRecord;
    return predecessor === undefined || ownless;
  });
  return { carried, predecessor, expected };
}
