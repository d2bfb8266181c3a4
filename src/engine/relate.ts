/** Relate: groups of marks are judged, by the threads of the scan where there are many, and judgements become findings. */
import { growHeapsSlowly } from '../base/slow-heap.ts';
import { count as countOf, quote } from '../base/text-safety.ts';
import type { Finding } from '../model/finding.ts';
import type { LicenseFigures } from '../model/license-figures.ts';
import type { Mark } from '../model/mark.ts';
import type { Group, Judgement } from '../model/relation.ts';
import { groupKey } from '../model/relation.ts';
import type { LicenseSummary, Notice } from '../model/report.ts';
import { AlikeJudgements } from './alike-judgements.ts';
import { ChainedMarks, judgeChained } from './chained-marks.ts';
import { Conclusions } from './conclusions.ts';
import type { Executor } from './executor.ts';
import { askedSeconds, fewestMarks, type JudgeOrder, judgeShare } from './judge-share.ts';
import { LeftOutEvents } from './left-out-events.ts';
import { JUDGE_THREAD_BYTES, shareOfRelations, totalBytes } from './mark-shares.ts';
import { markGroups } from './marks.ts';
import type { Merged } from './merge-repeats.ts';
import type { Plan } from './plan.ts';
import type { Scan } from './scan-books.ts';

/** What the relations concluded. `matches` counts the marks of each rule, by id, duplicates aside. */
export type Related = {
  findings: Finding[];
  licenses: LicenseSummary[];
  /** What a statement tells of each license. */
  figures: LicenseFigures[];
  matches: Map<string, number>;
  /** What relations left out. */
  leftOut: LeftOutEvents;
  /** Waivers that something was held against, by id. */
  waiversMet: ReadonlySet<string>;
};

type Conclude = (relation: number, group: Group, judgement: Judgement) => void;

/**
 * Has all groups judged, by the threads of the scan where there is enough to judge, and concludes in the order of relations
 * and groups. `threadBytes`: marks below which spreading them takes longer than judging.
 */
export async function relate(
  plan: Plan,
  scan: Scan,
  { duplicates, seconds }: Pick<Merged, 'duplicates' | 'seconds'>,
  executor: Executor,
  threadBytes = JUDGE_THREAD_BYTES,
): Promise<Related> {
  const conclusions = new Conclusions();
  const leftOut = new LeftOutEvents();
  const chained = new ChainedMarks(plan);
  const alike = new AlikeJudgements();
  const conclude: Conclude = (index, group, judgement) => {
    const planned = plan.relations[index]!;
    if (leftOut.takes(index, judgement)) return;
    chained.add(planned, group, judgement);
    if (!alike.takes(planned, judgement)) conclusions.add(planned, group, judgement);
  };
  const weights = scan.marks.weigh();
  const order: JudgeOrder = {
    source: scan.marks.source(),
    files: scan.inputs.map(({ file }) => file),
    duplicates: duplicates.pack(),
    seconds: seconds.pack(),
    sources: scan.coverage.sources,
    later: chained.relations,
  };
  const isSmall = totalBytes(weights) < threadBytes;
  if (!isSmall) growHeapsSlowly();
  const shares = isSmall ? [judgeShare(plan, order)] : await executor.judge(order, plan, weights);
  // Within a share they are in this order already.
  const judged = shares.flatMap((share) => share.judged);
  if (shares.length > 1) judged.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const each of judged) {
    for (const judgement of each.judgements) conclude(each.relation, each.group, judgement);
    // What became of them is in the findings: of a flood of them one copy is enough.
    each.judgements = [];
  }
  for (const share of shares) leftOut.merge(share.leftOut);
  const figures = shares.flatMap((share) => share.figures);
  const tell = (told: LicenseFigures) => void figures.push(told);
  const met = new Set(shares.flatMap((share) => share.met));
  const present = plan.relations.map(() => new Set<string>());
  for (const { relation, group } of shares.flatMap((share) => share.present)) present[relation]!.add(group);
  const concludeAbsent = (index: number) => {
    const absent = plan.relations[index]!.relation.judgeAbsent?.(present[index]!, scan.coverage.of(index));
    for (const { group, judgement } of absent ?? []) conclude(index, group, judgement);
  };
  for (const [index, { relation }] of plan.relations.entries()) {
    if (chained.standsOnOthers(index)) continue;
    concludeAbsent(index);
    if (met.has(index)) continue;
    for (const judgement of relation.judgeNothing?.(scan.coverage.of(index), tell) ?? [])
      conclude(index, [], judgement);
  }
  if (chained.relations.length > 0)
    relateChained(plan, scan, { duplicates, seconds }, chained, present, conclude, concludeAbsent);
  for (const { planned, judgement } of alike.rest()) conclusions.add(planned, [], judgement);
  conclusions.finish();
  const matches = new Map<string, number>();
  for (const [index, { id }] of plan.detections.entries()) {
    const times = shares.reduce((sum, { counts }) => sum + counts[index]!, 0);
    if (times > 0) matches.set(id, (matches.get(id) ?? 0) + times);
  }
  const { findings, licenses, waiversMet } = conclusions;
  return { findings, licenses, figures, waiversMet, leftOut, matches };
}

/**
 * The correlations of correlations, each after those it stands on: the groups come by relation. The marks are read a
 * second time, since they may be too many to keep.
 */
function relateChained(
  plan: Plan,
  scan: Scan,
  { duplicates, seconds }: Pick<Merged, 'duplicates' | 'seconds'>,
  chained: ChainedMarks,
  present: readonly Set<string>[],
  conclude: Conclude,
  concludeAbsent: (relation: number) => void,
): void {
  const files = scan.inputs.map(({ file }) => file);
  const order = [...chained.relations];
  const judge = (
    index: number,
    group: Group,
    own: Iterable<Mark>,
    others: ReturnType<ChainedMarks['take']>,
  ) => {
    const { relation } = plan.relations[index]!;
    if (relation.judgeAbsent !== undefined) present[index]!.add(groupKey(group));
    for (const judgement of judgeChained(relation, group, own, others, scan.coverage.of(index)))
      conclude(index, group, judgement);
  };
  const finish = (index: number) => {
    for (const { group, marks } of chained.rest(index)) judge(index, group, [], marks);
    // Before those that stand on it are judged: a group that is silent is a mark of theirs.
    concludeAbsent(index);
  };
  /** What stands on others is judged in the order of relations: all before this one have given their marks. */
  const reach = (index: number) => {
    while (order.length > 0 && order[0]! < index) finish(order.shift()!);
  };
  const share = shareOfRelations(order[0]!, order.at(-1)!);
  const groups = markGroups(scan.marks.source(), {
    unordered: scan.coverage.sources.unordered,
    files,
    duplicates,
    seconds: askedSeconds(plan, seconds),
    onMark: () => {},
    fewest: fewestMarks(plan),
    keeps: (index, group) => {
      reach(index);
      return chained.has(index, group);
    },
    share,
  });
  for (const { relation: index, group, marks } of groups) {
    if (!chained.standsOnOthers(index)) continue;
    reach(index);
    judge(index, group, marks, chained.take(index, group));
  }
  for (const index of order) finish(index);
}

/** What rules could not judge, each reason once. */
export function leftOutNotices({ relations }: Plan, { leftOut }: Related): Notice[] {
  return leftOut.all().map(({ relation, why, events }) => {
    const { rule, license } = relations[relation]!;
    const title = rule?.title ?? `license ${license}`;
    return {
      code: 'left-out-events',
      message: `${countOf(events, 'event')} not judged by ${quote(title)}: ${why}`,
    };
  });
}
