/** Which canonical fields JSON Schemas demand of every event: what nobody demands, no check has missed. */
import { AUDIT_FIELDS, type AuditField } from './event.ts';
import type { EventSchema } from './request.ts';

/** In the order of AUDIT_FIELDS. Schemas over raw records demand none of them. */
export function demandedFields(schemas: readonly EventSchema[]): AuditField[] {
  const demanded = schemas.flatMap(({ appliesTo, schema }) =>
    appliesTo === 'audit' ? requiredOf(schema) : [],
  );
  return AUDIT_FIELDS.filter((field) => demanded.includes(field));
}

/** What a schema demands at its top; what only a part of it demands (`allOf`, `if`) may be demanded of some events alone. */
export function requiredOf({ required }: Record<string, unknown>): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}
