/** Runs the fold of one measure sentence over uses that are written down shortly, and gives its bounds. */
import assert from 'node:assert/strict';
import { formatInstant, parseTimestamp } from '../../src/base/instant.ts';
import { ONE, parseAmount } from '../../src/licenses/contract/amount.ts';
import type { License } from '../../src/licenses/contract/contract.ts';
import type { SegmentUse } from '../../src/licenses/measures/measure-fold.ts';
import { segmentsOf, startMeasure } from '../../src/licenses/measures/start-measure.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import type { LicenseUse, TimedUse } from '../../src/licenses/use/license-use.ts';

export type Used = {
  kind: LicenseUse['kind'];
  at: bigint | undefined;
  person?: string;
  host?: string;
  amount?: string;
  whole?: string;
  counted?: string;
  group?: string;
  seats?: number;
  session?: string;
  seat?: string;
  feature?: string;
  featureless?: boolean;
  file?: string;
  isUnordered?: boolean;
};

export function instant(text: string): bigint {
  const parsed = parseTimestamp(text);
  assert.equal(parsed.problem, undefined, text);
  return parsed.instant!;
}

export function contractWith(
  sentence: string,
  { zone = 'UTC', quantity = '', license = '', head = '' } = {},
): string {
  return `
contract: {id: C-1, timezone: ${zone}}
${head}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: ${sentence}
    quantity: [${quantity || '{from: 2020-01-01, set: 5}'}]
    ${license}`;
}

/** `used` in order of time, those without one first. */
export function runFold(
  yaml: string,
  used: readonly Used[],
  span: { from: bigint; until: bigint },
): SegmentUse[] {
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.deepEqual(problems, []);
  const [license] = contract!.licenses;
  const fold = startMeasure(contract!, license!, segmentsOf(contract!, license!, used[0]?.at, span), span);
  for (const [index, each] of used.entries()) {
    const use = toUse(license!, each, index);
    if (use.time === undefined) fold.anytime(use);
    else fold.add(use as TimedUse);
  }
  return fold.finish(span.until).filter(({ segment }) => segment.period !== undefined);
}

function toUse({ measure: { count }, share }: License, used: Used, index: number): LicenseUse {
  const grants = { open: 'assign', close: 'revoke' } as const;
  const kind =
    count.what === 'assigned' && used.kind in grants ? grants[used.kind as 'open' | 'close'] : used.kind;
  const { at, person, host, amount, seats, session, featureless = false } = used;
  const counted = !('key' in count) || typeof count.key !== 'string' ? used.counted : used[count.key];
  return {
    kind,
    featureless,
    time: at,
    person,
    host,
    seats: BigInt(seats ?? 1) * ONE,
    amount: amount === undefined ? undefined : parseAmount(amount),
    statesAmount: amount !== undefined,
    id: undefined,
    canceled: undefined,
    whole: used.whole === undefined ? undefined : parseAmount(used.whole),
    counted,
    seat: used.seat,
    group: used.group,
    key: session ?? JSON.stringify([person ?? null, host ?? null]),
    named: session !== undefined,
    feature: featureless ? undefined : (used.feature ?? 'editor'),
    share: share.length === 0 ? undefined : JSON.stringify(share.map((each) => used[each] ?? null)),
    isUnordered: used.isUnordered,
    place: { file: used.file ?? 'log', line: index + 1, offset: index, length: 1 },
    origin: { identity: `e${index}` },
    device: undefined,
    country: undefined,
    received: undefined,
    reason: undefined,
    stated: seats !== undefined,
    excluded: false,
    server: undefined,
    borrowed: false,
    daemon: undefined,
    log: undefined,
  };
}

/** `[from, lower, upper]` in whole numbers or exact text; an upper that nothing bounds is `?`. */
export function boundsOf(uses: readonly SegmentUse[]): [string, string, string][] {
  return uses.map(({ segment, lower, upper }) => [
    formatInstant(segment.from),
    show(lower.amount),
    upper.amount === undefined ? '?' : show(upper.amount),
  ]);
}

function show(amount: bigint): string {
  return amount % ONE === 0n ? String(amount / ONE) : `${amount}e-30`;
}
