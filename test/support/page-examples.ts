/** The YAML examples of docs/rule-language.md, as the one rule file that they are together. */
import fs from 'node:fs';

export const PAGE = fs.readFileSync(new URL('../../docs/rule-language.md', import.meta.url), 'utf8');

export const EXAMPLES = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
  .map((match) => match[1]!)
  .join('---\n');
