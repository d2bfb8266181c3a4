/** How a profile says that a value is written: one word for what languages print by themselves, else its settings. */
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { type DocumentReader, type Path, show } from './document-reader.ts';
import type { ValueFormat } from './preimage-part.ts';
import { CHAIN_ENCODINGS } from './profile.ts';

type TimeFormat = Extract<ValueFormat, { kind: 'time' }>;

const time = (
  fraction: TimeFormat['fraction'],
  zone: TimeFormat['zone'],
  separator: 'T' | ' ' = 'T',
): ValueFormat => ({ kind: 'time', separator, fraction, zone });

const NAMED: Readonly<Record<string, ValueFormat>> = {
  text: { kind: 'text' },
  'python-isoformat': time('python', 'offset'),
  'python-isoformat-naive': time('python', 'none'),
  'python-str-datetime': time('python', 'offset', ' '),
  'rust-chrono-rfc3339': time('grouped', '+00:00'),
  'go-rfc3339nano': time('trimmed', 'as-written'),
  'javascript-iso': time(3, 'Z'),
  'dotnet-o': time(7, 'Z'),
  'dotnet-o-offset': time(7, '+00:00'),
  'java-instant': { kind: 'time', separator: 'T', fraction: 'trimmed', zone: 'Z' },
  'python-bool': { kind: 'boolean', true: 'True', false: 'False' },
  bit: { kind: 'boolean', true: '1', false: '0' },
};

const KINDS = ['time', 'epoch', 'boolean', 'decimal', 'encoded'];

export function readFormat(reader: DocumentReader, path: Path, value: unknown): ValueFormat {
  if (typeof value === 'string') {
    const known = Object.hasOwn(NAMED, value) ? NAMED[value] : undefined;
    if (known !== undefined) return known;
    const names = Object.keys(NAMED);
    reader.say(
      [...path],
      `expected one of ${names.join(', ')} or one of {${KINDS.join('}, {')}}, found ${quote(value)}${didYouMean(value, names)}`,
    );
    return { kind: 'text' };
  }
  const document = reader.object(path, value, KINDS);
  const [kind, ...more] = Object.keys(document);
  if (kind === undefined || more.length > 0) {
    reader.say([...path], `expected one of {${KINDS.join('}, {')}}, found ${show(value)}`);
    return { kind: 'text' };
  }
  const at = [...path, kind];
  switch (kind) {
    case 'epoch':
      return { kind, unit: reader.oneOf(at, document.epoch, ['s', 'ms', 'us', 'ns']) };
    case 'encoded':
      return { kind, encoding: reader.oneOf(at, document.encoded, CHAIN_ENCODINGS) };
    case 'decimal':
      return { kind, places: readPlaces(reader, at, document.decimal, 30) };
    case 'boolean': {
      const words = reader.texts(at, document.boolean);
      if (words.length !== 2)
        reader.say(at, `expected two words, for true and for false, found ${show(document.boolean)}`);
      return { kind, true: words[0] ?? '', false: words[1] ?? '' };
    }
    case 'time':
      return readTime(reader, at, document.time);
    default:
      return { kind: 'text' };
  }
}

function readTime(reader: DocumentReader, path: Path, value: unknown): ValueFormat {
  const document = reader.object(path, value, ['digits', 'zone', 'separator']);
  const { digits } = document;
  return {
    kind: 'time',
    fraction:
      digits === 'trimmed' || digits === 'python' || digits === 'grouped'
        ? digits
        : readPlaces(reader, [...path, 'digits'], digits ?? 0, 9),
    zone: reader.oneOf([...path, 'zone'], document.zone ?? 'Z', [
      'Z',
      '+00:00',
      'none',
      'as-written',
      'offset',
    ]),
    separator: reader.oneOf([...path, 'separator'], document.separator ?? 'T', ['T', ' ']),
  };
}

function readPlaces(reader: DocumentReader, path: Path, value: unknown, most: number): number {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most) return Number(value);
  reader.say([...path], `expected a whole number from 0 to ${most}, found ${show(value)}`);
  return 0;
}
