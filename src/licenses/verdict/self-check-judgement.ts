/** One finding a license: where the license server's own figures are not what the log shows. */
import { formatNumber, quote } from '../../base/text-safety.ts';
import { type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { License } from '../contract/contract.ts';
import { formatDisagreement, type SelfCheckResult } from '../self-check/self-check.ts';
import { licenseSeverity } from './license-findings.ts';

export function* selfCheckJudgements(
  license: License,
  result: SelfCheckResult | undefined,
): Generator<Judgement> {
  const [first, ...others] = result?.disagreements ?? [];
  if (result === undefined || first === undefined) return;
  let [points, differing] = [0, 0];
  for (const segment of result.segments) {
    points += segment.points;
    differing += segment.points - segment.agree - segment.open;
  }
  const isLacking = result.segments.some(({ lacking }) => lacking !== undefined);
  yield {
    verdict: 'violation',
    code: 'counts-disagree',
    message:
      `license ${quote(license.id)}: the license server's own figures disagree with the log at ` +
      `${formatNumber(differing)} of ${formatNumber(points)} points: ${formatDisagreement(first)}`,
    place: first.place,
    related: others.slice(0, MAX_RELATED).map(({ place }) => place),
    count: differing,
    subject: license.id,
    identity: [license.id, 'self-check', first.feature, first.kind],
    // Where the server counted less than we do, no use is hidden.
    severity: isLacking ? licenseSeverity('counts-disagree') : 'low',
  };
}
