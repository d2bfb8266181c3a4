/** Pack files: what is wrong with one is said all at once, with its place; and editors say the same by its JSON Schema. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseYamlDocument } from '../../src/base/yaml-tree.ts';
import type { Problem } from '../../src/model/problem.ts';
import { EVENT_ASPECTS } from '../../src/packs/events.ts';
import { CHECK_KINDS } from '../../src/packs/index.ts';
import { parsePack } from '../../src/packs/parse-pack.ts';

const rules = new URL('../../rules/', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('schemas/pack.schema.json', rules), 'utf8'));
const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
}).compile(schema);

const HEAD = 'title: T\nversion: "1"\neffective: 2020-01-01\nurl: https://example.org\n';

function mistakes(text: string, name = 'our-pack'): string[] {
  const problems: Problem[] = [];
  const { root, problems: yaml } = parseYamlDocument('p.yaml', text);
  assert.deepEqual(yaml, []);
  assert.equal(root?.kind, 'map');
  const ruleId = (rule: string) =>
    rule === 'known' ? { id: 'id-of-known', near: '' } : { near: ', did you mean "known"?' };
  parsePack('p.yaml', name, root as Extract<typeof root, { kind: 'map' }>, ruleId, problems);
  return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function control(members: string): string {
  return `${HEAD}controls:\n  - {${members}}\n`;
}

const SOUND = control(
  'id: A.1, title: t, strength: strong, checks: [{ silence: 7 days }, { present: [known] }]',
);

/** Each with the beginning of what is said, and whether the schema sees it too. */
const WRONG: [what: string, text: string, said: RegExp, isSeen: boolean][] = [
  ['no controls', HEAD, /^1:1 expected "controls"/, true],
  ['no title', SOUND.replace('title: T\n', ''), /expected "title", found none/, true],
  ['an unknown key', `${SOUND}contrls: 1\n`, /unknown key "contrls", did you mean "controls"/, true],
  ['a date that is none', SOUND.replace('2020-01-01', 'soon'), /"effective" must be a date/, true],
  ['an id twice', `${SOUND}${SOUND.split('controls:\n')[1]}`, /^7:5 the control "A.1" is there twice/, false],
  ['an id with a space', SOUND.replace('A.1', 'A 1'), /an id is letters/, true],
  [
    'a strength nobody knows',
    SOUND.replace('strong', 'stong'),
    /must be one of strong, partial, none, found "stong", did you mean "strong"/,
    true,
  ],
  [
    'strength none with checks',
    SOUND.replace('strong', 'none'),
    /strength none exactly where it has no checks/,
    true,
  ],
  [
    'no checks and no reason',
    control('id: A.1, title: t, strength: none'),
    /expected "checks", or a "reason"/,
    true,
  ],
  ['a check of two keys', SOUND.replace('7 days', '7 days, review: 7 days'), /a check has one key/, true],
  [
    'a check nobody knows',
    SOUND.replace('silence', 'silense'),
    /found "silense", did you mean "silence"/,
    true,
  ],
  ['an age that is none', SOUND.replace('7 days', 'long'), /expected an age such as .* found "long"/, true],
  ['a policy where an age is fixed', SOUND.replace('7 days', 'policy'), /expected an age/, true],
  ['a rule nobody knows', SOUND.replace('[known]', '[knwon]'), /found "knwon", did you mean "known"/, false],
  ['nothing to be present', SOUND.replace('[known]', '[]'), /takes at least one text/, true],
  [
    'a map for a text',
    SOUND.replace('[known]', '{known: 1}'),
    /takes a text or a list of texts, found a map/,
    true,
  ],
  [
    'an aspect nobody knows',
    SOUND.replace('silence: 7 days', 'events: contnt'),
    /found "contnt", did you mean "content"/,
    true,
  ],
  [
    'a field nobody knows',
    SOUND.replace('silence: 7 days', 'fields: adress'),
    /expected one of outcome, ip, target/,
    true,
  ],
  [
    'an integrity nobody knows',
    SOUND.replace('silence: 7 days', 'integrity: much'),
    /expected chained or anchored, found "much"/,
    true,
  ],
  [
    'licenses of another kind',
    SOUND.replace('silence: 7 days', 'licenses: all'),
    /expected quantity, found "all"/,
    true,
  ],
];

describe('a pack file', () => {
  test('that is sound has no mistakes', () => {
    assert.deepEqual(mistakes(SOUND), []);
    assert.ok(validate(parse(SOUND)), JSON.stringify(validate.errors));
  });

  for (const [what, text, said, isSeen] of WRONG) {
    test(`with ${what} is refused, with the place`, () => {
      const found = mistakes(text);
      assert.ok(
        found.some((line) => said.test(line) || said.test(line.replace(/^\d+:\d+ /, ''))),
        found.join('\n'),
      );
      assert.equal(validate(parse(text)), !isSeen);
    });
  }

  test('with many mistakes is told all of them', () => {
    const text = SOUND.replace('silence', 'silense').replace('strong', 'stong').replace('[known]', '[knwon]');
    assert.equal(mistakes(text).length, 3, mistakes(text).join('\n'));
  });

  test('is named by words in lower case', () => {
    assert.match(mistakes(SOUND, 'Our Pack')[0]!, /found "Our Pack"/);
  });
});

describe('rules/schemas/pack.schema.json', () => {
  const folder = new URL('packs/', rules);
  for (const name of readdirSync(folder)) {
    test(`takes ${name}`, () => {
      assert.ok(
        validate(parse(readFileSync(new URL(name, folder), 'utf8'))),
        JSON.stringify(validate.errors),
      );
    });
  }

  test('knows the kinds of checks and the aspects that there are', () => {
    assert.deepEqual(
      Object.keys(schema.$defs.check.properties),
      CHECK_KINDS.map(({ name }) => name),
    );
    assert.deepEqual(schema.$defs.aspect.enum, EVENT_ASPECTS);
  });
});
