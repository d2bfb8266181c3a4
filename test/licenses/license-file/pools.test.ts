/** What license files grant, day by day: each rule by an example, and all of them against a plain twin. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatInstant } from '../../../src/base/instant.ts';
import type { LocalDate } from '../../../src/base/time-zone.ts';
import { toNumber } from '../../../src/licenses/contract/amount.ts';
import type { License } from '../../../src/licenses/contract/contract.ts';
import { isVersionCovered } from '../../../src/licenses/contract/versions.ts';
import { rounds } from '../../support/rounds.ts';
import { contractOf, licensesOf, linesOf, seatsOn } from './read-license.ts';

const on = (month: number, day: number, year = 2026): LocalDate => ({ year, month, day });

function only(text: string, yaml?: string, options?: string): License {
  const [license, ...others] = licensesOf(text, yaml, options);
  assert.equal(others.length, 0);
  return license!;
}

describe('the seats of a feature', () => {
  test('INCREMENT lines add up, from the day of issue or start on', () => {
    const license = only(`INCREMENT f v 1.0 permanent 5 ISSUED=1-jan-2026
INCREMENT F v 1.0 permanent 3 ISSUED=1-feb-2026
INCREMENT f v 1.0 permanent 2 ISSUED=1-feb-2026 START=1-mar-2026`);
    const days = [on(12, 31, 2025), on(1, 1), on(1, 31), on(2, 1), on(2, 28), on(3, 1)];
    assert.deepEqual(
      days.map((day) => seatsOn(license, day)),
      [undefined, 5, 5, 8, 8, 10],
    );
    assert.deepEqual(
      license.quantity.map(({ by }) => by),
      ['license.dat:1', 'license.dat:1, 2', 'license.dat:1, 2, 3'],
    );
  });

  test('a line without a date counts ever since', () => {
    const license = only('INCREMENT f v 1.0 permanent 5');
    assert.equal(formatInstant(license.quantity[0]!.from.instant), '1990-01-01T00:00:00Z');
  });

  test('a line ends at the start of the day that is printed, in the zone of the contract', () => {
    const license = only(`INCREMENT f v 1.0 1-feb-2026 5 ISSUED=1-jan-2026
INCREMENT f v 1.0 1-mar-2026 2 ISSUED=1-jan-2026`);
    assert.deepEqual(
      [on(1, 31), on(2, 1)].map((day) => seatsOn(license, day)),
      [7, 2],
    );
    assert.deepEqual([license.term!.until.text, license.term!.from], ['2026-03-01', undefined]);
    assert.equal(license.quantity.length, 2);
  });

  test('a term has a beginning where every line has a START', () => {
    const license = only(`INCREMENT f v 1.0 1-mar-2026 5 START=15-jan-2026
INCREMENT f v 1.0 1-mar-2026 2 START=1-feb-2026`);
    assert.deepEqual([license.term!.from!.text, license.term!.until.text], ['2026-01-15', '2026-03-01']);
  });

  test('between two terms nothing is granted', () => {
    const license = only(`INCREMENT f v 1.0 1-feb-2026 5 START=1-jan-2026
INCREMENT f v 1.0 1-apr-2026 5 START=1-mar-2026`);
    assert.deepEqual(
      [on(1, 9), on(2, 9), on(3, 9), on(4, 9)].map((day) => seatsOn(license, day)),
      [5, 0, 5, 0],
    );
  });

  test('of FEATURE lines the first counts: the highest version, then the last issued, then as they stand', () => {
    const seats = (text: string) => seatsOn(only(text), on(6, 1));
    assert.equal(seats('FEATURE f v 1.0 permanent 5\nFEATURE f v 2.0 permanent 3'), 3);
    assert.equal(
      seats('FEATURE f v 1.0 permanent 5 ISSUED=1-jan-2025\nFEATURE f v 1.0 permanent 3 ISSUED=1-jan-2026'),
      3,
    );
    assert.equal(seats('FEATURE f v 1.0 permanent 5\nFEATURE f v 1.0 permanent 3'), 5);
    assert.equal(seats('FEATURE f v 1.0 permanent 5\nFEATURE f v 1.0 permanent 3 sort=99'), 3);
    assert.equal(
      seats('INCREMENT f v 1.0 permanent 2\nFEATURE f v 1.0 permanent 5\nFEATURE f v 1.0 permanent 3'),
      7,
    );
  });

  test('SUPERSEDE replaces what was issued before, and what was issued on the same day stands beside it', () => {
    const license = only(`INCREMENT f v 1.0 permanent 5 ISSUED=1-jan-2026
INCREMENT f v 1.0 permanent 3 ISSUED=1-feb-2026 SUPERSEDE
INCREMENT f v 1.0 permanent 4 ISSUED=1-feb-2026 SUPERSEDE`);
    assert.deepEqual(
      [on(1, 31), on(2, 1)].map((day) => seatsOn(license, day)),
      [5, 7],
    );
  });

  test('SUPERSEDE="…" replaces other features too', () => {
    const [old, young] = licensesOf(`INCREMENT old v 1.0 permanent 5 ISSUED=1-jan-2026
INCREMENT young v 2.0 permanent 3 ISSUED=1-feb-2026 SUPERSEDE="OLD"`);
    assert.deepEqual([old!.id, seatsOn(old!, on(1, 31)), seatsOn(old!, on(2, 1))], ['old', 5, 0]);
    assert.equal(old!.term!.until.text, '2026-02-01');
    assert.deepEqual([young!.id, seatsOn(young!, on(2, 1))], ['young', 3]);
  });

  test('an undated line is taken to be superseded, which is said', () => {
    const license = only(`INCREMENT f v 1.0 permanent 5
INCREMENT f v 1.0 permanent 3 ISSUED=1-feb-2026 SUPERSEDE`);
    assert.equal(seatsOn(license, on(2, 1)), 3);
    assert.deepEqual(license.open!.exceeded, ['license.dat:1 has no ISSUED= and is taken to be superseded']);
  });

  test('uncounted is unlimited; locked to a host beside counted seats it adds nothing, which is said', () => {
    assert.equal(
      seatsOn(only('FEATURE f v 1.0 permanent uncounted HOSTID=001122334455'), on(6, 1)),
      'unlimited',
    );
    assert.equal(
      seatsOn(only('INCREMENT f v 1.0 permanent 3\nINCREMENT f v 1.0 permanent 0 HOSTID=ANY'), on(6, 1)),
      'unlimited',
    );
    const license = only('INCREMENT f v 1.0 permanent 3\nINCREMENT f v 1.0 permanent 0 HOSTID=001122334455');
    assert.equal(seatsOn(license, on(6, 1)), 3);
    assert.deepEqual(license.open!.exceeded, [
      'license.dat:2 grants uncounted use on one host, which events do not tell apart',
    ]);
  });

  test('what may be overdrawn is granted, up to what the options file lets of it', () => {
    const text = 'INCREMENT f v 1.0 permanent 5 OVERDRAFT=3';
    assert.equal(seatsOn(only(text), on(6, 1)), 8);
    const yaml = '[{file: license.dat, options: vendor.opt}]';
    assert.equal(seatsOn(only(text, yaml, 'MAX_OVERDRAFT F 1'), on(6, 1)), 6);
  });
});

describe('the terms of a feature', () => {
  test('DUP_GROUP says by whom seats are shared, as far as events name it', () => {
    const share = (group: string) => only(`FEATURE f v 1.0 permanent 5 ${group}`);
    assert.deepEqual(share('DUP_GROUP=UH').share, ['person', 'host']);
    assert.deepEqual(share('DUP_GROUP=H').share, ['host']);
    assert.deepEqual([share('').share, share('').open], [[], undefined]);
    assert.deepEqual([share('DUP_GROUP=NONE').share, share('DUP_GROUP=NONE').open], [[], undefined]);
    assert.deepEqual(share('DUP_GROUP=UHD').share, []);
    assert.match(
      share('DUP_GROUP=UHD').open!.exceeded[0]!,
      /^DUP_GROUP=UHD asks for more than user and host/,
    );
    assert.equal(seatsOn(share('DUP_GROUP=SITE'), on(6, 1)), 'unlimited');
    const mixed = only(
      'INCREMENT f v 1.0 permanent 5 DUP_GROUP=U\nINCREMENT f v 1.0 permanent 5 DUP_GROUP=H',
    );
    assert.match(mixed.open!.exceeded[0]!, /^its lines share seats by U and H/);
  });

  test('the version is a ceiling', () => {
    assert.deepEqual(only('INCREMENT f v 2025.2 permanent 5\nINCREMENT f v 2025.10 permanent 5').covers, {
      features: ['f'],
      meters: [],
      version: { comparison: '<=', version: '2025.2', decimal: true },
    });
  });

  test('versions are decimal numbers to FlexNet, and what either reading covers is covered', () => {
    const { version } = only('FEATURE f v 2025.2 permanent 5').covers;
    for (const covered of ['2025.2', '2025.1', '2025.10', '2025.19', '2024.9', undefined])
      assert.equal(isVersionCovered(covered, version), true, covered);
    for (const newer of ['2025.3', '2026', '2025.21', '2025.2.1'])
      assert.equal(isVersionCovered(newer, version), false, newer);
  });

  test('the term of the contract holds for lines that never expire, and its grace for all', () => {
    const { contract } = contractOf(
      { 'license.dat': 'FEATURE f v 1.0 permanent 5\nFEATURE g v 1.0 1-mar-2026 5' },
      '[license.dat]\nterm: {from: 2026-01-01, until: 2027-01-01, grace: P14D}',
    );
    const [f, g] = contract!.licenses.map(({ term }) => [term!.from!.text, term!.until.text, term!.grace]);
    const grace = 14n * 86_400_000_000_000n;
    assert.deepEqual(
      [f, g],
      [
        ['2026-01-01', '2027-01-01', grace],
        ['2026-01-01', '2026-03-01', grace],
      ],
    );
  });

  test('files keep their order, and lines sort within each', () => {
    const { contract } = contractOf(
      { a: 'FEATURE f v 1.0 permanent 5', b: 'FEATURE f v 2.0 permanent 3\nINCREMENT f v 2.0 permanent 1' },
      '[a, b]',
    );
    const [license] = contract!.licenses;
    assert.deepEqual([seatsOn(license!, on(6, 1)), license!.quantity[0]!.by], [6, 'a:1, b:2']);
  });

  test('the longest linger counts, of the lines and of the options file', () => {
    const yaml = '[{file: license.dat, options: vendor.opt}]';
    assert.equal(only('FEATURE f v 1.0 permanent 5 LINGER=60', yaml, 'LINGER f 30').linger, 60_000_000_000n);
    assert.equal(
      only('FEATURE f v 1.0 permanent 5 LINGER=60', yaml, 'LINGER f:SN=1 90').linger,
      90_000_000_000n,
    );
  });

  test('borrowed seats end after the longest time that a line lends them, a week where it gives none', () => {
    const hours = (text: string) => (only(text).borrow ?? 0n) / 3_600_000_000_000n;
    assert.deepEqual(
      [
        'FEATURE f v 1 permanent 5',
        'FEATURE f v 1 permanent 5 BORROW',
        'FEATURE f v 1 permanent 5 BORROW=24',
      ].map(hours),
      [0n, 168n, 24n],
    );
    const mixed = only('INCREMENT f v 1 permanent 5 BORROW=24\nINCREMENT f v 1 permanent 5 BORROW=48');
    assert.deepEqual([mixed.borrow, mixed.open!.exceeded.length], [172_800_000_000_000n, 1]);
  });

  test('pools that differ keep "within" open, beyond what fits into the smallest', () => {
    const open = only(`INCREMENT f v 1.0 permanent 5 VENDOR_STRING=a
INCREMENT f v 1.0 permanent 2 VENDOR_STRING=b
INCREMENT f v 1.0 permanent 1 VENDOR_STRING=b`).open!;
    assert.match(open.within[0]!, /^its seats lie in 2 pools/);
    assert.deepEqual([open.exceeded, toNumber(open.upTo!)], [[], 3]);
    const text =
      'INCREMENT f v 1.0 permanent 5 VENDOR_STRING=a\nINCREMENT f v 1.0 permanent 2 VENDOR_STRING=b';
    assert.equal(only(text, '[{file: license.dat, poolByVendorString: false}]').open, undefined);
  });

  test('each property of a pool parts it, and what is no property does not', () => {
    const first = 'INCREMENT f v 1.0 permanent 5 SN=1 SIGN=00\n';
    const pools = (second: string) =>
      only(`${first}INCREMENT f v ${second} SIGN=01`).open?.within.length ?? 0;
    for (const property of [
      'BORROW=24',
      'BORROW',
      'FLOAT_OK',
      'HOSTID=0011',
      'PLATFORMS=x64_lsb',
      'TZ=SERVERTZ',
      'VM_PLATFORMS=PHYSICAL',
    ])
      assert.equal(pools(`1.0 permanent 5 ${property}`), 1, property);
    assert.equal(pools('2.0 permanent 5'), 1);
    for (const other of [
      'SN=2',
      'START=1-jan-2026',
      'ISSUED=1-jan-2026',
      'OVERDRAFT=2',
      'NOTICE="x"',
      'vendor_info=x',
    ])
      assert.equal(pools(`1.0 permanent 5 ${other}`), 0, other);
    assert.equal(pools('1.0 1-jan-2027 5'), 0);
  });

  test('a pool that ended before the other began parts nothing', () => {
    const license = only(`INCREMENT f v 1.0 permanent 5 ISSUED=1-jan-2026
INCREMENT f v 2.0 permanent 5 ISSUED=1-feb-2026 SUPERSEDE`);
    assert.equal(license.open, undefined);
  });

  test('named users and what the daemon does not log keep verdicts open', () => {
    assert.match(
      only('FEATURE f v 1.0 permanent 5 USER_BASED').open!.within[0]!,
      /^USER_BASED \(license.dat:1\)/,
    );
    const yaml = '[{file: license.dat, options: vendor.opt}]';
    const { open } = only('FEATURE f v 1.0 permanent 5', yaml, 'NOLOG IN OUT');
    assert.deepEqual(open, {
      exceeded: ['NOLOG IN keeps check-ins out of the log'],
      within: ['NOLOG OUT keeps check-outs out of the log'],
    });
  });
});

describe('packages', () => {
  const seatsOf = (text: string) =>
    Object.fromEntries(licensesOf(text).map((each) => [each.id, seatsOn(each, on(6, 1))]));

  test('a package gives its components, their counts multiplied, and is gone itself', () => {
    const text = `PACKAGE suite sampled 1.0 SIGN=2CBF44FCB9C1 COMPONENTS="apple:1.5:2 orange:3.0:4"
FEATURE suite sampled 1.0 1-jan-2027 3 SIGN=321E78A17EC1 SN=123`;
    assert.deepEqual(seatsOf(text), { apple: 6, orange: 12 });
    assert.deepEqual(
      linesOf(text).map(({ version }) => version),
      ['1.5', '3.0'],
    );
  });

  test('a suite is taken beside its components', () => {
    assert.deepEqual(
      seatsOf(`PACKAGE suite sampled 1.0 SIGN=00 COMPONENTS="comp1 comp2" OPTIONS=SUITE
FEATURE suite sampled 1.0 1-jan-0 5 SUITE_DUP_GROUP=SITE SIGN=00`),
      { suite: 'unlimited', comp1: 5, comp2: 5 },
    );
  });

  test('lines of another version or vendor do not enable it, and without one it gives nothing', () => {
    const pack = 'PACKAGE suite sampled 1.0 COMPONENTS=apple SIGN=00\n';
    assert.deepEqual(seatsOf(`${pack}FEATURE suite sampled 2.0 permanent 3`), { suite: 3 });
    assert.deepEqual(seatsOf(`${pack}FEATURE suite other 1.0 permanent 3`), { suite: 3 });
    assert.deepEqual(seatsOf(`${pack}FEATURE pear sampled 1.0 permanent 3`), { pear: 3 });
  });

  test('of two packages the later supersedes the earlier', () => {
    assert.deepEqual(
      seatsOf(`PACKAGE suite v 1.0 COMPONENTS=new SUPERSEDE ISSUED=1-feb-2026
PACKAGE suite v 1.0 COMPONENTS=old ISSUED=1-jan-2026
FEATURE suite v 1.0 permanent 3`),
      { new: 3 },
    );
  });
});

type Made = {
  keyword: 'FEATURE' | 'INCREMENT';
  version: number;
  count: number;
  issued: number | undefined;
  start: number | undefined;
  end: number | undefined;
  supersede: boolean;
};

/** Days of 2026, from 1; months of 28 days keep the twin free of calendars. */
const dayOf = (number: number): LocalDate => on(1 + Math.floor((number - 1) / 28), 1 + ((number - 1) % 28));
const MONTHS = ['jan', 'feb', 'mar', 'apr'];
const write = (number: number) => `${dayOf(number).day}-${MONTHS[dayOf(number).month - 1]}-2026`;
const day = fc.integer({ min: 1, max: 90 });
const made: fc.Arbitrary<Made> = fc.record({
  keyword: fc.constantFrom('FEATURE', 'INCREMENT'),
  version: fc.integer({ min: 1, max: 2 }),
  count: fc.integer({ min: 1, max: 9 }),
  issued: fc.option(day, { nil: undefined }),
  start: fc.option(day, { nil: undefined, freq: 2 }),
  end: fc.option(day, { nil: undefined }),
  supersede: fc.boolean(),
});

