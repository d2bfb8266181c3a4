/** Runs the cases of one profile against its attacks, and says what came otherwise than expected. Tests only. */
import type { ChainProfile } from '../../src/chain/profile.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { StreamSummary } from '../../src/model/report.ts';
import type { CompactRange } from '../../src/transparency/compact-range.ts';
import { keysFor } from '../support/made-chain.ts';
import { type Attacked, intact } from './attack.ts';
import { ATTACK_NAMES, ATTACKS, type AttackName } from './attacks.ts';
import { type Outcome, outcomeOf } from './expected.ts';
import { makeScene, traitsOf } from './scene.ts';
import { isExtensionOf, sealOf } from './sealed-log.ts';
import { Verifier } from './verifier.ts';

export type Cell = {
  profile: string;
  attack: string;
  /** Of the matrix, where it is not the attack by itself. */
  row?: string;
  outcome: Outcome;
  cases: number;
  /** Codes that told of it, with how often. */
  told: Map<string, number>;
  /** Cases in which the log had no place for the attack, and why. */
  unplaced: number;
  reason: string;
  misses: string[];
  missed: number;
};

/** Misses of one cell that are described; the rest is counted. */
const MAX_DESCRIBED = 3;
/** Findings that one attack may make: more is a flood. */
const MAX_FINDINGS = 4;
/** Attacks tried on one made log, whose making costs more than verifying it ten times. */
export const PER_LOG = 5;
/** Of so many cases in which nothing recomputes, the form of the writer is sought in one: 0.4 s each (measured). */
const NAMED_FORMS = 500;

export type RunOptions = {
  /** Cases a cell. */
  cases: number;
  seed: number;
  only?: readonly AttackName[];
  /** Whether the writer's form is sought where nothing recomputes, in one of `NAMED_FORMS` cases. */
  namesForm?: boolean;
  /** Whether the profile is named (`--chain`), or recognized among all. */
  recognized?: boolean;
};

export function runProfile(
  profile: ChainProfile,
  chains: Record<string, unknown>,
  { cases, seed, only = ATTACK_NAMES, namesForm = true, recognized = false }: RunOptions,
): Cell[] {
  const verifier = new Verifier({
    chains,
    ...(recognized ? {} : { chain: profile.name }),
    keys: keysFor(profile),
  });
  const traits = traitsOf(profile, recognized);
  /** Of a log whose values are written alike under two profiles, either is the right one. */
  const isRight = (stream: StreamSummary, files: Attacked['files']) => {
    const other = new Verifier({ chains, chain: stream.profile!, keys: keysFor(profile) });
    return other.verify(files).findings.every(({ subject }) => subject !== stream.stream);
  };
  const cells = only.map((attack) => newCell(profile.name, attack, outcomeOf(attack, traits)));
  for (let round = 0; round * PER_LOG < cases; round++) {
    const scene = makeScene(profile, seed + round);
    const whole = intact(scene.records);
    const before = verifier.verify(whole);
    const seal = sealOf(whole);
    const alarm =
      before.findings.map(describe).join(', ') ||
      unrecognized(before.streams, profile, (stream) => isRight(stream, whole));
    for (const cell of cells) {
      if (alarm !== undefined) {
        miss(cell, seed + round, `the good log has ${alarm}`);
        continue;
      }
      if (cell.outcome.kind === 'not-applicable') continue;
      for (let turn = 0; turn < Math.min(PER_LOG, cases - round * PER_LOG); turn++) {
        const change = ATTACKS[cell.attack as AttackName](scene);
        if (typeof change === 'string') {
          cell.unplaced++;
          cell.reason = change;
          continue;
        }
        const isNamed = namesForm && cell.cases % NAMED_FORMS === 0;
        const after = verifier.verify(change.files, isNamed);
        tally(cell, after.findings);
        const wrong =
          unbalanced(after.streams, after.records) ??
          judge(cell.outcome, change, after.findings, seal, after.streams);
        if (wrong !== undefined) miss(cell, seed + round, wrong);
      }
    }
  }
  return cells;
}

