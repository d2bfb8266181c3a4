/** The contract file: what it becomes, and every mistake with its place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { formatInstant } from '../../src/base/instant.ts';
import { ONE } from '../../src/licenses/amount.ts';
import { parseContract } from '../../src/licenses/parse-contract.ts';
import { formatProblem } from '../../src/model/problem.ts';

const WHOLE = `# a contract with everything that this version reads
contract: {id: ACME-2025-017, licensor: Nimbus, timezone: Europe/Berlin}
term: {from: 2025-01-01, until: 2026-01-01, grace: P14D}
people:
  key: email
  same: [{person: mia@acme.de, as: [mmeyer, mia]}]
  exclude: [{match: "svc-*", because: "§4.2"}]
events: {open: [vpn.login, "lic.*.out"], close: vpn.logout, use: []}
fields: {feature: [product, license.name], session: session, quantity: seats}
evidence: {coverage: 95.5%, ifMissing: indeterminate}
measures:
  floating: count seats each instant take max over month
  people: count distinct person over quarter
  calls: count sum(units.used) each event take sum over month
licenses:
  - id: editor
    covers: {feature: [editor, "editor-*"], version: "<= 2025.1"}
    measure: floating
    share: [person, host]
    linger: PT30M
    missingCheckin: PT12H
    quantity:
      - {from: 2025-01-01, set: 25}
      - {from: 2025-07-01, add: 10, by: Amendment-1, cost: {per: seat-month, prorate: day}}
      - {from: 2025-10-01, supersede: 30.5, by: PO-4711}
    expires: 2025-12-01
  - {id: 007, covers: {feature: api}, measure: calls, unlimited: true}
  - {id: inline, covers: {feature: suite}, measure: count events over term, quantity: [{from: 2025-01-01, set: unlimited}]}
`;

test('a whole contract becomes plain data, with dates at local midnight', () => {
  const { contract, problems } = parseContract('licenses.yaml', WHOLE);
  assert.deepEqual(problems, []);
  assert.deepEqual(structuredClone(contract), contract);
  const [editor, api, inline] = contract!.licenses;
  assert.equal(formatInstant(contract!.term!.from!.instant), '2024-12-31T23:00:00Z');
  assert.deepEqual(
    editor!.quantity.map(({ from, verb, amount, by }) => [formatInstant(from.instant), verb, amount, by]),
    [
      ['2024-12-31T23:00:00Z', 'set', 25n * ONE, undefined],
      ['2025-06-30T22:00:00Z', 'add', 10n * ONE, 'Amendment-1'],
      ['2025-09-30T22:00:00Z', 'supersede', (61n * ONE) / 2n, 'PO-4711'],
    ],
  );
  assert.deepEqual(editor!.measure, {
    name: 'floating',
    sentence: 'count seats each instant take max over month',
    count: { what: 'seats' },
    over: 'month',
  });
  assert.deepEqual(
    [editor!.line, editor!.share, editor!.linger, editor!.missingCheckin],
    [16, ['person', 'host'], 1_800_000_000_000n, { after: 43_200_000_000_000n }],
  );
  assert.equal(editor!.term!.until.text, '2025-12-01');
  assert.deepEqual(
    [api!.id, api!.unlimited, api!.measure.count],
    ['007', true, { what: 'sum', field: { taxonomy: 'raw', name: 'units.used' } }],
  );
  assert.deepEqual([inline!.quantity[0]!.amount, inline!.measure.over], ['unlimited', 'term']);
  assert.deepEqual(contract!.events, {
    open: ['vpn.login', 'lic.*.out'],
    close: ['vpn.logout'],
    use: [],
    denied: ['license.denied'],
    upgrade: ['license.upgrade'],
  });
  assert.deepEqual(contract!.fields.session, [{ taxonomy: 'audit', name: 'session' }]);
  assert.deepEqual([contract!.people.key, contract!.coverage], [[{ taxonomy: 'raw', name: 'email' }], 95.5]);
});

/** Every mistake of the file at once, in order of their places. */
function mistakes(yaml: string): string[] {
  const { contract, problems } = parseContract('licenses.yaml', yaml);
  assert.equal(contract, undefined);
  return problems.map(formatProblem);
}

