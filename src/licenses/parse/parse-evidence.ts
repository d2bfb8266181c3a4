/** What the log has to vouch for, and what holds where it does not. */
import type { Contract } from '../contract/contract.ts';
import { DEFAULT_COVERAGE } from '../contract/defaults.ts';
import type { ContractReader } from './contract-reader.ts';
import type { Value } from './contract-text.ts';

type Evidence = Pick<Contract, 'coverage' | 'ifMissing' | 'keep'>;

export function parseEvidence(reader: ContractReader, node: Value): Evidence {
  const evidence: Evidence = { coverage: DEFAULT_COVERAGE, ifMissing: 'indeterminate' };
  if (node === undefined) return evidence;
  const entries = reader.mapping(node, 'a mapping of "coverage", "ifMissing", "keep"', {
    owner: '"evidence"',
    known: ['coverage', 'ifMissing', 'keep'],
  });
  if (entries === undefined) return evidence;
  const coverage = reader.optional(entries, 'coverage', (value) => parseCoverage(reader, value));
  const ifMissing = reader.optional(entries, 'ifMissing', (value) =>
    reader.word(value, ['indeterminate', 'full-capacity'] as const),
  );
  const keep = reader.optional(entries, 'keep', (value) => reader.span(value));
  return {
    coverage: coverage ?? evidence.coverage,
    ifMissing: ifMissing ?? evidence.ifMissing,
    ...(keep && { keep }),
  };
}

function parseCoverage(reader: ContractReader, node: Value): number | undefined {
  const text = reader.text(node, 'a percentage such as 99%');
  const percent = text === undefined ? undefined : /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return Number(percent);
  return text === undefined ? undefined : reader.expected(node, 'a percentage between 0% and 100%');
}
