/** Figures of one license, as the spine gets them: contract and records in. */
import assert from 'node:assert/strict';
import { compileLicenses } from '../../src/licenses/compile-licenses.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { compileDetection, toSlot } from '../../src/match/compile-detection.ts';
import type { LicenseFigures } from '../../src/model/license-figures.ts';
import { compareMarks, type Mark } from '../../src/model/mark.ts';
import type { StatementOptions } from '../../src/model/request.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';

export const MINUTE = 60_000_000_000n;
export const DAY = 1440n * MINUTE;

/** The log is taken to span its records. */
export function figuresOf(
  yaml: string,
  records: readonly object[],
  options: Partial<StatementOptions> = {},
): LicenseFigures {
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.deepEqual(problems, []);
  const { detections, relations } = compileLicenses(contract!, {
    idle: 30n * DAY,
    retry: 10n * MINUTE,
    ...options,
  });
  const fields = new TreeFields();
  const events = treeEvents(records, fields);
  const tests = new Map(detections.map((each) => [each.id, compileDetection(each, fields)]));
  const { relation } = relations[0]!;
  const marks = events.flatMap((event) =>
    relation.inputs.flatMap(({ detection, values }, step): Mark[] => {
      if (!tests.get(detection)!(event)) return [];
      const { time, place, identity } = event;
      const texts = values.map((field) => event.text(toSlot(field, fields)));
      return [{ step, time, place, identity, subject: event.text(fields.audit('actor')), values: texts }];
    }),
  );
  const times = events.flatMap(({ time }) => time ?? []);
  const span = times.length === 0 ? undefined : { from: least(times), until: most(times) };
  const told: LicenseFigures[] = [];
  const judgements = [...relation.judge([], marks.sort(compareMarks), span, (figures) => told.push(figures))];
  assert.ok(judgements.length > 0);
  assert.equal(told.length, 1);
  return told[0]!;
}

function least(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (b < a ? b : a));
}

function most(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (b > a ? b : a));
}
