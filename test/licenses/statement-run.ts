/** Figures of one license, as the spine gets them: contract and records in. */
import assert from 'node:assert/strict';
import type { LicenseFigures } from '../../src/model/license-figures.ts';
import type { Coverage } from '../../src/model/relation.ts';
import type { StatementOptions } from '../../src/model/request.ts';
import { markedRelations } from './run-contract.ts';

export const MINUTE = 60_000_000_000n;
export const DAY = 1440n * MINUTE;

/** The log is taken to span its records unless `coverage` says otherwise. */
export function figuresOf(
  yaml: string,
  records: readonly object[],
  options: Partial<StatementOptions> = {},
  coverage?: Coverage,
): LicenseFigures {
  const { span, relations } = markedRelations(yaml, records, {
    idle: 30n * DAY,
    retry: 10n * MINUTE,
    ...options,
  });
  const { relation, marks } = relations[0]!;
  const told: LicenseFigures[] = [];
  const judgements = [...relation.judge([], marks, coverage ?? span, (figures) => told.push(figures))];
  assert.ok(judgements.length > 0);
  assert.equal(told.length, 1);
  return told[0]!;
}
