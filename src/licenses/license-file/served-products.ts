/**
 * What an RLM server had to give, by date: the PRODUCT records that it writes whenever it starts, rereads its licenses or
 * begins a new report log. They state capacity as served, which is evidence of a contract and not the contract.
 */
import { compareText } from '../../base/text-safety.ts';

/** Licenses of one product and version that the server keeps together. */
export type LicensePool = {
  pool: string;
  /** Licenses for everyone, and reserved ones besides. */
  count: number;
  reservations: number;
  /** Use beyond it is allowed, and told to the application. */
  softLimit: number | undefined;
  /** As the log writes them: which sessions share a license (users, hosts, ISV data), how many, and the license's type. */
  share: string;
  maxShare: number | undefined;
  type: string;
  contract: string | undefined;
};

/** `quantity`: count and reservations of all pools; undefined where one states none, which may mean unlimited or nothing. */
export type CapacityStep = { from: string; quantity: number | undefined; pools: LicensePool[] };

/** The steps begin with the first block that serves the product; a product no longer served is a step to zero. */
export type ServedProduct = { product: string; version: string; steps: CapacityStep[] };

/** A record of the `rlm` reader of text logs, parsed. */
export type RlmRecord = Readonly<Record<string, unknown>>;

/** Whether `servedProducts` looks at records of this kind. */
export function tellsOfServing(event: unknown): boolean {
  return event === 'START' || event === 'REREAD' || event === 'PRODUCT';
}

/** `records` of one server in the order of its logs; others than START, REREAD and PRODUCT are passed over. */
export function servedProducts(records: Iterable<RlmRecord>): ServedProduct[] {
  const products = new Map<string, ServedProduct>();
  let block = new Map<string, Block>();
  let from: string | undefined;
  const close = () => {
    if (from !== undefined) addBlock(products, block, from);
    block = new Map();
  };
  for (const record of records) {
    if (record.event === 'START' || record.event === 'REREAD') {
      close();
      from = textOf(record.time);
    } else if (record.event === 'PRODUCT') {
      from ??= textOf(record.time);
      addPool(block, record);
    }
  }
  close();
  return [...products.values()].sort(
    (left, right) => compareText(left.product, right.product) || compareText(left.version, right.version),
  );
}

type Block = { product: string; version: string; pools: LicensePool[] };

function addPool(block: Map<string, Block>, record: RlmRecord): void {
  const [product, version] = [textOf(record.feature), textOf(record.version)];
  if (product === undefined || version === undefined) return;
  const key = JSON.stringify([product, version]);
  const served = block.get(key) ?? { product, version, pools: [] };
  block.set(key, served);
  served.pools.push({
    pool: textOf(record.pool) ?? '',
    count: numberOf(record.count) ?? 0,
    reservations: numberOf(record.reservations) ?? 0,
    softLimit: numberOf(record.soft_limit),
    share: textOf(record.share) ?? '',
    maxShare: numberOf(record.max_share),
    type: textOf(record.type) ?? '',
    contract: textOf(record.contract),
  });
}

/** A block without any PRODUCT tells nothing: the server writes one for each pool, and a log may be cut. */
function addBlock(
  products: Map<string, ServedProduct>,
  block: ReadonlyMap<string, Block>,
  from: string,
): void {
  if (block.size === 0) return;
  for (const [key, { product, version, pools }] of block) {
    const served = products.get(key) ?? { product, version, steps: [] };
    products.set(key, served);
    addStep(served.steps, { from, quantity: quantityOf(pools), pools });
  }
  for (const [key, { steps }] of products) {
    if (!block.has(key)) addStep(steps, { from, quantity: 0, pools: [] });
  }
}

function addStep(steps: CapacityStep[], step: CapacityStep): void {
  const last = steps.at(-1);
  // Pools are numbered anew at each start: the number alone is no change.
  const facts = ({ pools }: CapacityStep) =>
    JSON.stringify(pools.map(({ pool: _, ...rest }) => JSON.stringify(rest)).sort(compareText));
  if (last === undefined || facts(last) !== facts(step)) steps.push(step);
}

function quantityOf(pools: readonly LicensePool[]): number | undefined {
  const sizes = pools.map(({ count, reservations }) => count + reservations);
  return sizes.some((size) => size <= 0) ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
