/** Plans with what they entitle to, and bundles with the tokens that a seat of each feature takes. */
import { didYouMean } from '../../base/nearest-name.ts';
import { quote } from '../../base/text-safety.ts';
import type { Covers, Tier } from '../contract/contract.ts';
import type { ContractReader } from './contract-reader.ts';
import type { Value } from './contract-text.ts';

export type Bundles = Map<string, NonNullable<Covers['weights']>>;

/** A member that is the name of another tier stands for all that the other entitles to. */
export function parseTiers(reader: ContractReader, node: Value): Tier[] {
  const entries =
    node && reader.mapping(node, 'a mapping of tiers, each with its features or other tiers', undefined);
  const members = new Map<string, string[]>();
  for (const { key, value } of entries?.values() ?? []) {
    const texts = reader.texts(value, 'features or other tiers');
    if (texts !== undefined) members.set(key, texts);
  }
  const own = (tier: string) => members.get(tier)!.filter((member) => !members.has(member));
  const inherited = new Map([...members.keys()].map((tier) => [tier, inheritedTiers(tier, members)]));
  const told: string[] = [];
  return [...inherited].map(([tier, others]) => {
    // A ring of tiers is one mistake, told where it begins.
    const isTold = told.some((other) => others.has(other) && inherited.get(other)!.has(tier));
    if (others.has(tier) && !isTold) {
      const { value } = entries!.get(tier)!;
      reader.problem(value, `the tier ${quote(tier)} names itself, by way of others or not`);
      told.push(tier);
    }
    return { tier, own: own(tier), features: [...new Set([tier, ...others].flatMap(own))] };
  });
}

function inheritedTiers(tier: string, members: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const pending = [tier];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const member of members.get(next) ?? []) {
      if (!members.has(member) || found.has(member)) continue;
      found.add(member);
      pending.push(member);
    }
  }
  return found;
}

export function parseBundles(reader: ContractReader, node: Value): Bundles {
  const entries =
    node && reader.mapping(node, 'a mapping of bundles, each with the tokens of its features', undefined);
  const bundles: Bundles = new Map();
  for (const { key, value } of entries?.values() ?? []) {
    const features = reader.mapping(
      value,
      'a mapping of features to tokens, such as {nastran: 13}',
      undefined,
    );
    if (features?.size === 0) reader.problem(value, 'expected at least one feature, found none');
    const weights = [...(features?.values() ?? [])].flatMap((feature) => {
      const weight = reader.amount(feature.value, 'the tokens that one seat takes');
      if (weight === 0n) reader.problem(feature.value, 'expected more than 0 tokens, found 0');
      return weight === undefined ? [] : [{ feature: feature.key.toLowerCase(), weight }];
    });
    bundles.set(key, weights);
  }
  return bundles;
}

/** The member of the file that a license names, or a problem with the nearest name. */
export function namedIn<Member>(
  reader: ContractReader,
  node: Value,
  what: string,
  members: ReadonlyMap<string, Member>,
): Member | undefined {
  const name = reader.text(node, `the name of a ${what}`);
  if (name === undefined) return undefined;
  const nearest = didYouMean(name, members.keys());
  return (
    members.get(name) ??
    reader.problem(node, `expected the name of a ${what} of this file, found ${quote(name)}${nearest}`)
  );
}
