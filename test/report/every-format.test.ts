/** What holds for every format at once: text of a log cannot act on a terminal, and equal reports are equal bytes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FORMATS } from '../../src/report/index.ts';
import { cleanReport, emptyReport, hostileReport, richReport } from './sample-report.ts';

const OPTIONS = { colors: false, width: 90 };

/** C0 but newline, DEL, C1, bidirectional and invisible formatting, line separators, halves of characters. */
const UNSAFE = /(?!\n)[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff\p{Cs}]/u;

/** Any UTF-16, with what does harm more often than by chance. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '\u001b[2J',
        '\n',
        '\r',
        '\u202e',
        '\ud800',
        '\udc00',
        '\u0085',
        '\u2028',
        '|',
        '%',
        '#',
        '/',
        '..',
        'é',
        '😀',
        '`',
        '"',
        ' ',
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);

for (const format of FORMATS) {
  describe(`the format ${format.name}`, () => {
    test('has a title for the list of formats', () => assert.match(format.title, /^\S.*[^.]$/));

    test('lets no control character, bidirectional override or half character of a log through', () => {
      fc.assert(
        fc.property(anyText, (hostile) => {
          const rendered = format.render(hostileReport(hostile), OPTIONS);
          assert.equal(UNSAFE.exec(rendered), null);
        }),
        { numRuns: 40 },
      );
    });

    test('renders one report to the same bytes each time, and leaves it as it was', () => {
      for (const sample of [richReport, hostileReport, cleanReport, emptyReport]) {
        const report = sample();
        assert.equal(format.render(report, OPTIONS), format.render(report, OPTIONS));
        assert.deepEqual(report, sample());
      }
    });

    test('ends with one newline', () => {
      for (const sample of [richReport, cleanReport, emptyReport])
        assert.match(format.render(sample(), OPTIONS), /[^\n]\n$/);
    });

    test('shows a log line break as text: no finding can add a line that looks like ours', () => {
      const report = richReport();
      report.findings[0]!.message = 'x\nclean: 9 records audited';
      assert.doesNotMatch(format.render(report, OPTIONS), /^clean:/m);
    });
  });
}
