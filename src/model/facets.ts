/**
 * Of a record that tells of several things a condition holds where it does for one of them. So `delete and not failed` finds
 * what was deleted beside something that failed, and `delete and failed` does not.
 */
import type { Event, FacetSlots } from './event.ts';

/** Those that a record with one facet has: undefined stands for them wherever facets are told. */
export type HeldFacets = readonly number[] | undefined;

/**
 * The facets of which `test` holds, among those that are selected; null where it holds of none. `of`: what the test looks at, and
 * what is made of it.
 */
export function heldFacets(
  event: Event,
  of: FacetSlots | undefined,
  test: (event: Event) => boolean,
): HeldFacets | null {
  const among = facetsOf(event, of);
  if (among === undefined) return test(event) ? undefined : null;
  const { selected } = event;
  const held = among.filter((facet) => {
    event.select!([facet]);
    return test(event);
  });
  event.select!(selected);
  return held.length === 0 ? null : held;
}

/** The selected facets of an event that has several; undefined where it has one. */
export function facetsOf(event: Event, of: FacetSlots | undefined): HeldFacets {
  if (of === undefined || event.countFacets === undefined) return undefined;
  if (event.selected !== undefined) return event.selected;
  const count = event.countFacets(of);
  if (count === 1) return undefined;
  const facets: number[] = [];
  for (let facet = 0; facet < count; facet++) facets.push(facet);
  return facets;
}
