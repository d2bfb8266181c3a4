/** The JSON report keeps to the schema that is shipped with it, and the schema to the report. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Report } from '../../src/model/report.ts';
import { json } from '../../src/report/json.ts';
import { ndjson } from '../../src/report/ndjson.ts';
import { cleanReport, emptyReport, HOSTILE, hostileReport, richReport } from './sample-report.ts';

type Schema = { properties?: Record<string, Schema>; description?: string; $ref?: string } & Record<
  string,
  unknown
>;

const schema: Schema = JSON.parse(
  readFileSync(new URL('../../rules/report-v1.schema.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addSchema(schema, 'report');
const isReport = ajv.getSchema('report')!;
const OPTIONS = { colors: false, width: 80 };

function parsed(report: Report) {
  return JSON.parse(json.render(report, OPTIONS));
}

describe('the JSON report', () => {
  const samples = { richReport, cleanReport, emptyReport };
  for (const [name, sample] of Object.entries(samples)) {
    test(`of ${name} is valid by the schema`, () => {
      assert.ok(isReport(parsed(sample())), ajv.errorsText(isReport.errors));
    });
  }

  test('of hostile text is valid, and gives each text back unchanged', () => {
    const report = parsed(hostileReport());
    isReport(report);
    // A hostile `at`, `from` or control is still a string: only what the schema calls a form can fail here.
    assert.equal(ajv.errorsText(isReport.errors), 'No errors');
    assert.equal(report.findings[0].message, HOSTILE);
    assert.equal(report.inputs[0].file, HOSTILE);
    assert.equal(report.findings[0].excerpt.text, HOSTILE + HOSTILE);
  });

  test('holds everything that the report holds, and nothing else', () => {
    assert.deepEqual(parsed(richReport()), JSON.parse(JSON.stringify(richReport())));
  });

  test('is the same bytes, however the report was put together', () => {
    const upsideDown = JSON.parse(JSON.stringify(richReport()), (_, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    assert.equal(json.render(upsideDown, OPTIONS), json.render(richReport(), OPTIONS));
  });

  test('ends in one newline and is indented by two spaces', () => {
    assert.match(
      json.render(emptyReport(), OPTIONS),
      /^\{\n {2}"schema": "audit-check\/report\/v1",\n[\s\S]*[^\n]\n$/,
    );
  });
});

/** Every property of the schema with its path, `$ref` followed, each definition once a path. */
function* properties(node: Schema, path: string): Generator<[string, Schema]> {
  const target = node.$ref
    ? ((schema.$defs as Record<string, Schema>)[node.$ref.slice('#/$defs/'.length)] as Schema)
    : node;
  for (const [name, property] of Object.entries(target.properties ?? {})) {
    yield [`${path}/${name}`, property];
    yield* properties(property, `${path}/${name}`);
  }
  for (const below of [target.items, target.additionalProperties, ...((target.anyOf as Schema[]) ?? [])]) {
    if (typeof below === 'object' && below !== null) yield* properties(below as Schema, `${path}/*`);
  }
}

/** The values at a path of `properties`. */
function valuesAt(value: unknown, [name, ...rest]: string[]): unknown[] {
  if (name === undefined) return value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  // `*` is a member of an array or map, or an alternative of anyOf, which adds no level to the value.
  const below = name === '*' ? [...Object.values(value), value] : [(value as Record<string, unknown>)[name]];
  return below.flatMap((member) => valuesAt(member, rest));
}

describe('the schema of the report', () => {
  const all = [...properties(schema, '')];

  test('describes every property', () => {
    assert.ok(all.length > 100);
    for (const [path, property] of all) assert.ok(property.description?.endsWith('.'), path);
  });

  test('has no property that the rich sample lacks', () => {
    const report = parsed(richReport());
    for (const [path] of all) {
      assert.ok(valuesAt(report, path.split('/').slice(1)).length > 0, path);
    }
  });

  const spoilt: [string, (report: Report & Record<string, unknown>) => void][] = [
    ['another version', (report) => Object.assign(report, { schema: 'audit-check/report/v2' })],
    ['an unknown key', (report) => Object.assign(report, { extra: 1 })],
    ['an unknown key of a finding', (report) => Object.assign(report.findings[0]!, { extra: 1 })],
    ['an unknown severity', (report) => Object.assign(report.findings[0]!, { severity: 'fatal' })],
    [
      'a finding without a fingerprint',
      (report) => Reflect.deleteProperty(report.findings[0]!, 'fingerprint'),
    ],
    ['a negative count', (report) => Object.assign(report.summary.records, { read: -1 })],
    ['half a digest', (report) => Object.assign(report.inputs[0]!, { sha256: 'abc' })],
    ['a place without its line', (report) => Reflect.deleteProperty(report.findings[0]!.place, 'line')],
    ['no tie-out', (report) => Reflect.deleteProperty(report.summary, 'records')],
    ['a time that is none', (report) => Object.assign(report, { generated: 'yesterday' })],
  ];
  for (const [what, spoil] of spoilt) {
    test(`refuses ${what}`, () => {
      const report = parsed(richReport());
      spoil(report);
      assert.equal(isReport(report), false);
    });
  }
});

describe('the NDJSON report', () => {
  const lines = ndjson.render(hostileReport(), OPTIONS).split('\n');

  test('is one line a finding, in order, then one summary with the rest of the report', () => {
    assert.equal(lines.pop(), '');
    const values = lines.map((line) => JSON.parse(line));
    const { type, ...rest } = values.pop();
    const { findings, ...expected } = parsed(hostileReport());
    assert.equal(type, 'summary');
    assert.deepEqual(rest, expected);
    assert.deepEqual(
      values,
      findings.map((finding: object) => ({ type: 'finding', ...finding })),
    );
  });

  test('is one summary line when there are no findings', () => {
    assert.match(ndjson.render(emptyReport(), OPTIONS), /^\{"type":"summary",.*\}\n$/);
  });
});
