/**
 * A rule of Panther as a document of ours: what it is called, for which logs, and its tests. Its condition is a program in
 * Python, which nothing converts: the document lacks its `detection`, and does not load before somebody writes it.
 * https://docs.panther.com/detections/rules/python
 */
import { isMap, isScalar, isSeq, type Node, Pair, visit, YAMLMap, YAMLSeq } from 'yaml';
import { quote } from '../base/text-safety.ts';
import { parseRuleFile } from '../match/parse-rules.ts';
import type { ConvertedDocument, Position } from './converted.ts';
import {
  isSurelyText,
  type LosslessDocument,
  listNode,
  newDocument,
  nodeOf,
  pairOf,
  textNode,
  textOf,
  writeDocument,
} from './lossless-yaml.ts';
import { logTypeOf } from './panther-sources.ts';

const LEVELS: Readonly<Record<string, string>> = {
  info: 'informational',
  low: 'low',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
};

/** Keys of ours that take a text of Panther as it is. */
const TEXTS = { description: 'Description', fix: 'Runbook', status: 'Status' } as const;

/** Stands in for the detection that somebody will write, when the rest is tried on our own parser. */
const TRIED_DETECTION = 'detection: {tried: {a: b}, condition: tried}\n';

type PantherTest = { node: YAMLMap; name: string; logType: string | undefined };

export function isPanther({ root }: LosslessDocument): boolean {
  return pairOf(root, 'AnalysisType') !== undefined;
}

export function convertPanther(document: LosslessDocument): ConvertedDocument {
  const { root } = document;
  const positionOf = (key: string) => document.positionOf(pairOf(root, key)?.key);
  const fail = (position: Position, message: string): ConvertedDocument => ({
    failure: { ...position, message },
  });
  const type = textOf(root, 'AnalysisType') ?? '';
  if (type !== 'rule') {
    const why = type === 'policy' ? 'judges resources, not events' : 'is none about single events';
    return fail(
      positionOf('AnalysisType'),
      `the analysis ${quote(type)} ${why}, only "rule" can be converted`,
    );
  }
  const logTypes = textsOf(root, 'LogTypes');
  if (logTypes.length === 0) return fail(positionOf('LogTypes'), 'the rule has no "LogTypes"');
  const severity = (textOf(root, 'Severity') ?? '').toLowerCase();
  if (!Object.hasOwn(LEVELS, severity)) {
    const expected = 'Info, Low, Medium, High or Critical';
    return fail(
      positionOf('Severity'),
      `"Severity" must be ${expected}, found ${quote(textOf(root, 'Severity') ?? '')}`,
    );
  }
  const tests: PantherTest[] = [];
  const list = nodeOf(root, 'Tests');
  for (const node of isSeq(list) ? list.items : []) {
    const test = readTest(node as Node);
    if (typeof test === 'string') return fail(document.positionOf(node as Node), test);
    tests.push(test);
  }
  const notes: (Position & { message: string })[] = [];
  const script = textOf(root, 'Filename');
  const where = script === undefined ? 'its Python' : quote(script);
  notes.push({
    ...positionOf('AnalysisType'),
    message: `the condition in ${where} is Python and was not converted: write it as "detection"`,
  });
  for (const { node, name, logType } of tests) {
    if (logTypes.length === 1 || (logType !== undefined && logTypes.includes(logType))) continue;
    const found =
      logType === undefined ? 'tells no log type' : `is of ${quote(logType)}, which "LogTypes" lacks`;
    notes.push({
      ...document.positionOf(node),
      message: `the test ${quote(name)} ${found}, and was left out`,
    });
  }
  const texts: string[] = [];
  for (const logType of logTypes) {
    const own = tests.filter((test) => logTypes.length === 1 || test.logType === logType);
    if (!logTypeOf(logType).isKnown)
      notes.push({
        ...positionOf('LogTypes'),
        message: `no source here reads ${quote(logType)}: the rule needs a mapping ${quote(logTypeOf(logType).source)}`,
      });
    try {
      texts.push(writeRule(root, logType, logTypes.length > 1, own));
    } catch (error) {
      // An alias whose anchor stands outside the events.
      if (!(error instanceof Error && /anchor|alias/i.test(error.message))) throw error;
      return fail(positionOf('Tests'), 'an alias in a test would lose its anchor, write its value out');
    }
  }
  for (const text of texts) {
    const [problem] = parseRuleFile('', text + TRIED_DETECTION).problems;
    if (problem !== undefined)
      return fail(positionOf('Tests'), `what would take its place cannot be read: ${problem.message}`);
  }
  return { texts, notes };
}

function readTest(node: Node): PantherTest | string {
  if (!isMap(node)) return 'a test must be a map';
  const map = node as YAMLMap;
  const name = textOf(map, 'Name');
  if (name === undefined) return 'a test needs a "Name"';
  if (!/^(?:true|false)$/i.test(textOf(map, 'ExpectedResult') ?? ''))
    return '"ExpectedResult" of a test must be true or false';
  const log = nodeOf(map, 'Log');
  if (!isMap(log)) return 'the "Log" of a test must be a map';
  return { node: map, name, logType: textOf(map, 'LogType') ?? textOf(log as YAMLMap, 'p_log_type') };
}

