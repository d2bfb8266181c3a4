/** The tests of how bytes become records, records events, and of what matches them, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('base', 'model', 'read', 'sources', 'text-logs', 'match', 'lint', 'convert');
