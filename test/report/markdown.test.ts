/** The Markdown page says the report, and nothing of a log or a rule is markup in it, by a renderer that takes HTML. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/model/report.ts';
import { markdown } from '../../src/report/markdown.ts';
import { toCode, toProse } from '../../src/report/parts/markdown-text.ts';
import { anyCharacter } from '../support/any-character.ts';
import { rounds } from '../support/rounds.ts';
import { cleanReport, hostileReport, richReport } from './sample-report.ts';

type Renderer = { render(text: string): string };
/** It comes without types. */
const MarkdownIt = createRequire(import.meta.url)('markdown-it') as new (options: object) => Renderer;
const renderer = new MarkdownIt({ html: true, linkify: true });
const page = (report: Report) => markdown.render(report, { colors: false, width: 80 });

/** Every element of the rendered page but what we write ourselves. */
const OURS = /^\/?(?:h[123]|p|strong|em|code|table|thead|tbody|tr|th|td|ul|li|details|summary)$/;
function foreignTags(html: string): string[] {
  return [...html.matchAll(/<(?!!--)([^\s>]*)[^>]*>/g)]
    .map((match) => match[1]!)
    .filter((tag) => !OURS.test(tag));
}

const MARKUP = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](http://evil.example)',
  '![x](//evil.example)',
  'http://evil.example',
  'www.evil.example',
  'ann@evil.example',
  '`` ` ```',
  '`</code><b>',
  '| a | b |',
  '\\| c',
  '**bold** _x_ ~~y~~',
  '</details>',
  '&lt;b&gt;',
  '<!-- ',
  '\n# heading\n',
  '\n\n    code',
  '- - -',
  '* ',
  '=====',
];

describe('the Markdown page', () => {
  test('has the verdict, the counts, every kind of finding, licenses, controls and chains', () => {
    const text = page(richReport());
    assert.match(text, /^# audit-check: incomplete\n\n\*\*incomplete\*\*: 1 input unreadable/);
    assert.match(
      text,
      /^\| records read \| 1,300 \| 1,249 audited, 1 malformed, 30 duplicate, 20 outside the period \|$/m,
    );
    assert.match(text, /^\| high \| `missing-field` \| required field missing \| 1 \| 1 \| 1 \|$/m);
    assert.match(text, /^\| `editor` \| floating \| 2025-03 \| 26 \| 25 \| \*\*exceeded\*\* \|$/m);
    assert.match(text, /^\| `soc2:CC7.2` \| [^|]+ \| \*\*failed\*\* \|/m);
    assert.match(text, /^\| `payments` \| jcs-sha256 \| 1,100 \| \*\*broken\*\* \|/m);
    assert.match(text, /^- \*\*critical\*\* `[^`]+` at `logs\/2025-02 export #2\.json\.gz:7`$/m);
    assert.match(text, /its waiver w-2 does not hold: expired on 2025-03-01/);
  });

  test('names files that were not read before any finding', () => {
    const text = page(richReport());
    assert.ok(text.indexOf('`logs/secret.ndjson` | unreadable') > 0);
    assert.ok(text.indexOf('logs/secret.ndjson') < text.indexOf('### '));
    const statuses = [...text.matchAll(/^\| `[^`]+` \| (unreadable|partial|skipped) \|/gm)].map(
      (match) => match[1],
    );
    assert.deepEqual(statuses.slice(0, 3), ['unreadable', 'partial', 'skipped']);
  });

  test('is short for a clean report', () => {
    assert.ok(page(cleanReport()).length < 1_000);
  });

  for (const hostile of MARKUP) {
    test(`shows ${JSON.stringify(hostile)} as it is`, () => {
      const html = renderer.render(page(hostileReport(hostile)));
      assert.deepEqual(foreignTags(html), []);
    });
  }

  test('has only our elements, whatever a log or rule says', () => {
    const text = fc.array(
      fc.oneof(fc.constantFrom(...MARKUP), fc.string({ unit: anyCharacter, maxLength: 8 })),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(text, (parts) => {
        assert.deepEqual(foreignTags(renderer.render(page(hostileReport(parts.join(''))))), []);
      }),
      { numRuns: rounds(25, 200) },
    );
  });

  test('shows ten findings of a kind and counts the rest', () => {
    const report = richReport();
    report.findings = Array.from({ length: 1_234 }, () => report.findings[1]!);
    assert.match(page(report), /^and 1,224 more: `--format json` has every finding$/m);
    assert.equal(page(report).match(/^- \*\*high\*\*/gm)?.length, 10);
  });
});

test('toCode() and toProse() read as what they were given', () => {
  const visible = (html: string) =>
    html
      .replace(/<!--.*?-->|<[^>]*>/g, '')
      .trim()
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
  for (const text of [
    'a ` b',
    '`',
    '<b> & [x](y) | *z*',
    'www.example.org @ann #12 \\_',
    'https://example.org/a_b',
  ]) {
    assert.equal(visible(renderer.render(`x ${toCode(text)}`)), `x ${text}`);
    assert.equal(visible(renderer.render(`x ${toProse(text)}`)), `x ${text}`);
  }
});
