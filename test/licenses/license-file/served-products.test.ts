/** What an RLM server had to give, by date. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servedProducts } from '../../../src/licenses/license-file/served-products.ts';
import { rlm } from '../../../src/text-logs/rlm.ts';
import { readText } from '../../text-logs/read-text.ts';

const HEADER = 'RLM Report Log Format 0, version 14.1\nSTART licsrv 03/02/2026 08:00\nTIMEZONE 0\n';

function product(name: string, pool: number, count: number, reservations = 0, softLimit = count): string {
  return `PRODUCT ${name} 2025.1 ${pool} ${count} ${reservations} ${softLimit} "ANY" "C-17" "" "" "" "" 3 5 0 0 0 0 0 0 0`;
}

function stepsOf(lines: readonly string[]): Record<string, unknown> {
  const { records, malformed } = readText(rlm, HEADER + lines.join('\n'));
  assert.deepEqual(malformed, []);
  return Object.fromEntries(
    servedProducts(records).map(({ product: name, version, steps }) => [
      `${name} ${version}`,
      steps.map(({ from, quantity }) => [from, quantity]),
    ]),
  );
}

const reread = (time: string) => `REREAD root licsrv ${time}`;

test('pools of a product and version add up, with what is reserved', () => {
  assert.deepEqual(stepsOf([product('editor', 1, 10, 2), product('editor', 2, 5), product('solver', 3, 1)]), {
    'editor 2025.1': [['2026-03-02T08:00:00Z', 17]],
    'solver 2025.1': [['2026-03-02T08:00:00Z', 1]],
  });
});

test('a reread that changes the licenses is a step, another is none', () => {
  const lines = [
    ...[product('editor', 1, 10), reread('03/02 09:00:00'), product('editor', 4, 10)],
    ...[reread('03/02 10:00:00'), product('editor', 1, 12)],
  ];
  assert.deepEqual(stepsOf(lines), {
    'editor 2025.1': [
      ['2026-03-02T08:00:00Z', 10],
      ['2026-03-02T10:00:00Z', 12],
    ],
  });
});

test('a product that is no longer served is a step to zero; a block without any tells nothing', () => {
  const lines = [
    ...[
      product('editor', 1, 10),
      product('solver', 2, 1),
      reread('03/02 09:00:00'),
      product('editor', 1, 10),
    ],
    reread('03/02 10:00:00'),
  ];
  assert.deepEqual(stepsOf(lines), {
    'editor 2025.1': [['2026-03-02T08:00:00Z', 10]],
    'solver 2025.1': [
      ['2026-03-02T08:00:00Z', 1],
      ['2026-03-02T09:00:00Z', 0],
    ],
  });
});

test('a count of zero is not taken for a quantity: it may mean uncounted', () => {
  assert.deepEqual(stepsOf([product('editor', 1, 0), product('editor', 2, 5)]), {
    'editor 2025.1': [['2026-03-02T08:00:00Z', undefined]],
  });
});

test('a soft limit that changes is a step, and pools say all that the log says of them', () => {
  const { records } = readText(
    rlm,
    HEADER +
      [product('editor', 1, 10, 2, 8), reread('03/02 09:00:00'), product('editor', 1, 10, 2, 9)].join('\n'),
  );
  const [editor] = servedProducts(records);
  assert.deepEqual(
    editor!.steps.map(({ pools }) => pools[0]),
    [8, 9].map((softLimit) => ({
      pool: '1',
      count: 10,
      reservations: 2,
      softLimit,
      share: '3',
      maxShare: 5,
      type: '0',
      contract: 'C-17',
    })),
  );
});
