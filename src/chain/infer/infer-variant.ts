/** Serializer drift: the fields of a chain are known and its links hold, but no profile recomputes it; which form would? */
import { quote } from '../../base/text-safety.ts';
import { BoundLayout, type ChainLayout } from '../layout.ts';
import type { RecordView } from '../record-view.ts';
import { toSamples } from './columns.ts';
import type { FoundChain, Link } from './find-chains.ts';
import { toHashText } from './hash-text.ts';
import { inferPreimage } from './infer-profile.ts';

export type Variant = {
  /** The parts of the pre-image in short; undefined where none was found. */
  preimage: string | undefined;
  recomputed: number;
  records: number;
  tried: number;
  /** Steps. */
  spent: number;
};

/** Undefined where the records are too few, or carry no hash of their own that a search could meet. `steps`: at the most (`effort.ts`). */
export function inferVariant(
  records: readonly Uint8Array[],
  layout: ChainLayout,
  view: RecordView,
  keys: Record<string, Uint8Array>,
  steps: number,
): Variant | undefined {
  const chain = toChain(records, layout, view);
  if (chain === undefined) return undefined;
  const { document, recomputed, known, tried, spent } = inferPreimage(chain, toSamples(records), view, {
    budget: steps,
    keys,
  });
  const preimage = document?.preimage
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(' + ');
  return { preimage, recomputed, records: known, tried, spent };
}

function toChain(
  records: readonly Uint8Array[],
  layout: ChainLayout,
  view: RecordView,
): FoundChain | undefined {
  const { members, profiles } = layout;
  const samples = toSamples(records);
  // Those that are no objects, or hold a key twice, would shift the others.
  if (samples.length < 2 || samples.length < records.length || members.own === null) return undefined;
  const bound = new BoundLayout(layout, view.fields, {});
  const links = samples.map(({ bytes }, index): Link => {
    const event = view.at(bytes);
    const previous = bound.previous(event, '');
    const written = bound.previousSlot < 0 ? '' : (event.text(bound.previousSlot) ?? '');
    return { index, previous, written, own: bound.own(event), genesis: bound.isGenesis(event, previous) };
  });
  const hashes = links.map(({ own }) => toHashText(own));
  const bytes = hashes[0]?.bytes;
  const encoding = profiles[0]!.digest.encoding;
  const agree = hashes.every((hash) => hash?.bytes === bytes && hash?.encodings.includes(encoding));
  if (bytes === undefined || !agree) return undefined;
  const strip = [...profiles[0]!.digest.strip];
  return {
    members,
    encoding,
    strip,
    bytes,
    held: null,
    forward: 0,
    links,
    genesis: [],
    sequence: undefined,
    stream: [],
  };
}

/** Behind the sentence that says that the links hold. */
export function variantWords({ preimage, recomputed, records, tried }: Variant): string {
  if (preimage !== undefined && recomputed === records)
    return `; the pre-image ${quote(preimage)} recomputes the first ${records} records: "audit-check chain infer" prints a profile for it`;
  return `; none of ${tried} other forms that were tried recomputes the first ${records} records: "audit-check chain infer" tries more`;
}
