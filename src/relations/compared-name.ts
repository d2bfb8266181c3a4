/** Who a text names, where two must differ: case, blanks around it and what nobody sees make nobody somebody else. */
import { personKey } from '../base/person-key.ts';
import { isAnonymousActor } from '../model/anonymous-actor.ts';

/** A boolean, an object or a list in place of a name; the text of an empty list is anonymous by its form. */
const NO_NAME = /^(?:true|false|[{[].*)$/s;

/** Undefined where it names nobody. */
export function comparedName(text: string | undefined): string | undefined {
  if (text === undefined || isAnonymousActor(text)) return undefined;
  const name = personKey(text);
  return NO_NAME.test(name) ? undefined : name;
}
