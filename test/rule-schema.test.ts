/** `rules/schemas/rule.schema.json`, which editors check rule files with: it takes what we take and refuses what we refuse. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Document, isScalar, parseAllDocuments, stringify, visit } from 'yaml';
import { readRoles } from '../src/cli/role-tables.ts';
import { toRelation } from '../src/engine/rule-relation.ts';
import { RULE_KEYS } from '../src/lint/rule-keys.ts';
import { linkRules } from '../src/match/link-rules.ts';
import { parseRuleFile, type RuleDocument } from '../src/match/parse-rules.ts';
import { SEVERITIES } from '../src/model/finding.ts';
import type { Problem } from '../src/model/problem.ts';
import { RELATIONS } from '../src/relations/index.ts';
import { EXAMPLES } from './support/page-examples.ts';
import { sharedData } from './support/shared-data.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCHEMA = JSON.parse(fs.readFileSync(`${ROOT}rules/schemas/rule.schema.json`, 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(SCHEMA);

/** What the schema has against each document of a text. */
function refusals(text: string): string[] {
  return (parseAllDocuments(text, { schema: 'core' }) as Document[]).flatMap((document) => {
    const value: unknown = document.toJS();
    if (value === null || validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
}

/** What we have against a text, beside documents that are in order: it is parsed, linked and compiled. */
function mistakes(text: string, others: readonly RuleDocument[] = []): string[] {
  const wrong: Problem[] = [];
  const { documents, problems } = parseRuleFile('r.yaml', text, (table) => readRoles('r.yaml', table, wrong));
  const linked = linkRules([...others, ...documents]);
  const said = [...wrong, ...problems, ...linked.problems, ...linked.ruleSet.errors].map(
    ({ message }) => message,
  );
  for (const rule of linked.ruleSet.rules)
    if (rule.file === 'r.yaml') toRelation(rule, (message) => said.push(message));
  return said;
}

const isTaken = (text: string) => mistakes(text).length === 0;

function yamlFiles(folder: string, name: RegExp): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file))
    .map((file) => path.join(folder, file))
    .sort();
}

/** Other keys at the top may be anybody's, as Sigma has it; `rules lint` tells those that look misspelled. */
const REFUSED_AT_THE_TOP = [
  'title',
  'detection',
  'correlation',
  'filter',
  'table',
  'owner',
  'reason',
  'expires',
];
/** Maps whose keys an author makes up, or a log has. */
const FREE_MAPS = ['detection', 'events', 'marks', 'aliases', 'match', 'when', 'roles', 'users'];

/** Whether a key may be any, as far as one document can tell: a name, a field, or what only the others depend on. */
function isFree(path: readonly string[]): boolean {
  const key = path.at(-1)!;
  if (path.length === 1) return !REFUSED_AT_THE_TOP.includes(key);
  if (path[0] === 'filter') return key !== 'rules' && key !== 'condition';
  // Columns of a table are called as the rules call them.
  if (path[0] === 'table') return !['roles', 'users'].includes(key);
  return key !== 't' && path.slice(0, -1).some((each) => FREE_MAPS.includes(each));
}

