/** Runs a contract over records the way the spine does, on the slow twin of the event cursor. */
import assert from 'node:assert/strict';
import { compareBigints } from '../../src/base/instant.ts';
import { compileLicenses } from '../../src/licenses/compile-licenses.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { compileDetection, toSlot } from '../../src/match/compile-detection.ts';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import type { Coverage, Judgement, Relation } from '../../src/model/relation.ts';
import type { StatementOptions } from '../../src/model/request.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';

type Sketch = { measure?: string; quantity: string; head?: string; more?: string };

/** A contract of one license, `editor`. `quantity`: its line; `more`: further lines of it; `head`: one of the contract. */
export function editorContract({
  measure = 'count seats each instant take max over month',
  quantity,
  head = '',
  more = '',
}: Sketch): string {
  return `
contract: {id: ACME-2025-017, timezone: UTC}
${head}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: ${measure}
    ${quantity}
    ${more}
`;
}

/** The line of a quantity that never changes. */
export function set(quantity: number): string {
  return `quantity: [{from: 2025-01-01, set: ${quantity}}]`;
}

/** The relations of a contract, each with the marks that the records make for it, in order. */
export function markedRelations(
  yaml: string,
  records: readonly object[],
  statement?: StatementOptions,
): { span: Coverage; relations: { relation: Relation; marks: Mark[] }[] } {
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.deepEqual(problems, []);
  const { detections, relations } = compileLicenses(contract!, statement);
  const fields = new TreeFields();
  const events = treeEvents(records, fields);
  const times = events.flatMap(({ time }) => time ?? []).sort(compareBigints);
  const tests = new Map(detections.map((detection) => [detection.id, compileDetection(detection, fields)]));
  const marksOf = ({ inputs }: Relation) =>
    events.flatMap((event) =>
      inputs.flatMap(({ detection, values }, step): Mark[] => {
        if (!tests.get(detection)!(event)) return [];
        const { time, place, identity } = event;
        const texts = values.map((field) => event.text(toSlot(field, fields)));
        return [{ step, time, place, identity, subject: event.text(fields.audit('actor')), values: texts }];
      }),
    );
  return {
    span: times.length === 0 ? undefined : { from: times[0]!, until: times.at(-1)! },
    relations: relations.map(({ relation }) => ({ relation, marks: marksOf(relation).sort(compareMarks) })),
  };
}

/** Judgements of every relation, by license. `coverage` is the span of all records unless given. */
export function runContract(yaml: string, records: readonly object[], coverage?: Coverage): Judgement[] {
  const { span, relations } = markedRelations(yaml, records);
  return relations.flatMap(({ relation, marks }) => [
    ...(marks.length === 0
      ? (relation.judgeNothing?.(coverage ?? span) ?? [])
      : relation.judge([], marks, coverage ?? span)),
  ]);
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

/** The log of a month in which nothing is used. */
export const MARCH: readonly object[] = spanning('2025-03-01T00:00:00Z', '2025-03-31T23:59:59Z');

/** A minute of the third of March, as RFC 3339. */
export function atMinute(minute: number): string {
  const [hour, rest] = [Math.floor(minute / 60), minute % 60].map((each) => String(each).padStart(2, '0'));
  return `2025-03-03T${hour}:${rest}:00Z`;
}

/** From one minute of that day to another. */
export function session(actor: string, from: number, until: number, more: object = {}): object[] {
  return [use('checkout', atMinute(from), actor, more), use('checkin', atMinute(until), actor, more)];
}
