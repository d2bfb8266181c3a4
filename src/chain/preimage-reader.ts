/**
 * The parts of a pre-image from YAML, in the words of `docs/chains.md`.
 * Over 250 lines: one reader for one language, each part once.
 */
import { didYouMean } from '../base/nearest-name.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { readAlgorithm } from './digest-reader.ts';
import { type Document, DocumentReader, type Path, show } from './document-reader.ts';
import { readFormat } from './format-reader.ts';
import { KEY_ORDERS } from './json-form.ts';
import { NUMBER_STYLES } from './json-number.ts';
import { BYTE_ENCODINGS, type Escapes, type JsonSubject, LENGTH_WIDTHS } from './preimage-part.ts';
import {
  CHAIN_ENCODINGS,
  type Condition,
  type FieldPart,
  type JsonMemberRule,
  type PreimagePart,
} from './profile.ts';

const KINDS = [
  'raw',
  'canonical',
  'json',
  'field',
  'join',
  'pairs',
  'entries',
  'literal',
  'literal-bytes',
  'previous',
  'length-prefixed',
  'number',
  'bytes',
  'tag',
  'hash',
  'choose',
] as const;
type Kind = (typeof KINDS)[number];

const SUBJECT_KEYS = ['without', 'of', 'only', 'drop-nulls', 'stringify'];

/** Parts may hold parts; no writer of a log nests them deeper. */
const MAX_DEPTH = 8;

export class PreimageReader extends DocumentReader {
  private depth = 0;

  parts(path: Path, value: unknown): PreimagePart[] {
    const entries = this.array(path, value, 'a list of parts');
    if (Array.isArray(value) && value.length === 0)
      this.say([...path], 'expected at least one part, found none');
    if (this.depth >= MAX_DEPTH) {
      this.say([...path], `expected parts nested at most ${MAX_DEPTH} deep, found more`);
      return [];
    }
    this.depth++;
    const parts = entries.map((entry, index) => this.part([...path, index], entry));
    this.depth--;
    return parts;
  }

  conditions(path: Path, value: unknown): Condition[] {
    const entries = Array.isArray(value) ? value : [value];
    return entries.map((entry, index) => {
      const at = Array.isArray(value) ? [...path, index] : path;
      const document = this.object(at, entry, ['field', 'equals', 'or-null']);
      const { equals } = document;
      const orNull = this.boolean([...at, 'or-null'], document['or-null'] ?? false);
      if (orNull && equals !== undefined)
        this.say([...at, 'or-null'], 'expected no "or-null" beside "equals", found one');
      return {
        field: this.text([...at, 'field'], document.field),
        equals:
          equals === undefined
            ? null
            : (Array.isArray(equals) ? equals : [equals]).map((each) => this.scalar([...at, 'equals'], each)),
        ...(orNull && { orNull }),
      };
    });
  }

  private part(path: Path, value: unknown): PreimagePart {
    const keys = isPlainObject(value) ? Object.keys(value) : [];
    if (typeof value !== 'string' && keys.length !== 1) {
      this.say([...path], `expected one of ${KINDS.join(', ')}, found ${show(value)}`);
      return { kind: 'previous' };
    }
    const word = typeof value === 'string' ? value : keys[0]!;
    const kind = KINDS.find((each) => each === word);
    if (kind === undefined) {
      this.say(
        [...path],
        `expected one of ${KINDS.join(', ')}, found ${quote(word)}${didYouMean(word, KINDS)}`,
      );
      return { kind: 'previous' };
    }
    return isPlainObject(value)
      ? this.known([...path, kind], kind, value[kind])
      : this.known(path, kind, undefined);
  }

