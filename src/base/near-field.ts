/** Field names that one slip of a finger makes of each other: rules may name any field, so a rare one must not be taken for a slip. */
import { nearestName } from './nearest-name.ts';

/** Below this many characters two edits make another word: `user`, `uuid`. */
const LONG = 8;

/** The known name that was probably meant; undefined where `name` is known, or far from all. */
export function nearField(name: string, known: ReadonlySet<string>): string | undefined {
  if (known.has(name)) return undefined;
  return nearestName(name, known, name.length < LONG ? 1 : 2);
}
