export { statementJson as statementHtml } from './json.ts';
