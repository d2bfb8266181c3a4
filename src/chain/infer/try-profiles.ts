/** Which of given profiles recompute the samples: tried before a search, and the answer where one of them does. */
import type { Event } from '../../model/event.ts';
import { BoundLayout, toLayouts } from '../layout.ts';
import type { ChainMembers, ChainProfile } from '../profile.ts';
import { isHash } from '../record-hash.ts';
import type { RecordView } from '../record-view.ts';
import type { Sample } from './columns.ts';

/** `known`: samples whose hash is known. */
export type ProfileFit = { profile: ChainProfile; members: ChainMembers; recomputed: number; known: number };

/** Those that recompute a sample, the best first, in the order given where they are as good. */
export function fitProfiles(
  profiles: readonly ChainProfile[],
  samples: readonly Sample[],
  view: RecordView,
  keys: Record<string, Uint8Array>,
): ProfileFit[] {
  const fits = profiles.flatMap((profile) =>
    toLayouts([profile]).map((layout) => {
      const bound = new BoundLayout(layout, view.fields, keys);
      const { recomputed, known } =
        layout.members.own === null ? fitOwnless(bound, samples, view) : fitOwn(bound, samples, view);
      return { profile, members: layout.members, recomputed, known };
    }),
  );
  return fits
    .filter(({ recomputed }) => recomputed > 0)
    .sort(
      (left, right) =>
        right.recomputed / right.known - left.recomputed / left.known || right.known - left.known,
    );
}

function fitOwn(
  bound: BoundLayout,
  samples: readonly Sample[],
  view: RecordView,
): { recomputed: number; known: number } {
  let recomputed = 0;
  let known = 0;
  let beginning = 0;
  for (const { bytes } of samples) {
    const event = view.at(bytes);
    if (!bound.holds(event)) {
      if (!bound.mayBegin(event)) continue;
      beginning++;
    }
    known++;
    if (typeof fitOf(bound, event) === 'number') recomputed++;
  }
  // Where every record is a first one, the previous hash has another name, and nothing would be linked.
  if (beginning * 2 > known) return { recomputed: 0, known };
  return { recomputed, known };
}

function fitOf(bound: BoundLayout, event: Event): number | string[] {
  return bound.fit(event, bound.previous(event, ''), bound.own(event));
}

/** The hash of a record stands in the next one. */
function fitOwnless(
  bound: BoundLayout,
  samples: readonly Sample[],
  view: RecordView,
): { recomputed: number; known: number } {
  let recomputed = 0;
  let known = 0;
  let before: string | undefined;
  for (const { bytes } of samples) {
    const event = view.at(bytes);
    if (!bound.holds(event)) continue;
    const previous = bound.previous(event, '');
    if (before !== undefined && !bound.isGenesis(event, previous)) {
      known++;
      if (isHash(before) && before === previous) recomputed++;
    }
    before = bound.expected(event, previous, 0)[0];
  }
  return { recomputed, known };
}
