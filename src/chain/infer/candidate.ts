/** Candidates are profiles as an auditor would write them: compiled by the reader of profile files, hashed by the code of `verify`. */
import { NotCanonicalizableError } from '../../base/canonical-json.ts';
import { compileProfile } from '../compile-profile.ts';
import { BoundLayout, toLayouts } from '../layout.ts';
import { compilePreimage, type Preimage } from '../preimage.ts';
import type { ChainProfile } from '../profile.ts';
import type { RecordView } from '../record-view.ts';
import type { Sample } from './columns.ts';
import type { Effort } from './effort.ts';
import type { FoundChain, Link } from './find-chains.ts';

/** One entry of `preimage` in a profile file. */
export type PartDocument = string | { readonly [key: string]: unknown };

/** How the hash of a chain is made, beside its pre-image. `bytes` null: all. `key`: the reference name of an HMAC key. */
export type DigestChoice = { algorithm: string; bytes: number | null; key: string | null };

export type ProfileDocument = { title: string; preimage: readonly PartDocument[]; [key: string]: unknown };

export function toProfileDocument(
  chain: FoundChain,
  { algorithm, bytes, key }: DigestChoice,
  preimage: readonly PartDocument[],
  title: string,
): ProfileDocument {
  const { members, encoding, strip, stream, genesis, sequence } = chain;
  return {
    title,
    members: [Object.fromEntries(Object.entries(members).filter(([, path]) => path !== null))],
    digest: {
      ...(key !== null && { key }),
      algorithm,
      encoding,
      ...(bytes !== null && { bytes }),
      ...(strip.length > 0 && { strip }),
    },
    // Records without links are known by what they carry.
    ...(members.previous === null ? { when: { field: members.own } } : { genesis }),
    ...(stream.length > 0 && { stream }),
    ...(sequence !== undefined && { sequence }),
    preimage,
  };
}

/** @throws {Error} for a document that the reader refuses: the search made it, so it is a fault of ours */
export function compileDocument(name: string, document: unknown): ChainProfile {
  const mistakes: string[] = [];
  const profile = compileProfile(name, document, (path, message) =>
    mistakes.push(`${path.join('.')}: ${message}`),
  );
  if (profile === undefined) throw new Error(`a candidate is no profile: ${mistakes.join('; ')}`);
  return profile;
}

/** Writes parts of pre-images for the samples of one chain. */
export class CandidateParts {
  private readonly chain: FoundChain;
  private readonly samples: readonly Sample[];
  private readonly view: RecordView;
  private readonly effort: Effort;

  constructor(chain: FoundChain, samples: readonly Sample[], view: RecordView, effort: Effort) {
    this.chain = chain;
    this.samples = samples;
    this.view = view;
    this.effort = effort;
  }

  /** What the part gives for a record; undefined where it has nothing to say of it. @throws {EffortSpentError} */
  write(part: PartDocument, link: Link): Buffer | undefined {
    this.effort.spendWrite(this.samples[link.index]!.bytes.length);
    const document = toProfileDocument(this.chain, PLAIN, [part], 'part');
    const profile = compileDocument('part', document);
    const preimage = compilePreimage(profile, profile.members[0]!, this.view.fields);
    return tryPreimage(preimage, this.view, this.samples[link.index]!, link);
  }
}

const PLAIN: DigestChoice = { algorithm: 'sha256', bytes: null, key: null };

function tryPreimage(preimage: Preimage, view: RecordView, sample: Sample, link: Link): Buffer | undefined {
  try {
    const found = preimage(view.at(sample.bytes), link.previous);
    // Bytes are a view that the next call overwrites.
    return Buffer.from(found);
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return undefined;
    throw error;
  }
}

/** Which of the links recompute under the profile, as `verify` computes them. @throws {EffortSpentError} */
export function recomputed(
  profile: ChainProfile,
  links: readonly Link[],
  samples: readonly Sample[],
  view: RecordView,
  keys: Record<string, Uint8Array>,
  effort: Effort,
): Link[] {
  for (const { index } of links) effort.spendWrite(samples[index]!.bytes.length);
  const [layout] = toLayouts([profile]);
  const bound = new BoundLayout(layout!, view.fields, keys);
  return links.filter(({ index, own }) => {
    const event = view.at(samples[index]!.bytes);
    return bound.expected(event, bound.previous(event, ''), own.length)[0] === own;
  });
}
