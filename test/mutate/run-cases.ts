/** Runs the cases of one profile against its attacks, and says what came otherwise than expected. Tests only. */
import type { ChainProfile } from '../../src/chain/profile.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { StreamSummary } from '../../src/model/report.ts';
import type { CompactRange } from '../../src/transparency/compact-range.ts';
import { MADE_KEY } from '../support/made-chain.ts';
import { type Attacked, intact } from './attack.ts';
import { ATTACK_NAMES, ATTACKS, type AttackName } from './attacks.ts';
import { type Outcome, outcomeOf } from './expected.ts';
import { makeScene, traitsOf } from './scene.ts';
import { isExtensionOf, sealOf } from './sealed-log.ts';
import { Verifier } from './verifier.ts';

export type Cell = {
  profile: string;
  attack: AttackName;
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
/** Attacks tried on one made log, whose making costs more than verifying it ten times; one where a profile has to be sought. */
const PER_LOG = 5;

export function runProfile(
  profile: ChainProfile,
  chains: Record<string, unknown>,
  cases: number,
  seed: number,
  only: readonly AttackName[] = ATTACK_NAMES,
): Cell[] {
  const key = profile.digest.key;
  const verifier = new Verifier({
    chains,
    chain: profile.name,
    keys: key === null ? {} : { [key]: MADE_KEY },
  });
  const traits = traitsOf(profile);
  const cells = only.map((attack) => newCell(profile.name, attack, outcomeOf(attack, traits)));
  for (let round = 0; round * PER_LOG < cases; round++) {
    const scene = makeScene(profile, seed + round);
    const before = verifier.verify(intact(scene.records));
    const seal = sealOf(intact(scene.records));
    const alarms = before.findings.map(describe);
    for (const cell of cells) {
      if (alarms.length > 0) {
        miss(cell, seed + round, `the good log has ${alarms.join(', ')}`);
        continue;
      }
      if (cell.outcome.kind === 'not-applicable') continue;
      const turns = cell.attack === 'stored precision' ? 1 : PER_LOG;
      for (let turn = 0; turn < Math.min(turns, cases - round * PER_LOG); turn++) {
        const change = ATTACKS[cell.attack](scene);
        if (typeof change === 'string') {
          cell.unplaced++;
          cell.reason = change;
          continue;
        }
        cell.cases++;
        const after = verifier.verify(change.files);
        for (const code of new Set(after.findings.map((finding) => finding.code)))
          cell.told.set(code, (cell.told.get(code) ?? 0) + 1);
        const wrong =
          unbalanced(after.streams, after.records) ??
          judge(cell.outcome, change, after.findings, seal, after.streams);
        if (wrong !== undefined) miss(cell, seed + round, wrong);
      }
    }
  }
  return cells;
}

function newCell(profile: string, attack: AttackName, outcome: Outcome): Cell {
  const reason = outcome.kind === 'not-applicable' ? outcome.reason : '';
  return { profile, attack, outcome, cases: 0, told: new Map(), unplaced: 0, reason, misses: [], missed: 0 };
}

function miss(cell: Cell, seed: number, what: string): void {
  cell.missed++;
  if (cell.misses.length < MAX_DESCRIBED) cell.misses.push(`seed ${seed}: ${what}`);
}

function describe({ place, code, message }: Finding): string {
  return `${place.file}:${place.line} ${code} (${message.slice(0, 200)})`;
}

/** Conservation: the ranges of a stream add up to it, and the streams to the log. */
function unbalanced(streams: readonly StreamSummary[], records: number): string | undefined {
  let sum = 0;
  for (const { stream, records: own, ranges } of streams) {
    const ranged = ranges.reduce((total, range) => total + range.records, 0);
    if (ranged !== own) return `the ranges of ${stream} hold ${ranged} records, the stream ${own}`;
    if (ranges.some((range) => range.records <= 0)) return `${stream} has a range without records`;
    sum += own;
  }
  return sum === records ? undefined : `the streams hold ${sum} records, the log ${records}`;
}

function judge(
  outcome: Outcome,
  { spots, files }: Attacked,
  findings: readonly Finding[],
  seal: CompactRange,
  after: readonly StreamSummary[],
): string | undefined {
  const told = findings.map(describe).join('; ') || 'nothing';
  const others = (known: readonly string[]) => findings.filter(({ code }) => !known.includes(code));
  switch (outcome.kind) {
    case 'detected': {
      const { codes, also = [] } = outcome;
      const hit = findings.some(
        ({ code, place }) =>
          codes.includes(code) && (spots.length === 0 || spots.includes(`${place.file}:${place.line}`)),
      );
      if (!hit) return `expected ${codes.join(' or ')} at ${spots.join(' or ')}, found ${told}`;
      // Whoever puts a record in elsewhere also puts its time there.
      if (others([...codes, ...also, 'disordered-times']).length > 0)
        return `expected nothing but ${codes.join(', ')}, found ${told}`;
      if (findings.length > MAX_FINDINGS) return `expected at most ${MAX_FINDINGS} findings, found ${told}`;
      return undefined;
    }
    case 'anchor':
      if (others([...(outcome.also ?? []), 'disordered-times']).length > 0)
        return `expected nothing without an anchor, found ${told}`;
      if (!after.some(({ limits }) => limits.some((limit) => outcome.limit.test(limit))))
        return `expected a limit like ${outcome.limit}, found ${after.flatMap(({ limits }) => limits).join('; ')}`;
      return isExtensionOf(seal, files) ? 'the sealed log would not show it' : undefined;
    case 'quiet':
      return others(outcome.also ?? []).length > 0 ? `expected no alarm, found ${told}` : undefined;
    case 'not-applicable':
      return undefined;
  }
}
