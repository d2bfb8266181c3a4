/** Schemas judged without the validator: it says the same of every value, and of every schema that is wrong. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSchemas } from '../../src/checks/event-schema.ts';
import { createAjv } from '../../src/checks/linear-ajv.ts';
import { isPlainSchema, plainTest } from '../../src/checks/plain-schema.ts';
import { rounds } from '../support/rounds.ts';
import { repository } from '../support/source-tree.ts';

const VALUES = [
  'success',
  'other',
  '',
  1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  null,
  [],
  {},
  ['success'],
];

test('isPlainSchema() holds of the schemas that come with us', () => {
  for (const name of ['audit-minimum', 'audit-full']) {
    const schema = JSON.parse(readFileSync(`${repository}rules/schemas/${name}.json`, 'utf8'));
    assert.ok(isPlainSchema(schema), name);
  }
});

test('plainTest() passes a value exactly when the validator does', () => {
  const words = fc.uniqueArray(fc.constantFrom('success', 'other', ''), { minLength: 1 });
  const types = fc.uniqueArray(fc.constantFrom('string', 'number', 'boolean', 'null'), { minLength: 1 });
  const schemas = fc.record(
    { enum: words, type: fc.oneof(types, fc.constantFrom('string', 'number')), title: fc.constant('t') },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(schemas, (schema) => {
      const passes = plainTest(schema);
      assert.ok(passes !== undefined);
      const validate = createAjv().compile(schema);
      for (const value of VALUES)
        assert.equal(passes(value), validate(value), JSON.stringify([schema, value]));
    }),
    { numRuns: rounds(25, 200) },
  );
});

test('isPlainSchema() leaves to the validator what could be wrong, and what asks more', () => {
  const others: Record<string, unknown>[] = [
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    { title: 5 },
    { type: 'array' },
    { required: 'actor' },
    { required: ['actor', 'actor'] },
    { properties: [] },
    { properties: { actor: true } },
    { properties: { actor: { type: 'text' } } },
    { properties: { actor: { type: [] } } },
    { properties: { actor: { type: 'integer' } } },
    { properties: { actor: { type: 'constructor' } } },
    { properties: { actor: { enum: [] } } },
    { properties: { actor: { enum: ['a', 'a'] } } },
    { properties: { actor: { enum: [1] } } },
    { properties: { actor: { pattern: 'a' } } },
    { properties: { actor: { $ref: '#' } } },
    { additionalProperties: false },
    { requird: ['actor'] },
  ];
  for (const schema of others) assert.ok(!isPlainSchema(schema), JSON.stringify(schema));
});

test('compileSchemas() says of a value what the validator says, plain or not', () => {
  const schema = {
    required: ['outcome'],
    properties: { outcome: { enum: ['success'] }, actor: { type: 'string' } },
  };
  const plain = compileSchemas([{ name: 'one', appliesTo: 'audit', schema }]);
  const whole = compileSchemas([{ name: 'one', appliesTo: 'audit', schema: { ...schema, examples: [] } }]);
  for (const value of VALUES) {
    for (const [index, { validators }] of plain.fields.entries()) {
      assert.deepEqual(
        validators.map(({ prefix, validate }) => [prefix, validate(value)]),
        whole.fields[index]!.validators.map(({ prefix, validate }) => [prefix, validate(value)]),
      );
    }
  }
  assert.throws(
    () => compileSchemas([1, 2].map(() => ({ name: 'one', appliesTo: 'audit', schema }))),
    /already exists/,
  );
});
