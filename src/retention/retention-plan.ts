/** What a policy says of each segment of an archive on a day: its tier, when it falls due, and what keeps it. */
import { DAYS_AHEAD, type Day, FIRST_BELIEVED, firstDayPast } from './calendar-age.ts';
import { type HeldSegment, isHeldBy, isStanding, type LegalHold } from './legal-hold.ts';
import type { RetentionPolicy, RetentionRule } from './retention-policy.ts';

/**
 * `kept`: not past its maximum age, or no rule gives one. `due`: past it. `held`: past it, and a legal hold stands.
 * `undated`: its age cannot be told.
 */
export type Standing = 'kept' | 'due' | 'held' | 'undated';

export type SegmentPlan = HeldSegment & {
  /** Undefined where no rule fits. */
  rule: RetentionRule | undefined;
  /** Undefined where the age is not known, no rule fits, or it is past all tiers. */
  tier: string | undefined;
  standing: Standing;
  /** The first day past its maximum age, where that can be told. */
  dueOn: Day | undefined;
  /** Those that stand on the day of the plan. */
  holds: readonly LegalHold[];
  /** Why the age cannot be told. */
  doubt?: string;
};

export function planSegment(policy: RetentionPolicy, segment: HeldSegment, today: Day): SegmentPlan {
  const rule = policy.rules.find((each) => fits(each, segment));
  const holds = policy.holds.filter((hold) => isStanding(hold, today) && isHeldBy(hold, segment));
  const doubt = doubtOf(segment, today);
  const plan = { ...segment, rule, holds, tier: undefined, dueOn: undefined };
  if (doubt !== undefined) return { ...plan, standing: rule?.maximum ? 'undated' : 'kept', doubt };
  const { until } = segment;
  const tier = rule?.tiers.find(({ upTo }) => upTo === undefined || today < firstDayPast(until!, upTo))?.name;
  if (rule?.maximum === undefined) return { ...plan, tier, standing: 'kept' };
  const dueOn = firstDayPast(until!, rule.maximum);
  const standing = today < dueOn ? 'kept' : holds.length > 0 ? 'held' : 'due';
  return { ...plan, tier, dueOn, standing };
}

/** A deletion that was signed: when, and of what. */
export type PrunedSegment = HeldSegment & { on: Day };

/** `dueOn`: the first day on which the policy would have let it go. */
export type PruningFault =
  | { kind: 'early'; rule: RetentionRule; dueOn: Day }
  | { kind: 'undated'; rule: RetentionRule; doubt: string }
  | { kind: 'held'; hold: LegalHold };

/** What a policy has to say against a deletion, whatever policy it was made by. */
export function judgePruning(policy: RetentionPolicy, segment: PrunedSegment): PruningFault[] {
  const { on, until } = segment;
  const faults: PruningFault[] = policy.holds
    .filter((hold) => isStanding(hold, on) && isHeldBy(hold, segment))
    .map((hold) => ({ kind: 'held', hold }));
  const rule = policy.rules.find((each) => fits(each, segment));
  if (rule === undefined) return faults;
  const doubt = doubtOf(segment, on);
  if (doubt !== undefined) return [...faults, { kind: 'undated', rule, doubt }];
  if (rule.minimum === undefined) return faults;
  const dueOn = firstDayPast(until!, rule.minimum);
  return on < dueOn ? [...faults, { kind: 'early', rule, dueOn }] : faults;
}

function fits({ sources, classes }: RetentionRule, segment: HeldSegment): boolean {
  if (sources.length > 0 && (segment.source === null || !sources.includes(segment.source))) return false;
  return classes.length === 0 || classes.includes(segment.class);
}

function doubtOf({ until }: HeldSegment, today: Day): string | undefined {
  if (until === undefined) return 'none of its records has an event time';
  if (until < FIRST_BELIEVED) return 'its newest event is from before 1980, which no log is';
  return until > today + DAYS_AHEAD ? 'its newest event lies in the future' : undefined;
}
