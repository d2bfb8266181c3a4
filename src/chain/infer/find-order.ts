/** What numbers the records of a chain, and what tells its streams apart: fields that go with the links. */
import { JsonNumber } from '../../base/json.ts';
import { type Column, textAt } from './columns.ts';
import type { FoundChain, Link } from './find-chains.ts';

/** A whole number that grows by one step from each record to the one that names it. */
export function findSequence(
  columns: readonly Column[],
  parents: ReadonlyMap<number, number>,
  links: readonly Link[],
): FoundChain['sequence'] {
  const numbered = columns.flatMap((column) => {
    const steps = new Set(
      [...parents].map(([index, parent]) => numberAt(column, index) - numberAt(column, parent)),
    );
    const [step = Number.NaN] = steps;
    return steps.size === 1 && Number.isInteger(step) && step !== 0 && parents.size > 1
      ? [{ column, step }]
      : [];
  });
  numbered.sort((left, right) => rankOf(left) - rankOf(right));
  const best = numbered[0];
  if (best === undefined || Math.abs(best.step) > 1_000) return undefined;
  const starts = new Set(
    links.filter(({ genesis }) => genesis).map(({ index }) => numberAt(best.column, index)),
  );
  const [start = Number.NaN] = starts;
  return {
    field: best.column.path,
    ...(starts.size === 1 && Number.isInteger(start) && { start }),
    step: best.step,
  };
}

/** Steps of one first; among those the names that mean a number rather than a time that happens to be regular. */
function rankOf({ column, step }: { column: Column; step: number }): number {
  return (step === 1 ? 0 : 2) + (/seq|index|number|_no|^n$|height|counter/i.test(column.path) ? 0 : 1);
}

function numberAt(column: Column, index: number): number {
  const value = column.values[index];
  if (value instanceof JsonNumber || typeof value === 'string') {
    const text = textAt(column, index)!;
    return /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  }
  return Number.NaN;
}

const STREAM_NAME = /^(?:.*\.)?(?:chain|stream|tenant|ledger|journal|log|partition)_?-?id$/i;

/** Where the samples hold several chains: the fields that tell them apart. Where they hold one: a field that is named for it. */
export function findStream(
  columns: readonly Column[],
  parents: ReadonlyMap<number, number>,
  records: number,
): string[] {
  const root = Array.from({ length: records }, (_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    while (root[at] !== at) at = root[at]!;
    return at;
  };
  for (const [index, parent] of parents) root[rootOf(index)] = rootOf(parent);
  const roots = Array.from({ length: records }, (_, index) => rootOf(index));
  const chains = new Set(roots);
  const telling = columns.filter((column) => {
    const byChain = new Map<number, string>();
    for (const [index, chain] of roots.entries()) {
      const text = textAt(column, index);
      if (text === undefined || (byChain.get(chain) ?? text) !== text) return false;
      byChain.set(chain, text);
    }
    return new Set(byChain.values()).size === chains.size;
  });
  const named = telling.filter(({ path }) => STREAM_NAME.test(path));
  // Of one record each, any field with distinct values would tell them apart.
  const evident = chains.size > 1 && chains.size * 2 <= records ? telling : [];
  return [...named, ...evident].slice(0, 1).map(({ path }) => path);
}
