/** Who a name in the log is, by the contract: names of one person merged, service accounts left out. */
import { compileGlob } from '../base/glob.ts';
import type { People } from './contract.ts';

/** Accounts that the contract does not count. */
export const EXCLUDED = Symbol('excluded');

/** A log that makes up names must not fill the memory. */
const MAX_REMEMBERED = 50_000;

/**
 * The person behind a name. Names are folded to lower case, for directories and mail systems do not tell `Ann` from
 * `ann`; an unmapped name is its own person.
 */
export function compilePeople(people: People): (name: string) => string | typeof EXCLUDED {
  const known = new Map<string, string>();
  for (const { person, as } of people.same) for (const name of as) known.set(fold(name), fold(person));
  const excluded = people.exclude.map(({ match }) => compileGlob(fold(match)));
  const judge = (name: string) => {
    const folded = fold(name);
    const person = known.get(folded) ?? folded;
    return excluded.some((holds) => holds(folded) || holds(person)) ? EXCLUDED : person;
  };
  const judged = new Map<string, string | typeof EXCLUDED>();
  return (name) => {
    let person = judged.get(name);
    if (person === undefined) {
      person = judge(name);
      if (judged.size >= MAX_REMEMBERED) judged.clear();
      judged.set(name, person);
    }
    return person;
  };
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}
