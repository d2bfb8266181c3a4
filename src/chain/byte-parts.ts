/** The parts of binary pre-images: lengths and numbers in network order, bytes that a text stands for. */
import { NotCanonicalizableError } from '../base/canonical-json.ts';
import { JsonNumber, type JsonValue } from '../base/json.ts';
import type { ByteEncoding, LengthWidth } from './preimage-part.ts';

const WIDTH_BYTES: Readonly<Record<LengthWidth, number>> = { u8: 1, u16be: 2, u32be: 4, u64be: 8 };

/** @throws {NotCanonicalizableError} for more bytes than the width can count */
export function toLengthBytes(length: number, width: LengthWidth): Buffer {
  return bigEndian(BigInt(length), width, () => `a value of ${length} bytes is too long`);
}

/** @throws {NotCanonicalizableError} for anything but a whole number that fits */
export function toNumberBytes(value: JsonValue | undefined, width: LengthWidth, path: string): Buffer {
  const text = value instanceof JsonNumber ? value.lexeme : typeof value === 'string' ? value : '';
  if (!/^\d{1,20}$/.test(text))
    throw new NotCanonicalizableError(`the field ${JSON.stringify(path)} is no whole number`);
  return bigEndian(BigInt(text), width, () => `the field ${JSON.stringify(path)} is too large`);
}

function bigEndian(number: bigint, width: LengthWidth, problem: () => string): Buffer {
  const size = WIDTH_BYTES[width];
  if (number >= 1n << BigInt(size * 8)) throw new NotCanonicalizableError(problem());
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(number);
  return bytes.subarray(8 - size);
}

const BYTE_FORMS: Readonly<Record<ByteEncoding, RegExp>> = {
  hex: /^(?:[0-9a-fA-F]{2})*$/,
  base64: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  base64url: /^[A-Za-z0-9_-]*$/,
  uuid: /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
};

/** @throws {NotCanonicalizableError} for a text that stands for no bytes: Node would leave out what it does not know */
export function toBytes(text: string, encoding: ByteEncoding, path: string): Buffer {
  if (!BYTE_FORMS[encoding].test(text))
    throw new NotCanonicalizableError(`the field ${JSON.stringify(path)} is no ${encoding}`);
  if (encoding === 'uuid') return Buffer.from(text.replaceAll('-', ''), 'hex');
  return Buffer.from(text, encoding);
}
