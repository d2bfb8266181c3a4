/** The check `integrity: chained`: that no record was changed, added or taken away, as far as chains and seals show. */
import { count, formatNumber, quote } from '../base/text-safety.ts';
import { speaksOfIntegrity } from '../model/integrity.ts';
import { type Assurance, countAssurance, NOTHING_VERIFIED } from '../model/report.ts';
import { judgeFindings } from './against.ts';
import type { PackCheckKind } from './pack-check-kind.ts';

/** What each asks for: an anchor is known to somebody outside of the log, a chain to the log alone. */
const GOOD: Readonly<Record<string, readonly Assurance[]>> = {
  chained: ['chained', 'anchored'],
  anchored: ['anchored'],
};

const ASKS: Readonly<Record<string, string>> = {
  chained: 'chains, seals or signatures show that no record was changed',
  anchored: 'somebody outside of the log vouches for every record',
};

export const integrity: PackCheckKind<string> = {
  name: 'integrity',
  title: 'no record was changed: chained (in itself), or anchored (known outside of the log)',
  parse([value], reader) {
    if (value !== undefined && Object.hasOwn(GOOD, value.text)) return value.text;
    reader.problem(
      value ?? { line: 0, column: 0 },
      `expected chained or anchored, found ${quote(value?.text ?? '')}`,
    );
    return undefined;
  },
  asks: (level) => [ASKS[level]!],
  judge(level, evidence) {
    const { report } = evidence;
    const counts = countAssurance(report.streams);
    const records = Object.values(counts).reduce((sum, amount) => sum + amount, 0);
    const asks = ASKS[level]!;
    const population = { of: 'records in chains or under seals', count: records };
    const { broken = 0 } = counts;
    // Ranges are of records that were read: of what is gone, or rolled back, findings alone speak.
    const spoken = report.findings.filter(speaksOfIntegrity);
    if (broken > 0 || report.streams.some(({ status }) => status === 'broken')) {
      const streams = new Set(
        report.streams.flatMap(({ status, profile }) => (status === 'broken' ? [profile] : [])),
      );
      const against = spoken.filter(({ waiver, verdict }) => waiver === undefined && verdict === 'violation');
      const reason = `${count(broken, 'record')} in broken ranges of ${count(streams.size, 'kind')} of chain`;
      return [{ asks, population, status: 'failed', against, reason }];
    }
    const good = GOOD[level]!;
    const other = Object.entries(counts).filter(([word]) => !good.includes(word as Assurance));
    const words = other.map(([word, amount]) => `${formatNumber(amount)} ${word}`).join(', ');
    const unverified = report.notices.find(({ code }) => code === NOTHING_VERIFIED)?.message;
    const open = unverified ?? (words === '' ? undefined : `of ${count(records, 'record')} are ${words}`);
    return [judgeFindings(spoken, { asks, population, open }, evidence)];
  },
};
