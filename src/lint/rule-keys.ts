/** The top-level keys of rule documents, and who reads them: Sigma 2.1 tools, or audit-check alone. */

export type RuleKey = { key: string; sigma: boolean };

/** https://github.com/SigmaHQ/sigma-specification, version 2.1.0. */
const SIGMA =
  'title id name related taxonomy status description license author references date modified logsource detection fields falsepositives level tags scope correlation filter action sigma-version generate';

const OWN =
  'control message fix tests shown-by effective suppress levels owner reason ticket approvedBy expires table timezone file format roles users groups conflicts';

export const RULE_KEYS: readonly RuleKey[] = [
  ...SIGMA.split(' ').map((key) => ({ key, sigma: true })),
  ...OWN.split(' ').map((key) => ({ key, sigma: false })),
];
