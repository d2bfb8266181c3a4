/** Fields that stand next to each other in a record: what one writer adds to it, and often what it hashes. */
import type { Item, Orders } from './listed-fields.ts';

/** The forms of each value, in file order. */
export function formsByPath(items: readonly Item[]): Item[][] {
  const byPath = new Map<string, Item[]>();
  for (const item of items) {
    const forms = byPath.get(item.path);
    if (forms === undefined) byPath.set(item.path, [item]);
    else forms.push(item);
  }
  return [...byPath.values()];
}

/** All values in one form: a writer has one serializer. */
export function inForm(forms: readonly Item[], form: number): Item {
  return forms[form] ?? forms[0]!;
}

export function formsOf(values: readonly (readonly Item[])[]): number {
  return Math.max(0, ...values.map((forms) => forms.length));
}

/** More values next to each other are no list that somebody wrote down. */
const MAX_RUN = 40;

/**
 * Fields that stand next to each other, in the first form and any order, then in each other form and the order of the
 * record that is sought: what one writer adds mostly stays together.
 */
export function* wholeRuns(orders: Orders): Generator<readonly Item[]> {
  const [all = [], ...others] = orders;
  for (const run of distinctRuns(others)) yield run.map((forms) => forms[0]!);
  for (let form = 1; form < formsOf(formsByPath(all)); form++) {
    for (const run of distinctRuns(others.slice(0, 1)))
      if (form < formsOf(run)) yield run.map((forms) => inForm(forms, form));
  }
}

/** Each once, though several records have the same neighbors. */
function* distinctRuns(orders: Orders): Generator<readonly (readonly Item[])[]> {
  const known = new Set<string>();
  for (const items of orders) {
    for (const run of runs(items)) {
      const paths = run.map((forms) => forms[0]!.path).join('\n');
      if (known.has(paths)) continue;
      known.add(paths);
      yield run;
    }
  }
}

/** Those less one, which is left out or is the last. */
export function* runsLessOne(items: readonly Item[]): Generator<readonly Item[]> {
  for (const run of runs(items)) {
    const firsts = run.map((forms) => forms[0]!);
    for (let left = 0; left + 1 < run.length; left++) {
      const rest = [...firsts.slice(0, left), ...firsts.slice(left + 1)];
      // Without the outermost it is a shorter run.
      if (left > 0) yield rest;
      yield [...rest, firsts[left]!];
    }
  }
}

function* runs(items: readonly Item[]): Generator<readonly (readonly Item[])[]> {
  const values = formsByPath(items).slice(0, MAX_RUN);
  for (let size = values.length; size >= 2; size--)
    for (let from = 0; from + size <= values.length; from++) yield values.slice(from, from + size);
}
