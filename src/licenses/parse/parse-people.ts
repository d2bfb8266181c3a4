/** Who counts as one person, who does not count, and who belongs to which team. */
import { quote } from '../../base/text-safety.ts';
import type { ContractDate, People } from '../contract/contract.ts';
import { DEFAULT_PERSON } from '../contract/defaults.ts';
import { foldName } from '../contract/people.ts';
import type { ContractReader } from './contract-reader.ts';
import type { Value } from './contract-text.ts';
import { toFieldRef } from './parse-measure.ts';

export function parsePeople(reader: ContractReader, node: Value): People {
  const people: People = { key: DEFAULT_PERSON, same: [], exclude: [], teams: [] };
  if (node === undefined) return people;
  const entries = reader.mapping(node, 'a mapping of "key", "same", "exclude", "teams"', {
    owner: '"people"',
    known: ['key', 'same', 'exclude', 'teams'],
  });
  if (entries === undefined) return people;
  const key = reader.optional(entries, 'key', (value) =>
    reader.texts(value, 'the field that names the person'),
  );
  if (key !== undefined) people.key = key.map(toFieldRef);
  parseSame(reader, reader.listAt(entries, 'same', 'a list of {person, as}'), people);
  for (const each of reader.listAt(entries, 'exclude', 'a list of {match, because}'))
    parseExclude(reader, each, people);
  reader.optional(entries, 'teams', (value) => parseTeams(reader, value, people));
  return people;
}

/** Whom a name stands for, and since when: always, where no date is given. */
type Meaning = { person: string; from: ContractDate | undefined };

function parseSame(reader: ContractReader, items: readonly Value[], people: People): void {
  const meanings = new Map<string, Meaning[]>();
  const named: { person: string; node: Value }[] = [];
  for (const node of items) {
    const entries = reader.mapping(node, 'a mapping of "person" and "as"', {
      owner: '"same"',
      known: ['person', 'as', 'from'],
    });
    if (entries === undefined) continue;
    const personNode = reader.required(entries, 'person', node, '"same"');
    const person = personNode && reader.text(personNode, 'the name of the person');
    const namesNode = reader.required(entries, 'as', node, '"same"');
    const names = namesNode && reader.texts(namesNode, 'other names of the person');
    const from = reader.optional(entries, 'from', (value) => reader.date(value));
    if (person === undefined || names === undefined) continue;
    for (const name of names) {
      const known = meanings.get(foldName(name)) ?? [];
      const other = known.find((each) => each.from?.instant === from?.instant);
      if (other === undefined) meanings.set(foldName(name), [...known, { person, from }]);
      else if (foldName(other.person) !== foldName(person)) {
        reader.problem(
          namesNode,
          `${quote(name)} cannot be both ${quote(other.person)} and ${quote(person)}${from === undefined ? '' : ` from ${from.text}`}`,
        );
      }
    }
    people.same.push({ person, as: names, ...(from && { from }) });
    named.push({ person, node: personNode });
  }
  for (const { person, node } of named) {
    const other = meanings.get(foldName(person))?.find((each) => foldName(each.person) !== foldName(person));
    if (other !== undefined)
      reader.problem(
        node,
        `expected the name that counts, found ${quote(person)}, which is another name of ${quote(other.person)}`,
      );
  }
}

function parseExclude(reader: ContractReader, node: Value, people: People): void {
  const entries = reader.mapping(node, 'a mapping of "match" and "because"', {
    owner: '"exclude"',
    known: ['match', 'because'],
  });
  if (entries === undefined) return;
  const matchNode = reader.required(entries, 'match', node, '"exclude"');
  const match = matchNode && reader.text(matchNode, 'a name or pattern such as "svc-*"');
  const because = reader.optional(entries, 'because', (value) =>
    reader.text(value, 'the clause that excludes them'),
  );
  if (match !== undefined) people.exclude.push({ match, ...(because !== undefined && { because }) });
}

function parseTeams(reader: ContractReader, node: Value, people: People): undefined {
  const entries = reader.mapping(node, 'a mapping of teams, each with its people or patterns', undefined);
  const teamByMatch = new Map<string, string>();
  for (const { key: team, value } of entries?.values() ?? []) {
    const match = reader.texts(value, 'people or patterns such as "*@cae.acme.de"');
    for (const each of match ?? []) {
      const other = teamByMatch.get(each.toLowerCase());
      teamByMatch.set(each.toLowerCase(), other ?? team);
      if (other !== undefined)
        reader.problem(value, `${quote(each)} cannot be in both ${quote(other)} and ${quote(team)}`);
    }
    if (match !== undefined) people.teams.push({ team, match });
  }
  return undefined;
}
