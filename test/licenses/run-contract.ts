/** Runs a contract over records the way the spine does, on the slow twin of the event cursor. */
import assert from 'node:assert/strict';
import { compileLicenses } from '../../src/licenses/compile-licenses.ts';
import type { Contract } from '../../src/licenses/contract/contract.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { compileDetection, toSlot } from '../../src/match/compile-detection.ts';
import type { Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement } from '../../src/model/relation.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';

function contractOf(yaml: string): Contract {
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.deepEqual(problems, []);
  return contract!;
}

/** Judgements of every relation, by license. `coverage` is the span of all records unless given. */
export function runContract(yaml: string, records: readonly object[], coverage?: Coverage): Judgement[] {
  const { detections, relations } = compileLicenses(contractOf(yaml));
  const fields = new TreeFields();
  const events = treeEvents(records, fields);
  const times = events.flatMap(({ time }) => (time === undefined ? [] : [time])).sort(compareTimes);
  const span = times.length === 0 ? undefined : { from: times[0]!, until: times.at(-1)! };
  const tests = new Map(detections.map((detection) => [detection.id, compileDetection(detection, fields)]));
  return relations.flatMap(({ relation }) => {
    const marks = events.flatMap((event) =>
      relation.inputs.flatMap(({ detection, values }, step): Mark[] => {
        if (!tests.get(detection)!(event)) return [];
        const { time, place, identity } = event;
        const texts = values.map((field) => event.text(toSlot(field, fields)));
        return [{ step, time, place, identity, subject: event.text(fields.audit('actor')), values: texts }];
      }),
    );
    marks.sort((a, b) => compareTimes(a.time, b.time));
    return [
      ...(marks.length === 0
        ? (relation.judgeNothing?.(coverage ?? span) ?? [])
        : relation.judge([], marks, coverage ?? span)),
    ];
  });
}

function compareTimes(left: bigint | undefined, right: bigint | undefined): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return left < right ? -1 : left > right ? 1 : 0;
}

let serial = 0;

/** A record of license use; `time` is RFC 3339. */
export function use(action: string, time: string, actor: string, more: object = {}): object {
  return {
    time,
    id: `e${++serial}`,
    actor,
    action: `license.${action}`,
    license: 'editor',
    outcome: 'success',
    ...more,
  };
}

/** The events that make the log span a period, without being use. */
export function spanning(from: string, until: string): object[] {
  return [from, until].map((time) => ({
    time,
    id: `s${++serial}`,
    actor: 'ops',
    action: 'heartbeat',
    outcome: 'success',
  }));
}
