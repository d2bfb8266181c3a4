/** The contract file: what it becomes, and every mistake with its place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { formatInstant } from '../../src/base/instant.ts';
import { ONE } from '../../src/licenses/contract/amount.ts';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { formatProblem } from '../../src/model/problem.ts';

const WHOLE = `# a contract with everything that this version reads
contract: {id: ACME-2025-017, licensor: Nimbus, timezone: Europe/Berlin}
term: {from: 2025-01-01, until: 2026-01-01, grace: P14D}
people:
  key: email
  same: [{person: mia@acme.de, as: [mmeyer, mia]}, {person: bob@acme.de, as: mmeyer, from: 2025-03-01}]
  exclude: [{match: "svc-*", because: "§4.2"}]
  teams: {cae: [mia@acme.de, "*@cae.acme.de"], dev: "*@dev.acme.de"}
events: {open: [vpn.login, "lic.*.out"], close: vpn.logout, use: [], borrow: vpn.borrow, restart: [vpn.up]}
fields: {feature: [product, license.name], session: session, quantity: seats, daemon: vendor}
evidence: {coverage: 95.5%, ifMissing: full-capacity, keep: P2Y}
tiers: {basic: [view, export], pro: [basic, edit, api], enterprise: [pro, sso]}
bundles: {cae-suite: {nastran: 13, Adams: 2.5}}
measures:
  floating: count seats each instant take max over month
  people: count distinct person over quarter
  calls: count sum(units.used) each event take sum over month
  hosts: count distinct host each hour take drop-top 1% over month
  cores: count level(cores) by cpu each instant take max over quarter times 0.5 for xeon*, 1 for * round up
  named: count assigned person each day at 23:50 take max over term at least 25 times 1.5 round half
  active: count distinct account_id each 28d take max over month anchored 31
  credits: count sum(seconds) each event at least 60 take sum over month
  spend: count events over rolling 30d
licenses:
  - id: editor
    covers: {feature: [editor, "editor-*"], version: "<= 2025.1"}
    measure: floating
    share: [person, host]
    linger: PT30M
    missingCheckin: PT12H
    quantity:
      - {from: 2025-01-01, set: 25}
      - {from: 2025-07-01, add: 10, by: Amendment-1, cost: {per: seat-month, prorate: day, rate: 12.50 EUR}}
      - {from: 2025-10-01, supersede: 40.5, by: PO-4711}
    expires: 2025-12-01
    trueDown: {at: anniversary, floor: 20}
    overage: {allow: 12.5%, round: half, for: P3D, then: true-up, rate: 120 EUR/seat-month}
    reserve: {cae: 10, dev: 2.5}
    reassign: {hold: P90D, unless: [leaver, hardware-failure]}
    devices: {max: 3, atOnce: 1}
    countries: {only: [DE, at, NO]}
  - {id: 007, covers: {feature: api}, measure: calls, unlimited: true, rollover: {max: 20%, for: P1M}, late: {accept: P5D, then: own-period}, missingCheckin: close-at-restart, borrow: P7D}
  - {id: plan, covers: {tier: enterprise, environment: [production, "prod-*"]}, measure: people}
  - {id: tokens, covers: {bundle: cae-suite}, measure: floating}
  - {id: metered, covers: {feature: gateway, meter: [api.calls, "api.*.calls"]}, measure: calls}
  - {id: inline, covers: {feature: suite}, measure: count events over term, quantity: [{from: 2025-01-01, set: unlimited}]}
`;

test('a whole contract becomes plain data, with dates at local midnight', () => {
  const { contract, problems } = parseContract('licenses.yaml', WHOLE);
  assert.deepEqual(problems, []);
  assert.deepEqual(structuredClone(contract), contract);
  const [editor, api, plan, tokens, metered, inline] = contract!.licenses;
  assert.equal(formatInstant(contract!.term!.from!.instant), '2024-12-31T23:00:00Z');
  assert.deepEqual(
    editor!.quantity.map(({ from, verb, amount, by }) => [formatInstant(from.instant), verb, amount, by]),
    [
      ['2024-12-31T23:00:00Z', 'set', 25n * ONE, undefined],
      ['2025-06-30T22:00:00Z', 'add', 10n * ONE, 'Amendment-1'],
      ['2025-09-30T22:00:00Z', 'supersede', (81n * ONE) / 2n, 'PO-4711'],
    ],
  );
  assert.deepEqual(editor!.measure, {
    name: 'floating',
    sentence: 'count seats each instant take max over month',
    count: { what: 'seats' },
    each: { kind: 'instant' },
    take: { kind: 'max' },
    over: 'month',
    anchor: 1,
    adjust: {},
  });
  assert.deepEqual(
    [editor!.line, editor!.share, editor!.linger, editor!.missingCheckin],
    [25, ['person', 'host'], 1_800_000_000_000n, { after: 43_200_000_000_000n }],
  );
  assert.equal(editor!.term!.until.text, '2025-12-01');
  assert.deepEqual(
    [api!.id, api!.unlimited, api!.measure.count],
    ['007', true, { what: 'sum', field: { taxonomy: 'raw', name: 'units.used' } }],
  );
  assert.deepEqual(plan!.covers, {
    features: ['sso', 'edit', 'api', 'view', 'export'],
    meters: [],
    environments: ['production', 'prod-*'],
    tier: 'enterprise',
  });
  assert.deepEqual(tokens!.covers.weights, [
    { feature: 'nastran', weight: 13n * ONE },
    { feature: 'adams', weight: (5n * ONE) / 2n },
  ]);
  assert.deepEqual(
    [metered!.covers.features, metered!.covers.meters],
    [['gateway'], ['api.calls', 'api.*.calls']],
  );
  assert.deepEqual([inline!.quantity[0]!.amount, inline!.measure.over], ['unlimited', 'term']);
  assert.deepEqual(contract!.events, {
    open: ['vpn.login', 'lic.*.out'],
    close: ['vpn.logout'],
    use: [],
    denied: ['license.denied'],
    borrow: ['vpn.borrow'],
    restart: ['vpn.up'],
    assign: ['license.assign'],
    revoke: ['license.revoke'],
    upgrade: ['license.upgrade'],
    cancel: ['license.cancel', 'billing.meter_event_adjustment'],
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
  teams: {caes: [ann]}
  same: [{person: ann, as: [am]}, {person: bob, as: AM}]
evidence: {coverage: 120%, keep: P2Y}
measures:
  floating: count seats each event take max over month
  peruser: "count distinct persn over month"
  typo: count seats each instant take maximum over month
  rolling: count seats over rolling 30d
  late: count seats over month anchored 32
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
    'licenses.yaml:4:1: unknown key "poeple" in the contract file, did you mean "people"?',
    'licenses.yaml:7:53: "AM" cannot be both "ann" and "bob"',
    'licenses.yaml:8:22: expected a percentage between 0% and 100%, found "120%"',
    'licenses.yaml:10:30: "each event" has no meaning for "seats", expected "each instant" or "each minute", "each 15min", "each hour", "each day"',
    'licenses.yaml:11:28: expected person, host or a field after "distinct", found "persn", did you mean "person"?',
    'licenses.yaml:12:39: expected a statistic (max, p95, p99, drop-top, mean, sum, last), found "maximum"',
    'licenses.yaml:13:29: "over rolling" counts whole windows of distinct keys, sums or events, expected no "each" and "take" beside it',
    'licenses.yaml:14:41: expected a day from 1 to 31 after "anchored", found "32"',
    'licenses.yaml:17:37: expected the name of a tier of this file, found "pro"',
    'licenses.yaml:18:14: expected the name of a measure of this file, found "flaoting", did you mean "floating"?',
    'licenses.yaml:19:12: expected person or host, found "device"',
    'licenses.yaml:20:13: expected a duration such as PT30M, P14D or 12h, found "30 minutes"',
    'licenses.yaml:22:16: expected a day between 1990-01-01 and 2199-12-31, found "2025-02-30"',
    'licenses.yaml:23:9: expected "by" with the document that carries the "add", found none',
    'licenses.yaml:24:33: expected a number or "unlimited", found "many"',
    'licenses.yaml:25:9: expected one of "set", "add", "supersede", found "set" and "add"',
    'licenses.yaml:26:15: expected a team of "people", found "cae", did you mean "caes"?',
    'licenses.yaml:28:13: expected "feature", "tier", "bundle" or "meter" in "covers", found none',
    'licenses.yaml:29:14: the measure "count seats over term" runs over the term, but no "term" with "from" is stated',
    'licenses.yaml:30:5: expected no "quantity" beside "unlimited: true"',
    'licenses.yaml:30:16: expected "set" or "supersede" as the first quantity, found "add" from 2025-01-01: there is nothing to add to',
    'licenses.yaml:32:5: expected either "expires" or "term", found both',
    'licenses.yaml:34:5: expected a license (id, covers, measure, quantity), found "just a text"',
  ]);
});

test('twenty kinds of mistakes are twenty messages at once, none of which hides another', () => {
  const vector = (kind: string) =>
    readFileSync(
      new URL(`../../fixtures/vectors/license-contract/twenty-mistakes.${kind}`, import.meta.url),
      'utf8',
    );
  const found = mistakes(vector('yaml'));
  assert.equal(found.length, 20);
  assert.equal(`${found.join('\n')}\n`, vector('txt'));
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
    'licenses.yaml:3:8: expected a mapping of "key", "same", "exclude", "teams", found nothing',
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
  const yaml = `contract: {id: A, timezone: UTC}\nmeasures:\n  m: count seats each event\n    take max over month\nlicenses: []\n`;
  assert.equal(
    mistakes(yaml)[0],
    'licenses.yaml:3:6: "each event" has no meaning for "seats", expected "each instant" or "each minute", "each 15min", "each hour", "each day"',
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
  const named = '[license.dat, {file: a.lic, options: a.opt, vendor: v, poolByVendorString: true}]';
  const head = 'contract: {id: A, timezone: UTC}\n';
  assert.equal(validate(asJson(`${head}licenseFiles: ${named}\n`)), true);
  assert.equal(validate(asJson(`${head}licenseFiles: [{path: license.dat}]\n`)), false);
  assert.equal(validate(asJson(head)), false);
  assert.equal(validate(asJson(BAD)), false);
  const paths = new Set(validate.errors!.map(({ instancePath }) => instancePath));
  for (const path of [
    '',
    '/licenses/0/linger',
    '/licenses/0/share/1',
    '/licenses/0/quantity/3',
    '/licenses/1/covers',
    '/licenses/2',
    '/evidence/coverage',
  ]) {
    assert.ok(paths.has(path), `${path} is refused`);
  }
});
