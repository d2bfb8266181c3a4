/** Who speaks of integrity: rules that hold records to what vouches for them, and say what was altered, put in or taken away. */
import type { Finding } from './finding.ts';

/**
 * The next such rule adds its name here, or controls pass over what it finds: kinds of seals cannot be made without, the others
 * say `satisfies IntegrityRule` beside their name.
 */
const INTEGRITY_RULES = ['archive', 'checkpoint', 'cloudtrail-digests', 'hash-chain', 'manifests'] as const;

export type IntegrityRule = (typeof INTEGRITY_RULES)[number];

/** Of such rules, and about values that are still there: no record is other than it was. */
const OF_OTHER_THINGS: ReadonlySet<string> = new Set(['unfinished-erasure']);

export function speaksOfIntegrity({ rule, code }: Pick<Finding, 'rule' | 'code'>): boolean {
  return (INTEGRITY_RULES as readonly string[]).includes(rule) && !OF_OTHER_THINGS.has(code);
}
