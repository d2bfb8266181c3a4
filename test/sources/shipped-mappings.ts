/** The mappings of `rules/sources/`, compiled; and how tests see a record through one of them. Tests only. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type JsonValue, parseJsonText } from '../../src/base/json.ts';
import { AUDIT_FIELDS } from '../../src/model/event.ts';
import { compileMapping } from '../../src/sources/compile-mapping.ts';
import { type Mapping, mapIdentity } from '../../src/sources/mapping.ts';
import { seenRecord } from '../../src/sources/seen-record.ts';
import { auditTexts } from '../../src/sources/tree-values.ts';
import { readMapped } from './plain-fields.ts';

const FOLDER = new URL('../../rules/sources/', import.meta.url);

export const SHIPPED: readonly Mapping[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => {
    const problems: string[] = [];
    const document: unknown = parse(readFileSync(new URL(file, FOLDER), 'utf8'));
    const mapping = compileMapping(file.replace(/\.yaml$/, ''), document, (path, message) =>
      problems.push(`${file}: ${path.join('.')}: ${message}`),
    );
    if (mapping === undefined) throw new Error(problems.join('\n'));
    return mapping;
  });

export function shipped(name: string): Mapping {
  const mapping = SHIPPED.find((each) => each.name === name);
  if (mapping === undefined) throw new Error(`no mapping ${name}`);
  return mapping;
}

export function toJson(record: unknown): JsonValue {
  return parseJsonText(JSON.stringify(record));
}

/** Every canonical field that the mapping finds in the record. */
export function seeThrough(mapping: Mapping, record: JsonValue): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const field of AUDIT_FIELDS) {
    const texts = auditTexts(record, mapping, field);
    if (texts.length > 0) seen[field] = texts.join(', ');
  }
  return seen;
}

export function identityOf(mapping: Mapping, record: unknown): string | undefined {
  const json = seenRecord(toJson(record), mapping);
  return mapIdentity(mapping, (path) => readMapped(json, mapping, path));
}
