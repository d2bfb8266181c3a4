/** Which fields of the samples hold a chain: their values say so, names do not count. */
import { compareText } from '../../base/text-safety.ts';
import type { ChainMembers } from '../profile.ts';
import { type Column, type Sample, textAt } from './columns.ts';
import { findSequence, findStream } from './find-order.ts';
import { type HashText, toHashText } from './hash-text.ts';

/** A record, what it names before it, and the hash that its pre-image must have; without prefixes. `written`: with its prefix. */
export type Link = { index: number; previous: string; written: string; own: string; genesis: boolean };

export type FoundChain = {
  members: ChainMembers;
  encoding: 'hex' | 'HEX' | 'base64' | 'base64url';
  strip: string[];
  /** Of a hash as it is written. */
  bytes: number;
  /** How many records name the hash of another one; null where a record's own hash stands in its successor alone. */
  held: number | null;
  /** Of those, how many name one that stands before them: read the other way round, a chain is one too. */
  forward: number;
  /** Records whose hash is known, in file order. */
  links: Link[];
  /** As a profile writes it; empty where the samples show no first record. */
  genesis: unknown[];
  sequence: { field: string; start?: number; step: number } | undefined;
  stream: string[];
};

type HashColumn = Column & {
  hashes: (HashText | undefined)[];
  byHash: ReadonlyMap<string, number>;
  count: number;
  bytes: number;
};

/** Chains tried: beyond the best, further pairs of fields are unlikely to be one. */
const MAX_CHAINS = 4;

/** The likeliest first: those whose links hold, then single fields that may name the record before. */
export function findChains(samples: readonly Sample[], columns: readonly Column[]): FoundChain[] {
  const hashColumns = columns.map(toHashColumn).filter((column) => column !== undefined);
  const pairs: Pair[] = [];
  for (const own of hashColumns) {
    for (const previous of hashColumns) {
      if (own === previous || own.bytes !== previous.bytes) continue;
      const pair = toPair(own, previous);
      if (pair !== undefined) pairs.push(pair);
    }
  }
  pairs.sort(
    (left, right) =>
      right.held - left.held ||
      right.forward - left.forward ||
      compareText(left.previous.path, right.previous.path),
  );
  // Described last: a hostile record links each of its columns with each other one.
  if (pairs.length > 0) return pairs.slice(0, MAX_CHAINS).map((pair) => toChain(pair, samples, columns));
  const single = hashColumns.flatMap((column) => [
    toOwnless(column, samples, columns),
    toUnlinked(column, samples, columns),
  ]);
  return single.filter((chain) => chain !== undefined).slice(0, MAX_CHAINS);
}

/** Paths of all fields that hold hashes or signatures by their form: candidates to be left out of a pre-image. */
export function hashPaths(columns: readonly Column[]): string[] {
  return columns.filter((column) => toHashColumn(column) !== undefined).map(({ path }) => path);
}

function toHashColumn(column: Column): HashColumn | undefined {
  const hashes = column.values.map((value) => (typeof value === 'string' ? toHashText(value) : undefined));
  const sizes = new Map<number, number>();
  for (const hash of hashes) {
    if (hash !== undefined && !/^0+$/.test(hash.digits))
      sizes.set(hash.bytes, (sizes.get(hash.bytes) ?? 0) + 1);
  }
  const [bytes = 0, count = 0] = [...sizes].sort((left, right) => right[1] - left[1])[0] ?? [];
  if (count === 0 || count * 2 < column.values.length - 1) return undefined;
  const byHash = new Map<string, number>();
  for (const [index, hash] of hashes.entries()) if (hash !== undefined) byHash.set(hash.digits, index);
  return { ...column, hashes, byHash, count, bytes };
}

/** Two columns, and which record names which: as many as `held`, of them `forward` one that stands before. */
type Pair = {
  own: HashColumn;
  previous: HashColumn;
  parents: Map<number, number>;
  held: number;
  forward: number;
};

function toPair(own: HashColumn, previous: HashColumn): Pair | undefined {
  const parents = new Map<number, number>();
  for (const [index, before] of previous.hashes.entries()) {
    if (before === undefined || own.hashes[index] === undefined) continue;
    const parent = own.byHash.get(before.digits);
    if (parent !== undefined && parent !== index) parents.set(index, parent);
  }
  const links = own.hashes.reduce((sum, hash) => sum + (hash === undefined ? 0 : 1), 0);
  if (parents.size === 0 || parents.size * 2 < links - 1) return undefined;
  const forward = [...parents].filter(([index, parent]) => parent < index).length;
  return { own, previous, parents, held: parents.size, forward };
}

