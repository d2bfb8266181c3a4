/** The tests of checks, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('checks');
