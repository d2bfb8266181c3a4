/** What is said of a license whose use the log does not place in any period: at an unknown time, or not at all. */
import { quote } from '../../base/text-safety.ts';
import { formatDate, localDate } from '../../base/time-zone.ts';
import { type Coverage, type Judgement, MAX_RELATED } from '../../model/relation.ts';
import type { Usage } from '../../model/report.ts';
import type { Contract, License } from '../contract/contract.ts';
import { clamp } from '../contract/periods.ts';
import type { Doubts, SegmentUse } from '../measures/measure-fold.ts';
import { licenseSeverity } from '../verdict/license-findings.ts';
import { contractPlace, type PeriodContext } from '../verdict/period-verdict.ts';

/**
 * Only events without a readable time: they happened, but in no period that can be named. `untimed`: all of them, for the measure
 * tells of none that do not matter to its figure, such as check-ins.
 */
export function undated(
  { contract, license }: PeriodContext,
  uses: readonly SegmentUse[],
  untimed: Doubts,
): Judgement {
  const [use] = uses;
  const { doubts = [], doubtful: told = [] } = use ?? {};
  const isTold = told.length > 0;
  const reason = [...(isTold ? [] : untimed.reasons()), ...doubts].join('; ');
  const doubtful = isTold ? told : untimed.places;
  const [place, ...related] = doubtful.map((witness) => witness.place);
  return {
    verdict: 'undetermined',
    code: 'license-undetermined',
    message: `license ${quote(license.id)}: used at an unknown time: ${reason}`,
    place: place ?? contractPlace(contract, license.line),
    related: related.slice(0, MAX_RELATED),
    count: Math.max(1, doubtful.length),
    subject: license.id,
    identity: [license.id, 'undated'],
    severity: licenseSeverity('license-undetermined'),
    usage: { ...unknownUsage(license), period: 'undated', reason },
  };
}

export function unseen(contract: Contract, license: License, coverage: Coverage): Judgement {
  const { timezone } = contract;
  const period =
    coverage === undefined
      ? 'undated'
      : [coverage.from, coverage.until]
          .map((instant) => formatDate(localDate(clamp(instant), timezone)))
          .join('/');
  const reason = 'the log holds no event of use';
  return {
    verdict: 'undetermined',
    code: 'license-unseen',
    message: `license ${quote(license.id)}: ${reason} of ${[...license.covers.features, ...license.covers.meters].map(quote).join(', ')}`,
    place: contractPlace(contract, license.line),
    related: [],
    count: 1,
    subject: license.id,
    identity: [license.id],
    severity: licenseSeverity('license-unseen'),
    usage: { ...unknownUsage(license), period, reason },
  };
}

function unknownUsage(license: License): Omit<Usage, 'period'> {
  return { license: license.id, measure: license.measure.name, used: 0, limit: null, at: null, holders: [] };
}
