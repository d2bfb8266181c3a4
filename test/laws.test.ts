/**
 * The laws of every check at once: a fold over the parts, merged, is the fold over the whole, wherever the log is cut;
 * states survive the way between threads; the answer is the same twice.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { sha256Hex } from '../src/base/digest.ts';
import { CHECKS } from '../src/checks/index.ts';
import type { Check, CheckResult } from '../src/model/check.ts';
import type { Event } from '../src/model/event.ts';
import { compareFindings } from '../src/model/finding.ts';
import type { EventSchema } from '../src/model/request.ts';
import { auditFull, auditMinimum, eventsOf, type Files, LackingFields, request } from './checks/run-check.ts';
import { repository } from './support/source-tree.ts';
import { TreeFields } from './support/tree-event.ts';

const chainFolder = `${repository}rules/chains`;
const chains = Object.fromEntries(
  readdirSync(chainFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [
      name.slice(0, -'.yaml'.length),
      parse(readFileSync(`${chainFolder}/${name}`, 'utf8')) as unknown,
    ]),
);
const schemas: EventSchema[] = [
  auditMinimum,
  auditFull,
  {
    name: 'nested',
    appliesTo: 'audit',
    schema: { anyOf: [{ required: ['reason'] }, { required: ['ticket', 'ip'] }] },
  },
  {
    name: 'raw',
    appliesTo: 'raw',
    schema: { required: ['seq'], additionalProperties: { type: ['string', 'number'] } },
  },
];

/** Few values, so that they repeat; most records have a time and an actor, so that neighbours can be compared. */
const member = (key: string, ...values: string[]) =>
  fc.option(
    fc.constantFrom(...values).map((value) => `"${key}":${value}`),
    { nil: undefined, freq: 6 },
  );
const times = ['00', '01.5', '02', '03', '04'].map((second) => `"2025-03-01T09:00:${second}Z"`);
const hashes = ['"0"', 'null', `"${'ab'.repeat(32)}"`, `"${'cd'.repeat(32)}"`];
const messyRecord = fc.oneof(
  {
    arbitrary: fc
      .tuple(
        member(
          'time',
          ...times,
          ...times,
          '"2025-03-01T09:00:00"',
          '"soon"',
          '"later"',
          '0',
          '1740826860000',
          'null',
        ),
        member(
          'actor',
          '"ann"',
          '"bob"',
          '"-"',
          '"unknown"',
          '"n/a"',
          '"none"',
          '""',
          '7',
          'null',
          '["ann"]',
          '"\\u202e"',
        ),
        member('action', '"login"', '"grant"', 'null', '{}'),
        member('outcome', '"success"', '"ok"', '"OK"', '"yes"', '"no"', '"0"', 'true'),
        fc.option(member('ip', '"192.0.2.1"', '1', 'null'), { nil: undefined, freq: 1 }),
        fc.option(member('ticket', '1', '[]'), { nil: undefined, freq: 1 }),
        fc.option(member('x', '1', '[]', '{}'), { nil: undefined, freq: 1 }),
        fc.option(member('x', '2', 'null'), { nil: undefined, freq: 1 }),
        fc.option(member('seq', '1', '2', '3', '4', '5'), { nil: undefined, freq: 1 }),
        fc.option(member('prev_hash', ...hashes), { nil: undefined, freq: 1 }),
        fc.option(member('hash', ...hashes), { nil: undefined, freq: 1 }),
      )
      .map((members) => `{${members.filter((one) => one !== undefined).join(',')}}`),
    weight: 12,
  },
  { arbitrary: fc.constantFrom('[]', 'null', '1', '"x"'), weight: 1 },
);

/** Records that hang together (RFC 8785, sorted keys), in which single bytes were changed, lost or doubled. */
const chainedRecords = fc
  .array(fc.constantFrom('keep', 'keep', 'keep', 'keep', 'alter', 'drop', 'double', 'strip'), {
    maxLength: 14,
  })
  .map((fates) => {
    let previous = '0'.repeat(64);
    return fates.flatMap((fate, index) => {
      const body = `{"action":"login","actor":"ann","outcome":"success","prev_hash":"${previous}","seq":${index + 1},"time":"2025-03-01T09:00:${10 + index}Z"}`;
      const hash = sha256Hex(body);
      const record = body.replace('"outcome"', `"hash":"${hash}","outcome"`);
      previous = hash;
      if (fate === 'drop') return [];
      if (fate === 'double') return [record, record];
      return [
        fate === 'alter'
          ? record.replace('"ann"', '"bob"')
          : fate === 'strip'
            ? record.replace(/"hash":"\w+",/, '')
            : record,
      ];
    });
  });
