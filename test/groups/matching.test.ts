/** The tests of match, lint, convert, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('match', 'lint', 'convert');
