/** The verdicts of a license: one for each period, as its clauses of overage and rollover have it. */
import type { Instant } from '../../base/instant.ts';
import type { Judgement } from '../../model/relation.ts';
import type { License } from '../contract/contract.ts';
import type { Period } from '../contract/periods.ts';
import type { Limit } from '../contract/quantities.ts';
import type { SegmentUse } from '../measures/measure-fold.ts';
import { usesByPeriod } from '../measures/uses-by-period.ts';
import { evidenceOf } from '../verdict/figure-evidence.ts';
import type { PeriodContext } from '../verdict/period-verdict.ts';
import { judgePeriod } from './overage-verdict.ts';
import { RolloverAccount } from './rollover.ts';

/**
 * From the first to the last period with use, each one. Beyond them only what is exceeded, or in doubt against a limit
 * that was not in doubt before: one lost check-in is one doubt, not one a month until the log ends.
 */
export function* judgePeriods(
  context: PeriodContext,
  uses: readonly SegmentUse[],
  first: Instant,
  last: Instant,
): Generator<Judgement> {
  const doubted = new Set<Limit | undefined>();
  const late: { segments: SegmentUse[]; judgement: Judgement }[] = [];
  const { rollover } = context.license;
  const account = rollover && new RolloverAccount(context, rollover);
  const withEvidence = evidenceOf(context, uses);
  for (const [period, segments] of usesByPeriod(uses)) {
    if (isOutsideTerm(context.license, period)) continue;
    const verdict = account?.judge(period, segments) ?? judgePeriod(context, period, segments);
    const judgement = withEvidence(verdict, period, segments);
    if (period.until <= first || period.from > last) {
      late.push({ segments, judgement });
      continue;
    }
    if (isDecisiveDoubt(judgement)) for (const { segment } of segments) doubted.add(segment.limit);
    yield judgement;
  }
  for (const { segments, judgement } of late) {
    const isNew = segments.some(({ segment }) => !doubted.has(segment.limit));
    if (judgement.verdict === 'violation' || (isDecisiveDoubt(judgement) && isNew)) yield judgement;
    if (isDecisiveDoubt(judgement)) for (const { segment } of segments) doubted.add(segment.limit);
  }
}

/** Nothing was contracted then, and use is a breach of the term: a row that says "within" would contradict it. */
function isOutsideTerm({ term }: License, { from, until }: Period): boolean {
  if (term === undefined) return false;
  return from >= term.until.instant + term.grace || (term.from !== undefined && until <= term.from.instant);
}

/** A period that the log does not span to its end is undetermined too, but informational. */
function isDecisiveDoubt({ verdict, severity }: Judgement): boolean {
  return verdict === 'undetermined' && severity !== 'informational';
}
