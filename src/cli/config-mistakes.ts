/** What is wrong with the shape of `audit-check.yaml`, in words; what is not wrong with it is used all the same. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean } from '../base/nearest-name.ts';
import { describeValue, isPlainObject } from '../base/plain-value.ts';
import { quote } from '../base/text-safety.ts';
import { conditionMistake } from './fail-on.ts';
import type { ReportAt } from './yaml-file.ts';

/** Which conditions there are is no matter of shape. */
export function reportConditions(value: unknown, report: ReportAt): void {
  const failOn = isPlainObject(value) ? value.failOn : undefined;
  for (const [index, condition] of [failOn].flat().entries()) {
    const mistake = typeof condition === 'string' ? conditionMistake(condition) : undefined;
    if (mistake !== undefined) report(Array.isArray(failOn) ? ['failOn', index] : ['failOn'], mistake);
  }
}

/** Reports each, and takes what is wrong out of `value`: the mistakes in the rest are told in the same run. */
export function reportShape(value: object, errors: readonly ErrorObject[], report: ReportAt): void {
  const mistakes = leaves(errors).map(toMistake);
  for (const { path, message } of mistakes) report(path, message);
  for (const { path } of mistakes) takeOut(value, path);
}

/** An entry goes with all its parts, a list with all its items: the half of one would be wrong in another way. */
function takeOut(value: unknown, [key, entry]: readonly string[]): void {
  if (key === undefined || !isPlainObject(value)) return;
  const below = value[key];
  if (entry !== undefined && isPlainObject(below)) delete below[entry];
  else delete value[key];
}

/** Of a failed choice between forms only the innermost errors say something. */
function leaves(errors: readonly ErrorObject[]): ErrorObject[] {
  return errors.filter(
    ({ keyword, schemaPath }) => keyword !== 'oneOf' && !/oneOf\/0\/type$/.test(schemaPath),
  );
}

const TYPE_WORDS: Record<string, string> = {
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'text',
  object: 'a map',
};

function toMistake(error: ErrorObject): { path: string[]; message: string } {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const params = error.params as Record<string, unknown>;
  const found = describeValue(error.data);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
      const message = `unknown key ${quote(key)}${didYouMean(key, known)}, known are ${known.join(', ')}`;
      return { path: [...path, key], message };
    }
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      const meant = didYouMean(String(error.data), allowed);
      return { path, message: `expected one of ${allowed.join(', ')}, found ${found}${meant}` };
    }
    case 'type': {
      const type = String(params.type);
      const expected = error.schemaPath.includes('oneOf')
        ? 'text or a list of texts'
        : (TYPE_WORDS[type] ?? type);
      return { path, message: `expected ${expected}, found ${found}` };
    }
    default:
      return { path, message: `${error.message ?? 'is not valid'}, found ${found}` };
  }
}
