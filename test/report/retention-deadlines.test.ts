/** Deadlines by source: arithmetic of days at the ends of months and in leap years, and no word on what has no day. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SourceActivity } from '../../src/model/activity.ts';
import type { InputSummary, KeptAges, Report } from '../../src/model/report.ts';
import { html } from '../../src/report/html.ts';
import { describeState, retentionDeadlines } from '../../src/report/parts/retention-deadlines.ts';
import { text } from '../../src/report/text.ts';
import { formatDay } from '../../src/retention/calendar-age.ts';
import { cleanReport, emptyReport } from './sample-report.ts';

/** Events at noon of the days, one each. */
function activityOf(
  source: string | null,
  days: string[],
  changes: Partial<SourceActivity> = {},
): SourceActivity {
  const buckets = days.map((day) => ({ at: `${day}T12:00:00Z`, events: 1, bytes: 100 }));
  const [from, until] = [days[0]!, days.at(-1)!].map((day) => `${day}T12:30:00Z`) as [string, string];
  return { source, from, until, untimed: 0, bucket: 'hour', buckets, silences: [], ...changes };
}

function inputOf(source: string | null, changes: Partial<InputSummary> = {}): InputSummary {
  const records = { read: 1, audited: 1, malformed: 0, duplicate: 0, skipped: 0 };
  return { ...cleanReport().inputs[0]!, source, records, ...changes };
}

type Parts = { keep: KeptAges; now?: string; activity?: SourceActivity[]; inputs?: InputSummary[] };

function reportOf({ keep, now, activity = [], inputs = [] }: Parts): Report {
  const times = activity.flatMap(({ from, until }) => [from, until]).sort();
  const period = times.length === 0 ? null : { from: times[0]!, until: times.at(-1)! };
  const report = { ...emptyReport(), keep, activity, inputs };
  return {
    ...report,
    summary: { ...report.summary, period },
    ...(now !== undefined && { generated: `${now}T06:00:00Z` }),
  };
}

/** One source whose events lie on these days, as it stands on the day `now`. */
function okta(days: string[], keep: KeptAges, now: string, changes: Partial<SourceActivity> = {}) {
  const report = reportOf({ keep, now, activity: [activityOf('okta', days, changes)] });
  const [source] = retentionDeadlines(report)!.sources;
  const { oldest, newest, keepUntil, pastFrom, ...rest } = source!;
  const show = (day: number | undefined) => day && formatDay(day);
  return {
    ...rest,
    oldest: show(oldest),
    newest: show(newest),
    keepUntil: show(keepUntil),
    pastFrom: show(pastFrom),
    said: describeState(source!),
  };
}