/** A log that is clean because nobody knew its chain is no proof of anything. */
function unrecognized(
  streams: readonly StreamSummary[],
  { name }: ChainProfile,
  isRight: (stream: StreamSummary) => boolean,
): string | undefined {
  const other = streams.find(
    (stream) => stream.profile !== name && !(stream.profile !== null && isRight(stream)),
  );
  return other && `a stream of the profile ${other.profile}`;
}

export function newCell(profile: string, attack: string, outcome: Outcome): Cell {
  const reason = outcome.kind === 'not-applicable' ? outcome.reason : '';
  return { profile, attack, outcome, cases: 0, told: new Map(), unplaced: 0, reason, misses: [], missed: 0 };
}

/** Counts a case, and what told of it. */
export function tally(cell: Cell, findings: readonly Finding[]): void {
  cell.cases++;
  for (const code of new Set(findings.map((finding) => finding.code)))
    cell.told.set(code, (cell.told.get(code) ?? 0) + 1);
}

export function miss(cell: Cell, seed: number, what: string): void {
  cell.missed++;
  if (cell.misses.length < MAX_DESCRIBED) cell.misses.push(`seed ${seed}: ${what}`);
}

export function describe({ place, code, message }: Finding): string {
  return `${place.file}:${place.line} ${code} (${message.slice(0, 200)})`;
}

/** Conservation: the ranges of a stream add up to it, and the streams to the log. */
export function unbalanced(streams: readonly StreamSummary[], records: number): string | undefined {
  let sum = 0;
  for (const { stream, records: own, ranges } of streams) {
    const ranged = ranges.reduce((total, range) => total + range.records, 0);
    if (ranged !== own) return `the ranges of ${stream} hold ${ranged} records, the stream ${own}`;
    if (ranges.some((range) => range.records <= 0)) return `${stream} has a range without records`;
    sum += own;
  }
  return sum === records ? undefined : `the streams hold ${sum} records, the log ${records}`;
}

export function judge(
  outcome: Outcome,
  attacked: Attacked,
  findings: readonly Finding[],
  seal: CompactRange,
  after: readonly StreamSummary[],
  most = MAX_FINDINGS,
): string | undefined {
  const { spots, files, timeChanged = false } = attacked;
  const told = findings.map(describe).join('; ') || 'nothing';
  const others = (known: readonly string[]) =>
    findings.filter(({ code }) => !known.includes(code) && !(timeChanged && code === 'disordered-times'));
  switch (outcome.kind) {
    case 'detected': {
      const { codes, also = [], unless } = outcome;
      if (unless !== undefined && findings.length === 0)
        return judge({ kind: 'anchor', limit: unless }, attacked, findings, seal, after);
      const hit = findings.some(
        ({ code, place }) =>
          codes.includes(code) && (spots.length === 0 || spots.includes(`${place.file}:${place.line}`)),
      );
      if (!hit) return `expected ${codes.join(' or ')} at ${spots.join(' or ')}, found ${told}`;
      if (others([...codes, ...also]).length > 0)
        return `expected nothing but ${codes.join(', ')}, found ${told}`;
      if (findings.length > most) return `expected at most ${most} findings, found ${told}`;
      return undefined;
    }
    case 'anchor':
      if (others(outcome.also ?? []).length > 0) return `expected nothing without an anchor, found ${told}`;
      if (!after.some(({ limits }) => limits.some((limit) => outcome.limit.test(limit))))
        return `expected a limit like ${outcome.limit}, found ${after.flatMap(({ limits }) => limits).join('; ')}`;
      return isExtensionOf(seal, files) ? 'the sealed log would not show it' : undefined;
    case 'quiet':
      return others(outcome.also ?? []).length > 0 ? `expected no alarm, found ${told}` : undefined;
    case 'not-applicable':
      return undefined;
  }
}
