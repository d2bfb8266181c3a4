/** `message: 'the root user called {action} from {ip}'`: the sentence of a finding, with values of the log in it. */
import { personKey } from '../base/person-key.ts';
import { quote } from '../base/text-safety.ts';
import { type Group, NO_VALUE } from './relation.ts';
import { type Correlation, resolveField } from './rule.ts';

const PLACEHOLDER = /\{([^{}\s]+)\}/g;

/** The names in braces, each once. */
export function templateNames(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1]!))];
}

/** `told` are words of ours (counts, times) and stand as they are; values of the log are quoted and escaped. */
export function renderTemplate(
  template: string,
  told: Readonly<Record<string, string>>,
  logged: (name: string) => string | undefined,
): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    if (Object.hasOwn(told, name)) return told[name]!;
    const value = logged(name);
    return value === undefined ? `(no ${name})` : quote(value);
  });
}

/** As `renderTemplate`, with values that are quoted already: in the order of their names, undefined where there is none. */
export function renderTold(
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