function toChain(
  { own, previous, parents, held, forward }: Pair,
  samples: readonly Sample[],
  columns: readonly Column[],
): FoundChain {
  const links = own.hashes.flatMap((hash, index): Link[] => {
    if (hash === undefined) return [];
    const before = previous.hashes[index];
    const written = textAt(previous, index) ?? '';
    return [
      {
        index,
        previous: before?.digits ?? written,
        written,
        own: hash.digits,
        genesis: !parents.has(index) && isNoHash(before),
      },
    ];
  });
  return {
    ...describe(previous, own, links, samples, columns, parents),
    members: { previous: previous.path, own: own.path },
    held,
    forward,
    links,
  };
}

/** The hash of a record stands in the record after it, in file order. */
function toOwnless(
  previous: HashColumn,
  samples: readonly Sample[],
  columns: readonly Column[],
): FoundChain | undefined {
  const distinct = new Set(previous.hashes.filter((hash) => hash !== undefined).map(({ digits }) => digits));
  if (distinct.size < previous.count) return undefined;
  const links: Link[] = [];
  const parents = new Map<number, number>();
  for (let index = 0; index + 1 < samples.length; index++) {
    const next = previous.hashes[index + 1];
    if (next === undefined || isNoHash(next)) continue;
    const before = previous.hashes[index];
    const text = before?.digits ?? textAt(previous, index) ?? '';
    const written = textAt(previous, index) ?? '';
    links.push({ index, previous: text, written, own: next.digits, genesis: isNoHash(before) });
    parents.set(index + 1, index);
  }
  if (links.length === 0) return undefined;
  return {
    ...describe(previous, previous, links, samples, columns, parents),
    members: { previous: previous.path, own: null },
    held: null,
    forward: links.length,
    links,
  };
}

/** Each record has a hash and names no other. */
function toUnlinked(
  own: HashColumn,
  samples: readonly Sample[],
  columns: readonly Column[],
): FoundChain | undefined {
  return companionOf(own, samples, columns);
}

/** A further hash of each record, as if it were the only one. */
export function companionOf(
  own: Column,
  samples: readonly Sample[],
  columns: readonly Column[],
): FoundChain | undefined {
  const column = toHashColumn(own);
  if (column === undefined) return undefined;
  const links = column.hashes.flatMap((hash, index): Link[] =>
    hash === undefined ? [] : [{ index, previous: '', written: '', own: hash.digits, genesis: false }],
  );
  return {
    ...describe(column, column, links, samples, columns, new Map()),
    members: { previous: null, own: own.path },
    genesis: [],
    sequence: undefined,
    stream: [],
    held: null,
    forward: links.length,
    links,
  };
}

function isNoHash(hash: HashText | undefined): boolean {
  return hash === undefined || /^0+$/.test(hash.digits);
}

type Described = Pick<FoundChain, 'encoding' | 'strip' | 'bytes' | 'genesis' | 'sequence' | 'stream'>;

function describe(
  previous: HashColumn,
  own: HashColumn,
  links: readonly Link[],
  samples: readonly Sample[],
  columns: readonly Column[],
  parents: ReadonlyMap<number, number>,
): Described {
  const hashes = [...own.hashes, ...previous.hashes].filter((hash) => hash !== undefined && !isNoHash(hash));
  const sure = (['hex', 'HEX', 'base64', 'base64url'] as const).find((encoding) =>
    hashes.every((hash) => hash!.encodings.includes(encoding)),
  );
  const strip = [...new Set(hashes.map((hash) => hash!.prefix))].filter((prefix) => prefix !== '');
  const stream = findStream(columns, parents, samples.length);
  return {
    encoding: sure ?? 'hex',
    strip: strip.sort(compareText),
    bytes: own.bytes,
    genesis: genesisOf(previous, links, samples, strip),
    sequence: findSequence(columns, parents, links),
    stream,
  };
}

function genesisOf(
  previous: Column,
  links: readonly Link[],
  samples: readonly Sample[],
  strip: readonly string[],
): unknown[] {
  const found = new Set<string | null>();
  const result: unknown[] = [];
  for (const { index, genesis, previous: text } of links) {
    if (!genesis || samples[index] === undefined) continue;
    const value = previous.values[index];
    const written = strip.reduce(
      (rest, prefix) => (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest),
      text,
    );
    const key = value === undefined ? 'absent' : value === null ? 'null' : `=${written}`;
    if (found.has(key)) continue;
    found.add(key);
    if (value === undefined) result.push('absent');
    else if (value === null) result.push(null);
    else if (written === '') result.push('');
    else result.push(/^0+$/.test(written) && written.length > 1 ? 'zeros' : { literal: written });
  }
  return result;
}
