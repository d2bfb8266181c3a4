/**
 * Schemas of a run (JSON Schema 2020-12) compiled to what a step can judge fast: https://json-schema.org/draft/2020-12.
 * A flat schema over canonical events falls apart into its fields, so that no object is built per event and each distinct
 * value is judged once; every other schema is validated whole.
 */
import type { Ajv2020, AnySchema, ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean } from '../base/nearest-name.ts';
import { quote } from '../base/text-safety.ts';
import { demandedFields, requiredOf } from '../model/demanded-fields.ts';
import { AUDIT_FIELDS, type AuditField, isAuditField } from '../model/event.ts';
import { ProblemsError } from '../model/problem.ts';
import type { EventSchema } from '../model/request.ts';
import { createAjv } from './linear-ajv.ts';
import { isPlainSchema, plainTest } from './plain-schema.ts';

/** Validates a value; the errors of the last call, none when it passed. */
export type Validator = { prefix: string; validate: (value: unknown) => readonly ErrorObject[] };

export type FieldPlan = { field: AuditField; required: boolean; validators: Validator[] };

export type SchemaPlan = {
  /** The union of the flat schemas over canonical events, in the order of AUDIT_FIELDS. */
  fields: FieldPlan[];
  /** Other schemas over canonical events. */
  whole: Validator[];
  raw: Validator[];
  /** What the schemas over canonical events require of every event. */
  demanded: AuditField[];
  /** Whether any schema speaks about canonical events. */
  audit: boolean;
};

/** Keywords of a flat schema: those that judge members one by one, and those that judge nothing. */
const FLAT_KEYWORDS = new Set([
  ...['type', 'required', 'properties'],
  ...['$schema', '$comment', 'title', 'description', 'examples', 'default', 'deprecated'],
]);

/** Keywords that tie a subschema to the document around it. */
const REFERENCES = new Set([
  '$ref',
  '$dynamicRef',
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$defs',
  'definitions',
]);

/** @throws {ProblemsError} with everything that is wrong in any of the schemas */
export function compileSchemas(schemas: readonly EventSchema[]): SchemaPlan {
  const messages: { file: string; message: string }[] = [];
  const plan: SchemaPlan = {
    fields: [],
    whole: [],
    raw: [],
    demanded: demandedFields(schemas),
    audit: schemas.some(({ appliesTo }) => appliesTo === 'audit'),
  };
  const fields = new Map<AuditField, FieldPlan>();

  const attempt = (file: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      messages.push({ file, message: error.message });
    }
  };
  let made: Ajv2020 | undefined;
  const ajv = (): Ajv2020 => {
    if (made !== undefined) return made;
    made = createAjv();
    // Registered before any is compiled, so that one schema may refer to another by its name.
    for (const { name, schema } of schemas) attempt(name, () => void made!.addSchema(schema, name));
    return made;
  };
  // The validator refuses two schemas of one name.
  const isPlain =
    new Set(schemas.map(({ name }) => name)).size === schemas.length &&
    schemas.every(({ appliesTo, schema }) => appliesTo === 'audit' && isPlainSchema(schema));
  if (!isPlain) ajv();

  for (const { name, appliesTo, schema } of schemas) {
    if (appliesTo === 'raw') {
      attempt(name, () => plan.raw.push(toValidator(ajv().getSchema(name), `raw ${name}`)));
      continue;
    }
    messages.push(...unknownFields(schema).map((message) => ({ file: name, message })));
    if (!isFlat(schema)) {
      attempt(name, () => plan.whole.push(toValidator(ajv().getSchema(name), `audit ${name}`)));
      continue;
    }
    const required = new Set(requiredOf(schema));
    for (const field of AUDIT_FIELDS) {
      const subschema = propertiesOf(schema)[field];
      if (!required.has(field) && subschema === undefined) continue;
      const entry = fields.get(field) ?? { field, required: false, validators: [] };
      fields.set(field, entry);
      entry.required ||= required.has(field);
      if (subschema === undefined || saysNothing(subschema)) continue;
      // The subschema's own text is the prefix: two schemas that say the same make one group.
      const prefix = `audit ${field} ${JSON.stringify(subschema)}`;
      if (entry.validators.some((known) => known.prefix === prefix)) continue;
      const compile = () => toValidator(ajv().compile(subschema as AnySchema), prefix);
      const passes = isPlain ? plainTest(subschema) : undefined;
      attempt(name, () =>
        entry.validators.push(passes === undefined ? compile() : late(prefix, passes, compile)),
      );
    }
  }
  if (messages.length > 0) throw new ProblemsError(messages.map((one) => ({ ...one, line: 0, column: 0 })));
  plan.fields = AUDIT_FIELDS.flatMap((field) => fields.get(field) ?? []);
  return plan;
}

/** A schema that could not be registered has been reported already; it judges nothing until the run is refused. */
function toValidator(validate: ReturnType<Ajv2020['getSchema']>, prefix: string): Validator {
  // An asynchronous validator answers with a promise, which is true of everything.
  if (validate !== undefined && '$async' in validate)
    throw new Error('expected a JSON Schema, found the extension "$async"');
  return {
    prefix,
    validate: (value) => (validate === undefined || validate(value) ? [] : (validate.errors ?? [])),
  };
}

/** Compiling takes a tenth of a small run (measured): it waits for a value that does not pass. */
function late(prefix: string, passes: (value: unknown) => boolean, compile: () => Validator): Validator {
  let validator: Validator | undefined;
  return {
    prefix,
    validate: (value) => {
      if (passes(value)) return [];
      validator ??= compile();
      return validator.validate(value);
    },
  };
}

function isFlat(schema: Record<string, unknown>): boolean {
  return (
    Object.keys(schema).every((keyword) => FLAT_KEYWORDS.has(keyword)) &&
    (schema.type === undefined || schema.type === 'object') &&
    Array.isArray(schema.required ?? []) &&
    !Object.values(propertiesOf(schema)).some(hasReference)
  );
}

const ANNOTATIONS = new Set(['title', 'description', '$comment', 'examples', 'default', 'deprecated']);

/** A subschema of annotations alone allows everything: asking it about each record would cost, and say nothing. */
function saysNothing(subschema: unknown): boolean {
  if (subschema === true) return true;
  if (typeof subschema !== 'object' || subschema === null) return false;
  return Object.keys(subschema).every((keyword) => ANNOTATIONS.has(keyword));
}

function hasReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => REFERENCES.has(key) || hasReference(member));
}

function propertiesOf(schema: Record<string, unknown>): Record<string, unknown> {
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {};
}

/** A misspelled canonical field would be missing in every record, or never judged. */
function unknownFields(schema: Record<string, unknown>): string[] {
  const names = new Set([...requiredOf(schema), ...Object.keys(propertiesOf(schema))]);
  return [...names]
    .filter((name) => !isAuditField(name))
    .map((name) => `expected a field of audit events, found ${quote(name)}${didYouMean(name, AUDIT_FIELDS)}`);
}
