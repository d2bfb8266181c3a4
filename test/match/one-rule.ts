/** One rule written as YAML, tried on records; what the tests of `match/` share. */
import assert from 'node:assert/strict';
import { compileDetection } from '../../src/match/compile-detection.ts';
import { linkRules } from '../../src/match/link-rules.ts';
import { parseRuleFile } from '../../src/match/parse-rules.ts';
import type { Detection, RuleSet } from '../../src/model/rule.ts';
import { TreeFields, treeEvents } from '../support/tree-event.ts';

/** A rule set of YAML documents that must be in order, rules that cannot run aside. */
export function ruleSetOf(yaml: string): RuleSet {
  const { documents, problems } = parseRuleFile('rules.yaml', yaml);
  assert.deepEqual(problems, []);
  const linked = linkRules(documents);
  assert.deepEqual(linked.problems, []);
  return linked.ruleSet;
}

/** The detection of a rule whose `detection:` is given as indented YAML. */
export function detectionOf(detection: string, head = ''): Detection {
  const { rules, errors } = ruleSetOf(`title: tried\n${head}\ndetection:\n${indent(detection)}`);
  assert.deepEqual(errors, []);
  assert.equal(rules[0]?.kind, 'detection');
  return rules[0] as Detection;
}

/** Why the rule cannot run. */
export function refusalOf(detection: string): string {
  const { errors } = ruleSetOf(`title: tried\ndetection:\n${indent(detection)}`);
  assert.equal(errors.length, 1, 'expected one refusal');
  return errors[0]!.message;
}

/** Whether the detection matches each of the records, given as objects or as exact JSON text. */
export function matches(detection: Detection, ...records: (object | string)[]): boolean[] {
  const fields = new TreeFields();
  const test = compileDetection(detection, fields);
  return treeEvents(records, fields).map((event) => test(event));
}

/** Whether the one item `line` (`field|contains: x`) matches each record. */
export function itemMatches(line: string, ...records: (object | string)[]): boolean[] {
  return matches(detectionOf(`selection:\n  ${line}\ncondition: selection`), ...records);
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
