/** What tells the order of events of one instant. */
import type { Mark } from './mark.ts';

type Placed = Pick<Mark, 'place'> & { isUnordered?: boolean | undefined };

/** Marks of one answer are ordered by their position. In a file that does not run forward in time each event is alone. */
export function orderFile({ place, isUnordered }: Placed): string {
  return isUnordered === true ? `${place.file}\u0000${place.offset}` : place.file;
}