const BAD = `contract: {id: ACME, timezone: Europe/Berlim}
term: {from: 2025-01-01, until: 2024-01-01, grace: P1M}
tiers: {basic: [view]}
poeple: {}
people:
  teams: {cae: [ann]}
  same: [{person: ann, as: [am]}, {person: bob, as: AM}]
evidence: {coverage: 120%, keep: P2Y}
measures:
  floating: count seats each minute take max over month
  peruser: "count distinct persn over month"
  typo: count seats each instant take maximum over month
  rolling: count events over rolling 30d
  late: count seats over month anchored 15
licenses:
  - id: editor
    covers: {feature: editor, tier: pro}
    measure: flaoting
    share: [person, device]
    linger: 30 minutes
    quantity:
      - {from: 2025-02-30, set: 25}
      - {from: 2025-07-01, add: 10}
      - {from: 2025-08-01, set: many}
      - {from: 2025-09-01, set: 1, add: 2, by: A-9}
    reserve: {cae: 10}
  - id: viewer
    covers: {}
    measure: count seats over term
    quantity: [{from: 2025-01-01, add: 5, by: A-1}]
    unlimited: true
    expires: 2025-12-31
    term: {until: 2025-12-31}
  - just a text
`;

test('twenty-odd mistakes get their messages at once, each with line, column, expected and found', () => {
  assert.deepEqual(mistakes(BAD), [
    'licenses.yaml:1:32: expected an IANA time zone such as Europe/Berlin, found "Europe/Berlim", did you mean "Europe/Berlin"?',
    'licenses.yaml:2:33: expected a day after 2025-01-01, for terms are half-open, found "2024-01-01"',
    'licenses.yaml:2:52: expected a duration such as PT30M, P14D or 12h, found "P1M"',
    'licenses.yaml:3:1: "tiers" is not supported yet',
    'licenses.yaml:4:1: unknown key "poeple" in the contract file, did you mean "people"?',
    'licenses.yaml:6:3: "teams" is not supported yet',
    'licenses.yaml:7:53: "AM" cannot be both "ann" and "bob"',
    'licenses.yaml:8:22: expected a percentage between 0% and 100%, found "120%"',
    'licenses.yaml:8:28: "keep" is not supported yet',
    'licenses.yaml:10:30: "each minute" is not supported yet for "seats", expected "each instant"',
    'licenses.yaml:11:28: expected person or host after "distinct", found "persn", did you mean "person"?',
    'licenses.yaml:12:39: expected a statistic (max, p95, p99, drop-top, mean, sum, last), found "maximum"',
    'licenses.yaml:13:30: "over rolling" is not supported yet',
    'licenses.yaml:14:32: "anchored" is not supported yet',
    'licenses.yaml:17:31: "tier" is not supported yet',
    'licenses.yaml:18:14: expected the name of a measure of this file, found "flaoting", did you mean "floating"?',
    'licenses.yaml:19:12: expected person or host, found "device"',
    'licenses.yaml:20:13: expected a duration such as PT30M, P14D or 12h, found "30 minutes"',
    'licenses.yaml:22:16: expected a day between 1990-01-01 and 2199-12-31, found "2025-02-30"',
    'licenses.yaml:23:9: expected "by" with the document that carries the "add", found none',
    'licenses.yaml:24:33: expected a number or "unlimited", found "many"',
    'licenses.yaml:25:9: expected one of "set", "add", "supersede", found "set" and "add"',
    'licenses.yaml:26:5: "reserve" is not supported yet',
    'licenses.yaml:28:13: expected "feature" in "covers", found none',
    'licenses.yaml:29:14: the measure "count seats over term" runs over the term, but no "term" with "from" is stated',
    'licenses.yaml:30:5: expected no "quantity" beside "unlimited: true"',
    'licenses.yaml:30:16: expected "set" or "supersede" as the first quantity, found "add" from 2025-01-01: there is nothing to add to',
    'licenses.yaml:32:5: expected either "expires" or "term", found both',
    'licenses.yaml:34:5: expected a license (id, covers, measure, quantity), found "just a text"',
  ]);
});

test('what is missing is said where it is missing', () => {
  assert.deepEqual(mistakes(''), [
    'licenses.yaml:1:1: expected a contract (contract, term, people, measures, licenses), found nothing',
  ]);
  assert.deepEqual(mistakes('contract: {id: A}\nlicenses: []\n'), [
    'licenses.yaml:1:11: expected "timezone" in "contract", found none',
    'licenses.yaml:2:11: expected at least one license, found none',
  ]);
  assert.deepEqual(
    mistakes('contract: {id: A, timezone: UTC}\nlicenses:\n  - {covers: {feature: x}, measure: m}\n'),
    [
      'licenses.yaml:3:5: expected "id" in the license, found none',
      'licenses.yaml:3:37: expected the name of a measure of this file, found "m"',
    ],
  );
});

test('YAML mistakes have their place too', () => {
  assert.deepEqual(mistakes('contract: {id: A, id: B, timezone: UTC}\n'), [
    'licenses.yaml:1:19: the key "id" stands here twice, first on line 1',
  ]);
  assert.deepEqual(mistakes('contract: {}\n---\na: b\n'), [
    'licenses.yaml:2:1: expected one YAML document, found another',
  ]);
  assert.match(mistakes('contract: [unclosed\n')[0]!, /^licenses.yaml:2:1: no valid YAML: /);
});

