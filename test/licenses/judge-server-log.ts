/** A made server log through a contract, without detections: marks come from the records at once, for thousands of them. */
import assert from 'node:assert/strict';
import { parseMoment } from '../../src/base/instant.ts';
import { compileLicenses } from '../../src/licenses/compile-licenses.ts';
import { ONE } from '../../src/licenses/contract/amount.ts';
import type { Contract } from '../../src/licenses/contract/contract.ts';
import type { Segment } from '../../src/licenses/contract/periods.ts';
import { SeatsMeasure } from '../../src/licenses/measures/seats-measure.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import type { LicenseUse } from '../../src/licenses/use/license-use.ts';
import { UseReader } from '../../src/licenses/use/use-reader.ts';
import { type UseStep, useSteps } from '../../src/licenses/use/use-steps.ts';
import type { FieldRef, Mark } from '../../src/model/mark.ts';
import type { Judgement } from '../../src/model/relation.ts';
import type { MadeServerLog, ServerLogPlan, ServerRecord } from '../support/made-server-log.ts';

/** One license of so many seats, by the rules that the server of the plan went by. */
export function serverContract(
  quantity: number | string,
  { linger, shared }: Partial<ServerLogPlan>,
): string {
  return `
contract: { id: MADE, timezone: Europe/Berlin }
term: { from: 2025-10-01, until: 2026-02-01 }
evidence: { coverage: 1% }
licenses:
  - id: solver
    covers: { feature: solver }
    measure: count seats each instant take max over month
    ${linger === undefined ? '' : `linger: PT${linger}S`}
    ${shared ? 'share: [person, host]' : ''}
    quantity: [{ from: 2025-01-01, set: ${quantity} }]`;
}

/** By instant, what was in use when everything of the instant had happened. */
export function settled(truth: MadeServerLog['truth']): Map<bigint, number> {
  return new Map(truth.map(({ at, inUse }) => [BigInt(at) * 1_000_000n, inUse]));
}

const KINDS: Record<string, LicenseUse['kind']> = {
  'license.checkout': 'open',
  'license.checkin': 'close',
  'license.denied': 'denied',
  'license.upgrade': 'upgrade',
};

function contractOf(yaml: string): Contract {
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.deepEqual(problems, []);
  return contract!;
}

function marksOf(
  steps: readonly UseStep[],
  fieldsOf: (step: number) => readonly FieldRef[],
  records: readonly ServerRecord[],
): Mark[] {
  const marks = records.flatMap((record, index): Mark[] => {
    const kind = KINDS[record.action];
    if (kind === undefined) return [];
    const step = steps.findIndex((each) => each.kind === kind && !each.featureless);
    const values = fieldsOf(step).map(({ name }) => (record as Record<string, unknown>)[name]?.toString());
    const place = { file: 'log.ndjson', line: index + 1, offset: index, length: 1 };
    return [
      { step, time: parseMoment(record.time), place, identity: record.id, subject: record.actor, values },
    ];
  });
  return marks.sort((a, b) => (a.time! < b.time! ? -1 : a.time! > b.time! ? 1 : 0));
}

/** What the contract's only license comes to; the log covers what its records span. */
export function judgeServerLog(yaml: string, records: readonly ServerRecord[]): Judgement[] {
  const contract = contractOf(yaml);
  const { relation } = compileLicenses(contract).relations[0]!;
  const steps = useSteps(contract.licenses[0]!, false);
  const times = records.map(({ time }) => parseMoment(time)!);
  const from = times.reduce((a, b) => (a < b ? a : b));
  const until = times.reduce((a, b) => (a > b ? a : b));
  return [
    ...relation.judge(
      [],
      marksOf(steps, (step) => relation.inputs[step]!.values, records),
      { from, until },
    ),
  ];
}

type Bounds = { lower: number; upper: number | undefined };

/** Bounds of use at each of the instants, in any order: from each until the next nothing may happen. */
export function useAtInstants(
  yaml: string,
  records: readonly ServerRecord[],
  instants: Iterable<bigint>,
): Map<bigint, Bounds> {
  const contract = contractOf(yaml);
  const license = contract.licenses[0]!;
  const starts = [...new Set(instants)].sort((a, b) => (a < b ? -1 : 1));
  const segments = starts.map((from, index): Segment => {
    const until = starts[index + 1] ?? from + 1_000_000_000n;
    return { period: undefined, from, until, limit: undefined };
  });
  const measure = new SeatsMeasure(license, segments);
  const steps = useSteps(license, false);
  const reader = new UseReader(contract, license, steps);
  const fieldsOf = (step: number) => (steps[step]!.kind === 'denied' ? reader.denialValues : reader.values);
  for (const mark of marksOf(steps, fieldsOf, records)) {
    const use = reader.read(mark);
    if (use?.time === undefined) continue;
    if (use.kind === 'denied') measure.uncounted({ ...use, time: use.time });
    else measure.add({ ...use, time: use.time });
  }
  const uses = measure.finish(segments.at(-1)!.until - 1n);
  return new Map(
    uses.map(({ segment, lower, upper }): [bigint, Bounds] => [
      segment.from,
      {
        lower: Number(lower.amount / ONE),
        upper: upper.amount === undefined ? undefined : Number(upper.amount / ONE),
      },
    ]),
  );
}
