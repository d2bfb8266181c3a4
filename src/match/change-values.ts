/** Modifiers that change a value before it is compared (Sigma 2.1: `base64`, `base64offset`, `utf16…`, `windash`), left to right. */
import { quote } from '../base/text-safety.ts';
import type { ConditionNode, DetectionItem, Pattern, Piece } from '../model/rule.ts';
import { ENCODINGS } from './check-modifiers.ts';
import { DASH, DASHES } from './fold-dashes.ts';
import { checkValues } from './modifiers.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** Spellings of one value with three dashes; each is kept, so that a rule grows no more than a hundredfold. */
const MAX_VARIANTS = 125;
/** Texts of one item. */
const MAX_TEXTS = 100_000;

/** Bytes of one value; base64 of base64 of base64 grows by a third each time. */
const MAX_BYTES = 10_000;

/** A value on its way: text with wildcards, or bytes, of which each character is one (Latin-1). */
type Draft = { pieces: readonly Piece[]; isBytes: boolean };

/**
 * The condition of an item: its values after its modifiers. `alternatives`: for each value that was written, what it stands
 * for. With `all` each written value must be met by one of its alternatives. @throws {RuleRefusal}
 */
export function toCondition(
  item: DetectionItem,
  alternatives: readonly (readonly Pattern[])[],
): ConditionNode {
  let count = 0;
  const changed = alternatives.map((values) =>
    values.flatMap((value) => {
      const texts = changeValue(value, item.modifiers);
      count += texts.length;
      if (count > MAX_TEXTS)
        throw new RuleRefusal(`the values stand for more than ${MAX_TEXTS} texts, write fewer in one item`);
      return texts;
    }),
  );
  const isEncoded = item.modifiers.some((modifier) => ENCODINGS.includes(modifier));
  // Dashes before an encoding are spelled out by now, and a slash of base64 is no dash.
  const modifiers = isEncoded ? item.modifiers.filter((each) => each !== 'windash') : item.modifiers;
  if (!modifiers.includes('all') || changed.every((values) => values.length === 1))
    return checked({ ...item, modifiers, values: changed.flat() });
  const each = { ...item, modifiers: modifiers.filter((modifier) => modifier !== 'all') };
  const nodes = changed.map((values) => checked({ ...each, values }));
  // Not all of them: one of them not.
  return { kind: modifiers.includes('neq') ? 'or' : 'and', nodes };
}

function checked(item: DetectionItem): ConditionNode {
  checkValues(item);
  return { kind: 'item', item };
}

function changeValue(value: Pattern, modifiers: readonly string[]): Pattern[] {
  const encodings = modifiers.filter((modifier) => ENCODINGS.includes(modifier));
  if (encodings.length === 0) return [value];
  if (value.kind === 'null') throw new RuleRefusal(`"${encodings[0]}" needs a text, found null`);
  let drafts: Draft[] = [
    { pieces: value.kind === 'text' ? value.pieces : [{ text: plainText(value) }], isBytes: false },
  ];
  for (const modifier of modifiers) {
    if (modifier === 'windash') drafts = drafts.flatMap(dashVariants);
    else if (ENCODINGS.includes(modifier)) drafts = drafts.flatMap((draft) => encode(draft, modifier));
  }
  return drafts.map(({ pieces }) => ({ kind: 'text', written: writtenOf(pieces), pieces }));
}

function plainText(value: Extract<Pattern, { kind: 'number' | 'boolean' }>): string {
  return value.kind === 'number' ? value.lexeme : String(value.value);
}

function writtenOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => ('text' in piece ? piece.text : piece.wildcard)).join('');
}

function encode(draft: Draft, modifier: string): Draft[] {
  switch (modifier) {
    case 'wide':
    case 'utf16le':
      return [toUtf16(draft, modifier, (bytes) => bytes)];
    case 'utf16be':
      return [toUtf16(draft, modifier, (bytes) => bytes.swap16())];
    case 'utf16':
      return [toUtf16(draft, modifier, (bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]))];
    case 'base64':
      return [{ pieces: textPieces(toBytes(draft, modifier).toString('base64')), isBytes: false }];
    default:
      return atOffsets(toBytes(draft, modifier)).map((text) => ({ pieces: [{ text }], isBytes: false }));
  }
}

function toUtf16(draft: Draft, modifier: string, order: (bytes: Buffer) => Buffer): Draft {
  if (draft.isBytes)
    throw new RuleRefusal(`"${modifier}" stands after another encoding to UTF-16, write one`);
  const pieces = draft.pieces.map((piece) =>
    'text' in piece ? { text: order(Buffer.from(piece.text, 'utf16le')).toString('latin1') } : piece,
  );
  return { pieces, isBytes: true };
}

/** The bytes of a value that has no wildcards. */
function toBytes({ pieces, isBytes }: Draft, modifier: string): Buffer {
  if (pieces.some((piece) => 'wildcard' in piece)) {
    throw new RuleRefusal(
      `${quote(writtenOf(pieces))} has a wildcard, which "${modifier}" cannot encode: escape it with "\\", or remove it`,
    );
  }
  const bytes = Buffer.from(writtenOf(pieces), isBytes ? 'latin1' : 'utf8');
  if (bytes.length <= MAX_BYTES) return bytes;
  throw new RuleRefusal(`"${modifier}" is given ${bytes.length} bytes, at most ${MAX_BYTES} are encoded`);
}

function textPieces(text: string): Piece[] {
  return text === '' ? [] : [{ text }];
}

/**
 * Bytes stand at one of three offsets of a longer base64 text. Of the characters at each, those are left out that the
 * neighbors have a share in: in front 0, 2 or 3, behind none, 3 or 2 of four.
 */
function atOffsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const behind = [0, 3, 2][(bytes.length + offset) % 3]!;
    const text = encoded.slice([0, 2, 3][offset], encoded.length - behind);
    if (text === '') {
      throw new RuleRefusal(
        `${bytes.length === 0 ? 'an empty value' : 'a value of one byte'} leaves nothing to seek with "base64offset", at least 2 bytes are needed`,
      );
    }
    return text;
  });
}

/** Every spelling of a value with any dash in the place of each of its dashes. */
function dashVariants(draft: Draft): Draft[] {
  let variants: Piece[][] = [[]];
  for (const piece of draft.pieces) {
    const spellings = 'text' in piece ? spellDashes(piece.text).map((text) => ({ text })) : [piece];
    if (variants.length * spellings.length > MAX_VARIANTS) throw tooManyVariants(draft.pieces);
    variants = variants.flatMap((variant) => spellings.map((spelling) => [...variant, spelling]));
  }
  return variants.map((pieces) => ({ pieces, isBytes: draft.isBytes }));
}

function spellDashes(text: string): string[] {
  const parts = text.split(DASH);
  if (DASHES.length ** (parts.length - 1) > MAX_VARIANTS) throw tooManyVariants([{ text }]);
  return parts.reduce<string[]>(
    (spelled, part, at) =>
      at === 0 ? [part] : spelled.flatMap((text) => [...DASHES].map((dash) => text + dash + part)),
    [],
  );
}

function tooManyVariants(pieces: readonly Piece[]): RuleRefusal {
  const dashes = writtenOf(pieces).match(DASH)?.length ?? 0;
  return new RuleRefusal(
    `the ${dashes} dashes of ${quote(writtenOf(pieces))} have 5^${dashes} spellings, at most ${MAX_VARIANTS} are encoded: shorten the value`,
  );
}
