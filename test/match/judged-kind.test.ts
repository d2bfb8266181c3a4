/** The kind of events that a rule is for: what is left of its condition, and whether each of them is a breach. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JudgedKind, judgedKind } from '../../src/match/judged-kind.ts';
import type { AuditField } from '../../src/model/event.ts';
import type { FieldRef } from '../../src/model/mark.ts';
import type { ConditionNode, DetectionItem } from '../../src/model/rule.ts';

const FIELD = (name: AuditField): FieldRef => ({ taxonomy: 'audit', name });
const item = (name: AuditField, more: Partial<DetectionItem> = {}): ConditionNode => ({
  kind: 'item',
  item: { field: FIELD(name), modifiers: [], values: [{ kind: 'number', lexeme: '1' }], ...more },
});
const and = (...nodes: ConditionNode[]): ConditionNode => ({ kind: 'and', nodes });
const or = (...nodes: ConditionNode[]): ConditionNode => ({ kind: 'or', nodes });
const not = (node: ConditionNode): ConditionNode => ({ kind: 'not', node });

const action = item('action');
const failed = item('outcome');
const other = item('ip');
const unsaid = item('reason', { values: [{ kind: 'null' }] });
const own = item('actor', { references: [FIELD('target')], values: [] });

const kindOf = (condition: ConditionNode) =>
  judgedKind(condition, ({ name }) => (name === 'action' ? 'name' : name === 'outcome' ? 'end' : undefined));

const CASES: [what: string, condition: ConditionNode, expected: JudgedKind][] = [
  ['a name alone', action, { names: action, isBreach: true }],
  ['a name that did not fail', and(action, not(failed)), { names: action, isBreach: true }],
  ['a name that succeeded', and(action, failed), { names: action, isBreach: true }],
  ['a name with an exception', and(action, not(other)), { names: action, isBreach: true }],
  ['a name that wants more', and(action, other), { names: action, isBreach: false }],
  ['a name that lacks something', and(action, unsaid), { names: action, isBreach: false }],
  ['a name by another than the owner', and(action, not(own)), { names: action, isBreach: false }],
  ['a name that is not said to be approved', and(action, not(unsaid)), { names: action, isBreach: false }],
  [
    'two names, one of which wants more',
    or(action, and(action, other)),
    { names: or(action, action), isBreach: true },
  ],
  ['no name', other, { names: undefined, isBreach: false }],
  ['a name, or none', or(action, other), { names: undefined, isBreach: false }],
  ['how it ended', failed, { names: undefined, isBreach: false }],
];

describe('judgedKind()', () => {
  for (const [what, condition, expected] of CASES)
    test(`of ${what}`, () => assert.deepEqual(kindOf(condition), expected));
});
