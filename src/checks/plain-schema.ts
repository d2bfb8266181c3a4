/**
 * Schemas that ask so little that a value's passing shows without the validator: members by name, of a type or of some words.
 * What the shipped schemas ask; of a value that fails, the validator tells.
 */

/** What can be wrong in none of these keywords is left to the validator to find wrong. */
const TEXT_KEYWORDS = new Set(['$comment', 'title', 'description']);

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  // The validator takes no infinity and no NaN for a number.
  number: (value) => typeof value === 'number' && Number.isFinite(value),
};

/** Whether a schema is an object of named members, valid beyond doubt. */
export function isPlainSchema(schema: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(schema).every(([keyword, value]) => {
    switch (keyword) {
      case '$schema':
        return value === DIALECT;
      case 'type':
        return value === 'object';
      case 'required':
        return isWords(value, 0);
      case 'properties':
        return isObject(value) && Object.values(value).every((each) => plainTest(each) !== undefined);
      default:
        return TEXT_KEYWORDS.has(keyword) && typeof value === 'string';
    }
  });
}

/** Passes only values that satisfy the schema; undefined for a schema that is not of this kind. */
export function plainTest(schema: unknown): ((value: unknown) => boolean) | undefined {
  if (!isObject(schema)) return undefined;
  const tests: ((value: unknown) => boolean)[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'enum' && isWords(value, 1)) {
      const words = new Set<unknown>(value);
      tests.push((each) => words.has(each));
    } else if (keyword === 'type' && (typeof value === 'string' || isWords(value, 1))) {
      const types = [value].flat().map((name) => (Object.hasOwn(TYPES, name) ? TYPES[name]! : undefined));
      if (types.includes(undefined)) return undefined;
      tests.push((each) => types.some((isOfType) => isOfType!(each)));
    } else if (!TEXT_KEYWORDS.has(keyword) || typeof value !== 'string') return undefined;
  }
  return (value) => tests.every((passes) => passes(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** At least `least` different texts. */
function isWords(value: unknown, least: number): value is string[] {
  return (
    Array.isArray(value) &&
    value.length >= least &&
    value.every((word) => typeof word === 'string') &&
    new Set(value).size === value.length
  );
}
