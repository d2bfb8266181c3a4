/**
 * Capacity as an RLM server served it (the PRODUCT records of its report log) as licenses. It is evidence of a contract, and
 * not the contract: what the server served stands for what was bought.
 */

import { getOrCreate } from '../../base/get-or-create.ts';
import { parseTimestamp } from '../../base/instant.ts';
import { compareText } from '../../base/text-safety.ts';
import { ONE } from '../contract/amount.ts';
import type { ContractDate, License, Measure, QuantityEntry, ShareKey } from '../contract/contract.ts';
import { compareVersions, parseVersionBound } from '../contract/versions.ts';

/** Licenses that the server keeps together. `share`: of whom sessions share one: `uhi` for user, host, what the ISV defines. */
export type RlmPool = {
  share: string;
  /** How many sessions share one license; 0 and undefined: any number. */
  maxShare: number | undefined;
};

/** From an RFC 3339 time on. `quantity` undefined: a pool states none, which may be unlimited, or nothing. */
export type RlmStep = { from: string; quantity: number | undefined; pools: readonly RlmPool[] };

export type RlmProduct = { product: string; version: string; steps: readonly RlmStep[] };

/** One license for each product, for a check-out of an old version may be served by a license of a newer one. */
export function rlmLicenses(products: readonly RlmProduct[], measure: Measure, line: number): License[] {
  const byName = new Map<string, RlmProduct[]>();
  for (const each of products) getOrCreate(byName, each.product.toLowerCase(), () => []).push(each);
  return [...byName.values()].map((versions) => toLicense(versions, measure, line));
}

function toLicense(versions: readonly RlmProduct[], measure: Measure, line: number): License {
  const { product } = versions[0]!;
  const newest = versions
    .map(({ version }) => version)
    .reduce((a, b) => (compareVersions(a, b) >= 0 ? a : b));
  const bound = parseVersionBound(`<= ${newest}`);
  const pools = versions.flatMap(({ steps }) => steps.flatMap((step) => step.pools));
  const { share, doubt } = shareOf(pools);
  const isApart =
    versions.some(({ steps }) => steps.some((step) => step.pools.length > 1)) || versions.length > 1;
  const within = isApart ? ['its licenses lie in pools that are counted apart'] : [];
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
    ...(within.length + exceeded.length > 0 && { open: { exceeded, within } }),
  };
}

/** Empty, and so unknown, where any step is unknown or cannot be placed in time: a part of a total is no total. */
function quantityOf(versions: readonly RlmProduct[]): QuantityEntry[] {
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
function shareOf(pools: readonly RlmPool[]): { share: ShareKey[]; doubt?: string } {
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
