/** What a compiled mapping makes of texts: alternatives, guards, translations, identity, raw names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonText } from '../../src/base/json.ts';
import { compileMapping } from '../../src/sources/compile-mapping.ts';
import { type Mapping, mapIdentity, toRawPaths } from '../../src/sources/mapping.ts';
import { auditTexts } from '../../src/sources/tree-values.ts';
import { readMapped } from './plain-fields.ts';

function mappingOf(parts: object): Mapping {
  const problems: string[] = [];
  const document = { title: 'Test', identify: { x: '*' }, fields: { id: 'x' }, ...parts };
  const mapping = compileMapping('test', document, (path, message) =>
    problems.push(`${path.join('.')}: ${message}`),
  );
  assert.deepEqual(problems, []);
  return mapping!;
}

function target(form: unknown, record: string, envelopes: string[] = []): string | undefined {
  const mapping = mappingOf({ fields: { target: form }, envelopes });
  return auditTexts(parseJsonText(record), mapping, 'target')[0];
}

test('the first alternative with a text wins', () => {
  assert.equal(target(['a', 'b'], '{"a":"one","b":"two"}'), 'one');
  assert.equal(target(['a', 'b'], '{"b":"two"}'), 'two');
  assert.equal(target(['a', 'b'], '{}'), undefined);
});

test('null, empty text, empty collections and whole objects are no text', () => {
  for (const nothing of ['null', '""', '[]', '{}', '[[]]', '{"name":{"deep":1}}']) {
    assert.equal(target(['a', 'b'], `{"a":${nothing},"b":"two"}`), 'two', nothing);
  }
});

test('digits of a number and words of a boolean are kept', () => {
  assert.equal(target('a', '{"a":12345678901234567890}'), '12345678901234567890');
  assert.equal(target('a', '{"a":false}'), 'false');
});

test('the first member of an array speaks', () => {
  assert.equal(target('a.b', '{"a":[{"c":1},{"b":"two"},{"b":"three"}]}'), 'two');
});

test('a key with a dot in it is found', () => {
  assert.equal(target('addr.remote', '{"addr.remote":"192.0.2.1:22"}'), '192.0.2.1:22');
});

test('map translates by glob, in order; otherwise speaks for the rest; without it the value stays', () => {
  const map = { '4??': 'refused', '*': 'other' };
  assert.equal(target({ from: 'a', map }, '{"a":403}'), 'refused');
  assert.equal(target({ from: 'a', map }, '{"a":40}'), 'other');
  assert.equal(target({ from: 'a', map: { x: 'y' }, otherwise: 'z' }, '{"a":"w"}'), 'z');
  assert.equal(target({ from: 'a', map: { x: 'y' } }, '{"a":"w"}'), 'w');
});

test('a translation to the empty text passes the question on', () => {
  assert.equal(target([{ from: 'a', map: { '-': '' } }, 'b'], '{"a":"-","b":"two"}'), 'two');
});

test('absent speaks when there is no text, and its guard holds', () => {
  const form = { from: 'error', map: { '*': 'failed' }, absent: 'went well', when: { name: '*' } };
  assert.equal(target(form, '{"name":"x"}'), 'went well');
  assert.equal(target(form, '{"name":"x","error":""}'), 'went well');
  assert.equal(target(form, '{"name":"x","error":"no"}'), 'failed');
  assert.equal(target(form, '{"other":"x"}'), undefined);
});

test('a guard holds for any of its globs; null asks for absence; all guards must hold', () => {
  const form = { literal: 'yes', when: { a: ['x*', 'y'], b: null } };
  assert.equal(target(form, '{"a":"xx"}'), 'yes');
  assert.equal(target(form, '{"a":"y","b":null}'), 'yes');
  assert.equal(target(form, '{"a":"z"}'), undefined);
  assert.equal(target(form, '{"a":"y","b":1}'), undefined);
});

test('join leaves out what is not there', () => {
  const form = { join: ['verb', 'object', 'part'], with: ' ' };
  assert.equal(target(form, '{"verb":"get","object":"pods","part":"log"}'), 'get pods log');
  assert.equal(target(form, '{"verb":"get","part":"log"}'), 'get log');
  assert.equal(target(form, '{}'), undefined);
});

test('in an envelope, a guard and its path are sought together', () => {
  const form = [{ literal: 'ok', when: { name: '*', error: null } }, { from: 'error' }];
  assert.equal(target(form, '{"detail":{"name":"x"}}', ['detail']), 'ok');
  assert.equal(target(form, '{"detail":{"name":"x","error":"no"}}', ['detail']), 'no');
});

test('identity needs every one of its parts, or the next list speaks', () => {
  const mapping = mappingOf({ identity: [['log', 'number'], ['uuid']] });
  const of = (record: string) =>
    mapIdentity(mapping, (path) => readMapped(parseJsonText(record), mapping, path));
  assert.equal(of('{"log":"door","number":7}'), '["door","7"]');
  assert.equal(of('{"log":"door","uuid":"u1"}'), 'u1');
  assert.equal(of('{"log":"door"}'), undefined);
});

test('two different pairs of parts never share an identity', () => {
  const mapping = mappingOf({ identity: ['a', 'b'] });
  const of = (record: string) =>
    mapIdentity(mapping, (path) => readMapped(parseJsonText(record), mapping, path));
  assert.notEqual(of('{"a":"x/y","b":"z"}'), of('{"a":"x","b":"y/z"}'));
  assert.notEqual(of('{"a":"x\\",\\"y","b":"z"}'), of('{"a":"x","b":"y\\",\\"z"}'));
});

test('toRawPaths() gives the name, its alias, then both in the objects they may stand in', () => {
  const mapping = mappingOf({ aliases: { method: 'payload.method' }, within: ['data'] });
  assert.deepEqual(toRawPaths(mapping, 'method'), [
    'method',
    'payload.method',
    'data.method',
    'data.payload.method',
  ]);
  assert.deepEqual(toRawPaths(mapping, 'toString'), ['toString', 'data.toString']);
});

test('toRawPaths() gives the name where its aliases have it', () => {
  const mapping = mappingOf({ aliases: { method: ['method.value', 'method', 'Method'] } });
  assert.deepEqual(toRawPaths(mapping, 'method'), ['method.value', 'method', 'Method']);
});

test('toRawPaths() gives the names as columns of tables write them where the source has such exports', () => {
  const mapping = mappingOf({ names: 'lowered' });
  assert.deepEqual(toRawPaths(mapping, 'userIdentity.sessionContext'), [
    'userIdentity.sessionContext',
    'useridentity.sessionContext',
    'useridentity.sessioncontext',
  ]);
  assert.deepEqual(toRawPaths(mapping, 'eventName'), ['eventName', 'eventname']);
  assert.deepEqual(toRawPaths(mapping, 'action'), ['action']);
});