  /** `options`: undefined where only the word stands. */
  private known(path: Path, kind: Kind, options: unknown): PreimagePart {
    switch (kind) {
      case 'previous':
        return options === undefined ? { kind } : this.previous(path, options);
      case 'literal':
        return { kind, text: this.anyText(path, options) };
      case 'literal-bytes': {
        const hex = this.text(path, options);
        if (!/^(?:[0-9a-f]{2})+$/i.test(hex))
          this.say([...path], `expected bytes in hex, found ${show(options)}`);
        return { kind, hex };
      }
      case 'field':
        return this.field(path, options);
      case 'join':
        return this.join(path, options);
      case 'pairs':
        return this.pairs(path, options);
      case 'entries':
        return this.entries(path, options);
      case 'raw': {
        const document = this.object(path, options ?? {}, ['without']);
        return { kind, without: this.texts([...path, 'without'], document.without ?? []) };
      }
      case 'canonical':
        return { kind, ...this.subject(path, this.object(path, options ?? {}, SUBJECT_KEYS)) };
      case 'json':
        return this.json(path, options ?? {});
      case 'length-prefixed': {
        const document = this.object(path, options, ['width', 'parts']);
        const width = this.oneOf([...path, 'width'], document.width, LENGTH_WIDTHS);
        return { kind, width, parts: this.parts([...path, 'parts'], document.parts) };
      }
      case 'number': {
        const document = this.object(path, options, ['field', 'width']);
        const width = this.oneOf([...path, 'width'], document.width, LENGTH_WIDTHS);
        return { kind, path: this.text([...path, 'field'], document.field), width };
      }
      case 'bytes': {
        const document = this.object(path, options, ['field', 'encoding']);
        const encoding = this.oneOf([...path, 'encoding'], document.encoding ?? 'hex', BYTE_ENCODINGS);
        return { kind, path: this.text([...path, 'field'], document.field), encoding };
      }
      case 'tag':
        return { kind, path: this.text(path, options) };
      case 'hash': {
        const document = this.object(path, options, ['algorithm', 'as', 'parts']);
        return {
          kind,
          algorithm: readAlgorithm(
            this,
            [...path, 'algorithm'],
            this.text([...path, 'algorithm'], document.algorithm ?? 'sha256'),
          ),
          as: this.oneOf([...path, 'as'], document.as ?? 'hex', [...CHAIN_ENCODINGS, 'bytes']),
          parts: this.parts([...path, 'parts'], document.parts),
        };
      }
      case 'choose': {
        const cases = this.array(path, options, 'a list of {when, parts}').map((entry, index) => {
          const at = [...path, index];
          const document = this.object(at, entry, ['when', 'parts']);
          return {
            when: this.conditions([...at, 'when'], document.when ?? []),
            parts: this.parts([...at, 'parts'], document.parts),
          };
        });
        return { kind, cases };
      }
    }
  }

  private previous(path: Path, options: unknown): PreimagePart {
    const document = this.object(path, options, ['as', 'absent']);
    const as = this.oneOf([...path, 'as'], document.as ?? 'text', ['text', 'bytes']);
    const absent = document.absent === undefined ? '' : this.anyText([...path, 'absent'], document.absent);
    return { kind: 'previous', ...(as === 'bytes' && { as }), ...(absent !== '' && { absent }) };
  }

  /** A name, or one with what is done to its value. */
  private field(path: Path, options: unknown): FieldPart {
    if (!isPlainObject(options)) {
      return {
        kind: 'field',
        path: this.text(path, options),
        format: { kind: 'text' },
        absent: '',
        null: '',
      };
    }
    const document = this.object(path, options, ['name', 'format', 'absent', 'if-null']);
    const absent = this.standIn([...path, 'absent'], document.absent, '');
    return {
      kind: 'field',
      path: this.text([...path, 'name'], document.name),
      format: readFormat(this, [...path, 'format'], document.format ?? 'text'),
      absent,
      null: this.standIn([...path, 'if-null'], document['if-null'], absent),
    };
  }

  /** A text, or null (the part is left out). */
  private standIn(path: Path, value: unknown, otherwise: string | null): string | null {
    if (value === undefined) return otherwise;
    return value === null ? null : this.anyText(path, value);
  }

  /** Names of fields, or whole parts. */
  private item(path: Path, value: unknown): PreimagePart {
    return typeof value === 'string' ? this.field(path, value) : this.part(path, value);
  }

  private join(path: Path, options: unknown): PreimagePart {
    const document = this.object(path, options, ['fields', 'separator', 'escape']);
    const entries = this.array([...path, 'fields'], document.fields, 'a list of texts or parts');
    return {
      kind: 'join',
      items: entries.map((entry, index) => this.item([...path, 'fields', index], entry)),
      separator: this.anyText([...path, 'separator'], document.separator),
      escapes: this.escapes([...path, 'escape'], document.escape),
    };
  }

  private pairs(path: Path, options: unknown): PreimagePart {
    const document = this.object(path, options, ['fields', 'separator', 'equals', 'escape']);
    const entries = this.array([...path, 'fields'], document.fields, 'a list of names or {key: value}');
    const items = entries.map((entry, index) => {
      const at = [...path, 'fields', index];
      if (typeof entry === 'string') return { key: entry, value: this.field(at, entry) };
      const [key, ...more] = isPlainObject(entry) ? Object.keys(entry) : [];
      if (key === undefined || more.length > 0) {
        this.say(at, `expected a name or one {key: value}, found ${show(entry)}`);
        return { key: '', value: this.field(at, 'x') };
      }
      return { key, value: this.item([...at, key], (entry as Document)[key]) };
    });
    return {
      kind: 'pairs',
      items,
      separator: this.anyText([...path, 'separator'], document.separator),
      equals: this.anyText([...path, 'equals'], document.equals ?? '='),
      escapes: this.escapes([...path, 'escape'], document.escape),
    };
  }

