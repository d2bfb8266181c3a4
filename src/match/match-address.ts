/** IP networks (`cidr`): IPv4, IPv6 and IPv4-mapped IPv6 (RFC 4291 §2.5.5.2). What is no address matches none. */
import { isIPv4, isIPv6 } from 'node:net';

type Address = { bits: 32 | 128; value: bigint };

const MAPPED_PREFIX = 0xffffn;

/** The longest address is 45 characters, and a zone may follow it. */
const MAX_ADDRESS_LENGTH = 100;

/** An IPv4-mapped address becomes the IPv4 address it carries; a zone (`%eth0`) is left out. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_ADDRESS_LENGTH) return undefined;
  if (isIPv4(text)) return { bits: 32, value: fromIPv4(text) };
  if (!isIPv6(text)) return undefined;
  const value = fromIPv6(text.split('%')[0]!);
  return value >> 32n === MAPPED_PREFIX ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value };
}

function fromIPv4(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function fromIPv6(text: string): bigint {
  const dotted = /(?<=:)[\d.]+$/.exec(text)?.[0];
  const plain = dotted?.includes('.') ? text.slice(0, -dotted.length) + hexPair(fromIPv4(dotted)) : text;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function hexPair(value: bigint): string {
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

/** A test for the network `10.0.0.0/8`, or for the one address when no prefix length stands; undefined when it is neither. */
export function compileNetwork(text: string): ((text: string) => boolean) | undefined {
  const [base = '', length, ...rest] = text.split('/');
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0) return undefined;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const written = base.includes(':') ? 128 : 32;
  // A mapped network is written in 128 bits and compared in 32.
  const prefix = (length === undefined ? written : Number(length)) - (written - address.bits);
  if (prefix < 0 || prefix > address.bits) return undefined;
  const shift = BigInt(address.bits - prefix);
  const network = address.value >> shift;
  return (candidate) => {
    const found = parseAddress(candidate);
    return found !== undefined && found.bits === address.bits && found.value >> shift === network;
  };
}
