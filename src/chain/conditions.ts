/** Which records a profile, or a case within it, speaks of. */
import { toScalarText } from '../base/json.ts';
import type { Event, Fields } from '../model/event.ts';
import type { Condition } from './profile.ts';
import { compileValue } from './value-reader.ts';

/** From the tree, for cases of a pre-image. */
export function compileConditions(conditions: readonly Condition[]): (event: Event) => boolean {
  const tests = conditions.map(({ field, ...rest }) => ({ value: compileValue(field), ...rest }));
  return (event) =>
    tests.every(({ value, equals, orNull }) => {
      const found = value(event);
      if (equals === null) return found !== undefined && (found !== null || orNull === true);
      return equals.includes(toScalarText(found) ?? '');
    });
}

/** From slots, for what is asked of every record that has a chain's members. */
export function compileGuard(conditions: readonly Condition[], fields: Fields): (event: Event) => boolean {
  const tests = conditions.map(({ field, ...rest }) => ({ slot: fields.raw(field), ...rest }));
  return (event) => {
    for (const { slot, equals, orNull } of tests) {
      if (event.size(slot) === 0) return false;
      if (equals === null) {
        if (orNull !== true && event.kind(slot) === 'null') return false;
      } else if (!equals.includes(event.text(slot) ?? '')) return false;
    }
    return true;
  };
}
