/** What beside the records of a page says that more pages follow, in the words of the APIs that write it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonObject, parseJsonText } from '../../src/base/json.ts';
import { PageSigns } from '../../src/read/page-signs.ts';
import { readRecords } from '../support/read-records.ts';

const PLACE = { line: 1, offset: 0, length: 0 };

function signOf(beside: object, within: string[] = []): string | undefined {
  const signs = new PageSigns();
  const document = parseJsonText(JSON.stringify(beside));
  assert.ok(document instanceof JsonObject);
  for (const { key, value } of document.members) signs.see(within, key, value, PLACE);
  return signs.more()?.member;
}

const more: [beside: object, member: string][] = [
  [{ kind: 'admin#reports#activities', nextPageToken: 'A:1', etag: 'x' }, 'nextPageToken'],
  [{ next_page_token: 'A:1' }, 'next_page_token'],
  [{ NextToken: 'eyJ=' }, 'NextToken'],
  [{ '@odata.context': 'c', '@odata.nextLink': 'https://graph.example.com/next' }, '@odata.nextLink'],
  [{ 'odata.nextLink': 'x' }, 'odata.nextLink'],
  [{ nextLink: 'x' }, 'nextLink'],
  [{ metadata: { resourceVersion: '7', continue: 'abc' } }, 'metadata.continue'],
  [{ ok: true, response_metadata: { next_cursor: 'dXNlcj==' } }, 'response_metadata.next_cursor'],
  [{ links: { self: '/1', next: '/2' } }, 'links.next'],
  [{ links: { next: { href: '/2', rel: 'next' } } }, 'links.next'],
  [{ _links: { next: { href: '/2' } } }, '_links.next'],
  [
    {
      links: [
        { rel: 'self', href: '/1' },
        { rel: 'next', href: '/2' },
      ],
    },
    'links.next',
  ],
  [{ links: [{ rel: 'self next', href: '/2' }] }, 'links.next'],
  [{ links: [{ rel: ' Next ', href: null, uri: '/2' }] }, 'links.next'],
  [{ links: [{ rel: 'first', relation: 'next', href: '/2' }] }, 'links.next'],
  [{ next: [{ rel: 'next', href: '/2' }] }, 'next'],
  [{ link: [{ relation: 'next', url: 'https://fhir.example.com/AuditEvent?page=2' }] }, 'link.next'],
  [{ meta: { links: [{ rel: 'next', uri: '/2' }] } }, 'meta.links.next'],
  [{ paging: { next: { after: 'x' } } }, 'paging.next'],
  [{ meta: { page: { next_cursor: 'x' } } }, 'meta.page.next_cursor'],
  [{ meta: { current_page: 1, next_page: 2, total_pages: 4 } }, 'meta.next_page'],
  [{ next_page: { offset: 'x', uri: '/2' } }, 'next_page'],
  [{ continuationToken: 'x' }, 'continuationToken'],
  [{ pageInfo: { hasNextPage: true, endCursor: 'x' } }, 'pageInfo.hasNextPage'],
  [{ object: 'list', has_more: true }, 'has_more'],
  [{ more: true }, 'more'],
  [{ IsTruncated: true, Marker: 'x' }, 'IsTruncated'],
  [{ resultTruncated: 'true', $skipToken: 'x' }, 'resultTruncated'],
  [{ isLastPage: false }, 'isLastPage'],
  // One that is said twice is not unsaid.
  [{ has_more: true, meta: { has_more: false } }, 'has_more'],
  [{ resultTruncated: 'false', $skipToken: 'x' }, '$skipToken'],
];

for (const [beside, member] of more)
  test(`${JSON.stringify(beside)} says that more follow`, () => assert.equal(signOf(beside), member));

const last: object[] = [
  {},
  { nextPageToken: '' },
  { nextPageToken: ' ' },
  { NextToken: null },
  { metadata: {} },
  { metadata: { continue: '' } },
  { response_metadata: { next_cursor: '' } },
  { links: { next: null, prev: '/1' } },
  { _links: { next: { href: null, rel: 'next' } } },
  { meta: { current_page: 4, next_page: null, total_pages: 4 } },
  {
    links: [
      { rel: 'self', href: '/1' },
      { rel: 'prev', href: '/0' },
    ],
  },
  { links: [{ rel: 'next', href: null }] },
  { links: [] },
  { has_more: false },
  { hasMore: 'false' },
  { isLast: true },
  { page: 1, limit: 100, total: 3 },
  // Given with every page.
  { has_more: false, next_cursor: 'x' },
  { next_cursor: 'x', has_more: false },
  { pageInfo: { hasNextPage: false, endCursor: 'x' } },
  { nextForwardToken: 'f/1', nextBackwardToken: 'b/1' },
  { nextSyncToken: 'x' },
  { cursor: 'x' },
  { '@odata.deltaLink': 'x' },
  { previous: '/1', links: { self: '/2', first: '/1', last: '/2' } },
  // About something else.
  { nextRotation: '2026-04-01' },
  { more: [{ actor: 'ann' }] },
  { detail: { next: '/2' } },
  { history: [{ rel: 'next', href: '/2' }] },
  { truncated: false },
];

for (const beside of last)
  test(`${JSON.stringify(beside)} says of nothing that it follows`, () =>
    assert.equal(signOf(beside), undefined));

test('a member within the way to the records is named by all of its keys', () => {
  assert.equal(signOf({ next: 'x' }, ['result']), 'result.next');
});

test('what is told of a page stays short, whatever its members are called, and no nesting is followed', () => {
  for (const key of ['n'.repeat(70), `${'_'.repeat(70)}next`, 'next\u001b[31', 'next\u202e', 'n\u0435xt', ''])
    assert.equal(signOf({ [key]: 'x' }), undefined, key);
  assert.equal(signOf({ links: { links: { links: { next: 'x' } } } }), undefined);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (beside) => {
      assert.ok((signOf(beside) ?? '').length < 200);
    }),
  );
});

/** By document, in whatever blocks. */
function pagesOf(input: string, options: { block?: number; wrapper?: string[] } = {}) {
  return readRecords(input, { wrapper: ['items'], ...options }).pages.map(({ more: sign }) => sign?.member);
}

