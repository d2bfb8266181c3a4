/** Adds to "every link holds and nothing recomputes" the form of the writer, where a bounded search over the first records finds it. */

import type { ChainConclusion } from '../chain/chain-conclusion.ts';
import type { ChainState } from '../chain/chain-state.ts';
import type { Variant } from '../chain/infer/infer-variant.ts';
import { chainFields } from '../chain/judge-stream.ts';
import type { ChainLayout } from '../chain/layout.ts';
import { unfittedBytes } from '../chain/unfitted-records.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { toRecordView } from '../sources/record-view.ts';

/**
 * Of all searches of a run together (`chain/infer/effort.ts`): 0.1 to 0.2 seconds of the processor whatever the log
 * holds, and enough for the record in every form, whole or less one member.
 */
export const DRIFT_STEPS = 40_000;

/**
 * Changes the messages of the conclusions it has something to say of; one search for each layout. Returns the steps spent.
 * Nothing where `loadVariants` was not awaited before.
 */
export function nameVariants(
  conclusions: readonly ChainConclusion[],
  { unfitted }: ChainState,
  layouts: readonly ChainLayout[],
  keys: Record<string, Uint8Array>,
): number {
  if (search === undefined) return 0;
  const known = new Map<string, string>();
  let left = DRIFT_STEPS;
  for (const conclusion of conclusions) {
    if (conclusion.code !== 'chain-not-recomputable') continue;
    // The fields of the chain: of many streams there are as many conclusions.
    let words = known.get(conclusion.identity);
    if (words === undefined) {
      const variant = variantOf(conclusion.identity, unfitted, layouts, keys, left);
      left -= variant?.spent ?? 0;
      words = variant === undefined ? '' : search.variantWords(variant);
      known.set(conclusion.identity, words);
    }
    conclusion.message += words;
  }
  return DRIFT_STEPS - left;
}

function variantOf(
  fields: string,
  unfitted: ChainState['unfitted'],
  layouts: readonly ChainLayout[],
  keys: Record<string, Uint8Array>,
  steps: number,
): Variant | undefined {
  const index = layouts.findIndex(
    (layout, at) => chainFields(layout) === fields && unfitted.some((record) => record.layout === at),
  );
  if (index < 0 || steps <= 0) return undefined;
  const view = toRecordView(UNKNOWN_SOURCE);
  return search?.inferVariant(unfittedBytes(unfitted, index), layouts[index]!, view, keys, steps);
}

let search: typeof import('../chain/infer/infer-variant.ts') | undefined;

/** Loads the search where the state has something to search for: it takes 20 ms (measured), and most chains recompute. */
export async function loadVariants({ unfitted }: ChainState): Promise<void> {
  if (unfitted.length > 0) search ??= await import('../chain/infer/infer-variant.ts');
}
