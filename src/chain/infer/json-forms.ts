/** JSON as serializers write it: the forms that are tried, and a form taken apart by members, so that many subsets cost little. */
import type { CandidateParts, PartDocument } from './candidate.ts';
import type { Link } from './find-chains.ts';

/** The kind of part and its options, without `without` and `of`. */
export type JsonFormDocument = {
  kind: 'canonical' | 'json' | 'raw';
  options: { readonly [key: string]: unknown };
};

const SPACED = [', ', ': '] as const;

function forms(): JsonFormDocument[] {
  const json = (options: { [key: string]: unknown }): JsonFormDocument => ({ kind: 'json', options });
  const common: JsonFormDocument[] = [
    { kind: 'canonical', options: {} },
    json({ sort: 'code-point' }),
    json({ sort: 'code-point', separators: SPACED, ascii: true }),
    json({ sort: 'code-point', ascii: true }),
    json({ sort: 'none' }),
    json({ sort: 'none', separators: SPACED, ascii: true }),
    json({ sort: 'none', ascii: true }),
    json({ sort: 'code-point', separators: SPACED }),
    json({ sort: 'none', separators: SPACED }),
    { kind: 'raw', options: {} },
  ];
  const rare: JsonFormDocument[] = [
    // PHP's json_encode by default, then with sorted keys.
    json({ sort: 'none', ascii: true, 'escape-slashes': true }),
    json({ sort: 'code-point', ascii: true, 'escape-slashes': true }),
    json({ sort: 'none', 'escape-slashes': true }),
    // Go's encoding/json: a struct, then a map.
    json({ sort: 'none', 'escape-html': true, numbers: 'go' }),
    json({ sort: 'code-point', 'escape-html': true, numbers: 'go' }),
    // Read and written again by JavaScript or Python.
    json({ sort: 'none', numbers: 'ecmascript' }),
    json({ sort: 'code-point', separators: SPACED, ascii: true, numbers: 'python' }),
    json({ sort: 'code-point', ascii: true, numbers: 'python' }),
    json({ sort: 'code-point', separators: SPACED, numbers: 'python' }),
    json({ sort: 'code-point', numbers: 'python' }),
    json({ sort: 'none', separators: SPACED, ascii: true, numbers: 'python' }),
    { kind: 'canonical', options: { 'drop-nulls': true } },
    json({ sort: 'code-point', 'drop-nulls': true }),
    json({ sort: 'none', 'drop-nulls': true }),
    json({ sort: 'utf16' }),
    json({ sort: 'utf16', ascii: true }),
    { kind: 'canonical', options: { stringify: [''] } },
    json({ sort: 'code-point', 'force-object': true }),
    json({ sort: 'none', 'force-object': true }),
    json({ sort: 'none', ascii: true, 'escape-slashes': true, 'force-object': true }),
  ];
  return [...common, ...rare];
}

/** The likeliest first. Of several that give the same bytes for every sample the first is printed, the others are named. */
export const JSON_FORMS: readonly JsonFormDocument[] = forms();

/**
 * The forms that write the record differently: what two of them write alike as a whole they write alike in part. In the
 * order in which they are tried: where a record's hash stands in the next one, that of its bytes is the likeliest.
 */
export function differingForms(
  parts: CandidateParts,
  link: Link,
  own: string | null,
): readonly JsonFormDocument[] {
  const written = new Set<string>();
  const isRaw = ({ kind }: JsonFormDocument) => kind === 'raw';
  const forms =
    own === null ? [...JSON_FORMS.filter(isRaw), ...JSON_FORMS.filter((form) => !isRaw(form))] : JSON_FORMS;
  return forms.filter((form) => {
    const text = parts
      .write(toPart(form, own === null ? {} : { without: ['$own'] }), link)
      ?.toString('latin1');
    // What cannot be written as a whole may be in part.
    if (text === undefined) return true;
    if (written.has(text)) return false;
    written.add(text);
    return true;
  });
}

/** Whether it is worth a word that the form gives the same bytes: nearly all forms do for plain records. */
export function isOrdinary(form: JsonFormDocument): boolean {
  return JSON_FORMS.indexOf(form) < 10;
}

/** Whether the form is one of those that most writers use: these are tried with every subset of members. */
export function isCommonForm(form: JsonFormDocument): boolean {
  return JSON_FORMS.indexOf(form) < 6;
}

export function toPart(
  { kind, options }: JsonFormDocument,
  subject: { without?: readonly string[]; of?: string },
): PartDocument {
  const { without = [], of } = subject;
  return { [kind]: { ...options, ...(without.length > 0 && { without }), ...(of !== undefined && { of }) } };
}

/** The text of a record in one form, by members: any of them may be left out for the price of joining the rest. */
export type MemberPieces = { open: string; close: string; separator: string; pieces: readonly Piece[] };
type Piece = { path: string; text: string };

/**
 * The pieces of the record's text, in the form's order. `paths`: the members at the top of the record, `without` those
 * that are left out always. Undefined where the form does not fall into pieces.
 */
export function memberPieces(
  parts: CandidateParts,
  form: JsonFormDocument,
  link: Link,
  paths: readonly string[],
  without: readonly string[],
): MemberPieces | undefined {
  const write = (more: readonly string[]) =>
    parts.write(toPart(form, { without: [...without, ...more] }), link)?.toString();
  const whole = write([]);
  if (whole === undefined || !whole.startsWith('{') || !whole.endsWith('}')) return undefined;
  const found: Piece[] = [];
  for (const path of paths) {
    const text = write(paths.filter((other) => other !== path))?.slice(1, -1);
    if (text === undefined) return undefined;
    // A member whose every part is left out, or one that the form drops.
    if (text !== '') found.push({ path, text });
  }
  const separator = separatorOf(form);
  const pieces = inOrderOf(whole, found, separator);
  return pieces === undefined ? undefined : { open: '{', close: '}', separator, pieces };
}

/** The pieces as they stand in the whole; linear in it, whatever the pieces repeat. Undefined where they do not make it up. */
function inOrderOf(whole: string, found: readonly Piece[], separator: string): Piece[] | undefined {
  const left = new Set(found);
  const pieces: Piece[] = [];
  for (let at = 1; left.size > 0; ) {
    // At most one begins here: their keys differ.
    const next = [...left].find(({ text }) => whole.startsWith(text, at));
    if (next === undefined) return undefined;
    left.delete(next);
    pieces.push(next);
    at += next.text.length + separator.length;
  }
  return `{${pieces.map(({ text }) => text).join(separator)}}` === whole ? pieces : undefined;
}

export function separatorOf({ options }: JsonFormDocument): string {
  const separators = options.separators;
  return Array.isArray(separators) ? String(separators[0]) : ',';
}
