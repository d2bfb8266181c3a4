/** Every mistake in a license or options file is told, all at once, with its line and column. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatProblem } from '../../../src/model/problem.ts';
import { rounds } from '../../support/rounds.ts';
import { contractOf, licensesOf, mistakesOf } from './read-license.ts';

const BAD = `INCREMNT solver acmelmd 2026.1 permanent 5 SIGN=00
FEATURE solver acmelmd
FEATURE a acmelmd 2026.1 31-dez-2026 5 SIGN=00
FEATURE b acmelmd 2026.1 31-dec-26 5 SIGN=00
FEATURE c acmelmd 2026.1 30-feb-2026 5 SIGN=00
FEATURE d acmelmd 2026.1 permanent many SIGN=00
FEATURE e acmelmd 2026.1 permanent -5 SIGN=00
FEATURE f acmelmd 2026.1 permanent 5 SUPERSEDE SIGN=00
FEATURE g acmelmd 2026.1 permanent 5 DUP_GROUP=UX SIGN=00
FEATURE h acmelmd 2026.1 permanent 5 OVERDRAFT=two \\
    LINGER=-1 SIGN=00
FEATURE i acmelmd 2026.1 permanent 5 START=2026-01-01 ISSUED=1-foo-2026
FEATURE j acmelmd 2026.1 permanent 5 VENDOR_STRNG="x"
FEATURE k acmelmd 2026.1 permanent 5 CAPACITY SIGN=00
FEATURE l acmelmd 2026.1 permanent 5 SN=1 SN=2
FEATURE m acmelmd 2026.1 permanent 5 NOTICE="not closed
FEATURE n* acmelmd 2026.1 permanent 5
FEATURE o acmelmd >=2 permanent 5
UPGRADE p acmelmd 1.0 2.0 permanent 5
PACKAGE q
PACKAGE r acmelmd SIGN=00
PACKAGE s acmelmd COMPONENTS="t::0 u" OPTIONS=SUIT
PACKAGE v acmelmd COMPONENTS="w::2" OPTIONS=SUITE
acmelmd-f1-00737-55296-1825
FEATURE x acmelmd 1 permanent 5
FEATURE x othrlmd 1 permanent 5
`;

test('twenty-odd mistakes get their messages at once, each with line, column, expected and found', () => {
  assert.deepEqual(mistakesOf(BAD), [
    'license.dat:1:1: unknown keyword "INCREMNT", did you mean "INCREMENT"?',
    'license.dat:2:1: expected feature, vendor, version, expiry and count after FEATURE, found 2 of 5',
    'license.dat:3:26: expected a day such as 31-dec-2026 or permanent, found "31-dez-2026"',
    'license.dat:4:26: expected a day such as 31-dec-2026 or permanent, found "31-dec-26"',
    'license.dat:5:26: expected a day such as 31-dec-2026 or permanent, found "30-feb-2026"',
    'license.dat:6:36: expected a count between 0 and 999999999, found "many"',
    'license.dat:7:36: expected a count between 0 and 999999999, found "-5"',
    'license.dat:8:38: expected ISSUED= beside SUPERSEDE, for it replaces what was issued before, found none',
    'license.dat:9:38: expected NONE, SITE or letters of UHDV for DUP_GROUP, found "UX"',
    'license.dat:10:38: expected a number for OVERDRAFT between 0 and 999999999, found "two"',
    'license.dat:11:5: expected a number for LINGER between 0 and 999999999, found "-1"',
    'license.dat:12:38: expected a day such as 31-dec-2026 for START, found "2026-01-01"',
    'license.dat:12:55: expected a day such as 31-dec-2026 for ISSUED, found "1-foo-2026"',
    'license.dat:13:38: unknown attribute "VENDOR_STRNG", did you mean "VENDOR_STRING"?',
    'license.dat:14:38: "CAPACITY" is not reckoned with: what may be used depends on it',
    'license.dat:15:43: the attribute "SN" stands twice',
    'license.dat:16:38: expected a closing quote or brace before the end of the line',
    'license.dat:17:9: expected the name of a feature, found "n*"',
    'license.dat:18:19: expected a version such as 2026.1, found ">=2"',
    'license.dat:19:1: "UPGRADE" is not reckoned with: ask for INCREMENT lines of the new version',
    'license.dat:20:1: expected name and vendor after PACKAGE, found 1 of 2',
    'license.dat:21:1: expected COMPONENTS="feature …" in PACKAGE, found none',
    'license.dat:22:19: expected a component such as feature:1.0:2, found "t::0"',
    'license.dat:22:39: expected SUITE or SUITE_RESERVED for OPTIONS, found "SUIT"',
    'license.dat:23:19: expected no counts in the COMPONENTS of a suite',
    'license.dat:24:1: a license in decimal format is not read: convert it with lminstall',
    'license.dat:26:1: the feature "x" is of the vendors "acmelmd" and "othrlmd": name one with "vendor"',
  ]);
});

const GOOD = 'FEATURE solver acmelmd 2026.1 permanent 5 SIGN=00\n';

test('an options file has its mistakes too', () => {
  const options = `# who may use what
GROUP cae ann bob
RESERVE 2 solver GROUP cae
LINGER solver
MAX_OVERDRAFT solver many
NOLOG IN OTU
NOLOG
LINGRE solver 600
`;
  assert.deepEqual(mistakesOf(GOOD, '[{file: license.dat, options: vendor.opt}]', options), [
    'vendor.opt:4:1: expected a feature and seconds after LINGER, found "solver"',
    'vendor.opt:5:1: expected a feature and licenses after MAX_OVERDRAFT, found "solver many"',
    'vendor.opt:6:10: expected one of DENIED, DEQUEUED, IN, OUT, QUEUED, UNSUPPORTED, UPGRADE after NOLOG, found "OTU", did you mean "OUT"?',
    'vendor.opt:7:1: expected one of DENIED, DEQUEUED, IN, OUT, QUEUED, UNSUPPORTED, UPGRADE after NOLOG, found none',
    'vendor.opt:8:1: unknown keyword "LINGRE" in an options file, did you mean "LINGER"?',
  ]);
});

test('what licenseFiles says is checked as well', () => {
  assert.deepEqual(mistakesOf(GOOD, '[{file: license.dat, poolByVendorString: maybe}]'), [
    'licenses.yaml:2:56: expected true or false, found "maybe"',
  ]);
  assert.deepEqual(mistakesOf(GOOD, '[{path: license.dat}]'), [
    'licenses.yaml:2:16: expected "file" in "licenseFiles", found none',
    'licenses.yaml:2:17: unknown key "path" in "licenseFiles"',
  ]);
  assert.deepEqual(mistakesOf(GOOD, 'license.dat'), [
    'licenses.yaml:2:15: expected a list of license files, found "license.dat"',
  ]);
  assert.deepEqual(mistakesOf(GOOD, '[other.dat]'), [
    'licenses.yaml:2:16: the file "other.dat" cannot be read',
  ]);
  assert.deepEqual(mistakesOf('Dear customer,\nhere are your licenses.\n'), [
    'license.dat: expected FEATURE or INCREMENT lines, found none',
  ]);
});

test('a license of the contract and one of a license file cannot share an id', () => {
  const yaml = `contract: {id: A, timezone: UTC}
licenseFiles: [license.dat]
licenses: [{id: solver, covers: {feature: solver}, measure: count events over month, unlimited: true}]
`;
  const { problems } = contractOfYaml(yaml);
  assert.deepEqual(problems.map(formatProblem), ['licenses.yaml:2:15: the license "solver" stands twice']);
});

function contractOfYaml(yaml: string) {
  return contractOf({ 'license.dat': GOOD }, `[license.dat]\n${yaml.split('\n').slice(2).join('\n')}`);
}

test('the vendor that is named is read alone, its mistakes too', () => {
  const text = `FEATURE x acmelmd 1 permanent 5\nFEATURE x othrlmd 1 permanent many\n`;
  const [license, ...others] = licensesOf(text, '[{file: license.dat, vendor: ACMElmd}]');
  assert.deepEqual([license!.id, others.length], ['x', 0]);
});

test('text of a mail around the lines is no license', () => {
  assert.equal(licensesOf(`Dear customer,\n\nplease install this:\n${GOOD}Regards\n`).length, 1);
});

// An expression that tries again at each place, or lines joined one by one, would take 10^11 steps: many minutes.
test('hostile text of megabytes is read, up to a bound', () => {
  const hostile = `FEATURE ${'"'.repeat(500_001)}\n${'{'.repeat(500_000)}\n${'\\\n'.repeat(500_000)}`;
  assert.notDeepEqual(mistakesOf(hostile), []);
  assert.deepEqual(mistakesOf(' '.repeat(8 * 1024 * 1024 + 1)), [
    'license.dat: the file has 8388609 characters, at most 8388608 are read',
  ]);
});

const piece = fc.constantFrom(
  ...[
    'FEATURE',
    'INCREMENT',
    'PACKAGE',
    'SERVER',
    'f',
    'g',
    'v',
    '1.0',
    '2.0',
    'permanent',
    '1-jan-2026',
    '0',
    '5',
    '99999999999',
  ],
  ...[
    'ISSUED=1-jan-2026',
    'START=1-feb-2026',
    'SUPERSEDE',
    'SUPERSEDE="f g"',
    'DUP_GROUP=UHD',
    'OVERDRAFT=2',
    'COMPONENTS="f:2.0:3 g"',
  ],
  ...[
    'OPTIONS=SUITE',
    'HOSTID=ANY',
    'SIGN=',
    '=',
    '"',
    '{',
    '}',
    '\\',
    '\\\n',
    '\n',
    '\n',
    ' ',
    '#',
    '\u0000',
    '\uD800',
    '\r',
  ],
);

test('any text is judged without a throw: licenses, or mistakes with a place in it', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.boolean(), (pieces, isSpaced) => {
      const text = pieces.join(isSpaced ? ' ' : '');
      const { contract, problems } = contractOf({ 'license.dat': text });
      assert.equal(contract === undefined, problems.length > 0);
      const lines = text.split(/\r\n|\n|\r/);
      for (const { line, column, file } of problems) {
        if (file !== 'license.dat' || line === 0) continue;
        assert.ok(line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 1);
      }
    }),
    { numRuns: rounds(500, 20_000) },
  );
});
