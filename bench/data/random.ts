/** The random numbers of every generator here: seeded, so that a set has the same bytes on every machine. */

/** An integer from 0 to below `below`. */
export type Random = (below: number) => number;

/** xorshift32: small, fast, and enough for data that only has to look busy. */
export function createRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)]!;
}

/** `digits` of the alphabet, as identifiers of clouds are written. */
export function token(random: Random, digits: number, alphabet = '0123456789abcdef'): string {
  let text = '';
  for (let digit = 0; digit < digits; digit++) text += alphabet[random(alphabet.length)];
  return text;
}

export function uuid(random: Random): string {
  const hex = () => random(0x1_0000).toString(16).padStart(4, '0');
  return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-a${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}
