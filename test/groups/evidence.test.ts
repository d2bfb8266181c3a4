/** The tests of evidence bundles, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('evidence');
