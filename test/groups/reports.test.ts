/** The tests of report, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('report');
