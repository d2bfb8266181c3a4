/** Verdicts of seats and terms, as the spine gets them: contract and records in, judgements out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Judgement } from '../../src/model/relation.ts';
import { editorContract, MARCH, runContract, set, spanning, use } from './run-contract.ts';

function seats(quantity: number, more = '', head = ''): string {
  return editorContract({ quantity: set(quantity), more, head });
}

function session(actor: string, from: string, until: string, more: object = {}): object[] {
  return [use('checkout', `2025-03-${from}Z`, actor, more), use('checkin', `2025-03-${until}Z`, actor, more)];
}

function codes(judgements: readonly Judgement[]): string[] {
  return judgements.map(({ verdict, code }) => `${verdict} ${code}`);
}

const THREE = [
  ...session('ann', '03T10:00:00', '03T11:00:00'),
  ...session('bob', '03T10:05:00', '03T11:00:00'),
  ...session('cid', '03T10:10:00', '03T11:00:00'),
];

test('a peak above the quantity is exceeded, with its instant, its holders and the limit in force', () => {
  const [judgement, ...others] = runContract(seats(2), [...MARCH, ...THREE]);
  assert.deepEqual(others, []);
  assert.equal(
    judgement!.message,
    'license "editor" in 2025-03: 3 seats in use at 2025-03-03T10:10:00Z, expected at most 2 (from 2025-01-01), held by "ann", "bob", "cid"',
  );
  assert.deepEqual(codes([judgement!]), ['violation seats-exceeded']);
  assert.deepEqual([judgement!.place.line, judgement!.related.map(({ line }) => line)], [7, [3, 5]]);
  assert.deepEqual(judgement!.usage, {
    license: 'editor',
    measure: 'count seats each instant take max over month',
    period: '2025-03',
    used: 3,
    limit: 2,
    at: '2025-03-03T10:10:00Z',
    holders: ['ann', 'bob', 'cid'],
  });
});

test('a peak equal to the quantity is within, and its usage is kept', () => {
  const [judgement] = runContract(seats(3), [...MARCH, ...THREE]);
  assert.deepEqual(
    [judgement!.verdict, judgement!.usage!.used, judgement!.usage!.limit],
    ['satisfied', 3, 3],
  );
});

test('a seat given back at the instant another is taken is free, and the verdict says that it hangs on this', () => {
  const records = [
    ...session('ann', '03T10:00:00', '03T11:00:00'),
    ...session('bob', '03T11:00:00', '03T12:00:00'),
  ];
  const [judgement] = runContract(seats(1), [...MARCH, ...records]);
  assert.equal(judgement!.verdict, 'satisfied');
  assert.deepEqual(judgement!.usage!.flips, [
    'would be exceeded if check-outs came before check-ins of the same instant: 2 of 1',
  ]);
});

test('quantities per session add up', () => {
  const records = [
    ...session('ann', '03T10:00:00', '03T11:00:00', { quantity: 8 }),
    ...session('bob', '03T10:30:00', '03T12:00:00', { quantity: 5 }),
  ];
  const [judgement] = runContract(seats(12), [...MARCH, ...records]);
  assert.deepEqual([judgement!.verdict, judgement!.usage!.used], ['violation', 13]);
});

test('a quantity nobody can read is never within', () => {
  const records = session('ann', '03T10:00:00', '03T11:00:00', { quantity: 'a few' });
  const [judgement] = runContract(seats(100), [...MARCH, ...records]);
  assert.deepEqual(
    [...codes([judgement!]), judgement!.usage!.reason],
    ['undetermined license-undetermined', '1 event has no readable quantity'],
  );
});

test('a quantity of zero or less is not taken at its word', () => {
  for (const quantity of [0, -5]) {
    const [judgement] = runContract(seats(1), [
      ...MARCH,
      ...session('ann', '03T10:00:00', '03T11:00:00', { quantity }),
    ]);
    assert.equal(judgement!.verdict, 'undetermined');
  }
});

test('an amendment in mid-month counts from its own day: the peak before it is measured against the old quantity', () => {
  const amended = seats(2).replace('set: 2}]', 'set: 2}, {from: 2025-03-15, add: 2, by: Amendment-1}]');
  const later = THREE.map(
    (record) =>
      JSON.parse(
        JSON.stringify(record).replaceAll('03-03T', '03-16T').replace('"id":"', '"id":"later-'),
      ) as object,
  );
  assert.deepEqual(codes(runContract(amended, [...MARCH, ...THREE, ...later])), ['violation seats-exceeded']);
  const [judgement] = runContract(amended, [...MARCH, ...later]);
  assert.equal(judgement!.verdict, 'satisfied');
  assert.match(judgement!.message, /3 seats in use, allowed 4 \(from 2025-03-15 by "Amendment-1"\)/);
});

test('seats still held when the quantity falls are too many from that instant on', () => {
  const reduced = seats(3).replace('set: 3}]', 'set: 3}, {from: 2025-03-15, supersede: 2, by: PO-1}]');
  const held = ['ann', 'bob', 'cid'].flatMap((actor) => session(actor, '14T10:00:00', '15T09:00:00'));
  const [judgement] = runContract(reduced, [...MARCH, ...held]);
  assert.deepEqual(
    [judgement!.verdict, judgement!.usage!.at, judgement!.usage!.limit],
    ['violation', '2025-03-15T00:00:00Z', 2],
  );
});

test('months are those of the contract: the same use is one month in UTC and another in Berlin', () => {
  const records = [
    use('checkout', '2025-03-31T22:10:00Z', 'ann'),
    use('checkin', '2025-03-31T22:20:00Z', 'ann'),
  ];
  const log = [...spanning('2025-03-01T00:00:00Z', '2025-05-01T00:00:00Z'), ...records];
  const periods = (zone: string) =>
    runContract(seats(1).replace('UTC', zone), log).map(({ usage }) => usage!.period);
  assert.deepEqual([periods('UTC'), periods('Europe/Berlin')], [['2025-03'], ['2025-04']]);
});

test('check-outs without a check-in are proven at their own instant only', () => {
  const records = ['ann', 'bob', 'cid'].map((actor, index) =>
    use('checkout', `2025-03-03T1${index}:00:00Z`, actor),
  );
  const [judgement] = runContract(seats(2), [...MARCH, ...records]);
  assert.deepEqual(codes([judgement!]), ['undetermined license-undetermined']);
  assert.equal(
    judgement!.message,
    'license "editor" in 2025-03: between 1 and 3 seats in use, expected at most 2 (from 2025-01-01): 3 sessions have no check-in',
  );
  assert.deepEqual(
    [judgement!.place, ...judgement!.related].map(({ line }) => line),
    [3, 4, 5],
  );
});

test('a check-out on top of proven sessions is proof, even if its own check-in is lost', () => {
  const [judgement] = runContract(seats(2), [...MARCH, ...THREE.slice(0, 5)]);
  assert.deepEqual([judgement!.verdict, judgement!.usage!.holders], ['violation', ['ann', 'bob', 'cid']]);
});

test('the contract can say what a missing check-in means', () => {
  const records = ['ann', 'bob'].map((actor, index) => use('checkout', `2025-03-03T1${index}:00:00Z`, actor));
  const verdict = (clause: string) => runContract(seats(1, clause), [...MARCH, ...records])[0]!.verdict;
  assert.deepEqual(
    [
      'missingCheckin: keep-open',
      'missingCheckin: in-use',
      'missingCheckin: PT1H',
      'missingCheckin: PT2H',
    ].map(verdict),
    ['undetermined', 'violation', 'satisfied', 'violation'],
  );
});

test('a check-in without a check-out may be a session as old as the log', () => {
  const records = [
    ...session('ann', '03T10:00:00', '03T11:00:00'),
    use('checkin', '2025-03-20T10:00:00Z', 'bob'),
  ];
  const [judgement] = runContract(seats(1), [...MARCH, ...records]);
  assert.deepEqual(codes([judgement!]), ['undetermined license-undetermined']);
  assert.match(judgement!.message, /between 1 and 2 seats in use.*1 check-in has no check-out/);
  assert.equal(runContract(seats(2), [...MARCH, ...records])[0]!.verdict, 'satisfied');
});

test('use without a readable time may have been at any time', () => {
  const records = [...session('ann', '03T10:00:00', '03T11:00:00'), use('checkout', 'yesterday', 'bob')];
  assert.deepEqual(
    [1, 2].map((quantity) => runContract(seats(quantity), [...MARCH, ...records])[0]!.verdict),
    ['undetermined', 'satisfied'],
  );
  const [undated] = runContract(seats(9), [...MARCH, use('checkout', 'yesterday', 'bob')]);
  assert.deepEqual([undated!.verdict, undated!.usage!.period], ['undetermined', 'undated']);
});

test('an event that names no feature may be use of any license', () => {
  const nameless = use('checkout', '2025-03-03T10:30:00Z', 'bob', { license: undefined });
  const records = [...session('ann', '03T10:00:00', '03T11:00:00'), nameless];
  const [judgement] = runContract(seats(1), [...MARCH, ...records]);
  assert.match(judgement!.message, /1 event names no feature/);
  assert.equal(judgement!.verdict, 'undetermined');
});

test('a check-in that names only its session ends it', () => {
  const records = [
    use('checkout', '2025-03-03T10:00:00Z', 'ann', { session: 's1' }),
    use('checkin', '2025-03-03T11:00:00Z', 'ann', { session: 's1', license: undefined }),
    ...session('bob', '03T12:00:00', '03T13:00:00'),
  ];
  assert.equal(runContract(seats(1), [...MARCH, ...records])[0]!.verdict, 'satisfied');
});

test('linger keeps a seat after its check-in', () => {
  const records = [
    ...session('ann', '03T10:00:00', '03T11:00:00'),
    ...session('bob', '03T11:20:00', '03T12:00:00'),
  ];
  const verdict = (clause: string) => runContract(seats(1, clause), [...MARCH, ...records])[0]!.verdict;
  assert.deepEqual(['', 'linger: PT20M', 'linger: PT21M'].map(verdict), [
    'satisfied',
    'satisfied',
    'violation',
  ]);
});

test('sessions of one person on one host count once where the contract shares them', () => {
  const records = [
    ...session('ann', '03T10:00:00', '03T11:00:00', { host: 'h1', session: 's1' }),
    ...session('ann', '03T10:00:00', '03T11:00:00', { host: 'h1', session: 's2' }),
    ...session('ann', '03T10:00:00', '03T11:00:00', { host: 'h2', session: 's3' }),
  ].sort((a, b) => ((a as { time: string }).time < (b as { time: string }).time ? -1 : 1));
  const used = (clause: string) => runContract(seats(9, clause), [...MARCH, ...records])[0]!.usage!.used;
  assert.deepEqual(['', 'share: [person, host]', 'share: [person]'].map(used), [3, 2, 1]);
});

test('people are merged and service accounts excluded as the contract says', () => {
  const head = 'people: {same: [{person: ann, as: [a.meyer]}], exclude: [{match: "svc-*", because: "§4.2"}]}';
  const records = [
    use('use', '2025-03-03T10:00:00Z', 'ann'),
    use('use', '2025-03-03T10:01:00Z', 'A.Meyer'),
    use('use', '2025-03-03T10:02:00Z', 'svc-ci'),
  ];
  const yaml = seats(1, '', head).replace(
    'count seats each instant take max over month',
    'count distinct person over month',
  );
  const [judgement] = runContract(yaml, [...MARCH, ...records]);
  assert.deepEqual(
    [judgement!.verdict, judgement!.usage!.used, judgement!.usage!.holders],
    ['satisfied', 1, ['ann']],
  );
  assert.deepEqual(codes(runContract(yaml.replace(head, ''), [...MARCH, ...records])), [
    'violation users-exceeded',
  ]);
});

const TERM = 'term: {from: 2025-03-05, until: 2025-03-20, grace: P2D}';

test('use before the term and after its grace are findings of their own; within the grace is none', () => {
  const records = ['04T23:59:59', '05T00:00:00', '21T23:59:59', '22T00:00:00', '25T00:00:00'].map((time) =>
    use('use', `2025-03-${time}Z`, 'ann'),
  );
  const judgements = runContract(seats(9, '', TERM), [...MARCH, ...records]).filter(
    ({ verdict }) => verdict === 'violation',
  );
  assert.deepEqual(
    judgements.map(({ code, message }) => `${code}: ${message}`),
    [
      'use-before-start: license "editor": used once, at 2025-03-04T23:59:59Z, by "ann", although the term begins 2025-03-05',
      'use-after-expiry: license "editor": used 2 times from 2025-03-22T00:00:00Z until 2025-03-25T00:00:00Z by "ann", although the term ended 2025-03-20 and its grace of 2d',
    ],
  );
});

test('a session that outlives the license is use after expiry, and one that ends with it is not', () => {
  const expires = (records: object[]) =>
    codes(runContract(seats(9, 'expires: 2025-03-10'), [...MARCH, ...records])).filter((code) =>
      code.includes('expiry'),
    );
  assert.deepEqual(expires(session('ann', '09T10:00:00', '10T00:00:00')), []);
  assert.deepEqual(expires(session('ann', '09T10:00:00', '10T00:00:01')), ['violation use-after-expiry']);
  assert.deepEqual(expires([use('checkout', '2025-03-09T10:00:00Z', 'ann')]), [
    'undetermined use-after-expiry',
  ]);
});

test('before the first quantity the limit is unknown, and without any it always is', () => {
  const early = seats(9).replace('2025-01-01', '2025-03-10');
  assert.match(
    runContract(early, [...MARCH, ...THREE])[0]!.message,
    /3 seats in use, limit unknown: no quantity is in force before 2025-03-10$/,
  );
  const none = seats(9).replace(/ {4}quantity.*\n/, '');
  assert.deepEqual(codes(runContract(none, [...MARCH, ...THREE])), ['undetermined license-undetermined']);
});

test('unlimited is within whatever is used and whatever is in doubt', () => {
  const unlimited = seats(9).replace(/quantity:.*/, 'unlimited: true');
  const [judgement] = runContract(unlimited, [...MARCH, ...THREE.slice(0, 5)]);
  assert.deepEqual([judgement!.verdict, judgement!.usage!.limit], ['satisfied', null]);
});

