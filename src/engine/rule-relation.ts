/** The relation through which a rule speaks: a detection through every mark of it, a correlation through that of its type. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import type { Relation } from '../model/relation.ts';
import type { Rule } from '../model/rule.ts';
import { everyMark } from '../relations/every-mark.ts';
import { govern } from '../relations/governed.ts';
import { RELATIONS } from '../relations/index.ts';

/** Undefined when the rule cannot run, which `problem` is then told. */
export function toRelation(rule: Rule, problem: (message: string) => void): Relation | undefined {
  if (rule.kind === 'detection') return govern(everyMark(rule), rule);
  const definition = RELATIONS.find(({ type }) => type === rule.type);
  if (definition === undefined) {
    const known = RELATIONS.map(({ type }) => type);
    return void problem(
      `the correlation type ${quote(rule.type)} is not known${didYouMean(rule.type, known)}; there are ${known.join(', ')}`,
    );
  }
  const relation = definition.compile(rule, problem);
  return relation && govern(relation, rule);
}