describe('retentionDeadlines()', () => {
  test('is nothing where the configuration says nothing', () => {
    assert.equal(retentionDeadlines(cleanReport()), undefined);
    assert.equal(retentionDeadlines({ ...cleanReport(), keep: {} }), undefined);
  });

  const arithmetic: [
    days: string[],
    keep: KeptAges,
    keepUntil: string | undefined,
    pastFrom: string | undefined,
  ][] = [
    [['2025-01-15', '2025-01-31'], { minimum: '1 month', maximum: '1 month' }, '2025-02-28', '2025-02-16'],
    [['2024-01-31'], { minimum: '1 month', maximum: 'P1M' }, '2024-02-29', '2024-03-01'],
    [['2025-01-31'], { minimum: '1 month', maximum: 'P1M' }, '2025-02-28', '2025-03-01'],
    [['2024-02-29'], { minimum: '1 year', maximum: '4 years' }, '2025-02-28', '2028-03-01'],
    [['2024-02-28', '2024-02-29'], { minimum: '365 days', maximum: '12 months' }, '2025-02-28', '2025-03-01'],
    [['2025-12-31'], { minimum: '2 weeks' }, '2026-01-14', undefined],
    [['2025-12-31'], { maximum: '90 days' }, undefined, '2026-04-01'],
  ];
  for (const [days, keep, keepUntil, pastFrom] of arithmetic) {
    test(`counts from ${days.join(' and ')} by ${JSON.stringify(keep)}`, () => {
      const source = okta(days, keep, '2026-01-01');
      assert.equal(source.keepUntil, keepUntil);
      assert.equal(source.pastFrom, pastFrom);
    });
  }

  test('is overdue from the day after the anniversary, and not before', () => {
    const days = ['2025-01-31', '2025-02-01', '2025-03-10'];
    const before = okta(days, { maximum: '1 month' }, '2025-02-28');
    // An event of March is not yet to be believed in February: it is told, and leaves the rest open.
    assert.equal(before.state, 'undetermined');
    assert.equal(before.said, 'no dated event is past the maximum; 1 event before 1980 or in the future');
    const last = okta(days.slice(0, 2), { maximum: '1 month' }, '2025-02-28');
    assert.deepEqual([last.state, last.past], ['in-time', 0]);
    const first = okta(days.slice(0, 2), { maximum: '1 month' }, '2025-03-01');
    assert.deepEqual([first.state, first.past, first.said], ['overdue', 1, '1 event past the maximum']);
    assert.equal(
      okta(days, { maximum: '1 month' }, '2025-03-02').said,
      '2 events past the maximum; 1 event before 1980 or in the future',
    );
  });

  test('takes no placeholder and no future for a day of an event', () => {
    const source = okta(
      ['1970-01-01', '2025-03-01', '2025-03-02', '2099-01-01'],
      { minimum: '1 year', maximum: '1 year' },
      '2025-03-01',
    );
    assert.deepEqual(
      [source.oldest, source.newest],
      ['2025-03-01', '2025-03-02'],
      'a clock may be a day ahead',
    );
    assert.equal(source.state, 'undetermined');
    assert.deepEqual(source.doubts, ['2 events before 1980 or in the future']);
    const none = okta(['1970-01-01'], { maximum: '1 year' }, '2025-03-01');
    assert.deepEqual([none.state, none.pastFrom], ['undetermined', undefined]);
    assert.match(none.said, /^no event has a time to judge by; 1 event before 1980/);
  });

  test('concludes nothing of events without a time, of those left out, and of what was not read', () => {
    const keep = { maximum: '1 year' };
    const activity = [activityOf('okta', ['2025-02-01'], { untimed: 3, earlier: 2 })];
    const records = { read: 9, audited: 1, malformed: 3, duplicate: 0, skipped: 5 };
    const inputs = [
      inputOf('okta', { records, status: 'partial' }),
      inputOf('github', { records: { ...records, malformed: 0, skipped: 0, audited: 9 } }),
      inputOf(null, { records: { ...records, audited: 0, read: 0 }, status: 'unreadable' }),
    ];
    const report = reportOf({ keep, now: '2025-03-01', activity, inputs });
    const told = retentionDeadlines(report)!.sources.map((each) => [
      each.source,
      each.state,
      describeState(each),
    ]);
    assert.deepEqual(told, [
      [
        'github',
        'undetermined',
        'no event has a time to judge by; 9 events without a readable time; 1 file of no known source not read whole',
      ],
      [
        'okta',
        'undetermined',
        'no dated event is past the maximum; 3 events without a readable time; 2 events older than the days that are kept count of; 5 events left out of the run by their time; 3 malformed records; 1 file not read whole; 1 file of no known source not read whole',
      ],
    ]);
  });

  test('calls nothing in time by a guess of which field is the time, nor by a part of an export', () => {
    const told = (changes: Partial<InputSummary>) => {
      const activity = [activityOf('okta', ['2025-02-01'])];
      const inputs = [inputOf('okta', changes)];
      const report = reportOf({ keep: { maximum: '1 year' }, now: '2025-03-01', activity, inputs });
      const [source] = retentionDeadlines(report)!.sources;
      return [source!.state, describeState(source!)];
    };
    assert.deepEqual(told({}), ['in-time', 'no dated event is past the maximum']);
    assert.deepEqual(told({ unconfirmed: true }), [
      'undetermined',
      'no dated event is past the maximum; 1 file read by a mapping that nobody has confirmed',
    ]);
    assert.deepEqual(told({ morePages: 'next' }), [
      'undetermined',
      'no dated event is past the maximum; 1 file after which pages are missing',
    ]);
  });

  test('goes by the last event where the report has no clock, and says so', () => {
    const activity = [activityOf('okta', ['2025-01-01']), activityOf(null, ['2025-03-01'])];
    const report = reportOf({ keep: { maximum: '1 month' }, activity });
    const deadlines = retentionDeadlines(report)!;
    assert.equal(deadlines.isClock, false);
    assert.equal(formatDay(deadlines.asOf!), '2025-03-01');
    assert.deepEqual(
      deadlines.sources.map(({ source, state }) => [source, state]),
      [
        ['okta', 'overdue'],
        [null, 'in-time'],
      ],
    );
    const page = html.render(report, { colors: false, width: 100 });
    assert.match(
      page,
      /This report knows no clock \(--now\): judged as of 2025-03-01, the day of the last event\./,
    );
    assert.match(page, /<span class="verdict failed">overdue<\/span>: 1 event past the maximum/);
    const said = text.render(report, { colors: false, width: 200 });
    assert.match(
      said,
      /retention {3}1 event of okta past the maximum of 1 month on 2025-03-01, the day of the last event/,
    );
  });

  test('tells the page of a log without a time that no deadline is told', () => {
    const report = reportOf({ keep: { minimum: '1 year', maximum: '2 years' }, inputs: [inputOf('okta')] });
    assert.equal(retentionDeadlines(report)!.asOf, undefined);
    assert.match(
      html.render(report, { colors: false, width: 100 }),
      /No event has a readable time, so no deadline is told/,
    );
    assert.doesNotMatch(text.render(report, { colors: false, width: 100 }), /retention/);
  });
});
