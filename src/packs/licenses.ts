/** The check `licenses: quantity`: that use stays within what was bought, as the contract has it. */
import { count, quote } from '../base/text-safety.ts';
import { subjectOf } from '../licenses/verdict/usage-words.ts';
import type { Finding } from '../model/finding.ts';
import type { LicenseSummary, LicenseVerdict, Report } from '../model/report.ts';
import { exceptedAtBest, type Judged, type PackCheckKind, passedUnless } from './pack-check-kind.ts';

const ASKS = 'use stays within the quantity of the contract';

export const licenses: PackCheckKind<true> = {
  name: 'licenses',
  title: 'use of licenses against the contract: quantity',
  parse([value], reader) {
    if (value?.text === 'quantity') return true;
    reader.problem(value ?? { line: 0, column: 0 }, `expected quantity, found ${quote(value?.text ?? '')}`);
    return undefined;
  },
  asks: () => [ASKS],
  judge(_, evidence) {
    const { report } = evidence;
    const base = { asks: ASKS, population: { of: 'periods of licenses', count: report.licenses.length } };
    const exceeded = ofVerdict('exceeded', report);
    const breaches = report.findings.filter(
      ({ code, verdict }) => verdict === 'violation' && EXCEEDING.includes(code),
    );
    const against = breaches.filter(({ waiver }) => waiver === undefined);
    const waived = breaches.filter(({ waiver }) => waiver !== undefined);
    // A period that is exceeded in another way has no breach here: nobody can have waived it.
    if (exceeded.some((period) => !waived.some((breach) => isOf(period, breach))) || against.length > 0)
      return [{ ...base, status: 'failed', against, reason: inWords('exceeded', exceeded) }];
    const undetermined = ofVerdict('undetermined', report);
    const rest: Judged =
      undetermined.length > 0
        ? { ...base, status: 'undetermined', reason: inWords('undetermined', undetermined) }
        : passedUnless(
            report.licenses.length > 0 ? base : { ...base, reason: 'no contract was given (--licenses)' },
            evidence,
          );
    return [exceeded.length === 0 ? rest : exceptedAtBest(rest, waived)];
  },
};

const EXCEEDING: readonly string[] = ['seats-exceeded', 'users-exceeded', 'quantity-exceeded'];

/** Licenses that a reason names. */
const MAX_NAMED = 5;

function ofVerdict(wanted: LicenseVerdict, { licenses }: Report): LicenseSummary[] {
  return licenses.filter(({ verdict }) => verdict === wanted);
}

function inWords(verdict: LicenseVerdict, periods: readonly LicenseSummary[]): string {
  const names = [...new Set(periods.map(({ license }) => license))].slice(0, MAX_NAMED);
  return `${count(periods.length, 'period')} ${verdict}: ${names.join(', ')}`;
}

/** A finding says of which period it is in the words that it begins with, and nowhere else. */
function isOf({ license, period }: LicenseSummary, { subject, message }: Finding): boolean {
  return subject === license && message.startsWith(`${subjectOf({ id: license }, { label: period })}: `);
}
