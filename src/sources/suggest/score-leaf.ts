/** How likely a place in records is a canonical field: by the words of its name, and by what its values are like. From 0 to 1. */
import { isIP } from 'node:net';
import { parseTimestamp } from '../../base/instant.ts';
import type { AuditField } from '../../model/event.ts';
import { DECISION_WORDS, FIELD_WORDS, type FieldWords, OTHER_TIMES, OUTCOME_WORDS } from './field-words.ts';
import type { Leaf } from './leaves.ts';

/** The words of a key: `performedBy`, `performed_by`, `Performed-By`, and `performed_by_s` of Log Analytics, are `performed by`. */
export function wordsOf(key: string): string[] {
  return key
    .replace(/_[sdtbg]$/, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** What remains of the score for each place further down a list of names, of parts, and for each level of nesting. */
const LESS_LIKELY = 0.015;

/** `records`: of which the leaves are. */
export function scoreLeaf(field: AuditField, leaf: Leaf, records: number): number {
  const byValue = scoreValues(field, leaf, records);
  if (byValue === 0) return 0;
  const byName = scoreName(field, leaf.keys);
  // Times, addresses and outcomes tell themselves by their values.
  const name = byName > 0 ? byName : scoreUnnamed(field, leaf);
  const coverage = leaf.present / records;
  return name * byValue * (0.6 + 0.4 * coverage);
}

/** Of values that tell by themselves, whatever they are called. A bare number may be anything, and so may true and false. */
function scoreUnnamed(field: AuditField, leaf: Leaf): number {
  if (field === 'ip') return 0.6;
  const isWritten = [...leaf.values.keys()].every((text) => /[^\d.]/.test(text));
  if (field === 'time' && isWritten) return 0.6;
  const saysSo = [...leaf.values.keys()].some((text) => /^(?:succe|fail|denied|forbidden)/i.test(text));
  return field === 'outcome' && saysSo ? 0.55 : 0;
}

function scoreName(field: AuditField, keys: readonly string[]): number {
  const last = wordsOf(keys.at(-1)!);
  const parent = keys.length > 1 ? wordsOf(keys.at(-2)!) : [];
  // `id` names whatever holds it: of the event only where nothing else does.
  if (field === 'id' && keys.length > 1 && !EVENT_OBJECTS.has(parent.join(' '))) return 0;
  let best = 0;
  for (const [rank, name] of FIELD_WORDS[field].names.entries())
    best = Math.max(best, likeness(last, parent, name, FIELD_WORDS[field]) - rank * LESS_LIKELY);
  if (field === 'time' && last.some((word) => OTHER_TIMES.includes(word))) best *= 0.5;
  return Math.max(0, best - (keys.length - 1) * LESS_LIKELY);
}

const EVENT_OBJECTS = new Set(['event', 'log', 'audit', 'record', 'entry', 'metadata', 'meta']);

/** How much a key and the key above it are like a name: equal, an object of that name with a part of it, an ending, a word of it. */
function likeness(
  last: readonly string[],
  parent: readonly string[],
  name: string,
  { parts }: FieldWords,
): number {
  const own = last.join(' ');
  const above = parent.join(' ');
  if (own === name) return 1;
  const part = (text: string) => {
    const rank = parts.indexOf(text);
    return rank < 0 ? 0 : 1 - rank * LESS_LIKELY;
  };
  if (above === name) return 0.98 * part(own);
  if (own.startsWith(`${name} `)) return Math.max(0.96 * part(own.slice(name.length + 1)), 0.5);
  if (own.endsWith(` ${name}`)) return 0.85;
  if (above.endsWith(` ${name}`)) return 0.8 * part(own);
  return own.includes(` ${name} `) ? 0.5 : 0;
}

/** 0 where values cannot be of the field. */
function scoreValues(field: AuditField, leaf: Leaf, records: number): number {
  switch (field) {
    case 'time':
      return share(leaf, isTime) >= 0.95 ? 1 : 0;
    case 'ip':
      return share(leaf, (text) => isIP(text) !== 0) >= 0.9 ? 1 : 0;
    case 'id':
      return records > 1 && leaf.present === records && leaf.values.size === records && !isAll(leaf, isTime)
        ? 1
        : 0;
    case 'outcome':
      return scoreOutcome(leaf);
    case 'decision':
      return share(leaf, (text) => DECISION_WORDS.has(text.toLowerCase())) >= 0.8 ? 1 : 0;
    case 'action':
      return isNoWord(leaf)
        ? 0
        : plausible(leaf, 80) * repeating(leaf, 0.5) * (leaf.values.size === 1 ? 0.9 : 1);
    case 'actor':
      return isNoWord(leaf) ? 0 : plausible(leaf, 256) * repeating(leaf, 0.8);
    case 'endpoint':
      return share(leaf, (text) => text.includes('/')) >= 0.8 ? 1 : 0;
    default:
      return leaf.isBoolean || isAll(leaf, isTime) ? 0 : 1;
  }
}

/** More kinds of endings than this are no outcome. */
const MAX_OUTCOMES = 20;

function scoreOutcome(leaf: Leaf): number {
  if (leaf.values.size > MAX_OUTCOMES) return 0;
  const known = share(leaf, (text) => OUTCOME_WORDS.has(text.toLowerCase()) || isStatusCode(text));
  if (known >= 0.9) return 1;
  return known > 0 ? 0.8 : 0;
}

export function isStatusCode(text: string): boolean {
  return /^[1-5]\d\d$/.test(text);
}

/** Sentences, blobs and the like are no names of things. */
function plausible({ values }: Leaf, longest: number): number {
  let total = 0;
  for (const text of values.keys()) total += text.length;
  return total / values.size <= longest ? 1 : 0.3;
}

/** Names of people and of actions come again; where no value does although there are many, it is something else. */
function repeating({ present, values }: Leaf, otherwise: number): number {
  return present >= 10 && values.size > 0.9 * present ? otherwise : 1;
}

function isNoWord(leaf: Leaf): boolean {
  return (
    leaf.isBoolean ||
    isAll(leaf, isTime) ||
    isAll(leaf, (text) => isIP(text) !== 0 || /^-?[\d.]{1,4}$/.test(text))
  );
}

/** 2000 to 2100: a number is a time only where it is a plausible one. */
const [EARLIEST, LATEST] = [946_684_800_000_000_000n, 4_102_444_800_000_000_000n];

export function isTime(text: string): boolean {
  if (/^-?\d{1,8}(?:\.\d*)?$/.test(text)) return false;
  const parsed = parseTimestamp(text);
  if (parsed.problem !== undefined) return parsed.problem === 'missing-zone';
  return parsed.instant >= EARLIEST && parsed.instant < LATEST;
}

/** Whether a time says where it was taken; a number counts from an epoch that does. */
export function hasZone(text: string): boolean {
  return parseTimestamp(text).problem !== 'missing-zone';
}

function isAll(leaf: Leaf, test: (text: string) => boolean): boolean {
  return share(leaf, test) === 1;
}

/** Of the values, each as often as it came. */
function share({ values }: Leaf, test: (text: string) => boolean): number {
  let [passed, all] = [0, 0];
  for (const [text, times] of values) {
    all += times;
    if (test(text)) passed += times;
  }
  return all === 0 ? 0 : passed / all;
}
