/** A relation judges the marks of one group in time order. Pure: it holds nothing between groups. */
import type { Instant } from '../base/instant.ts';
import type { FindingKind, Severity, Verdict } from './finding.ts';
import type { LicenseFigures } from './license-figures.ts';
import type { Mark, MarkInput } from './mark.ts';
import type { Place } from './place.ts';
import type { Usage } from './report.ts';
import type { Correlation, Waiver } from './rule.ts';

/** A stretch of time, both ends within it. */
export type Stretch = { from: Instant; until: Instant };

/**
 * A stretch of the log. `holes`: where no file of it speaks for so long that one may be missing; in order. `groupless`:
 * events that lack a field to group them by, which any group may own.
 */
export type Covered = Stretch & { holes?: readonly Stretch[]; groupless?: Groupless };

/** `within` holds all of them that have a readable time; undefined where none has one. */
export type Groupless = { events: number; untimed: number; within: Stretch | undefined };

/**
 * What the log covers: judgments about absence stop at its edges. Undefined when no event had a time.
 * `steps`: for each of the relation's inputs, what the sources cover that its detection runs on; undefined where none
 * of them is in the log. An approval that lies in another log than the access is missing only where that log speaks.
 */
export type Coverage =
  | (Stretch &
      Pick<Covered, 'holes'> & {
        /** The parts of its holes, and of what is thin, of which the log itself says that it lacks them, however short; in no order. */
        lost?: readonly Stretch[];
        steps?: readonly (Covered | undefined)[];
        /** Where the audit knows its time: a record that claims a later one happened nobody knows when. */
        latest?: Instant;
        /** Where several license servers write logs. */
        logs?: ServerLogFiles;
        /** Where fewer of them speak than elsewhere, for so long that a file may be missing; in order. */
        thin?: readonly Stretch[];
      })
  | undefined;

/** The name of the log that a file is a part of, when it speaks, and what it lacks in between by what it says itself, in order. */
type ServerLogFile = { log: string; lost?: readonly Stretch[] } & Stretch;

/** Of each file of a license server. */
export type ServerLogFiles = Readonly<Record<string, ServerLogFile>>;

/** What the log covers of the events that make marks of one step. */
export function coverageOf(coverage: Coverage, step: number): Covered | undefined {
  return coverage?.steps === undefined ? coverage : coverage.steps[step];
}

/** The values of the input's `groupBy`, in order; NO_VALUE for an optional field that the events lack. */
export type Group = readonly string[];

export function groupKey(group: Group): string {
  return JSON.stringify(group);
}

/** Stands in a group for an absent value. A value of the log that reads the same names another group. */
export const NO_VALUE = '(none)';

/** What a relation concluded about one group, or one episode of it. The spine makes findings of it. */
export type Judgement = {
  verdict: Verdict;
  /** A code of the relation's definition. */
  code: string;
  /** What happened, with the values. */
  message: string;
  /** Where the episode begins, and further places, as `tellPlace` chooses them. */
  place: Place;
  related: Place[];
  /** Positions the episode stands for. */
  count: number;
  subject?: string;
  /**
   * From the begin to the end of everything that the judgement stands for, since waivers and chains go by it; undefined
   * where an event of it has no readable time.
   */
  span?: Stretch;
  /** Of a correlation that others refer to: each time that its condition came true, in order of the ends. */
  occurrences?: readonly Occurrence[];
  /** The waiver that covers all of it: the finding stays, marked, and does not count for the verdict of the run. */
  waiver?: Waiver;
  /** What the rule's condition is about (events, distinct values, a sum), for `levels`. */
  figure?: number;
  /** As of a finding. */
  also?: string[];
  moreSaid?: true;
  /**
   * Digests of what it speaks of beside its group, that of the message first; undefined where that is not known, or nobody asks.
   * Judgements that are joined and speak of the same differ in times and counts alone.
   */
  topics?: readonly string[];
  /** The identities that make the judgement the same one in the next run. */
  identity: readonly string[];
  /** Of what it says beside its first event, where it does: one that says something else is another finding, of the same events. */
  besides?: readonly string[];
  /** Overrides the rule's level. */
  severity?: Severity;
  /**
   * Instead of a finding: events that the relation had to leave out, and why; summed over all groups to one notice of
   * the report for each `why`. The verdict is then what a test of the rule sees.
   * `isLearning`: no rule of the kind can do without, and it judges what comes after.
   */
  leftOut?: { why: string; events: number; isLearning?: boolean };
  /** Of judgements that come by hundreds and are alike: what is said of the groups beyond the first ten of a rule, in one. */
  alike?: string;
  /** For licenses: what was measured against what; kept for satisfied judgements too. */
  usage?: Usage;
  /** Of what `usage` is. */
  usagePeriod?: { from: Instant; until: Instant };
};

/** From the first to the last of the fewest events that make a condition true. `place`: of the first; `identity`: of the last. */
export type Occurrence = Stretch & { place: Place; identity: string };

/** Gets what a statement tells of a license. Figures are not judged, so they are no judgement that a finding could come of. */
export type TellFigures = (figures: LicenseFigures) => void;

/** Further places a finding names; the count tells the rest. Of each file that none of them lies in, one comes on top. */
export const MAX_RELATED = 9;

export interface Relation {
  readonly inputs: readonly MarkInput[];
  /**
   * Steps whose marks only speak for a group: more of them never make a violation. A rule's `effective` leaves them in,
   * for an approval may come before the rule is in force; and an uncertain one is taken into account.
   */
  readonly evidence?: ReadonlySet<number>;
  /**
   * What the log covers is then what the sources cover that its events came from: a log that none of them is in vouches for
   * nothing. Where no event came, it is the whole log as everywhere.
   */
  readonly isOfItsSources?: boolean;
  /** It keeps to the rule's `effective` itself: events from before it are a part of what it judges. */
  readonly dated?: boolean;
  /** So does it, and what it gets from another time only tells more of what lies within: where the rule is not in force it judges nothing. */
  readonly looksAround?: boolean;
  /** Of what a correlation found it takes each time that this came true, and not all of it as one. */
  readonly takesEach?: boolean;
  /** Nanoseconds: how long its windows are. Of what a correlation found that lasts longer, its end stands for it. */
  readonly window?: bigint;
  /** It wants marks of records that repeat others and may be of second events; the others are dropped before. */
  readonly takesSeconds?: boolean;
  /** A group with fewer marks makes no judgement; not given where that cannot be said. */
  readonly fewest?: number;
  /** `marks` come in total order (time, file, position), deduplicated; marks without a time come first. */
  judge(group: Group, marks: Iterable<Mark>, coverage: Coverage, tell?: TellFigures): Iterable<Judgement>;
  /** What to say when no mark came at all: a license nobody used, a table without rows. */
  judgeNothing?(coverage: Coverage, tell?: TellFigures): Iterable<Judgement>;
  /** Asked once, after all groups: what is to be said of groups that had no mark. `present` are those that had, by `groupKey`. */
  judgeAbsent?(
    present: ReadonlySet<string>,
    coverage: Coverage,
  ): Iterable<{ group: Group; judgement: Judgement }>;
}

/** A member of `src/relations/`. */
export type RelationDefinition = {
  /** The word in `correlation: {type: …}`; the file's name is the same in kebab-case. */
  type: string;
  title: string;
  findings: readonly FindingKind[];
  /** Compiles one correlation document; says what is wrong with it through `problem`, and then returns undefined. */
  compile(correlation: Correlation, problem: (message: string) => void): Relation | undefined;
};
