/** Which source a file is taken for and why, and which objects are wrappers around records. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseSource, detectSource, findWrapper, HeadTexts } from '../../src/sources/detect.ts';
import { SHIPPED, shipped, toJson } from './shipped-mappings.ts';

const TRAIL = {
  eventVersion: '1.09',
  eventSource: 's3.amazonaws.com',
  eventName: 'PutObject',
  eventTime: '2026-03-02T08:00:00Z',
};
const PLAIN = { time: '2026-03-02T08:00:00Z', actor: 'ann', action: 'login' };

function detect(...records: unknown[]) {
  return detectSource(records.map(toJson), SHIPPED);
}

test('no records, or records of nobody, have no source', () => {
  assert.equal(detect().source, null);
  assert.equal(detect({ hello: 'world' }, 7, [], null, 'text').source, null);
});

test('a source must fit at least half of the records', () => {
  assert.equal(detect(TRAIL, {}).source, 'cloudtrail');
  assert.equal(detect(TRAIL, {}, {}).source, null);
});

test('the mapping that asks for more wins over one that fits too', () => {
  const both = { ...TRAIL, ...PLAIN };
  assert.equal(detect(both).source, 'cloudtrail');
  const fitting = detect(both).candidates.filter((candidate) => candidate.matched > 0);
  assert.deepEqual(
    fitting.map((candidate) => candidate.source),
    ['cloudtrail', 'audit'],
  );
});

test('a plain record without a time, an actor or an action is not ours', () => {
  for (const key of Object.keys(PLAIN)) assert.equal(detect({ ...PLAIN, [key]: null }).source, null, key);
});

test('every candidate says what failed in its nearest form', () => {
  const { candidates } = detect({ kind: 'Pod', apiVersion: 'audit.k8s.io/v1' });
  const kubernetes = candidates.find((candidate) => candidate.source === 'kubernetes');
  assert.deepEqual(kubernetes?.missed, { record: 0, reasons: ['kind: expected "Event", found "Pod"'] });
  const audit = candidates.find((candidate) => candidate.source === 'audit');
  assert.match(audit!.missed!.reasons[0]!, /expected a value, found nothing/);
});

test('log text in a reason is escaped and cut', () => {
  const { candidates } = detect({ kind: `\u001b[31m${'x'.repeat(500)}`, apiVersion: 'audit.k8s.io/v1' });
  const reason = candidates.find((candidate) => candidate.source === 'kubernetes')!.missed!.reasons[0]!;
  assert.ok(!reason.includes('\u001b') && reason.length < 200, reason);
});

test('the source that is chosen for a scan is the best of all candidates', () => {
  const texts = ['*', 'aws', 'Event', 'audit.k8s.io/v1', 'Pod', 'admin', '2026-03-02T08:00:00Z'];
  const guards = SHIPPED.flatMap(({ identify, paths }) =>
    identify.map((form) => form.map((guard) => [paths[guard.path]!, guard] as const)),
  );
  /** What the guards of some form ask for, as a record with dots in its keys. */
  const record = fc
    .array(fc.constantFrom(...guards), { minLength: 1, maxLength: 2 })
    .chain((forms) =>
      fc.tuple(
        ...forms
          .flat()
          .map(([path, guard]) =>
            fc
              .constantFrom(...('absent' in guard ? texts : [...guard.globs, ...texts]))
              .map((text) => [path, text.replaceAll('*', 'x')] as const),
          ),
      ),
    )
    .map((members) => toJson({ ...PLAIN, ...Object.fromEntries(members) }));
  const chosen = new Set<string | null>();
  fc.assert(
    fc.property(fc.array(record, { maxLength: 3 }), (records) => {
      const { source } = detectSource(records, SHIPPED);
      chosen.add(source);
      assert.equal(chooseSource(records, SHIPPED, new HeadTexts()), source);
    }),
    { numRuns: 300 },
  );
  assert.ok(chosen.size > 10, `only ${[...chosen]} were ever chosen`);
});

