/** What a JSON Schema validator says, as defects of a record: named by field, in the words of a finding. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { escapeControls, quote } from '../base/text-safety.ts';
import { type Defect, quoteFound } from './grouped-findings.ts';

/** A defect, the JSON pointer of the value it is about, and that value in words. */
type SchemaDefect = { defect: Defect; pointer: string; value: string | undefined };

/** Alternatives that a message lists. */
const MAX_LISTED = 8;

/**
 * The defects behind Ajv's errors. Of a failed `anyOf` or `oneOf` only the failure itself is told, not every branch.
 * Keys come from the schema alone, so that a log with ever new member names cannot make ever new groups.
 * @param prefix names the schema within the run
 * @param field the field that the validated value stands in; empty for a whole record
 */
export function toSchemaDefects(errors: readonly ErrorObject[], prefix: string, field = ''): SchemaDefect[] {
  const alternatives = errors
    .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    .map(({ schemaPath, instancePath }) => ({ schemaPath: `${schemaPath}/`, instancePath }));
  const isBranch = ({ schemaPath, instancePath }: ErrorObject) =>
    alternatives.some(
      (outer) => schemaPath.startsWith(outer.schemaPath) && instancePath.startsWith(outer.instancePath),
    );
  // `if` only repeats that `then` or `else` failed, `propertyNames` that a name did.
  const redundant = new Set(['if', 'propertyNames']);
  return errors
    .filter((error) => !redundant.has(error.keyword) && !isBranch(error))
    .map((error) => toDefect(error, prefix, field));
}

function toDefect(error: ErrorObject, prefix: string, field: string): SchemaDefect {
  const { keyword, instancePath, schemaPath } = error;
  const own = joinField(field, instancePath);
  const missing = missingMember(error);
  if (missing !== undefined) {
    const key = `${prefix} ${schemaPath} ${missing}`;
    const name = own === '' ? missing : `${own}.${missing}`;
    return {
      defect: { code: 'missing-field', key, field: name, expected: '' },
      pointer: instancePath,
      value: undefined,
    };
  }
  return {
    defect: {
      code: 'invalid-field',
      key: `${prefix} ${schemaPath}`,
      field: own === '' ? 'the record' : own,
      expected: toExpectation(error),
    },
    pointer: instancePath,
    value:
      keyword === 'additionalProperties' || keyword === 'unevaluatedProperties'
        ? extraMember(error)
        : quoteFound(error.data),
  };
}

function missingMember({ keyword, params }: ErrorObject): string | undefined {
  const isMissing = keyword === 'required' || keyword === 'dependentRequired';
  return isMissing ? String(params.missingProperty) : undefined;
}

function extraMember({ params }: ErrorObject): string {
  return quote(String(params.additionalProperty ?? params.unevaluatedProperty));
}

function toExpectation({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `expected ${[params.type].flat().join(' or ')}`;
    case 'enum':
      return `expected ${listValues(params.allowedValues)}`;
    case 'const':
      return `expected ${listValues([params.allowedValue])}`;
    case 'format':
      return `expected the format ${quote(String(params.format))}`;
    case 'pattern':
      return `expected text that matches ${quote(String(params.pattern))}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'expected no members beyond those of the schema';
    default:
      return escapeControls((message ?? `must satisfy ${keyword}`).replaceAll('NOT', 'not'));
  }
}

function listValues(values: unknown): string {
  const all = Array.isArray(values) ? values : [];
  const shown = all.slice(0, MAX_LISTED).map(quoteFound).join(', ');
  const more = all.length > MAX_LISTED ? ', …' : '';
  return all.length === 1 ? shown : `one of ${shown}${more}`;
}

/** `actor` + `/roles/3/name` → `actor.roles[].name` (RFC 6901 escapes undone). */
function joinField(field: string, pointer: string): string {
  let name = field;
  for (const segment of pointer.split('/').slice(1)) {
    if (/^\d+$/.test(segment)) name += '[]';
    else name += `${name === '' ? '' : '.'}${segment.replaceAll('~1', '/').replaceAll('~0', '~')}`;
  }
  return name;
}
