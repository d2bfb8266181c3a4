/** What any rule may say about when and how loud its relation speaks: `effective`, `levels` of a correlation, waivers of its groups. */
import { formatInstant } from '../base/instant.ts';
import { compileTextTest } from '../match/match-texts.ts';
import type { Mark } from '../model/mark.ts';
import type { Coverage, Group, Judgement, Relation } from '../model/relation.ts';
import type { Correlation, Rule, Validity } from '../model/rule.ts';
import { clip, isInForce } from './in-force.ts';
import { compileFixed } from './threshold.ts';
import { ExpiredWaivers, holdsFor, isOver } from './waivers.ts';

/** The relation itself where its rule says nothing of the kind. */
export function govern(relation: Relation, rule: Rule): Relation {
  const { effective } = rule;
  const isOwn = effective === undefined || relation.dated || relation.looksAround;
  const dated = isOwn ? relation : withinForce(relation, effective);
  if (rule.kind === 'detection') return dated;
  return waive(raise(withStepsInForce(dated, rule), rule), rule);
}

/** A detection matches nothing outside its own dates. An event whose time cannot be read may be within them. */
function withStepsInForce(relation: Relation, { inForce: validities }: Correlation): Relation {
  if (validities === undefined) return relation;
  const byStep = relation.inputs.map(({ detection }) => validities[detection] ?? {});
  function* matched(marks: Iterable<Mark>): Generator<Mark> {
    for (const mark of marks)
      if (mark.time === undefined || isInForce(mark.time, byStep[mark.step]!)) yield mark;
  }
  return { ...relation, judge: (group, marks, coverage) => relation.judge(group, matched(marks), coverage) };
}

/**
 * Only marks of the time in which the rule is in force, and only what the log covers of it. An event whose time cannot be
 * read may be one: then nothing is certain.
 */
function withinForce(relation: Relation, effective: Validity): Relation {
  const { judgeNothing, judgeAbsent, evidence } = relation;
  const clipped = (coverage: Coverage) => clipCoverage(coverage, effective, relation);
  return {
    ...relation,
    *judge(group, marks, coverage): Generator<Judgement> {
      const covered = clipped(coverage);
      for (const judgement of relation.judge(group, inForce(marks, effective, evidence), covered)) {
        if (judgement.span !== undefined || judgement.verdict !== 'violation') yield judgement;
        else
          yield {
            ...judgement,
            verdict: 'undetermined',
            message: `${judgement.message}, and whether the rule was in force then is unknown (${formatValidity(effective)})`,
          };
      }
    },
    ...(judgeNothing !== undefined && {
      judgeNothing: (coverage: Coverage) => judgeNothing.call(relation, clipped(coverage)),
    }),
    ...(judgeAbsent !== undefined && {
      judgeAbsent: (present: ReadonlySet<string>, coverage: Coverage) =>
        judgeAbsent.call(relation, present, clipped(coverage)),
    }),
  };
}

function clipCoverage(coverage: Coverage, effective: Validity, { inputs, evidence }: Relation): Coverage {
  if (coverage === undefined) return undefined;
  const clipped = clip(coverage, effective);
  const known =
    coverage.steps ?? (evidence && inputs.map(() => ({ from: coverage.from, until: coverage.until })));
  const steps = known?.map((stretch, step) =>
    stretch === undefined || evidence?.has(step) ? stretch : clip(stretch, effective),
  );
  return clipped && { ...clipped, ...(steps !== undefined && { steps }) };
}

function* inForce(
  marks: Iterable<Mark>,
  effective: Validity,
  evidence: ReadonlySet<number> | undefined,
): Generator<Mark> {
  for (const mark of marks) {
    if (mark.time === undefined || evidence?.has(mark.step) || isInForce(mark.time, effective)) yield mark;
  }
}

function formatValidity({ from, to }: Validity): string {
  const words = [
    ...(from === undefined ? [] : [`from ${formatInstant(from)}`]),
    ...(to === undefined ? [] : [`before ${formatInstant(to)}`]),
  ];
  return words.join(' and ');
}

function raise(relation: Relation, { levels }: Correlation): Relation {
  if (levels === undefined) return relation;
  const compiled = levels.map(({ level, condition }) => ({ level, holds: compileFixed(condition) }));
  return mapJudgements(relation, (judgement) => {
    const { figure } = judgement;
    if (figure === undefined) return judgement;
    const level = compiled.find(({ holds }) => holds(figure))?.level;
    return level === undefined ? judgement : { ...judgement, severity: level };
  });
}

/** A group is waived for an episode that lies in the time of the waiver. */
function waive(relation: Relation, { waivers, groupNames }: Correlation): Relation {
  if (waivers === undefined) return relation;
  const { judgeAbsent } = relation;
  const tests = waivers.map(({ condition }) => compileTextTest(condition));
  function* waived(group: Group, judgements: Iterable<Judgement>): Generator<Judgement> {
    const expired = new ExpiredWaivers();
    const met = waivers!.filter((_, index) => tests[index]!((name) => groupValue(group, groupNames, name)));
    for (const judgement of judgements) {
      if (judgement.verdict === 'satisfied' || judgement.leftOut !== undefined || met.length === 0) {
        yield judgement;
        continue;
      }
      const { span } = judgement;
      const waiver = met.find((each) => holdsFor(each, span));
      const ended = waiver === undefined ? met.find((each) => isOver(each, span?.until)) : undefined;
      if (ended !== undefined) expired.add(ended, judgement);
      yield waiver === undefined ? judgement : { ...judgement, waiver };
    }
    yield* expired.judgements();
  }
  return {
    ...relation,
    judge: (group, marks, coverage) => waived(group, relation.judge(group, marks, coverage)),
    ...(judgeAbsent !== undefined && {
      *judgeAbsent(present: ReadonlySet<string>, coverage: Coverage) {
        for (const { group, judgement } of judgeAbsent.call(relation, present, coverage))
          for (const each of waived(group, [judgement])) yield { group, judgement: each };
      },
    }),
  };
}

function groupValue(group: Group, names: readonly string[], name: string): string | undefined {
  const at = names.indexOf(name);
  return at < 0 ? undefined : group[at];
}

function mapJudgements(relation: Relation, change: (judgement: Judgement) => Judgement): Relation {
  return {
    ...relation,
    *judge(group, marks, coverage): Generator<Judgement> {
      for (const judgement of relation.judge(group, marks, coverage)) yield change(judgement);
    },
  };
}
