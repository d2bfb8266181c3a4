/** `tests:` of a rule: events or marks, what the log covers, and what the rule must say. */
import { parseDuration } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader, scalarText, toJsonText } from '../base/yaml-shape.ts';
import type { YamlNode } from '../base/yaml-tree.ts';
import { REFERENCE_KEYS, type RuleTest, type TestMark, type TestTime } from '../model/rule.ts';
import { parseReferences } from './parse-correlation.ts';
import { readMoment } from './parse-table.ts';

const TEST_KEYS = ['name', 'source', 'events', 'marks', 'coverage', 'expect'];

export function parseTests(reader: ShapeReader): RuleTest[] {
  return reader.shapes('tests').flatMap((test): RuleTest[] => {
    refuseOtherKeys(test, TEST_KEYS, 'a test');
    const name = test.text('name');
    const expect = test.choice('expect', ['violation', 'satisfied', 'undetermined']);
    const events = test.shapes('events').map((event) => toJsonText(event.map));
    if (name === undefined) test.problem(test.map, 'a test needs a "name"');
    if (expect === undefined && test.get('expect') === undefined)
      test.problem(test.map, 'a test needs "expect"');
    const marks = parseMarks(test, reader);
    if (marks === undefined && test.get('events') === undefined)
      test.problem(test.map, 'a test needs "events" or "marks"');
    const coverage = parseCoverage(test);
    if (name === undefined || expect === undefined) return [];
    const source = test.text('source');
    return [
      {
        name,
        line: test.map.line,
        expect,
        events,
        ...(marks !== undefined && { marks }),
        ...(coverage !== undefined && { coverage }),
        ...(source !== undefined && { source }),
      },
    ];
  });
}

function refuseOtherKeys(reader: ShapeReader, known: readonly string[], what: string): void {
  for (const entry of reader.map.entries) {
    if (known.includes(entry.key)) continue;
    reader.problem(entry, `${what} has no ${quote(entry.key)}${didYouMean(entry.key, known)}`);
  }
}

/** `marks: {access: [{user: ann, t: 30m}]}`, by the names under which the correlation refers to its rules. */
function parseMarks(test: ShapeReader, reader: ShapeReader): TestMark[] | undefined {
  const node = test.get('marks');
  if (node === undefined) return undefined;
  for (const key of ['events', 'source'] as const) {
    if (test.get(key) !== undefined) test.problem(node, `a test has "marks" or ${quote(key)}, not both`);
  }
  if (reader.get('correlation') === undefined) {
    test.problem(node, '"marks" are for tests of correlations, a detection is tested with "events"');
    return [];
  }
  const rules = referredRules(reader);
  const marks = test.shape('marks');
  return (marks?.map.entries ?? []).flatMap((entry) => {
    if (rules !== undefined && !rules.includes(entry.key))
      test.problem(
        entry,
        `the correlation does not refer to ${quote(entry.key)}${didYouMean(entry.key, rules)}`,
      );
    return marks!.shapes(entry.key).map((mark) => parseMark(entry.key, mark));
  });
}

/** As written; undefined where a condition names them. */
function referredRules(reader: ShapeReader): string[] | undefined {
  const node = reader.get('correlation');
  const body = node?.kind === 'map' ? reader.shape('correlation') : undefined;
  if (body === undefined || body.get('condition')?.kind === 'text') return undefined;
  return REFERENCE_KEYS.flatMap((key) => parseReferences(body, key)).map(({ name }) => name);
}

/** Keys of a mark that are no fields. */
const TIME_KEYS = ['t', 'until'];

function parseMark(rule: string, reader: ShapeReader): TestMark {
  const { line, column } = reader.map;
  if (reader.get('t') === undefined)
    reader.problem(
      reader.map,
      'a mark needs "t", an offset such as 30m, or null for a time that nobody can read',
    );
  const time = parseTime('t', reader);
  const until = parseTime('until', reader);
  const fields = reader.map.entries.flatMap(({ key, value, line, column }) => {
    if (TIME_KEYS.includes(key) || value.kind === 'null') return [];
    const text = scalarText(value);
    if (text === undefined)
      reader.problem(value, `${quote(key)} must be one value, found ${describe(value)}`);
    return text === undefined ? [] : [{ name: key, value: text, line, column }];
  });
  return {
    rule,
    ...(time !== undefined && { time }),
    ...(until !== undefined && { until }),
    fields,
    line,
    column,
  };
}

function parseCoverage(test: ShapeReader): RuleTest['coverage'] {
  const coverage = test.shape('coverage');
  if (coverage === undefined) return undefined;
  refuseOtherKeys(coverage, ['from', 'until'], '"coverage"');
  const from = parseTime('from', coverage);
  const until = parseTime('until', coverage);
  if (isAfter(from, until)) coverage.problem(coverage.map, '"coverage" ends before it begins');
  return { ...(from !== undefined && { from }), ...(until !== undefined && { until }) };
}

function isAfter(from: TestTime | undefined, until: TestTime | undefined): boolean {
  if (from === undefined || until === undefined) return false;
  if ('offset' in from && 'offset' in until) return from.offset > until.offset;
  return 'instant' in from && 'instant' in until && from.instant > until.instant;
}

function parseTime(key: string, reader: ShapeReader): TestTime | undefined {
  const node = reader.get(key);
  if (node === undefined || node.kind === 'null') return undefined;
  const offset = parseOffset(node);
  if (offset !== undefined) return { offset };
  if (node.kind !== 'text') {
    reader.problem(
      node,
      `${quote(key)} must be an offset such as 30m or -5m, or a time, found ${describe(node)}`,
    );
    return undefined;
  }
  const instant = readMoment(key, node, reader);
  return instant === undefined ? undefined : { instant };
}

/** Nanoseconds of `30m`, `-30m`, `0`. */
function parseOffset(node: YamlNode): bigint | undefined {
  const text = scalarText(node) ?? '';
  if (text === '0') return 0n;
  const duration = parseDuration(text.replace(/^[-+]/, ''));
  return duration !== undefined && text.startsWith('-') ? -duration : duration;
}
