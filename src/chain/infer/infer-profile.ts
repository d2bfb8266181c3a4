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
import { companionOf, type FoundChain, findChains, hashPaths, type Link } from './find-chains.ts';
import { isOrdinary, JSON_FORMS, toPart } from './json-forms.ts';
import { inAnyOrder, inFileOrder, previousItems } from './listed-fields.ts';
import { listedMembers } from './listed-members.ts';
import { asPairs, withLengths } from './marked-fields.ts';
import { type FamilyCount, type Hit, type Proposal, Search } from './search.ts';
import { variantsOf } from './variants.ts';
import { beforesOf, onePayload, recordSubsets, wholeRecord, withoutOf } from './whole-record.ts';

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
    const budget = Math.floor(
      options.budget * (index === 0 ? FIRST_SHARE : (1 - FIRST_SHARE) / (chains.length - 1)),
    );
    const found = inferPreimage(chain, samples, view, { ...options, budget }, columns);
    if (found.document !== undefined && found.recomputed === found.known) return found;
    if (best === undefined || found.recomputed > best.recomputed) best = found;
  }
  return (
    best ?? {
      chain: undefined,
      document: undefined,
      recomputed: 0,
      known: 0,
      tried: 0,
      families: [],
      equals: [],
    }
  );
}

/** The pre-image of a chain whose fields are known. */
export function inferPreimage(
  chain: FoundChain,
  samples: readonly Sample[],
  view: RecordView,
  { budget, keys, onProgress = () => {} }: InferOptions,
  columns: readonly Column[] = toColumns(samples),
): Inference {
  const { links } = chain;
  const search = new Search(chain, chooseTarget(links, columns), keys, budget, onProgress);
  const none = { chain, document: undefined, recomputed: 0, known: links.length, equals: [] };
  let best: Omit<Inference, 'tried' | 'families'> = none;
  const judge = (hit: Hit) => {
    const document = toProfileDocument(chain, hit.digest, hit.parts, titleOf(hit));
    const fits = recomputed(compileDocument('inferred', document), links, samples, view, keys).length;
    if (fits > best.recomputed)
      best = { ...none, document, recomputed: fits, equals: equalForms(hit, chain, samples, view) };
  };
  for (const hit of hits(search, chain, samples, columns, view)) {
    judge(hit);
    // The target shows one record: how another value is written, its neighbors of the same family may know.
    if (best.recomputed < links.length) for (const variant of variantsOf(hit)) judge(variant);
    if (best.recomputed === links.length) break;
  }
  if (best.document !== undefined && best.recomputed === links.length && chain.members.previous !== null) {
    const document = withCompanions(best.document, chain, samples, view, keys, columns, budget);
    const fits = recomputed(compileDocument('inferred', document), links, samples, view, keys).length;
    if (fits === links.length) best = { ...best, document };
  }
  return { ...best, tried: search.tried, families: search.counts };
}

/** Of the budget, what is spent on each further hash in the records. */
const COMPANION_SHARE = 0.05;

/** The document with the further hashes of the records that recompute too: an HMAC of the hash, the hash of a payload that it is taken of. */
function withCompanions(
  document: ProfileDocument,
  chain: FoundChain,
  samples: readonly Sample[],
  view: RecordView,
  keys: Record<string, Uint8Array>,
  columns: readonly Column[],
  budget: number,
): ProfileDocument {
  const { own, previous } = chain.members;
  const also = hashPaths(columns).flatMap((path) => {
    if (path === own || path === previous) return [];
    const companion = companionOf(columns.find((column) => column.path === path)!, samples, columns);
    if (companion === undefined || companion.links.length < samples.length) return [];
    const options = { budget: Math.floor(budget * COMPANION_SHARE), keys };
    const found = inferPreimage(companion, samples, view, options, columns);
    if (found.document === undefined || found.recomputed < samples.length) return [];
    // In the profile of the record, `$own` is another hash.
    const preimage = JSON.parse(
      JSON.stringify(found.document.preimage).replaceAll('"$own"', JSON.stringify(path)),
    );
    return [{ member: path, digest: found.document.digest, preimage }];
  });
  return also.length === 0 ? document : { ...document, also };
}

