/** From sample records to the profile that recomputes their hashes: which fields, which pre-image, or why neither can be said. */
import type { RecordView } from '../record-view.ts';
import {
  CandidateParts,
  compileDocument,
  type DigestChoice,
  type PartDocument,
  type ProfileDocument,
  recomputed,
  toProfileDocument,
} from './candidate.ts';
import { type Column, escapeKey, type Sample, toColumns } from './columns.ts';
import { changesItems, FIELD_STYLES, isContainer, toItems } from './field-styles.ts';
import { type FoundChain, findChains, hashPaths, type Link } from './find-chains.ts';
import { JSON_FORMS, toPart } from './json-forms.ts';
import { asPairs, inAnyOrder, inFileOrder, previousItem, withLengths } from './listed-fields.ts';
import { type FamilyCount, type Hit, type Proposal, Search } from './search.ts';
import { beforesOf, onePayload, recordSubsets, wholeRecord } from './whole-record.ts';

export type InferOptions = {
  /** Pre-images tried for one pair of chain fields at the most. */
  budget: number;
  keys: Record<string, Uint8Array>;
  onProgress?: (tried: number) => void;
};

export type Inference = {
  chain: FoundChain | undefined;
  /** The profile as its file would hold it; undefined where none was found. */
  document: ProfileDocument | undefined;
  /** Records whose hash it recomputes, of those whose hash is known. */
  recomputed: number;
  known: number;
  tried: number;
  families: FamilyCount[];
  /** Further forms that give the same bytes for every sample, in short. */
  equals: string[];
};

/** Of the budget, what the likeliest pair of fields gets. */
const FIRST_SHARE = 0.6;

export function inferProfile(samples: readonly Sample[], view: RecordView, options: InferOptions): Inference {
  const columns = toColumns(samples);
  const chains = findChains(samples, columns);
  let best: Inference | undefined;
  for (const [index, chain] of chains.entries()) {
    const budget = Math.floor(options.budget * (index === 0 ? FIRST_SHARE : (1 - FIRST_SHARE) / (chains.length - 1)));
    const found = inferPreimage(chain, samples, columns, view, { ...options, budget });
    if (found.document !== undefined && found.recomputed === found.known) return found;
    if (best === undefined || found.recomputed > best.recomputed) best = found;
  }
  return best ?? { chain: undefined, document: undefined, recomputed: 0, known: 0, tried: 0, families: [], equals: [] };
}

function inferPreimage(
  chain: FoundChain,
  samples: readonly Sample[],
  columns: readonly Column[],
  view: RecordView,
  { budget, keys, onProgress = () => {} }: InferOptions,
): Inference {
  const { links } = chain;
  let best: Inference | undefined;
  const search = new Search(chain, chooseTarget(links), keys, budget, onProgress);
  for (const hit of hits(search, chain, samples, columns, view)) {
    const document = toProfileDocument(chain, hit.digest, hit.parts, titleOf(hit));
    const fits = recomputed(compileDocument('inferred', document), links, samples, view, keys).length;
    const found = {
      chain,
      document,
      recomputed: fits,
      known: links.length,
      tried: search.tried,
      families: search.counts,
      equals: equalForms(hit, chain, samples, view),
    };
    if (best === undefined || fits > best.recomputed) best = found;
    if (fits === links.length) break;
  }
  return (
    best ?? {
      chain,
      document: undefined,
      recomputed: 0,
      known: links.length,
      tried: search.tried,
      families: search.counts,
      equals: [],
    }
  );
}

/** A record in the middle: one without a previous hash does not show where that stands. */
function chooseTarget(links: readonly Link[]): Link {
  return links.find(({ genesis, previous }) => !genesis && previous !== '') ?? links[0]!;
}

