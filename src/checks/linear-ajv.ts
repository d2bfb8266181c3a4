/**
 * Ajv for JSON Schema 2020-12 whose every expression runs in linear time: log text is hostile, and a schema's `pattern`
 * or a format such as `email` would backtrack on it. RE2 syntax has no look-around and no back-references.
 */
import { createRequire } from 'node:module';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { RE2JS } from 're2js';

const require = createRequire(import.meta.url);

// Loaded at first use: the three take 45 ms (measured), and the shipped schemas are judged without them until a value fails.
const late = {
  Ajv2020: () => (require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 }).Ajv2020,
  addFormats: () => require('ajv-formats') as (ajv: Ajv2020) => void,
  RE2JS: () => (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS,
};

/** Formats whose expressions RE2 cannot run (look-ahead) see no more than this; RFC 3986 and DNS names stay far below. */
const MAX_FORMAT_LENGTH = 2048;

type Matcher = { test(text: string): boolean; toString(): string };

function compileLinear(pattern: string, flags: string): Matcher {
  const library = late.RE2JS();
  const expression = library.compile(
    library.translateRegExp(pattern),
    flags.includes('i') ? library.CASE_INSENSITIVE : 0,
  );
  // Ajv keeps expressions under their text: without one of its own, every pattern would be the first one (measured).
  return { test: (text) => expression.test(text), toString: () => `/${pattern}/${flags}` };
}

/** Unknown keywords and formats are refused: a typing mistake in a schema must not pass as a satisfied rule. */
export function createAjv({ allErrors = true } = {}): Ajv2020 {
  const ajv = new (late.Ajv2020())({
    allErrors,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    code: { regExp: Object.assign(compileLinear, { code: 'compileLinear' }) },
    logger: false,
  });
  late.addFormats()(ajv);
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (format instanceof RegExp) ajv.addFormat(name, { type: 'string', validate: linearFormat(format) });
  }
  return ajv;
}

function linearFormat(format: RegExp): (text: string) => boolean {
  // Compiled at first use: an Ajv carries some twenty formats, a schema names one or two.
  let matcher: Matcher | undefined;
  return (text) => {
    matcher ??= linearOrBounded(format);
    return matcher.test(text);
  };
}

function linearOrBounded(format: RegExp): Matcher {
  try {
    return compileLinear(format.source, format.flags);
  } catch {
    return { test: (text) => text.length <= MAX_FORMAT_LENGTH && format.test(text) };
  }
}