test('mappings may be added between two looks', () => {
  const mappings = SHIPPED.filter(({ name }) => name !== 'cloudtrail');
  const choose = () => chooseSource([toJson(TRAIL)], mappings, new HeadTexts());
  assert.notEqual(choose(), 'cloudtrail');
  mappings.push(shipped('cloudtrail'));
  assert.equal(choose(), 'cloudtrail');
});

test('the order of the mappings does not matter', () => {
  const records = [TRAIL, PLAIN, {}].map(toJson);
  const expected = detectSource(records, SHIPPED);
  const shuffled = fc.shuffledSubarray([...SHIPPED], { minLength: SHIPPED.length });
  fc.assert(
    fc.property(shuffled, (mappings) => assert.deepEqual(detectSource(records, mappings), expected)),
    { numRuns: 30 },
  );
});

function wrapper(document: unknown) {
  return findWrapper(toJson(document), SHIPPED);
}

test('an export is found to be a wrapper by what it holds', () => {
  assert.deepEqual(wrapper({ Records: [TRAIL, TRAIL] }), { keys: ['Records'], besides: [] });
  assert.deepEqual(
    wrapper({
      value: [{ activityDateTime: 't', activityDisplayName: 'a', initiatedBy: { user: { id: 'u' } } }],
      '@odata.nextLink': 'x',
    }),
    {
      keys: ['value'],
      besides: ['@odata.nextLink'],
    },
  );
  assert.deepEqual(
    wrapper({
      took: 3,
      hits: { total: 1, hits: [{ _id: '1', _source: { '@timestamp': 't', ecs: { version: '8' } } }] },
    }),
    {
      keys: ['hits', 'hits'],
      besides: ['hits.total', 'took'],
    },
  );
});

test('records of nobody under a known key are not unwrapped', () => {
  assert.equal(wrapper({ Records: [{ s3: { bucket: 'b' } }] }), undefined);
  assert.equal(wrapper({ items: [1, 2] }), undefined);
});

test('an event that holds a list stays one event', () => {
  assert.equal(wrapper({ ...TRAIL, Records: [PLAIN] }), undefined);
  assert.equal(wrapper({ ...PLAIN, events: [PLAIN, PLAIN] }), undefined);
  assert.equal(
    wrapper({ kind: 'admin#reports#activity', id: { applicationName: 'login' }, events: [PLAIN] }),
    undefined,
  );
});

test('an envelope that merely looks like an event does not hide the records of a source', () => {
  assert.deepEqual(wrapper({ ...PLAIN, Records: [TRAIL] }), {
    keys: ['Records'],
    besides: ['action', 'actor', 'time'],
  });
});

test('an empty page is a wrapper; an event with an empty list is not', () => {
  assert.deepEqual(wrapper({ Records: [] }), { keys: ['Records'], besides: [] });
  assert.deepEqual(
    wrapper({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [] })?.keys,
    ['items'],
  );
  assert.deepEqual(wrapper({ data: [], has_more: false, meta: {} })?.keys, ['data']);
  assert.equal(wrapper({ ...PLAIN, events: [] }), undefined);
  assert.equal(wrapper({ name: 'ann', records: [] }), undefined);
});

test('what is no object is no wrapper', () => {
  for (const document of [null, 1, 'x', [TRAIL], {}]) assert.equal(wrapper(document), undefined);
});

test('any JSON is judged without a throw', () => {
  const property = fc.property(fc.jsonValue(), (value) => {
    assert.equal(detect(value).records, 1);
    wrapper(value);
  });
  fc.assert(property, { numRuns: 200 });
});

test('detection looks at no more than 20 records', () => {
  assert.equal(
    detectSource(
      Array.from({ length: 100 }, () => toJson(TRAIL)),
      [shipped('cloudtrail')],
    ).records,
    20,
  );
});
