/** Events of which a field holds several values: who and what is counted counts each by itself, and what else they say is unknown. */
import type { Mark } from '../../model/mark.ts';

/** Where the fields of a concept stand in `Mark.values`; the first with a value speaks. */
type Columns<Concept extends string> = Readonly<Record<Concept, readonly number[]>>;

/** What several values of a concept mean; of one that is not named here: that the event does not tell. */
export type SeveralMeanings<Concept extends string> = {
  /** An event each. */
  each: ReadonlySet<Concept>;
  /** The list is a value of its own: it is no number, and equals no other. */
  kept: ReadonlySet<Concept>;
  /** No quantity of the event can be told apart. */
  unclear: ReadonlySet<Concept>;
  quantities: readonly Concept[];
};

/** One record does not stand for more. */
const MAX_EVENTS = 10_000;

/** Undefined where they are too many. */
export function eachValue<Concept extends string>(
  mark: Mark,
  several: readonly number[],
  columns: Columns<Concept>,
  { each, kept, unclear, quantities }: SeveralMeanings<Concept>,
): Mark[] | undefined {
  let events = [[...mark.values]];
  for (const concept of Object.keys(columns) as Concept[]) {
    const own = columns[concept];
    const column = own.find((index) => mark.values[index] !== undefined && mark.values[index] !== '');
    if (column === undefined || !several.includes(column)) continue;
    const list = mark.values[column]!;
    const texts = [...new Set(JSON.parse(list) as (string | null)[])];
    // The same person twice is one; the same quantity twice is none that can be read.
    if (texts.length === 1 && texts[0] !== null && !quantities.includes(concept)) {
      for (const values of events) values[column] = texts[0];
      continue;
    }
    if (unclear.has(concept)) {
      for (const quantity of quantities)
        for (const index of columns[quantity]) for (const values of events) values[index] = list;
    }
    if (kept.has(concept)) continue;
    if (!each.has(concept)) {
      for (const values of events) for (const index of own) values[index] = undefined;
      continue;
    }
    // A null stands for those that were too many to be listed.
    if (texts.includes(null) || events.length * texts.length > MAX_EVENTS) return undefined;
    events = events.flatMap((values) => texts.map((text) => values.with(column, text!)));
  }
  const { step, time, place, identity, subject, isSecond, isUnordered } = mark;
  return events.map((values) => ({
    step,
    time,
    place,
    identity,
    subject,
    values,
    ...(isSecond !== undefined && { isSecond }),
    ...(isUnordered === true && { isUnordered }),
  }));
}
