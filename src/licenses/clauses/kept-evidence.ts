/** Whether the log reaches back as far as the contract has records kept: what is gone cannot vouch for anything. */
import { quote } from '../../base/text-safety.ts';
import { formatDate, localDate } from '../../base/time-zone.ts';
import type { Coverage, Judgement } from '../../model/relation.ts';
import { addSpan } from '../contract/calendar-span.ts';
import type { Contract } from '../contract/contract.ts';
import { clamp, coveredPercent } from '../contract/periods.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { contractPlace } from '../verdict/period-verdict.ts';

/** `keep` counts back from the last event, but not beyond the begin of the contract's term. */
export function* judgeKeeping(contract: Contract, coverage: Coverage): Generator<Judgement> {
  const { keep, timezone, term } = contract;
  if (keep === undefined || coverage === undefined) return;
  const until = clamp(coverage.until);
  const kept = addSpan(until, keep, timezone, -1);
  const begin = term?.from?.instant;
  const from = begin !== undefined && begin > kept ? begin : kept;
  if (from >= until) return;
  if (coveredPercent({ label: '', from, until }, undefined, coverage) >= contract.coverage) return;
  const day = (instant: bigint) => formatDate(localDate(clamp(instant), timezone));
  yield {
    verdict: 'violation',
    code: 'evidence-not-kept',
    message: `contract ${quote(contract.id)}: the log begins ${day(coverage.from)}, expected records since ${day(from)}, for they are to be kept for ${keep.text}`,
    place: contractPlace(contract, 1),
    related: [],
    count: 1,
    identity: [contract.id, 'keep'],
    severity: licenseSeverity('evidence-not-kept'),
  };
}
