/** What both commands of `audit-check retention` need: the policy, the segments of the archive, and the one held to the other. */
import { sha256Hex } from '../base/digest.ts';
import { MOMENT_WORDS, parseMoment, parseTimestamp } from '../base/instant.ts';
import { quote } from '../base/text-safety.ts';
import { describe, ShapeReader } from '../base/yaml-shape.ts';
import { parseYamlDocument } from '../base/yaml-tree.ts';
import type { Problem } from '../model/problem.ts';
import { type Day, dayOf } from '../retention/calendar-age.ts';
import type { HeldSegment } from '../retention/legal-hold.ts';
import { planSegment, type SegmentPlan } from '../retention/retention-plan.ts';
import { parseRetentionPolicy, type RetentionPolicy } from '../retention/retention-policy.ts';
import type { Holding, Holdings } from '../store/archive-holdings.ts';
import { nowMs } from './clock.ts';
import { loadSources } from './library.ts';
import { readText } from './yaml-file.ts';

export type PolicyFile = { file: string; sha256: string; policy: RetentionPolicy };

/** A segment that is there and not declared deleted. */
export type PlannedSegment = SegmentPlan & { holding: Holding };

/** Undefined, with problems, where it cannot be used. */
export function readPolicy(file: string, holdings: Holdings, problems: Problem[]): PolicyFile | undefined {
  const text = readText(file, problems);
  if (text === undefined) return undefined;
  const before = problems.length;
  const { root, problems: mistakes } = parseYamlDocument(file, text);
  problems.push(...mistakes);
  if (root?.kind === 'map') {
    const collected = holdings.segments.flatMap(({ manifest }) => manifest.source ?? []);
    const known = [...new Set([...Object.keys(loadSources([], problems)), ...collected])];
    const policy = parseRetentionPolicy(new ShapeReader(file, root, problems), known);
    return problems.length > before ? undefined : { file, sha256: sha256Hex(text), policy };
  }
  if (mistakes.length === 0) {
    const found = root === undefined ? 'nothing' : describe(root);
    problems.push({ file, line: 1, column: 1, message: `expected a policy with "rules", found ${found}` });
  }
  return undefined;
}

/** Days of first and last event; a time in a manifest that cannot be read is none. */
export function toHeldSegment({ manifest, file }: Holding): HeldSegment {
  const { segment, source, records, stored, origin, from, until, untimed } = manifest;
  return {
    segment,
    file,
    source,
    class: manifest.class,
    name: origin.name,
    records,
    bytes: stored.bytes,
    from: toDay(from),
    until: toDay(until),
    mayHaveUntimed: untimed !== 0,
  };
}

function toDay(text: string | null): Day | undefined {
  const parsed = text === null ? undefined : parseTimestamp(text);
  return parsed === undefined || parsed.problem !== undefined ? undefined : dayOf(parsed.instant);
}

export function planSegments(policy: RetentionPolicy, holdings: Holdings, today: Day): PlannedSegment[] {
  return holdings.segments
    .filter(({ isThere, pruning }) => isThere && pruning === undefined)
    .map((holding) => ({ ...planSegment(policy, toHeldSegment(holding), today), holding }))
    .sort((left, right) => left.segment - right.segment);
}

/** What was declared deleted and is still there. */
export function unfinishedOf({ segments }: Holdings): Holding[] {
  return segments.filter(({ pruning, present }) => pruning !== undefined && present.length > 0);
}

export function readToday(now: string | undefined, problems: Problem[]): Day {
  const instant = now === undefined ? BigInt(nowMs()) * 1_000_000n : parseMoment(now);
  if (instant !== undefined) return dayOf(instant);
  const message = `expected ${MOMENT_WORDS}, found ${quote(now!)}`;
  problems.push({ file: '--now', line: 0, column: 0, message });
  return 0;
}
