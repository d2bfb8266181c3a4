/** Text in XML 1.0 (fifth edition, §2.2): what is no character there, and what could act on a terminal, stands escaped. */
import { escapeControls } from '../../base/text-safety.ts';

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For content and for attributes in double quotes. */
export function toXmlText(text: string): string {
  return escapeControls(text)
    .replace(/[\ufffe\uffff]/g, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (char) => NAMED[char]!);
}

/** ` name="value"` for each that has one. */
export function toAttributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${toXmlText(String(value))}"`))
    .join('');
}
