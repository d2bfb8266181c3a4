/** `licenses --format json`: the statement as it is; `rules/license-statement-v1.schema.json` describes it. */
import { escapeJson } from '../../base/text-safety.ts';
import type { Statement } from './statement.ts';

export function statementJson(statement: Statement): string {
  return `${escapeJson(JSON.stringify(statement, null, 2))}\n`;
}
