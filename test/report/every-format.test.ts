/** What holds for every format at once: text of a log cannot act on a terminal, and equal reports are equal bytes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Report, type ReportFormat, SARIF_PROFILES } from '../../src/model/report.ts';
import { FORMATS } from '../../src/report/index.ts';
import { anyCharacter } from '../support/any-character.ts';
import { rounds } from '../support/rounds.ts';
import { cleanReport, emptyReport, hostileReport, richReport } from './sample-report.ts';

const OPTIONS = { colors: false, width: 90 };

/** Line ends are ours to choose: CSV has those of RFC 4180. */
function render(format: ReportFormat, report: Report): string {
  const rendered = format.render(report, OPTIONS);
  return format.name === 'csv' ? rendered.replaceAll('\r\n', '\n') : rendered;
}

/** C0 but newline, DEL, C1, bidirectional and invisible formatting, line separators, halves of characters. */
const UNSAFE = /(?!\n)[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff\p{Cs}]/u;

/** Any UTF-16, with what does harm more often than by chance. */
const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 40 }),
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
        '=',
        '<',
        '>',
        '&',
        '::',
        '\t',
        '"',
        ' ',
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);

/** What programs read has every text as it is. */
const HOLD_THE_WHOLE: ReadonlySet<string> = new Set(['json', 'ndjson', 'sarif']);

/** A megabyte in each kind of text that a log or a rule chooses, once. */
function oversizedReport(): Report {
  const megabyte = '名\u001b</script>='.repeat(80_000);
  const report = richReport();
  Object.assign(report.findings[1]!, { message: megabyte, subject: megabyte });
  Object.assign(report.findings[2]!.waiver!, { reason: megabyte });
  Object.assign(report.rules[0]!, { title: megabyte, description: megabyte, fix: megabyte });
  Object.assign(report.rules[2]!, { title: megabyte });
  Object.assign(report.inputs[3]!, { reason: megabyte });
  Object.assign(report.streams[1]!, { stream: megabyte });
  Object.assign(report.licenses[1]!, { license: megabyte, reason: megabyte });
  Object.assign(report.codes['altered-record']!, { title: megabyte, fix: megabyte });
  Object.assign(report.notices[0]!, { message: megabyte });
  return report;
}

test('docs/formats.md has a section for every format and every reader of SARIF, and for no other', () => {
  const page = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^## `([^`]+)`/gm)].map((match) => match[1]);
  assert.deepEqual(sections.toSorted(), FORMATS.map(({ name }) => name).toSorted());
  for (const profile of SARIF_PROFILES) assert.match(page, new RegExp(`^\\| \`${profile}\` `, 'm'));
});

for (const name of ['text', 'html', 'markdown', 'json']) {
  test(`the ${name} report prints the last hash of a chain, for whoever keeps it elsewhere`, () => {
    const report = cleanReport();
    const { head } = report.streams[0]!;
    assert.ok(render(FORMATS.find((format) => format.name === name)!, report).includes(head!));
  });
}

for (const format of FORMATS) {
  describe(`the format ${format.name}`, () => {
    test('has a title for the list of formats', () => assert.match(format.title, /^\S.*[^.]$/));

    test('lets no control character, bidirectional override or half character of a log through', () => {
      fc.assert(
        fc.property(anyText, (hostile) => {
          const rendered = render(format, hostileReport(hostile));
          assert.equal(UNSAFE.exec(rendered), null);
        }),
        { numRuns: rounds(20, 100) },
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
        assert.match(render(format, sample()), /[^\n]\n$/);
    });

    test('takes a megabyte of text wherever one comes, and is no longer for it unless it holds the whole', () => {
      const rendered = render(format, oversizedReport());
      assert.equal(UNSAFE.exec(rendered), null);
      if (!HOLD_THE_WHOLE.has(format.name)) assert.ok(rendered.length < 300_000, String(rendered.length));
    });

    test('shows a log line break as text: no finding can add a line that looks like ours', () => {
      const report = richReport();
      report.findings[0]!.message = 'x\nclean: 9 records audited';
      assert.doesNotMatch(render(format, report), /^clean:/m);
    });
  });
}
