/** Expressions of rules by RE2: linear in the text whatever the expression, each compiled once in a process. */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

const require = createRequire(import.meta.url);

// Loaded at first use: it takes 10 ms (measured), and many rules have no expression.
let engine: typeof RE2JS | undefined;
function library(): typeof RE2JS {
  engine ??= (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
  return engine;
}

/** The letters of a `re` modifier's flags. */
export type Flag = 'i' | 'm' | 's';

/**
 * By flags and text. A rule's expression is compiled when the rule is read, and asked for again by each source it runs on;
 * there are no more entries than rules have expressions.
 */
const compiled = new Map<string, RE2JS>();

/** A search, case-sensitive unless `i`. @throws {Error} in the words of the library when the expression is not RE2 */
export function compileExpression(expression: string, flags: ReadonlySet<Flag>): (text: string) => boolean {
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
