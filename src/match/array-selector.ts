/**
 * Array members in field names, from `sigma-version: 3` on: `ports[any]`, `[all]`, `[all_or_empty]`, `[none]`, `[0]`, `[-1]`.
 * https://github.com/SigmaHQ/sigma-specification/issues/212
 */
import { quote } from '../base/text-safety.ts';
import type { MemberChoice } from '../model/rule.ts';
import { RuleRefusal } from './rule-refusal.ts';

/** The path to the array, which of its members, and the path from there; `.` is the member itself. */
export type ArraySelector = { path: string; which: MemberChoice; rest: string };

const WORDS: readonly MemberChoice[] = ['any', 'all', 'all_or_empty', 'none'];

/** `[…]`, unless its bracket is escaped. */
const SELECTOR = /^((?:[^[\]\\]|\\.)+)\[([^[\]]*)\](.*)$/s;

/** Undefined for a name without a selector. @throws {RuleRefusal} for brackets that are none */
export function parseArraySelector(name: string): ArraySelector | undefined {
  if (!/(?<!\\)[[\]]/.test(name)) return undefined;
  const [, path, word, rest = ''] = SELECTOR.exec(name) ?? [];
  if (path === undefined || word === undefined || !(rest === '' || /^(\.[^.]|\[)/.test(rest))) {
    throw new RuleRefusal(
      `${quote(name)} is no field with a selector such as ports[any] or ports[0].name; brackets that belong to the name are written \\[ and \\]`,
    );
  }
  const known = WORDS.find((each) => each === word);
  if (known === undefined && !/^-?\d{1,6}$/.test(word)) {
    throw new RuleRefusal(
      `"[${word.slice(0, 50)}]" must be ${WORDS.map((each) => `[${each}]`).join(', ')} or a position such as [0] or [-1]`,
    );
  }
  const further = rest.startsWith('[') ? `.${rest}` : rest.slice(1);
  return { path: withBrackets(path), which: known ?? Number(word), rest: further === '' ? '.' : further };
}

/** The name as the record has it. */
export function withBrackets(name: string): string {
  return name.replace(/\\([[\]])/g, '$1');
}
