/** `message: 'the root user called {action} from {ip}'`: the sentence of a finding, with values of the log in it. */
import { personKey } from '../base/person-key.ts';
import { type Group, NO_VALUE } from './relation.ts';
import { type Correlation, resolveField } from './rule.ts';

const PLACEHOLDER = /\{([^{}\s]+)\}/g;

/** The names in braces, each once. */
export function templateNames(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1]!))];
}

/**
 * `words` are ours (counts, times); `told` are values of the log as they are quoted, in the order of their `names`, undefined where
 * there is none. All of them stand as they are.
 */
export function renderTemplate(
  template: string,
  words: Readonly<Record<string, string>>,
  names: readonly string[],
  told: readonly (string | undefined)[],
): string {
  return template.replace(PLACEHOLDER, (_, name: string) =>
    Object.hasOwn(words, name) ? words[name]! : (told[names.indexOf(name)] ?? `(no ${name})`),
  );
}

type Grouped = Pick<Correlation, 'groupNames' | 'groupBy' | 'aliases' | 'taxonomies'>;

/**
 * What a template tells of a field of which a mark of the step carries `logged`. An event with a list is in a group for each
 * member: of a field that the group is by, the finding is about the member of the group alone. Made once for each step and name.
 */
export function toldOfGroup(
  rule: Grouped,
  group: Group,
  step: number,
  name: string,
): (logged: string | undefined) => string | undefined {
  const { taxonomy, name: own } = resolveField(rule, name, step);
  const at = (rule.groupBy[step] ?? []).findIndex((by) => by.name === own && by.taxonomy === taxonomy);
  const member = group[at];
  if (member === undefined || member === NO_VALUE) return (logged) => logged;
  if (!rule.groupBy[step]![at]!.person) return () => member;
  // As the log spells it.
  return (logged) => (logged !== undefined && personKey(logged) === member ? logged : member);
}

/** The names a template takes from the log, where `told` are the words its relation supplies. */
export function loggedNames(template: string | undefined, told: readonly string[]): string[] {
  return templateNames(template ?? '').filter((name) => !told.includes(name));
}

/** A title as the beginning of a message: lower case, unless its first word is an abbreviation. */
export function titleInMessage(title: string): string {
  const plain = title.replace(/\.$/, '');
  return /^\p{Lu}(?:\p{Ll}|\s)/u.test(plain) ? plain[0]!.toLowerCase() + plain.slice(1) : plain;
}
