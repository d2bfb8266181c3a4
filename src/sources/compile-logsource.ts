/** `logsource:` of a mapping: the words by which Sigma rules name the source, and which of its events each word is for. */
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import type { LogsourceOffer, OfferedWord } from '../model/rule.ts';
import { checkKeys, PathTable, type Problems, toYamlText, type YamlPath } from './mapping-draft.ts';

const KEYS = ['product', 'service', 'category'] as const;

/**
 * `product: aws`, `service: [okta, system]`, or words with the events they are for:
 * `service: {security: {Channel: Security}, sysmon: [{…}, {…}]}`. Fields are raw names, aliases included.
 */
export function compileLogsource(value: unknown, problem: Problems): LogsourceOffer {
  const offer: Record<(typeof KEYS)[number], OfferedWord[]> = { product: [], service: [], category: [] };
  if (value === undefined) return offer;
  if (!isPlainObject(value)) {
    problem(['logsource'], `expected {product, service, category}, found ${describeValue(value)}`);
    return offer;
  }
  checkKeys(value, KEYS, ['logsource'], problem);
  for (const key of KEYS) {
    if (value[key] !== undefined) offer[key] = compileWords(value[key], ['logsource', key], problem);
  }
  return offer;
}

function compileWords(value: unknown, at: YamlPath, problem: Problems): OfferedWord[] {
  if (isPlainObject(value)) {
    return Object.entries(value).map(([word, when]) => ({
      word,
      when: compileForms(when, [...at, word], problem),
    }));
  }
  return (Array.isArray(value) ? value : [value]).flatMap((word, index): OfferedWord[] => {
    if (typeof word === 'string') return [{ word, when: [] }];
    problem(
      Array.isArray(value) ? [...at, index] : at,
      `expected a text, a list of texts, or texts with the events they are for, found ${describeValue(word)}`,
    );
    return [];
  });
}

/** Null: for all events. */
function compileForms(value: unknown, at: YamlPath, problem: Problems): OfferedWord['when'] {
  if (value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((form, index) => {
    const place = Array.isArray(value) ? [...at, index] : at;
    if (isPlainObject(form) && Object.keys(form).length > 0) return compileForm(form, place, problem);
    problem(place, `expected a mapping of field paths to patterns, found ${describeValue(form)}`);
    return {};
  });
}

function compileForm(
  form: Record<string, unknown>,
  at: YamlPath,
  problem: Problems,
): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const [path, pattern] of Object.entries(form)) {
    const patterns = (Array.isArray(pattern) ? pattern : [pattern]).map(toYamlText);
    if (!PathTable.isPath(path)) problem([...at, path], `expected a field path, found ${quote(path)}`);
    else if (patterns.length === 0 || patterns.some((text) => text === undefined || text === ''))
      problem([...at, path], `expected a pattern or a list of patterns, found ${describeValue(pattern)}`);
    // A key `__proto__` in a user's file must be a name like any other.
    else Object.defineProperty(fields, path, { value: patterns, enumerable: true });
  }
  return fields;
}
