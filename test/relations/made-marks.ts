/** Marks and correlations made by hand or by fast-check, in the total order relations get them in. Tests only. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Mark } from '../../src/model/mark.ts';
import { compareMarks } from '../../src/model/mark.ts';
import type { Coverage, Judgement, RelationDefinition } from '../../src/model/relation.ts';
import type { Correlation } from '../../src/model/rule.ts';
import { rounds } from '../support/rounds.ts';

/** Seconds since the epoch; the place is a file's name and a line. */
export type MarkSketch = {
  at: number | undefined;
  /** Of a mark that a correlation made. */
  until?: number;
  file?: string;
  line: number;
  step?: number;
  value?: string | undefined;
  actor?: string;
};

export const second = (seconds: number) => BigInt(seconds) * 1_000_000_000n;

/** Runs of a property: as many as must be shown under FULL=1, some in the ordinary test. */
export const RUNS = rounds(150, 10_000);

export function toMark({
  at,
  until,
  file = 'a.ndjson',
  line,
  step = 0,
  value,
  actor = 'ann',
}: MarkSketch): Mark {
  const place = { file, line, offset: line * 100, length: 90 };
  const time = at === undefined ? undefined : second(at);
  return {
    step,
    time,
    ...(until !== undefined && at !== undefined && { until: second(until) }),
    place,
    identity: `${file}:${line}`,
    subject: actor,
    values: [value],
  };
}

export function inOrder(sketches: readonly MarkSketch[]): Mark[] {
  return sketches.map(toMark).sort(compareMarks);
}

/** A correlation over `steps` raw rules, counting field `f` when asked to. */
export function correlationOf(changes: Partial<Correlation>, steps = 1): Correlation {
  const rules = Array.from({ length: steps }, (_, step) => `rule-${step}`);
  return {
    kind: 'correlation',
    type: 'tried',
    id: 'c',
    title: 'Tried rule',
    file: 'rules.yaml',
    line: 1,
    level: 'medium',
    references: [],
    tags: [],
    falsepositives: [],
    controls: [],
    tests: [],
    rules,
    steps: { rules: rules.map((_, step) => step) },
    groupBy: rules.map(() => []),
    groupNames: [],
    timespan: second(10),
    condition: {},
    extra: {},
    taxonomies: rules.map(() => 'raw'),
    aliases: {},
    tables: {},
    ...changes,
  };
}

/** The fields that make `value_count` count the first value of a mark. */
export const COUNTED = { fields: [[{ taxonomy: 'raw', name: 'f' }]] } satisfies Partial<Correlation>;

export function judge(
  definition: RelationDefinition,
  correlation: Correlation,
  marks: readonly Mark[],
  coverage?: Coverage,
): Judgement[] {
  const relation = definition.compile(correlation, assert.fail);
  assert.ok(relation !== undefined);
  // What is satisfied is a notice at most.
  return [...relation.judge([], marks, coverage)].filter(({ verdict }) => verdict !== 'satisfied');
}

/** Why the relation refuses the correlation. */
export function refusal(definition: RelationDefinition, correlation: Correlation): string {
  const messages: string[] = [];
  assert.equal(
    definition.compile(correlation, (message) => messages.push(message)),
    undefined,
  );
  assert.equal(messages.length, 1);
  return messages[0]!;
}

type Drawing = {
  maxLength?: number;
  values?: readonly (string | undefined)[];
  /** Seconds that an interval lasts at most; without it all marks are events. */
  intervals?: number;
  /** Whether some marks have no readable time. */
  untimed?: boolean;
  files?: readonly string[];
};

/**
 * Sketches in no order, with ties, several files, and one event standing for several steps; lines name the event within its
 * file.
 */
export function sketches(steps: number, drawing: number | Drawing = {}): fc.Arbitrary<MarkSketch[]> {
  const options: Drawing = typeof drawing === 'number' ? { maxLength: drawing } : drawing;
  const { maxLength = 14, values = ['x', 'y', 'z', undefined], intervals = 0, untimed = false } = options;
  const time = fc.integer({ min: 0, max: 40 });
  const sketch = fc.record({
    at: untimed ? fc.option(time, { nil: undefined, freq: 12 }) : time,
    file: fc.constantFrom(...(options.files ?? ['a.ndjson', 'b.ndjson'])),
    step: fc.integer({ min: 0, max: steps - 1 }),
    value: fc.constantFrom(...values),
    double: fc.boolean(),
    lasts:
      intervals === 0 ? fc.constant(0) : fc.oneof(fc.constant(0), fc.integer({ min: 0, max: intervals })),
  });
  return fc.array(sketch, { maxLength }).map((drawn) => {
    const rows: MarkSketch[] = [];
    for (const [index, { double, lasts, ...drawnRow }] of drawn.entries()) {
      const row =
        lasts > 0 && drawnRow.at !== undefined ? { ...drawnRow, until: drawnRow.at + lasts } : drawnRow;
      rows.push({ ...row, line: index + 1 });
      if (double && steps > 1) rows.push({ ...row, line: index + 1, step: (row.step + 1) % steps });
    }
    return rows;
  });
}
