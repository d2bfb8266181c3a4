/** What a detection says alone: episodes of one actor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_ALSO } from '../../src/model/also-said.ts';
import type { Mark } from '../../src/model/mark.ts';
import { MAX_RELATED } from '../../src/model/relation.ts';
import { everyMark } from '../../src/relations/every-mark.ts';
import { detectionOf } from '../match/one-rule.ts';
import { rounds } from '../support/rounds.ts';
import { inOrder, type MarkSketch } from './made-marks.ts';

const HOUR = 3_600;
const rule = detectionOf('s: {a: x}\ncondition: s', "message: '{f} seen at {first}'");
const say = (...rows: MarkSketch[]) => [...everyMark(rule).judge([], inOrder(rows), undefined)];

test('the value of a field comes quoted and escaped, our own words plain', () => {
  const [found] = say({ at: 0, line: 1, value: 'a\u001b[31m"b' });
  assert.equal(found?.message, '"a\\u{1b}[31m\\"b" seen at 1970-01-01T00:00:00Z');
  assert.equal(say({ at: 0, line: 1 })[0]?.message, '(no f) seen at 1970-01-01T00:00:00Z');
});

test('without a message the title speaks', () => {
  const marks = inOrder([
    { at: 0, line: 1 },
    { at: 60, line: 2 },
  ]);
  const [found] = everyMark(detectionOf('s: {a: x}\ncondition: s')).judge([], marks, undefined);
  assert.equal(found?.message, 'tried, 2 events, from 1970-01-01T00:00:00Z until 1970-01-01T00:01:00Z');
});

test('an hour of silence parts two findings, and exactly an hour does not', () => {
  assert.deepEqual(
    say({ at: 0, line: 1 }, { at: HOUR, line: 2 }).map(({ count }) => count),
    [2],
  );
  assert.deepEqual(
    say({ at: 0, line: 1 }, { at: HOUR + 1, line: 2 }).map(({ count }) => count),
    [1, 1],
  );
});

test('no mark is lost, with or without actor and time', () => {
  const sketch = fc.record({
    at: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    actor: fc.constantFrom('ann', 'bob', ''),
  });
  const property = fc.property(fc.array(sketch, { maxLength: 40 }), (drawn) => {
    const marks: Mark[] = inOrder(drawn.map((row, line) => ({ ...row, line }))).map((mark) => ({
      ...mark,
      subject: mark.subject || undefined,
    }));
    const found = [...everyMark(rule).judge([], marks, undefined)];
    assert.equal(
      found.reduce((sum, { count }) => sum + count, 0),
      marks.length,
    );
    let expected = 0;
    for (const [index, mark] of marks.entries()) {
      const before = marks.slice(0, index).findLast(({ subject }) => subject === mark.subject);
      const far =
        before?.time !== undefined &&
        mark.time !== undefined &&
        mark.time - before.time > BigInt(HOUR) * 1_000_000_000n;
      if (before === undefined || far || (before.time === undefined) !== (mark.time === undefined))
        expected++;
    }
    assert.equal(found.length, expected);
  });
  fc.assert(property, { numRuns: rounds(200, 1_000) });
});

test('what any event says some finding says, or that there is more', () => {
  const telling = everyMark(detectionOf('s: {a: x}\ncondition: s', "message: '{f} seen, {count} in all'"));
  const sketch = fc.record({
    at: fc.integer({ min: 0, max: 9_000 }),
    actor: fc.constantFrom('ann', 'bob'),
    value: fc.oneof({ weight: 8, arbitrary: fc.nat(90).map(String) }, fc.constantFrom('x', 'y', undefined)),
  });
  let cut = 0;
  fc.assert(
    fc.property(fc.oneof(fc.array(sketch), fc.array(sketch, { minLength: 60, maxLength: 90 })), (drawn) => {
      const marks = inOrder(drawn.map((row, line) => ({ ...row, line })));
      for (const { place, count, message, subject, span, also = [], moreSaid } of telling.judge(
        [],
        marks,
        undefined,
      )) {
        const own = marks.filter(
          (mark) => mark.subject === subject && mark.time! >= span!.from && mark.time! <= span!.until,
        );
        assert.equal(own.length, count);
        assert.equal(own[0]!.place, place);
        const says = ({ values: [value] }: Mark) =>
          `${value === undefined ? '(no f)' : JSON.stringify(value)} seen, ${count} in all`;
        const expected = [...new Set(own.map(says))];
        assert.equal(message.split(/(?<=in all)/)[0], expected[0]);
        assert.deepEqual(also, expected.slice(1, 1 + MAX_ALSO));
        assert.equal(moreSaid, expected.length > 1 + MAX_ALSO ? true : undefined);
        if (moreSaid) cut++;
      }
    }),
    { numRuns: rounds(150, 5000) },
  );
  assert.ok(cut > 0, 'none had more to say than is told');
});

test('findings come in the order in which their actors fell silent', () => {
  const sketch = fc.record({
    at: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    actor: fc.constantFrom('ann', 'bob', 'cid', 'dan'),
  });
  const property = fc.property(fc.array(sketch, { maxLength: 40 }), (drawn) => {
    const marks = inOrder(drawn.map((row, line) => ({ ...row, line })));
    const found = [...everyMark(rule).judge([], marks, undefined)];
    assert.deepEqual(
      found.map(({ place, related }) => [place.line, ...related.map(({ line }) => line)]),
      episodesOf(marks).map((lines) => lines.slice(0, 1 + MAX_RELATED)),
    );
  });
  fc.assert(property, { numRuns: rounds(200, 1_000) });
});

/** The slow twin: one list, searched from its front. */
function episodesOf(marks: readonly Mark[]): number[][] {
  const ended: number[][] = [];
  let open: { subject: string | undefined; last: bigint | undefined; lines: number[] }[] = [];
  for (const { subject, time, place } of marks) {
    const isSilent = ({ last }: { last: bigint | undefined }) =>
      last === undefined || time === undefined ? last !== time : time - last > BigInt(HOUR) * 1_000_000_000n;
    ended.push(...open.filter(isSilent).map(({ lines }) => lines));
    open = open.filter((each) => !isSilent(each));
    const known = open.find((each) => each.subject === subject);
    open = [
      ...open.filter((each) => each !== known),
      { subject, last: time, lines: [...(known?.lines ?? []), place.line] },
    ];
  }
  return [...ended, ...open.map(({ lines }) => lines)];
}
