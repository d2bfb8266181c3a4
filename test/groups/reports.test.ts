/** The tests of report and packs, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('report', 'packs');
