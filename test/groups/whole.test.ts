/** The tests of the whole that lie beside the folders, in one process, but for those with a process of their own. */
import { importTests } from '../support/import-folder.ts';

await importTests('.');
