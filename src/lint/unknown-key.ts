/** Top-level keys that are nearly one that rules have: Sigma allows keys of one's own, and so a typing error is silent. */
import { nearestName } from '../base/nearest-name.ts';
import type { LintDefinition } from './lint.ts';
import { RULE_KEYS } from './rule-keys.ts';

export const unknownKey: LintDefinition = {
  code: 'unknown-key',
  title: 'key that is nearly one that rules have',
  level: 'warning',
  check({ root }, report) {
    for (const entry of root.entries) {
      if (RULE_KEYS.some(({ key }) => key === entry.key)) continue;
      const nearest = nearestName(
        entry.key,
        RULE_KEYS.map(({ key }) => key),
      );
      if (nearest === undefined) report(entry, `the key "${entry.key}" is not read`, 'note');
      else report(entry, `the key "${entry.key}" is not read, did you mean "${nearest}"?`);
    }
  },
};
