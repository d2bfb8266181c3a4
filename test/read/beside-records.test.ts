/** What stands beside the records of an export: paging is no event, and an event under the name of paging is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonText } from '../../src/base/json.ts';
import { mayHoldRecords } from '../../src/read/beside-records.ts';

const EVENT = { eventName: 'StopLogging', eventTime: '2026-03-02T08:00:00Z' };

const cases: [key: string, value: unknown, expected: boolean][] = [
  ['NextToken', 'eyJhIjoxfQ==', false],
  ['count', 3, false],
  ['@odata.nextLink', 'https://graph.example.com/next', false],
  ['meta', { total: 3, page: 1 }, false],
  ['next', { cursor: 'abc' }, false],
  ['meta', { eventCount: 3, page: 1 }, false],
  ['pagination', { events_per_page: 50, generated: '2026-03-02T08:00:00Z' }, false],
  ['_links', { self: '/e', user: { href: '/u' } }, false],
  ['meta', { principal: 'svc-export', users: 2 }, false],
  ['response_metadata', { next_cursor: 'dXNlcjpVMEc5V0ZYTlo=' }, false],
  ['page_info', { has_next_page: false }, false],
  ['empty', [], false],
  [
    'links',
    [
      { rel: 'self', href: '/1' },
      { rel: 'next', href: '/2', type: 'application/json' },
    ],
    false,
  ],
  ['link', [{ relation: 'next', url: 'https://fhir.example.com/AuditEvent?page=2' }], false],
  ['nothing', {}, false],
  ['note', '[info] exported by ann', false],
  ['Hidden', [EVENT], true],
  ['detail', EVENT, true],
  ['metadata', EVENT, true],
  ['previous', { actor: 'mallory', did: 'delete' }, true],
  ['metadata', { time: '2026-03-02T08:09:00Z', subject: 'mallory', did: 'delete' }, true],
  ['links', { data: { deep: { event: { time: '2026-03-02 08:09:00', actor: 'mallory' } } } }, true],
  ['links', [{ rel: 'self', href: '/1' }, EVENT], true],
  ['links', [{ rel: 'self', href: '/1', actor: 'mallory' }], true],
  ['links', [{ rel: 'self', href: '/1', title: 'mallory' }], true],
  ['links', [{ rel: 'user.delete', href: '/1' }], true],
  ['links', [{ rel: 'https://example.com/next', href: '/2' }], true],
  ['links', [{ rel: 'next' }], true],
  ['links', [{ href: '/2' }], true],
  ['links', [{ rel: 'self', href: JSON.stringify(EVENT) }], true],
  ['links', [{ rel: 'self', href: ['/1'] }], true],
  ['links', ['/1'], true],
  ['history', [{ rel: 'next', href: '/2' }], true],
  ['meta', { total: 'x'.repeat(600) }, true],
  ['note', JSON.stringify(EVENT), true],
  ['note', ` [ ${JSON.stringify(EVENT)} ]`, true],
  ['token', 'x'.repeat(5_000), true],
  [JSON.stringify(EVENT), 1, true],
  ['k'.repeat(300), 1, true],
];

for (const [key, value, expected] of cases) {
  const text = JSON.stringify(value);
  test(`${key.slice(0, 30)}: ${text.slice(0, 40)} ${expected ? 'may hold records' : 'holds none'}`, () => {
    assert.equal(mayHoldRecords(key, parseJsonText(text), text.length), expected);
  });
}
