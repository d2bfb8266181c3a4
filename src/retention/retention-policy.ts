/**
 * The policy of `audit-check retention`: how long what is kept, and what is under a legal hold.
 *
 *     tiers: {hot: 90 days, warm: 12 months, cold: rest}
 *     rules:
 *       - {class: debug, maximum: 30 days}
 *       - {source: [okta, aws-cloudtrail], minimum: 1 year, maximum: 7 years}
 *     holds:
 *       - {id: LH-7, reason: payment incident, source: okta, events: {from: 2026-01-01}, until: 2027-06-30}
 */
import { MOMENT_WORDS, parseMoment } from '../base/instant.ts';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { describe, type ShapeReader, scalarText } from '../base/yaml-shape.ts';
import type { YamlEntry } from '../base/yaml-tree.ts';
import { AGE_WORDS, type CalendarAge, type Day, dayOf, isEverLonger, parseAge } from './calendar-age.ts';
import type { LegalHold } from './legal-hold.ts';

/** From young to old. `upTo`: how old the newest event of a segment is at most; undefined for all that is left. */
export type Tier = { name: string; upTo: CalendarAge | undefined };

export type RetentionRule = {
  name: string;
  /** Empty for any. */
  sources: readonly string[];
  classes: readonly string[];
  tiers: readonly Tier[];
  /** Undefined: may be deleted at any age. */
  minimum?: CalendarAge;
  /** Undefined: is kept. */
  maximum?: CalendarAge;
};

export type RetentionPolicy = {
  /** The first that fits a segment decides. */
  rules: readonly RetentionRule[];
  holds: readonly LegalHold[];
};

const POLICY_KEYS = ['tiers', 'rules', 'holds'];
const RULE_KEYS = ['name', 'source', 'class', 'tiers', 'minimum', 'maximum'];
const HOLD_KEYS = ['id', 'reason', 'source', 'class', 'tenant', 'file', 'events', 'since', 'until'];
const EVENT_KEYS = ['from', 'until'];
/** Of the tier that ends nowhere. */
const REST = 'rest';

const USUAL_TIERS: readonly Tier[] = [
  { name: 'hot', upTo: parseAge('90 days') },
  { name: 'warm', upTo: parseAge('12 months') },
  { name: 'cold', upTo: undefined },
];

/** Every mistake is told through `reader`. `knownSources`: a misspelled one under a hold would have evidence deleted. */
export function parseRetentionPolicy(reader: ShapeReader, knownSources: readonly string[]): RetentionPolicy {
  refuseOtherKeys(reader, POLICY_KEYS);
  const tiers = readTiers(reader) ?? USUAL_TIERS;
  const shapes = reader.shapes('rules');
  if (shapes.length === 0 && (reader.get('rules')?.kind ?? 'null') === 'null')
    reader.problem(reader.map, 'expected "rules": how long which segments are kept');
  const rules: RetentionRule[] = [];
  for (const shape of shapes) {
    const all = rules.find(({ sources, classes }) => sources.length + classes.length === 0);
    if (all !== undefined)
      shape.problem(shape.map, `never reached: ${quote(all.name)} before it fits every segment`);
    rules.push(readRule(shape, rules.length + 1, tiers));
    refuseUnknownSources(shape, knownSources);
  }
  const holdShapes = reader.shapes('holds');
  const holds = holdShapes.map(readHold);
  for (const [index, shape] of holdShapes.entries()) {
    refuseUnknownSources(shape, knownSources);
    const { id } = holds[index]!;
    if (id !== '' && holds.findIndex((hold) => hold.id === id) < index)
      shape.problem(shape.get('id')!, `expected an id for each hold, found ${quote(id)} again`);
  }
  return { rules, holds };
}

