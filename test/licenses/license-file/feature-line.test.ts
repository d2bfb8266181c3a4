/** FEATURE and INCREMENT lines: what each attribute becomes, and that a line means the same however it is laid out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LocalDate } from '../../../src/base/time-zone.ts';
import type { FeatureLine } from '../../../src/licenses/license-file/feature-line.ts';
import { rounds } from '../../support/rounds.ts';
import { linesOf } from './read-license.ts';

function lineOf(text: string): FeatureLine {
  const [line] = linesOf(text);
  return line!;
}

test('a line with everything that is read', () => {
  const line = lineOf(`INCREMENT solver acmelmd 2026.1 31-dec-2026 25 \\
\tVENDOR_STRING="cpu 8" HOSTID=001122334455 \\
\tISSUED=1-Jan-2026 START=2-jan-2026 SUPERSEDE="old older" DUP_GROUP=HU OVERDRAFT=2 LINGER=600 \\
\tBORROW=24 sort=50 SN=4711 NOTICE="a # is no comment here" TS_OK V7.1_LK=0011 ck=12 asset_info=x \\
\tAUTH={acmelmd=( LK=00 SIGN="0011 2233")} SIGN="0011 2233 4455"
`);
  assert.deepEqual(line, {
    keyword: 'INCREMENT',
    feature: 'solver',
    vendor: 'acmelmd',
    version: '2026.1',
    expires: { year: 2026, month: 12, day: 31 },
    count: 25,
    start: { year: 2026, month: 1, day: 2 },
    issued: { year: 2026, month: 1, day: 1 },
    supersedes: ['solver', 'old', 'older'],
    dupGroup: ['U', 'H'],
    overdraft: 2,
    linger: 600,
    borrow: 24,
    sort: 50,
    pooling: new Map([
      ['BORROW', '24'],
      ['DUP_GROUP', 'HU'],
      ['HOSTID', '001122334455'],
      ['VENDOR_STRING', 'cpu 8'],
    ]),
    // Without the remarks, which are not signed.
    written:
      'INCREMENT solver acmelmd 2026.1 31-dec-2026 25 VENDOR_STRING="cpu 8" HOSTID=001122334455 ISSUED=1-Jan-2026 ' +
      'START=2-jan-2026 SUPERSEDE="old older" DUP_GROUP=HU OVERDRAFT=2 LINGER=600 BORROW=24 SN=4711 ' +
      'NOTICE="a # is no comment here" TS_OK V7.1_LK=0011 AUTH={acmelmd=( LK=00 SIGN="0011 2233")} SIGN="0011 2233 4455"',
    file: 'license.dat',
    line: 1,
  });
});

test('never is written in many ways', () => {
  for (const never of ['permanent', 'PERMANENT', '0', '1-jan-0', '1-jan-00', '01-jan-0000', '1-jan-1900'])
    assert.equal(lineOf(`FEATURE f acmelmd 1.0 ${never} 5 SIGN=00`).expires, 'permanent', never);
});

test('a count of 0 is uncounted, which is unlimited and not nothing', () => {
  for (const count of ['0', '000', 'uncounted', 'UNCOUNTED'])
    assert.equal(lineOf(`FEATURE f acmelmd 1.0 permanent ${count} HOSTID=ANY`).count, 'uncounted', count);
});

test('lines before version 7.1 have their key after the count, and none of it is kept', () => {
  assert.equal(lineOf('FEATURE f acmelmd 1.0 1-jan-2027 5 1AB2C3D4E5F60718 ck=99').count, 5);
});

const day: fc.Arbitrary<LocalDate> = fc.record(
  {
    year: fc.integer({ min: 1990, max: 2199 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  },
  { noNullPrototype: true },
);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const write = ({ year, month, day }: LocalDate) => `${day}-${MONTHS[month - 1]}-${year}`;

const written = fc.record(
  {
    keyword: fc.constantFrom('FEATURE' as const, 'INCREMENT' as const),
    feature: fc.stringMatching(/^[A-Za-z][\w-]{0,9}$/),
    vendor: fc.stringMatching(/^[a-z]{1,8}$/),
    version: fc.stringMatching(/^\d{1,4}(\.\d{1,3})?$/),
    expires: fc.oneof(fc.constant('permanent' as const), day),
    count: fc.integer({ min: 1, max: 999_999_999 }),
    start: fc.option(day, { nil: undefined }),
    issued: day,
    supersede: fc.option(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 3 }), { nil: undefined }),
    overdraft: fc.nat(9),
    linger: fc.nat(9999),
    vendorString: fc.option(fc.stringMatching(/^[\w #={}\\]{0,9}\w$/), { nil: undefined }),
    gaps: fc.array(fc.constantFrom(' ', '\t  ', ' \\\n', ' \\\r\n\t', '\\  \n  '), {
      minLength: 12,
      maxLength: 12,
    }),
  },
  { noNullPrototype: true },
);

test('rendered and parsed again, a line is the same whatever its layout', () => {
  fc.assert(
    fc.property(written, (w) => {
      const words = [
        w.keyword,
        w.feature,
        w.vendor,
        w.version,
        w.expires === 'permanent' ? w.expires : write(w.expires),
        String(w.count),
        `ISSUED=${write(w.issued)}`,
        ...(w.start ? [`START=${write(w.start)}`] : []),
        ...(w.supersede
          ? [w.supersede.length > 0 ? `SUPERSEDE="${w.supersede.join(' ')}"` : 'SUPERSEDE']
          : []),
        `OVERDRAFT=${w.overdraft} LINGER=${w.linger}`,
        ...(w.vendorString === undefined ? [] : [`VENDOR_STRING="${w.vendorString}"`]),
      ];
      const text = words.map((word, index) => `${word}${w.gaps[index]}`).join('');
      const line = lineOf(`# head\n${text}SIGN="00"\n`);
      const names = [w.feature, ...(w.supersede ?? [])].map((name) => name.toLowerCase());
      assert.deepEqual(
        { ...line, pooling: line.pooling.get('VENDOR_STRING') },
        {
          keyword: w.keyword,
          feature: w.feature,
          vendor: w.vendor,
          version: w.version,
          expires: w.expires,
          count: w.count,
          ...(w.start && { start: w.start }),
          issued: w.issued,
          ...(w.supersede && { supersedes: [...new Set(names)] }),
          dupGroup: 'NONE',
          overdraft: w.overdraft,
          linger: w.linger,
          sort: 100,
          pooling: w.vendorString,
          written: `${words.join(' ')} SIGN="00"`,
          file: 'license.dat',
          line: 2,
        },
      );
    }),
    { numRuns: rounds(200, 5000) },
  );
});
