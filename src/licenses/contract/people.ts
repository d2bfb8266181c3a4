/** Who a name in the log is, by the contract: names of one person merged, service accounts left out, people in teams. */
import { compileGlob } from '../../base/glob.ts';
import type { Instant } from '../../base/instant.ts';
import type { People } from './contract.ts';

/** Accounts that the contract does not count. */
export const EXCLUDED = Symbol('excluded');

/** A log that makes up names must not fill the memory. */
const MAX_REMEMBERED = 50_000;

/** Whom a name stands for, the latest date first; `from` undefined: whatever the date. */
type Meaning = { from: Instant | undefined; person: string };

type ToPerson = (name: string, at?: Instant) => string | typeof EXCLUDED;

/**
 * The person behind a name at an instant. Names are folded, for directories and mail systems do not tell
 * `Ann` from `ann`; an unmapped name is its own person. A name that stands for somebody since a date only is its own
 * person before it, and at an unknown time.
 */
export function compilePeople(people: People): ToPerson {
  const meanings = toMeanings(people);
  const excluded = people.exclude.map(({ match }) => compileGlob(foldName(match)));
  const judge: ToPerson = (name, at) => {
    const folded = foldName(name);
    const meant = meanings
      .get(folded)
      ?.find(({ from }) => from === undefined || (at !== undefined && from <= at));
    const person = meant?.person ?? folded;
    return excluded.some((holds) => holds(folded) || holds(person)) ? EXCLUDED : person;
  };
  const judged = new Map<string, string | typeof EXCLUDED>();
  return (name, at) => {
    let person = judged.get(name);
    if (person === undefined) {
      person = judge(name, at);
      if (meanings.get(foldName(name))?.some(({ from }) => from !== undefined)) return person;
      if (judged.size >= MAX_REMEMBERED) judged.clear();
      judged.set(name, person);
    }
    return person;
  };
}

function toMeanings({ same }: People): Map<string, Meaning[]> {
  const meanings = new Map<string, Meaning[]>();
  for (const { person, as, from } of same) {
    for (const name of as) {
      const known = meanings.get(foldName(name)) ?? [];
      meanings.set(foldName(name), [...known, { from: from?.instant, person: foldName(person) }]);
    }
  }
  const start = ({ from }: Meaning) => from ?? -(2n ** 63n);
  for (const known of meanings.values()) known.sort((a, b) => (start(a) > start(b) ? -1 : 1));
  return meanings;
}

/** By which clause an account is left out: that of the first pattern that matches its name, or the person it stands for. */
export function compileExclusions(people: People): (name: string, at?: Instant) => string | undefined {
  const toPerson = compilePeople({ ...people, exclude: [] });
  const rules = people.exclude.map(({ match, because }) => ({
    holds: compileGlob(foldName(match)),
    clause: because ?? `exclude ${match}`,
  }));
  return (name, at) => {
    const names = [foldName(name), toPerson(name, at) as string];
    return rules.find(({ holds }) => names.some(holds))?.clause;
  };
}

/** The team of a person: a team that names the person, else the first with a pattern that matches. Undefined: in none. */
export function compileTeams({ teams }: Pick<People, 'teams'>): (person: string) => string | undefined {
  const named = new Map<string, string>();
  const patterns: { holds: (text: string) => boolean; team: string }[] = [];
  for (const { team, match } of teams) {
    for (const each of match.map(foldName)) {
      if (/[*?]/.test(each)) patterns.push({ holds: compileGlob(each), team });
      else if (!named.has(each)) named.set(each, team);
    }
  }
  if (teams.length === 0) return () => undefined;
  const judged = new Map<string, string | undefined>();
  return (person) => {
    const known = judged.get(person);
    if (known !== undefined || judged.has(person)) return known;
    const team = named.get(foldName(person)) ?? patterns.find(({ holds }) => holds(foldName(person)))?.team;
    if (judged.size >= MAX_REMEMBERED) judged.clear();
    judged.set(person, team);
    return team;
  };
}

/** One spelling of a name: without case, and composed, for systems differ in whether an accent is a character of its own. */
export function foldName(name: string): string {
  return name.trim().toLowerCase().normalize('NFC');
}