/** `isOne`: one of several documents, for the fields of each log are named in their own way. */
function writeRule(root: YAMLMap, logType: string, isOne: boolean, tests: readonly PantherTest[]): string {
  const document = newDocument();
  const rule = document.contents!;
  const set = (key: string, value: Node) => rule.items.push(new Pair(textNode(key), value));
  const { source, logsource } = logTypeOf(logType);
  const title = textOf(root, 'DisplayName') ?? textOf(root, 'RuleID') ?? '';
  set('title', textNode(isOne ? `${title} (${logType})` : title));
  const id = textOf(root, 'RuleID');
  if (id !== undefined) set('id', textNode(isOne ? `${id}.${logType}` : id));
  for (const [key, theirs] of Object.entries(TEXTS)) {
    const text = textOf(root, theirs)?.trim();
    if (text !== undefined && text !== '') set(key, textNode(key === 'status' ? text.toLowerCase() : text));
  }
  const references = textsOf(root, 'Reference');
  if (references.length > 0) set('references', blockList(references));
  const tags = tagsOf(root);
  if (tags.length > 0) set('tags', listNode(tags));
  set('level', textNode(LEVELS[textOf(root, 'Severity')!.toLowerCase()]!));
  const where = new YAMLMap();
  for (const [key, word] of Object.entries(logsource)) where.set(textNode(key), textNode(word));
  set('logsource', where);
  const list = new YAMLSeq();
  list.items = tests.map((test) => testNode(test, source));
  if (tests.length > 0) set('tests', list);
  document.commentBefore = commentsOn(root)
    .map((line) => ` ${line}`)
    .join('\n');
  return writeDocument(document);
}

function commentsOn(root: YAMLMap): string[] {
  const script = textOf(root, 'Filename');
  const lines = [
    `The condition is Python${script === undefined ? '' : ` (${script})`} and was not converted: write it here as "detection", the tests hold it to the same answers.`,
  ];
  if (textOf(root, 'Enabled')?.toLowerCase() === 'false') lines.push('Disabled in Panther.');
  const threshold = textOf(root, 'Threshold') ?? '1';
  const minutes = textOf(root, 'DedupPeriodMinutes') ?? '60';
  if (threshold !== '1')
    lines.push(
      `Panther alerts from ${threshold} events within ${minutes} minutes on, which is a correlation of this rule; its tests are about one event.`,
    );
  if (pairOf(root, 'InlineFilters') !== undefined) lines.push('"InlineFilters" were not converted.');
  // A comment ends with its line.
  return lines.map((line) => line.replace(/\s+/g, ' '));
}

function testNode({ node, name }: PantherTest, source: string): YAMLMap {
  const test = new YAMLMap();
  test.set(textNode('name'), textNode(name));
  test.set(textNode('source'), textNode(source));
  const events = new YAMLSeq();
  const log = (nodeOf(node, 'Log') as YAMLMap).clone() as YAMLMap;
  inBlocks(log);
  events.items = [log];
  test.set(textNode('events'), events);
  const isMatch = textOf(node, 'ExpectedResult')!.toLowerCase() === 'true';
  test.set(textNode('expect'), textNode(isMatch ? 'violation' : 'satisfied'));
  const mocks = mocksOf(node);
  if (mocks.length > 0)
    test.commentBefore = ` Panther answers for ${mocks.join(', ')} in this test, which no event tells.`;
  return test;
}

/** JSON within YAML, one value a line; empty collections stay `{}` and `[]`. */
function inBlocks(log: YAMLMap): void {
  visit(log, {
    Collection(_, node) {
      node.flow = node.items.length === 0;
    },
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'string' && isSurelyText(key.value)) key.type = 'PLAIN';
    },
  });
}

function mocksOf(test: YAMLMap): string[] {
  const mocks = nodeOf(test, 'Mocks');
  return (isSeq(mocks) ? mocks.items : []).flatMap((mock) => {
    const name = isMap(mock) ? textOf(mock as YAMLMap, 'objectName') : undefined;
    return name === undefined ? [] : [name.replace(/\s+/g, ' ')];
  });
}

/** MITRE ATT&CK as Sigma writes it (`attack.t1562`), and the tags of Panther in a namespace of their own. */
function tagsOf(root: YAMLMap): string[] {
  const reports = nodeOf(root, 'Reports');
  const attack = isMap(reports) ? textsOf(reports as YAMLMap, 'MITRE ATT&CK') : [];
  const words = attack
    .flatMap((pair) => pair.split(':'))
    .filter((word) => /^TA?\d{4}(?:\.\d{3})?$/.test(word));
  const own = textsOf(root, 'Tags').map((tag) =>
    tag
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
  );
  const tags = [
    ...words.map((word) => `attack.${word.toLowerCase()}`),
    ...own.filter((tag) => tag !== '').map((tag) => `panther.${tag}`),
  ];
  return [...new Set(tags)];
}

/** The texts of a list, or the one text. */
function textsOf(map: YAMLMap, key: string): string[] {
  const node = nodeOf(map, key);
  const nodes = isSeq(node) ? node.items : [node];
  return nodes.flatMap((each) =>
    isScalar(each) && typeof each.value === 'string' && each.value.trim() !== '' ? [each.value.trim()] : [],
  );
}

function blockList(texts: readonly string[]): YAMLSeq {
  const list = listNode(texts);
  list.flow = false;
  return list;
}
