/** The tests of how bytes become records, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('read');
