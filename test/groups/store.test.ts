/** The tests of archives on disk, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('store');
