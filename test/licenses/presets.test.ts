/** The measures of vendors: each is a sentence of the grammar, and documented. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseContract } from '../../src/licenses/parse/parse-contract.ts';
import { presetNames } from '../../src/licenses/parse/parse-preset.ts';
import { PRESETS } from '../../src/licenses/parse/presets.ts';
import { formatProblem } from '../../src/model/problem.ts';

const DOCUMENT = new URL('../../docs/license-measures.md', import.meta.url);

function parse(measure: string) {
  return parseContract(
    'licenses.yaml',
    `contract: {id: C-1, timezone: UTC}
term: {from: 2025-01-01, until: 2026-01-01}
licenses:
  - id: editor
    covers: {feature: editor}
    measure: ${measure}
    quantity: [{from: 2025-01-01, set: 5}]
`,
  );
}

for (const name of presetNames()) {
  test(`${name} is a measure, and all its definitions count the same over the same periods`, () => {
    const { versions, source } = PRESETS[name]!;
    const lacksFactors = versions.some(
      ({ sentence }) => /\bby\b/.test(sentence) && !/\btimes\b/.test(sentence),
    );
    const { contract, problems } = parse(lacksFactors ? `${name} times 0.5 for xeon, 1 for *` : name);
    assert.deepEqual(problems.map(formatProblem), []);
    const { measure } = contract!.licenses[0]!;
    assert.equal(measure.name.split(' ')[0], name);
    for (const version of measure.versions ?? []) {
      assert.deepEqual(version.measure.count, measure.count);
      assert.deepEqual([version.measure.over, version.measure.anchor], [measure.over, measure.anchor]);
    }
    assert.deepEqual(
      versions.map(({ from }) => from ?? ''),
      versions.map(({ from }) => from ?? '').sort(),
    );
    assert.equal(versions[0]!.from, undefined);
    assert.match(source, /^https:\/\//);
    assert.deepEqual(structuredClone(contract), contract);
  });
}

test('clauses after a name are read as those of a sentence, and mistakes in them have their place', () => {
  const mistakes = (measure: string) => parse(measure).problems.map(formatProblem);
  assert.deepEqual(mistakes('oracle-nup at lest 200'), [
    'licenses.yaml:6:28: expected "least" after "at", found "lest", did you mean "least"?',
  ]);
  assert.deepEqual(mistakes('slack-active at least 3'), [
    'licenses.yaml:6:27: expected "at least", "times", "round" in this order, or the end of the measure, found "at"',
  ]);
  assert.deepEqual(mistakes('oracle-processor'), [
    'licenses.yaml:6:30: "by" groups what is multiplied, expected "times" with a factor for each value',
  ]);
  assert.deepEqual(mistakes('datadog-host'), [
    'licenses.yaml:6:14: expected the name of a measure of this file, found "datadog-host", did you mean "datadog-hosts"?',
  ]);
});

test('a measure of the file goes before one of a vendor, and may be one under another name', () => {
  const yaml = (measures: string) => `contract: {id: C-1, timezone: UTC}
term: {from: 2025-01-01, until: 2026-01-01}
measures: {${measures}}
licenses: [{id: a, covers: {feature: a}, measure: named}, {id: b, covers: {feature: b}, measure: github-seats}]
`;
  const { contract, problems } = parseContract(
    'licenses.yaml',
    yaml('named: oracle-nup at least 50, github-seats: count events over month'),
  );
  assert.deepEqual(problems.map(formatProblem), []);
  assert.deepEqual(
    contract!.licenses.map(({ measure }) => [measure.name, measure.count.what]),
    [
      ['named', 'assigned'],
      ['github-seats', 'events'],
    ],
  );
});

function table(): string {
  const rows = presetNames().map((name) => {
    const { title, versions, needs, last, source } = PRESETS[name]!;
    const sentences = versions.map(({ from, sentence, unknown }) => {
      const since = from === undefined ? '' : `from ${from}: `;
      const what =
        unknown === undefined
          ? `\`${sentence}${last === undefined ? '' : ` … ${last}`}\``
          : `not judged (${unknown})`;
      return `${since}${what}`;
    });
    return `### ${name}\n\n${title}.\n\n${sentences.map((each) => `- ${each}`).join('\n')}\n${needs === undefined ? '' : `- needs ${needs}\n`}- source: <${source}>\n`;
  });
  return rows.join('\n');
}

test('docs/license-measures.md holds every measure of a vendor as it is', () => {
  const [begin, end] = [
    '<!-- presets: written by test/licenses/presets.test.ts with UPDATE=1 -->\n',
    '<!-- /presets -->\n',
  ];
  const text = readFileSync(DOCUMENT, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest!.split(end)[1]!;
  const expected = `${before}${begin}\n${table()}\n${end}${after}`;
  if (process.env.UPDATE) writeFileSync(DOCUMENT, expected);
  assert.equal(readFileSync(DOCUMENT, 'utf8'), expected);
});
