/** Judgements that come by hundreds and are alike: the first ten of a rule are told one by one, and one tells of all others. */
import { count } from '../base/text-safety.ts';
import { titleInMessage } from '../model/message.ts';
import type { Judgement } from '../model/relation.ts';
import { tellPlace, tellPlaces } from '../model/told-places.ts';
import type { PlannedRelation } from './plan.ts';

const MAX_ALIKE = 10;

export class AlikeJudgements {
  private readonly told = new Map<PlannedRelation, number>();
  private readonly further = new Map<PlannedRelation, Judgement>();

  /** Whether it is one of those that `rest` tells of. */
  takes(planned: PlannedRelation, judgement: Judgement): boolean {
    // What somebody accepts by its name is not lost among what nobody looked at.
    if (judgement.alike === undefined || judgement.waiver !== undefined) return false;
    const told = this.told.get(planned) ?? 0;
    if (told < MAX_ALIKE) {
      this.told.set(planned, told + 1);
      return false;
    }
    const known = this.further.get(planned);
    this.further.set(planned, known === undefined ? { ...judgement, count: 1 } : join(known, judgement));
    return true;
  }

  *rest(): Generator<{ planned: PlannedRelation; judgement: Judgement }> {
    for (const [planned, { subject: _, besides: __, ...judgement }] of this.further) {
      const title = titleInMessage(planned.rule?.title ?? '');
      const message = `${title}: ${count(judgement.count, 'more group')} ${judgement.alike}`;
      yield { planned, judgement: { ...judgement, message, moreSaid: true, identity: ['more'] } };
    }
  }
}

function join(known: Judgement, next: Judgement): Judgement {
  const related = [...known.related];
  tellPlace(known.place, related, next.place);
  tellPlaces(known.place, related, next.related);
  const span = known.span &&
    next.span && {
      from: next.span.from < known.span.from ? next.span.from : known.span.from,
      until: next.span.until > known.span.until ? next.span.until : known.span.until,
    };
  return { ...known, related, count: known.count + 1, ...(span && { span }) };
}