test('each document that wraps records tells once, before or behind them, in blocks of any size', () => {
  const before = '{"nextPageToken":"t",\n "items":[{"a":1}]}';
  const behind = '{"items":[{"a":1},{"a":2}],\n "nextPageToken":"t"}';
  const end = '{"items":[{"a":3}]}';
  for (const block of [1, 2, 7, 1000])
    assert.deepEqual(pagesOf(`${before}\n${behind}\n${end}\n`, { block }), [
      'nextPageToken',
      'nextPageToken',
      undefined,
    ]);
  assert.deepEqual(pagesOf('{"items":[{"a":1}],"has_more":true}\n{"b":1}\n{"items":[]}\n'), [
    'has_more',
    undefined,
  ]);
  assert.deepEqual(pagesOf('{"data":{"items":[{"a":1}],"next":"x"}}', { wrapper: ['data', 'items'] }), [
    'data.next',
  ]);
});

test('where the sign stands is told', () => {
  const input = '{"items":[{"a":1}],\n  "links" : {"next":"/2"}}';
  const [page] = readRecords(input, { wrapper: ['items'] }).pages;
  assert.deepEqual(page, {
    wrapper: ['items'],
    more: { member: 'links.next', line: 2, offset: 22, length: 23 },
  });
});

test('a document without an end is no page, nor is an array or a record', () => {
  assert.deepEqual(pagesOf('{"items":[{"a":1}],"nextPageToken":"t"'), []);
  assert.deepEqual(pagesOf('{"items":[{"a":1}],"nextPageToken":"t'), []);
  assert.deepEqual(pagesOf('[{"a":1,"nextPageToken":"t"}]'), []);
  assert.deepEqual(pagesOf('{"a":1,"nextPageToken":"t"}'), []);
});

test('a token of megabytes is a sign like any other', () => {
  const token = 'x'.repeat(3_000_000);
  const input = `{"items":[{"a":1}],"nextPageToken":"${token}"}`;
  const { pages } = readRecords(input, { wrapper: ['items'], limit: 8_000_000, block: 65_536 });
  assert.deepEqual(
    pages.map(({ more: sign }) => sign?.member),
    ['nextPageToken'],
  );
});
