/**
 * One canonical field of a mapping's YAML: a path, or a list of alternatives, the first that yields a text wins.
 * An alternative is a path, `{from, first, map, otherwise, absent, when}`, `{literal, when}` or `{join, with, when}`.
 */
import { didYouMean } from '../base/nearest-name.ts';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import type { AuditField } from '../model/event.ts';
import { compileGuards } from './compile-guards.ts';
import type { Alternative, Guard, MappedField, Translation } from './mapping.ts';
import { type MappingDraft, PathTable, toYamlText, type YamlPath } from './mapping-draft.ts';

/** Fields whose values are ours: a rule on `outcome: failure` must not miss a source that says `FAILED`. */
const VOCABULARY: Partial<Record<AuditField, readonly string[]>> = {
  outcome: ['success', 'failure', 'unknown'],
  decision: ['allowed', 'denied'],
};

const KINDS = {
  from: ['from', 'first', 'map', 'otherwise', 'absent', 'when'],
  literal: ['literal', 'when'],
  join: ['join', 'with', 'when'],
} as const;

export function compileField(
  field: AuditField,
  value: unknown,
  at: YamlPath,
  draft: MappingDraft,
): MappedField {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) draft.problem(at, 'expected at least one alternative, found none');
  const alternatives = list.flatMap((alternative, index) =>
    compileAlternative(field, alternative, Array.isArray(value) ? [...at, index] : at, draft),
  );
  return { alternatives };
}

/** The alternative for the record itself, then for each envelope that the record may stand in. */
function compileAlternative(
  field: AuditField,
  value: unknown,
  at: YamlPath,
  draft: MappingDraft,
): Alternative[] {
  const form = typeof value === 'string' ? { from: value } : value;
  const kind = isPlainObject(form)
    ? (['from', 'literal', 'join'] as const).find((key) => key in form)
    : undefined;
  if (!isPlainObject(form) || kind === undefined) {
    draft.problem(at, `expected a field path or {from}, {literal}, {join}, found ${describeValue(value)}`);
    return [];
  }
  for (const key of Object.keys(form)) {
    if ((KINDS[kind] as readonly string[]).includes(key)) continue;
    draft.problem([...at, key], `unknown key ${quote(key)} beside "${kind}"${didYouMean(key, KINDS[kind])}`);
  }
  if ((kind === 'literal' || 'absent' in form) && !('when' in form)) {
    const word = kind === 'literal' ? 'literal' : 'absent';
    draft.problem(at, `"${word}" needs "when": without it any record at all would get the value`);
  }
  const build = { from: buildFrom, literal: buildLiteral, join: buildJoin }[kind];
  const alternatives: Alternative[] = [];
  for (const envelope of ['', ...draft.envelopes]) {
    const once: MappingDraft = envelope === '' ? draft : { ...draft, problem: () => {} };
    const guards = 'when' in form ? compileGuards(form.when, [...at, 'when'], once, envelope) : [];
    const alternative = build(field, form, at, once, envelope, guards);
    if (alternative !== undefined) alternatives.push(alternative);
  }
  return alternatives;
}

type Build = (
  field: AuditField,
  form: Record<string, unknown>,
  at: YamlPath,
  draft: MappingDraft,
  envelope: string,
  guards: Guard[],
) => Alternative | undefined;

const buildFrom: Build = (field, form, at, draft, envelope, guards) => {
  const { from } = form;
  if (typeof from !== 'string' || !PathTable.isPath(from)) {
    draft.problem(
      'map' in form || isPlainObject(from) ? [...at, 'from'] : at,
      `expected a field path, found ${describeValue(from)}`,
    );
    return undefined;
  }
  const alternative: Alternative = { kind: 'path', path: draft.paths.number(from, envelope), guards };
  if ('first' in form) {
    if (form.first === true) alternative.first = true;
    else draft.problem([...at, 'first'], `expected true, found ${describeValue(form.first)}`);
  }
  if ('map' in form || 'otherwise' in form)
    alternative.translation = compileTranslation(field, form, at, draft);
  if ('absent' in form) {
    alternative.whenAbsent = checkValue(field, form.absent, [...at, 'absent'], draft);
  }
  const words = VOCABULARY[field];
  if (words !== undefined && alternative.translation?.otherwise === undefined) {
    draft.problem(
      at,
      `"${field}" needs "otherwise": the source's own value must become one of ${words.join(', ')}`,
    );
  }
  return alternative;
};

const buildLiteral: Build = (field, form, at, draft, _envelope, guards) => ({
  kind: 'literal',
  value: checkValue(field, form.literal, [...at, 'literal'], draft),
  guards,
});

const buildJoin: Build = (field, form, at, draft, envelope, guards) => {
  const { join } = form;
  const separator = form.with ?? ' ';
  if (VOCABULARY[field] !== undefined) draft.problem(at, `"${field}" cannot be joined of several texts`);
  if (typeof separator !== 'string') {
    draft.problem([...at, 'with'], `expected a text, found ${describeValue(separator)}`);
    return undefined;
  }
  if (!Array.isArray(join) || join.length < 2) {
    draft.problem(
      [...at, 'join'],
      `expected a list of two or more field paths, found ${describeValue(join)}`,
    );
    return undefined;
  }
  for (const [index, path] of join.entries()) {
    if (typeof path === 'string' && PathTable.isPath(path)) continue;
    draft.problem([...at, 'join', index], `expected a field path, found ${describeValue(path)}`);
    return undefined;
  }
  const paths = (join as string[]).map((path) => draft.paths.number(path, envelope));
  return { kind: 'join', paths, separator, guards };
};

/** JavaScript lists keys such as `0` first, whatever their order in the file; they are exact, so nothing changes. */
function compileTranslation(
  field: AuditField,
  form: Record<string, unknown>,
  at: YamlPath,
  draft: MappingDraft,
): Translation {
  const map = form.map ?? {};
  if (!isPlainObject(map))
    draft.problem([...at, 'map'], `expected a mapping of patterns to values, found ${describeValue(map)}`);
  const entries = Object.entries(isPlainObject(map) ? map : {}).map(([glob, value]) => ({
    glob,
    value: checkValue(field, value, [...at, 'map', glob], draft),
  }));
  if (!('otherwise' in form)) return { entries };
  return { entries, otherwise: checkValue(field, form.otherwise, [...at, 'otherwise'], draft) };
}

/** A value of ours; the empty text passes the question on to the next alternative. */
function checkValue(field: AuditField, value: unknown, at: YamlPath, draft: MappingDraft): string {
  const text = toYamlText(value);
  const words = VOCABULARY[field];
  if (text === undefined) {
    draft.problem(at, `expected a text, found ${describeValue(value)}`);
    return '';
  }
  if (words !== undefined && text !== '' && !words.includes(text)) {
    draft.problem(at, `expected one of ${words.join(', ')}, found ${quote(text)}${didYouMean(text, words)}`);
  }
  return text;
}
