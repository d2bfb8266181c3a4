/** Identifiers that are the same for the same name: UUID version 5, RFC 9562 §5.5. */
import { createHash } from 'node:crypto';

/** Our own, made once at random: names of ours are no names of others. */
const NAMESPACE = Buffer.from('5d3a1c0e7b864f0b9e6f2a4c8d17b35f', 'hex');

export function toUuid(name: string, namespace: Uint8Array = NAMESPACE): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