test('two totals of one date, two licenses of one id, and a first amendment without a base are refused', () => {
  const yaml = `contract: {id: A, timezone: UTC}
licenses:
  - {id: x, covers: {feature: x}, measure: count events over month, quantity: [{from: 2025-01-01, set: 1}, {from: 2025-01-01, supersede: 2, by: B}]}
  - {id: x, covers: {feature: x}, measure: count events over month, quantity: [{from: 2025-01-01, add: 1, by: B}]}
`;
  assert.deepEqual(mistakes(yaml), [
    'licenses.yaml:3:108: two totals are stated for 2025-01-01, expected one',
    'licenses.yaml:4:5: the license "x" stands twice',
    'licenses.yaml:4:80: expected "set" or "supersede" as the first quantity, found "add" from 2025-01-01: there is nothing to add to',
  ]);
});

test('a short file cannot unfold to a long one', () => {
  const lines = Array.from(
    { length: 9 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
  );
  assert.match(
    mistakes(`l0: &l0 [x]\n${lines.join('\n')}\n`)[0]!,
    /^licenses\.yaml:1:10: the document has more than 200000 values, aliases counted at each use$/,
  );
});

test('a line of indicators, a deep file and a huge one are refused, not followed', () => {
  assert.deepEqual(mistakes('- '.repeat(200_000)), ['licenses.yaml:1:1: line 1 nests deeper than 64 levels']);
  assert.deepEqual(mistakes(`contract: ${'['.repeat(70)}${']'.repeat(70)}\n`), [
    'licenses.yaml:1:75: collections nest deeper than 64 levels',
  ]);
  assert.deepEqual(mistakes(`# ${'x'.repeat(1024 * 1024)}`), [
    'licenses.yaml: the file has 1048578 characters, at most 1048576 are read',
  ]);
});

test('a key without a value is a mistake, also of a clause that may be absent', () => {
  const contract =
    'contract: {id: A, timezone: UTC}\nlicenses: [{id: x, covers: {feature: x}, measure: count events over month}]\n';
  assert.deepEqual(mistakes(`${contract}people:\nterm: {until}\n`), [
    'licenses.yaml:3:8: expected a mapping of "key", "same", "exclude", found nothing',
    'licenses.yaml:4:8: expected a day between 1990-01-01 and 2199-12-31, found nothing',
  ]);
});

test('a number is taken without quotes only, in any form that YAML and people write', () => {
  const amounts = (written: string) =>
    parseContract(
      'licenses.yaml',
      `contract: {id: A, timezone: UTC}\nlicenses: [{id: x, covers: {feature: x}, measure: count events over month, quantity: [{from: 2025-01-01, set: ${written}}]}]\n`,
    );
  for (const [written, amount] of [
    ['+10', 10n],
    ['007', 7n],
    ['1e3', 1000n],
  ] as const) {
    assert.equal(amounts(written).contract!.licenses[0]!.quantity[0]!.amount, amount * ONE, written);
  }
  assert.deepEqual(
    ['"25"', '0x10', '25 seats'].map((written) => amounts(written).problems.map(({ message }) => message)),
    [
      ['expected a number or "unlimited", found "25"'],
      ['expected a number of at least 0 in decimal digits, found "0x10"'],
      ['expected a number or "unlimited", found "25 seats"'],
    ],
  );
});

test('a measure written over two lines has its mistake where it begins', () => {
  const yaml = `contract: {id: A, timezone: UTC}\nmeasures:\n  m: count seats each minute\n    take max over month\nlicenses: []\n`;
  assert.equal(
    mistakes(yaml)[0],
    'licenses.yaml:3:6: "each minute" is not supported yet for "seats", expected "each instant"',
  );
});

test('the JSON Schema for editors takes what the parser takes and refuses what it refuses', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../rules/schemas/licenses.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv2020({ allowUnionTypes: true, allErrors: true }).compile(schema);
  const asJson = (yaml: string): unknown => parse(yaml);
  assert.equal(
    validate(asJson(WHOLE.replace('id: 007', 'id: "007"'))),
    true,
    JSON.stringify(validate.errors),
  );
  assert.equal(validate(asJson(BAD)), false);
  const paths = new Set(validate.errors!.map(({ instancePath }) => instancePath));
  for (const path of [
    '',
    '/licenses/0',
    '/licenses/0/share/1',
    '/licenses/0/quantity/3',
    '/licenses/1/covers',
    '/licenses/2',
    '/people',
    '/evidence/coverage',
  ]) {
    assert.ok(paths.has(path), `${path} is refused`);
  }
});