  private entries(path: Path, options: unknown): PreimagePart {
    const known = ['of', 'sort', 'separator', 'equals', 'escape', 'ended', 'absent'];
    const document = this.object(path, options, known);
    return {
      kind: 'entries',
      of: this.text([...path, 'of'], document.of),
      sort: this.oneOf([...path, 'sort'], document.sort ?? 'code-point', KEY_ORDERS),
      separator: this.anyText([...path, 'separator'], document.separator),
      equals: this.anyText([...path, 'equals'], document.equals ?? '='),
      escapes: this.escapes([...path, 'escape'], document.escape),
      ended: this.boolean([...path, 'ended'], document.ended ?? false),
      absent: this.standIn([...path, 'absent'], document.absent, ''),
    };
  }

  private escapes(path: Path, value: unknown): Escapes {
    if (value === undefined) return [];
    return this.array(path, value, 'a list of pairs').map((entry, index): [string, string] => {
      const at = [...path, index];
      const pair = this.array(at, entry, 'a pair: a text and what is written for it');
      if (pair.length !== 2) this.say(at, `expected a text and what is written for it, found ${show(entry)}`);
      return [this.text([...at, 0], pair[0]), this.anyText([...at, 1], pair[1])];
    });
  }

  private json(path: Path, options: unknown): PreimagePart {
    const known = ['sort', 'separators', 'ascii', 'escape-slashes', 'escape-html', 'numbers', 'force-object'];
    const document = this.object(path, options, [...known, ...SUBJECT_KEYS]);
    const separators = this.array(
      [...path, 'separators'],
      document.separators ?? [',', ':'],
      'two separators',
    );
    if (separators.length !== 2)
      this.say([...path, 'separators'], `expected two separators, found ${separators.length}`);
    const [item, key] = separators.map((text, index) => this.anyText([...path, 'separators', index], text));
    const flag = (name: string) => this.boolean([...path, name], document[name] ?? false);
    const ascii = flag('ascii');
    const sort = this.oneOf([...path, 'sort'], document.sort ?? 'none', KEY_ORDERS);
    const styles = ['as-written', ...NUMBER_STYLES] as const;
    const numbers = this.oneOf([...path, 'numbers'], document.numbers ?? 'as-written', styles);
    return {
      kind: 'json',
      form: {
        sort,
        item: item ?? ',',
        key: key ?? ':',
        ascii,
        ...(flag('escape-slashes') && { slash: true }),
        ...(flag('escape-html') && { html: true }),
        ...(numbers !== 'as-written' && { numbers }),
        ...(flag('force-object') && { forceObject: true }),
      },
      ...this.subject(path, document),
    };
  }

  private subject(path: Path, document: Document): JsonSubject {
    const { only, stringify } = document;
    return {
      without: this.texts([...path, 'without'], document.without ?? []),
      of: document.of === undefined ? null : this.text([...path, 'of'], document.of),
      ...(only !== undefined && {
        only: this.array([...path, 'only'], only, 'a list of members').map((entry, index) =>
          this.member([...path, 'only', index], entry),
        ),
      }),
      ...(this.boolean([...path, 'drop-nulls'], document['drop-nulls'] ?? false) && { dropNulls: true }),
      ...(stringify !== undefined && {
        stringify: this.array([...path, 'stringify'], stringify, 'a list of texts').map((entry, index) =>
          this.anyText([...path, 'stringify', index], entry),
        ),
      }),
    };
  }

  private member(path: Path, value: unknown): JsonMemberRule {
    if (typeof value === 'string')
      return { key: this.text(path, value), value: { path: value, format: null, absent: 'omit' } };
    const document = this.object(path, value, ['key', 'field', 'format', 'absent', 'parts']);
    const key = this.text([...path, 'key'], document.key);
    if (document.parts !== undefined) {
      for (const other of ['field', 'format', 'absent'])
        if (other in document)
          this.say([...path, other], `expected no ${quote(other)} beside "parts", found one`);
      return { key, value: { parts: this.parts([...path, 'parts'], document.parts) } };
    }
    const { absent } = document;
    return {
      key,
      value: {
        path: this.text([...path, 'field'], document.field ?? key),
        format: document.format === undefined ? null : readFormat(this, [...path, 'format'], document.format),
        absent:
          absent === undefined
            ? 'omit'
            : absent === null
              ? 'null'
              : { text: this.anyText([...path, 'absent'], absent) },
      },
    };
  }
}
