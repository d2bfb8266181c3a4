/** What a license covers: features, a tier or a bundle of them, meters; versions and environments within bounds. */
import type { Covers, Tier } from '../contract/contract.ts';
import { parseVersionBound } from '../contract/versions.ts';
import type { ContractReader, Entries } from './contract-reader.ts';
import type { Value } from './contract-text.ts';
import { type Bundles, namedIn } from './parse-tiers.ts';

const SUBJECTS = ['feature', 'tier', 'bundle', 'meter'] as const;

const COVERS_KEYS = { owner: '"covers"', known: [...SUBJECTS, 'version', 'environment'] };

export function parseCovers(
  reader: ContractReader,
  entries: Entries,
  license: Value,
  { tiers, bundles }: { tiers: readonly Tier[]; bundles: Bundles },
): Covers | undefined {
  const node = reader.required(entries, 'covers', license, 'the license');
  const covers =
    node && reader.mapping(node, 'a mapping of "feature", "tier", "bundle" or "meter"', COVERS_KEYS);
  if (covers === undefined) return undefined;
  if (!SUBJECTS.some((key) => covers.has(key)))
    return reader.problem(node, 'expected "feature", "tier", "bundle" or "meter" in "covers", found none');
  const globs = (key: string, what: string) =>
    reader.optional(covers, key, (value) => {
      const texts = reader.texts(value, `the ${what}s that the license covers`);
      return texts?.length === 0 ? reader.problem(value, `expected at least one ${what}, found none`) : texts;
    });
  const features = globs('feature', 'feature');
  const meters = globs('meter', 'meter');
  const environments = globs('environment', 'environment');
  const byName = new Map(tiers.map((each) => [each.tier, each]));
  const tier = reader.optional(covers, 'tier', (value) => namedIn(reader, value, 'tier', byName));
  const weights = reader.optional(covers, 'bundle', (value) => namedIn(reader, value, 'bundle', bundles));
  const version = reader.optional(covers, 'version', (value) => {
    const what = 'a version bound such as "<= 2025.1"';
    const text = reader.text(value, what);
    return text === undefined ? undefined : (parseVersionBound(text) ?? reader.expected(value, what));
  });
  return {
    features: [
      ...(features ?? []),
      ...(tier?.features ?? []),
      ...(weights ?? []).map(({ feature }) => feature),
    ],
    meters: meters ?? [],
    ...(version && { version }),
    ...(environments && { environments }),
    ...(tier && { tier: tier.tier }),
    ...(weights && { weights }),
  };
}
