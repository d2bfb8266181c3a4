/** What the configuration says of how long events are kept, and no pack of the run holds the log to. */
import type { Notice } from '../model/report.ts';
import type { Pack } from './pack.ts';

/** The checks of packs that take `policy` for it. */
const JUDGED_BY = { minimum: 'retention', maximum: 'maximum' } as const;

/** Who says how long logs are kept waits for the answer: a silent run would seem to be one. */
export function unjudgedKeep(
  keep: { minimum?: unknown; maximum?: unknown },
  packs: readonly Pack[],
): Notice[] {
  const asked = packs.flatMap(({ controls }) => controls).flatMap(({ checks }) => checks);
  return (['minimum', 'maximum'] as const)
    .filter((key) => keep[key] !== undefined)
    .filter((key) => !asked.some(({ kind, params }) => kind === JUDGED_BY[key] && params === 'policy'))
    .map((key) => ({
      code: 'unjudged-keep',
      message: `nothing in this run is held to "keep.${key}" of the configuration: a pack that asks for it must be named, such as --pack nist-800-53r5`,
    }));
}