const someFiles: fc.Arbitrary<Files> = fc.dictionary(
  fc.constantFrom('a.ndjson', 'b.ndjson', 'c.ndjson'),
  fc.oneof(fc.array(messyRecord, { maxLength: 14, size: 'max' }), chainedRecords),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

const sources = [
  new TreeFields('audit'),
  new LackingFields('github', ['outcome']),
  new LackingFields('unknown'),
];

type Fold = { check: Check<unknown>; fold: (events: readonly Event[]) => unknown };

const workers = new Map<string, Fold>();

/** A check as worker number `worker` compiled it; once each, for compiling schemas takes longer than folding (measured). */
function compiled(index: number, fields: TreeFields, worker = 0): Fold {
  const key = `${index} ${fields.source} ${worker}`;
  const known = workers.get(key) ?? compile(index, fields);
  workers.set(key, known);
  return known;
}

function compile(index: number, fields: TreeFields): Fold {
  const check = CHECKS[index]!.create(request({ schemas, chains, generated: '2025-03-01T12:00:00Z' }));
  assert.ok(
    check !== undefined,
    `${CHECKS[index]!.name} has nothing to do in a request that holds everything`,
  );
  const step = check.compile(fields);
  const fold = (events: readonly Event[]) => {
    const state = check.start();
    for (const event of events) step(state, event);
    return state;
  };
  return { check, fold };
}

/** Findings in the one total order, notices and streams by their text: the order in which a check tells them is free. */
function sorted({ findings, notices = [], streams = [] }: CheckResult): unknown {
  const byText = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).toSorted();
  return { findings: findings.toSorted(compareFindings), notices: byText(notices), streams: byText(streams) };
}

/** The events in parts, cut at these thousandths of the log, so that cuts fall inside it however short it is. */
function cutAt(events: readonly Event[], shares: readonly number[]): (readonly Event[])[] {
  const cuts = shares.map((share) => Math.round((share * events.length) / 999)).sort((a, b) => a - b);
  return [...cuts, events.length].map((end, index) => events.slice(index === 0 ? 0 : cuts[index - 1], end));
}

/** Merges neighbors until one is left; `picks` choose which pair goes next, in thousandths of the pairs there are. */
function mergeAll(parts: readonly unknown[], picks: readonly number[], check: Check<unknown>): unknown {
  const left = [...parts];
  for (const pick of picks) {
    const at = Math.min(left.length - 2, Math.floor((pick * (left.length - 1)) / 999));
    left.splice(at, 2, check.merge(left[at], left[at + 1]));
  }
  assert.equal(left.length, 1);
  return left[0];
}

for (const [index, { name }] of CHECKS.entries()) {
  describe(`the check ${name}`, () => {
    /** From 3 to 7 parts; shares that repeat make empty ones. As many merges as cuts. */
    const cuts = fc.array(fc.tuple(fc.oneof(fc.nat(999), fc.constantFrom(0, 500, 999)), fc.nat(999)), {
      minLength: 2,
      maxLength: 6,
    });

    test('gives the same for the parts merged as for the whole, cut anywhere and merged in any order', () => {
      fc.assert(
        fc.property(someFiles, cuts, fc.constantFrom(...sources), (files, cut, fields) => {
          const events = eventsOf(files, fields);
          const whole = compiled(index, fields, 1);
          const expected = sorted(whole.check.finish(whole.fold(events)));
          const parts = () =>
            cutAt(
              events,
              cut.map(([share]) => share),
            ).map((part, worker) => structuredClone(compiled(index, fields, worker % 2).fold(part)));
          const { merge, finish } = whole.check;
          const inOrder = parts().reduce((left, right) => merge(left, right));
          assert.deepEqual(sorted(finish(inOrder)), expected);
          const picks = cut.map(([, pick]) => pick);
          assert.deepEqual(sorted(finish(mergeAll(parts(), picks, whole.check))), expected);
        }),
        { numRuns: 150 },
      );
    });

    test('has a state that is plain data: a structured clone of it gives the same', () => {
      fc.assert(
        fc.property(someFiles, (files) => {
          const { check, fold } = compiled(index, sources[0]!);
          const state = fold(eventsOf(files, sources[0]!));
          const clone = structuredClone(state);
          assert.deepEqual(clone, state);
          assert.deepEqual(sorted(check.finish(clone)), sorted(check.finish(state)));
        }),
        { numRuns: 30 },
      );
    });

    test('speaks only with codes it has words for, of its own name, with places and fingerprints', () => {
      const { findings: kinds } = CHECKS[index]!;
      fc.assert(
        fc.property(someFiles, (files) => {
          const { check, fold } = compiled(index, sources[0]!);
          for (const finding of check.finish(fold(eventsOf(files, sources[0]!))).findings) {
            const kind = kinds.find(({ code }) => code === finding.code);
            assert.ok(kind !== undefined, `${name} has no words for ${finding.code}`);
            assert.equal(finding.rule, name);
            assert.ok(finding.place.file in files && finding.place.line >= 1, 'a place outside the input');
            assert.match(finding.fingerprint, /^[0-9a-f]{32}$/);
            assert.ok(!finding.message.endsWith('.'), finding.message);
          }
        }),
        { numRuns: 30 },
      );
    });

    test('finds something in a messy log', () => {
      const files = {
        'a.ndjson': [
          '{"time":"soon","actor":"-"}',
          '[]',
          '{"x":1,"x":2}',
          '{"hash":"00","prev_hash":"11","seq":9}',
        ],
      };
      const { check, fold } = compiled(index, sources[0]!);
      const { findings, streams = [] } = check.finish(fold(eventsOf(files, sources[0]!)));
      assert.ok(findings.length + streams.length > 0);
    });
  });
}
