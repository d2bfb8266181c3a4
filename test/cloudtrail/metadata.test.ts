/** Metadata of digests: what the AWS commands print, and nothing that could hold events beside it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJsonText } from '../../src/base/json.ts';
import { cloudtrailDigests } from '../../src/cloudtrail/cloudtrail-digests.ts';
import { isMetadata, strayMember } from '../../src/cloudtrail/metadata.ts';

const SIGNED = { signature: 'ab12', 'signature-algorithm': 'SHA256withRSA' };
const PRINTED = {
  AcceptRanges: 'bytes',
  ContentLength: 812,
  ETag: '"a"',
  MissingMeta: null,
  Metadata: SIGNED,
};
const FILE = '111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1_20260301T000000Z.json.gz.metadata.json';
const parse = (document: unknown) =>
  cloudtrailDigests.parse(FILE, parseJsonText(JSON.stringify(document)), 1) as {
    type: string;
    problem?: string;
  };

describe('metadata', () => {
  test('is what head-object prints, and the members alone', () => {
    for (const document of [PRINTED, SIGNED]) {
      assert.equal(strayMember(parseJsonText(JSON.stringify(document))), undefined);
      assert.ok(isMetadata(parseJsonText(JSON.stringify(document))));
      assert.equal(parse(document).type, 'metadata');
    }
  });

  const hiding: [what: string, document: unknown, member: string][] = [
    ['a list beside it', { ...PRINTED, Records: [{ eventName: 'StopLogging' }] }, 'Records'],
    ['an object beside it', { ...PRINTED, detail: { eventName: 'StopLogging' } }, 'detail'],
    ['a list in it', { Metadata: { ...SIGNED, events: [1] } }, 'events'],
    ['a list beside bare members', { ...SIGNED, Records: [] }, 'Records'],
    ['members of an event beside it', { ...PRINTED, eventName: 'StopLogging' }, 'eventName'],
    ['members of an event in it', { Metadata: { ...SIGNED, eventName: 'StopLogging' } }, 'eventName'],
  ];
  for (const [what, document, member] of hiding) {
    test(`that has ${what} is no metadata: under its name it is malformed, under another it is read as a log`, () => {
      assert.equal(isMetadata(parseJsonText(JSON.stringify(document))), false);
      const { type, problem } = parse(document);
      assert.equal(type, 'malformed');
      assert.match(problem!, new RegExp(`found more in "${member}"`));
    });
  }
});
