/** The text report reads as its golden files do; `UPDATE=1` writes them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { escapeControls } from '../../src/base/text-safety.ts';
import type { Report } from '../../src/model/report.ts';
import { columnsOf, wrap } from '../../src/report/text/columns.ts';
import { toExcerptLines } from '../../src/report/text/excerpt-lines.ts';
import { text } from '../../src/report/text.ts';
import { cleanReport, emptyReport, HOSTILE, hostileReport, place, richReport } from './sample-report.ts';

function render(report: Report, width = 100): string {
  return text.render(report, { colors: false, width });
}

const GOLDEN: [string, () => Report, number][] = [
  ['rich-100', richReport, 100],
  ['rich-80', richReport, 80],
  ['clean-80', cleanReport, 80],
  ['empty-80', emptyReport, 80],
];

for (const [name, sample, width] of GOLDEN) {
  test(`the text report equals golden/${name}.txt`, () => {
    const path = fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));
    const rendered = render(sample(), width);
    if (process.env.UPDATE === '1') writeFileSync(path, rendered);
    assert.equal(rendered, readFileSync(path, 'utf8'));
  });
}

/** A place is one word, though the hostile one has blanks in it. */
const isWhole = (line: string) => line.includes(escapeControls(HOSTILE));

describe('the text report', () => {
  test('has no color unless it may, and the same words with color', () => {
    const plain = render(richReport());
    const colored = text.render(richReport(), { colors: true, width: 100 });
    assert.ok(!plain.includes('\u001b'));
    assert.ok(colored.includes('\u001b['));
    assert.equal(colored.replace(/\u001b\[\d+m/g, ''), plain);
  });

  test('keeps to the width, but for places, which are for clicking', () => {
    for (const width of [80, 120]) {
      for (const line of render(hostileReport(), width).split('\n')) {
        const isPlace = line.includes('-->') || isWhole(line);
        if (!isPlace) assert.ok(columnsOf(line) <= width || /^ {2}\S* {2,}/.test(line), line);
      }
    }
    for (const line of render(richReport(), 80).split('\n')) assert.ok(columnsOf(line) <= 80, line);
  });

  test('shows fifty findings of a kind and counts all of them', () => {
    const report = richReport();
    const sample = report.findings[1]!;
    report.findings = Array.from({ length: 1_234 }, (_, index) => ({
      ...sample,
      place: place(index < 1_000 ? 'a.ndjson' : 'b.ndjson', index + 1),
    }));
    const lines = render(report).split('\n');
    assert.equal(lines.filter((line) => line.startsWith('high[missing-field]')).length, 50);
    assert.ok(
      lines.includes('  high   missing-field   1,234     50  a.ndjson (1,000), b.ndjson (234)'),
      lines.find((line) => line.includes('1,234')),
    );
    assert.ok(lines.includes('  help: --format json has every finding'));
    assert.equal(lines.filter((line) => line.includes('= help:')).length, 1);
  });

  test('a flood of many kinds stays on a few screens, the worst of it in full', () => {
    const report = richReport();
    const sample = report.findings[1]!;
    const severities = ['low', 'critical', 'medium'] as const;
    report.findings = Array.from({ length: 5_000 }, (_, index) => ({
      ...sample,
      code: `code-${index % 500}`,
      severity: severities[index % 3]!,
      place: place(`host-${index % 41}.ndjson`, index + 1),
    }));
    const lines = render(report).split('\n');
    const heads = lines.filter((line) => /^\w+\[code-/.test(line));
    assert.equal(heads.length, 200);
    assert.ok(heads.every((line) => line.startsWith('critical')));
    assert.match(
      lines.find((line) => line.includes('more kinds'))!,
      /\.\.\. and 4,600 findings of 460 more kinds/,
    );
    assert.ok(lines.length < 2_500, `${lines.length} lines`);
  });

  test('what the baseline knows comes behind what is new', () => {
    const report = richReport();
    const sample = report.findings[1]!;
    report.findings = (['unchanged', 'new'] as const).map((baseline, index) => ({
      ...sample,
      message: `finding ${index + 1}`,
      severity: baseline === 'new' ? 'low' : 'critical',
      baseline,
    }));
    const rendered = render(report);
    assert.ok(rendered.indexOf('finding 2') < rendered.indexOf('finding 1'));
    assert.equal(rendered.split('= baseline: known, unchanged').length, 2);
  });

  test('puts the worst first, then what is undetermined, and what is waived last', () => {
    const report = richReport();
    report.findings.reverse();
    for (const finding of report.findings) delete finding.baseline;
    const heads = render(report).match(/^\w+(?=\[)/gm);
    assert.deepEqual(heads, [
      'critical',
      'critical',
      'high',
      'high',
      'medium',
      'low',
      'undetermined',
      'high',
    ]);
  });

  test('does not print a satisfied judgement as a problem', () => {
    const report = richReport();
    for (const finding of report.findings) finding.verdict = 'satisfied';
    assert.doesNotMatch(render(report), /-->/);
  });

  test('says so when the records do not tie out', () => {
    const report = cleanReport();
    report.summary.records = { ...report.summary.records, audited: 1_199 };
    assert.match(render(report), /1,200 read ≠ 1,199 audited \(DOES NOT TIE OUT/);
    assert.doesNotMatch(render(cleanReport()), /TIE OUT/);
  });

  test('never says only clean where something is undetermined', () => {
    const report = cleanReport();
    report.findings = richReport().findings.slice(-1);
    assert.match(
      render(report),
      /^clean: 1,200 records audited, no finding at low or above, 1 below \(1 undetermined\)$/m,
    );
    assert.match(render(report), /^ {2}undecided {3}1 finding$/m);
  });

  test('counts what is undetermined among the findings that reach the threshold', () => {
    const report = richReport();
    report.findings = report.findings.slice(-2).map((finding) => ({ ...finding, severity: 'high' }));
    const { failOnKnown: _, failOnControls: __, ...summary } = report.summary;
    report.summary = { ...summary, verdict: 'findings' };
    assert.match(render(report), /^findings: 2 findings at medium or above \(1 undetermined\); your rule/m);
  });

  test('names every rule that could not speak, and why', () => {
    const rendered = render(richReport(), 120);
    assert.match(rendered, /error: odd user agents .*unknown modifier/);
    assert.match(rendered, /inert: session token reused \(0b1f2c52[^)]*\): no event has/);
    assert.match(
      rendered,
      /not applicable: shell in a container [\s\S]*?no source has the\s+product "kubernets"/,
    );
  });

  test('says what share of the records is worth what, and never rounds up to all', () => {
    const integrity = (assurance: NonNullable<Report['summary']['assurance']>, records: number) => {
      const report = cleanReport();
      report.streams[0]!.records = records;
      report.summary.assurance = assurance;
      return /integrity +(.*)/.exec(render(report))?.[1];
    };
    assert.equal(integrity({ chained: 1200 }, 1200), '1,200 = 1,200 chained (100 %); none anchored');
    assert.equal(integrity({ anchored: 8, chained: 2 }, 10), '10 = 8 anchored (80.0 %) + 2 chained (20.0 %)');
    assert.equal(
      integrity({ broken: 1, anchored: 99_999 }, 100_000),
      '100,000 = 99,999 anchored (99.9 %) + 1 broken (under 0.1 %)',
    );
    assert.match(integrity({ chained: 9 }, 10)!, /^10 ≠ 9 chained .*DOES NOT TIE OUT/);
  });

  test('says who vouches for anchored records, and when', () => {
    assert.ok(
      render(richReport())
        .replace(/\s+/g, ' ')
        .includes(
          'anchor: 60 records from logs/2025-02 export #2.json.gz:1 by log.example/logins, witness.example/w1 at 2025-03-01T00:00:00Z, checkpoint log.example/logins 60',
        ),
    );
  });

  test('lists the worst streams first and counts those it does not list', () => {
    const report = cleanReport();
    const [chained] = report.streams;
    const named = (index: number) => ({ ...chained!, stream: `s${index}`, status: 'unprotected' as const });
    report.streams = Array.from({ length: 60 }, (_, index) => named(index));
    report.streams.push({ ...chained!, stream: 'spoiled', status: 'broken' });
    const rendered = render(report, 120);
    assert.match(rendered, /^ {2}stream.*\n {2}spoiled /m);
    assert.match(rendered, /more: 21 streams not listed here: 21 unprotected/);
    assert.match(rendered, /\(61 streams\)/);
  });

  test('folds many sound streams of a kind into one row, and no other', () => {
    const report = cleanReport();
    const [chained] = report.streams;
    report.streams = Array.from({ length: 60 }, (_, index) => ({ ...chained!, stream: `s${index}` }));
    for (const status of ['broken', 'unprotected'] as const)
      for (let index = 0; index < 6; index++)
        report.streams.push({ ...chained!, stream: `${status}-${index}`, status });
    const rows = render(report, 120)
      .split('\n')
      .filter((line) => / jcs-sha256 /.test(line));
    assert.equal(rows.length, 13);
    assert.match(rows.at(-1)!, /^ {2}s0 and 59 more +jcs-sha256 +72,000 +chained +all of each$/);
  });

  test('never breaks a place, for grep and for copying', () => {
    const report = cleanReport();
    const [file, other] = ['CloudTrail', 'another folder'].map(
      (folder) => `logs/aws-stratus-invictus/${folder}/218007301253_us-east-1_${'x'.repeat(60)}.json`,
    ) as [string, string];
    const range = { assurance: 'chained' as const, records: 2, from: place(file, 1), until: place(other, 7) };
    report.streams = [{ ...report.streams[0]!, stream: file, ranges: [range] }];
    report.notices = [{ code: 'odd', message: 'something', place: place(other, 9) }];
    report.inputs = [{ ...report.inputs[0]!, file: other, status: 'partial', reason: 'cut' }];
    const [finding] = richReport().findings;
    report.findings = [{ ...finding!, place: place(file, 3), related: [place(other, 4), place(file, 5)] }];
    const lines = render(report, 80).split('\n');
    for (const whole of [`${file}:3`, `${other}:4`, `${file}:5`, `${file}:1 to ${other}:7`, `${other}:9: `])
      assert.ok(
        lines.some((line) => line.includes(whole.trim())),
        whole,
      );
    assert.ok(lines.some((line) => line.trim() === file));
    assert.ok(lines.some((line) => line.includes(`${other}: `) || line.endsWith(`${other}:`)));
  });

  test('stays short where a log holds a megabyte on one line', () => {
    const report = hostileReport('名\u001b'.repeat(200_000));
    // Paths are whole, for clicking; the system bounds them.
    for (const finding of report.findings)
      Object.assign(finding, { place: place('a.ndjson', 1), related: [] });
    for (const stream of report.streams) stream.ranges = [];
    for (const rule of report.rules) rule.controls = [];
    const codes = Object.fromEntries(
      Object.keys(report.codes).map((code) => [code, richReport().codes[code]!]),
    );
    Object.assign(report, { inputs: richReport().inputs, codes });
    const rendered = render(report);
    assert.ok(rendered.length < 200_000, String(rendered.length));
  });

  // Were each finding held against the others, or the text before it copied, it would take 10^10 steps: many minutes.
  test('renders a hundred thousand findings', () => {
    const report = richReport();
    const sample = report.findings[1]!;
    report.findings = Array.from({ length: 100_000 }, () => sample);
    assert.ok(render(report).includes('100,000 findings'));
  });
});

describe('toExcerptLines()', () => {
  const cases: [string, { text: string; start: number; end: number }, string][] = [
    ['a plain value', { text: '{"ip":"x"}', start: 6, end: 9 }, '"x"'],
    ['a value after wide letters', { text: '{"名":"x"}', start: 5, end: 8 }, '"x"'],
    ['a value after a pretty-printed line', { text: '{\n\t"ip": "x"\n}', start: 9, end: 12 }, '"x"'],
    ['a value after an escape', { text: '{"\u202e":"x"}', start: 5, end: 8 }, '"x"'],
    [
      'a value far into a long record',
      { text: `{"a":"${'y'.repeat(300)}","ip":"x","z":"${'y'.repeat(300)}"}`, start: 313, end: 316 },
      '"x"',
    ],
  ];
  for (const [what, excerpt, marked] of cases) {
    test(`puts the carets under ${what}`, () => {
      const { text: line, indent, carets } = toExcerptLines(excerpt, 60);
      assert.ok(columnsOf(line) <= 60, line);
      let before = '';
      for (const char of line) {
        if (columnsOf(before) >= indent.length) break;
        before += char;
      }
      assert.equal(line.slice(before.length, before.length + marked.length), marked);
      assert.equal(carets, '^'.repeat(marked.length));
    });
  }

  test('marks a point by one caret, and survives offsets that are out of range', () => {
    assert.equal(toExcerptLines({ text: '{}', start: 1, end: 1 }, 60).carets, '^');
    assert.deepEqual(toExcerptLines({ text: '{}', start: 9, end: 4 }, 60), {
      text: '{}',
      indent: '  ',
      carets: '^',
    });
  });
});

describe('wrap()', () => {
  test('breaks at spaces, and words that are longer than a line where it ends', () => {
    assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
    assert.deepEqual(wrap('abcdefghij kl', 4, 1), ['abcd', ' efg', ' hij', ' kl']);
    assert.deepEqual(wrap('名名名', 4), ['名名', '名']);
  });

  // Were the rest of the text measured for each line, a million letters would take 10^10 steps: many minutes.
  test('wraps megabytes', () => {
    assert.equal(wrap('x'.repeat(1_000_000), 80).length, 12_500);
    assert.equal(wrap('a\u0301 '.repeat(400_000), 80).length, 10_000);
  });
});