describe('the JSON Schema of rules', () => {
  const corpus = sharedData('sigma-rules');
  const VALID: [what: string, files: string[], skip?: string | false][] = [
    ['every shipped rule', yamlFiles(`${ROOT}rules/policies`, /\.yaml$/)],
    ['every rule of a fixture', yamlFiles(`${ROOT}fixtures`, /(?:^|\/)rules\.ya?ml$/)],
    [
      'every public rule of Sigma',
      corpus === undefined ? [] : yamlFiles(corpus, /\.yml$/),
      corpus === undefined && 'sample data absent',
    ],
  ];
  for (const [what, files, skip = false] of VALID) {
    test(`takes ${what}`, { skip }, (context) => {
      assert.ok(files.length >= 10, `found ${files.length} files`);
      let refused = 0;
      for (const file of files) {
        const text = fs.readFileSync(file, 'utf8');
        // What a fixture shows to be refused is for the parser to explain.
        if (what.includes('fixture') && !isTaken(text)) {
          refused++;
          continue;
        }
        assert.deepEqual(refusals(text), [], file);
      }
      context.diagnostic(`${files.length} files, of which we refuse ${refused}`);
      assert.ok(refused < files.length / 4);
    });
  }

  test('takes the examples of the page', () => {
    assert.ok(isTaken(EXAMPLES));
    assert.deepEqual(refusals(EXAMPLES), []);
  });

  test('has the words of the code', () => {
    const { properties, $defs } = SCHEMA;
    assert.deepEqual(properties.level.enum, SEVERITIES);
    assert.deepEqual($defs.correlation.properties.type.enum, RELATIONS.map(({ type }) => type).sort());
    const known = new Set(RULE_KEYS.map(({ key }) => key));
    for (const key of Object.keys(properties)) assert.ok(known.has(key) || key === 'action', key);
  });

  test('refuses every misspelled key that we refuse, and no other', (context) => {
    const documents = parseAllDocuments(EXAMPLES) as Document[];
    const parsed = documents.map((document) => {
      const text = stringify(document.toJS());
      return parseRuleFile('other.yaml', text, (table) => readRoles('other.yaml', table, [])).documents;
    });
    let refused = 0;
    for (const [at, document] of documents.entries()) {
      const others = parsed.filter((_, each) => each !== at).flat();
      const judge = (path: readonly string[]) => {
        const text = stringify(document.toJS());
        const ours = mistakes(text, others);
        const theirs = refusals(text);
        const where = `${document.get('title')}: ${path.join('.')}`;
        assert.equal(theirs.length > 0, ours.length > 0, `${where}: ${[...ours, ...theirs].join('; ')}`);
        if (ours.length > 0) refused++;
      };
      visit(document, {
        Pair(_, { key }, ancestors) {
          const path = ancestors.flatMap((each) =>
            'key' in each && isScalar(each.key) ? [String(each.key.value)] : [],
          );
          if (!isScalar(key) || isFree([...path, String(key.value)])) return;
          const written = key.value;
          key.value = `${written}x`;
          judge([...path, String(written)]);
          key.value = written;
        },
      });
    }
    context.diagnostic(`${refused} misspelled keys are refused by both`);
    assert.ok(refused > 300, `found ${refused}`);
  });

  const RULE = 'title: t\ndetection: {s: {a: b}, condition: s}\n';
  const STEP = 'title: s\nname: s\ndetection: {s: {a: b}, condition: s}\n---\ntitle: t\n';
  const INVALID: [what: string, text: string][] = [
    ['no title', 'detection: {s: {a: b}, condition: s}\n'],
    ['two kinds', `${RULE}table: [a]\n`],
    ['no kind', 'title: t\n'],
    ['no condition', 'title: t\ndetection: {s: {a: b}}\n'],
    ['a level that is none', `${RULE}level: hihg\n`],
    ['a date that is none', `${RULE}effective: {from: soon}\n`],
    ['a duration that is none', `${RULE}suppress: {by: [a], for: long}\n`],
    ['a log source that is none', `${RULE}logsource: {produkt: aws}\n`],
    ['a level without a selection', `${RULE}levels: [{level: high}]\n`],
    ['marks of a detection', `${RULE}tests: [{name: a, marks: {s: [{t: 0}]}, expect: violation}]\n`],
    ['a test without a verdict', `${RULE}tests: [{name: a, events: []}]\n`],
    [
      'an unknown relation',
      `${STEP}correlation: {type: event_cuont, rules: [s], timespan: 1h, condition: {gt: 1}}\n`,
    ],
    [
      'a key of another relation',
      `${STEP}correlation: {type: event_count, rules: [s], timespan: 1h, condition: {gt: 1}, history: 1d}\n`,
    ],
    ['a missing key of a relation', `${STEP}correlation: {type: new_value, rules: [s], field: a}\n`],
    [
      'a limit that is none',
      `${STEP}correlation: {type: event_count, rules: [s], timespan: 1h, condition: {gt: many}}\n`,
    ],
    ['requires without a side', `${STEP}correlation: {type: requires, rules: [s], needs: [s]}\n`],
    [
      'a waiver without an owner',
      `${STEP}filter: {rules: [s], w: {a: b}, condition: w}\nreason: because\nexpires: 2026-01-01\n`,
    ],
    [
      'a waiver of any rule',
      `${STEP}filter: {rules: any, w: {a: b}, condition: w}\nowner: ann\nreason: b\nexpires: 2026-01-01\n`,
    ],
    ['a row that is none', 'title: t\ntable: [[a]]\n'],
    ['roles with another key', 'title: t\ntable: {rolse: {}}\n'],
    ['a Sigma that is not known', `${RULE}sigma-version: 4\n`],
  ];
  for (const [what, text] of INVALID) {
    test(`refuses ${what}, as we do`, () => {
      assert.ok(!isTaken(text), 'we take it');
      assert.notDeepEqual(refusals(text), []);
    });
  }
});