function render({ keyword, version, count, issued, start, end, supersede }: Made): string {
  const words = [keyword, 'f', 'v', `${version}.0`, end === undefined ? 'permanent' : write(end), count];
  if (issued !== undefined) words.push(`ISSUED=${write(issued)}`);
  if (start !== undefined) words.push(`START=${write(start)}`);
  if (supersede && issued !== undefined) words.push('SUPERSEDE');
  return words.join(' ');
}

/** The seats of one day, by asking every line about every other. */
function twin(lines: readonly Made[], today: number): number | undefined {
  const isPresent = (line: Made) =>
    (line.issued ?? 0) <= today &&
    !lines.some(
      (other) =>
        other.supersede &&
        other.issued !== undefined &&
        other.issued > (line.issued ?? line.start ?? 0) &&
        (other.start ?? other.issued) <= today,
    );
  const beats = (left: Made, right: Made) =>
    left.version > right.version ||
    (left.version === right.version &&
      ((left.issued ?? left.start ?? 0) > (right.issued ?? right.start ?? 0) ||
        ((left.issued ?? left.start ?? 0) === (right.issued ?? right.start ?? 0) &&
          lines.indexOf(left) < lines.indexOf(right))));
  const present = lines.filter(isPresent);
  if (present.length === 0) return undefined;
  let seats = 0;
  for (const line of present) {
    const isLater =
      line.keyword === 'FEATURE' &&
      present.some((other) => other.keyword === 'FEATURE' && other !== line && beats(other, line));
    if (!isLater && (line.start ?? 0) <= today && today < (line.end ?? Number.POSITIVE_INFINITY))
      seats += line.count;
  }
  return seats;
}

