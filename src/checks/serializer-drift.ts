/** Adds to "every link holds and nothing recomputes" the form of the writer, where a bounded search over the first records finds it. */
import type { ChainState } from '../chain/chain-state.ts';
import { inferVariant, type Variant, variantWords } from '../chain/infer/infer-variant.ts';
import type { ChainConclusion } from '../chain/judge-chains.ts';
import { chainFields } from '../chain/judge-stream.ts';
import type { ChainLayout } from '../chain/layout.ts';
import { unfittedBytes } from '../chain/unfitted-records.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import { toRecordView } from '../sources/record-view.ts';

/** Changes the messages of the conclusions it has something to say of; one search for each layout. */
export function nameVariants(
  conclusions: readonly ChainConclusion[],
  { unfitted }: ChainState,
  layouts: readonly ChainLayout[],
  keys: Record<string, Uint8Array>,
): void {
  const view = toRecordView(UNKNOWN_SOURCE);
  const known = new Map<number, Variant | undefined>();
  for (const conclusion of conclusions) {
    if (conclusion.code !== 'chain-not-recomputable') continue;
    const index = layouts.findIndex(
      (layout, at) =>
        chainFields(layout) === conclusion.identity && unfitted.some((record) => record.layout === at),
    );
    if (index < 0) continue;
    if (!known.has(index))
      known.set(index, inferVariant(unfittedBytes(unfitted, index), layouts[index]!, view, keys));
    const variant = known.get(index);
    if (variant !== undefined) conclusion.message += variantWords(variant);
  }
}
