/** Judges some groups of marks, or all of them: what one thread does of relating. Order and answer are plain data. */
import type { LicenseFigures } from '../model/license-figures.ts';
import { type Group, groupKey, type Judgement } from '../model/relation.ts';
import { type LeftOut, LeftOutEvents } from './left-out-events.ts';
import { type CoveredSources, LogCoverage } from './log-coverage.ts';
import type { Share } from './mark-shares.ts';
import { type MarkSource, markGroups, type OnMark, type Seconds } from './marks.ts';
import type { Plan } from './plan.ts';
import { type PackedPositions, PositionSet } from './position-set.ts';

export type JudgeOrder = {
  source: MarkSource;
  /** Names by file index, as reports have them. */
  files: string[];
  /** Records that were dropped. */
  duplicates: PackedPositions;
  /** Of these, records that may have happened as often as they are written. */
  seconds: PackedPositions;
  /** What the log covers, by source. */
  sources: CoveredSources;
  /** Relations that are judged when others are: their marks are counted, and passed over. */
  later: readonly number[];
  /** The groups to judge, where they are not all. */
  share?: Share;
};

/** The judgements of one group, or some of them where they are many. `name`: groups are in its order, a character for each byte. */
export type Judged = { name: string; relation: number; group: Group; judgements: Judgement[] };

export type JudgedShare = {
  /** Those of a group in their order, and the groups in the order of their names. */
  judged: Judged[];
  /** What relations left out; no judgement in `judged` tells of it. */
  leftOut: LeftOut[];
  /** What a statement tells of the licenses. */
  figures: LicenseFigures[];
  /** The relations that got marks. */
  met: number[];
  /** The groups that had marks, by `groupKey`, of relations that speak of those that had none. */
  present: { relation: number; group: string }[];
  /** By detection its marks, each event counted once although several relations may get it. */
  counts: number[];
};

/** Judgements that are given out together. */
const MAX_TOGETHER = 1000;

/** `onJudged`: gets what is judged on the way, which is then not in the answer. */
export function judgeShare(
  plan: Plan,
  order: JudgeOrder,
  onJudged?: (judged: Judged[]) => void,
): JudgedShare {
  const counter = new MatchCounter(plan);
  const coverage = new LogCoverage(plan, order.sources);
  const later = new Set(order.later);
  const met = new Set<number>();
  const present: JudgedShare['present'] = [];
  const leftOut = new LeftOutEvents();
  const figures: LicenseFigures[] = [];
  const tell = (told: LicenseFigures) => void figures.push(told);
  let judged: Judged[] = [];
  let together = 0;
  const groups = markGroups(order.source, {
    files: order.files,
    unordered: order.sources.unordered,
    duplicates: PositionSet.unpack(order.duplicates),
    seconds: askedSeconds(plan, PositionSet.unpack(order.seconds)),
    onMark: counter.count,
    fewest: fewestMarks(plan),
    share: order.share,
  });
  for (const { relation, name, group, marks } of groups) {
    if (later.has(relation)) continue;
    met.add(relation);
    if (plan.relations[relation]!.relation.judgeAbsent !== undefined)
      present.push({ relation, group: groupKey(group) });
    let some: Judged | undefined;
    const judging = plan.relations[relation]!.relation.judge(group, marks, coverage.of(relation), tell);
    for (const judgement of judging) {
      if (leftOut.takes(relation, judgement)) continue;
      if (some === undefined) {
        some = { name: name.toString('latin1'), relation, group, judgements: [] };
        judged.push(some);
      }
      some.judgements.push(judgement);
      if (onJudged === undefined || ++together < MAX_TOGETHER) continue;
      onJudged(judged);
      judged = [];
      together = 0;
      some = undefined;
    }
  }
  return { judged, leftOut: leftOut.all(), figures, met: [...met], present, counts: counter.counts };
}

/**
 * Makes equal texts one, for each that came from another thread is a copy of its own: the name of the file in each of the ten
 * places of a finding, and what judgements are called. `texts`: those met before.
 */
export function shareTexts(judged: readonly Judged[], texts: Map<string, string>): void {
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  for (const { judgements } of judged) {
    for (const judgement of judgements) {
      judgement.code = shared(judgement.code);
      judgement.verdict = shared(judgement.verdict) as Judgement['verdict'];
      judgement.place.file = shared(judgement.place.file);
      for (const place of judgement.related) place.file = shared(place.file);
    }
  }
}

export function askedSeconds({ relations }: Plan, positions: PositionSet): Seconds {
  return { positions, isAsked: (relation) => relations[relation]!.relation.takesSeconds === true };
}

/** By relation: groups with fewer marks are passed over. */
export function fewestMarks(plan: Plan): number[] {
  return plan.relations.map(({ relation }) => relation.fewest ?? 1);
}

/** Steps have 16 bits in a row. */
const MAX_STEPS = 2 ** 16;

/** Counts each match of a detection once, although several relations may get its marks. */
class MatchCounter {
  /** For each detection the relation and step that it is counted through, as one number, and how often. */
  private readonly through: number[];
  readonly counts: number[];

  constructor(plan: Plan) {
    const counted = new Map<string, number>();
    for (const [index, { relation }] of plan.relations.entries()) {
      for (const [step, { detection }] of relation.inputs.entries()) {
        if (!counted.has(detection)) counted.set(detection, index * MAX_STEPS + step);
      }
    }
    this.through = plan.detections.map(({ id }) => counted.get(id) ?? -1);
    this.counts = plan.detections.map(() => 0);
  }

  readonly count: OnMark = (relation, step, detection) => {
    if (this.through[detection] === relation * MAX_STEPS + step) this.counts[detection]!++;
  };
}
