/** One record under one profile: the pre-image part by part, its hash, and what it claims of itself and of the record before. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import type { Event } from '../model/event.ts';
import { BoundLayout, type ChainLayout } from './layout.ts';
import { compilePreimage } from './preimage.ts';
import type { ChainProfile, PreimagePart } from './profile.ts';
import { isHash, mismatchOf, reasonOf } from './record-hash.ts';
import type { RecordView } from './record-view.ts';

export type ExplainedPart = { label: string; bytes: Buffer };

export type ExplainedRecord = {
  /** The bytes that were hashed; undefined where the profile has none for this record. */
  preimage: Buffer | undefined;
  /** What was written by which part, in order; together they are the pre-image. */
  parts: ExplainedPart[];
  /** Nothing where the key is missing or the profile has no hash for the record. */
  computed: string;
  /** Why there is no hash. */
  reason: string | undefined;
  /** Of the record itself; null where its hash stands in the next record. */
  own: string | null;
  previous: string;
  genesis: boolean;
};

export function explainRecord(
  bytes: Uint8Array,
  layout: ChainLayout,
  profile: ChainProfile,
  view: RecordView,
  keys: Record<string, Uint8Array>,
): ExplainedRecord {
  const bound = new BoundLayout(layout, view.fields, keys);
  const at = layout.profiles.indexOf(profile);
  const compiled = compilePreimage(profile, layout.members, view.fields);
  const partial = profile.preimage.map((part) => ({
    label: labelOf(part, layout),
    write: compilePreimage({ ...profile, preimage: [part] }, layout.members, view.fields),
  }));
  const event = view.at(bytes);
  const previous = bound.previous(event, '');
  const own = layout.members.own === null ? null : bound.own(event);
  const expected = bound.expected(event, previous, own?.length ?? 0)[at] ?? '';
  const found = {
    computed: isHash(expected) ? expected : '',
    reason: mismatchOf(expected) ?? reasonOf(expected),
    own,
    previous,
    genesis: bound.isGenesis(event, previous),
  };
  const preimage = written(compiled, event, previous);
  if (preimage === undefined) return { ...found, preimage, parts: [] };
  const parts = partial.map(({ label, write }) => ({
    label,
    bytes: written(write, event, previous) ?? Buffer.alloc(0),
  }));
  // A part that stands alone may write otherwise than beside others.
  const isWhole = Buffer.concat(parts.map((part) => part.bytes)).equals(preimage);
  return { ...found, preimage, parts: isWhole ? parts : [{ label: 'all parts', bytes: preimage }] };
}

function written(
  write: (event: Event, previous: string) => Uint8Array | string,
  event: Event,
  previous: string,
): Buffer | undefined {
  try {
    return Buffer.from(write(event, previous));
  } catch (error) {
    if (error instanceof NotCanonicalizableError) return undefined;
    throw error;
  }
}

/** The part as its profile has it, in short: `json {"sort":"code-point"} without "hash"`. */
function labelOf(part: PreimagePart, { members }: ChainLayout): string {
  const named = (path: string) =>
    (path === '$own' ? members.own : path === '$previous' ? members.previous : path) ?? path;
  const { kind, ...options } = part;
  const words = Object.entries(options)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(
      ([key, value]) =>
        `${key} ${JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? named(inner) : inner))}`,
    );
  return [kind, ...words].join(' ');
}
