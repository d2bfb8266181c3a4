/** The hashes by which identities of records are told apart: not against who wants them to be equal, so whoever finds equal ones compares. */

/** FNV-1a, and a second hash with another multiplier; both continue from what `key` holds, a separator first. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, key: Uint32Array): void {
  let first = Math.imul(key[0]! ^ 0xff, 0x01000193);
  let second = Math.imul(key[1]! ^ 0xff, 0x5bd1e995);
  for (let index = start; index < end; index++) {
    first = Math.imul(first ^ bytes[index]!, 0x01000193);
    second = Math.imul(second ^ bytes[index]!, 0x5bd1e995);
  }
  key[0] = first;
  key[1] = second ^ (second >>> 15);
}
