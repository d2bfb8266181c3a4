/** Expressions of rules by RE2: linear in the text whatever the expression, each compiled once in a process. */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { isSurelyExpression } from './expression-needs.ts';

const require = createRequire(import.meta.url);

// Loaded at first use: it takes 10 ms (measured), and many rules have no expression.
let engine: typeof RE2JS | undefined;
function library(): typeof RE2JS {
  engine ??= (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
  return engine;
}

/** The letters of a `re` modifier's flags. */
export type Flag = 'i' | 'm' | 's';

type Search = (text: string) => boolean;

/** By flags and text: a rule's expression is asked for by each source it runs on. There are no more entries than rules have expressions. */
const compiled = new Map<string, RE2JS>();

/** A search, case-sensitive unless `i`. @throws {Error} in the words of the library when the expression is not RE2 */
export function compileExpression(expression: string, flags: ReadonlySet<Flag>): Search {
  const { CASE_INSENSITIVE, MULTILINE, DOTALL } = library();
  const bits =
    (flags.has('i') ? CASE_INSENSITIVE : 0) |
    (flags.has('m') ? MULTILINE : 0) |
    (flags.has('s') ? DOTALL : 0);
  const key = `${bits} ${expression}`;
  const matcher = compiled.get(key) ?? library().compile(expression, bits);
  compiled.set(key, matcher);
  return (text) => matcher.test(text);
}

/**
 * The same of an expression that is known to be RE2, compiled when it is first asked: of the shipped rules a log asks few, and
 * all of them took a tenth of the time in which a small file is audited (measured).
 */
export function lateExpression(expression: string, flags: ReadonlySet<Flag>): Search {
  let search: Search | undefined;
  return (text) => {
    search ??= compileExpression(expression, flags);
    return search(text);
  };
}

/**
 * The same of any text. What is RE2 for certain is compiled when it is first asked: to compile those of 3,000 rules took a tenth
 * of the time in which they are read (measured). @throws {Error} as `compileExpression`
 */
export function checkedExpression(expression: string, flags: ReadonlySet<Flag>): Search {
  return isSurelyExpression(expression)
    ? lateExpression(expression, flags)
    : compileExpression(expression, flags);
}
