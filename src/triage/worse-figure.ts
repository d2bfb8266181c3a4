/**
 * Findings that get worse by a figure which stands in their message alone, and neither in their count nor in their fingerprint.
 * Read from the message, since a baseline may be of an older version, or come from SARIF.
 */
import type { Finding } from '../model/finding.ts';

type Told = Pick<Finding, 'code' | 'message'>;

/** What the message tells, and whether `is` is worse than `was`. Days of the form 2026-01-31 are in the order of their texts. */
type Figure = { pattern: RegExp; isWorse: (is: string, was: string) => boolean };

const FIGURES: Readonly<Record<string, Figure>> = {
  // Days that are kept: as the log goes on they grow by themselves, and fewer mean that some were deleted.
  'retention-too-short': {
    pattern: /, (\d[\d,]*) days? before /,
    isWorse: (is, was) => Number(is.replaceAll(',', '')) < Number(was.replaceAll(',', '')),
  },
  'kept-too-long': { pattern: /the oldest event is of (\d{4}-\d{2}-\d{2})/, isWorse: (is, was) => is < was },
};

/** `84 to 0`: from what it was to what it is, where that is worse; undefined where it is not, or nothing tells it. */
export function worsened(finding: Told, before: readonly Told[]): string | undefined {
  if (!Object.hasOwn(FIGURES, finding.code)) return undefined;
  const { pattern, isWorse } = FIGURES[finding.code]!;
  const figureOf = ({ message }: Told) => pattern.exec(message)?.[1];
  const is = figureOf(finding);
  const were = before.flatMap((entry) => figureOf(entry) ?? []);
  if (is === undefined || were.length === 0 || !were.every((was) => isWorse(is, was))) return undefined;
  const worst = were.reduce((worse, was) => (isWorse(was, worse) ? was : worse));
  return `${worst} to ${is}`;
}
