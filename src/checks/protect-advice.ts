/** What would protect records that no chain does, by their source: in its own words where it has some. */
import { TEXT_FORMATS } from '../text-logs/index.ts';

const SEAL = '"audit-check seal" makes a later change show';
const COLLECT = '"audit-check collect" keeps them so that a later change shows';

const OWN: Readonly<Record<string, string>> = {
  cloudtrail: 'have its digest files in the run, and give --public-keys, to hold them to what AWS signed',
};

export function protectAdvice(source: string): string {
  const own = Object.hasOwn(OWN, source) ? OWN[source] : undefined;
  return own ?? (TEXT_FORMATS.some(({ name }) => name === source) ? COLLECT : SEAL);
}