test('a month that the log does not span is undetermined, in a low voice, and an excess in it is an excess', () => {
  const part = spanning('2025-03-01T00:00:00Z', '2025-03-16T00:00:00Z');
  const [within] = runContract(seats(3), [...part, ...THREE]);
  assert.deepEqual([within!.verdict, within!.severity], ['undetermined', 'informational']);
  assert.match(within!.message, /the log spans 48.3 % of the period .*expected 99 %$/);
  assert.equal(runContract(seats(2), [...part, ...THREE])[0]!.verdict, 'violation');
  assert.equal(
    runContract(seats(3, '', 'evidence: {coverage: 40%}'), [...part, ...THREE])[0]!.verdict,
    'satisfied',
  );
});

test('one lost check-in is one doubt, not one for each later month', () => {
  const log = spanning('2025-03-01T00:00:00Z', '2025-12-31T23:59:59Z');
  const records = [
    use('checkout', '2025-03-03T10:00:00Z', 'ann'),
    use('checkout', '2025-03-03T11:00:00Z', 'bob'),
  ];
  assert.deepEqual(codes(runContract(seats(1), [...log, ...records])), ['undetermined license-undetermined']);
});

test('a license without use in the log is said to be unseen, at the contract', () => {
  const [judgement] = runContract(seats(3), MARCH);
  assert.deepEqual(
    [judgement!.code, judgement!.verdict, judgement!.severity],
    ['license-unseen', 'undetermined', 'informational'],
  );
  assert.equal(`${judgement!.place.file}:${judgement!.place.line}`, 'licenses.yaml:5');
});

