/** The tests of sources, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('sources');
