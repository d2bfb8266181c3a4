/** Pre-images that hold the whole record or one field of it, with or without the previous hash beside it. */
import { sha256Hex } from '../../base/digest.ts';
import type { CandidateParts, PartDocument } from './candidate.ts';
import type { FoundChain, Link } from './find-chains.ts';
import { isCommonForm, type JsonFormDocument, memberPieces, toPart } from './json-forms.ts';
import { type Proposal, SEPARATORS } from './search.ts';

/** The previous hash as it may be written into a pre-image. */
export type Before = { text: Buffer | string; part: PartDocument };

/** Without its prefix, as it stands in the record, as bytes. */
export function beforesOf(link: Link, encoding: FoundChain['encoding']): Before[] {
  const { previous, written } = link;
  if (previous === '') return [];
  const bytes = Buffer.from(previous, encoding === 'HEX' ? 'hex' : encoding);
  return [
    { text: previous, part: 'previous' },
    ...(written === previous ? [] : [{ text: written, part: { field: '$previous' } }]),
    ...(bytes.length > 0 ? [{ text: bytes, part: { previous: { as: 'bytes' } } }] : []),
  ];
}

/** The text alone, and with the previous hash before and behind it. */
export function* framed(
  text: Buffer | string,
  befores: readonly Before[],
  separators: readonly string[],
  parts: () => PartDocument[],
): Generator<Proposal> {
  yield { text, parts };
  for (const { text: before, part } of befores) {
    if (typeof before !== 'string') {
      const body = Buffer.from(text);
      yield { text: Buffer.concat([before, body]), parts: () => [part, ...parts()] };
      yield { text: Buffer.concat([body, before]), parts: () => [...parts(), part] };
      continue;
    }
    const body = text.toString();
    for (const separator of separators) {
      const literal: PartDocument[] = separator === '' ? [] : [{ literal: separator }];
      yield { text: before + separator + body, parts: () => [part, ...literal, ...parts()] };
      yield { text: body + separator + before, parts: () => [...parts(), ...literal, part] };
    }
  }
}

/** `$own`, `$previous`: what a profile calls the members of the chain. */
export function withoutOf({ members }: FoundChain, previous: boolean): string[] {
  return [...(members.own === null ? [] : ['$own']), ...(previous ? ['$previous'] : [])];
}

/** Every form, with at most one member left out beside those of the chain, then with each two. `others`: the likeliest first. */
export function* wholeRecord(
  parts: CandidateParts,
  chain: FoundChain,
  link: Link,
  others: readonly string[],
  pairs: readonly (readonly string[])[],
  forms: readonly JsonFormDocument[],
): Generator<Proposal> {
  const extras = [[], ...others.map((path) => [path]), ...pairs];
  const befores = beforesOf(link, chain.encoding);
  for (const extra of extras) {
    for (const withPrevious of chain.members.previous === null ? [false] : [false, true]) {
      const without = [...withoutOf(chain, withPrevious), ...extra];
      for (const form of forms) {
        const part = toPart(form, { without });
        const text = parts.write(part, link);
        if (text === undefined) continue;
        yield* framed(text, befores, SEPARATORS, () => [part]);
        yield* hashed(text, befores, () => [part]);
      }
    }
  }
}

/** The hash of the text in hex with the previous hash beside it: links over hashes of records. */
function* hashed(
  text: Buffer | string,
  befores: readonly Before[],
  parts: () => PartDocument[],
): Generator<Proposal> {
  if (befores.length === 0) return;
  const inner = sha256Hex(text);
  yield* framed(inner, befores, HASH_SEPARATORS, () => [{ hash: { parts: parts() } }]);
}

const HASH_SEPARATORS = ['', '|', ':', '\n'] as const;

/** A field that holds an object, an array or a text, in every form, with the previous hash beside it. */
export function* onePayload(
  parts: CandidateParts,
  chain: FoundChain,
  link: Link,
  paths: readonly string[],
  forms: readonly JsonFormDocument[],
): Generator<Proposal> {
  const befores = beforesOf(link, chain.encoding);
  for (const of of paths) {
    const written = new Set<string>();
    const options: PartDocument[] = [
      ...forms.filter(({ kind }) => kind !== 'raw').map((form) => toPart(form, { of })),
      { field: of },
    ];
    for (const part of options) {
      const text = parts.write(part, link)?.toString();
      if (text === undefined || written.has(text)) continue;
      written.add(text);
      yield* framed(text, befores, SEPARATORS, () => [part]);
      yield* hashed(text, befores, () => [part]);
    }
  }
}

/** Members that subsets are taken of: twenty give a million. */
const MAX_SUBSET_MEMBERS = 24;
const SUBSET_SEPARATORS = ['', '|', ':', '\n'] as const;

/** The common forms with every subset of members, from those that leave out few to those that leave out all but one. */
export function* recordSubsets(
  parts: CandidateParts,
  chain: FoundChain,
  link: Link,
  members: readonly string[],
  differing: readonly JsonFormDocument[],
): Generator<Proposal> {
  if (members.length > MAX_SUBSET_MEMBERS) return;
  const forms = differing.filter(isCommonForm).flatMap((form) => {
    const found = memberPieces(parts, form, link, members, withoutOf(chain, false));
    return found === undefined ? [] : [{ form, ...found }];
  });
  const { previous } = chain.members;
  const befores = beforesOf(link, chain.encoding);
  const most = Math.max(0, ...forms.map(({ pieces }) => pieces.length));
  for (const left of sizesOf(most)) {
    for (const { form, separator, pieces } of forms) {
      for (const omitted of combinations(pieces.length, left)) {
        const kept = pieces.filter((_, index) => !omitted.includes(index));
        const text = `{${kept.map((piece) => piece.text).join(separator)}}`;
        const holdsPrevious = kept.some(({ path }) => path === previous);
        const only = kept.map(({ path }) => path);
        const out = [...omitted].map((index) => pieces[index]!.path).filter((path) => path !== previous);
        const document = () => [
          // Which fields a record may have beside, the samples do not show: the shorter list is likelier the writer's.
          only.length <= out.length && form.kind !== 'raw' && isTop(chain.members.own)
            ? { [form.kind]: { ...form.options, only: only.map(toOnly) } }
            : toPart(form, { without: [...withoutOf(chain, !holdsPrevious), ...out] }),
        ];
        if (holdsPrevious || previous === null) yield { text, parts: document };
        else yield* framed(text, befores, SUBSET_SEPARATORS, document);
      }
    }
  }
}

/** Whether the record's own hash stands at its top, or nowhere: else a member that is kept whole would hold it. */
function isTop(own: string | null): boolean {
  return own === null || !/(?<!\\)\./.test(own);
}

/** A member by its path, whose key may hold dots. */
function toOnly(path: string): string | { key: string; field: string } {
  return path.includes('\\') ? { key: path.replaceAll('\\.', '.'), field: path } : path;
}

/** How many members are left out: few first, then nearly all. */
function* sizesOf(count: number): Generator<number> {
  for (let few = 2, many = count - 1; few <= many; few++, many--) {
    yield few;
    if (few < many) yield many;
  }
}

/** Every choice of `size` numbers below `count`, ascending. The array is reused. */
export function* combinations(count: number, size: number): Generator<readonly number[]> {
  const chosen = Array.from({ length: size }, (_, index) => index);
  if (size > count) return;
  for (;;) {
    yield chosen;
    let at = size - 1;
    while (at >= 0 && chosen[at] === count - size + at) at--;
    if (at < 0) return;
    chosen[at]!++;
    for (let next = at + 1; next < size; next++) chosen[next] = chosen[next - 1]! + 1;
  }
}
