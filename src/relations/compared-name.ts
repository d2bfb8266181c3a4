/** Who a text names, where two must differ: case and white space around it make nobody somebody else. */
import { foldCase } from '../match/fold-case.ts';
import { isAnonymousActor } from '../model/anonymous-actor.ts';

/** A boolean, an object or a list in place of a name; the text of an empty list is anonymous by its form. */
const NO_NAME = /^(?:true|false|[{[].*)$/s;

/** Undefined where it names nobody. */
export function comparedName(text: string | undefined): string | undefined {
  if (text === undefined || isAnonymousActor(text)) return undefined;
  const name = foldCase(text.trim());
  return NO_NAME.test(name) ? undefined : name;
}