test('on every day the seats are those that the plain twin counts', () => {
  fc.assert(
    fc.property(fc.array(made, { minLength: 1, maxLength: 7 }), (lines) => {
      const [license] = licensesOf(`${lines.map(render).join('\n')}\n`);
      const bought = [...new Map(lines.map((line) => [render(line), line])).values()];
      for (let today = 1; today <= 92; today++) {
        const expected = twin(bought, today) ?? 0;
        const found = license === undefined ? 0 : seatsOn(license, dayOf(today));
        // Before the first grant nobody knows; the twin says that the lines at hand grant nothing.
        assert.equal(found ?? 0, expected, `day ${today}`);
      }
    }),
    { numRuns: rounds(150, 3000) },
  );
});

describe('a line that stands twice', () => {
  const line = (attributes = '') =>
    `INCREMENT f v 1.0 permanent 2 ISSUED=1-jan-2026 ${attributes}SIGN="00 11"`;
  const seatsOf = (text: string) => seatsOn(only(text), on(2, 1));

  test('counts once, whatever remarks it has and however it is laid out', () => {
    assert.equal(seatsOf(`${line()}\n${line()}`), 2);
    assert.equal(seatsOf(`${line()}\n${line('ck=7 asset_info=x ').replace(' SIGN', ' \\\n\tSIGN')}`), 2);
    assert.equal(seatsOf(`${line()}\n${line('SN=2 ')}`), 4);
    assert.equal(seatsOf(`${line()}\n${line().replace('00 11', '00 12')}`), 4);
  });

  test('counts once over files, and each file that repeats some is told of', () => {
    const files = { 'a.lic': `${line()}\n`, 'b.lic': `\n${line()}\n${line()}\n${line('SN=2 ')}\n` };
    const { contract } = contractOf(files, '[a.lic, b.lic]');
    assert.equal(seatsOn(contract!.licenses[0]!, on(2, 1)), 4);
    assert.deepEqual(
      contract!.notes!.filter(({ code }) => code === 'repeated-license-line').map(({ message }) => message),
      [
        '"b.lic:2" repeats "a.lic:1" word for word, and 1 line more so: a license that stands twice counts once',
      ],
    );
  });

  test('components of a package stand as often as the package names them', () => {
    const suite = 'PACKAGE suite v 1.0 COMPONENTS="f:1.0:3 f:1.0:2" SIGN=00\n';
    const enabled = 'INCREMENT suite v 1.0 permanent 1 ISSUED=1-jan-2026 SIGN=01\n';
    assert.equal(seatsOf(suite + enabled), 5);
    assert.equal(seatsOf(suite + enabled + enabled), 5);
  });
});
