/** Tables as text: RFC 4180, what is taken for one, and what its rows are to the mappings. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseTimestamp } from '../../src/base/instant.ts';
import { detectSource } from '../../src/sources/detect.ts';
import { csv } from '../../src/text-logs/csv.ts';
import { MAX_COLUMNS } from '../../src/text-logs/csv-dialect.ts';
import { toColumnNames } from '../../src/text-logs/csv-names.ts';
import { SHIPPED, seeThrough, shipped, toJson } from '../sources/shipped-mappings.ts';
import { readText } from './read-text.ts';

function recordsOf(text: string): object[] {
  const { records, malformed } = readText(csv, text);
  assert.deepEqual(malformed, []);
  return records;
}

function malformedOf(text: string): string[] {
  return readText(csv, text).malformed;
}

test('each row is an object by the header; values are texts, and empty cells are absent', () => {
  assert.deepEqual(recordsOf('time,actor,count\n2026-03-02T08:00:00Z,ann,007\n,bob,\n'), [
    { time: '2026-03-02T08:00:00Z', actor: 'ann', count: '007' },
    { actor: 'bob' },
  ]);
});

test('quotes hold delimiters, doubled quotes and ends of lines', () => {
  assert.deepEqual(recordsOf('a,b\n"x, y","say ""hi"""\n"one\ntwo\n\nthree",""\n"""",z\n'), [
    { a: 'x, y', b: 'say "hi"' },
    { a: 'one\ntwo\n\nthree' },
    { a: '"', b: 'z' },
  ]);
});

test('beyond the standard: blanks around a cell, and quotes within a cell that has none around it', () => {
  assert.deepEqual(recordsOf('"a", "b"\n"x" , "y" \n5" disk, z\n'), [
    { a: 'x', b: 'y' },
    { a: '5" disk', b: 'z' },
  ]);
});

test('blanks within quotes stay, and a cell of nothing else is absent', () => {
  for (const blanks of [' ', '\t', ' \t ']) {
    const text = `a,b,c\n${blanks}x y${blanks},${blanks}"${blanks}z"${blanks},${blanks}\n${blanks},${blanks},${blanks}\n`;
    assert.deepEqual(recordsOf(text), [{ a: 'x y', b: `${blanks}z` }]);
  }
  assert.deepEqual(recordsOf('a\tb\tc\nx \t\t y\n'), [{ a: 'x', c: 'y' }]);
});

test('a byte order mark, CRLF, blank lines and rows of nothing are framing', () => {
  const { records, malformed, framing } = readText(csv, '\ufeffa;b\r\n1;2\r\n\r\n;\r\n"x\r\ny";2\r\n');
  assert.deepEqual(records, [
    { a: '1', b: '2' },
    { a: 'x\ny', b: '2' },
  ]);
  assert.deepEqual([malformed, framing], [[], 5]);
});

test('the delimiter is told by the header and the rows, or by a first line', () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const text = ['time,actor', '1,2', '3,4'].join('\n').replaceAll(',', delimiter);
    assert.deepEqual(recordsOf(text), [
      { time: '1', actor: '2' },
      { time: '3', actor: '4' },
    ]);
  }
  assert.deepEqual(recordsOf('sep=|\na,x|b\n1|2'), [{ 'a,x': '1', b: '2' }]);
  assert.deepEqual(recordsOf('name;note\nann;a, b, c\nbob;d, e, f'), [
    { name: 'ann', note: 'a, b, c' },
    { name: 'bob', note: 'd, e, f' },
  ]);
});

describe('names', () => {
  test('of columns that have none are numbered', () => {
    assert.deepEqual(toColumnNames([' a ', '', 'column_2', '']), ['a', 'column_3', 'column_2', 'column_4']);
  });

  test('that stand twice are all numbered, so that none is read in place of another', () => {
    assert.deepEqual(toColumnNames(['user', 'user_1', 'user']), ['user_2', 'user_1', 'user_3']);
  });

  test('are each their own, whatever the header', () => {
    const name = fc.constantFrom('', 'a', 'a_1', 'column_1', 'column_2', '__proto__');
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (header) => {
        const names = toColumnNames(header);
        assert.equal(new Set(names).size, header.length);
        assert.ok(!names.includes(''));
      }),
    );
  });

  test('may be those of the language, and numbers stay behind letters', () => {
    const { records } = readText(csv, 'sep=,\nb,__proto__,constructor\n1,2,3');
    assert.deepEqual(JSON.stringify(records[0]), '{"b":"1","__proto__":"2","constructor":"3"}');
  });
});

describe('malformed is', () => {
  test('a row of another number of cells', () => {
    assert.deepEqual(malformedOf('a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6'), [
      '3 cells as in the header (not 2)',
      '3 cells as in the header (not 4)',
    ]);
  });

  test('text behind a closing quote, and the next row is a row', () => {
    const { records, malformed } = readText(csv, 'a,b\n"x"y,2\n3,4');
    assert.deepEqual(malformed, ['a delimiter or the end of the row behind a quoted cell']);
    assert.deepEqual(records, [{ a: '3', b: '4' }]);
  });

  test('a carriage return that ends no line', () => {
    assert.equal(malformedOf('a,b\n1,2\n1,2\r3,4').length, 1);
    assert.deepEqual(recordsOf('a,b\n"1\r2",3'), [{ a: '1\r2', b: '3' }]);
  });

  test('a quote that the file ends in', () => {
    assert.deepEqual(malformedOf('a,b\n1,2\n"x,3\n4,5'), ['a closing quote']);
  });

  test('a quote that a megabyte does not end: what follows is read again', () => {
    const lines = ['a,b', '"never,ends', ...Array(30_000).fill('x'.repeat(50)), '3,4'];
    const { records, malformed } = readText(csv, lines.join('\n'));
    assert.equal(malformed[0], 'a closing quote within 1,048,576 characters');
    assert.deepEqual(records, [{ a: '3', b: '4' }]);
  });

  test('a row, or a header, of a million cells', () => {
    const many = 'x,'.repeat(1_000_000);
    assert.deepEqual(malformedOf(`a,b\n1,2\n${many}`), ['a row of at most 1,048,576 characters']);
    assert.deepEqual(malformedOf(`a,b\n1,2\n${',x'.repeat(300_000)}`), [
      '2 cells as in the header (not 300,001)',
    ]);
    assert.ok(!csv.recognizes([many, many], 'x.csv'));
    const wide = Array.from({ length: MAX_COLUMNS + 1 }, (_, index) => `c${index}`).join(',');
    assert.ok(!csv.recognizes([wide, wide], 'x.csv'));
  });
});

test('controls and NUL are kept, escaped in JSON', () => {
  const { records } = readText(csv, 'a,b\n\u0000x,\u001b[31m');
  assert.deepEqual(records, [{ a: '\u0000x', b: '\u001b[31m' }]);
});

describe('a table is recognized', () => {
  const yes: Readonly<Record<string, [file: string, text: string]>> = {
    'by its name and a header': ['users.csv', 'name,mail'],
    'by its name, though rows are odd': ['users.csv', 'name,mail\nann\nbob\ncid,c@x'],
    compressed: ['users.tsv.gz', 'name\tmail\nann\ta@x'],
    'by a header, times and rows that agree, whatever its name': [
      'export.txt',
      'Time,User\n2026-03-02,ann\n2026-03-03,bob',
    ],
    'by times called otherwise': ['export', 'actor;eventTime\nann;1772438400\nbob;1772438401'],
  };
  for (const [title, [file, text]] of Object.entries(yes))
    test(title, () => assert.ok(csv.recognizes(text.split('\n'), file)));

  const no: Readonly<Record<string, [file: string, text: string]>> = {
    'not without columns': ['users.csv', 'name\nann\nbob'],
    'not without a header': ['users.csv', '2026-03-02,ann\n2026-03-03,bob'],
    'not by a header of numbers': ['users.csv', '1,2\n3,4'],
    'not as lines of JSON': ['app.csv', '{"time":"x","a":1}\n{"time":"y","a":2}'],
    'not as free text with commas': [
      'app.log',
      'INFO, main, started\nINFO, main, stopped\nWARN, main, failed',
    ],
    'not as text with times and commas': [
      'app.log',
      '2026-03-02 08:00:00, INFO, up\n2026-03-02 08:00:01, INFO, down',
    ],
    'not as prose about time': [
      'app.log',
      'Time, as they say, flies\nand so, it seems, do we\nand that, I think, is it',
    ],
    'not with one row that disagrees, unless its name says so': ['export.txt', 'time,user\n1,ann\n2,bob\n3'],
    'not by too few rows': ['export.txt', 'time,user\n1,ann'],
    'not when empty': ['users.csv', ''],
    'not as a FlexNet log': [
      'lmgrd.log',
      '10:00:01 (acme) OUT: "editor" ann@ws01\n10:00:02 (acme) IN: "editor" ann@ws01',
    ],
  };
  for (const [title, [file, text]] of Object.entries(no))
    test(title, () => assert.ok(!csv.recognizes(text.split('\n'), file)));
});

test('rows in plain words are audit events, with times in seconds as well', () => {
  const text = `time,actor,action,outcome,ip
2026-03-02T08:00:00+01:00,ann,user.login,success,192.0.2.7
1772438400,bob,user.login,FAILED,
1772438400.25,cid,license.checkout,,`;
  const records = recordsOf(text).map(toJson);
  assert.equal(detectSource(records, SHIPPED).source, 'audit');
  const seen = records.map((record) => seeThrough(shipped('audit'), record));
  assert.deepEqual(seen[1], { time: '1772438400', actor: 'bob', action: 'user.login', outcome: 'failure' });
  assert.deepEqual(
    seen.map(({ time }) => parseTimestamp(time!)),
    [1_772_434_800_000_000_000n, 1_772_438_400_000_000_000n, 1_772_438_400_250_000_000n].map(
      (instant, index) => ({
        instant,
        fractionDigits: index === 2 ? 2 : 0,
      }),
    ),
  );
});

/** RFC 4180, sections 2.5 to 2.7. */
function quoteCell(cell: string, isForced: boolean): string {
  return isForced || /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

test('what is written as a table is read back', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', ';', 'a', ' ', '\t', '|', 'é'), maxLength: 8 }),
  );
  const table = fc.integer({ min: 2, max: 6 }).chain((width) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      isForced: fc.boolean(),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      blanks: fc.constantFrom('', ' ', '  '),
    }),
  );
  fc.assert(
    fc.property(table, ({ rows, delimiter, isForced, lineEnd, blanks }) => {
      const names = rows[0]!.map((_, index) => `c${index}`);
      const lines = [names, ...rows].map((row) =>
        row.map((each) => quoteCell(each, isForced)).join(`${blanks}${delimiter}${blanks}`),
      );
      const text = [`sep=${delimiter}`, ...lines, ''].join(lineEnd);
      const expected = rows
        // A line end within a cell is a line feed, as a reader of lines sees it.
        .map((row) => row.map((each) => each.replace(/\r\n/g, '\n')))
        .filter((row) => row.some((each) => each !== ''))
        .map((row) =>
          Object.fromEntries(row.flatMap((each, index) => (each === '' ? [] : [[`c${index}`, each]]))),
        );
      assert.deepEqual(recordsOf(text), expected);
    }),
    { numRuns: 300 },
  );
});
