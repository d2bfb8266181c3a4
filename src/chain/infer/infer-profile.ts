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
import { type Column, type Sample, toColumns } from './columns.ts';
import { Effort, EffortSpentError } from './effort.ts';
import { hits } from './families.ts';
import { companionOf, type FoundChain, findChains, hashPaths, type Link } from './find-chains.ts';
import { isOrdinary, JSON_FORMS, toPart } from './json-forms.ts';
import { type FamilyCount, type Hit, Search } from './search.ts';
import { variantsOf } from './variants.ts';

export type InferOptions = {
  /** Steps (`effort.ts`) for all pairs of chain fields together. */
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
  /** Steps. */
  spent: number;
  families: FamilyCount[];
  /** Further forms that give the same bytes for every sample, in short. */
  equals: string[];
};

/** Of the budget, what the likeliest pair of fields gets. */
const FIRST_SHARE = 0.85;

export function inferProfile(samples: readonly Sample[], view: RecordView, options: InferOptions): Inference {
  const columns = toColumns(samples);
  const chains = findChains(samples, columns);
  let best: Inference | undefined;
  for (const [index, chain] of chains.entries()) {
    const budget = Math.floor(
      options.budget *
        (chains.length === 1 ? 1 : index === 0 ? FIRST_SHARE : (1 - FIRST_SHARE) / (chains.length - 1)),
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
      spent: 0,
      families: [],
      equals: [],
    }
  );
}

/** The pre-image of a chain whose fields are known. `budget`: steps. */
export function inferPreimage(
  chain: FoundChain,
  samples: readonly Sample[],
  view: RecordView,
  { budget, keys, onProgress = () => {} }: InferOptions,
  columns: readonly Column[] = toColumns(samples),
): Inference {
  const { links } = chain;
  const effort = new Effort(budget);
  const parts = new CandidateParts(chain, samples, view, effort);
  const search = new Search(chain, chooseTarget(links, columns), keys, effort, onProgress);
  const none = { chain, document: undefined, recomputed: 0, known: links.length, equals: [] };
  let best: Omit<Inference, 'tried' | 'spent' | 'families'> = none;
  const fits = (document: ProfileDocument) =>
    recomputed(compileDocument('inferred', document), links, samples, view, keys, effort).length;
  const judge = (hit: Hit) => {
    const document = toProfileDocument(chain, hit.digest, hit.parts, titleOf(hit));
    const count = fits(document);
    if (count <= best.recomputed) return;
    best = { ...none, document, recomputed: count };
    best.equals = equalForms(hit, chain, parts);
  };
  try {
    for (const hit of hits(search, chain, samples, columns, parts)) {
      judge(hit);
      // The target shows one record: how another value is written, its neighbors of the same family may know.
      for (const variant of variantsOf(hit)) {
        if (best.recomputed === links.length) break;
        judge(variant);
      }
      if (best.recomputed === links.length) break;
    }
    if (best.document !== undefined && best.recomputed === links.length && chain.members.previous !== null) {
      const document = withCompanions(best.document, chain, samples, view, keys, columns, effort);
      if (fits(document) === links.length) best = { ...best, document };
    }
  } catch (error) {
    // What was found until then is the answer.
    if (!(error instanceof EffortSpentError)) throw error;
  }
  return { ...best, tried: search.tried, spent: Math.min(effort.spent, budget), families: search.counts };
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
  effort: Effort,
): ProfileDocument {
  const { own, previous } = chain.members;
  const also = hashPaths(columns).flatMap((path) => {
    if (path === own || path === previous) return [];
    const companion = companionOf(columns.find((column) => column.path === path)!, samples, columns);
    if (companion === undefined || companion.links.length < samples.length) return [];
    const options = { budget: Math.floor(Math.min(effort.most * COMPANION_SHARE, effort.left)), keys };
    const found = inferPreimage(companion, samples, view, options, columns);
    effort.spend(found.spent);
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

function titleOf({ digest, parts }: { digest: DigestChoice; parts: readonly PartDocument[] }): string {
  const kinds = parts.map((part) => (typeof part === 'string' ? part : Object.keys(part)[0]!));
  return `inferred: ${digest.key === null ? '' : 'HMAC-'}${digest.algorithm} of ${kinds.join(' + ')}`;
}

/** Other forms of JSON that write the same for every sample: which of them is meant, further records would show. */
function equalForms({ parts }: Hit, chain: FoundChain, writer: CandidateParts): string[] {
  const at = parts.findIndex((part) => typeof part !== 'string' && ('canonical' in part || 'json' in part));
  if (at < 0) return [];
  const part = parts[at] as { readonly [kind: string]: { without?: string[]; of?: string; only?: unknown } };
  const { without = [], of, only } = part.canonical ?? part.json!;
  if (only !== undefined) return [];
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