function readRule(reader: ShapeReader, number: number, usual: readonly Tier[]): RetentionRule {
  refuseOtherKeys(reader, RULE_KEYS);
  const minimum = readAge(reader, 'minimum');
  const maximum = readAge(reader, 'maximum');
  if (minimum !== undefined && maximum !== undefined && isEverLonger(minimum, maximum))
    reader.problem(
      reader.get('maximum')!,
      `expected a maximum that is never before the minimum of ${quote(minimum.text)}, found ${quote(maximum.text)}`,
    );
  if (!['minimum', 'maximum', 'tiers'].some((key) => reader.get(key) !== undefined))
    reader.problem(reader.map, 'expected "minimum", "maximum" or "tiers", found a rule that says nothing');
  return {
    name: reader.text('name') ?? `rule ${number}`,
    sources: namesOf(reader, 'source'),
    classes: namesOf(reader, 'class'),
    tiers: readTiers(reader) ?? usual,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}

function readHold(reader: ShapeReader): LegalHold {
  refuseOtherKeys(reader, HOLD_KEYS);
  const [since, until] = readRange(reader, 'since');
  const shape = reader.shape('events');
  if (shape !== undefined) refuseOtherKeys(shape, EVENT_KEYS);
  const [first, last] = shape === undefined ? [] : readRange(shape, 'from');
  return {
    id: required(reader, 'id'),
    reason: required(reader, 'reason'),
    sources: namesOf(reader, 'source'),
    classes: namesOf(reader, 'class'),
    tenants: namesOf(reader, 'tenant'),
    files: namesOf(reader, 'file'),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(shape !== undefined && {
      events: { ...(first !== undefined && { from: first }), ...(last !== undefined && { until: last }) },
    }),
  };
}

function required(reader: ShapeReader, key: string): string {
  const text = reader.text(key)?.trim() ?? '';
  const node = reader.get(key);
  if (text === '' && (node === undefined || scalarText(node) !== undefined || node.kind === 'null'))
    reader.problem(node ?? reader.map, `expected ${quote(key)} of the hold, found none`);
  return text;
}

/** An empty list would fit anything, which nobody means who writes one. */
function namesOf(reader: ShapeReader, key: string): string[] {
  const names = reader.texts(key);
  const node = reader.get(key);
  if (node?.kind === 'null' || (node?.kind === 'list' && node.items.length === 0))
    reader.problem(node, `expected names under ${quote(key)}, found none: leave the key out for any`);
  return names;
}

function refuseUnknownSources(reader: ShapeReader, known: readonly string[]): void {
  const node = reader.get('source');
  for (const item of node?.kind === 'list' ? node.items : node === undefined ? [] : [node]) {
    const name = scalarText(item);
    if (name === undefined || known.includes(name)) continue;
    const expected = 'expected a source that is shipped or in the archive';
    reader.problem(item, `${expected}, found ${quote(name)}${didYouMean(name, known)}`);
  }
}

function readRange(reader: ShapeReader, first: string): [from: Day | undefined, until: Day | undefined] {
  const from = readDay(reader, first);
  const until = readDay(reader, 'until');
  if (from !== undefined && until !== undefined && until < from)
    reader.problem(reader.get('until')!, `"until" must not be before ${quote(first)}: it is the last day`);
  return [from, until];
}

function readDay(reader: ShapeReader, key: string): Day | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  const instant = parseMoment(text);
  if (instant !== undefined) return dayOf(instant);
  reader.problem(reader.get(key)!, `expected ${MOMENT_WORDS}, found ${quote(text)}`);
  return undefined;
}

function readAge(reader: ShapeReader, key: string): CalendarAge | undefined {
  const text = reader.text(key);
  if (text === undefined) {
    const node = reader.get(key);
    if (node?.kind === 'null') reader.problem(node, `expected ${AGE_WORDS}, found nothing`);
    return undefined;
  }
  const age = parseAge(text);
  if (age === undefined) reader.problem(reader.get(key)!, `expected ${AGE_WORDS}, found ${quote(text)}`);
  return age;
}

function readTiers(reader: ShapeReader): Tier[] | undefined {
  const shape = reader.shape('tiers');
  if (shape === undefined) return undefined;
  const { entries } = shape.map;
  if (entries.length === 0) shape.problem(shape.map, 'expected tiers such as hot: 90 days, found none');
  const tiers: Tier[] = [];
  for (const entry of entries) {
    const tier = readTier(shape, entry, entry === entries.at(-1));
    const before = tiers.at(-1);
    if (tier?.upTo !== undefined && before?.upTo !== undefined && !isEverLonger(tier.upTo, before.upTo))
      shape.problem(
        entry.value,
        `expected an age beyond the ${quote(before.upTo.text)} of ${quote(before.name)}: tiers go from young to old`,
      );
    if (tier !== undefined) tiers.push(tier);
  }
  return tiers;
}

function readTier(shape: ShapeReader, { key: name, value }: YamlEntry, isLast: boolean): Tier | undefined {
  const text = scalarText(value);
  if (text?.trim() === REST) {
    if (!isLast) shape.problem(value, `only the last tier takes the ${REST}`);
    return { name, upTo: undefined };
  }
  const upTo = text === undefined ? undefined : parseAge(text);
  if (upTo !== undefined) return { name, upTo };
  shape.problem(value, `expected ${AGE_WORDS}, or ${REST}, found ${describe(value)}`);
  return undefined;
}

function refuseOtherKeys(reader: ShapeReader, known: readonly string[]): void {
  for (const entry of reader.map.entries) {
    if (known.includes(entry.key)) continue;
    reader.problem(
      entry,
      `expected ${known.join(', ')}, found ${quote(entry.key)}${didYouMean(entry.key, known)}`,
    );
  }
}
