/** Our messages as SARIF message strings: sentences that no log text can turn into a link. */
import { escapeControls, truncate } from '../../base/text-safety.ts';

/** GitHub shows at most 1,024 characters of a rule's descriptions. */
const MAX_DESCRIPTION = 1024;

/**
 * A sentence with its period (SARIF2001). §3.11.6 reads `[text](target)` as a link, wherever the text came from,
 * so a space parts `](`.
 */
export function toSentence(message: string): string {
  const text = escapeControls(message).trimEnd().replaceAll('](', '] (');
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** For titles and explanations, which are written lower case. */
export function toDescription(text: string): string {
  const [first = '', ...rest] = text;
  return truncate(toSentence(first.toUpperCase() + rest.join('')), MAX_DESCRIPTION);
}

/** `required field missing` → `RequiredFieldMissing`; SARIF2012 wants it so, GitHub takes 255 characters. */
export function toPascalCase(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return truncate(escapeControls(name), 255);
}
