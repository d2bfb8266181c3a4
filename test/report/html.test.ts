/** The page is whole by itself: no reference leads out, one script runs and its digest is in the policy, log text is text. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { html } from '../../src/report/html.ts';
import { cleanReport, emptyReport, hostileReport, richReport } from './sample-report.ts';

const render = (report: ReturnType<typeof richReport>) => html.render(report, { colors: false, width: 100 });

describe('the format html', () => {
  test('nothing in it is fetched', () => {
    for (const sample of [richReport, cleanReport, emptyReport]) {
      const page = render(sample());
      assert.doesNotMatch(
        page,
        /\b(?:src|srcset|action|data|poster)=|@import|url\(|<(?:link|img|iframe|object|embed|base|form action)/i,
      );
      const links = [...page.matchAll(/href="([^"]*)"/g)].map((match) => match[1]!);
      assert.ok(links.length > 0 && links.every((link) => link.startsWith('#')));
      for (const link of links) assert.ok(page.includes(`id="${link.slice(1)}"`), link);
    }
  });

  test('the one script that may run is the one that stands there', () => {
    const page = render(richReport());
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
    assert.equal(scripts.length, 1);
    const digest = crypto.createHash('sha256').update(scripts[0]!).digest('base64');
    assert.ok(page.includes(`script-src &#39;sha256-${digest}&#39;`));
    assert.doesNotMatch(page, /\son\w+=/);
  });

  test('more given back than used is told in words, and has no bar', () => {
    const report = richReport();
    report.history![1]!.licenses = [{ license: 'editor', used: -5, limit: 25 }];
    const page = render(report);
    assert.match(page, /License editor, last period: <span class="faint">20 to -5, highest 20/);
    assert.match(page, /height="0"><title>2025-04-01T06:00:00Z: -5 of 25</);
    assert.doesNotMatch(page, /(?:y|width|height)="-/);
  });

  test('log text is no markup, wherever it stands', () => {
    const attack = `"'></title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>`;
    const page = render(hostileReport(attack));
    assert.equal(page.match(/<script/g)!.length, 1);
    assert.doesNotMatch(page, /<img/);
    assert.ok(page.includes('&lt;script&gt;alert(1)'));
  });

  test('every element that is opened is closed, in order', () => {
    const alone = /^(?:meta|input|!DOCTYPE)$/i;
    for (const sample of [richReport, cleanReport, emptyReport, () => hostileReport('<b>"x" &amp;')]) {
      const page = render(sample()).replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
      const open: string[] = [];
      for (const [whole, slash, name] of page.matchAll(/<(\/?)([!\w]+)[^>]*>/g)) {
        if (slash === '/') assert.equal(open.pop(), name);
        else if (!whole.endsWith('/>') && !alone.test(name!)) open.push(name!);
      }
      assert.deepEqual(open, []);
    }
  });

  test('a section for everything that the report holds: activity, controls, waivers, what is gone', () => {
    const page = render(richReport());
    const titles = [...page.matchAll(/<h2 id="\w+">([^<]*)<\/h2>/g)].map((match) => match[1]);
    assert.deepEqual(titles, [
      ...['Scope and completeness', 'Retention deadlines', 'Controls', 'Findings', 'Waivers'],
      'Gone since the baseline',
      ...['Integrity', 'Licenses', 'Over the runs', 'Method and limits'],
    ]);
    assert.match(page, /aria-label="audit: 1,148 events by hour, 2025-03-01 to 2025-03-31 \(UTC\)"/);
    assert.match(page, /2 events without a readable time/);
    // From one in the morning of the first day to eleven in the evening of the last, in hours of nine pixels.
    const gaps = [...page.matchAll(/<rect class="gap" x="\d+" y="(\d+)" width="8" height="(\d+)"/g)];
    assert.deepEqual(
      gaps.map(([, y, height]) => `${y} ${height}`),
      ['23 206', ...Array.from({ length: 29 }, () => '14 215'), '14 206'],
    );
    assert.match(page, /every event names its actor \(1,249 events, 1 finding against it\)/);
    assert.match(page, /waiver w-2: expired on 2025-03-01/);
    assert.match(page, /cae 2, no team 1:<\/span> ann, bob, cid/);
  });

  test('a hundred thousand findings make a page that a browser can lay out, and it says what it leaves out', () => {
    const report = richReport();
    const [first] = report.findings;
    report.findings = Array.from({ length: 100_000 }, (_, line) => ({
      ...first!,
      place: { ...first!.place, line },
    }));
    const page = render(report);
    assert.ok(page.length < 1_000_000, `${page.length}`);
    assert.match(page, /… and 99,950 more: the JSON and CSV formats list them/);
  });
});
