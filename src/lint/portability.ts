/** What only audit-check reads: the rule still runs here, and other Sigma tools run it without, or refuse it. */
import { scalarText } from '../base/yaml-shape.ts';
import { entryOf, type LintDefinition } from './lint.ts';
import { RULE_KEYS } from './rule-keys.ts';

/** Sigma 2.1, and what pySigma adds. */
const SIGMA_TYPES = new Set(
  'event_count value_count temporal temporal_ordered value_sum value_avg value_percentile value_median'.split(
    ' ',
  ),
);

export const portability: LintDefinition = {
  code: 'portability',
  title: 'not plain Sigma 2.1',
  level: 'note',
  check({ root, kind }, report) {
    if (kind === 'table') report(root, '"table" documents are read by audit-check alone');
    const own = root.entries.filter(({ key }) => RULE_KEYS.some((each) => each.key === key && !each.sigma));
    if (kind !== 'table' && own.length > 0)
      report(own[0]!, `other tools ignore ${own.map(({ key }) => `"${key}"`).join(', ')}`);
    const taxonomy = entryOf(root, 'taxonomy')?.value;
    if (taxonomy !== undefined && scalarText(taxonomy) === 'audit')
      report(taxonomy, 'the canonical fields of "taxonomy: audit" are those of audit-check');
    const body = entryOf(root, 'correlation')?.value;
    const type = body?.kind === 'map' ? entryOf(body, 'type')?.value : undefined;
    const name = type === undefined ? undefined : scalarText(type);
    if (name !== undefined && !SIGMA_TYPES.has(name))
      report(type!, `the correlation type "${name}" is of audit-check, not of Sigma`);
  },
};
