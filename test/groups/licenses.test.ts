/** The tests of licenses, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('licenses');
