/** What threads send of their judgements. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Judged, shareTexts } from '../../src/engine/judge-share.ts';
import type { Judgement } from '../../src/model/relation.ts';

test('shareTexts() changes nothing that can be seen', () => {
  const place = (file: string, line: number) => ({ file, line, offset: line * 9, length: 8 });
  const judgement = (line: number): Judgement => ({
    verdict: 'violation',
    code: 'matched-rule',
    message: 'tried',
    place: place('a.ndjson', line),
    related: [place('b.ndjson', line), place('a.ndjson', line + 1)],
    count: 3,
    identity: ['a', String(line)],
  });
  const judged: Judged[] = [{ name: 'n', relation: 1, group: ['ann'], judgements: [1, 5].map(judgement) }];
  const copy = structuredClone(judged);
  const texts = new Map<string, string>();
  shareTexts(copy, texts);
  assert.deepEqual(copy, judged);
  assert.deepEqual([...texts.keys()].sort(), ['a.ndjson', 'b.ndjson', 'matched-rule', 'violation']);
});
