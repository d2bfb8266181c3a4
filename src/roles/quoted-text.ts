/** Log text in the files that we suggest: JSON strings, which YAML reads alike. */

/** What could hide or move text on a terminal, beyond what JSON escapes by itself. */
const HIDDEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function quotedText(value: string): string {
  return escapeHidden(JSON.stringify(value));
}

/** Written as escapes, which JSON and YAML read back. */
export function escapeHidden(json: string): string {
  return json.replace(HIDDEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
