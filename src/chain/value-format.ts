/** Values of a record as a writer's language prints them: times, booleans, decimals, encoded bytes. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import { type EpochUnit, NANOS_PER_SECOND, parseTimestamp } from '../base/instant.ts';
import { JsonNumber, type JsonValue, toCompactJson, toScalarText } from '../base/json.ts';
import type { ValueFormat } from './preimage-part.ts';

/** @throws {NotCanonicalizableError} for a value that has no such form */
export type Formatter = (value: JsonValue) => string;

export function compileFormat(format: ValueFormat, path: string): Formatter {
  const refuse = (what: string): never => {
    throw new NotCanonicalizableError(`the field ${JSON.stringify(path)} is no ${what}`);
  };
  switch (format.kind) {
    case 'text':
      return textOf;
    case 'boolean':
      return (value) => {
        if (value === true || value === 'true') return format.true;
        if (value === false || value === 'false') return format.false;
        return refuse('truth value');
      };
    case 'decimal':
      return (value) =>
        toDecimal(textOf(value), format.places) ?? refuse(`number of ${format.places} places`);
    case 'encoded':
      return (value) => encodeBytes(Buffer.from(textOf(value)), format.encoding);
    case 'epoch': {
      const nanos = NANOS_PER_SECOND / UNITS[format.unit];
      return (value) => {
        const instant = instantOf(value) ?? refuse('time');
        const rest = ((instant % nanos) + nanos) % nanos;
        return String((instant - rest) / nanos);
      };
    }
    case 'time':
      return (value) => {
        const { zone } = format;
        const local = localTime(value, zone === 'as-written' || zone === 'offset') ?? refuse('time');
        const mark = zone === 'as-written' ? local.zone : zone === 'offset' ? toOffset(local.zone) : zone;
        return `${local.date}${format.separator}${local.clock}${fractionOf(local.nanos, format.fraction)}${mark === 'none' ? '' : mark}`;
      };
  }
}

const UNITS: Record<EpochUnit, bigint> = { s: 1n, ms: 1000n, us: 1_000_000n, ns: NANOS_PER_SECOND };

export function textOf(value: JsonValue): string {
  return toScalarText(value) ?? toCompactJson(value);
}

export function encodeBytes(bytes: Buffer, encoding: 'hex' | 'HEX' | 'base64' | 'base64url'): string {
  return encoding === 'HEX' ? bytes.toString('hex').toUpperCase() : bytes.toString(encoding);
}

function instantOf(value: JsonValue): bigint | undefined {
  if (typeof value !== 'string' && !(value instanceof JsonNumber)) return undefined;
  // A time without a zone is written again without one: which zone it was does not matter.
  const parsed = parseTimestamp(textOf(value), { zone: 'Z' });
  return parsed.problem === undefined ? parsed.instant : undefined;
}

type LocalTime = { date: string; clock: string; nanos: bigint; zone: string };

const WRITTEN_ZONE = /(?:Z|z|[+-]\d{2}(?::?\d{2})?)$/;

function localTime(value: JsonValue, asWritten: boolean): LocalTime | undefined {
  const text = textOf(value);
  const zone = asWritten && text.includes(':') ? (WRITTEN_ZONE.exec(text)?.[0] ?? '') : '';
  // The local time is the instant of the text with its zone cut off.
  const instant = instantOf(zone === '' ? value : text.slice(0, -zone.length));
  if (instant === undefined) return undefined;
  const nanos = ((instant % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  const moment = new Date(Number((instant - nanos) / NANOS_PER_SECOND) * 1000);
  // Years beyond four digits are written otherwise by each language.
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() < 0 || moment.getUTCFullYear() > 9999)
    return undefined;
  const iso = moment.toISOString();
  return { date: iso.slice(0, 10), clock: iso.slice(11, 19), nanos, zone };
}

function toOffset(zone: string): string {
  return zone === 'Z' || zone === 'z' ? '+00:00' : zone;
}

function fractionOf(nanos: bigint, rule: number | 'trimmed' | 'python' | 'grouped'): string {
  const digits = nanos.toString().padStart(9, '0');
  if (rule === 'python') return nanos < 1000n ? '' : `.${digits.slice(0, 6)}`;
  if (rule === 'grouped') {
    const kept = digits.replace(/(?:000)+$/, '');
    return kept === '' ? '' : `.${kept}`;
  }
  if (rule === 'trimmed') {
    const kept = digits.replace(/0+$/, '');
    return kept === '' ? '' : `.${kept}`;
  }
  return rule === 0 ? '' : `.${digits.slice(0, rule)}`;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Undefined for what is no plain decimal, and where digits other than zero would be lost: nobody says how they were rounded. */
function toDecimal(text: string, places: number): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (/[^0]/.test(fraction.slice(places))) return undefined;
  return places === 0 ? sign + whole : `${sign}${whole}.${fraction.slice(0, places).padEnd(places, '0')}`;
}