test('use that no license covers is a finding for each feature and version', () => {
  const yaml = seats(9).replace('feature: editor', 'feature: [editor], version: "<= 2025.1"');
  const records = [
    use('use', '2025-03-03T10:00:00Z', 'ann', { version: '2025.1' }),
    use('use', '2025-03-03T10:00:00Z', 'ann', { version: '2025.2' }),
    use('use', '2025-03-03T10:00:00Z', 'bob', { license: 'solver' }),
    use('use', '2025-03-04T10:00:00Z', 'cid', { license: 'solver' }),
  ];
  const found = runContract(yaml, [...MARCH, ...records]).filter(({ code }) => code === 'unlicensed-use');
  assert.deepEqual(
    found.map(({ message, count }) => [message, count]),
    [
      [
        'feature "editor" in version "2025.2" used once by "ann", first at 2025-03-03T10:00:00Z, covered by no license of contract "ACME-2025-017"',
        1,
      ],
      [
        'feature "solver" used 2 times by "bob", "cid", first at 2025-03-03T10:00:00Z, covered by no license of contract "ACME-2025-017"',
        2,
      ],
    ],
  );
});

test('a license for every feature leaves nothing uncovered and takes events without one', () => {
  const all = seats(1).replace('feature: editor', 'feature: "*"');
  const records = [
    use('use', '2025-03-03T10:00:00Z', 'ann', { license: undefined }),
    use('use', '2025-03-03T10:00:00Z', 'bob', { license: 'solver' }),
  ];
  assert.deepEqual(codes(runContract(all, [...MARCH, ...records])), ['violation seats-exceeded']);
});

