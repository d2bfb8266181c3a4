/** HTML that is escaped by construction: what a template is given is text, unless it is HTML already. */
import { escapeControls, truncate } from '../../base/text-safety.ts';

/** Characters of one text, which the log may have chosen: half a page. */
const MAX_TEXT = 2_000;

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = Html | string | number | readonly HtmlPart[];

/** A template; log text in it can be no markup, and with its controls escaped it hides nothing either. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(
    strings.reduce(
      (text, string, at) => `${text}${string}${at < parts.length ? toText(parts[at]!) : ''}`,
      '',
    ),
  );
}

function toText(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(toText).join('');
  return escapeHtml(truncate(String(part), MAX_TEXT));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
