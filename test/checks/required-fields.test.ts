import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requiredFields } from '../../src/checks/required-fields.ts';
import { ProblemsError } from '../../src/model/problem.ts';
import { MAX_RELATED } from '../../src/model/relation.ts';
import type { EventSchema } from '../../src/model/request.ts';
import { auditFull, auditMinimum, brief, LackingFields, request, runCheck, underlined } from './run-check.ts';

const good = { time: '2025-03-01T09:00:00Z', actor: 'ann', action: 'login', outcome: 'success' };
const { actor: _, ...actorless } = good;

const audit = (schema: Record<string, unknown>): EventSchema => ({ name: 'own', appliesTo: 'audit', schema });
const raw = (schema: Record<string, unknown>): EventSchema => ({ name: 'own-raw', appliesTo: 'raw', schema });
const run = (records: readonly (object | string)[], ...schemas: EventSchema[]) =>
  brief(runCheck(requiredFields, records, schemas.length > 0 ? { schemas } : {}).findings);

describe('required-fields over canonical events', () => {
  test('is silent on complete events', () => assert.deepEqual(run([good, { ...good, actor: 42 }]), []));

  test('gives one finding a field and file, with count, first place and further places', () => {
    const records = [good, actorless, good, actorless, ...Array.from({ length: 20 }, () => actorless)];
    const { findings } = runCheck(requiredFields, { 'a.ndjson': records, 'b.ndjson': [actorless, good] });
    assert.deepEqual(
      findings.map(({ place, code, count, message, related = [] }) => [
        place.file,
        place.line,
        code,
        count,
        message,
        related.length,
      ]),
      [
        ['a.ndjson', 2, 'missing-field', 22, '"actor" is missing in 22 of 24 records', MAX_RELATED],
        ['b.ndjson', 1, 'missing-field', undefined, '"actor" is missing in 1 of 2 records', 0],
      ],
    );
    assert.equal(findings[0]!.related![0]!.line, 4);
  });

  test('takes null and the empty text for missing', () => {
    assert.deepEqual(run([{ ...good, action: null }, { ...good, action: '' }, good]), [
      '1 missing-field: "action" is missing in 2 of 3 records',
    ]);
  });

  test('takes what says nothing for missing, and 0 for a value', () => {
    for (const blank of ['-', ' ', 'N/A', 'null', 'none', '\u200b', '***']) {
      const record = {
        ...good,
        action: blank,
        outcome: blank,
        ip: blank,
        endpoint: 'e',
        decision: 'allowed',
      };
      const codes = run([{ ...record, target: blank }], auditFull).map(
        (line) => /"(\w+)" is missing/.exec(line)?.[1],
      );
      assert.deepEqual(codes.toSorted(), ['action', 'ip', 'outcome', 'target'], JSON.stringify(blank));
    }
    const full = { ...good, ip: '::', endpoint: 'e', decision: 'allowed' };
    for (const target of ['0', 0, '/', '*', 'none-such'])
      assert.deepEqual(run([{ ...full, target }], auditFull), []);
  });

  test('names every missing field of an empty record', () => {
    const codes = run(['{}']).map((line) => /"(\w+)" is missing in the only record/.exec(line)?.[1]);
    assert.deepEqual(codes.toSorted(), ['action', 'actor', 'outcome', 'time']);
  });

  test('tells a value outside the schema, with what was expected and found, and points at it', () => {
    const { findings } = runCheck(requiredFields, [
      good,
      { ...good, outcome: 'ok' },
      { ...good, outcome: 'OK' },
    ]);
    assert.deepEqual(brief(findings), [
      '2 invalid-field: "outcome" is invalid in 2 of 3 records: expected one of "success", "failure", "unknown", found "ok", "OK"',
    ]);
    assert.equal(underlined(findings[0]!), '"ok"');
  });

  test('shows three values and says that there are others', () => {
    const values = ['a', 'b', 'a', 'c', 'd', 'e'].map((outcome) => ({ ...good, outcome }));
    assert.match(run(values)[0]!, /found "a", "b", "c" and others$/);
  });

  test('demands where, through what, on what and the decision by audit-full', () => {
    const fields = run([good], auditFull).map((line) => /"(\w+)"/.exec(line)![1]);
    assert.deepEqual(fields.toSorted(), ['decision', 'endpoint', 'ip', 'target']);
    const complete = { ...good, ip: '192.0.2.7', endpoint: '/v1/x', decision: 'allowed', target: 'db-1' };
    assert.deepEqual(run([complete], auditFull), []);
  });

  test('counts a field once that two schemas demand, flat or not', () => {
    const nested = audit({ type: 'object', required: ['actor'], anyOf: [{ required: ['time'] }] });
    assert.deepEqual(
      run([actorless, good], auditMinimum, auditFull, nested).filter((line) => line.includes('actor')),
      ['1 missing-field: "actor" is missing in 1 of 2 records'],
    );
  });

  test('judges each of several values, and misses none where one says something', () => {
    const flat = audit({ properties: { action: { enum: ['login', 'logout'] } } });
    const whole = audit({
      anyOf: [{ properties: { action: { enum: ['login', 'logout'] } } }, { required: ['reason'] }],
    });
    const records = [
      { ...good, action: ['login', 'logout'] },
      { ...good, action: ['login', 'rm', 'dd'] },
      { ...good, action: [null, '-', 'login'] },
    ];
    assert.deepEqual(run(records, flat), [
      '2 invalid-field: "action" is invalid in 1 of 3 records: expected one of "login", "logout", found "rm", "dd"',
    ]);
    assert.deepEqual(
      run(records, whole).map((line) => line.slice(0, 15)),
      ['2 invalid-field'],
    );
    assert.deepEqual(
      run(
        [
          { ...good, target: ['-', ''] },
          { ...good, target: ['-', 'x'] },
        ],
        audit({ required: ['target'] }),
      ),
      ['1 missing-field: "target" is missing in 1 of 2 records'],
    );
  });

  test('finds the anonymous name among several', () => {
    const lines = run([{ ...good, actor: ['ann', 'unknown'] }]);
    assert.ok(
      lines.some((line) => /names nobody in the only record, found "unknown"/.test(line)),
      lines.join(),
    );
  });

  test('validates a schema that is not flat against the whole event', () => {
    const schema = audit({
      if: { properties: { action: { const: 'grant' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['reason', 'ticket'] },
    });
    assert.deepEqual(run([good, { ...good, action: 'grant', reason: 'x' }], schema), [
      '2 missing-field: "ticket" is missing in 1 of 2 records',
    ]);
  });

  test('does not demand what the source lacks by design, and says so once', () => {
    const fields = new LackingFields('github', ['actor']);
    const nested = audit({ required: ['actor'], minProperties: 1 });
    const { findings, notices } = runCheck(
      requiredFields,
      [actorless, actorless],
      { schemas: [auditMinimum, nested] },
      fields,
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(
      notices?.map(({ code, message }) => [code, message]),
      [
        [
          'field-not-in-source',
          'the source "github" has no "actor" by design, so 2 records were not asked for it',
        ],
      ],
    );
  });

  test('judges a source without a mapping by raw schemas only', () => {
    const schemas = [auditMinimum, raw({ required: ['user'] })];
    const { findings } = runCheck(requiredFields, ['{"a":1}'], { schemas }, new LackingFields('unknown'));
    assert.deepEqual(brief(findings), ['1 missing-field: "user" is missing in the only record']);
  });

  test('has nothing to do without schemas', () => {
    assert.equal(requiredFields.create(request({ schemas: [] })), undefined);
  });
});

describe('the actor', () => {
  const judge = (actor: unknown, allowActors: string[] = []) =>
    runCheck(requiredFields, [{ ...good, actor }], { allowActors }).findings.map(({ code }) => code);

  for (const actor of [
    '',
    ' ',
    '-',
    '--',
    '?',
    'unknown',
    'Unknown',
    ' UNKNOWN ',
    '<unknown>',
    '(none)',
    'anonymous',
    'n/a',
    'N/A',
    'null',
    'undefined',
    '[object Object]',
    'system:anonymous',
    'ANONYMOUS LOGON',
    'S-1-5-7',
    '00000000-0000-0000-0000-000000000000',
    '\u200b',
    'HIDDEN_DUE_TO_SECURITY_REASONS',
  ]) {
    test(`${JSON.stringify(actor)} names nobody`, () => assert.deepEqual(judge(actor), ['ambiguous-actor']));
  }

  for (const actor of [
    'ann',
    'root',
    '0',
    0,
    'nullable',
    'noneman',
    '李',
    'svc-unknown-7',
    'unknown@example.com',
    'arn:aws:iam::123456789012:root',
  ]) {
    test(`${JSON.stringify(actor)} names somebody`, () => assert.deepEqual(judge(actor), []));
  }

  test('may be anonymous where the request allows it', () => {
    assert.deepEqual(judge('Anonymous', ['anonymous']), []);
    assert.deepEqual(judge('unknown', ['anonymous']), ['ambiguous-actor']);
  });

  test('is named in the finding, escaped', () => {
    const { findings } = runCheck(requiredFields, [
      good,
      { ...good, actor: '-' },
      { ...good, actor: '\u202e' },
    ]);
    assert.deepEqual(brief(findings), [
      '2 ambiguous-actor: "actor" names nobody in 2 of 3 records, found "-", "\\u{202e}"',
    ]);
    assert.equal(underlined(findings[0]!), '"-"');
  });
});

describe('required-fields over raw records', () => {
  test('names nested fields, and members of arrays as one', () => {
    const schema = raw({
      type: 'object',
      properties: {
        user: { type: 'object', required: ['id'] },
        roles: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
      },
    });
    const records = ['{"user":{}}', '{"user":{"id":1},"roles":[{"name":1},{"name":2},{"name":"x"}]}'];
    assert.deepEqual(run(records, schema), [
      '1 missing-field: "user.id" is missing in 1 of 2 records',
      '2 invalid-field: "roles[].name" is invalid in 1 of 2 records: expected string, found 1, 2',
    ]);
  });

  test('tells a failed anyOf once, not branch by branch', () => {
    const schema = raw({ anyOf: [{ required: ['a'] }, { required: ['b'] }] });
    assert.deepEqual(run(['{}'], schema), [
      '1 invalid-field: "the record" is invalid in the only record: must match a schema in anyOf, found an object',
    ]);
  });

  test('makes one group of ever new member names', () => {
    const schema = raw({ additionalProperties: { type: 'string' } });
    const records = Array.from({ length: 50 }, (_, index) => `{"key-${index}":1}`);
    const lines = run(records, schema);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /in all 50 records/);
  });

  test('sees a member called __proto__', () => {
    assert.deepEqual(run(['{"__proto__":1}'], raw({ required: ['__proto__'] })), []);
    assert.equal(run(['{}'], raw({ required: ['toString'] })).length, 1);
  });

  // An engine that tries again doubles its work with each "a": it would not end.
  test('runs patterns and formats on texts that are hostile to engines that try again', () => {
    const hostile = { a: `${'a'.repeat(50_000)}!`, b: `${'a@'.repeat(20_000)}` };
    const schema = raw({ properties: { a: { pattern: '^(a+)+$' }, b: { format: 'email' } } });
    assert.equal(run([hostile], schema).length, 2);
  });

  test('keeps two patterns apart', () => {
    const schema = raw({ properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } });
    assert.deepEqual(run([{ a: 'a', b: 'b' }], schema), []);
    assert.match(run([{ a: 'a', b: 'a' }], schema)[0]!, /"b" is invalid .*matches "\^b\$", found "a"$/);
  });

  test('judges formats as the standard does', () => {
    const formats = {
      ipv4: ['192.0.2.1', '192.0.2.256'],
      uuid: ['9b2f1c1e-3f0a-4b43-8d2a-0f1e2d3c4b5a', 'x'],
      email: ['ann@example.com', 'ann@'],
      hostname: ['a.example', '-a'],
      'date-time': ['2025-03-01T09:00:00Z', '2025-03-01'],
    };
    for (const [format, [valid, invalid]] of Object.entries(formats)) {
      const schema = raw({ properties: { x: { format } } });
      assert.deepEqual(run([{ x: valid }], schema), [], `${format} ${valid}`);
      assert.equal(run([{ x: invalid }], schema).length, 1, `${format} ${invalid}`);
    }
  });
});

describe('schemas with mistakes', () => {
  const problems = (...schemas: EventSchema[]): string[] => {
    try {
      requiredFields.create(request({ schemas }));
    } catch (error) {
      if (error instanceof ProblemsError)
        return error.problems.map(({ file, message }) => `${file}: ${message}`);
      throw error;
    }
    return [];
  };

  test('are all reported, with the nearest field', () => {
    const found = problems(
      { name: 'a', appliesTo: 'audit', schema: { required: ['actr'] } },
      { name: 'b', appliesTo: 'raw', schema: { type: 'strng' } },
      { name: 'c', appliesTo: 'raw', schema: { requird: ['x'] } },
      { name: 'd', appliesTo: 'raw', schema: { $ref: 'elsewhere' } },
      { name: 'e', appliesTo: 'raw', schema: { properties: { x: { pattern: '(?=a)' } } } },
      { name: 'f', appliesTo: 'raw', schema: { $async: true } },
      { name: 'g', appliesTo: 'raw', schema: { $schema: 'http://json-schema.org/draft-07/schema#' } },
    );
    assert.ok(
      found.some(
        (line) => line === 'a: expected a field of audit events, found "actr", did you mean "actor"?',
      ),
    );
    for (const name of 'abcdefg')
      assert.ok(
        found.some((line) => line.startsWith(`${name}: `)),
        `${name} in\n${found.join('\n')}`,
      );
  });

  test('may refer to one another by name', () => {
    const extended = audit({ allOf: [{ $ref: 'audit-minimum' }], required: ['reason'] });
    assert.deepEqual(problems(auditMinimum, extended), []);
    assert.equal(run([good], auditMinimum, extended).length, 1);
  });
});
