/** Pre-images that list fields with what tells them apart: as key=value, or each with its length before it. */
import { type Item, type Orders, subsets } from './listed-fields.ts';
import type { Proposal } from './search.ts';

/** `separator` and `equals` as writers of key=value have them. */
const PAIR_MARKS: readonly (readonly [string, string])[] = [
  ['&', '='],
  [',', '='],
  [';', '='],
  ['|', '='],
  ['\n', '='],
  [' ', '='],
  [', ', '='],
  ['\n', ': '],
  ['|', ':'],
  [',', ':'],
  [';', ':'],
  ['', '='],
];

/** Fields in file order as key=value. */
export function* asPairs(
  orders: Orders,
  previous: readonly Item[],
  previousKey: string,
): Generator<Proposal> {
  const keyOf = ({ path }: Item) =>
    (path === '$previous' ? previousKey : path)
      .split(/(?<!\\)\./)
      .at(-1)!
      .replaceAll('\\.', '.');
  for (const order of subsets(orders, previous)) {
    for (const [separator, equals] of PAIR_MARKS) {
      yield {
        text: order.map((item) => keyOf(item) + equals + item.text).join(separator),
        parts: () => [
          {
            pairs: {
              fields: order.map((item) => ({
                [keyOf(item)]: 'field' in item.part ? item.part.field : item.part.part,
              })),
              separator,
              equals,
            },
          },
        ],
      };
    }
  }
}

const WIDTHS: readonly (readonly [string, number])[] = [
  ['u32be', 4],
  ['u64be', 8],
  ['u16be', 2],
  ['u8', 1],
];

/** Fields in file order, each with its length before it; with and without a byte that says what is hashed. */
export function* withLengths(orders: Orders, previous: readonly Item[]): Generator<Proposal> {
  for (const order of subsets(orders, previous)) {
    const texts = order.map(({ text }) => Buffer.from(text));
    for (const [width, size] of WIDTHS) {
      const pieces = texts.flatMap((text) => [lengthBytes(text.length, size), text]);
      const parts = () =>
        order.map(({ part }) => ({
          'length-prefixed': { width, parts: ['field' in part ? { field: part.field } : part.part] },
        }));
      yield { text: Buffer.concat(pieces), parts };
      // A leaf of RFC 6962 begins with 00, an inner node with 01.
      for (const tag of [1, 0]) {
        const hex = tag.toString(16).padStart(2, '0');
        yield {
          text: Buffer.concat([Buffer.of(tag), ...pieces]),
          parts: () => [{ 'literal-bytes': hex }, ...parts()],
        };
      }
    }
  }
}

function lengthBytes(length: number, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes.subarray(8 - size);
}
