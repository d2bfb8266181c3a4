/**
 * Chains: what a correlation found becomes a mark of the correlations that refer to it, an interval from its first event to its
 * last, or a mark for each time that it came true.
 */

import type { Instant } from '../base/instant.ts';
import { personKey } from '../base/person-key.ts';
import { EXPIRED_WAIVER } from '../model/expired-waiver.ts';
import type { Mark } from '../model/mark.ts';
import { compareMarks } from '../model/mark.ts';
import {
  type Coverage,
  type Group,
  groupKey,
  type Judgement,
  type Occurrence,
  type Relation,
  type Stretch,
} from '../model/relation.ts';
import type { Correlation } from '../model/rule.ts';
import type { Plan, PlannedRelation } from './plan.ts';

/** A mark of a judgement that the log leaves open is uncertain: what stands on it is, too. */
type ChainedMark = { mark: Mark; certain: boolean };

export type ChainedGroup = { group: Group; marks: readonly ChainedMark[] };

/** Where the findings of a correlation go. */
type Link = {
  relation: number;
  step: number;
  groupAt: number[];
  persons: boolean[];
  valuesAt: number[];
  takesEach: boolean;
  window: bigint | undefined;
};

type Collected = { group: Group; marks: ChainedMark[] };

export class ChainedMarks {
  private readonly links = new Map<string, Link[]>();
  /** By relation and group. */
  private readonly collected = new Map<number, Map<string, Collected>>();

  constructor(plan: Pick<Plan, 'relations'> & { request: Pick<Plan['request'], 'rules'> }) {
    const rules = new Map(plan.request.rules.rules.map((rule) => [rule.id, rule]));
    for (const [relation, planned] of plan.relations.entries()) {
      for (const [step, input] of planned.relation.inputs.entries()) {
        const inner = rules.get(input.detection);
        if (inner?.kind !== 'correlation') continue;
        const places = (fields: readonly { name: string }[]) =>
          fields.map(({ name }) => inner.groupNames.indexOf(name));
        const link = {
          relation,
          step,
          groupAt: places(input.groupBy),
          persons: input.groupBy.map(({ person }) => person === true),
          valuesAt: places(input.values),
          takesEach: planned.relation.takesEach === true,
          window: planned.relation.window,
        };
        this.links.set(inner.id, [...(this.links.get(inner.id) ?? []), link]);
        this.collected.set(relation, new Map());
      }
    }
  }

  /** Relations that stand on others, in the order in which they can be judged. */
  get relations(): number[] {
    return [...this.collected.keys()].sort((left, right) => left - right);
  }

  standsOnOthers(relation: number): boolean {
    return this.collected.has(relation);
  }

  /** What a correlation found goes to those that refer to it. */
  add({ rule }: PlannedRelation, group: Group, judgement: Judgement): void {
    if (rule?.kind !== 'correlation' || judgement.verdict === 'satisfied') return;
    // Of a waiver, not of what happened: as a mark it would stand in the place of the first one that it was for.
    if (judgement.code === EXPIRED_WAIVER.code) return;
    for (const link of this.links.get(rule.id) ?? []) {
      const outer = link.groupAt.map((at, index) => {
        const text = group[at] ?? '';
        return link.persons[index] ? personKey(text) : text;
      });
      const groups = this.collected.get(link.relation)!;
      const key = groupKey(outer);
      let known = groups.get(key);
      if (known === undefined) {
        known = { group: outer, marks: [] };
        groups.set(key, known);
      }
      const certain = judgement.verdict === 'violation';
      const each = link.takesEach ? (judgement.occurrences ?? []) : [];
      for (const occurrence of each)
        known.marks.push({ mark: markOfOccurrence(rule, link, group, judgement, occurrence), certain });
      if (each.length === 0) known.marks.push({ mark: toMark(rule, link, group, judgement), certain });
    }
  }

  /** Whether the group has marks that come from other correlations and were not given out yet. */
  has(relation: number, group: Group): boolean {
    return this.collected.get(relation)?.has(groupKey(group)) === true;
  }

  /** The marks of a group that come from other correlations, in order; they are given out once. */
  take(relation: number, group: Group): readonly ChainedMark[] {
    const groups = this.collected.get(relation);
    const key = groupKey(group);
    const marks = groups?.get(key)?.marks ?? [];
    groups?.delete(key);
    return inOrder(marks);
  }

