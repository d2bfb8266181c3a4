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
  const split = (parts: readonly PreimagePart[]) =>
    parts.map((part) => ({
      label: labelOf(part, layout),
      write: compilePreimage(profile, layout.members, view.fields, [part]),
    }));
  // A join item by item, where that gives the same bytes: items that are left out take their separator along.
  const ways = [split(profile.preimage.flatMap(joinedItems)), split(profile.preimage)];
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
  for (const way of ways) {
    const parts = way.map(({ label, write }) => ({
      label,
      bytes: written(write, event, previous) ?? Buffer.alloc(0),
    }));
    if (Buffer.concat(parts.map((part) => part.bytes)).equals(preimage)) return { ...found, preimage, parts };
  }
  return { ...found, preimage, parts: [{ label: 'all parts', bytes: preimage }] };
}

function joinedItems(part: PreimagePart): PreimagePart[] {
  if (part.kind !== 'join' || part.escapes.length > 0) return [part];
  const separator: PreimagePart[] = part.separator === '' ? [] : [{ kind: 'literal', text: part.separator }];
  return part.items.flatMap((item, index) => [...(index > 0 ? separator : []), item]);
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

/** The part as its profile has it, in short: `json sort "code-point" without ["hash"]`, `field "actor"`. */
function labelOf(part: PreimagePart, { members }: ChainLayout): string {
  const named = (path: string) =>
    (path === '$own' ? members.own : path === '$previous' ? members.previous : path) ?? path;
  const show = (value: unknown) =>
    JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? named(inner) : inner));
  if (part.kind === 'literal') return `literal ${show(part.text)}`;
  if (part.kind === 'field') {
    const format = part.format.kind === 'text' ? '' : ` as ${show(part.format)}`;
    return `field ${show(part.path)}${format}`;
  }
  const { kind, ...options } = part;
  const words = Object.entries(options)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key} ${show(value)}`);
  return [kind, ...words].join(' ');
}