/** A record in the middle with as many fields as any: what it lacks cannot be found in its pre-image. */
function chooseTarget(links: readonly Link[], columns: readonly Column[]): Link {
  const fields = ({ index }: Link) => columns.filter(({ values }) => (values[index] ?? null) !== null).length;
  const linked = links.filter(({ genesis, previous }) => !genesis && previous !== '');
  const [first, ...others] = linked.length > 0 ? linked : links;
  return others.reduce((best, link) => (fields(link) > fields(best) ? link : best), first!);
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
  const free = columns.filter(
    ({ path, values }) => path !== own && path !== previous && values[link.index] !== undefined,
  );
  const hashes = new Set(hashPaths(columns));
  // Other hashes and signatures are left out most often.
  const marks = free.filter(({ path }) => hashes.has(path) || /sig|proof|mac|seal/i.test(path));
  const others = [...marks, ...free.filter((column) => !marks.includes(column))].map(({ path }) => path);
  const pairs = marks.flatMap(({ path }, index) => marks.slice(index + 1).map((other) => [path, other.path]));
  const payloads = free.filter(({ values }) => isContainer(values[link.index])).map(({ path }) => path);
  const texts = free.filter(({ path }) => !payloads.includes(path)).map(({ path }) => path);
  const members = samples[link.index]!.record.members.map(({ key }) => escapeKey(key)).filter(
    (path) => path !== own,
  );
  const topMembers = members.filter((path) => path !== previous);
  const before = previousItems(beforesOf(link, chain.encoding));
  const plain = toItems(parts, link, free, {});
  const family = function* (
    name: string,
    share: number,
    proposals: Iterator<Proposal>,
    digests: 'likely' | 'unlikely' = 'likely',
  ) {
    for (;;) {
      const hit = search.run(name, share, digests, proposals);
      if (hit === undefined) return;
      yield hit;
    }
  };
  const whole = () => wholeRecord(parts, chain, link, others, pairs);
  const payload = () => onePayload(parts, chain, link, [...payloads, ...texts]);
  yield* family('the whole record, less one member or two', 0.1, whole());
  yield* family('one field with the previous hash', 0.05, payload());
  const lists: [name: string, share: number, proposals: Iterator<Proposal>][] = [
    ['fields joined in file order', 0.12, inFileOrder(plain, before)],
    ['fields joined in any order', 0.25, inAnyOrder(plain, before)],
    ['fields as key=value in file order', 0.08, asPairs(plain, before, previous ?? '')],
    ['fields with their lengths in file order', 0.07, withLengths(plain, before)],
    [
      'listed members in JSON',
      0.1,
      listedMembers(parts, link, topMembers, previous ?? 'previous', withoutOf(chain, true)),
    ],
    ['subsets of members in JSON', 0.12, recordSubsets(parts, chain, link, members)],
  ];
  // Each begins with what is likeliest: all of them a little, then a lot.
  for (const part of [0.15, 1])
    for (const [name, share, proposals] of lists) yield* family(name, share * part, proposals);
  for (const style of FIELD_STYLES) {
    const items = toItems(parts, link, free, style);
    if (!changesItems(items, plain)) continue;
    const words = JSON.stringify(style);
    yield* family(`fields in other formats, ${words}`, 0.008, inFileOrder(items, before));
    yield* family(`fields in other formats and any order, ${words}`, 0.018, inAnyOrder(items, before));
  }
  yield* family('the whole record under other digests', 0.01, whole(), 'unlikely');
  yield* family('one field under other digests', 0.01, payload(), 'unlikely');
  yield* family(
    'fields joined in file order under other digests',
    0.01,
    inFileOrder(plain, before),
    'unlikely',
  );
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
  const part = parts[at] as { readonly [kind: string]: { without?: string[]; of?: string; only?: unknown } };
  const { without = [], of, only } = part.canonical ?? part.json!;
  if (only !== undefined) return [];
  const writer = new CandidateParts(chain, samples, view);
  const textsOf = (document: PartDocument) =>
    JSON.stringify(chain.links.map((link) => writer.write(document, link)?.toString() ?? ''));
  const wanted = textsOf(part);
  return JSON_FORMS.filter((form) => isOrdinary(form) && (form.kind !== 'raw' || of === undefined)).flatMap(
    (form) => {
      const document = toPart(form, { without, ...(of !== undefined && { of }) });
      if (JSON.stringify(document) === JSON.stringify(part) || textsOf(document) !== wanted) return [];
      return [form.kind === 'json' ? `json ${JSON.stringify(form.options)}` : form.kind];
    },
  );
}