  /** Groups that no event of their own belongs to. */
  *rest(relation: number): Generator<ChainedGroup> {
    const groups = this.collected.get(relation);
    for (const { group } of [...(groups?.values() ?? [])]) yield { group, marks: this.take(relation, group) };
  }
}

function inOrder(marks: readonly ChainedMark[]): ChainedMark[] {
  return [...marks].sort((left, right) => compareMarks(left.mark, right.mark));
}

function toMark(rule: Correlation, link: Link, group: Group, judgement: Judgement): Mark {
  const { span, place, identity, subject } = judgement;
  return {
    step: link.step,
    time: span && beginIn(link, span),
    ...(span !== undefined && { until: span.until }),
    place,
    related: judgement.related,
    identity: [rule.id, ...identity].join(' '),
    subject,
    values: link.valuesAt.map((at) => (at < 0 ? undefined : group[at])),
  };
}

/** What no window can hold as a whole is over in one all the same. */
function beginIn({ window }: Link, { from, until }: Stretch): Instant {
  return window !== undefined && until - from > window ? until : from;
}

function markOfOccurrence(
  rule: Correlation,
  link: Link,
  group: Group,
  judgement: Judgement,
  { from, until, place, identity }: Occurrence,
): Mark {
  const mark: Mark = {
    ...toMark(rule, link, group, judgement),
    ...{ time: beginIn(link, { from, until }), until, place },
    identity: [rule.id, ...group, identity].join(' '),
    finding: [rule.id, ...judgement.identity].join(' '),
    // Several may begin with one event.
    isOfEventOf: (other) => other === mark,
  };
  return mark;
}

/**
 * Judges the marks of events together with those of other correlations. Where some of them are uncertain, only what holds
 * without them is a violation; what needs them is undetermined. Those that speak for the group are held to be so for the first.
 */
export function* judgeChained(
  relation: Relation,
  group: Group,
  own: Iterable<Mark>,
  chained: readonly ChainedMark[],
  coverage: Coverage,
): Generator<Judgement> {
  if (chained.every(({ certain }) => certain)) {
    const marks = chained.map(({ mark }) => mark);
    yield* relation.judge(group, mergeMarks(own, marks), coverage);
    return;
  }
  const events = [...own];
  const accusing = ({ mark }: ChainedMark) => !relation.evidence?.has(mark.step);
  const least = chained.filter((each) => each.certain || !accusing(each)).map(({ mark }) => mark);
  const most = chained.filter((each) => each.certain || accusing(each)).map(({ mark }) => mark);
  const without = [...relation.judge(group, mergeMarks(events, least), coverage)];
  const withAll = [...relation.judge(group, mergeMarks(events, most), coverage)];
  // More marks may take a violation away, too: they are what "not" rules out, or lift a figure that is too low.
  for (const judgement of without) {
    const stands = judgement.verdict !== 'violation' || withAll.some((other) => isAlike(judgement, other));
    if (stands) yield judgement;
    else
      yield {
        ...judgement,
        verdict: 'undetermined',
        message: `${judgement.message}, unless what it stands on is so, which the log leaves open`,
      };
  }
  const known = new Set(without.map(toKey));
  for (const judgement of withAll) {
    if (judgement.verdict === 'satisfied' || known.has(toKey(judgement))) continue;
    const message = `${judgement.message}, if what it stands on is so, which the log leaves open`;
    yield { ...judgement, verdict: 'undetermined', message };
  }
}

/** Whether the other is a violation of the same kind at the same time; more marks may make one begin earlier or end later. */
function isAlike({ code, span }: Judgement, other: Judgement): boolean {
  if (other.verdict !== 'violation' || other.code !== code) return false;
  if (span === undefined || other.span === undefined) return true;
  return span.from <= other.span.until && other.span.from <= span.until;
}

function toKey({ code, identity }: Judgement): string {
  return JSON.stringify([code, identity]);
}

/** Both in order. */
function* mergeMarks(left: Iterable<Mark>, right: readonly Mark[]): Generator<Mark> {
  let next = 0;
  for (const mark of left) {
    for (; next < right.length && compareMarks(right[next]!, mark) < 0; next++) yield right[next]!;
    yield mark;
  }
  for (; next < right.length; next++) yield right[next]!;
}
