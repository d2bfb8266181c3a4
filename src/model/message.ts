/** `message: 'the root user called {action} from {ip}'`: the sentence of a finding, with values of the log in it. */
import { quote } from '../base/text-safety.ts';

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

/** The names a template takes from the log, where `told` are the words its relation supplies. */
export function loggedNames(template: string | undefined, told: readonly string[]): string[] {
  return templateNames(template ?? '').filter((name) => !told.includes(name));
}

/** A title as the beginning of a message: lower case, unless its first word is an abbreviation. */
export function titleInMessage(title: string): string {
  const plain = title.replace(/\.$/, '');
  return /^\p{Lu}(?:\p{Ll}|\s)/u.test(plain) ? plain[0]!.toLowerCase() + plain.slice(1) : plain;
}
