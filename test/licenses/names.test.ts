/** Who and where somebody is: names in several spellings, aliases of aliases, check-ins that name a session alone, countries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { atMinute, editorContract, MARCH, runContract, session, set, use } from './run-contract.ts';

const distinct = (quantity: number, head = '', key = 'person', each = '') =>
  editorContract({ measure: `count distinct ${key}${each} over month`, quantity: set(quantity), head });

function verdictsOf(yaml: string, records: readonly object[]): string[] {
  return runContract(yaml, [...MARCH, ...records]).map(({ verdict, code, usage }) =>
    `${verdict} ${code} ${usage?.used ?? ''}`.trimEnd(),
  );
}

test('a name is one person, however its accents are composed', () => {
  const records = [use('use', atMinute(0), 'Jos\u00e9'), use('use', atMinute(1), 'JOSE\u0301')];
  assert.deepEqual(verdictsOf(distinct(1), records), ['satisfied users-exceeded 1']);
  const head = 'people: {same: [{person: Jose\u0301, as: [jm]}]}';
  assert.deepEqual(verdictsOf(distinct(1, head), [...records, use('use', atMinute(2), 'jm')]), [
    'satisfied users-exceeded 1',
  ]);
});

test('another name of somebody is no person of another entry', () => {
  const head = 'people: {same: [{person: mia2, as: [mia1]}, {person: Mia1, as: [mm]}]}';
  const { problems } = parseContract('licenses.yaml', distinct(1, head));
  assert.deepEqual(
    problems.map(({ line, message }) => [line, message]),
    [[3, 'expected the name that counts, found "Mia1", which is another name of "mia2"']],
  );
  const own = 'people: {same: [{person: mia, as: [mia, mm]}]}';
  assert.deepEqual(parseContract('licenses.yaml', distinct(1, own)).problems, []);
});

test('a check-in that names its session alone is of whoever checked out', () => {
  const records = (close: object) => [
    use('checkout', atMinute(0), 'ann', { session: 's', host: 'h1' }),
    { ...use('checkin', atMinute(60), 'ann', { session: 's' }), ...close },
  ];
  for (const key of ['person', 'host'])
    assert.deepEqual(verdictsOf(distinct(1, '', key), records({ actor: undefined })), [
      'satisfied users-exceeded 1',
    ]);
  // Of a session that nobody opened it may be anybody's.
  const orphan = records({ actor: undefined, session: 'other' });
  assert.match(verdictsOf(distinct(1), orphan)[0]!, /^undetermined/);
});

test('what a contract ended before is not the session of a check-in that names no other', () => {
  const more = 'missingCheckin: PT1H';
  const yaml = editorContract({ measure: 'count distinct person over month', quantity: set(1), more });
  const records = [
    use('checkout', atMinute(0), 'ann', { session: 's' }),
    { ...use('checkin', atMinute(120), 'ann', { session: 'other' }), actor: undefined },
  ];
  assert.match(verdictsOf(yaml, records)[0]!, /^undetermined/);
});

test('a code that ISO 3166-1 does not assign names no country', () => {
  const yaml = (countries: string) => editorContract({ quantity: set(1), more: `countries: ${countries}` });
  const from = (country: string) => session('ann', 0, 60, { country });
  for (const code of ['UK', 'EU', 'XX', 'ZZ', 'EL', 'A1']) {
    const [, country] = verdictsOf(yaml('{not: [GB]}'), from(code));
    assert.equal(country, 'undetermined country-not-licensed', code);
    const { problems } = parseContract('licenses.yaml', yaml(`{not: [${code}]}`));
    assert.match(problems[0]!.message, /expected a country by ISO 3166-1 alpha-2/, code);
  }
  assert.deepEqual(verdictsOf(yaml('{not: [GB]}'), from('fr')), ['satisfied seats-exceeded 1']);
});

test('a measure whose days are those of UTC is refused in another zone', () => {
  const yaml = (measure: string, zone: string) =>
    editorContract({ measure, quantity: set(1) }).replace('timezone: UTC', `timezone: ${zone}`);
  for (const measure of ['datadog-hosts', 'snowflake-storage', 'snowflake-cloud-services']) {
    assert.deepEqual(parseContract('licenses.yaml', yaml(measure, 'Etc/UTC')).problems, []);
    const [problem] = parseContract('licenses.yaml', yaml(measure, 'Europe/Berlin')).problems;
    assert.match(problem!.message, /expected "timezone: UTC", by which .* counts, found "Europe\/Berlin"/);
    assert.equal(problem!.line, 7);
  }
});

test('models that one pattern fits are added up before they are rounded', () => {
  const measure = '"oracle-processor times 0.5 for xeon*, 1 for power*"';
  const head = 'term: {from: 2025-03-01, until: 2025-04-01}';
  const cores = ['Xeon E5-2680', 'Xeon E5-2690', 'xeon e5-2690', 'Xeon Gold'].map((cpu, index) =>
    use('use', '2025-03-01T00:00:00Z', 'agent', { host: `h${index}`, cores: 1, cpu }),
  );
  assert.deepEqual(verdictsOf(editorContract({ measure, quantity: set(2), head }), cores), [
    'satisfied quantity-exceeded 2',
  ]);
});

test('another type in one system may stand in the place of the one before', () => {
  const head = 'term: {from: 2025-03-01, until: 2025-04-01}\nfields: {seat: system}';
  const measure = '"sap-named times 0 for professional*, 1 for limited*"';
  const grant = (action: string, minute: number, who: string, type: string, system: string) =>
    use(action, atMinute(minute), who, { user_type: type, system });
  const judge = (...records: object[]) =>
    verdictsOf(editorContract({ measure, quantity: set(1), head }), [
      grant('assign', 0, 'ann', 'Limited', 'P1'),
      grant('assign', 1, 'bob', 'Professional', 'P1'),
      ...records,
    ])[0];
  assert.match(judge(grant('assign', 2, 'bob', 'Limited', 'P1'))!, /^undetermined license-undetermined/);
  // In another system both stand, and what was revoked does not.
  assert.equal(judge(grant('assign', 2, 'bob', 'Limited', 'P2')), 'satisfied users-exceeded 1');
  assert.equal(
    judge(grant('revoke', 2, 'bob', 'Professional', 'P1'), grant('assign', 3, 'bob', 'Limited', 'P1')),
    'violation users-exceeded 2',
  );
});
