/** Pairs of values that a serializer may write alike: what each pair shows, and whether it matters. */
import { JsonArray, JsonNumber, JsonObject, type JsonValue } from '../../base/json.ts';
import type { ChainLintCode } from './lint.ts';
import { toMember } from './made-log-record.ts';

/** Undefined: the field is absent. */
export type ValuePair = {
  code: ChainLintCode;
  values: readonly [JsonValue | undefined, JsonValue | undefined];
  words: string;
};

const number = (lexeme: string) => new JsonNumber(lexeme);
const list = (...elements: JsonValue[]) => new JsonArray(elements);
const object = (key: string, value: JsonValue) => new JsonObject([toMember(key, value)]);

/** Of each code the clearest first: that one is shown. */
export const VALUE_PAIRS: readonly ValuePair[] = [
  // 2^53 and its successor: the first whole numbers that a double cannot tell apart.
  {
    code: 'ambiguous-number',
    values: [number('9007199254740993'), number('9007199254740992')],
    words: 'two numbers that differ by one, beyond what a double holds',
  },
  {
    code: 'ambiguous-number',
    values: [number('0.1'), number('0.10000000000000000001')],
    words: 'two numbers that differ in the twentieth digit',
  },
  {
    code: 'ambiguous-number',
    values: [number('7.004'), number('7.00')],
    words: 'two numbers that differ in a digit that is cut off',
  },
  { code: 'ambiguous-none', values: ['', undefined], words: 'an empty text and no field at all' },
  { code: 'ambiguous-none', values: ['', null], words: 'an empty text and null' },
  { code: 'ambiguous-none', values: [null, undefined], words: 'null and no field at all' },
  { code: 'ambiguous-none', values: ['null', null], words: 'the text "null" and null' },
  { code: 'ambiguous-none', values: ['None', null], words: 'the text "None" and null' },
  { code: 'ambiguous-none', values: ['None', undefined], words: 'the text "None" and no field at all' },
  { code: 'ambiguous-none', values: ['-', undefined], words: 'a dash and no field at all' },
  {
    code: 'ambiguous-none',
    values: [new JsonObject([]), undefined],
    words: 'an empty object and no field at all',
  },
  { code: 'ambiguous-type', values: [number('1'), '1'], words: 'the number 1 and the text "1"' },
  { code: 'ambiguous-type', values: [true, 'true'], words: 'true and the text "true"' },
  { code: 'ambiguous-type', values: [list('one'), '["one"]'], words: 'a list and a text that looks like it' },
  {
    code: 'ambiguous-type',
    values: [object('k', 'one'), '{"k":"one"}'],
    words: 'an object and a text that looks like it',
  },
  {
    code: 'ambiguous-type',
    values: [list('one'), object('0', 'one')],
    words: 'a list and an object with the key 0',
  },
  {
    code: 'ambiguous-type',
    values: [object('k', list('one')), object('k', '["one"]')],
    words: 'a list and a text that looks like it',
  },
  {
    code: 'ambiguous-type',
    values: [object('k', number('1')), object('k', '1')],
    words: 'the number 1 and the text "1"',
  },
  { code: 'ambiguous-type', values: [object('k', ''), object('k', null)], words: 'an empty text and null' },
  {
    code: 'ambiguous-type',
    values: ['2026-03-02T08:00:07.250', '2026-03-02T08:00:07.250Z'],
    words: 'a time without a zone and the same in UTC',
  },
  // A lone surrogate has no UTF-8: encoders write U+FFFD, which a text may hold as well.
  { code: 'ambiguous-text', values: ['\ud800', '\ufffd'], words: 'half a surrogate pair and U+FFFD' },
  {
    code: 'ambiguous-text',
    values: [object('k', '\ud800'), object('k', '\ufffd')],
    words: 'half a surrogate pair and U+FFFD',
  },
  {
    code: 'ambiguous-time',
    values: ['2026-03-02T08:00:07.250Z', '2026-03-02T08:00:07.251Z'],
    words: 'two times one millisecond apart',
  },
  {
    code: 'ambiguous-time',
    values: ['2026-03-02T08:00:07.250001Z', '2026-03-02T08:00:07.250002Z'],
    words: 'two times one microsecond apart',
  },
  {
    code: 'ambiguous-time',
    values: ['2026-03-02T08:00:07.250000001Z', '2026-03-02T08:00:07.250000002Z'],
    words: 'two times one nanosecond apart',
  },
  {
    code: 'ambiguous-time',
    values: ['2026-03-02T08:00:07.250Z', '2026-03-02T08:00:07.250+02:00'],
    words: 'two times two hours apart, by their zones',
  },
  { code: 'same-value', values: [number('1.0'), number('1')], words: 'the number 1.0 and the number 1' },
  {
    code: 'same-value',
    values: ['2026-03-02T08:00:07.250Z', '2026-03-02T10:00:07.250+02:00'],
    words: 'one time in two zones',
  },
];
