/** The tests of relations, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('relations');
