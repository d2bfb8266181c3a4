/**
 * Capacity as an RLM server served it (the PRODUCT records of its report log) as licenses. It is evidence of a contract, and
 * not the contract: what the server served stands for what was bought.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { parseTimestamp } from '../../base/instant.ts';
import { compareText } from '../../base/text-safety.ts';
import { ONE } from '../contract/amount.ts';
import type { ContractDate, License, Measure, QuantityEntry, ShareKey, Term } from '../contract/contract.ts';
import { compareVersions, parseVersionBound } from '../contract/versions.ts';
import type { LicensePool, ServedProduct } from './served-products.ts';

/** `term`: of the contract. `line`: where it names the logs. */
type Plan = { measure: Measure; line: number; term: Term | undefined };

/** One license for each product, for a check-out of an old version may be served by a license of a newer one. */
export function servedLicenses(products: readonly ServedProduct[], plan: Plan): License[] {
  const byName = new Map<string, ServedProduct[]>();
  for (const each of products) getOrCreate(byName, each.product.toLowerCase(), () => []).push(each);
  return [...byName.values()].map((versions) => toLicense(versions, plan));
}

function toLicense(versions: readonly ServedProduct[], { measure, line, term }: Plan): License {
  const { product } = versions[0]!;
  const newest = versions
    .map(({ version }) => version)
    .reduce((a, b) => (compareVersions(a, b) >= 0 ? a : b));
  const bound = parseVersionBound(`<= ${newest}`);
  const pools = versions.flatMap(({ steps }) => steps.flatMap((step) => step.pools));
  const { share, doubt } = shareOf(pools);
  const within = withinTerms(versions, pools);
  const exceeded = doubt === undefined ? [] : [doubt];
  return {
    id: product,
    line,
    covers: { features: [product], meters: [], ...(bound && { version: bound }) },
    measure,
    share,
    linger: 0n,
    missingCheckin: 'keep-open',
    unlimited: false,
    quantity: quantityOf(versions),
    reserve: [],
    ...(term && { term }),
    ...(within.length + exceeded.length > 0 && {
      // What fits into the smallest pool fits into every one.
      open: { exceeded, within, ...(within.length > 0 && { upTo: BigInt(smallestOf(pools)) * ONE }) },
    }),
  };
}

function withinTerms(versions: readonly ServedProduct[], pools: readonly LicensePool[]): string[] {
  const isApart =
    versions.length > 1 || versions.some(({ steps }) => steps.some((step) => step.pools.length > 1));
  const isSoft = pools.some((pool) => softLimitOf(pool) < sizeOf(pool));
  return [
    ...(isApart ? ['its licenses lie in pools that are counted apart'] : []),
    ...(isSoft
      ? ['the server gives more than the soft limit of a pool, and what was bought may be that']
      : []),
  ];
}

function smallestOf(pools: readonly LicensePool[]): number {
  const limits = pools.map(softLimitOf);
  return limits.length === 0 ? 0 : Math.max(0, Math.min(...limits));
}

function softLimitOf(pool: LicensePool): number {
  return Math.min(pool.softLimit ?? sizeOf(pool), sizeOf(pool));
}

function sizeOf({ count, reservations }: LicensePool): number {
  return count + reservations;
}

/** Empty, and so unknown, where any step is unknown or cannot be placed in time: a part of a total is no total. */
function quantityOf(versions: readonly ServedProduct[]): QuantityEntry[] {
  const changes: { at: ContractDate; version: number; quantity: number }[] = [];
  for (const [version, { steps }] of versions.entries()) {
    for (const { from, quantity } of steps) {
      const parsed = parseTimestamp(from);
      if (parsed.problem !== undefined || quantity === undefined || !Number.isSafeInteger(quantity))
        return [];
      changes.push({ at: { text: from, instant: parsed.instant }, version, quantity });
    }
  }
  changes.sort(({ at: left }, { at: right }) =>
    left.instant === right.instant
      ? compareText(left.text, right.text)
      : left.instant < right.instant
        ? -1
        : 1,
  );
  const served = versions.map(() => 0);
  const entries: QuantityEntry[] = [];
  for (const { at, version, quantity } of changes) {
    served[version] = quantity;
    const amount = BigInt(served.reduce((sum, each) => sum + each, 0)) * ONE;
    if (entries.at(-1)?.from.instant === at.instant) entries.pop();
    if (entries.at(-1)?.amount !== amount)
      entries.push({ from: at, verb: 'set', amount, by: 'PRODUCT records' });
  }
  return entries;
}

/**
 * Where seats are shared by what no event names, or by so many sessions and no more, every session counts: too many rather
 * than too few.
 */
function shareOf(pools: readonly LicensePool[]): { share: ShareKey[]; doubt?: string } {
  const rules = new Set(
    pools.map(({ share, maxShare }) => JSON.stringify([share.toLowerCase(), maxShare || 0])),
  );
  if (rules.size > 1)
    return {
      share: [],
      doubt: 'its pools share licenses in different ways, so that each session was counted',
    };
  const [pool] = pools;
  const letters = pool?.share.toLowerCase() ?? '';
  if (letters === '' || letters === '0' || letters === 'none') return { share: [] };
  if (!/^[uh]{1,2}$/.test(letters) || (pool!.maxShare ?? 0) > 0)
    return {
      share: [],
      doubt: 'its licenses are shared by more than user and host, so that each session was counted',
    };
  return {
    share: [
      ...(letters.includes('u') ? ['person' as const] : []),
      ...(letters.includes('h') ? ['host' as const] : []),
    ],
  };
}