test('a term is a period of its own: use outside it is no use of it', () => {
  const yaml = seats(1, '', TERM).replace('take max over month', 'take max over term');
  const records = [
    ...session('ann', '01T10:00:00', '02T11:00:00'),
    ...session('bob', '01T10:00:00', '02T11:00:00'),
    ...session('cid', '10T10:00:00', '10T11:00:00'),
  ];
  const judgements = runContract(yaml, [
    ...MARCH,
    ...records.sort((a, b) => ((a as { time: string }).time < (b as { time: string }).time ? -1 : 1)),
  ]);
  assert.deepEqual(
    judgements.map(({ verdict, code, usage }) => [verdict, code, usage?.period]),
    [
      ['satisfied', 'seats-exceeded', '2025-03-05/2025-03-20'],
      ['violation', 'use-before-start', undefined],
    ],
  );
});

test('text of the log is quoted and escaped in every message', () => {
  const actor = 'ann\u001b[2J"\u202e';
  const records = [
    use('use', '2025-03-03T10:00:00Z', actor),
    use('use', '2025-03-03T10:00:00Z', 'x', { license: actor }),
  ];
  for (const { message } of runContract(seats(0), [...MARCH, ...records]))
    assert.doesNotMatch(message, /[\u001b\u202e]/);
});
