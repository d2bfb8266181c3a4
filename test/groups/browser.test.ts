/** The tests of pages in a browser, in one process with one browser. */
import { importTests } from '../support/import-folder.ts';

await importTests('browser');
