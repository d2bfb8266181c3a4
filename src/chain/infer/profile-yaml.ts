/** A profile document as the YAML of a profile file: what an auditor saves, reads and corrects. */

const ORDER = ['title', 'members', 'digest', 'stream', 'genesis', 'sequence', 'restart', 'preimage', 'also'];

/** `comments`: lines above it; none may hold a line end. */
export function toProfileYaml(
  document: { readonly [key: string]: unknown },
  comments: readonly string[],
): string {
  const rankOf = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length - 2.5);
  const keys = Object.keys(document).sort((left, right) => rankOf(left) - rankOf(right));
  const lines = comments.map((comment) => `# ${comment}`);
  for (const key of keys) {
    const value = document[key];
    if ((key === 'preimage' || key === 'members' || key === 'also') && Array.isArray(value)) {
      lines.push(`${key}:`, ...value.map((item) => `  - ${toFlow(item)}`));
    } else lines.push(`${key}: ${toFlow(value)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Words that YAML 1.1 or 1.2 reads as something other than text. */
const RESERVED = /^(?:null|true|false|yes|no|on|off|y|n)$/i;
const PLAIN = /^[A-Za-z_$][A-Za-z0-9_$./-]*$/;

/** YAML in flow style; texts that are not plain words in double quotes, as JSON escapes them. */
function toFlow(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) && !RESERVED.test(value) ? value : quoted(value);
  if (Array.isArray(value)) return `[${value.map(toFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${toFlow(key)}: ${toFlow(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** JSON's escapes, and those of what a terminal or YAML would not print as it is. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
