/** The check `licenses: quantity`: that use stays within what was bought, as the contract has it. */
import { count, quote } from '../base/text-safety.ts';
import type { LicenseVerdict } from '../model/report.ts';
import { exceptedBy, type PackCheckKind, passedUnless } from './pack-check-kind.ts';

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
    const population = { of: 'periods of licenses', count: report.licenses.length };
    const named = (wanted: LicenseVerdict) => {
      const some = report.licenses.filter(({ verdict }) => verdict === wanted);
      return some.length === 0
        ? undefined
        : `${count(some.length, 'period')} ${wanted}: ${[...new Set(some.map(({ license }) => license))].slice(0, 5).join(', ')}`;
    };
    const exceeded = named('exceeded');
    if (exceeded !== undefined) {
      const breaches = report.findings.filter(
        ({ code, verdict }) => verdict === 'violation' && EXCEEDING.includes(code),
      );
      const against = breaches.filter(({ waiver }) => waiver === undefined);
      const periods = report.licenses.filter(({ verdict }) => verdict === 'exceeded').length;
      // A period that is exceeded in another way has no breach here: then it is not all waived.
      if (against.length === 0 && breaches.length >= periods)
        return [exceptedBy({ asks: ASKS, population, against: breaches }, breaches)];
      return [{ asks: ASKS, population, status: 'failed', against, reason: exceeded }];
    }
    const undetermined = named('undetermined');
    if (undetermined !== undefined)
      return [{ asks: ASKS, population, status: 'undetermined', reason: undetermined }];
    if (population.count === 0)
      return [
        { asks: ASKS, population, status: 'undetermined', reason: 'no contract was given (--licenses)' },
      ];
    return [passedUnless({ asks: ASKS, population }, evidence)];
  },
};

const EXCEEDING: readonly string[] = ['seats-exceeded', 'users-exceeded', 'quantity-exceeded'];