/** Families of pre-images, the likeliest and cheapest first; each goes on behind its first hit, which may not fit the others. */
function* hits(
  search: Search,
  chain: FoundChain,
  samples: readonly Sample[],
  columns: readonly Column[],
  view: RecordView,
): Generator<Hit> {
  const parts = new CandidateParts(chain, samples, view);
  const link = search.target;
  const { own, previous } = chain.members;
  const free = columns.filter(({ path, values }) => path !== own && path !== previous && values[link.index] !== undefined);
  const hashes = new Set(hashPaths(columns));
  // Other hashes and signatures are left out most often.
  const marks = free.filter(({ path }) => hashes.has(path) || /sig|proof|mac|seal/i.test(path));
  const others = [...marks, ...free.filter((column) => !marks.includes(column))].map(({ path }) => path);
  const pairs = marks.flatMap(({ path }, index) => marks.slice(index + 1).map((other) => [path, other.path]));
  const payloads = free.filter(({ values }) => isContainer(values[link.index])).map(({ path }) => path);
  const texts = free.filter(({ path }) => !payloads.includes(path)).map(({ path }) => path);
  const members = samples[link.index]!.record.members.map(({ key }) => escapeKey(key)).filter((path) => path !== own);
  const before = previousItem(beforesOf(link, chain.encoding));
  const plain = toItems(parts, link, free, {});
  const family = function* (name: string, share: number, wide: boolean, proposals: Iterator<Proposal>) {
    for (;;) {
      const hit = search.run(name, share, wide, proposals);
      if (hit === undefined) return;
      yield hit;
    }
  };
  yield* family('the whole record, less one member or two', 0.1, true, wholeRecord(parts, chain, link, others, pairs));
  yield* family('one field with the previous hash', 0.1, true, onePayload(parts, chain, link, [...payloads, ...texts]));
  yield* family('fields joined in file order', 0.15, false, inFileOrder(plain, before));
  yield* family('fields as key=value in file order', 0.1, false, asPairs(plain, before, previous ?? ''));
  yield* family('fields with their lengths in file order', 0.1, false, withLengths(plain, before));
  yield* family('fields joined in any order', 0.15, false, inAnyOrder(plain, before));
  yield* family('subsets of members in JSON', 0.15, false, recordSubsets(parts, chain, link, members));
  for (const style of FIELD_STYLES) {
    const items = toItems(parts, link, free, style);
    if (!changesItems(items, plain)) continue;
    yield* family(`fields in other formats, ${JSON.stringify(style)}`, 0.01, false, inFileOrder(items, before));
    yield* family(`fields in other formats and any order, ${JSON.stringify(style)}`, 0.01, false, inAnyOrder(items, before));
  }
}

function titleOf({ digest, parts }: { digest: DigestChoice; parts: readonly PartDocument[] }): string {
  const kinds = parts.map((part) => (typeof part === 'string' ? part : Object.keys(part)[0]!));
  return `inferred: ${digest.key === null ? '' : 'HMAC-'}${digest.algorithm} of ${kinds.join(' + ')}`;
}

/** Other forms of JSON that write the same for every sample: which of them is meant, further records would show. */
function equalForms(
  { parts }: Hit,
  chain: FoundChain,
  samples: readonly Sample[],
  view: RecordView,
): string[] {
  const at = parts.findIndex((part) => typeof part !== 'string' && ('canonical' in part || 'json' in part));
  if (at < 0) return [];
  const part = parts[at] as { readonly [kind: string]: { without?: string[]; of?: string } };
  const { without = [], of } = part.canonical ?? part.json!;
  const writer = new CandidateParts(chain, samples, view);
  const textsOf = (document: PartDocument) =>
    JSON.stringify(chain.links.map((link) => writer.write(document, link)?.toString() ?? ''));
  const wanted = textsOf(part);
  return JSON_FORMS.filter((form) => form.kind !== 'raw' || of === undefined).flatMap((form) => {
    const document = toPart(form, { without, ...(of !== undefined && { of }) });
    if (JSON.stringify(document) === JSON.stringify(part) || textsOf(document) !== wanted) return [];
    return [form.kind === 'json' ? `json ${JSON.stringify(form.options)}` : form.kind];
  });
}
