/** What a license covers: tiers, bundles of tokens, meters, environments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { rounds } from '../support/rounds.ts';
import { editorContract, MARCH, runContract, session, set, use } from './run-contract.ts';

function contract(covers: string, quantity: number, head = '', sentence = 'count seats over month'): string {
  return `
contract: {id: ACME-2025-017, timezone: UTC}
${head}
licenses:
  - id: suite
    covers: ${covers}
    measure: ${sentence}
    quantity: [{from: 2025-01-01, set: ${quantity}}]
`;
}

const at = (clock: string) => `2025-03-03T${clock}:00Z`;

function judged(yaml: string, records: object[]): string[] {
  return runContract(yaml, [...MARCH, ...records]).map(({ verdict, code, usage, message }) =>
    usage === undefined ? `${code}: ${message.split(', first')[0]}` : `${verdict} ${usage.used}`,
  );
}

const TIERS = 'tiers: {basic: [view, "export-*"], pro: [basic, edit], enterprise: [pro, SSO]}';

test('a tier covers what it adds and what the tiers that it names add; above it is unlicensed, with the tier', () => {
  const records = ['view', 'Export-PDF', 'edit', 'sso', 'draw'].map((license, index) =>
    use('use', at(`0${index}:00`), 'ann', { license }),
  );
  const perEvent = 'count events over month';
  assert.deepEqual(judged(contract('{tier: pro}', 9, TIERS, perEvent), records), [
    'satisfied 3',
    'unlicensed-use: feature "sso" of tier "enterprise" (licensed: "pro") used once by "ann"',
    'unlicensed-use: feature "draw" used once by "ann"',
  ]);
  assert.deepEqual(judged(contract('{tier: basic, feature: draw}', 9, TIERS, perEvent), records), [
    'satisfied 3',
    'unlicensed-use: feature "edit" of tier "pro" (licensed: "basic") used once by "ann"',
    'unlicensed-use: feature "sso" of tier "enterprise" (licensed: "basic") used once by "ann"',
  ]);
});

test('tiers that name each other are refused, each ring once', () => {
  const yaml = contract('{tier: a}', 1, 'tiers: {a: [b, x], b: [c], c: [a], d: [d], e: [a]}');
  assert.deepEqual(
    parseContract('licenses.yaml', yaml).problems.map(
      ({ line, column, message }) => `${line}:${column} ${message}`,
    ),
    [
      '3:12 the tier "a" names itself, by way of others or not',
      '3:39 the tier "d" names itself, by way of others or not',
    ],
  );
});

const BUNDLE = 'bundles: {cae: {nastran: 13, adams: 2.5}}';

test('a session of a bundle counts the tokens of its feature, times its quantity', () => {
  const records = [
    use('checkout', at('09:00'), 'ann', { license: 'Nastran' }),
    use('checkout', at('09:10'), 'bob', { license: 'adams', quantity: 2 }),
    use('checkin', at('10:00'), 'bob', { license: 'adams', quantity: 2 }),
    use('checkin', at('10:10'), 'ann', { license: 'nastran' }),
  ];
  assert.deepEqual(judged(contract('{bundle: cae}', 18, BUNDLE), records), ['satisfied 18']);
  assert.deepEqual(judged(contract('{bundle: cae}', 17, BUNDLE), records), ['violation 18']);
});

test('features of a bundle that the same person uses are sessions of their own, whatever the product is called', () => {
  const of = (feature: string) => ({ license: 'cae-suite', feature });
  const records = [
    use('checkout', at('09:00'), 'ann', of('nastran')),
    use('checkout', at('09:10'), 'ann', of('adams')),
    use('checkin', at('10:00'), 'ann', of('nastran')),
    use('checkout', at('10:01'), 'bob', of('nastran')),
    use('checkin', at('11:00'), 'bob', of('nastran')),
    use('checkin', at('12:00'), 'ann', of('adams')),
  ];
  assert.deepEqual(judged(contract('{bundle: cae}', 15.5, BUNDLE), records), ['satisfied 15.5']);
});

test('the tokens of a bundle equal a count of every minute', () => {
  const weights = { nastran: 13, adams: 2.5, view: 1 } as const;
  const features = Object.keys(weights) as (keyof typeof weights)[];
  const session = fc.record({
    from: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 1, max: 15 }),
    feature: fc.constantFrom(...features),
    quantity: fc.integer({ min: 1, max: 3 }),
  });
  const clock = (minute: number) => at(`09:${String(minute).padStart(2, '0')}`);
  fc.assert(
    fc.property(fc.array(session, { minLength: 1, maxLength: 8 }), (sessions) => {
      const records = sessions.flatMap(({ from, length, feature, quantity }, index) => {
        const more = { license: feature, quantity, session: `s${index}` };
        return [use('checkout', clock(from), 'ann', more), use('checkin', clock(from + length), 'ann', more)];
      });
      const peak = Array.from({ length: 60 }, (_, minute) =>
        sessions
          .filter(({ from, length }) => from <= minute && minute < from + length)
          .reduce((sum, { feature, quantity }) => sum + weights[feature] * quantity, 0),
      ).reduce((a, b) => Math.max(a, b));
      const yaml = contract('{bundle: cae}', 999, 'bundles: {cae: {nastran: 13, adams: 2.5, view: 1}}');
      assert.deepEqual(judged(yaml, records), [`satisfied ${peak}`]);
    }),
    { numRuns: rounds(20, 3000) },
  );
});

test('a bundle is refused where its tokens would not count', () => {
  const problems = (yaml: string) =>
    parseContract('licenses.yaml', yaml).problems.map(({ message }) => message);
  assert.deepEqual(problems(contract('{bundle: cae}', 1, BUNDLE, 'count events over month')), [
    'the tokens of a bundle are counted by "count seats" only, found "count events over month"',
  ]);
  assert.deepEqual(problems(contract('{bundle: caee}', 1, 'bundles: {cae: {}, b: {x: 0}}')), [
    'expected at least one feature, found none',
    'expected more than 0 tokens, found 0',
    'expected the name of a bundle of this file, found "caee", did you mean "cae"?',
  ]);
});

test('a license for an environment leaves other environments out, which are then unlicensed', () => {
  const records = ['production', 'Staging', undefined].map((environment, index) =>
    use('use', at(`0${index}:00`), 'ann', { environment }),
  );
  const yaml = contract('{feature: editor, environment: prod*}', 9, '', 'count events over month');
  assert.deepEqual(judged(yaml, records), [
    'satisfied 2',
    'unlicensed-use: feature "editor" in environment "Staging" used once by "ann"',
  ]);
});

test('a meter is covered by its name, and its events are no doubt of other licenses', () => {
  const meter = (code: string, tokens: number, clock: string) =>
    use('use', at(clock), 'ann', { license: undefined, code, tokens });
  const yaml = `${contract('{meter: api.*}', 10, '', 'count sum(tokens) over month')}
  - {id: editor, covers: {feature: editor}, measure: count seats over month, quantity: [{from: 2025-01-01, set: 1}]}
`;
  const records = [
    meter('api.calls', 4, '09:00'),
    meter('api.bytes', 5.5, '09:01'),
    meter('mail.sent', 1, '09:02'),
    use('use', at('09:03'), 'bob'),
  ];
  assert.deepEqual(judged(yaml, records), [
    'satisfied 9.5',
    'satisfied 1',
    'unlicensed-use: meter "mail.sent" used once by "ann"',
  ]);
});

test('an event whose feature is empty names none, and may be use of any license', () => {
  const yaml = editorContract({ quantity: set(1) });
  const [month, ...others] = runContract(yaml, [
    ...MARCH,
    ...session('ann', 0, 60),
    ...session('bob', 10, 20, { license: '' }),
  ]);
  assert.equal(month!.verdict, 'undetermined');
  assert.match(month!.message, /between 1 and 2 seats in use.*1 event names no feature/);
  assert.deepEqual(others, []);
});
